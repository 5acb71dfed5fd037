"""Losses, metrics and optimizers as they are when they are new.

What is asked of Keras about training changes their state; those of the program are left as they are.
"""

from __future__ import annotations

import dataclasses

from ..values import DictObject, Heap, LibraryObject, ListObject, Ref, Value


def renewed(value: Value, heap: Heap, scratch: Heap) -> Value:
    """Return new losses, metrics and optimizers, in a heap of their own, for those that a value is or holds."""
    if isinstance(value, Ref):
        item = heap.get(value.address)
        if isinstance(item, LibraryObject) and item.life == "kept":
            return Ref(scratch.allocate(dataclasses.replace(item, history=(), others=frozenset())))
        if isinstance(item, ListObject) and item.items is not None:
            parts = tuple(renewed(part, heap, scratch) for part in item.items)
            return Ref(scratch.allocate(dataclasses.replace(item, items=parts)))
        if isinstance(item, DictObject) and item.items is not None:
            pairs = tuple((key, renewed(part, heap, scratch)) for key, part in item.items)
            return Ref(scratch.allocate(DictObject(pairs)))
        return value
    items = getattr(value, "items", None)
    if isinstance(items, tuple) and items and all(isinstance(part, Value) for part in items):
        return dataclasses.replace(value, items=tuple(renewed(part, heap, scratch) for part in items))  # type: ignore[call-arg]
    if isinstance(items, tuple) and items:
        return dataclasses.replace(value, items=tuple((key, renewed(part, heap, scratch)) for key, part in items))  # type: ignore[call-arg]
    return value
