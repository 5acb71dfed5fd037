"""Reflect: from objects of the library back to abstract values.

What lives on the heap comes back as a *fresh* node (`values.fresh`), free of addresses, so that a memo can hold it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ..values import (
    Builtin,
    Const,
    Content,
    DatasetValue,
    DTypeValue,
    Ref,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.fresh import FreshArray, FreshDict, FreshList, FreshObject
from ..values.join import join_all
from ..values.tensor_arrays import TensorArrayObject
from . import symbols
from .composites import components, parts_of_spec
from .keras_hooks import keras, keras_major, variable_class
from .outcome import Either
from .session import Session
from .stateful import is_stateful_class, part_of_another

#: The largest array that keeps its content, beside the user's limit on what is computed.
MAX_CONTENT = 100_000
_NUMPY_NAMES = {"bool": "bool"}


def reflect(
    result: Any,
    session: Session,
    *,
    keep: bool = True,
    numbers: bool | None = None,
    arrays: Sequence[Any] = (),
    path: tuple[int, ...] = (),
    seen: list[Any] | None = None,
) -> Value:
    """Return what is known of an object of the library.

    keep: whether contents are true (False: the computation ran on stand-ins or drew random numbers). numbers: whether
    Python's own numbers are, if that differs.
    arrays: the argument arrays, to see what the result is a view of.
    path: where it stands in what a call gave.
    seen: takes the tensors, composites and variables in the result, in order.
    """

    def inner(item: Any, *index: int) -> Value:
        return reflect(item, session, keep=keep, numbers=numbers, arrays=arrays, path=(*path, *index), seen=seen)

    number = keep if numbers is None else numbers
    if result is None or isinstance(result, (bool, str, bytes)) or result is Ellipsis:
        return Const(result) if number or result is None else _scalar(result)
    if isinstance(result, (int, float, complex)) and not isinstance(result, np.generic):
        return Const(result) if number else _scalar(result)
    value = _reflect(result, session, keep, arrays, path, inner)
    if seen is not None and isinstance(value, TensorValue) and value.is_traced:
        seen.append(result)
    return value


def _reflect(
    result: Any,
    session: Session,
    keep: bool,
    arrays: Sequence[Any],
    path: tuple[int, ...],
    inner: Callable[..., Value],
) -> Value:
    if isinstance(result, (np.ndarray, np.generic)):
        return _array(result, keep, arrays)
    if is_keras_tensor(result):
        return TensorValue(
            kind="KerasTensor",
            dtype=dtype_name(result.dtype),
            shape=dims_of(result.shape),
            node=session.keep_node(result),
            made_by=session.digest_of_node(),
        )
    if isinstance(result, (tf.RaggedTensor, tf.SparseTensor, tf.IndexedSlices)):
        return _composite(result, keep)
    if isinstance(result, tf.Variable) or is_keras_variable(result):
        library = "keras" if is_keras_variable(result) else "tensorflow"
        return TensorValue(
            kind="Variable", dtype=dtype_name(result.dtype), shape=dims_of(result.shape), library=library
        )
    if isinstance(result, tf.Tensor):
        return _tensor(result, keep)
    if isinstance(result, tf.TensorShape):
        return ShapeValue(dims_of(result))
    if isinstance(result, (tf.TensorSpec, tf.RaggedTensorSpec, tf.SparseTensorSpec)):
        spec = reflect_spec(result)
        return dataclasses.replace(spec, kind=f"{spec.kind}Spec") if isinstance(spec, TensorValue) else spec
    if isinstance(result, tf.DType):
        return DTypeValue(result.name)
    if isinstance(result, np.dtype):
        return DTypeValue(result.name, "numpy")
    if isinstance(result, tf.data.Dataset):
        return DatasetValue(reflect_spec(result.element_spec))
    from .recipes import reflected

    described = reflected(result, path) if hasattr(type(result), "_fields") else None
    if described is not None:
        return described
    if isinstance(result, tuple):
        items = tuple(inner(item, index) for index, item in enumerate(result))
        return TupleValue(items, getattr(type(result), "_fields", None))
    if type(result) is list or type(result).__name__ == "ListWrapper":
        return FreshList(tuple(inner(item, index) for index, item in enumerate(result)))
    if type(result) is dict:
        pairs = [(reflect(key, session), inner(item)) for key, item in result.items()]
        return FreshDict(tuple(pairs))
    if isinstance(result, type):
        return _class(result)
    if isinstance(result, tf.TensorArray):
        return FreshObject(item=tensor_array(result))
    if isinstance(result, Either):
        return join_all(inner(option) for option in result.options)
    if isinstance(result, Value):
        return result
    if is_stateful_class(result):
        address = session.address_of(result)
        return Ref(address) if address is not None else part_of_another(result, path)
    fresh = reflected(result, path)
    if fresh is not None:
        return fresh
    return Unknown(f"a {type(result).__name__} of the library")


def reflect_spec(spec: Any) -> Value:
    """Return the structure that a dataset's `element_spec` describes."""
    if isinstance(spec, tf.TensorSpec):
        return TensorValue(dtype=spec.dtype.name, shape=dims_of(spec.shape))
    if isinstance(spec, (tf.RaggedTensorSpec, tf.SparseTensorSpec)):
        kind = type(spec).__name__.removesuffix("Spec")
        parts = parts_of_spec(spec)
        return TensorValue(kind=kind, dtype=spec.dtype.name, shape=dims_of(spec.shape), parts=parts)
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


def tensor_array(made: tf.TensorArray) -> TensorArrayObject:
    """Return a TensorArray of a graph: the spec of its elements."""
    held = made._implementation
    size = getattr(held, "_size", None)
    return TensorArrayObject(
        dtype=made.dtype.name,
        shape=dims_of(made.element_shape),
        size=size if isinstance(size, int) else None,
        dynamic=bool(getattr(held, "_dynamic_size", False)),
        infer=bool(held._infer_shape),
    )


def is_keras_variable(item: Any) -> bool:
    """Say whether an object is a variable of Keras 3."""
    return variable_class() is not None and isinstance(item, variable_class())


def _scalar(result: Any) -> Value:
    from ..values import Scalar

    return Scalar(type=type(result).__name__)


def _tensor(result: Any, keep: bool) -> TensorValue:
    dtype, shape = result.dtype.base_dtype.name, dims_of(result.shape)
    content = None
    if keep and shape is not None and None not in shape and _small(shape):
        known = (
            result.numpy() if hasattr(result, "numpy") and isinstance(result, _EAGER) else tf.get_static_value(result)
        )
        if isinstance(known, np.ndarray) or np.isscalar(known):
            # Not NumPy's text: it drops zeros at the end.
            content = Content(_without_arrays(np.asarray(known, dtype=object if dtype == "string" else None)))
    return TensorValue(dtype=dtype, shape=shape, content=content)


def _composite(result: Any, keep: bool) -> Value:
    made = components(result)
    if made is None:
        return Unknown(f"a {type(result).__name__} of composites")
    parts = tuple(_tensor(part, keep) for part in made)
    return TensorValue(kind=type(result).__name__, dtype=result.dtype.name, shape=dims_of(result.shape), parts=parts)


def _without_arrays(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array of texts: what TensorFlow packs in a graph comes back as an array of arrays."""
    if not array.dtype.hasobject or not any(isinstance(item, np.ndarray) for item in array.flat):
        return array
    plain = np.empty(array.shape, object)
    plain.reshape(-1)[:] = [item.item() if isinstance(item, np.ndarray) else item for item in array.flat]
    return plain


def _class(result: type) -> Value:
    """Return a class of NumPy's, such as a dtype has (`tf.float32.as_numpy_dtype`), or the class `object`."""
    entry = symbols.resolve(f"numpy.{result.__name__}") if issubclass(result, np.generic) else None
    if entry is not None and entry.object is result:
        return Symbol(name=entry.name, kind=entry.kind)
    return Builtin(name="object") if result is object else Unknown(f"the class {result.__name__}")


_EAGER = type(tf.constant(0))


def _array(result: Any, keep: bool, arrays: Sequence[Any]) -> Value:
    array = np.asarray(result)
    dtype, special = array_dtype(array.dtype)
    # The values of a masked array are not all that it says: np.ma, and other classes of their own.
    plain = isinstance(result, np.generic) or type(result) is np.ndarray
    content = Content(array.copy()) if keep and plain and array.size <= MAX_CONTENT else None
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
