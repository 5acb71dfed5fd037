"""Data sets: what their methods give, and what drawing from them does.

The library is asked for the structure of the elements (`libraries.models.datasets`). Here stand the sizes that it does not
know: the batch is one size for all parts of an element, and stays one through what only passes elements on.
"""

from __future__ import annotations

import ast
import dataclasses
import functools

import numpy as np

from ..libraries import classify
from ..libraries.memo import Answer
from ..libraries.models.datasets import MADE_FOR_REAL, TRANSFORMATIONS
from ..libraries.outcome import NotKnown, Returned
from ..libraries.query import Query, leaves
from ..values import (
    BoundMethod,
    Const,
    Content,
    DatasetValue,
    DictObject,
    ListObject,
    Partial,
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
from ..values.fresh import FreshDict, FreshList, freeze
from . import batch_sizes, draws
from .asking import report
from .callbacks import Watch, callback
from .core import Frame, Interpreter
from .drawing import iterator, symbols_of, turn
from .events import Argument
from .library_calls import Arguments, _handed, lost
from .library_models import models

INFINITE, NOT_COUNTED = -1, -2
#: Methods that hand on the elements that they get, or some of them.
_PASSING = frozenset(
    [
        "shuffle",
        "repeat",
        "cache",
        "prefetch",
        "take",
        "skip",
        "shard",
        "with_options",
        "filter",
        "take_while",
        "snapshot",
        "unique",
        "ignore_errors",
        "rejection_resample",
    ]
)
_BATCHING = frozenset(["batch", "padded_batch", "ragged_batch"])
#: Methods whose elements are those of a data set that a function of the program gives.
_FLATTENING = frozenset(["flat_map", "interleave", "group_by_window"])
_COUNT_KEPT = frozenset(["map", "scan", "snapshot"])
_NEVER_COUNTED = frozenset(["filter", "take_while", "group_by_window", "unique"])
_STATIC = "tensorflow.data.Dataset"


# Methods ------------------------------------------------------------------------------------------------------------


def call_method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: DatasetValue, name: str, arguments: Arguments
) -> Value:
    """Call a method of a data set."""
    if name == "as_numpy_iterator":
        return iterator(interp, receiver, numpy=True)
    if name == "__iter__":
        return iterator(interp, receiver)
    if name == "apply" and len(arguments.all) == 1:
        from .calls import call

        result = call(interp, frame, node, arguments.all[0].value, Arguments((Argument(receiver),), ()))
        known = isinstance(result, DatasetValue)
        return result if known else Unknown("what is applied to the data set gives something that is not followed")
    if name == "cardinality" and receiver.cardinality is not None:
        content = Content(np.array(receiver.cardinality)) if interp.mode(frame) == "eager" else None
        return TensorValue(dtype="int64", shape=(), content=content)
    if name == "save":
        return Const(None)
    if receiver.element is None or classify.classify(f"{_STATIC}.{name}") == "unknown":
        return lost(interp, BoundMethod(receiver=receiver, name=name), arguments, f"Dataset.{name} is not followed")
    unknown = [argument for argument in arguments.all if isinstance(argument.value, Unknown)]
    if unknown:
        return _vaguely(interp, receiver, name, arguments, unknown[0].value)
    watch = Watch(receiver, name)
    args = (receiver, *arguments.values)
    query = Query(
        "method",
        name,
        args,
        arguments.named,
        interp.mode(frame),
        callback(interp, frame, node, f"{_STATIC}.{name}", watch),
    )
    with interp.calling(frame, node):
        answer = interp.bridge.call(query, interp.heap)
        if name in MADE_FOR_REAL:
            answer = _made_for_real(interp, frame, f"dataset.{name}", query, answer)
    report(interp, frame, node, f"{_STATIC}.{name}", query, arguments.all, answer)
    value = _result(interp, f"{_STATIC}.{name}", query, arguments, answer)
    if name == "get_single_element" and not isinstance(value, Unknown):
        return turn(interp, frame, receiver)
    if not isinstance(value, DatasetValue) or value.element is None:
        return value
    element = _element(interp, name, receiver, value.element, query, watch)
    count = value.cardinality if value.cardinality is not None else _count(interp, name, receiver, query)
    drawn, sizes = draws.after(receiver.drawn, name, query), batch_sizes.after(receiver, name, query)
    return DatasetValue(element, count, drawn=drawn, sizes=sizes)


def _result(interp: Interpreter, name: str, query: Query, arguments: Arguments, answer: Answer) -> Value:
    outcome = answer.outcome
    if isinstance(outcome, NotKnown):
        _handed(interp, name, query, arguments)
        return Unknown(outcome.reason)
    return outcome.value if isinstance(outcome, Returned) else Unknown("this call fails")


def _vaguely(interp: Interpreter, receiver: DatasetValue, name: str, arguments: Arguments, unknown: Value) -> Value:
    """Return what a method gives of arguments that are not all known: mostly they are numbers that change no spec."""
    interp.heap.escape([argument.value for argument in arguments.all], "passed to something that is not understood")
    functions = name in ("filter", "take_while", "rejection_resample")
    if name in _PASSING and not functions:
        return DatasetValue(receiver.element)
    if name == "batch" and receiver.element is not None:

        def change(tensor: TensorValue) -> TensorValue:
            return dataclasses.replace(tensor, shape=None if tensor.shape is None else (None, *tensor.shape))

        if all(tensor.kind == "Tensor" for tensor in elements.tensors(receiver.element)):
            batches = elements.each(receiver.element, change)
            sure = len(arguments.all) == 1
            return DatasetValue(
                elements.batched(batches, None, symbols_of(interp)("batch", False)) if sure else batches
            )
    return unknown


def _made_for_real(interp: Interpreter, frame: Frame, name: str, query: Query, answer: Answer) -> Answer:
    """Make the same call on real data sets where every number is known: it says what is refused, and the cardinality."""
    args = tuple(_plain(value, interp) for value in query.args)
    kwargs = tuple((key, _plain(value, interp)) for key, value in query.kwargs)
    found = [*args, *(value for _, value in kwargs)]
    if interp.mode(frame) != "eager" or any(value is None for value in found):
        return answer
    sets = elements.within(leaves(tuple(value for value in found if value is not None), interp.heap))
    counted = all(one.cardinality is not None for one in sets)
    again = Query(
        "model",
        name,
        tuple(value for value in args if value is not None),
        tuple((key, value) for key, value in kwargs if value is not None),
        detail=counted,
    )
    real = interp.bridge.call(again, interp.heap)
    return answer if isinstance(real.outcome, NotKnown) else real


def _plain(value: Value, interp: Interpreter) -> Value | None:
    """Return an argument as Python has it; None where its value is not known."""
    if isinstance(value, (Const, DatasetValue)):
        return value
    if isinstance(value, TensorValue):
        content = interp.heap.settled(value).content
        whole = content is not None and value.shape == () and content.array.dtype.kind in "iu"
        return Const(int(content.array)) if content is not None and whole else None
    if isinstance(value, TupleValue):
        items = [_plain(item, interp) for item in value.items]
        return None if None in items else dataclasses.replace(value, items=tuple(item for item in items if item))
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None and item.name == "list":
        return value if all(isinstance(part, (Const, DatasetValue)) for part in item.items) else None
    if isinstance(item, DictObject) and item.items is not None:
        return value if all(isinstance(part, (Const, DatasetValue)) for _, part in item.items) else None
    return None


def _element(interp: Interpreter, name: str, receiver: DatasetValue, spec: Value, query: Query, watch: Watch) -> Value:
    """Return what a data set yields that a method has made, with the sizes that the library does not know."""
    own, fresh = receiver.element, symbols_of(interp)
    assert own is not None
    if name in _PASSING and name != "rejection_resample":
        return own
    if name in _BATCHING:
        dropped = dict(query.kwargs).get("drop_remainder", query.args[2] if len(query.args) > 2 else Const(False))
        if name == "padded_batch" and len(query.args) > 2:
            dropped = dict(query.kwargs).get("drop_remainder", query.args[4] if len(query.args) > 4 else Const(False))
        sure = isinstance(dropped, Const) and not dropped.value
        made = elements.batched(spec, own if name == "batch" else None, fresh("batch", False) if sure else None)
        return elements.opened(made, fresh) if sure and elements.certain(own) else made
    if name in ("map", "scan"):
        given = watch.given()
        if name == "scan":
            given = given.items[1] if isinstance(given, TupleValue) and len(given.items) == 2 else None
        return elements.lend(spec, given)
    if name in _FLATTENING:
        given = watch.given(datasets=True)
        return elements.lend(spec, given.element) if isinstance(given, DatasetValue) else spec
    if name == "enumerate" and isinstance(spec, TupleValue) and len(spec.items) == 2:
        return TupleValue((spec.items[0], own))
    if name == "window":
        return _windows(spec, own)
    if name == "unbatch":
        return elements.lend(spec, elements.rows(own))
    if name == "zip":
        others = [*query.args[1:], *(value for _, value in query.kwargs)]
        if isinstance(spec, TupleValue) and len(spec.items) == 1 + len(others):
            parts = [own, *(other.element for other in elements.within(others))]
            return _side_by_side(interp, spec, parts) if len(parts) == len(spec.items) else spec
        return spec
    if name == "concatenate" and len(query.args) == 2 and isinstance(query.args[1], DatasetValue):
        return _either(interp, spec, [own, query.args[1].element])
    return elements.opened(spec, fresh) if elements.certain(own) else spec


def _windows(spec: Value, own: Value) -> Value:
    """Return the structure of windows: a data set for each part of an element."""
    if isinstance(spec, DatasetValue):
        return DatasetValue(own)
    if isinstance(spec, TupleValue) and isinstance(own, TupleValue) and len(spec.items) == len(own.items):
        items = tuple(_windows(part, theirs) for part, theirs in zip(spec.items, own.items, strict=True))
        return dataclasses.replace(spec, items=items)
    if isinstance(spec, FreshDict) and isinstance(own, FreshDict):
        found = dict(own.items)
        return FreshDict(tuple((key, _windows(part, found.get(key, part))) for key, part in spec.items))
    return spec


def _side_by_side(interp: Interpreter, spec: TupleValue, parts: list[Value | None]) -> Value:
    """Return what `zip` yields: sizes of one data set are not those of another, nor of another place in it."""
    fresh = symbols_of(interp)
    items = [
        own if part is None else elements.lend(own, elements.renamed(part, fresh))
        for own, part in zip(spec.items, parts, strict=True)
    ]
    return dataclasses.replace(spec, items=tuple(items))


def _either(interp: Interpreter, spec: Value, parts: list[Value | None]) -> Value:
    """Return what a data set yields whose elements come from several."""
    fresh = symbols_of(interp)
    if not all(elements.certain(part) for part in parts):
        return spec
    leads = [{_lead(tensor) for tensor in elements.tensors(part or Unknown(""))} for part in parts]
    if all(len(lead) == 1 and None not in lead for lead in leads):
        spec = elements.batched(spec, None, fresh("batch", False))
    return elements.opened(spec, fresh)


def _lead(tensor: TensorValue) -> Dim | None:
    """Return the first dim of a batch; None for any other tensor."""
    first = tensor.shape[0] if tensor.shape else None
    return first if isinstance(first, Dim) and str(first) == "batch" else None


def _count(interp: Interpreter, name: str, receiver: DatasetValue, query: Query) -> int | None:
    """Return the cardinality of what a method has made, where no real data set was asked."""
    count = receiver.cardinality
    if name in _NEVER_COUNTED:
        return NOT_COUNTED
    if name in _COUNT_KEPT:
        return count
    if name in _BATCHING:
        size = query.args[1] if len(query.args) > 1 else dict(query.kwargs).get("batch_size")
        short = "drop_remainder" in dict(query.kwargs) or len(query.args) > 2
        if count is not None and count < 0:
            return count
        if isinstance(size, Const) and type(size.value) is int and size.value > 0 and count is not None and not short:
            return -(-count // size.value)
    return None


# Sources ------------------------------------------------------------------------------------------------------------


def _ask(interp: Interpreter, frame: Frame, node: ast.Call, query: Query, name: str, arguments: Arguments) -> Value:
    with interp.calling(frame, node):
        answer = interp.bridge.call(query, interp.heap)
        if name in (f"{_STATIC}.zip", f"{_STATIC}.range"):
            answer = _made_for_real(interp, frame, f"dataset.static.{name.rpartition('.')[2]}", query, answer)
    report(interp, frame, node, name, query, arguments.all, answer)
    return _result(interp, name, query, arguments, answer)


_SOURCES = (
    f"{_STATIC}.from_tensor_slices",
    f"{_STATIC}.from_tensors",
    f"{_STATIC}.range",
    f"{_STATIC}.random",
    f"{_STATIC}.counter",
    f"{_STATIC}.list_files",
    f"{_STATIC}.zip",
    f"{_STATIC}.choose_from_datasets",
    f"{_STATIC}.sample_from_datasets",
    "tensorflow.data.experimental.choose_from_datasets",
    "tensorflow.data.experimental.sample_from_datasets",
    "tensorflow.data.experimental.Counter",
    "tensorflow.data.experimental.RandomDataset",
    "tensorflow.data.experimental.CsvDataset",
    "tensorflow.data.experimental.from_list",
    "tensorflow.data.TFRecordDataset",
    "tensorflow.data.TextLineDataset",
    "tensorflow.data.FixedLengthRecordDataset",
)


def _source(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """Return the data set that a public function or class makes."""
    short = name.rpartition(".")[2]
    given = next((argument.value for argument in arguments.all), Const(None))
    for argument in arguments.all:
        if isinstance(argument.value, Unknown):
            return _of_unknown(short, argument.value)
    query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame))
    value = _ask(interp, frame, node, query, name, arguments)
    if not isinstance(value, DatasetValue) or value.element is None:
        return value
    element, count = value.element, value.cardinality
    source = freeze(given, interp.heap)
    if short == "from_tensor_slices":
        first = next(iter(elements.tensors(source)), None) if not isinstance(source, FreshList) else None
        if isinstance(source, FreshList):
            count = len(source.items)
        elif first is not None and first.shape and isinstance(first.shape[0], int):
            count = first.shape[0]
        return DatasetValue(elements.lend(element, elements.rows(source)), count)
    if short == "from_tensors":
        return DatasetValue(elements.lend(element, elements.each(source, _as_tensor)), 1)
    if short in ("random", "counter", "Counter", "RandomDataset"):
        return DatasetValue(element, INFINITE)
    if short == "zip":
        parts = source.items if isinstance(source, (TupleValue, FreshList)) else list(arguments.values)
        sets = [part.element if isinstance(part, DatasetValue) else None for part in parts]
        if isinstance(element, TupleValue) and len(element.items) == len(sets):
            element = _side_by_side(interp, element, sets)
        return DatasetValue(element, count)
    if short in ("choose_from_datasets", "sample_from_datasets") and isinstance(source, FreshList):
        return DatasetValue(_either(interp, element, [part.element for part in elements.within(source.items)]))
    return value


def _of_unknown(short: str, unknown: Unknown) -> Value:
    """Return what a source gives of arguments that are not known: some always yield the same."""
    if short == "list_files":
        return DatasetValue(TensorValue(dtype="string", shape=()))
    if short in ("TFRecordDataset", "TextLineDataset", "FixedLengthRecordDataset"):
        return DatasetValue(TensorValue(dtype="string", shape=()))
    return unknown


def _as_tensor(value: TensorValue) -> TensorValue:
    return TensorValue(kind="Tensor" if value.is_numpy else value.kind, dtype=value.dtype, shape=value.shape)


for _name in _SOURCES:
    models(_name)(functools.partial(_source, _name))


@models(f"{_STATIC}.from_generator")
def _from_generator(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    name = f"{_STATIC}.from_generator"
    generator = next((argument for argument in arguments.all if argument.keyword in (None, "generator")), None)
    rest = tuple(argument for argument in arguments.all if argument is not generator)
    if generator is None:
        return Unknown("a data set of no generator")
    # It runs later, and may change what it sees.
    owner = draws.owner_of(interp, frame.unit, generator.value)
    interp.heap.escape([argument.value for argument in arguments.all], "run by a data set")
    plain = (Const, TensorValue, TupleValue, Scalar)
    if isinstance(generator.value, plain):
        query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame))
        return _ask(interp, frame, node, query, name, arguments)
    for argument in rest:
        if isinstance(argument.value, Unknown):
            return argument.value
    given = Arguments(
        tuple(argument for argument in rest if argument.keyword is None),
        tuple(argument for argument in rest if argument.keyword not in (None, "args")),
    )
    query = Query("model", "dataset.from_generator", given.values, given.named, interp.mode(frame))
    value = _ask(interp, frame, node, query, name, given)
    if isinstance(value, DatasetValue) and value.element is not None:
        own = next((argument.value for argument in rest if argument.keyword == "args"), Const(None))
        drawn = draws.of_generator(interp, frame, node, generator.value, own, (given.values, given.named), owner)
        return DatasetValue(elements.opened(value.element, symbols_of(interp)), NOT_COUNTED, drawn=drawn)
    return value


def _transformation(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """Return a function from data set to data set."""
    return Partial(Symbol(name=f"transformation.{name}", kind="function"), arguments.values, arguments.named)


for _name in TRANSFORMATIONS:
    models(f"tensorflow.data.experimental.{_name}")(functools.partial(_transformation, _name))


def transformed(interp: Interpreter, frame: Frame, node: ast.Call, name: str, arguments: Arguments) -> Value:
    """Apply a transformation of `tf.data.experimental` to a data set: the last positional argument."""
    *given, receiver = arguments.positional
    if not isinstance(receiver.value, DatasetValue):
        return lost(interp, receiver.value, arguments, "what a transformation is applied to is not known")
    if name == "assert_cardinality":
        number = _plain(given[0].value, interp) if given else None
        known = isinstance(number, Const) and type(number.value) is int
        return DatasetValue(receiver.value.element, number.value if isinstance(number, Const) and known else None)
    method = TRANSFORMATIONS[name]
    return call_method(interp, frame, node, receiver.value, method, Arguments(tuple(given), arguments.keywords))
