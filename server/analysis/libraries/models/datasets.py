"""`tf.data.Dataset`: which of its methods are asked of the library itself, on a data set of the right element spec.

What a call does with the structure of elements is asked in a scratch graph. What it does with their number, and which
numbers it refuses, only a real data set says: the call is made on one of the same structure and cardinality, from which
nothing is ever drawn (`tf.data` computes where elements are drawn, not where a data set is made).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any

import tensorflow as tf

from ...values import DatasetValue
from ..classification import modelled
from ..query import asks
from ..reflect import reflect_spec

#: What gives a data set, and makes it of the receiver's variant alone: for real on a stand-in.
MADE_FOR_REAL = frozenset(
    [
        "batch",
        "shuffle",
        "repeat",
        "cache",
        "prefetch",
        "take",
        "skip",
        "shard",
        "enumerate",
        "window",
        "concatenate",
        "with_options",
        "zip",
    ]
)
_METHODS = (
    *MADE_FOR_REAL,
    "map",
    "filter",
    "padded_batch",
    "ragged_batch",
    "sparse_batch",
    "unbatch",
    "rebatch",
    "flat_map",
    "interleave",
    "reduce",
    "scan",
    "take_while",
    "group_by_window",
    "bucket_by_sequence_length",
    "rejection_resample",
    "snapshot",
    "unique",
    "ignore_errors",
    "get_single_element",
    "cardinality",
    "options",
)
_FOLLOWED = ("apply", "as_numpy_iterator", "element_spec", "from_generator")
_CREATORS = ("from_tensor_slices", "from_tensors", "range", "random", "counter", "list_files")
_MIXERS = ("choose_from_datasets", "sample_from_datasets")
#: Functions that give a function from data set to data set, and the method that does the same.
TRANSFORMATIONS = {
    "assert_cardinality": "",
    "bucket_by_sequence_length": "bucket_by_sequence_length",
    "dense_to_ragged_batch": "ragged_batch",
    "dense_to_sparse_batch": "sparse_batch",
    "enumerate_dataset": "enumerate",
    "group_by_window": "group_by_window",
    "ignore_errors": "ignore_errors",
    "parallel_interleave": "interleave",
    "rejection_resample": "rejection_resample",
    "scan": "scan",
    "snapshot": "snapshot",
    "take_while": "take_while",
    "unbatch": "unbatch",
    "unique": "unique",
}
_BY = "a data set is its element spec"

modelled.register(
    *(f"tensorflow.data.Dataset.{name}" for name in (*_METHODS, *_CREATORS, *_MIXERS)), by=_BY, asks="symbolic"
)
modelled.register(*(f"tensorflow.data.Dataset.{name}" for name in _FOLLOWED), by=_BY)
modelled.register(
    "tensorflow.data.Iterator.*",
    "tensorflow.data.Iterator",
    "tensorflow.data.NumpyIterator",
    "tensorflow.experimental.Optional.has_value",
    "tensorflow.experimental.Optional.get_value",
    by="draws elements of the spec of its data set",
)
modelled.register(
    "tensorflow.data.TFRecordDataset",
    "tensorflow.data.TextLineDataset",
    "tensorflow.data.FixedLengthRecordDataset",
    "tensorflow.data.experimental.CsvDataset",
    "tensorflow.data.experimental.RandomDataset",
    "tensorflow.data.experimental.Counter",
    "tensorflow.data.experimental.choose_from_datasets",
    "tensorflow.data.experimental.sample_from_datasets",
    "tensorflow.data.experimental.cardinality",
    "tensorflow.data.experimental.get_single_element",
    "tensorflow.data.experimental.from_list",
    by=_BY + "; no file is opened",
    asks="symbolic",
)
modelled.register(
    *(f"tensorflow.data.experimental.{name}" for name in TRANSFORMATIONS), by="applied to a data set, its method"
)


def stand_in(spec: Any, cardinality: int | None) -> Any:
    """Return a real data set of an element spec and a cardinality, that is never drawn from.

    cardinality: a number, -1 for an infinite data set, -2 for one of which TensorFlow does not know it, None for any.
    """
    source = tf.data.Dataset.range(1 if cardinality is None or cardinality < 0 else cardinality)
    if cardinality == tf.data.INFINITE_CARDINALITY:
        source = source.repeat()
    elif cardinality == tf.data.UNKNOWN_CARDINALITY:
        source = source.unique()
    return tf.data.experimental.from_variant(tf.data.experimental.to_variant(source), spec)


def _for_real(name: str, detail: Hashable) -> Callable[..., Any]:
    """Make a call on real stand-ins of data sets; detail: whether the cardinality of every data set is known."""

    def exchanged(item: Any) -> Any:
        if not isinstance(item, tf.data.Dataset):
            return item
        return stand_in(item.element_spec, getattr(item, "shapewright_cardinality", None))

    def call(*args: Any, **kwargs: Any) -> Any:
        with tf.init_scope():
            args, kwargs = tf.nest.map_structure(exchanged, (args, kwargs))
            if name.startswith("static."):
                made = getattr(tf.data.Dataset, name.removeprefix("static."))(*args, **kwargs)
            else:
                made = getattr(args[0], name)(*args[1:], **kwargs)
            if not isinstance(made, tf.data.Dataset):
                return made
            count = int(made.cardinality()) if detail else None
            return DatasetValue(reflect_spec(made.element_spec), cardinality=count)

    return call


def _register(name: str) -> None:
    @asks(f"dataset.{name}")
    def model(detail: Hashable) -> Callable[..., Any]:
        return _for_real(name, detail)


for _name in (*MADE_FOR_REAL, "static.zip", "static.range", "__len__"):
    _register(_name)


@asks("dataset.from_generator")
def _from_generator(detail: Hashable) -> Callable[..., Any]:
    """`Dataset.from_generator` of a generator that is never run: its signature says what it yields."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return tf.data.Dataset.from_generator(lambda *given: iter(()), *args, **kwargs)

    return call


DRAWN = "generator.drawn"


@asks(DRAWN)
def _drawn(detail: Hashable) -> Callable[..., Any]:
    """Make a data set of items, as `from_generator` declares it, and draw from it; detail: all of it, or the first element."""

    def call(items: Any, steps: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("args", None)
        made = tf.data.Dataset.from_generator(lambda *given: iter(items), *args, **kwargs)
        for name, given, named in steps:
            made = getattr(made, name)(*given, **dict(named))
        for number, _ in enumerate(made):
            if not detail or number > len(items):
                break

    return call


def is_about_datasets(name: str) -> bool:
    """Say whether a query of form `model` is one of those here: what it raises, the program gets."""
    return re.match(r"dataset\.", name) is not None
