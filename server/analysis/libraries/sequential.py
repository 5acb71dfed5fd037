"""The layers of a Sequential, by the recipe that makes it."""

from __future__ import annotations

from ..values import Heap, LibraryObject, ListObject, Ref, TupleValue, Value


def layers(item: LibraryObject, heap: Heap) -> list[Value]:
    """Return what a Sequential was constructed with and has been added to it since, in order."""
    if item.form != "symbol":
        return []
    first = item.args[0] if item.args else dict(item.kwargs).get("layers")
    found = [] if first is None else items(first, heap)
    for method, args, kwargs in item.history:
        if method == "add":
            found += [*args, *(value for _, value in kwargs)][:1]
        elif method == "pop":
            found = found[:-1]
    return found


def items(value: Value, heap: Heap) -> list[Value]:
    """Return the items of a list or tuple, also of one that a recipe keeps."""
    if isinstance(value, TupleValue):
        return list(value.items)
    if isinstance(value, Ref):
        item = heap.get(value.address)
        return list(item.items or ()) if isinstance(item, ListObject) else []
    return list(getattr(value, "items", ()))
