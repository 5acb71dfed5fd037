"""How large a structure is for whoever walks it: `x = (x, x)`, forty times over, is forty tuples and 2**40 items.

Keys, joins and comparisons walk a structure as a tree. What would be too large a tree is not kept.
"""

from __future__ import annotations

from typing import Any, Protocol

from .base import Ref, TupleValue, Value

#: Items of a structure, each counted as often as it is met.
MAX_ITEMS = 50_000
WHY = "a structure that is nested too often"


class _Heap(Protocol):
    """What structures are on."""

    def get(self, address: int) -> Any:
        """Return the object at an address."""
        ...


def nested(items: Any) -> bool:
    """Say whether structures are among the items of a container, or among its pairs."""
    return any(isinstance(item, (TupleValue, Ref, tuple)) for item in items or ())


def too_large(value: Value, heap: _Heap) -> bool:
    """Say whether a value holds more items than may be walked, or itself."""
    if not isinstance(value, (TupleValue, Ref)):
        return False
    return _walked(_items(value, heap), heap)


def holds_too_much(items: Any, heap: _Heap) -> bool:
    """Say the same of a container that is about to be made of these items, or pairs."""
    return nested(items) and _walked(_flat(items), heap)


def _walked(items: tuple[Value, ...], heap: _Heap) -> bool:
    known: dict[object, int] = {}
    total = 0
    try:
        for item in items:
            total += _extent(item, heap, known)
            if total > MAX_ITEMS:
                return True
    except RecursionError:
        return True
    return False


def _extent(value: Value, heap: _Heap, known: dict[object, int]) -> int:
    if not isinstance(value, (TupleValue, Ref)):
        return 1
    items = _items(value, heap)
    if not items:
        return 1
    key: object = ("address", value.address) if isinstance(value, Ref) else id(value)
    found = known.get(key)
    if found is None:
        known[key] = 1  # what holds itself is found out elsewhere
        found = 1
        for item in items:
            found += _extent(item, heap, known)
            if found > MAX_ITEMS:
                break
        known[key] = found
    return found


def _items(value: Value, heap: _Heap) -> tuple[Value, ...]:
    if isinstance(value, TupleValue):
        return value.items
    return _flat(getattr(heap.get(value.address), "items", None)) if isinstance(value, Ref) else ()


def _flat(items: Any) -> tuple[Value, ...]:
    """Return the items of a container, the keys and values of a dict."""
    if not items:
        return ()
    return tuple(part for pair in items for part in pair) if isinstance(items[0], tuple) else items
