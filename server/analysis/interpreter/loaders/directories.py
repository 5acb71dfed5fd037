"""`image_dataset_from_directory` and its like: data sets of files that nobody looks at.

Keras is asked (`libraries.models.directories`). What depends on the folder alone is not known: how many examples there are,
and, where their names are not given, how many classes. That number is one symbol, in `len(ds.class_names)` and in labels of
one-hot vectors alike.
"""

from __future__ import annotations

import ast
import dataclasses
import functools

from ...libraries.memo import Answer
from ...libraries.models.directories import NAMES
from ...libraries.outcome import NotKnown, Refused, Returned
from ...libraries.query import Query
from ...values import Const, DatasetValue, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value, elements
from ...values.dims import Dim
from ...values.intervals import Interval
from ..asking import report
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from ..sequences import size_of
from .given import TEXT, Given, NotKnownError, items_of, of_signature, size, texts, unknown

#: What does not matter is asked with a value that every call takes.
_WHATEVER = {"directory": Const("."), "seed": Const(1), "follow_links": Const(False), "verbose": Const(False)}
#: What matters little, and what it is taken for where it is not known.
_PERHAPS = {"shuffle": Const(True), "validation_split": Const(0.5), "max_length": Const(100)}
#: What stands for the sides of images that are not known.
_SIDES = (89, 97)
#: Ways of resizing that give nothing that was not there.
_KEEPING = ("bilinear", "nearest", "area")


def _made(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """Return the data set that a call gives, or the two of `subset="both"`."""
    try:
        given = of_signature(interp, name, arguments)
        query = _query(interp, name, given)
    except NotKnownError as error:
        return unknown(error, name)
    answer = interp.bridge.call(query, interp.heap)
    _told(interp, frame, node, name, query, arguments, answer)
    outcome = answer.outcome
    if not isinstance(outcome, Returned):
        return Unknown(outcome.reason if isinstance(outcome, NotKnown) else "this call fails")
    return _with_names(interp, given, outcome.value)


def _told(
    interp: Interpreter, frame: Frame, node: ast.Call, name: str, query: Query, arguments: Arguments, answer: Answer
) -> None:
    """Tell the listeners of a refusal, if it does not depend on the folder."""
    if not isinstance(answer.outcome, Refused) or _about_files(answer.outcome):
        return
    report(interp, frame, node, name, query, arguments.all, answer)


def _about_files(refused: Refused) -> bool:
    return "ound in directory" in refused.message or "class_names" in refused.message


def _query(interp: Interpreter, name: str, given: Given) -> Query:
    """Return the question: every argument that is given, with what does not matter in place of what is not known.

    Raises:
        NotKnownError: an argument that matters is not known.
    """
    found: dict[str, Value] = {}
    for parameter in given.names:
        if parameter not in given:
            continue
        value = given.value(parameter)
        if parameter in _WHATEVER:
            value = _WHATEVER[parameter] if value != Const(None) else value
        elif parameter == "image_size" and _unknown_sides(interp, value) is not None:
            value = TupleValue(tuple(Const(side) for side in _SIDES))
        elif not isinstance(value, Const) and parameter in _PERHAPS:
            value = _PERHAPS[parameter]
        elif not isinstance(value, Const) and not _known(interp, value):
            raise NotKnownError(f"the argument '{parameter}' is not known")
        found[parameter] = value
    if given.constant("validation_split") if isinstance(given.value("validation_split"), Const) else False:
        if not isinstance(given.value("seed"), Const):
            found["seed"] = Const(1)
    return Query("model", "dataset.from_directory", (), tuple(found.items()), detail=name)


def _unknown_sides(interp: Interpreter, value: Value) -> tuple[int | Dim | None, ...] | None:
    """Return the sides of images where they are not both known; None where they are, or nothing is known of them."""
    items = items_of(interp, value)
    if isinstance(value, Scalar) and value.type == "int":
        items = (value, value)
    if items is None or len(items) != len(_SIDES):
        return None
    whole = all((isinstance(item, Scalar) and item.type == "int") or size_of(item) is not None for item in items)
    sides = tuple(size_of(item) for item in items)
    return sides if whole and not all(isinstance(side, int) for side in sides) else None


def _known(interp: Interpreter, value: Value) -> bool:
    items = items_of(interp, value)
    return items is not None and all(isinstance(item, Const) for item in items)


def _with_names(interp: Interpreter, given: Given, made: Value) -> Value:
    """Return data sets with what only Keras's documents say of them: names of classes, ranges, and sizes."""
    sets = items_of(interp, made)
    labelled = given.value("labels") != Const(None) and given.value("label_mode") != Const(None)
    names: Value | None = None
    classes: int | Dim | None = None
    if labelled and given.value("labels") == Const("inferred"):
        chosen = given.items("class_names")
        classes = len(chosen) if chosen is not None else size(interp, "classes")
        names = given.value("class_names") if chosen is not None else _names(interp, classes)
    elif labelled:
        names = texts(interp)
    if isinstance(made, DatasetValue):
        return _one(interp, given, made, classes, names)
    if sets is None or not all(isinstance(part, DatasetValue) for part in sets):
        return made
    found = tuple(_one(interp, given, part, classes, names) for part in sets if isinstance(part, DatasetValue))
    return TupleValue(found) if isinstance(made, TupleValue) else Ref(interp.heap.allocate(ListObject(found)))


def _names(interp: Interpreter, classes: int | Dim) -> Value:
    return Ref(interp.heap.allocate(ListObject(None, TEXT, size=classes)))


def _one(
    interp: Interpreter, given: Given, made: DatasetValue, classes: int | Dim | None, names: Value | None
) -> DatasetValue:
    assert made.element is not None
    element = made.element
    parts = element.items if isinstance(element, TupleValue) else (element,)
    first, label = parts[0], parts[1] if len(parts) > 1 else None
    if "image_size" in given.names and isinstance(first, TensorValue):
        sides = _unknown_sides(interp, given.value("image_size"))
        if sides is not None and first.shape is not None:
            named = interp.bridge.session.named(sides) or sides
            true = dict(zip(_SIDES, named, strict=True))
            first = dataclasses.replace(
                first, shape=tuple(true.get(dim, dim) if isinstance(dim, int) else dim for dim in first.shape)
            )
        kept = given.value("interpolation") in [Const(name) for name in _KEEPING]
        first = dataclasses.replace(first, interval=Interval(0, 255) if kept else None)
    if isinstance(label, TensorValue):
        label = _label(label, given.value("label_mode"), classes)
    element = TupleValue((first, label)) if label is not None else first
    if given.value("batch_size") != Const(None):
        element = elements.batched(element, None, interp.bridge.session.symbol("batch", False))
    return DatasetValue(element, None, class_names=names)


def _label(label: TensorValue, mode: Value, classes: int | Dim | None) -> TensorValue:
    """Return labels with their range; one-hot ones have as many places as there are classes."""
    if mode == Const("categorical") and isinstance(classes, Dim) and label.shape:
        return dataclasses.replace(label, shape=(*label.shape[:-1], classes), interval=Interval(0, 1))
    if mode == Const("int"):
        known = isinstance(classes, int) and classes > 0
        return dataclasses.replace(
            label, interval=Interval(0, classes - 1 if known and isinstance(classes, int) else None)
        )
    return dataclasses.replace(label, interval=Interval(0, 1))


for _library in ("keras", "tf_keras"):
    for _function in NAMES:
        _name = f"{_library}.utils.{_function}"
        models(_name)(functools.partial(_made, _name))
