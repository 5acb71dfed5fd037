"""Structures of what a data set yields: tuples, dicts and data sets of tensors, free of addresses.

A dim of an element is a symbol where it is one size in one element and another in the next (`DatasetValue`). What a
library says of a structure knows no symbols; `lend` gives it those of a structure that it was made of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from .base import Shape, TupleValue, Value
from .dims import Dim, is_static, replaced, symbols
from .fresh import FreshDict, FreshList
from .tensors import DatasetValue, TensorValue

Change = Callable[[TensorValue], TensorValue]


def each(value: Value, change: Change) -> Value:
    """Return a structure with every tensor in it changed; what is inside of a data set is left."""
    if isinstance(value, TensorValue):
        return change(value)
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(each(item, change) for item in value.items))
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, each(part, change)) for key, part in value.items))
    return value


def tensors(value: Value) -> list[TensorValue]:
    """Return the tensors of a structure, in order."""
    if isinstance(value, TensorValue):
        return [value]
    if isinstance(value, (TupleValue, FreshList)):
        return [found for item in value.items for found in tensors(item)]
    if isinstance(value, FreshDict):
        return [found for _, part in value.items for found in tensors(part)]
    return []


def lend(spec: Value, known: Value | None) -> Value:
    """Return a structure with the dims of another in the place of those that it leaves open.

    Where the two differ in more than that, nothing is lent.
    """
    if isinstance(spec, TensorValue) and isinstance(known, TensorValue):
        if spec.kind != known.kind or spec.dtype != known.dtype or spec.shape is None or known.shape is None:
            return spec
        if len(spec.shape) != len(known.shape) or spec.shape == known.shape:
            return spec
        dims = tuple(
            theirs if own is None and isinstance(theirs, Dim) else own
            for own, theirs in zip(spec.shape, known.shape, strict=True)
        )
        return dataclasses.replace(spec, shape=dims)
    if isinstance(spec, TupleValue) and isinstance(known, (TupleValue, FreshList)):
        if len(spec.items) != len(known.items):
            return spec
        return dataclasses.replace(
            spec, items=tuple(lend(own, theirs) for own, theirs in zip(spec.items, known.items, strict=True))
        )
    if isinstance(spec, FreshDict) and isinstance(known, FreshDict):
        theirs = dict(known.items)
        return FreshDict(tuple((key, lend(part, theirs.get(key))) for key, part in spec.items))
    if isinstance(spec, DatasetValue) and isinstance(known, DatasetValue) and spec.element is not None:
        return dataclasses.replace(spec, element=lend(spec.element, known.element))
    return spec


def renamed(value: Value, fresh: Callable[[str, bool], Dim], eager: bool = False) -> Value:
    """Return an element of its own: each symbol that differs from element to element is another one, the same throughout.

    fresh: makes a symbol of a name, static or not. eager: whether the element is a value, of which every size is known.
    """
    new: dict[object, Dim] = {}

    def change(tensor: TensorValue) -> TensorValue:
        shape = tensor.shape
        if shape is None:
            return tensor
        for dim in shape:
            for one in symbols(dim):
                if not one.static and one.value is None and one not in new:
                    new[one] = fresh(one.name, eager)
        return dataclasses.replace(tensor, shape=tuple(replaced(dim, new) for dim in shape))  # type: ignore[arg-type]

    return each(value, change)


def batched(spec: Value, source: Value | None, lead: Dim | None) -> Value:
    """Return a batch of elements: the dims behind the first are those of an element, the first one is `lead`."""

    def change(tensor: TensorValue) -> TensorValue:
        if tensor.kind != "Tensor" or not tensor.shape:
            return tensor
        return dataclasses.replace(
            tensor, shape=(lead if tensor.shape[0] is None else tensor.shape[0], *tensor.shape[1:])
        )

    def longer(tensor: TensorValue) -> TensorValue:
        return dataclasses.replace(tensor, shape=None if tensor.shape is None else (None, *tensor.shape))

    return each(lend(spec, None if source is None else each(source, longer)), change)


def rows(source: Value) -> Value:
    """Return what `from_tensor_slices` and `unbatch` take apart, without its first dim."""

    def change(tensor: TensorValue) -> TensorValue:
        shape: Shape = tensor.shape[1:] if tensor.shape else None
        return TensorValue(kind="Tensor" if tensor.is_numpy else tensor.kind, dtype=tensor.dtype, shape=shape)

    return each(source, change)


def certain(value: Value | None) -> bool:
    """Say whether of every dim it is known that TensorFlow knows it, or that it does not."""

    def sure(tensor: TensorValue) -> bool:
        return tensor.shape is not None and all(
            isinstance(dim, int) or (isinstance(dim, Dim) and not is_static(dim)) for dim in tensor.shape
        )

    return value is not None and all(sure(tensor) for tensor in tensors(value))


def opened(value: Value, fresh: Callable[[str, bool], Dim]) -> Value:
    """Return an element with a symbol for every dim that TensorFlow does not know."""

    def change(tensor: TensorValue) -> TensorValue:
        if tensor.kind != "Tensor" or tensor.shape is None or None not in tensor.shape:
            return tensor
        return dataclasses.replace(
            tensor, shape=tuple(fresh("", False) if dim is None else dim for dim in tensor.shape)
        )

    return each(value, change)


def within(values: Iterable[Value]) -> list[DatasetValue]:
    """Return the data sets among values."""
    return [value for value in values if isinstance(value, DatasetValue)]
