"""Lists of arrays that TensorFlow makes a tensor of: `tf.constant([row, row])`, `tf.stack([np.zeros(2), np.ones(2)])`.

Eager code and graphs give them different dtypes: a list of int64 arrays is int32 in eager code
(tensorflow/python/lib/core/py_seq_tensor.cc) and int64 in a graph (tensorflow/python/framework/tensor_util.py). TensorFlow is
asked in the way that the program goes; in the place of an array of unknown content it gets zeros, and what comes out
is unknown again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import constant_op

from .standins import ArraySpec, ContentNeeded, placeholder

#: Elements of arrays of unknown content that are replaced by zeros.
MAX_ELEMENTS = 100_000
_NUMBERS = (bool, int, float, complex, str, bytes, np.generic, np.ndarray)


@contextlib.contextmanager
def converted(eager: bool) -> Iterator[None]:
    """Convert lists that hold arrays as eager execution does, or as a graph does."""
    made = constant_op._constant_impl

    def constant(value: Any, dtype: Any, shape: Any, name: Any, *rest: Any, **options: Any) -> Any:
        leaves = list(_leaves(value)) if isinstance(value, (list, tuple)) else []
        unknown = [leaf for leaf in leaves if type(leaf) is ArraySpec]
        arrays = unknown or any(isinstance(leaf, (np.ndarray, np.generic)) for leaf in leaves)
        if not arrays or not (unknown or eager) or not all(isinstance(leaf, _NUMBERS) for leaf in leaves):
            return made(value, dtype, shape, name, *rest, **options)
        with tf.init_scope() if eager else tf.Graph().as_default():
            sample = made(_with_zeros(value, unknown), dtype, None, None, *rest, **options)
            known = sample.numpy() if eager and not unknown else None
        if known is not None:
            return made(known, sample.dtype, shape, name, *rest, **options)
        if dtype is None and any(leaf.dtype.kind in "iu" and leaf.dtype.itemsize >= 4 for leaf in unknown):
            raise ContentNeeded  # int32 where the numbers fit
        tensor = placeholder(sample.dtype.name, tuple(sample.shape))
        return tensor if shape is None else tf.reshape(tensor, shape)

    constant_op._constant_impl = constant
    try:
        yield
    finally:
        constant_op._constant_impl = made


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _with_zeros(value: Any, unknown: list[ArraySpec]) -> Any:
    """Return a list with zeros in the place of arrays of unknown content."""
    if any(leaf.dtype.kind not in "biufc" for leaf in unknown) or sum(leaf.size for leaf in unknown) > MAX_ELEMENTS:
        raise ContentNeeded

    def filled(part: Any) -> Any:
        if isinstance(part, (list, tuple)):
            return type(part)(filled(item) for item in part) if type(part) in (list, tuple) else part
        if type(part) is ArraySpec:
            return np.zeros([dim or 0 for dim in part.shape], part.dtype)[()]
        return part

    return filled(value)
