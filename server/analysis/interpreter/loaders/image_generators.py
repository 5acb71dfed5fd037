"""`ImageDataGenerator`: what the iterators give that it makes of arrays, of a folder, or of a table of file names.

They give arrays, without end; the last batch of a round may be shorter than the others. No file is looked at.
"""

from __future__ import annotations

import ast
import functools

from ...libraries import global_state
from ...libraries.keras_hooks import keras
from ...libraries.models.loaders import IMAGE_GENERATORS
from ...libraries.ranges import range_of
from ...values import Const, DictObject, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ...values.base import Shape
from ...values.dims import Dim
from ...values.intervals import Interval
from .. import modelled_objects
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from ..modelled_objects import Object, attributes, draws, items, lengths, methods
from ..sequences import size_of, size_value
from .given import TEXT, Given, NotKnownError, array, of_signature, size, unknown
from .words import dtype_named

_PACKAGE = "keras.preprocessing.image."
ITERATORS = tuple(_PACKAGE + name for name in ("NumpyArrayIterator", "DirectoryIterator", "DataFrameIterator"))
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_FLOW = "x y batch_size shuffle sample_weight seed save_to_dir save_prefix save_format ignore_class_split subset"
_FILES = (
    "target_size color_mode classes class_mode batch_size shuffle seed save_to_dir save_prefix save_format {}subset "
    "interpolation {}"
)
_DIRECTORY = "directory " + _FILES.format("follow_links ", "keep_aspect_ratio")
_TABLE = "dataframe directory x_col y_col weight_col " + _FILES.format("", "validate_filenames")
_DEFAULTS = {
    "batch_size": 32,
    "target_size": (256, 256),
    "color_mode": "rgb",
    "class_mode": "categorical",
}


def _generator(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    try:
        given = of_signature(interp, name, arguments)
        first = _first(interp, given.constant("data_format"))
        dtype = given.value("dtype")
        made = global_state.current(interp.heap).floatx or "float32" if dtype == Const(None) else dtype_named(dtype)
    except NotKnownError as error:
        return unknown(error, name)
    interp.heap.escape([given.value("preprocessing_function")], "called for each image")
    return modelled_objects.make(interp, name, first=Const(first), dtype=Const(made))


def _first(interp: Interpreter, data_format: object) -> bool:
    """Say whether images have their channels first.

    Raises:
        NotKnownError: nobody knows what the program has set.
    """
    state = global_state.current(interp.heap)
    if data_format is None and state.lost is not None:
        raise NotKnownError(state.lost)
    return (data_format or state.image_data_format or keras.backend.image_data_format()) == "channels_first"


for _name in IMAGE_GENERATORS:
    models(_name)(functools.partial(_generator, _name))


@methods(IMAGE_GENERATORS, "fit")
def _fit(generator: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None)


@methods(IMAGE_GENERATORS, "flow")
def _flow(generator: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(batch, h, w, c) of floats, beside as many rows of the labels."""
    interp = generator.interp
    try:
        given = Given(interp, arguments, _FLOW.split(), _DEFAULTS)
        x, y = given.value("x"), given.value("y")
        if (
            not isinstance(x, TensorValue)
            or x.kind not in ("ndarray", "Tensor")
            or x.shape is None
            or len(x.shape) != 4
        ):
            raise NotKnownError(x.reason if isinstance(x, Unknown) else "what is no array of four dims")
        if given.value("sample_weight") != Const(None):
            raise NotKnownError("weights of examples")
        count: int | Dim | None = x.shape[0] if given.value("subset") == Const(None) else None
        labels = Const(None) if y == Const(None) else _rows(interp, y)
        return _iterator(generator, ITERATORS[0], x.shape[1:], labels, given.value("batch_size"), count)
    except NotKnownError as error:
        return unknown(error, "flow")


def _rows(interp: Interpreter, value: Value) -> Value:
    """Return what stands for labels in an iterator: their dtype, and the shape behind the first dim."""
    if not isinstance(value, TensorValue) or value.kind != "ndarray" or not value.shape:
        raise NotKnownError("labels that are no array")
    interval = range_of(value, interp.heap)
    return TensorValue(kind="ndarray", dtype=value.dtype, shape=value.shape[1:], interval=interval)


@methods(IMAGE_GENERATORS, "flow_from_directory", "flow_from_dataframe")
def _from_files(generator: Object, node: ast.Call, arguments: Arguments) -> Value:
    """(batch, h, w, c) of floats, beside labels in the same dtype: numbers, or one-hot rows of as many classes as there are."""
    interp = generator.interp
    table = isinstance(node.func, ast.Attribute) and node.func.attr == "flow_from_dataframe"
    try:
        given = Given(interp, arguments, (_TABLE if table else _DIRECTORY).split(), _DEFAULTS)
        if table and given.value("weight_col") != Const(None):
            raise NotKnownError("weights of examples")
        shape = _image(generator, given)
        chosen = given.items("classes")
        classes = len(chosen) if chosen else size(interp, "classes")
        labels = _labels(generator, given.constant("class_mode"), classes, shape)
        return _iterator(
            generator, ITERATORS[2 if table else 1], shape, labels, given.value("batch_size"), None, classes
        )
    except NotKnownError as error:
        return unknown(error, "ImageDataGenerator")


def _image(generator: Object, given: Given) -> tuple[int | Dim | None, ...]:
    """Return the shape of one image."""
    sides = given.items("target_size") if "target_size" in given else tuple(Const(side) for side in (256, 256))
    channels = _CHANNELS.get(given.constant("color_mode"))
    if sides is None or len(sides) != 2 or channels is None:
        raise NotKnownError("images of a size that is not known")
    whole = [isinstance(side, Scalar) and side.type == "int" for side in sides]
    found = tuple(size_of(side) for side in sides)
    if not all(ok or known is not None for ok, known in zip(whole, found, strict=True)):
        raise NotKnownError("images of a size that is not known")
    named = generator.interp.bridge.session.named(found) or found
    return (channels, *named) if generator.field("first") == Const(True) else (*named, channels)


def _labels(generator: Object, mode: object, classes: int | Dim, image: Shape) -> Value:
    """Return what stands for the labels in an iterator."""
    dtype = generator.field("dtype")
    assert isinstance(dtype, Const)
    high = classes - 1 if isinstance(classes, int) else None
    if mode == "categorical":
        return TensorValue(kind="ndarray", dtype=dtype.value, shape=(classes,), interval=Interval(0, 1))
    if mode in ("binary", "sparse"):
        within = Interval(0, 1) if mode == "binary" else Interval(0, high)
        return TensorValue(kind="ndarray", dtype=dtype.value, shape=(), interval=within)
    if mode == "input":
        return TensorValue(kind="ndarray", dtype=dtype.value, shape=image)
    if mode is None:
        return Const(None)
    raise NotKnownError("labels of another kind")


def _iterator(
    generator: Object,
    name: str,
    image: tuple[int | Dim | None, ...],
    labels: Value,
    batch: Value,
    count: int | Dim | None,
    classes: int | Dim | None = None,
) -> Value:
    dtype = generator.field("dtype")
    assert isinstance(dtype, Const)
    if not isinstance(batch, Scalar) and not (
        isinstance(batch, Const) and type(batch.value) is int and batch.value > 0
    ):
        raise NotKnownError("the argument 'batch_size' is not known")
    images = TensorValue(kind="ndarray", dtype=dtype.value, shape=image)
    known = count if count is not None else size(generator.interp, "")
    fields = {"x": images, "y": labels, "batch": batch, "count": size_value(known)}
    if classes is not None:
        fields["classes"] = size_value(classes)
    return modelled_objects.make(generator.interp, name, **fields)


@draws(*ITERATORS)
def _batch(made: Object) -> Value:
    """Return one batch: all are of one size where it divides the number of examples."""
    count, batch = size_of(made.field("count")), size_of(made.field("batch"))
    even = isinstance(count, int) and isinstance(batch, int) and count % batch == 0
    lead = batch if even else size(made.interp, "")
    parts = [made.field("x"), *([made.field("y")] if made.field("y") != Const(None) else [])]
    drawn = [
        array(made.interp, part.dtype, (lead, *(part.shape or ())), part.interval)
        for part in parts
        if isinstance(part, TensorValue)
    ]
    return drawn[0] if len(drawn) == 1 else TupleValue(tuple(drawn))


@items(*ITERATORS)
def _item(made: Object, index: Value) -> Value | None:
    """Return `it[0]`."""
    return _batch(made) if isinstance(index, (Const, Scalar)) else None


@methods(ITERATORS, "next", "__next__")
def _next(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    return _batch(made)


@methods(ITERATORS, "reset", "on_epoch_end")
def _reset(made: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None)


@lengths(*ITERATORS)
def _length(made: Object) -> Value:
    """Return how many batches a round has."""
    count, batch = size_of(made.field("count")), size_of(made.field("batch"))
    known = isinstance(count, int) and isinstance(batch, int)
    return Const(-(-count // batch)) if known else Scalar(type="int")  # type: ignore[operator]


@attributes(*ITERATORS)
def _attribute(made: Object, name: str) -> Value | None:
    heap = made.interp.heap
    directory = made.item.name != ITERATORS[0]
    if name == "n" or (name == "samples" and directory):
        return made.field("count")
    if name == "batch_size":
        return made.field("batch")
    if name == "num_classes" and made.item.name == ITERATORS[1]:
        return made.field("classes")
    if name == "class_indices" and directory:
        return Ref(heap.allocate(DictObject(None)))
    if name in ("filenames", "filepaths") and directory:
        return Ref(heap.allocate(ListObject(None, TEXT, size=size_of(made.field("count")))))
    if name == "image_shape" and directory:
        image = made.field("x")
        assert isinstance(image, TensorValue)
        return TupleValue(tuple(size_value(dim) for dim in image.shape or ()))
    if name in ("classes", "labels") and made.item.name == ITERATORS[1]:
        return array(made.interp, "int32", (size_of(made.field("count")),), Interval(0, None))
    return None
