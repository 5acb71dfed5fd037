"""embedding-range: an Embedding, or a table that is gathered from, is asked for rows that it does not have."""

from __future__ import annotations

import ast
import re

from ..fixes.candidate import Candidate, replace
from ..fixes.places import argument_of, calls_before, last_name
from ..fixes.way import constructor
from ..interpreter.events import LibraryCall, tensors
from ..interpreter.weights import first_embedding
from ..libraries.outcome import Refused
from ..libraries.sequential import layers
from ..values import LibraryObject, Ref, TensorValue, Value
from .base import Rule, Sentence
from .label_out_of_range import drawn
from .words import label

_OUTSIDE = re.compile(r"indices\[.*\] = (-?\d+) is not in \[0, (\d+)\)")


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of an index that an Embedding has no row for; warn where indices are drawn from a range that has one."""
    rows = None if event.receiver is None else first_embedding(event.receiver, event.heap)
    if rows is None:
        return _gathered(event)
    if isinstance(event.outcome, Refused):
        array = next((value.content.array for _, value in tensors(event) if value.content is not None), None)
        if not _OUTSIDE.search(event.outcome.message) or array is None or not array.size:
            return None
        low, high = int(array.min()), int(array.max())
        return _sentence(event, rows, high if high >= rows else low, None)
    given = event.argument(0, "x" if event.training is not None else "inputs")
    if (
        given is None
        or not isinstance(given.value, TensorValue)
        or not _is_call(event)
        or not drawn(event, given.value)
    ):
        return None
    found = given.value.interval
    if found is None or found.high is None or found.high < rows:
        return None
    return _sentence(event, rows, int(found.high), "warning")


def _gathered(event: LibraryCall) -> Sentence | None:
    """Take the refusal of an index by `gather`, `embedding_lookup` and their like."""
    found = _OUTSIDE.search(event.outcome.message) if isinstance(event.outcome, Refused) else None
    if found is None or not event.arguments:
        return None
    index, rows = int(found.group(1)), int(found.group(2))
    if event.training is not None or event.name.endswith(".__call__"):
        return _sentence(event, rows, index, None)
    message = f"{label(event)}: an index is {index}, and there are rows 0 to {rows - 1}"
    table = event.arguments[0].value
    made = None if table.origin is None else table.origin.node
    if index < rows or not isinstance(made, ast.Call):
        return Sentence(message)
    written = [
        part.elts[0]
        for part in ast.walk(made)
        if isinstance(part, (ast.List, ast.Tuple)) and part.elts and getattr(part.elts[0], "value", None) == rows
    ]
    edits = tuple(replace(event.unit, node, str(index + 1)) for node in written[:1])
    title = f"Give the table {index + 1} rows"
    return Sentence(message, candidates=(Candidate(title, edits),) if edits else ())


def _is_call(event: LibraryCall) -> bool:
    return event.name.endswith("__call__") or (event.training is not None and event.training.stage == "output")


def _sentence(event: LibraryCall, rows: int, index: int, severity: str | None) -> Sentence:
    which = "is" if severity is None else "may be"
    message = f"{label(event)}: an index {which} {index}, and the Embedding has rows 0 to {rows - 1}"
    made = None if event.receiver is None else _embedding(event, event.receiver)
    if made is None:
        above = [call for call in calls_before(event) if last_name(call) == "Embedding"]
        sizes = [argument_of(call, "input_dim", 0) for call in above]
        made = next((call for call, size in zip(above, sizes, strict=True) if getattr(size, "value", 0) == rows), None)
    node = None if made is None or index < rows else argument_of(made, "input_dim", 0)
    if node is None:
        return Sentence(message, severity=severity)
    edits = (replace(event.unit, node, str(index + 1)),)
    return Sentence(message, candidates=(Candidate(f"Change input_dim to {index + 1}", edits),), severity=severity)


def _embedding(event: LibraryCall, receiver: Value) -> ast.Call | None:
    """Return the constructor of the Embedding that is called, or with which the called model begins."""
    item = event.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if isinstance(item, LibraryObject) and item.symbol.endswith(".Sequential"):
        refs = [value for value in layers(item, event.heap) if isinstance(value, Ref)]
        return constructor(refs[0]) if refs else None
    made = constructor(receiver)
    return made if made is not None and last_name(made) == "Embedding" else None


RULE = Rule(
    "embedding-range", "An Embedding, or a table, is asked for rows that it does not have.", judge, refusals=None
)
