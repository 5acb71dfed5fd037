"""Histories of library objects: which calls have built a layer, where paths meet that have built it differently."""

from __future__ import annotations

import dataclasses

from .base import TupleValue, Value
from .fresh import FreshDict, FreshList
from .heap import HeapObject, History, LibraryObject, UnknownObject
from .tensors import TensorValue

#: Ways in which different paths may have built a layer.
MAX_HISTORIES = 4


def join_histories(first: LibraryObject, second: LibraryObject) -> HeapObject:
    """Join a layer with itself as another path left it.

    Calls build it. Where one path has called it and the other has not, it is kept as if it were not built: every call
    of it is then judged by itself, and what it is made of is not spoken of until a call settles that (`settle_history`).
    """
    common = 0
    for one, other in zip(first.history, second.history, strict=False):
        if one != other:
            break
        common += 1
    if any(entry[0] not in ("__call__", "build") for entry in (*first.history[common:], *second.history[common:])):
        return UnknownObject("changed in different ways on different paths")
    others: frozenset[History] | None = None
    if first.others is not None and second.others is not None:
        found = {first.history, second.history, *first.others, *second.others} - {first.history[:common]}
        others = frozenset(found) if len(found) <= MAX_HISTORIES else None
    return dataclasses.replace(first, history=first.history[:common], others=others)


def settled_history(item: LibraryObject) -> LibraryObject:
    """Return a layer after a call that has built it: the same whatever it was before, where all have built it so.

    A history that begins like the one with this call, in specs, leaves it built in the same way: what it was called on
    since then has changed nothing.
    """
    if not item.others:
        return item
    if all(other == item.history for other in item.others):
        return dataclasses.replace(item, others=frozenset())
    return item


def as_spec(value: Value) -> Value:
    """Return what a layer was called on by what decides how it is built: dtypes, ranks and the sizes that are known."""
    if isinstance(value, TensorValue):
        if value.kind == "KerasTensor" or value.dtype == "string":
            return value
        shape = value.shape
        if shape is not None:
            shape = tuple(dim if isinstance(dim, int) else None for dim in shape)
        return dataclasses.replace(value.forgotten(), shape=shape, origin=None)
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(as_spec(item) for item in value.items))
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, as_spec(part)) for key, part in value.items))
    return value
