"""shape-comment-mismatch: a comment behind an assignment names a shape that the value does not have.

No event says what a name is bound to: the findings are read off the facts, when all are there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from ..interpreter.events import LibraryCall
from ..report import Diagnostic, Fact, Position, Span
from ..source.unit import Unit
from ..values import TensorValue
from ..values.render import spec_text
from ..values.tensors import TENSOR_KINDS
from .base import Rule, Sentence

_COMMENT = re.compile(r"\s*#\s*(?:shape\b\s*[:=]?\s*)?([(\[])([^()\[\]]*)[)\]](?=\s*(?:#|$))")
_DIM = re.compile(r"-?\d+|\?|\.\.\.|\*|[A-Za-z_]\w*(?:\s*(?://|[-+*/])\s*\w+)*")
#: Names of dims that people write small; others are dims where they are written in capitals.
_WORDS = frozenset(
    [
        "batch",
        "batch_size",
        "bs",
        "time",
        "timesteps",
        "steps",
        "seq",
        "seq_len",
        "seq_length",
        "length",
        "tokens",
        "height",
        "width",
        "channels",
        "channel",
        "features",
        "feature",
        "filters",
        "units",
        "hidden",
        "hidden_size",
        "classes",
        "num_classes",
        "n_classes",
        "labels",
        "dim",
        "dims",
        "embed",
        "embedding",
        "embed_dim",
        "heads",
        "num_heads",
        "head_dim",
        "vocab",
        "vocab_size",
        "samples",
        "examples",
        "rows",
        "cols",
        "columns",
        "depth",
    ]
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take no event."""
    return None


def judged(unit: Unit, facts: Iterable[Fact]) -> tuple[Diagnostic, ...]:
    """Compare the comments behind assignments with what was assigned."""
    by_span = {fact.span: fact for fact in facts}
    out: list[Diagnostic] = []
    for target, comment, span in _comments(unit):
        fact = by_span.get(unit.span(target))
        dims = _dims(*comment)
        if fact is None or dims is None or fact.kind not in TENSOR_KINDS or fact.dtype is None or fact.shape is None:
            continue
        shape = tuple(dim if isinstance(dim, int) else None for dim in fact.shape)
        problem = _problem(dims, shape)
        if problem is not None:
            value = TensorValue(kind=fact.kind, dtype=fact.dtype, shape=shape)
            said = f"the comment says {comment[0]}{comment[1]}{')' if comment[0] == '(' else ']'}"
            message = f"`{target.id}` is {spec_text(value)}, {said}: {problem}"
            out.append(Diagnostic(unit.path, span, RULE.name, RULE.severity, message))
    return tuple(out)


def _comments(unit: Unit) -> Iterator[tuple[ast.Name, tuple[str, str], Span]]:
    """Iterate over the names that are assigned, with the bracketed comment behind the statement."""
    lines = unit.text.splitlines()
    for node in ast.walk(unit.tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            target = node.target
        else:
            continue
        end = unit.span(node).end
        if not isinstance(target, ast.Name) or end.line >= len(lines):
            continue
        found = _COMMENT.match(lines[end.line], end.column)
        if found is not None:
            start = lines[end.line].index("#", end.column)
            yield target, (found[1], found[2]), Span(Position(end.line, start), Position(end.line, found.end()))


def _dims(bracket: str, text: str) -> list[str] | None:
    """Return the dims that a comment names; None where it may well speak of something else."""
    parts = [part.strip() for part in text.split(",")]
    if parts[-1] == "":
        parts.pop()
    elif len(parts) < 2:
        return None  # one word in brackets is a remark
    if not parts or not all(_DIM.fullmatch(part) for part in parts):
        return None
    names = [part for part in parts if re.match(r"[A-Za-z_]", part)]
    if not all(name == "None" or name in _WORDS or name.upper() == name for name in names):
        return None
    # Numbers in square brackets are nearly always the values themselves.
    return parts if bracket == "(" or names else None


def _problem(dims: list[str], shape: tuple[int | None, ...]) -> str | None:
    if "..." in dims or "*" in dims:
        return None
    if len(dims) != len(shape):
        # A vector of that many numbers: the comment says what each of them is.
        return None if shape in ((len(dims),), (None,)) else f"rank {len(dims)}, not {len(shape)}"
    sizes: dict[str, int] = {}
    for name, dim in zip(dims, shape, strict=True):
        if dim is None:
            continue
        if name.isdecimal() and int(name) != dim:
            return f"{name} ≠ {dim}"
        if name.isidentifier() and name != "None" and sizes.setdefault(name, dim) != dim:
            return f"{name} is both {sizes[name]} and {dim}"
    return None


RULE = Rule(
    "shape-comment-mismatch",
    "A comment names another shape than the value has.",
    judge,
    refusals=False,
    severity="warning",
)
