"""Drawing from data sets: loops over them, their iterators, `len`.

Each element has sizes of its own: the symbols that differ from element to element are others each time.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..libraries.outcome import Refused
from ..libraries.query import Query
from ..values import (
    Const,
    DatasetValue,
    InstanceObject,
    Ref,
    Scalar,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
    elements,
)
from ..values.dims import Dim
from ..values.fresh import FreshDict, materialise
from ..values.join import join_all
from .core import Frame, Interpreter
from .events import Argument
from .library_models import models

if TYPE_CHECKING:
    from .library_calls import Arguments

#: Of longer data sets, not every element is looked at.
MAX_DRAWN = 16
ITERATORS = frozenset(["OwnedIterator", "NumpyIterator"])


def symbols_of(interp: Interpreter) -> Callable[[str, bool], Dim]:
    """Return what makes symbols: of a name, static or not."""
    return interp.bridge.session.symbol


def turn(interp: Interpreter, frame: Frame, dataset: DatasetValue, numpy: bool = False) -> Value:
    """Return one element, of sizes of its own."""
    session, eager = interp.bridge.session, interp.mode(frame) == "eager"
    if dataset.element is None:
        return Unknown("what this data set yields is not known")
    element = elements.renamed(dataset.element, symbols_of(interp), eager)
    if numpy:
        element = _as_numpy(interp, element)
    return materialise(session.with_symbols(_fields(session, element, eager), eager), interp.heap)


def _fields(session: Any, value: Value, static: bool) -> Value:
    """Name the open dims inside of dicts."""
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, _fields(session, part, static)) for key, part in value.items))
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_fields(session, item, static) for item in value.items))
    return session.with_symbols(value, static)  # type: ignore[no-any-return]


def _as_numpy(interp: Interpreter, value: Value) -> Value:
    """Return what `as_numpy_iterator` gives of an element: arrays, scalars of NumPy, bytes."""
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_as_numpy(interp, item) for item in value.items))
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, _as_numpy(interp, part)) for key, part in value.items))
    if not isinstance(value, TensorValue) or value.kind != "Tensor" or value.shape is None:
        return Unknown("what NumPy has for this element is not followed")
    if value.dtype == "string":
        return Scalar(type="bytes") if value.shape == () else Unknown("an array of bytes")
    if value.shape == ():
        return TensorValue(kind="npscalar", dtype=value.dtype, shape=())
    storage, version = interp.heap.new_storage()
    return TensorValue(kind="ndarray", dtype=value.dtype, shape=value.shape, storage=storage, version=version)


def iterator(interp: Interpreter, dataset: DatasetValue, numpy: bool = False) -> Value:
    """Return `iter(ds)`, or `ds.as_numpy_iterator()`."""
    name = "NumpyIterator" if numpy else "OwnedIterator"
    left = Const(dataset.cardinality)
    return Ref(interp.heap.allocate(InstanceObject(name, {"dataset": dataset, "left": left})))


def iterator_of(interp: Interpreter, value: Value) -> InstanceObject | None:
    """Return the iterator over a data set that a value points to."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item if isinstance(item, InstanceObject) and item.made_here in ITERATORS else None


def following(interp: Interpreter, frame: Frame, value: Ref, item: InstanceObject, default: Value | None) -> Value:
    """Return what `next` gives of an iterator over a data set."""
    dataset, left = item.attributes["dataset"], item.attributes["left"]
    assert isinstance(dataset, DatasetValue)
    count = left.value if isinstance(left, Const) and isinstance(left.value, int) else None
    if count == 0:
        return default or Unknown("next() of an iterator at its end")
    if count is not None and count > 0:
        changed = {**item.attributes, "left": Const(count - 1)}
        interp.heap.put(value.address, dataclasses.replace(item, attributes=changed))
    found = turn(interp, frame, dataset, item.made_here == "NumpyIterator")
    return found if default is None or count is not None else join_all([found, default])


def drawn(interp: Interpreter, frame: Frame, value: Value, eager: bool) -> tuple[list[Value] | None, Value] | None:
    """Return what a loop over a data set, or an iterator over one, sees; None for anything else.

    eager: whether all elements are taken at once.
    """
    dataset, numpy, count = value, False, None
    if isinstance(value, DatasetValue):
        count = value.cardinality
    else:
        item = iterator_of(interp, value)
        if item is None or not isinstance(value, Ref):
            return None
        dataset, numpy = item.attributes["dataset"], item.made_here == "NumpyIterator"
        left = item.attributes["left"]
        count = left.value if isinstance(left, Const) else None
        after = {**item.attributes, "left": Const(0 if eager and count is not None and count >= 0 else None)}
        interp.heap.put(value.address, dataclasses.replace(item, attributes=after))
    if not isinstance(dataset, DatasetValue) or dataset.element is None:
        return None
    if eager and count is not None and 0 <= count <= MAX_DRAWN and interp.mode(frame) == "eager":
        items = [turn(interp, frame, dataset, numpy) for _ in range(count)]
        return items, turn(interp, frame, dataset, numpy)
    return None, turn(interp, frame, dataset, numpy)


def iterator_method(interp: Interpreter, frame: Frame, receiver: Ref, name: str) -> Value | None:
    """Call a method of an iterator over a data set, or of what `get_next_as_optional` gives; None for any other."""
    item = iterator_of(interp, receiver)
    if item is not None:
        if name in ("get_next", "next", "__next__"):
            return following(interp, frame, receiver, item, None)
        if name == "__iter__":
            return receiver
        if name == "get_next_as_optional":
            found = {"dataset": item.attributes["dataset"]}
            interp.heap.put(
                receiver.address, dataclasses.replace(item, attributes={**item.attributes, "left": Const(None)})
            )
            return Ref(interp.heap.allocate(InstanceObject("Optional", found)))
    found_item = interp.heap.get(receiver.address)
    if isinstance(found_item, InstanceObject) and found_item.made_here == "Optional":
        dataset = found_item.attributes.get("dataset")
        if name == "has_value":
            return TensorValue(dtype="bool", shape=())
        if name == "get_value" and isinstance(dataset, DatasetValue):
            return turn(interp, frame, dataset)
    return None


@models("tensorflow.experimental.Optional.from_value")
def _from_value(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """An optional holds what an element of `Dataset.from_tensors` is."""
    from .library_calls import call_symbol

    positional = tuple(Argument(argument.value) for argument in arguments.all)
    source = Symbol(name="tensorflow.data.Dataset.from_tensors", kind="function")
    found = call_symbol(interp, frame, node, source, dataclasses.replace(arguments, positional=positional, keywords=()))
    return Ref(interp.heap.allocate(InstanceObject("Optional", {"dataset": found})))


@models("tensorflow.experimental.Optional.empty")
def _empty(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return Ref(interp.heap.allocate(InstanceObject("Optional", {"dataset": Unknown("an optional without a value")})))


def length(interp: Interpreter, frame: Frame, value: DatasetValue, node: ast.Call | None) -> Value:
    """Return `len(ds)`, which raises where TensorFlow does not know it."""
    count = value.cardinality
    if interp.mode(frame) != "eager":
        return Unknown("len() of a data set while tracing")
    if count is None:
        return Scalar(type="int")
    if count >= 0:
        return Const(count)
    query = Query("model", "dataset.__len__", (value,), detail=True)
    answer = interp.bridge.call(query, interp.heap)
    if node is not None and isinstance(answer.outcome, Refused):
        from .asking import report

        report(interp, frame, node, "tensorflow.data.Dataset.__len__", query, (Argument(value),), answer)
    return Unknown("len() of a data set without a length")
