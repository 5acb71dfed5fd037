"""Insert a cast: `tf.cast(x, tf.float32)`, for an array `x.astype(np.float32)`."""

from __future__ import annotations

import ast
import dataclasses
import re
from dataclasses import dataclass

import numpy as np

from ..interpreter.events import Argument, LibraryCall, name_of, tensors
from ..libraries.outcome import Returned
from ..values import Const, ListObject, Ref, TensorValue, TupleValue, Value
from ..values.tensors import Content
from .candidate import Candidate, numpy, replace, tensorflow, wrap

#: Items of lists that are tried with another dtype.
MAX_MEMBERS = 24
_BYTE = 255.0
#: How an op says that it takes truths alone: no other dtype is ever taken for them.
_TRUTHS = re.compile(r"\bbool\b")
FLOATS = ("float32", "float64", "float16", "bfloat16")
#: A conversion from one of these to the next loses nothing that a program is likely to miss.
_ORDER = ("bool", "uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True)
class Cast:
    """Give the argument at an index another dtype; index None: all tensors.

    member: which item of a list or tuple, where that is the argument.
    """

    index: int | None
    dtype: str
    member: int | None = None


def casts_that_help(event: LibraryCall) -> list[Cast]:
    """Return the casts with which the library takes the call, best first: it is asked for each."""
    found = [] if event.training is not None and event.training.stage != "loss" else tensors(event)
    dtypes = [value.dtype for _, value in found]
    numeric = [dtype for dtype in dtypes if dtype in _ORDER or dtype.startswith("complex")]
    if len(numeric) < len(dtypes):
        return []
    targets = list(dict.fromkeys([*(d for d in dtypes if d in FLOATS), "float32", *dtypes, "int32"]))
    tries = [
        Cast(index, target)
        for target in targets
        for index, argument in enumerate(event.arguments)
        if (value := _tensor(argument.value)) is not None and value.dtype != target
    ]
    tries += [
        Cast(index, target, member)
        for target in targets
        for index, argument in enumerate(event.arguments)
        for member, item in enumerate(_members(event, argument))
        if (value := _tensor(item.value)) is not None and value.dtype != target
    ][:MAX_MEMBERS]
    tries.sort(key=lambda cast: _cost(event, cast))
    helping = [cast for cast in tries if _succeeds(event, cast)]
    if not helping and _TRUTHS.search(getattr(event.outcome, "message", "")):
        tries = [Cast(index, "bool") for index, item in enumerate(event.arguments) if _tensor(item.value) is not None]
        helping = [cast for cast in tries if _succeeds(event, cast)]
    if helping:
        return helping[:4]
    return [Cast(None, target) for target in targets if len(found) > 1 and _succeeds(event, Cast(None, target))][:1]


def _members(event: LibraryCall, argument: Argument) -> list[Argument]:
    """Return the items of a list or tuple that is an argument."""
    value = argument.value
    item = event.heap.get(value.address) if isinstance(value, Ref) else value
    items = item.items if isinstance(item, (TupleValue, ListObject)) else None
    nodes: list[ast.expr] = getattr(argument.node, "elts", [])
    if items is None:
        return []
    return [Argument(part, nodes[i] if len(nodes) == len(items) else None) for i, part in enumerate(items)]


def _of(event: LibraryCall, cast: Cast) -> Argument:
    """Return the argument, or the item of it, that is cast."""
    argument = event.arguments[cast.index or 0]
    return argument if cast.member is None else _members(event, argument)[cast.member]


def _cost(event: LibraryCall, cast: Cast) -> int:
    """Prefer casts that keep values: integers to floats, narrow to wide; then the order of the arguments."""
    value = _tensor(_of(event, cast).value)
    if value is None or value.dtype not in _ORDER or cast.dtype not in _ORDER:
        return 100
    narrowing = _ORDER.index(cast.dtype) < _ORDER.index(value.dtype)
    both_floats = value.dtype in FLOATS and cast.dtype in FLOATS
    # Of two float dtypes float32 is what models compute in.
    if both_floats:
        return 10 if cast.dtype == "float32" else 20
    return (50 if narrowing else 0) + (0 if cast.dtype == "float32" else 1)


def _succeeds(event: LibraryCall, cast: Cast) -> bool:
    changed = tuple(
        dataclasses.replace(argument, value=_changed(event, argument, cast))
        if cast.index in (None, index)
        else argument
        for index, argument in enumerate(event.arguments)
    )
    return isinstance(event.ask(changed).outcome, Returned)


def _changed(event: LibraryCall, argument: Argument, cast: Cast) -> Value:
    if cast.member is None:
        return _recast(argument.value, cast.dtype)
    items = [item.value for item in _members(event, argument)]
    items[cast.member] = _recast(items[cast.member], cast.dtype)
    return TupleValue(tuple(items))


def _tensor(value: Value) -> TensorValue | None:
    return value if isinstance(value, TensorValue) else None


def _recast(value: Value, dtype: str) -> Value:
    if not isinstance(value, TensorValue):
        return value
    content = value.content
    if content is not None and content.array.dtype.kind in "biuf" and dtype in ("float32", "float64", "int32", "int64"):
        with np.errstate(all="ignore"):
            content = Content(content.array.astype(dtype))
    else:
        content = None
    place = 1 if value.kind == "SparseTensor" else 0
    parts = tuple(_recast(part, dtype) if i == place else part for i, part in enumerate(value.parts))
    return dataclasses.replace(
        value,
        dtype=dtype,
        content=content,
        numpy_dtype=None,
        parts=tuple(part for part in parts if isinstance(part, TensorValue)),
    )


def cast_candidates(event: LibraryCall, casts: list[Cast]) -> tuple[Candidate, ...]:
    """Return the edits that write casts into the program."""
    out = []
    for rank, cast in enumerate(casts):
        if cast.index is not None:
            candidate = _candidate(event, _of(event, cast), cast.dtype, rank)
            if candidate is not None:
                out.append(candidate)
    return tuple(out)


def division_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that cast whole numbers before they are divided, where the quotient is float64 for that alone."""
    out: list[Candidate] = []
    for argument, value in tensors(event):
        origin = argument.value.origin or value.origin
        made = None if origin is None else event.made_by(origin.node)
        if value.dtype != "float64" or made is None or made.unit.path != event.unit.path:
            continue
        given = tensors(made)
        whole = [pair for pair in given if pair[1].dtype.startswith(("int", "uint"))]
        if not made.name.endswith("div") or not whole or len(whole) != len(given) or any(v.is_numpy for _, v in whole):
            continue
        library, imports = tensorflow(event)
        edits = list(imports)
        for inner, _ in whole:
            if inner.node is not None:
                edits += wrap(event.unit, inner.node, f"{library}.cast(", f", {library}.float32)")
        names = " and ".join(f"`{name_of(event, inner)}`" for inner, _ in whole)
        title = f"Cast {names} to float32 before the division (line {getattr(made.node, 'lineno', 0)})"
        out.append(Candidate(title, tuple(edits), 5 + len(out)))
    return tuple(out)


def image_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that scales the bytes of an image as `tf.image` does, where they are divided by 255."""
    found = tensors(event)
    if not isinstance(event.node, ast.BinOp) or not event.name.endswith("truediv") or len(found) != 1:
        return ()
    argument, value = found[0]
    if value.dtype != "uint8" or value.is_numpy or argument.node is not event.node.left:
        return ()
    if not any(isinstance(item.value, Const) and item.value.value == _BYTE for item in event.arguments):
        return ()
    library, imports = tensorflow(event)
    source = event.unit.source(event.node.left)
    whole = replace(event.unit, event.node, f"{library}.image.convert_image_dtype({source}, {library}.float32)")
    return (Candidate("Scale with tf.image.convert_image_dtype", (*imports, whole), 6),)


def _candidate(event: LibraryCall, argument: Argument, dtype: str, rank: int) -> Candidate | None:
    node, value = argument.node, argument.value
    if node is None or not isinstance(value, TensorValue):
        return None
    name = name_of(event, argument)
    if value.is_numpy:
        library = numpy(event)
        said = f"{library}.{dtype}" if library is not None and dtype != "bfloat16" else f'"{dtype}"'
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            edits = wrap(event.unit, node, "", f".astype({said})")[1:]
        else:
            edits = wrap(event.unit, node, "(", f").astype({said})")
        return Candidate(f"Convert `{name}` with .astype({said})", edits, rank)
    library, imports = tensorflow(event)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "cast" and len(node.args) == 2:
        title = f"Cast `{event.unit.source(node.args[0])}` to {dtype} instead"
        return Candidate(title, (*imports, replace(event.unit, node.args[1], f"{library}.{dtype}")), rank)
    edits = (*imports, *wrap(event.unit, node, f"{library}.cast(", f", {library}.{dtype})"))
    return Candidate(f"Cast `{name}` to {dtype} with {library}.cast", edits, rank)
