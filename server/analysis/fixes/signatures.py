"""Repairs of `TensorSpec`s that declare another shape than what arrives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..interpreter.events import LibraryCall, name_of, tensors
from .candidate import Candidate, replace, tensorflow, wrap
from .places import argument_of, calls_before, last_name

_CAST = re.compile(
    r"an not cast TensorSpec\(shape=(\(.*?\)|<unknown>), .*? to TensorSpec\(shape=(\(.*?\)|<unknown>), ", re.DOTALL
)


def declared(event: LibraryCall, wanted: tuple[object, ...]) -> Iterator[ast.expr]:
    """Yield where a `TensorSpec` further up declares a shape, the nearest first."""
    for call in calls_before(event):
        node = argument_of(call, "shape", 0) if last_name(call) == "TensorSpec" else None
        if node is not None and _shape(node) == wanted:
            yield node


def written_shape(node: ast.expr, dims: tuple[object, ...]) -> str:
    """Return a shape in the brackets of another."""
    text = ", ".join(map(str, dims))
    return f"[{text}]" if isinstance(node, ast.List) else f"({text}{',' if len(dims) == 1 else ''})"


def spec_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which the signature of a `tf.function` takes the arguments: sizes left open, or those given."""
    found = _CAST.search(getattr(event.outcome, "message", ""))
    if found is None or "<unknown>" in found.groups():
        return ()
    given, wanted = (tuple(ast.literal_eval(text)) for text in found.groups())
    out: list[Candidate] = _batched(event, given, wanted)
    for node in declared(event, wanted):
        if len(given) == len(wanted):
            left = tuple(
                None if one != other and other is not None else other for one, other in zip(given, wanted, strict=True)
            )
            own = tuple(other if other is None else one for one, other in zip(given, wanted, strict=True))
            shapes = [own, left]
        else:
            shapes = [(None,) * len(given)]
        for dims in shapes:
            text = written_shape(node, dims)
            out.append(Candidate(f"Declare the shape {text}", (replace(event.unit, node, text),), len(out)))
    return tuple(out[:4])


def _batched(event: LibraryCall, given: tuple[object, ...], wanted: tuple[object, ...]) -> list[Candidate]:
    """Return the edits that make a batch of one example, or give an axis of size 1 to what has none at its end."""
    out: list[Candidate] = []
    for argument, value in tensors(event):
        if value.is_numpy or argument.node is None or value.shape is None or len(value.shape) != len(given):
            continue
        for place in (0, -1):
            more = (1, *given) if place == 0 else (*given, 1)
            if len(more) == len(wanted) and all(
                two is None or one == two or not isinstance(one, int) for one, two in zip(more, wanted, strict=True)
            ):
                library, imports = tensorflow(event)
                edits = (*imports, *wrap(event.unit, argument.node, f"{library}.expand_dims(", f", {place})"))
                title = f"Add an axis to `{name_of(event, argument)}`: expand_dims(…, {place})"
                out.append(Candidate(title, edits, 2 + len(out)))
    return out


def _shape(node: ast.expr | None) -> tuple[object, ...] | None:
    try:
        found = None if node is None else ast.literal_eval(node)
    except ValueError:
        return None
    return tuple(found) if isinstance(found, (tuple, list)) else None
