"""Repairs where elements of a data set are drawn: padding, and a signature that says what a generator gives."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall
from ..report import Edit, Span
from .candidate import Candidate, replace
from .places import argument_of, calls_before, last_name

_SHAPES = re.compile(r"element of shape (\(.*?\)) where an element of shape (\(.*?\)) was expected")


def padded(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that pads the elements of a batch, where the batch is made."""
    own = [event.node] if isinstance(event.node, ast.Call) else []
    for call in [*own, *calls_before(event)]:
        if last_name(call) == "batch" and isinstance(call.func, ast.Attribute):
            span = event.unit.span(call.func)
            value = event.unit.span(call.func.value)
            edit = Edit(event.unit.path, Span(value.end, span.end), ".padded_batch")
            return (Candidate("Pad the elements of a batch: padded_batch", (edit,)),)
    return ()


def signature(event: LibraryCall, message: str) -> tuple[Candidate, ...]:
    """Return the edits that declare the shape that a generator gives, at each place that declares the other."""
    found = _SHAPES.search(message)
    if found is None:
        return ()
    given, wanted = (ast.literal_eval(text) for text in found.groups())
    out: list[Candidate] = []
    for call in calls_before(event):
        if last_name(call) != "TensorSpec":
            continue
        node = argument_of(call, "shape", 0)
        declared = _shape(node)
        if node is None or declared is None or declared != tuple(wanted):
            continue
        text = ", ".join(map(str, given)) + ("," if len(given) == 1 else "")
        written = f"[{text.rstrip(',')}]" if isinstance(node, ast.List) else f"({text})"
        out.append(Candidate(f"Declare the shape {written}", (replace(event.unit, node, written),), len(out)))
    return tuple(out[:3])


def _shape(node: ast.expr | None) -> tuple[object, ...] | None:
    try:
        found = None if node is None else ast.literal_eval(node)
    except ValueError:
        return None
    return tuple(found) if isinstance(found, (tuple, list)) else None
