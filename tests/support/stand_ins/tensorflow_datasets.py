"""Stands in for TensorFlow Datasets: a few data sets of their true features and sizes, of zeros, without a download.

Features and sizes are those of the catalogue (https://www.tensorflow.org/datasets/catalog); images whose size differs are
made of two sizes. Only what the chapters call is here.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import tensorflow as tf

_TEXT = ((), tf.string, None)
_CATALOGUE: dict[str, tuple[dict[str, Any], tuple[str, str] | None, dict[str, int]]] = {
    "mnist": (
        {"image": ((28, 28, 1), tf.uint8, None), "label": ((), tf.int64, 10)},
        ("image", "label"),
        {"test": 10_000, "train": 60_000},
    ),
    "cifar10": (
        {"id": _TEXT, "image": ((32, 32, 3), tf.uint8, None), "label": ((), tf.int64, 10)},
        ("image", "label"),
        {"test": 10_000, "train": 50_000},
    ),
    "cats_vs_dogs": (
        {"image": ((None, None, 3), tf.uint8, None), "image/filename": _TEXT, "label": ((), tf.int64, 2)},
        ("image", "label"),
        {"train": 23_262},
    ),
    "imdb_reviews": (
        {"label": ((), tf.int64, 2), "text": _TEXT},
        ("text", "label"),
        {"test": 25_000, "train": 25_000, "unsupervised": 50_000},
    ),
    "glue/sst2": (
        {"idx": ((), tf.int32, None), "label": ((), tf.int64, 2), "sentence": _TEXT},
        None,
        {"test": 1_821, "train": 67_349, "validation": 872},
    ),
    "iris": ({"features": ((4,), tf.float32, None), "label": ((), tf.int64, 3)}, ("features", "label"), {"train": 150}),
}


class DatasetBuilder:
    """What makes a data set."""

    def __init__(self, name: str):
        self._features, self._supervised, self._splits = _CATALOGUE[re.sub(r":.*", "", name)]
        labels = {
            key: SimpleNamespace(shape=shape, num_classes=classes, names=[str(n) for n in range(classes or 0)])
            for key, (shape, _, classes) in self._features.items()
        }
        splits = {key: SimpleNamespace(num_examples=count) for key, count in self._splits.items()}
        self.info = SimpleNamespace(features=labels, splits=splits, supervised_keys=self._supervised)

    def download_and_prepare(self) -> None:
        """Do nothing."""

    def as_dataset(
        self, split: Any = None, batch_size: int | None = None, shuffle_files: bool = False, as_supervised: bool = False
    ) -> Any:
        """Return the data set of each split that is asked for."""
        if split is None:
            split = {name: name for name in self._splits}
        return tf.nest.map_structure(lambda one: self._one(one, batch_size, as_supervised), split)

    def _one(self, split: str, batch_size: int | None, as_supervised: bool) -> Any:
        count = self._splits.get(split, 37)
        signature: Any = {key: tf.TensorSpec(shape, dtype) for key, (shape, dtype, _) in self._features.items()}
        if as_supervised:
            assert self._supervised is not None
            signature = tuple(signature[key] for key in self._supervised)
        if batch_size == -1:
            return tf.nest.map_structure(lambda spec: tf.zeros([count, *spec.shape], spec.dtype), signature)

        def examples() -> Any:
            for number in range(count):
                side = 12 + number % 2

                def zeros(spec: tf.TensorSpec, side: int = side) -> Any:
                    shape = [side if dim is None else dim for dim in spec.shape]
                    return b"text" if spec.dtype == tf.string else np.zeros(shape, spec.dtype.as_numpy_dtype)

                yield tf.nest.map_structure(zeros, signature)

        data = tf.data.Dataset.from_generator(examples, output_signature=signature)
        data = data.apply(tf.data.experimental.assert_cardinality(count))
        return data if batch_size is None else data.padded_batch(batch_size)


def builder(name: str) -> DatasetBuilder:
    """Return what makes a data set."""
    return DatasetBuilder(name)


def load(
    name: str,
    *,
    split: Any = None,
    batch_size: int | None = None,
    shuffle_files: bool = False,
    as_supervised: bool = False,
    with_info: bool = False,
) -> Any:
    """Return a data set, or several."""
    made = DatasetBuilder(name)
    data = made.as_dataset(split, batch_size, shuffle_files, as_supervised)
    return (data, made.info) if with_info else data


def as_numpy(data: Any) -> Any:
    """Return the examples with arrays in place of tensors."""
    return data.as_numpy_iterator()
