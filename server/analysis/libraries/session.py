"""What one analysis has alive in the library: layers, models and KerasTensors, by the recipe that makes them.

A layer changes when it is called (it is built). The heap therefore holds its *recipe*; the object here is only a
cache of it. Where the recipe asked for is another one than the object was made by (the other branch of an `if` built it
differently), it is made anew and its history replayed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from ..values import Heap, LibraryObject, Ref, Shape, TensorValue, TupleValue, Value
from ..values.dims import Dim, eager, symbol
from ..values.traces import SOME_WEIGHT, Trace, new_trace


@dataclass
class Session:
    """The live objects of one analysis."""

    live: dict[int, tuple[LibraryObject, Any]] = field(default_factory=dict)
    nodes: dict[int, Any] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    stubs: dict[int, Any] = field(default_factory=dict)
    addresses: dict[int, int] = field(default_factory=dict)
    #: The addresses of parts of other objects, by their recipes.
    inner: dict[LibraryObject, int] = field(default_factory=dict)
    variables: dict[int, tuple[Any, Trace]] = field(default_factory=dict)
    #: Whether a function of the program has run inside of the library's call: what it gives comes from nowhere there.
    called_back: bool = False
    #: The calls that were made while tapes were nested, by the numbers of the tensors that they gave (`replay.Made`), and
    #: the tape that is being asked for a gradient.
    made: dict[int, Any] = field(default_factory=dict)
    asked_tape: int = 0
    #: Whether the program has surely executed an op eagerly by now.
    executed: bool = False
    #: The graphs of TensorFlow 1 that the program builds (`graphs.ProgramGraphs`).
    graphs: Any = None
    #: Classes of named tuples of the library, by their fields.
    tuple_types: dict[tuple[str, ...], Any] = field(default_factory=dict)
    #: Makes the real stand-in of a layer of the program (see `interpreter.layer_stubs`).
    stub_layer: Callable[[Ref], Any] | None = None
    #: Makes the stub of a function of the program that was passed to a constructor (see `interpreter.callbacks`).
    function_stub: Callable[[Value], Any] | None = None
    #: The batch that every input of a Keras model gets.
    batch: Dim | None = None
    #: The key of the call that is being made; None where it has none.
    calling: Hashable = None
    _made: Counter[Hashable] = field(default_factory=Counter)
    _places: dict[int, int] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _symbols: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def keep_node(self, tensor: Any) -> int:
        """Remember a KerasTensor; returns the number that stands for it."""
        number = next(self._numbers)
        self.nodes[number] = tensor
        return number

    def digest_of_node(self) -> str | None:
        """Return what tells a KerasTensor that a call gives from every other: how it was made, and the how manieth of its like it is.

        The same in every analysis in which models are put together in the same way: what is asked of them is remembered.
        """
        if self.calling is None:
            return None
        self._made[self.calling] += 1
        text = repr((self.calling, self._made[self.calling]))
        return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()

    def place_of(self, address: int) -> int:
        """Return a number for an object: two layers of one recipe are two layers."""
        return self._places.setdefault(address, len(self._places))

    def trace_of(self, variable: Any) -> Trace:
        """Return the trace of a variable that a library keeps: the same whenever it is asked for."""
        kept = self.variables.get(id(variable))
        if kept is None:
            trace = new_trace(trainable=bool(getattr(variable, "trainable", True)), also=[SOME_WEIGHT])
            kept = self.variables[id(variable)] = (variable, trace)
        elif kept[1].trainable != bool(getattr(variable, "trainable", True)):
            trace = dataclasses.replace(kept[1], trainable=not kept[1].trainable)
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
        self.addresses[id(made)] = address

    def address_of(self, made: Any) -> int | None:
        """Return the address of the recipe that a live object was made by; None where it has none."""
        address = self.addresses.get(id(made))
        if address is not None and address in self.live and self.live[address][1] is made:
            return address
        return next((at for at, stub in self.stubs.items() if stub is made), None)

    def symbol(self, name: str = "", static: bool = True) -> Dim:
        """Return a symbol that stands for a size nobody has named yet."""
        return symbol(name, next(self._symbols), static)

    def named(self, shape: Shape, static: bool = True) -> Shape:
        """Return a shape with a fresh symbol for every dim that is not known."""
        if shape is None or None not in shape:
            return shape
        return tuple(self.symbol(static=static) if dim is None else dim for dim in shape)

    def _of_input(self, shape: Shape) -> Shape:
        """Name the open dims of an input of a model: what all inputs are fed at once is one batch."""
        if self.batch is None:
            self.batch = self.symbol("batch", static=False)
        return tuple(
            dim if dim is not None else self.symbol(f"d{axis}", static=False) if axis else self.batch
            for axis, dim in enumerate(shape or ())
        )

    def with_symbols(self, value: Value, static: bool = True, inputs: bool = False) -> Value:
        """Return a value whose tensors have fresh symbols for dims that are not known.

        inputs: whether it is an input of a Keras model. Tensors in a graph of TensorFlow 1, variables, ragged and sparse tensors may have dims that are open
        in earnest.
        """
        if isinstance(value, TensorValue) and value.kind in ("Tensor", "ndarray") and value.node is None:
            shape = self.named(value.shape, static or value.is_numpy)
            return value if shape is value.shape else dataclasses.replace(value, shape=shape)
        if isinstance(value, TensorValue) and value.kind == "KerasTensor" and value.shape and None in value.shape:
            return dataclasses.replace(
                value, shape=self._of_input(value.shape) if inputs else self.named(value.shape, False)
            )
        if isinstance(value, TupleValue):
            items = tuple(self.with_symbols(item, static) for item in value.items)
            same = all(new is old for new, old in zip(items, value.items, strict=True))
            return value if same else dataclasses.replace(value, items=items)
        return value

    def out_of_graph(self, value: Value) -> Value:
        """Return what a traced function has given, as eager code has it."""
        if isinstance(value, TensorValue) and value.kind == "Tensor" and value.shape is not None:
            sizes = None if value.sizes is None else tuple(eager(dim) for dim in value.sizes)
            return dataclasses.replace(value, shape=tuple(eager(dim) for dim in value.shape), sizes=sizes)
        if isinstance(value, TupleValue):
            return dataclasses.replace(value, items=tuple(self.out_of_graph(item) for item in value.items))
        return value

    def next_name(self, base: str) -> int:
        """Count the objects of a class."""
        count = self.names.get(base, 0)
        self.names[base] = count + 1
        return count
