"""Reflect: from objects of the library back to abstract values.

What lives on the heap comes back as a *fresh* node (`values.fresh`), free of addresses, so that a memo can hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ..values import (
    Const,
    Content,
    DatasetValue,
    DTypeValue,
    ShapeValue,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.fresh import FreshArray, FreshDict, FreshList
from .keras_hooks import keras, keras_major
from .session import Session

#: The largest array that keeps its content, beside the user's limit on what is computed.
MAX_CONTENT = 100_000
_NUMPY_NAMES = {"bool": "bool"}


def reflect(result: Any, session: Session, *, keep: bool = True, arrays: Sequence[Any] = ()) -> Value:
    """Return what is known of an object of the library.

    keep: whether contents are true (False: the computation ran on stand-ins or drew random numbers).
    arrays: the argument arrays, to see what the result is a view of.
    """
    if result is None or isinstance(result, (bool, str, bytes)) or result is Ellipsis:
        return Const(result) if keep or result is None else _scalar(result)
    if isinstance(result, (int, float, complex)) and not isinstance(result, np.generic):
        return Const(result) if keep else _scalar(result)
    if isinstance(result, (np.ndarray, np.generic)):
        return _array(result, keep, arrays)
    if is_keras_tensor(result):
        return TensorValue(
            kind="KerasTensor",
            dtype=dtype_name(result.dtype),
            shape=dims_of(result.shape),
            node=session.keep_node(result),
        )
    if isinstance(result, tf.RaggedTensor):
        return TensorValue(kind="RaggedTensor", dtype=result.dtype.name, shape=dims_of(result.shape))
    if isinstance(result, tf.SparseTensor):
        return TensorValue(kind="SparseTensor", dtype=result.dtype.name, shape=dims_of(result.shape))
    if isinstance(result, tf.Variable) or is_keras_variable(result):
        library = "keras" if is_keras_variable(result) else "tensorflow"
        return TensorValue(
            kind="Variable", dtype=dtype_name(result.dtype), shape=dims_of(result.shape), library=library
        )
    if isinstance(result, tf.Tensor):
        return _tensor(result, keep)
    if isinstance(result, tf.TensorShape):
        return ShapeValue(dims_of(result))
    if isinstance(result, tf.TensorSpec):
        return TensorValue(kind="TensorSpec", dtype=result.dtype.name, shape=dims_of(result.shape))
    if isinstance(result, tf.DType):
        return DTypeValue(result.name)
    if isinstance(result, np.dtype):
        return DTypeValue(result.name, "numpy")
    if isinstance(result, tf.data.Dataset):
        return DatasetValue(reflect_spec(result.element_spec))
    if isinstance(result, tuple):
        items = tuple(reflect(item, session, keep=keep, arrays=arrays) for item in result)
        return TupleValue(items, getattr(type(result), "_fields", None))
    if type(result) is list:
        return FreshList(tuple(reflect(item, session, keep=keep, arrays=arrays) for item in result))
    if type(result) is dict:
        pairs = [
            (reflect(key, session), reflect(item, session, keep=keep, arrays=arrays)) for key, item in result.items()
        ]
        return FreshDict(tuple(pairs))
    return Unknown(f"a {type(result).__name__} of the library")


def reflect_spec(spec: Any) -> Value:
    """Return the structure that a dataset's `element_spec` describes."""
    if isinstance(spec, tf.TensorSpec):
        return TensorValue(dtype=spec.dtype.name, shape=dims_of(spec.shape))
    if isinstance(spec, tf.RaggedTensorSpec):
        return TensorValue(kind="RaggedTensor", dtype=spec.dtype.name, shape=dims_of(spec.shape))
    if isinstance(spec, tf.SparseTensorSpec):
        return TensorValue(kind="SparseTensor", dtype=spec.dtype.name, shape=dims_of(spec.shape))
    if isinstance(spec, tuple):
        return TupleValue(tuple(reflect_spec(item) for item in spec))
    if isinstance(spec, dict):
        return FreshDict(tuple((Const(key), reflect_spec(item)) for key, item in spec.items()))
    if isinstance(spec, tf.data.DatasetSpec):
        return DatasetValue(reflect_spec(spec.element_spec))
    return Unknown(f"a {type(spec).__name__}")


def dims_of(shape: Any) -> tuple[int | None, ...] | None:
    """Return a library's shape as dims."""
    if shape is None:
        return None
    if isinstance(shape, tf.TensorShape):
        return None if shape.rank is None else tuple(shape.as_list())
    return tuple(None if dim is None else int(dim) for dim in shape)


def dtype_name(dtype: Any) -> str:
    """Return TensorFlow's name of a dtype given in any way."""
    name = getattr(dtype, "name", None) or str(dtype)
    return str(name).removesuffix("_ref")


def is_keras_tensor(item: Any) -> bool:
    """Say whether an object is a symbolic tensor of Keras."""
    if keras is None:
        return False
    return (
        bool(keras.backend.is_keras_tensor(item))
        if hasattr(item, "shape")
        and hasattr(item, "dtype")
        and not isinstance(item, (np.ndarray, np.generic))
        and _may_be_keras_tensor(item)
        else False
    )


def _may_be_keras_tensor(item: Any) -> bool:
    # Keras 2's is_keras_tensor raises for what is no tensor of TensorFlow's.
    return keras_major() >= 3 or type(item).__name__ == "KerasTensor"


def is_keras_variable(item: Any) -> bool:
    """Say whether an object is a variable of Keras 3."""
    return keras is not None and keras_major() >= 3 and isinstance(item, keras.Variable)


def _scalar(result: Any) -> Value:
    from ..values import Scalar

    return Scalar(type=type(result).__name__)


def _tensor(result: Any, keep: bool) -> Value:
    dtype, shape = result.dtype.base_dtype.name, dims_of(result.shape)
    content = None
    if keep and shape is not None and None not in shape and _small(shape):
        known = (
            result.numpy() if hasattr(result, "numpy") and isinstance(result, _EAGER) else tf.get_static_value(result)
        )
        if isinstance(known, np.ndarray) or np.isscalar(known):
            content = Content(np.asarray(known))
    return TensorValue(dtype=dtype, shape=shape, content=content)


_EAGER = type(tf.constant(0))


def _array(result: Any, keep: bool, arrays: Sequence[Any]) -> Value:
    array = np.asarray(result)
    dtype, special = array_dtype(array.dtype)
    content = Content(array.copy()) if keep and array.size <= MAX_CONTENT else None
    kind = "npscalar" if isinstance(result, np.generic) else "ndarray"
    value = TensorValue(kind=kind, dtype=dtype, shape=tuple(array.shape), content=content, numpy_dtype=special)
    if kind == "npscalar":
        return value
    viewed = next(
        (i for i, other in enumerate(arrays) if isinstance(other, np.ndarray) and np.may_share_memory(result, other)),
        None,
    )
    return FreshArray(value=value, viewed=viewed)


def array_dtype(dtype: np.dtype[Any]) -> tuple[str, str | None]:
    """Return TensorFlow's name of a NumPy dtype, and NumPy's own where that says more."""
    if dtype.kind in "SU":
        return "string", dtype.str
    name = dtype.name
    try:
        same = np.dtype(tf.as_dtype(name).as_numpy_dtype) == dtype
    except TypeError:
        same = False
    return (name, None) if same else (name, dtype.str)


def _small(shape: tuple[int | None, ...]) -> bool:
    return int(np.prod([dim or 0 for dim in shape], dtype=np.float64)) <= MAX_CONTENT
