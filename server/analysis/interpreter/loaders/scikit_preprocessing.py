"""`sklearn.preprocessing`: what scalers and encoders make of arrays. The shapes are known, the numbers are not.

Scalers keep floats as they are and make f64 of everything else; encoders count classes, which nobody knows.
"""

from __future__ import annotations

import ast
import functools

from ...values import Const, Ref, TensorValue, Unknown, Value
from ...values.dims import Dim
from ...values.intervals import Interval
from ...values.standard import StandardObject
from .. import modelled_objects
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from ..modelled_objects import Object, attributes, methods
from .given import Given, NotKnownError, array, size, unknown
from .scikit_data import WHOLE, length_of
from .tables import as_numbers

_PREPROCESSING = "sklearn.preprocessing."
SCALERS = tuple(
    _PREPROCESSING + name
    for name in (
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "MaxAbsScaler",
        "Normalizer",
        "QuantileTransformer",
        "PowerTransformer",
    )
)
LABELS = (_PREPROCESSING + "LabelEncoder",)
ROWS = (_PREPROCESSING + "LabelBinarizer", _PREPROCESSING + "MultiLabelBinarizer")
ONE_HOT = (_PREPROCESSING + "OneHotEncoder",)
ORDINAL = (_PREPROCESSING + "OrdinalEncoder",)
SPARSE = "sklearn.utils.csr_matrix"
_NUMBERS = frozenset(
    ["bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float16", "float32", "float64"]
)
_FLOATS = ("float16", "float32", "float64")


def _made(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    if not arguments.complete:
        return Unknown("arguments of unknown number")
    fields = dict(arguments.named)
    known = {key: fields[key] for key in ("sparse", "sparse_output", "dtype", "copy") if key in fields}
    return modelled_objects.make(interp, name, **known)


for _name in (*SCALERS, *LABELS, *ROWS, *ONE_HOT, *ORDINAL):
    models(_name)(functools.partial(_made, _name))


def _data(interp: Interpreter, arguments: Arguments, *names: str) -> Value:
    """Return what a method is given to work on; other arguments change no shape.

    Raises:
        NotKnownError: nobody knows which argument it is.
    """
    return Given(interp, arguments, (*names, "sample_weight", "copy"), {}).value(names[0])


def _table(interp: Interpreter, value: Value) -> tuple[str, tuple[int | Dim | None, ...]]:
    """Return the dtype and the shape (n, features) of numbers; scikit-learn takes no others.

    Raises:
        NotKnownError: it is no such array.
    """
    found = as_numbers(interp, value)
    if found is not None:
        return found
    if not isinstance(value, TensorValue) or value.kind != "ndarray" or value.shape is None or len(value.shape) != 2:
        raise NotKnownError(value.reason if isinstance(value, Unknown) else "what is no array of two dims")
    if value.dtype not in _NUMBERS:
        raise NotKnownError("an array of something else than numbers")
    return value.dtype, value.shape


@methods((*SCALERS, *LABELS, *ROWS, *ONE_HOT, *ORDINAL), "fit", "partial_fit")
def _fit(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """Return the object itself."""
    return made.ref


@methods(SCALERS, "fit_transform", "transform", "inverse_transform")
def _scaled(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(n, features) of the same dtype if it is one of floats, else of f64."""
    try:
        dtype, shape = _table(made.interp, _data(made.interp, arguments, "X", "y"))
    except NotKnownError as error:
        return unknown(error, made.item.name)
    given = arguments.all[0].value if arguments.all else None
    if made.field("copy") not in (Const(None), Const(True)) and isinstance(given, TensorValue):
        made.interp.heap.written(given.storage)
    return array(made.interp, dtype if dtype in _FLOATS else "float64", shape)


@methods(ORDINAL, "fit_transform", "transform")
def _ordinal(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(n, features) of f64."""
    try:
        _, shape = _table(made.interp, _data(made.interp, arguments, "X", "y"))
    except NotKnownError as error:
        return unknown(error, made.item.name)
    if made.field("dtype") != Const(None):
        return Unknown("of a dtype that is chosen")
    return array(made.interp, "float64", shape)


@methods(LABELS, "fit_transform", "transform")
def _labels(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(n,) whole numbers from 0 on, of labels of any kind."""
    try:
        value = _data(made.interp, arguments, "y")
    except NotKnownError as error:
        return unknown(error, made.item.name)
    return array(made.interp, WHOLE, (_count(made.interp, value),), Interval(0, None))


def _count(interp: Interpreter, value: Value) -> int | Dim:
    """Return how many rows something has; a size that is not known is one too."""
    found = length_of(interp, value)
    return size(interp, "") if found is None else found


@methods(ROWS, "fit_transform", "transform")
def _rows(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(n, classes) of whole numbers, (n, 1) of two classes; how many classes there are is not known."""
    if made.field("sparse_output") != Const(None):
        return Unknown("rows that may be sparse")
    try:
        value = _data(made.interp, arguments, "y")
    except NotKnownError as error:
        return unknown(error, made.item.name)
    return array(made.interp, WHOLE, (_count(made.interp, value), size(made.interp, "")))


@methods(ONE_HOT, "fit_transform", "transform")
def _one_hot(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(n, categories) of f64, in a sparse matrix where nothing else is said."""
    if made.field("dtype") != Const(None):
        return Unknown("of a dtype that is chosen")
    try:
        value = _data(made.interp, arguments, "X", "y")
    except NotKnownError as error:
        return unknown(error, made.item.name)
    made_of = array(made.interp, "float64", (_count(made.interp, value), size(made.interp, "")), Interval(0, 1))
    dense = Const(False) in (made.field("sparse"), made.field("sparse_output"))
    if dense:
        return made_of
    if made.field("sparse") != made.field("sparse_output") and Const(True) not in (
        made.field("sparse"),
        made.field("sparse_output"),
    ):
        return Unknown("sparse or not")
    return Ref(made.interp.heap.allocate(StandardObject(SPARSE, (("dense", made_of),))))


@methods((SPARSE,), "toarray")
def _dense(made: Object, node: ast.Call, arguments: Arguments) -> Value | None:
    value = made.field("dense")
    if arguments.all or not isinstance(value, TensorValue):
        return None
    return array(made.interp, value.dtype, value.shape, value.interval)


@attributes(*LABELS, *ROWS)
def _attribute(made: Object, name: str) -> Value | None:
    return Unknown("the classes are not known") if name == "classes_" else None


@attributes(*SCALERS)
def _fitted(made: Object, name: str) -> Value | None:
    return Unknown("what was fitted is not known") if name.endswith("_") else None


@methods((*SCALERS, *LABELS, *ROWS, *ONE_HOT, *ORDINAL), "get_params", "get_feature_names_out")
def _said(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Unknown("what an encoder says of itself")


@methods((*LABELS, *ROWS, *ONE_HOT, *ORDINAL), "inverse_transform")
def _back(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Unknown("the classes are not known")
