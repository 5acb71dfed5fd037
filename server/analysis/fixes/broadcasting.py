"""Repairs of shapes that do not broadcast: an axis added to the smaller one, a transposition."""

from __future__ import annotations

from ..interpreter.events import Argument, LibraryCall, name_of, tensors
from ..report import Edit
from ..values import TensorValue
from ..values.base import Shape
from .candidate import Candidate, numpy, tensorflow, wrap


def broadcasting_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which two tensors broadcast; which of them helps, the proof shows."""
    found = tensors(event)
    if len(found) != 2 or any(value.parts or value.shape is None for _, value in found):
        return ()
    out: list[Candidate] = []
    for (argument, value), (_, other) in ((found[1], found[0]), (found[0], found[1])):
        if value.shape is None or other.shape is None:
            continue
        rank = 10 + len(out)
        if len(value.shape) < len(other.shape) <= len(value.shape) + 2:
            out += _axes(event, argument, value, other.shape, rank)
        elif len(value.shape) == len(other.shape) == 2 and _broadcasts(value.shape[::-1], other.shape):
            if 1 in value.shape:
                continue  # of two columns it would make a table
            call = _call(event, argument, value, "transpose", "")
            out += [] if call is None else [Candidate(f"Transpose `{name_of(event, argument)}`", call, rank)]
    return tuple(out)


def _axes(event: LibraryCall, argument: Argument, value: TensorValue, other: Shape, rank: int) -> list[Candidate]:
    """Return the edits that add one axis, the first that fits from the end of the shape."""
    assert value.shape is not None
    for place in reversed(range(len(value.shape) + 1)):
        if not _broadcasts((*value.shape[:place], 1, *value.shape[place:]), other):
            continue
        axis = -1 if place == len(value.shape) else place
        edits = _call(event, argument, value, "expand_dims", f", {axis}")
        title = f"Add an axis to `{name_of(event, argument)}`: expand_dims(…, {axis})"
        return [] if edits is None else [Candidate(title, edits, rank)]
    return []


def axis_candidates(event: LibraryCall, argument: Argument, value: TensorValue, rank: int = 0) -> list[Candidate]:
    """Return the edit that adds an axis at the end of a tensor."""
    edits = _call(event, argument, value, "expand_dims", ", -1")
    title = f"Add an axis to `{name_of(event, argument)}`: expand_dims(…, -1)"
    return [] if edits is None else [Candidate(title, edits, rank)]


def squeezed_candidates(event: LibraryCall, argument: Argument, value: TensorValue, rank: int = 0) -> list[Candidate]:
    """Return the edit that drops the last axis of a tensor, which has the size 1."""
    if not value.shape or value.shape[-1] != 1:
        return []
    edits = _call(event, argument, value, "squeeze", ", -1")
    title = f"Drop the last axis of `{name_of(event, argument)}`: squeeze(…, -1)"
    return [] if edits is None else [Candidate(title, edits, rank)]


def _call(
    event: LibraryCall, argument: Argument, value: TensorValue, function: str, rest: str
) -> tuple[Edit, ...] | None:
    """Return the edits that put a function of NumPy's or TensorFlow's around an argument."""
    if argument.node is None or value.kind == "KerasTensor":
        return None
    if value.is_numpy:
        name = numpy(event)
        return None if name is None else wrap(event.unit, argument.node, f"{name}.{function}(", f"{rest})")
    library, imports = tensorflow(event)
    return (*imports, *wrap(event.unit, argument.node, f"{library}.{function}(", f"{rest})"))


def _broadcasts(a: Shape, b: Shape) -> bool:
    """Say whether two shapes are seen to broadcast."""
    return (
        a is not None
        and b is not None
        and all(x == y or 1 in (x, y) for x, y in zip(reversed(a), reversed(b), strict=False))
    )
