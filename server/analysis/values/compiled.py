"""How a model was compiled: kept on the heap beside the model, so that branches and joins treat it as any other state."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Value
from .heap import Heap, HeapObject


@dataclass(frozen=True, slots=True)
class CompiledObject(HeapObject):
    """The arguments of `Model.compile` by name, as they were at that moment; None where they are not all known."""

    settings: tuple[tuple[str, Value], ...] | None = ()


def _place(address: int) -> int:
    """Return where the settings of the model at an address are kept; addresses that are given out are positive."""
    return -1_000_000 - address


def keep(address: int, settings: tuple[tuple[str, Value], ...] | None, heap: Heap) -> None:
    """Note how a model was compiled."""
    heap.put(_place(address), CompiledObject(settings))


def settings_of(address: int, heap: Heap) -> dict[str, Value] | None:
    """Return how a model was compiled; None where it was not, or where that is not known."""
    item = heap.objects.get(_place(address))
    return dict(item.settings) if isinstance(item, CompiledObject) and item.settings is not None else None
