"""What values decide about weights: `set_weights`, and rows that an Embedding does not have."""

from __future__ import annotations

import ast
import dataclasses
import re
from typing import Any

import numpy as np

from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..libraries.sequential import layers
from ..values import Const, Heap, LibraryObject, Ref, TensorValue, Unknown, Value
from .asking import report
from .core import Frame, Interpreter
from .events import Argument

#: What a layer that has weights says of those that it does not take. Whether it has any, another object may have decided.
_TAKES_NO = re.compile(
    r"weight list of length \d+, but the layer was expecting [1-9]|is not compatible with provided weight shape"
)
MAX_ROWS = 1_000_000


def set_weights(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, arguments: tuple[Argument, ...]
) -> Value:
    """Ask a layer or a model whether it takes these weights; values of weights are not followed."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, LibraryObject) or any(isinstance(given.value, Unknown) for given in arguments):
        return Const(None)
    args = tuple(given.value for given in arguments if given.keyword is None)
    kwargs = tuple((given.keyword, given.value) for given in arguments if given.keyword is not None)
    query = Query("object", "set_weights", (receiver, *args), kwargs, interp.mode(frame))
    with interp.calling(frame, node):
        answer = interp.bridge.call(query, interp.heap.fork())
    if isinstance(answer.outcome, Refused) and _TAKES_NO.search(answer.outcome.message):
        report(interp, frame, node, f"{item.symbol}.set_weights", query, arguments, answer)
        return Unknown("this call fails")
    return Const(None)


def looked_up(interp: Interpreter, query: Query, answer: Any) -> Any:
    """Return the answer of an Embedding that is called eagerly on known indices: the refusal of those that it has no row for.

    The library is asked for real, with rows of one number. CPUs refuse such an index; that is where programs are taken to run.
    """
    if (
        query.form != "object"
        or query.mode != "eager"
        or len(query.args) < 2
        or not isinstance(answer.outcome, Returned)
    ):
        return answer
    if query.name != "__call__":
        return answer
    found = refused_rows(interp, query.args[0], query.args[1])
    return answer if found is None else dataclasses.replace(answer, outcome=found)


def refused_rows(interp: Interpreter, receiver: Value, given: Value) -> Refused | None:
    """Return what an Embedding says of known indices that it has no row for; None where there are none."""
    rows = first_embedding(receiver, interp.heap) or _of_functional(interp, receiver)
    if rows is None or not isinstance(given, TensorValue) or given.parts or given.kind == "KerasTensor":
        return None
    value = interp.heap.settled(given)
    array = None if value.content is None else value.content.array
    if array is None or array.dtype.kind not in "iu" or not array.size or bool(np.all((array >= 0) & (array < rows))):
        return None
    scratch = interp.heap.fork()
    small = LibraryObject(symbol="keras.layers.Embedding", kind="Layer", args=(Const(rows), Const(1)))
    asked = Query("object", "__call__", (Ref(scratch.allocate(small)), value), mode="eager")
    found = interp.bridge.run(asked, scratch)
    return found if isinstance(found, Refused) else None


def _of_functional(interp: Interpreter, receiver: Value) -> int | None:
    """Return how many rows the Embedding has that the one input of a functional model goes into."""
    item = interp.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(item, LibraryObject) or not item.symbol.endswith("Model"):
        return None
    start = item.args[0] if item.args else dict(item.kwargs).get("inputs")
    if not isinstance(start, TensorValue) or start.kind != "KerasTensor" or start.made_by is None:
        return None
    for call in interp.calls.values():
        given = call.argument(0, "inputs") if call.name.endswith("Embedding.__call__") else None
        value = None if given is None else given.value
        if isinstance(value, TensorValue) and value.made_by == start.made_by and call.receiver is not None:
            return first_embedding(call.receiver, interp.heap)
    return None


def first_embedding(receiver: Value, heap: Heap) -> int | None:
    """Return how many rows the Embedding has that gets the indices first: the layer itself, or the first of a Sequential."""
    item = heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(item, LibraryObject):
        return None
    if item.symbol.endswith(".Sequential"):
        found = [value for value in layers(item, heap) if isinstance(value, Ref)]
        return first_embedding(found[0], heap) if found else None
    if not item.symbol.endswith("keras.layers.Embedding"):
        return None
    rows = item.args[0] if item.args else dict(item.kwargs).get("input_dim")
    known = isinstance(rows, Const) and type(rows.value) is int and 0 < rows.value <= MAX_ROWS
    return rows.value if isinstance(rows, Const) and known else None
