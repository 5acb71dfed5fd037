"""What one analysis has alive in the library: layers, models and KerasTensors, by the recipe that makes them.

A layer changes when it is called (it is built). The heap therefore holds its *recipe*; the object here is only a
cache of it. Where the recipe asked for is another one than the object was made by (the other branch of an `if` built it
differently), it is made anew and its history replayed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..values import Heap, LibraryObject, Ref
from ..values.traces import SOME_WEIGHT, Trace, new_trace


@dataclass
class Session:
    """The live objects of one analysis."""

    live: dict[int, tuple[LibraryObject, Any]] = field(default_factory=dict)
    nodes: dict[int, Any] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    stubs: dict[int, Any] = field(default_factory=dict)
    variables: dict[int, tuple[Any, Trace]] = field(default_factory=dict)
    #: Whether a function of the program has run inside of the library's call: what it gives comes from nowhere there.
    called_back: bool = False
    #: Makes the real stand-in of a layer of the program (see `interpreter.layer_stubs`).
    stub_layer: Callable[[Ref], Any] | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def keep_node(self, tensor: Any) -> int:
        """Remember a KerasTensor; returns the number that stands for it."""
        number = next(self._numbers)
        self.nodes[number] = tensor
        return number

    def trace_of(self, variable: Any) -> Trace:
        """Return the trace of a variable that a library keeps: the same whenever it is asked for."""
        kept = self.variables.get(id(variable))
        if kept is None:
            trace = new_trace(trainable=bool(getattr(variable, "trainable", True)), also=[SOME_WEIGHT])
            kept = self.variables[id(variable)] = (variable, trace)
        return kept[1]

    def alive(self, address: int, heap: Heap) -> Any | None:
        """Return the live object of the recipe that is on the heap, or None where it has to be made."""
        item = heap.get(address)
        kept = self.live.get(address)
        return kept[1] if kept is not None and kept[0] == item else None

    def keep(self, address: int, item: LibraryObject, made: Any) -> None:
        """Remember the live object of a recipe."""
        self.live[address] = (item, made)

    def next_name(self, base: str) -> int:
        """Count the objects of a class."""
        count = self.names.get(base, 0)
        self.names[base] = count + 1
        return count
