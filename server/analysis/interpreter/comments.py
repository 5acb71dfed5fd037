"""Comments that say a shape: `# (B, T, C)` behind an assignment."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence

from ..report import Position, Span
from ..source.unit import Unit
from ..values import TensorValue, Value
from ..values.dims import Dim, named

_COMMENT = re.compile(r"\s*#\s*(?:shape\b\s*[:=]?\s*)?([(\[])([^()\[\]]*)[)\]](?=\s*(?:#|$))")
#: What every such comment has; looked for before the tree is walked.
_COMMENT_ANYWHERE = re.compile(r"#[^\n]*[(\[]")
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


def shape_comments(unit: Unit) -> Iterator[tuple[ast.Name, tuple[str, str], Span]]:
    """Iterate over the names that are assigned, with the bracketed comment behind the statement."""
    lines = unit.text.splitlines()
    if _COMMENT_ANYWHERE.search(unit.text) is None:
        return
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


def comment_dims(bracket: str, text: str) -> list[str] | None:
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


def with_names(unit: Unit, target: ast.expr, value: Value) -> Value:
    """Return what is assigned to a name, its nameless symbols called as the comment behind the assignment calls them."""
    if not isinstance(value, TensorValue) or value.shape is None or not isinstance(target, ast.Name):
        return value
    if not any(isinstance(dim, Dim) for dim in value.shape):
        return value
    names = _named_targets(unit).get((target.lineno, target.col_offset))
    if names is None or len(names) != len(value.shape):
        return value
    shape = tuple(
        named(dim, name) if isinstance(dim, Dim) and name.isidentifier() and name != "None" else dim
        for dim, name in zip(value.shape, names, strict=True)
    )
    return dataclasses.replace(value, shape=shape)


def _named_targets(unit: Unit) -> Mapping[tuple[int, int], Sequence[str]]:
    """Return the dims that comments name, by the place of the target; kept with the tree."""
    kept: Mapping[tuple[int, int], Sequence[str]] | None = unit.tree.__dict__.get("_named_targets")
    if kept is None:
        found = {
            (target.lineno, target.col_offset): comment_dims(*comment) for target, comment, _ in shape_comments(unit)
        }
        kept = {place: dims for place, dims in found.items() if dims is not None}
        unit.tree.__dict__["_named_targets"] = kept
    return kept
