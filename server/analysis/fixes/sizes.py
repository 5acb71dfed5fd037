"""Repairs where a size is None: it is known when the program runs, and `tf.shape` gives it."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..values import Const, ListObject, Ref, TupleValue, Value
from .candidate import Candidate, alias, replace

_NONE = re.compile(r"NoneType|None values not supported|elements of [\[(].*None")


def has_none_for_a_size(event: LibraryCall) -> bool:
    """Say whether a call is refused because a shape that it is given has None in it."""
    if not isinstance(event.outcome, Refused) or not _NONE.search(event.outcome.message):
        return False
    return any(_holds_none(event, argument.value) for argument in event.arguments)


def _holds_none(event: LibraryCall, value: Value) -> bool:
    item = event.heap.get(value.address) if isinstance(value, Ref) else value
    items = item.items if isinstance(item, (TupleValue, ListObject)) else None
    return any(part == Const(None) for part in items or ())


def dynamic_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that takes each `x.shape[i]` in the arguments with `tf.shape(x)[i]`."""
    home = alias(event, "tensorflow")
    found = [
        part
        for argument in event.arguments
        if argument.node is not None
        for part in ast.walk(argument.node)
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Attribute) and part.value.attr == "shape"
    ]
    if home is None or not found:
        return ()
    unit = event.unit
    edits = tuple(
        replace(unit, part, f"{home}.shape({unit.source(part.value.value)})[{unit.source(part.slice)}]")
        for part in found
        if isinstance(part.value, ast.Attribute)
    )
    return (Candidate("Take the size with tf.shape", edits),)
