"""`sklearn.datasets` and `sklearn.model_selection.train_test_split`: known by their documents, nothing is imported.

What depends on random numbers alone changes no shape. A call that scikit-learn would refuse gives nothing known here.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...libraries.ranges import range_of
from ...values import Const, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ...values.dims import Dim
from ...values.intervals import Interval
from ...values.join import any_of
from .. import modelled_objects
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from ..modelled_objects import Object, attributes, items
from ..sequences import size_of
from . import tables
from .given import TEXT, Given, NotKnownError, array, items_of, size, unknown

#: The dtype of labels: NumPy's own for whole numbers.
WHOLE = np.array([0]).dtype.name
BUNCH = "sklearn.utils.Bunch"


# Known data sets ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """A data set of scikit-learn: rows, columns, the classes of the labels (0: real numbers), and how many targets."""

    rows: int
    columns: int
    classes: int = 0
    targets: int = 0
    interval: Interval | None = None


_TABLES = {
    "load_iris": _Table(150, 4, 3),
    "load_wine": _Table(178, 13, 3),
    "load_breast_cancer": _Table(569, 30, 2),
    "load_digits": _Table(1797, 64, 10, interval=Interval(0, 16)),
    "load_diabetes": _Table(442, 10),
    "load_linnerud": _Table(20, 3, targets=3),
    "fetch_california_housing": _Table(20_640, 8),
}


def _load(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """(rows, columns) of f64 and (rows,) labels, in a tuple or as attributes of one object."""
    try:
        names = (
            "return_X_y",
            "as_frame",
            "scaled",
            "n_class",
            "data_home",
            "download_if_missing",
            "n_retries",
            "delay",
        )
        given = Given(interp, Arguments((), arguments.keywords, arguments.complete), names, {"n_class": 10})
        if arguments.positional:
            raise NotKnownError("it takes no positional arguments")
        if given.constant("as_frame") or given.constant("n_class") != 10:
            raise NotKnownError("as a table, or of some classes, it is not followed")
        alone = given.constant("return_X_y")
    except NotKnownError as error:
        return unknown(error, name)
    table = _TABLES[name]
    data = array(interp, "float64", (table.rows, table.columns), table.interval)
    labels = Interval(0, table.classes - 1) if table.classes else None
    shape = (table.rows, table.targets) if table.targets else (table.rows,)
    target = array(interp, WHOLE if table.classes else "float64", shape, labels)
    if alone:
        return TupleValue((data, target))
    fields = {"data": data, "target": target, "DESCR": TEXT}
    if name == "load_digits":
        fields["images"] = array(interp, "float64", (table.rows, 8, 8), table.interval)
    if name not in ("load_breast_cancer",):
        fields["feature_names"] = Ref(interp.heap.allocate(ListObject((TEXT,) * table.columns)))
    return modelled_objects.make(interp, BUNCH, **fields)


for _name in _TABLES:
    models(f"sklearn.datasets.{_name}")(functools.partial(_load, _name))


@attributes(BUNCH)
def _attribute(bunch: Object, name: str) -> Value | None:
    return dict(bunch.item.fields).get(name)


@items(BUNCH)
def _item(bunch: Object, index: Value) -> Value | None:
    """Return `iris["data"]`."""
    return dict(bunch.item.fields).get(index.value) if isinstance(index, Const) else None


# Made data sets -----------------------------------------------------------------------------------------------------

#: The parameters that change the shape of what is made, in order, and their defaults; the rest are taken by name.
_MADE: dict[str, dict[str, int | None]] = {
    "make_classification": {"n_samples": 100, "n_features": 20, "n_classes": 2},
    "make_regression": {"n_samples": 100, "n_features": 100, "n_targets": 1},
    "make_blobs": {"n_samples": 100, "n_features": 2, "centers": None},
    "make_moons": {"n_samples": 100},
    "make_circles": {"n_samples": 100},
    "make_s_curve": {"n_samples": 100},
    "make_swiss_roll": {"n_samples": 100},
}
#: Of those, the ones that older versions take by position too.
_POSITIONAL = ("n_samples", "n_features")
_OTHERS = {
    "make_classification": "n_informative n_redundant n_repeated n_clusters_per_class weights flip_y class_sep hypercube shift "
    "scale shuffle random_state return_X_y",
    "make_regression": "n_informative bias effective_rank tail_strength noise shuffle coef random_state",
    "make_blobs": "cluster_std center_box shuffle random_state return_centers",
    "make_moons": "shuffle noise random_state",
    "make_circles": "shuffle noise random_state factor",
    "make_s_curve": "noise random_state",
    "make_swiss_roll": "noise random_state hole",
}


def _make(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """(n_samples, n_features) of f64 and (n_samples,) labels, or real numbers."""
    defaults = _MADE[name]
    try:
        if len(arguments.positional) > len([one for one in defaults if one in _POSITIONAL]):
            raise NotKnownError("arguments by position")
        given = Given(interp, arguments, (*defaults, *_OTHERS[name].split()), {**defaults, "return_X_y": True})
        if given.constant("return_X_y") is not True if "return_X_y" in given else False:
            raise NotKnownError("as one object it is not followed")
        rows = _rows(interp, given)
        columns = _number(given, "n_features") if "n_features" in defaults else _COLUMNS[name]
        data = array(interp, "float64", (rows, columns))
        return _with_target(interp, name, given, data, rows, columns)
    except NotKnownError as error:
        return unknown(error, name)


_COLUMNS = {"make_moons": 2, "make_circles": 2, "make_s_curve": 3, "make_swiss_roll": 3}


def _with_target(
    interp: Interpreter, name: str, given: Given, data: Value, rows: int | Dim, columns: int | Dim
) -> Value:
    if name in ("make_s_curve", "make_swiss_roll"):
        return TupleValue((data, array(interp, "float64", (rows,))))
    if name == "make_regression":
        targets = _number(given, "n_targets")
        shape = (rows,) if targets == 1 else (rows, targets)
        if not isinstance(targets, int):
            raise NotKnownError("the argument 'n_targets' is not known")
        target = array(interp, "float64", shape)
        if given.constant("coef"):
            weights = (columns,) if targets == 1 else (columns, targets)
            return TupleValue((data, target, array(interp, "float64", weights)))
        return TupleValue((data, target))
    classes: int | Dim | None = 2
    if name == "make_classification":
        classes = _number(given, "n_classes")
    elif name == "make_blobs":
        classes = _centers(interp, given)
        if given.constant("return_centers"):
            raise NotKnownError("with its centers it is not followed")
    labels = Interval(0, classes - 1) if isinstance(classes, int) else Interval(0, None)
    return TupleValue((data, array(interp, WHOLE, (rows,), labels)))


def _centers(interp: Interpreter, given: Given) -> int | Dim | None:
    """Return how many blobs there are: 3 where nothing is said, or as many as are listed."""
    listed = given.items("n_samples")
    if listed is not None:
        return len(listed)
    value = given.value("centers")
    if value == Const(None):
        return 3
    if isinstance(value, TensorValue):
        raise NotKnownError("centers that say how many features there are")
    items = items_of(interp, value)
    if items is not None:
        raise NotKnownError("centers that say how many features there are")
    return size_of(value)


def _rows(interp: Interpreter, given: Given) -> int | Dim:
    items = given.items("n_samples")
    if items is None:
        return _number(given, "n_samples")
    counts = [size_of(item) for item in items]
    if not all(isinstance(count, int) for count in counts):
        raise NotKnownError("the argument 'n_samples' is not known")
    return sum(count for count in counts if isinstance(count, int))


def _number(given: Given, name: str) -> int | Dim:
    """Return a whole number that is given; one that is not known is a size.

    Raises:
        NotKnownError: it is no whole number.
    """
    value = given.value(name)
    found = size_of(value)
    if found is None and isinstance(value, Scalar) and value.type == "int":
        return size(given.interp, "")
    if found is None or (isinstance(found, int) and found < 1):
        raise NotKnownError(f"the argument '{name}' is not known")
    return found


for _name in _MADE:
    models(f"sklearn.datasets.{_name}")(functools.partial(_make, _name))


# Splits -------------------------------------------------------------------------------------------------------------

_SPLIT = {"test_size": None, "train_size": None, "random_state": None, "shuffle": True, "stratify": None}
#: What is tested on where nothing is said.
_QUARTER = 0.25
#: Longer lists are not looked at item by item.
FEW = 64


@models("sklearn.model_selection.train_test_split")
def _split(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """[x_train, x_test, y_train, y_test, ...]: the test part is rounded up, the other one is what is left."""
    parts = list(arguments.values)
    try:
        options = Given(interp, Arguments((), arguments.keywords, arguments.complete), tuple(_SPLIT), _SPLIT)
        counts = {count for count in (length_of(interp, part) for part in parts) if count is not None}
        if not parts or len([count for count in counts if isinstance(count, int)]) > 1:
            raise NotKnownError("arrays of unlike lengths")
        count = next((one for one in counts if isinstance(one, int)), None) or next(iter(counts), None)
        train, test = _sizes(interp, count, options)
    except NotKnownError as error:
        return unknown(error, "train_test_split")
    made = [take(n) for take in [_taker(interp, part) for part in parts] for n in (train, test)]
    return Ref(interp.heap.allocate(ListObject(tuple(made))))


def _sizes(interp: Interpreter, count: int | Dim | None, options: Given) -> tuple[int | Dim, int | Dim]:
    """Return how many examples each part has (`_validate_shuffle_split` of scikit-learn)."""
    unsure = (size(interp, "train"), size(interp, "test"))
    try:
        test, train = options.constant("test_size"), options.constant("train_size")
    except NotKnownError:
        return unsure
    if not isinstance(count, int):
        known = type(test) is int and test > 0
        return (unsure[0], test) if known and train is None else unsure
    test_count = _part(test, count, math.ceil)
    train_count = _part(train, count, math.floor)
    if test is None and train is None:
        test_count = math.ceil(_QUARTER * count)
    if train_count is None:
        train_count = count - (test_count or 0)
    if test_count is None:
        test_count = count - train_count
    if train_count < 1 or test_count < 1 or train_count + test_count > count:
        raise NotKnownError("parts that are refused")
    return train_count, test_count


def _part(part: object, count: int, rounded: Callable[[float], int]) -> int | None:
    if part is None:
        return None
    if type(part) is int:
        return part
    if isinstance(part, float) and 0 < part < 1:
        return int(rounded(part * count))
    raise NotKnownError("a size that is refused")


def length_of(interp: Interpreter, value: Value) -> int | Dim | None:
    """Return how many examples an array, a list or a table holds; None where that is not known."""
    if isinstance(value, TensorValue) and value.kind == "ndarray":
        return value.shape[0] if value.shape else None
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, tables.TableObject):
        return tables.count_of(interp, value)
    if isinstance(item, ListObject) and item.name == "list":
        return item.size if item.items is None else len(item.items)
    return None


def _taker(interp: Interpreter, value: Value) -> Callable[[int | Dim], Value]:
    """Return what makes a part of an array or a list, of a length."""
    if isinstance(value, TensorValue) and value.kind == "ndarray" and value.shape:
        rest, within = value.shape[1:], range_of(value, interp.heap)

        def rows(count: int | Dim) -> Value:
            made = array(interp, value.dtype, (count, *rest), within)
            return dataclasses.replace(made, numpy_dtype=value.numpy_dtype) if isinstance(made, TensorValue) else made

        return rows
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, tables.TableObject):
        return lambda count: tables.taken(interp, item, count)
    if isinstance(item, ListObject) and item.name == "list" and (item.items is None or 0 < len(item.items) <= FEW):
        element = any_of(item.items) if item.items is not None else item.element
        return lambda count: Ref(interp.heap.allocate(ListObject(None, element, size=count)))
    why = value.reason if isinstance(value, Unknown) else "a part of something that is no array"
    return lambda count: Unknown(why)
