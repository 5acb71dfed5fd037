"""What values decide about losses that are called: class numbers that the predictions have no class for."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..values import Const, LibraryObject, Ref, TensorValue
from .core import Interpreter

#: How kernels speak of labels that are no class.
OF_VALUES = re.compile(r"label value|outside the valid range")
_FUNCTION = re.compile(r"(tf_)?keras\.(losses|metrics|ops|backend)\.sparse_categorical_crossentropy$")
#: Predictions that are made up for such a run.
MAX_ELEMENTS = 100_000


def checked(interp: Interpreter, query: Query, answer: Any) -> Any:
    """Return the answer of a sparse loss that is called eagerly on known labels: the refusal of those that are no class.

    The library is asked for real, on predictions that are made up. CPUs refuse such a label; that is where programs are taken
    to run.
    """
    if query.mode != "eager" or not isinstance(answer.outcome, Returned) or not _is_sparse(interp, query):
        return answer
    if any(name == "ignore_class" for name, _ in query.kwargs):
        return answer
    given = [part for part in (*query.args, *(value for _, value in query.kwargs)) if isinstance(part, TensorValue)]
    if len(given) != 2:
        return answer
    labels, predictions = (interp.heap.settled(value) for value in given)
    if not labels.known or not predictions.fully_defined or not predictions.shape:
        return answer
    size = 1
    for dim in predictions.shape:
        size *= dim if isinstance(dim, int) else MAX_ELEMENTS
    if size > MAX_ELEMENTS:
        return answer
    found = interp.bridge.run(query, interp.heap.fork())
    refused = isinstance(found, Refused) and OF_VALUES.search(found.message)
    return dataclasses.replace(answer, outcome=found) if refused else answer


def _is_sparse(interp: Interpreter, query: Query) -> bool:
    if query.form == "symbol":
        return _FUNCTION.match(query.name) is not None
    receiver = query.args[0] if query.form == "object" and query.name == "__call__" and query.args else None
    item = interp.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(item, LibraryObject) or not item.symbol.endswith("losses.SparseCategoricalCrossentropy"):
        return False
    return dict(item.kwargs).get("ignore_class", Const(None)) == Const(None) and len(item.args) < 2
