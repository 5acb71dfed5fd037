"""RaggedTensor, SparseTensor and IndexedSlices: from their parts to the library's objects and back.

A composite is nothing but its parts and a spec, to TensorFlow (`tf.nest.pack_sequence_as` of a `tf.TypeSpec`) as here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from ..values import Content, TensorValue
from ..values.base import Shape
from ..values.dims import erased

#: Elements that an example may hold.
MAX_EXAMPLE = 1_000_000


def components(made: Any) -> tuple[Any, ...] | None:
    """Return the tensors that a composite is made of, in the order of `TensorValue.parts`; None where it is none.

    A RaggedTensor whose flat values are themselves composite is not spoken of.
    """
    parts: tuple[Any, ...]
    if isinstance(made, tf.RaggedTensor):
        parts = (made.flat_values, *made.nested_row_splits)
    elif isinstance(made, tf.SparseTensor):
        parts = (made.indices, made.values, made.dense_shape)
    elif isinstance(made, tf.IndexedSlices):
        parts = (made.values, made.indices, *(() if made.dense_shape is None else (made.dense_shape,)))
    else:
        return None
    return parts if all(isinstance(part, tf.Tensor) for part in parts) else None


def parts_of_spec(spec: Any) -> tuple[TensorValue, ...]:
    """Return the parts that a composite of this `tf.TypeSpec` has."""
    if isinstance(spec, tf.RaggedTensorSpec):
        return _ragged_parts(_dims(spec.shape), spec.dtype.name, spec.ragged_rank, spec.row_splits_dtype.name)
    if isinstance(spec, tf.SparseTensorSpec):
        dims = _dims(spec.shape)
        rank = None if dims is None else len(dims)
        indices = TensorValue(dtype="int64", shape=(None, rank))
        return (indices, TensorValue(dtype=spec.dtype.name, shape=(None,)), TensorValue(dtype="int64", shape=(rank,)))
    return ()


def _ragged_parts(dims: Shape, dtype: str, ragged_rank: int, splits_dtype: str) -> tuple[TensorValue, ...]:
    shape = erased(dims)
    inner = None if shape is None else (None, *shape[ragged_rank + 1 :]) if ragged_rank else shape
    flat = TensorValue(dtype=dtype, shape=inner)
    parts = [flat]
    rows = shape[0] if shape else None
    for level in range(ragged_rank):
        parts.append(TensorValue(dtype=splits_dtype, shape=(None if rows is None else rows + 1,)))
        width = None if shape is None else shape[level + 1]
        rows = None if rows is None or width is None else rows * width
    return tuple(parts)


def type_spec(value: TensorValue) -> Any:
    """Return the `tf.TypeSpec` of a tensor, a composite, or a spec of one."""
    dtype = tf.as_dtype(value.dtype)
    kind = value.kind.removesuffix("Spec")
    if kind == "RaggedTensor" and value.parts:
        splits = [tf.as_dtype(part.dtype) for part in value.parts[1:]]
        return tf.RaggedTensorSpec(erased(value.shape), dtype, len(splits), splits[0] if splits else tf.int64)
    if kind == "SparseTensor":
        return tf.SparseTensorSpec(erased(value.shape), dtype)
    return tf.TensorSpec(erased(value.shape), dtype)


def compose(value: TensorValue, parts: list[Any]) -> Any:
    """Return the composite of these tensors, with the static shape that is known of the value."""
    if value.kind == "IndexedSlices":
        return tf.IndexedSlices(*parts)
    return tf.nest.pack_sequence_as(type_spec(value), parts, expand_composites=True)


def of_any_length(value: TensorValue) -> TensorValue:
    """Return what a composite is inside of a traced function: the parts that hold its elements have no length there."""
    if not value.parts:
        return dataclasses.replace(value, content=None)
    spec = type_spec(value)
    parts = parts_of_spec(spec) if value.kind != "IndexedSlices" else value.forgotten().parts
    return TensorValue(kind=value.kind, dtype=value.dtype, shape=value.shape, parts=parts)


def of_spec(spec: TensorValue) -> TensorValue:
    """Return the tensor or composite that a spec (of kind `…Spec`) describes; ragged in no dimension it is a tensor."""
    kind = spec.kind.removesuffix("Spec")
    if kind == "RaggedTensor" and len(spec.parts) == 1:
        kind = "Tensor"
    return TensorValue(kind=kind, dtype=spec.dtype, shape=spec.shape, parts=() if kind == "Tensor" else spec.parts)


# Examples -----------------------------------------------------------------------------------------------------------


def example(value: TensorValue, sizes: Callable[[int | None], int]) -> TensorValue | None:
    """Return a small composite of this spec whose parts are all known; None where none can be made.

    sizes: what an unknown dim is replaced by. Parts whose content is known keep it.
    """
    dims = [dim for part in (value, *value.parts) for dim in part.shape or () if isinstance(dim, int)]
    if any(sizes(dim) != dim for dim in dims if dim > 0):
        return None  # scaled down, the parts would not fit one another
    makers = {"RaggedTensor": _ragged, "SparseTensor": _sparse, "IndexedSlices": _slices}
    arrays = makers[value.kind](value, sizes)
    if arrays is None or sum(array.size for array in arrays) > MAX_EXAMPLE:
        return None
    parts = tuple(
        dataclasses.replace(part, shape=tuple(array.shape), content=Content(array))
        for part, array in zip(value.parts, arrays, strict=True)
    )
    return dataclasses.replace(value, parts=parts)


def _zeros(part: TensorValue, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    if math.prod(shape) > MAX_EXAMPLE:
        shape = (MAX_EXAMPLE + 1,)  # refused by the caller
    dtype = tf.as_dtype(part.dtype).as_numpy_dtype
    return np.full(shape, b"", object) if part.dtype == "string" else np.zeros(shape, dtype)


def _ragged(value: TensorValue, sizes: Callable[[int | None], int]) -> list[np.ndarray[Any, Any]] | None:
    flat, *splits = value.parts
    rows = _length(splits[0], 1) if splits else None
    if rows is None:
        rows = value.shape[0] if value.shape and isinstance(value.shape[0], int) else sizes(None)
    made: list[np.ndarray[Any, Any]] = []
    for level, part in enumerate(splits):
        if part.content is not None:
            array = part.content.array
        else:
            width = value.shape[level + 1] if value.shape is not None else None
            below = _length(splits[level + 1], 1) if level + 1 < len(splits) else _length(flat)
            if isinstance(width, int):
                below = rows * width
            elif below is None:
                below = rows * sizes(None)
            if (rows == 0 and below) or below > MAX_EXAMPLE or rows > MAX_EXAMPLE:
                return None
            array = np.floor(np.linspace(0, below, rows + 1)).astype(part.dtype)
        made.append(array)
        rows = int(array[-1])
    if flat.content is not None:
        return [flat.content.array, *made]
    inner = flat.shape[1:] if flat.shape is not None else ()
    return [_zeros(flat, (rows, *(dim if isinstance(dim, int) else sizes(None) for dim in inner))), *made]


def _sparse(value: TensorValue, sizes: Callable[[int | None], int]) -> list[np.ndarray[Any, Any]] | None:
    indices, values, dense = value.parts
    if dense.content is not None:
        shape = dense.content.array
    elif value.shape is not None:
        shape = np.array([dim if isinstance(dim, int) else sizes(None) for dim in value.shape], "int64")
    else:
        return None
    room = math.prod(int(dim) for dim in shape)
    count = _length(indices) if _length(indices) is not None else _length(values)
    if count is None:
        count = min(sizes(None), room)
    if count > min(room, MAX_EXAMPLE):
        return None
    if indices.content is not None:
        places = indices.content.array
    else:
        places = np.stack(np.unravel_index(np.arange(count), tuple(shape)), 1).astype("int64")
    return [places, values.content.array if values.content is not None else _zeros(values, (count,)), shape]


def _slices(value: TensorValue, sizes: Callable[[int | None], int]) -> list[np.ndarray[Any, Any]] | None:
    if any(part.shape is None for part in value.parts):
        return None
    count = next((length for part in value.parts[:2] if (length := _length(part)) is not None), sizes(None))
    made = []
    for index, part in enumerate(value.parts):
        dims = tuple(dim if isinstance(dim, int) else sizes(None) for dim in part.shape or ())
        if index < 2:
            dims = (count, *dims[1:])
        made.append(part.content.array if part.content is not None else _zeros(part, dims))
    return made


def _length(part: TensorValue, less: int = 0) -> int | None:
    dim = part.shape[0] if part.shape else None
    return dim - less if isinstance(dim, int) else None


def _dims(shape: Any) -> Shape:
    return None if shape.rank is None else tuple(shape.as_list())
