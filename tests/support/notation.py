"""The notation of `# reveal:`, and whether a claim written in it admits what was really seen.

`f32[2, 3]` is a tensor; other tensor-likes have their kind before it (`ndarray f64[3]`, `KerasTensor f32[?, 10]`); `?`
or an expression of symbols is a dim that is not known, `f32[...]` an unknown rank. Python values: `int 3`, `int`,
`str 'a'`, `tuple (int 1, f32[2])`, `list`; any other object is its kind or class (`Dense`, `Model`); `unknown` says
nothing; `f32[2] | None` is one or the other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection

KINDS = ("Tensor", "Variable", "KerasTensor", "ndarray", "npscalar", "RaggedTensor", "SparseTensor", "IndexedSlices")
SHORT = {
    "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
    "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64",
    "complex64": "c64", "complex128": "c128", "bool": "bool", "string": "string", "object": "object",
}  # fmt: skip
_NO_KIND = {*SHORT, *SHORT.values()} - {"bool"}
_DTYPES = "|".join(SHORT.values())
_TENSOR = re.compile(rf"(?:({'|'.join(KINDS[1:])}) )?({_DTYPES})\[([^\]]*)\]")
_CONSTANT = re.compile(r"(int|float|bool|str|bytes|complex) (\S.*)", re.DOTALL)
_MEMBERS = re.compile(r"(tuple \(|list \[)(.*)[)\]]", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_SIZE = re.compile(r"int (?=.*[A-Za-z])(?!True|False)[\w (),*/+-]+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_DIM = re.compile(r"\?|\d+|(?=.*[A-Za-z])[\w (),*/+-]+")


class NotationError(Exception):
    """A claim that is not written in the notation."""


def split_members(text: str, separator: str = ",") -> list[str]:
    """Split `int 1, f32[2, 3]` at the commas (or bars) that stand outside of brackets and quotes."""
    members, depth, quote, start = [], 0, "", 0
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == separator and depth == 0:
            members.append(text[start:index].strip())
            start = index + 1
    tail = text[start:].strip()
    return [*members, tail] if tail else members


def _dims(text: str) -> list[str] | None:
    """Return the dims of what stands between a shape's brackets, or None for an unknown rank."""
    if text.strip() == "...":
        return None
    dims = split_members(text)
    for dim in dims:
        if not _DIM.fullmatch(dim):
            raise NotationError(f"{dim!r} is no dim: an int, `?` or a symbol")
    return dims


def check(claim: str) -> None:
    """Raise NotationError where `claim` is not written in the notation."""
    if len(alternatives := split_members(claim, "|")) > 1:
        for alternative in alternatives:
            check(alternative)
        return
    if tensor := _TENSOR.fullmatch(claim):
        _dims(tensor[3])
    elif members := _MEMBERS.fullmatch(claim):
        for member in split_members(members[2]):
            check(member)
    elif not (_CONSTANT.fullmatch(claim) or (_WORD.fullmatch(claim) and claim not in _NO_KIND)):
        raise NotationError(f"{claim!r} is not in the notation of `# reveal:`")


def admits(claim: str, seen: str, classes: Collection[str] = ()) -> bool:
    """Say whether a value that was seen as `seen` (in the same notation) may be what `claim` says.

    A claim may say less than what was seen (`?` for 3, `int` for `int 3`, `unknown` for anything), never more: a dim
    that TensorFlow itself left open in a graph cannot bear out a number. `classes` are the names of the class of
    what was seen and of its bases.
    """
    check(claim)
    if claim == "unknown":
        return True
    if len(alternatives := split_members(claim, "|")) > 1:
        return any(admits(alternative, seen, classes) for alternative in alternatives)
    claimed, real = _TENSOR.fullmatch(claim), _TENSOR.fullmatch(seen)
    if claimed or real:
        if not (claimed and real):
            # A kind alone (`Variable`) may be claimed of a tensor-like whose dtype is left open.
            return claim in KINDS and real is not None and (real[1] or "Tensor") == claim
        if claimed.group(1, 2) != real.group(1, 2):
            return False
        want, have = _dims(claimed[3]), _dims(real[3])
        if want is None or have is None:
            return want is None
        return len(want) == len(have) and all(not w.isdigit() or w == h for w, h in zip(want, have, strict=True))
    claimed, real = _MEMBERS.fullmatch(claim), _MEMBERS.fullmatch(seen)
    if claimed and real:
        want, have = split_members(claimed[2]), split_members(real[2])
        same = claimed[1] == real[1] and len(want) == len(have)
        return same and all(admits(w, h) for w, h in zip(want, have, strict=True))
    if _WORD.fullmatch(claim):
        return claim == seen.split(" ")[0] or claim in classes
    if _SIZE.fullmatch(claim):
        return seen.startswith("int ")
    return claim == seen


def sizes(claim: str, seen: str) -> list[tuple[str, int]]:
    """Return the symbolic dims of a claim with the sizes that were seen: `n//2` and 14."""
    claimed, real = _TENSOR.fullmatch(claim), _TENSOR.fullmatch(seen)
    if claimed and real:
        pairs = list(zip(_dims(claimed[3]) or (), _dims(real[3]) or (), strict=False))
    elif _SIZE.fullmatch(claim):
        pairs = [(claim.removeprefix("int "), seen.removeprefix("int "))]
    else:
        return []
    return [(want, int(have)) for want, have in pairs if have.isdigit() and not want.isdigit() and want != "?"]


def agree(pairs: list[tuple[str, int]]) -> str | None:
    """Say which of several symbolic dims cannot be the size that was seen, if one symbol is one size; else None."""
    known: dict[str, int] = {}
    for name, size in pairs:
        if name.isidentifier() and known.setdefault(name, size) != size:
            return f"{name} is both {known[name]} and {size}"
    for expression, size in pairs:
        if set(_NAME.findall(expression)) - {"ceil", "min", "max"} <= set(known):
            value = eval(expression, {"__builtins__": {}, "ceil": math.ceil, "min": min, "max": max}, dict(known))
            if value != size:
                return f"{expression} is {value} by the other sizes, and it was {size}"
    return None
