"""`tfds.load`: data sets by the features that `libraries.models.tfds` lists. Nothing is downloaded, nothing imported."""

from __future__ import annotations

import ast
import dataclasses
import re

from ...libraries.models.tfds import DATA_SETS, Described, Feature
from ...values import Const, DatasetValue, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value, elements
from ...values.dims import Dim
from ...values.fresh import FreshDict, materialise
from ...values.intervals import Interval
from .. import modelled_objects
from ..core import Frame, Interpreter
from ..drawing import iterator
from ..library_calls import Arguments
from ..library_models import models
from ..modelled_objects import Object, attributes, items, methods
from .given import TEXT, Given, NotKnownError, items_of, texts, unknown

_ROOT = "tensorflow_datasets."
BUILDER, INFO = f"{_ROOT}core.DatasetBuilder", f"{_ROOT}core.DatasetInfo"
FEATURES, SPLITS, SPLIT = f"{_ROOT}features.FeaturesDict", f"{_ROOT}core.SplitDict", f"{_ROOT}core.SplitInfo"
LABEL, FEATURE = f"{_ROOT}features.ClassLabel", f"{_ROOT}features.Tensor"
_LOAD = (
    "name split data_dir batch_size shuffle_files download as_supervised decoders read_config with_info builder_kwargs "
    "download_and_prepare_kwargs as_dataset_kwargs try_gcs file_format"
)
_AS_DATASET = "split batch_size shuffle_files decoders read_config as_supervised"
_DEFAULTS = {"as_supervised": False, "with_info": False}
#: Splits that have labels in every data set.
_LABELLED = ("train", "validation")
#: All of a split at once.
WHOLE = -1


def _described(name: object) -> tuple[str, Described]:
    """Return a data set by its name, its version left out.

    Raises:
        NotKnownError: it is none of the common ones.
    """
    plain = re.sub(r":[\d.*]+$", "", name) if isinstance(name, str) else ""
    if plain not in DATA_SETS:
        raise NotKnownError("a data set that is not known")
    return plain, DATA_SETS[plain]


@models(f"{_ROOT}load")
def _load(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A data set, several of them, or tensors; with `with_info` beside what is known of them."""
    try:
        given = Given(interp, arguments, _LOAD.split(), _DEFAULTS)
        name, described = _described(given.constant("name"))
        if any(part in given for part in ("builder_kwargs", "as_dataset_kwargs")):
            raise NotKnownError("arguments for something else")
        made = _sets(interp, described, given)
        if not given.constant("with_info"):
            return made
        return TupleValue((made, modelled_objects.make(interp, INFO, name=Const(name))))
    except NotKnownError as error:
        return unknown(error, "tfds.load")


def _sets(interp: Interpreter, described: Described, given: Given) -> Value:
    """Return what is loaded of the splits that are asked for.

    Raises:
        NotKnownError: an argument is not known that decides it.
    """
    if given.value("decoders") != Const(None):
        raise NotKnownError("decoders")
    element = _element(described, bool(given.constant("as_supervised")))
    batch = given.value("batch_size")
    if not isinstance(batch, (Const, Scalar)):
        raise NotKnownError("the argument 'batch_size' is not known")
    split = given.value("split")
    if split == Const(None):
        pairs = tuple((Const(name), _one(interp, described, element, name, batch)) for name in described.splits)
        return materialise(FreshDict(pairs), interp.heap)
    listed = items_of(interp, split)
    if listed is None:
        return _one(interp, described, element, _split(split), batch)
    made = tuple(_one(interp, described, element, _split(part), batch) for part in listed)
    return TupleValue(made) if isinstance(split, TupleValue) else Ref(interp.heap.allocate(ListObject(made)))


def _split(value: Value) -> str:
    """Return which part is asked for; empty where its length is not known.

    Raises:
        NotKnownError: it is no text.
    """
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Scalar) and value.type == "str":
        return ""
    raise NotKnownError("the argument 'split' is not known")


def _one(interp: Interpreter, described: Described, element: Value, split: str, batch: Value) -> Value:
    count = described.splits.get(split)
    if not split.startswith(_LABELLED):
        element = elements.each(element, _maybe_unlabelled)
    if batch == Const(WHOLE):
        whole = elements.each(element, lambda one: _batched(one, count))
        return materialise(interp.bridge.session.with_symbols(whole), interp.heap)
    if batch == Const(None):
        return DatasetValue(element, count)
    size = batch.value if isinstance(batch, Const) else None
    known = count is not None and type(size) is int and size > 0
    lead = interp.bridge.session.symbol("batch", False)
    number = -(-count // size) if known and count is not None and size is not None else None
    return DatasetValue(elements.batched(elements.each(element, lambda one: _batched(one, None)), None, lead), number)


def _maybe_unlabelled(one: TensorValue) -> TensorValue:
    """Return a label where -1 may stand for one that is held back."""
    if one.interval is None:
        return one
    return dataclasses.replace(one, interval=Interval(-1, one.interval.high))


def _batched(one: TensorValue, count: int | Dim | None) -> TensorValue:
    shape = (count, *(one.shape or ()))
    return TensorValue(dtype=one.dtype, shape=shape, interval=one.interval)


def _element(described: Described, supervised: bool) -> Value:
    """Return the structure of one example."""
    made = {name: _tensor(feature) for name, feature in described.features.items()}
    if not supervised:
        return FreshDict(tuple((Const(name), made[name]) for name in sorted(made)))
    if described.supervised is None:
        raise NotKnownError("it has no labels by itself")
    first, second = described.supervised
    return TupleValue((made[first], made[second]))


def _tensor(feature: Feature) -> TensorValue:
    labels = Interval(0, feature.classes - 1) if feature.classes is not None else None
    return TensorValue(dtype=feature.dtype, shape=feature.shape, interval=labels)


@models(f"{_ROOT}as_numpy")
def _as_numpy(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    """What gives arrays in place of tensors."""
    value = arguments.all[0].value if len(arguments.all) == 1 else None
    return iterator(interp, DatasetValue(value.element), numpy=True) if isinstance(value, DatasetValue) else None


@models(f"{_ROOT}disable_progress_bar", f"{_ROOT}enable_progress_bar")
def _quiet(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None)


# Builders and descriptions ------------------------------------------------------------------------------------------


@models(f"{_ROOT}builder")
def _builder(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    try:
        name, _ = _described(Given(interp, arguments, ("name", "data_dir", "try_gcs"), {}).constant("name"))
    except NotKnownError as error:
        return unknown(error, "tfds.builder")
    return modelled_objects.make(interp, BUILDER, name=Const(name))


@methods((BUILDER,), "download_and_prepare")
def _prepare(builder: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None)


@methods((BUILDER,), "as_dataset")
def _as_dataset(builder: Object, node: ast.Call, arguments: Arguments) -> Value:
    try:
        given = Given(builder.interp, arguments, _AS_DATASET.split(), _DEFAULTS)
        return _sets(builder.interp, _of(builder), given)
    except NotKnownError as error:
        return unknown(error, "as_dataset")


def _of(found: Object) -> Described:
    name = found.field("name")
    assert isinstance(name, Const)
    return DATA_SETS[name.value]


@attributes(BUILDER)
def _of_builder(builder: Object, name: str) -> Value | None:
    if name == "info":
        return modelled_objects.make(builder.interp, INFO, name=builder.field("name"))
    return None


@attributes(INFO)
def _of_info(info: Object, name: str) -> Value | None:
    if name in ("features", "splits"):
        kind = FEATURES if name == "features" else SPLITS
        return modelled_objects.make(info.interp, kind, name=info.field("name"))
    if name == "supervised_keys":
        keys = _of(info).supervised
        return Const(None) if keys is None else TupleValue(tuple(Const(key) for key in keys))
    return TEXT if name in ("name", "description", "citation", "homepage") else Unknown(f"DatasetInfo.{name}")


@items(FEATURES)
def _feature(features: Object, index: Value) -> Value | None:
    found = _of(features).features.get(index.value) if isinstance(index, Const) else None
    if found is None:
        return None
    kind = f"{_ROOT}features.{found.kind}"
    return modelled_objects.make(features.interp, kind, name=features.field("name"), key=index)


_FEATURE_KINDS = tuple(
    f"{_ROOT}features.{kind}" for kind in ("ClassLabel", "Image", "Text", "Tensor", "Audio", "BBoxFeature")
)


@attributes(*_FEATURE_KINDS)
def _of_feature(feature: Object, name: str) -> Value | None:
    key = feature.field("key")
    assert isinstance(key, Const)
    found = _of(feature).features[key.value]
    if name == "num_classes" and found.classes is not None:
        return Const(found.classes)
    if name == "names" and found.classes is not None:
        return Ref(feature.interp.heap.allocate(ListObject((TEXT,) * found.classes)))
    if name == "shape":
        return TupleValue(tuple(Const(dim) for dim in found.shape))
    return Unknown("the dtype of a feature") if name in ("dtype", "np_dtype", "tf_dtype") else None


@methods((LABEL,), "int2str")
def _named(feature: Object, node: ast.Call, arguments: Arguments) -> Value:
    return TEXT if arguments.all and not isinstance(arguments.all[0].value, Ref) else texts(feature.interp)


@methods((LABEL,), "str2int")
def _numbered(feature: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Scalar(type="int")


@items(SPLITS)
def _split_info(splits: Object, index: Value) -> Value | None:
    known = isinstance(index, Const) and isinstance(index.value, str)
    return modelled_objects.make(splits.interp, SPLIT, name=splits.field("name"), key=index) if known else None


@attributes(SPLIT)
def _of_split(split: Object, name: str) -> Value | None:
    key = split.field("key")
    if name != "num_examples" or not isinstance(key, Const):
        return Unknown(f"SplitInfo.{name}")
    count = _of(split).splits.get(key.value)
    return Scalar(type="int") if count is None else Const(count)
