"""Repairs where elements of a data set are drawn: padding, and a signature that says what a generator gives."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall
from ..report import Edit, Span
from .candidate import Candidate, replace
from .layers import set_argument
from .places import argument_of, calls_before, last_name
from .signatures import declared, written_shape

_SHAPES = re.compile(r"element of shape (\(.*?\)) where an element of shape (\(.*?\)) was expected")

_TYPES = re.compile(r"The expected type was (\w+), but the yielded element was (.*?)\.?$", re.MULTILINE)


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


def whole_batches(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that leave out the last batch of a data set, where that is smaller than the others."""
    out: list[Candidate] = []
    for call in calls_before(event):
        if last_name(call) == "batch" and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            edit = set_argument(event.unit, call, "drop_remainder", "True")
            if edit is not None:
                title = f"Leave out the smaller batch at the end: drop_remainder=True (line {call.lineno})"
                out.append(Candidate(title, (edit,), -9 + len(out)))
    return tuple(out[:3])


def signature(event: LibraryCall, message: str) -> tuple[Candidate, ...]:
    """Return the edits that declare the shape that a generator gives, at each place that declares the other."""
    found = _SHAPES.search(message)
    if found is None:
        return _types(event, message)
    given, wanted = (ast.literal_eval(text) for text in found.groups())
    out: list[Candidate] = []
    for node in declared(event, tuple(wanted)):
        written = written_shape(node, tuple(given))
        out.append(Candidate(f"Declare the shape {written}", (replace(event.unit, node, written),), len(out)))
    return tuple(out[:3])


def _types(event: LibraryCall, message: str) -> tuple[Candidate, ...]:
    """Return the edits that declare the dtype that a generator gives, at each place that declares the other."""
    found = _TYPES.search(message)
    if found is None:
        return ()
    wanted, element = found.groups()
    try:
        given = ast.literal_eval(element)
    except (SyntaxError, ValueError):
        given = element  # texts are shown without quotes
    while isinstance(given, (list, tuple)) and given:
        given = given[0]
    dtype = {bool: "bool", int: "int64", float: "float32", str: "string", bytes: "string"}.get(type(given))
    out: list[Candidate] = []
    for call in calls_before(event) if dtype is not None else ():
        node = argument_of(call, "dtype", 1) if last_name(call) == "TensorSpec" else None
        if isinstance(node, ast.Attribute) and node.attr == wanted:
            text = f"{event.unit.source(node.value)}.{dtype}"
            out.append(Candidate(f"Declare the dtype {dtype}", (replace(event.unit, node, text),), len(out)))
    return tuple(out[:3])
