"""Fresh nodes: what would live on the heap, free of addresses.

Answers of a library are made of them, so that a memo can hold an answer and any heap can take it in (`materialise`).
Recipes are made of them too (`freeze`): a list that was passed to a constructor may be changed afterwards, and what was
constructed is not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .base import Ref, TupleValue, Value
from .heap import DictObject, Heap, LibraryObject, ListObject
from .tensor_arrays import TensorArrayObject
from .tensors import TensorValue
from .traces import Trace


@dataclass(frozen=True, slots=True)
class FreshList(Value):
    """A list without an address."""

    items: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class FreshDict(Value):
    """A dict without an address."""

    items: tuple[tuple[Value, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class FreshArray(Value):
    """An ndarray without memory; `viewed` is the index of the argument array that it is a view of."""

    value: TensorValue = field(default_factory=TensorValue)
    viewed: int | None = None


@dataclass(frozen=True, slots=True)
class FreshObject(Value):
    """A library object, or another object of the heap that a library made, without an address."""

    item: LibraryObject | TensorArrayObject = field(default_factory=LibraryObject)


def materialise(
    value: Value, heap: Heap, storages: Sequence[int | None] = (), traces: Iterator[Trace | None] | None = None
) -> Value:
    """Give the fresh nodes of a reflected value their place on the heap.

    storages: the memory of the argument arrays, which a result may share. traces: of the tensors in it, in order.
    """
    if isinstance(value, FreshArray):
        viewed = storages[value.viewed] if value.viewed is not None and value.viewed < len(storages) else None
        if viewed is None:
            storage, version = heap.new_storage()
        else:
            storage, version = viewed, getattr(heap.get(viewed), "version", 0)
        return dataclasses.replace(value.value, storage=storage, version=version)
    if isinstance(value, FreshList):
        items = tuple(materialise(item, heap, storages, traces) for item in value.items)
        return Ref(heap.allocate(ListObject(items)))
    if isinstance(value, FreshDict):
        pairs = tuple((materialise(key, heap), materialise(item, heap, storages, traces)) for key, item in value.items)
        return Ref(heap.allocate(DictObject(pairs)))
    if isinstance(value, FreshObject):
        return Ref(heap.allocate(value.item))
    if isinstance(value, TupleValue):
        items = tuple(materialise(item, heap, storages, traces) for item in value.items)
        return dataclasses.replace(value, items=items)
    if traces is not None and isinstance(value, TensorValue) and value.is_traced:
        return dataclasses.replace(value, trace=next(traces, None))
    return value


def freeze(value: Value, heap: Heap) -> Value:
    """Return a value as it is now: containers and arrays by what they hold, library objects by address."""
    if isinstance(value, TensorValue):
        return dataclasses.replace(heap.settled(value), storage=None, version=0, trace=None)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(freeze(item, heap) for item in value.items))
    if isinstance(value, Ref):
        item = heap.get(value.address)
        if isinstance(item, ListObject) and item.items is not None:
            return FreshList(tuple(freeze(part, heap) for part in item.items))
        if isinstance(item, DictObject) and item.items is not None:
            return FreshDict(tuple((freeze(key, heap), freeze(part, heap)) for key, part in item.items))
    return value


def holds_identity(value: Value) -> bool:
    """Say whether a reflected value holds what belongs to one analysis alone: a KerasTensor, a layer of a model."""
    if isinstance(value, Ref):
        return True
    if isinstance(value, FreshObject):
        return isinstance(value.item, LibraryObject) and value.item.life == "inner"
    if isinstance(value, TensorValue):
        return value.node is not None
    if isinstance(value, (TupleValue, FreshList)):
        return any(holds_identity(item) for item in value.items)
    if isinstance(value, FreshDict):
        return any(holds_identity(part) for _, part in value.items)
    return False


def without_content(value: Value) -> Value:
    """Return a reflected value with the specs of its tensors alone."""
    if isinstance(value, TensorValue):
        return value.forgotten()
    if isinstance(value, FreshArray):
        return dataclasses.replace(value, value=value.value.forgotten())
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(without_content(item) for item in value.items))
    if isinstance(value, FreshDict):
        return dataclasses.replace(value, items=tuple((key, without_content(part)) for key, part in value.items))
    return value
