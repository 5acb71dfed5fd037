"""The immutable values that are not tensors.

Every value is a frozen dataclass. `origin`, where it was made, never takes part in comparison: two values are the
same when the same is known of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..report import Location
from .dims import Dim

#: A tuple of dims, or None for an unknown rank; a dim is a number, an expression of symbols, or None (unknown).
Shape = tuple[int | Dim | None, ...] | None
UNKNOWN_RANK: Shape = None

V = TypeVar("V", bound="Value")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was made: the expression, and the tree node that says how."""

    location: Location
    node: Any = field(compare=False, repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a Python object."""

    origin: Origin | None = field(default=None, compare=False, repr=False, kw_only=True)

    def made_at(self: V, origin: Origin | None) -> V:
        """Return this value with the place that made it; a value that has one keeps it."""
        if origin is None or self.origin is not None:
            return self
        return dataclasses.replace(self, origin=origin)

    def members(self) -> tuple[Value, ...]:
        """Return the alternatives that this value stands for: itself, unless it is a union."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Nothing is known, and why."""

    reason: str = "not understood"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)


@dataclass(frozen=True, slots=True, eq=False)
class Const(Value):
    """A known immutable Python constant: None, bool, int, float, complex, str, bytes or Ellipsis."""

    value: Any = None

    def key(self) -> Hashable:
        """Tell apart what Python calls equal: 1, True and 1.0; 0.0 and -0.0."""
        return (type(self.value), repr(self.value) if isinstance(self.value, (float, complex)) else self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())


@dataclass(frozen=True, slots=True)
class Scalar(Value):
    """A Python scalar of known type and unknown value: type is int, float, bool, str, bytes or complex.

    dim: for an int, the size that it is (`x.shape[0]` where `x` is `[batch, 3]`).
    """

    type: str = "int"
    dim: Dim | None = None


@dataclass(frozen=True, slots=True)
class TupleValue(Value):
    """A tuple of known length; `names` are the fields of a named tuple."""

    items: tuple[Value, ...] = ()
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SliceValue(Value):
    """A slice object."""

    lower: Value = field(default_factory=Const)
    upper: Value = field(default_factory=Const)
    step: Value = field(default_factory=Const)


@dataclass(frozen=True, slots=True)
class ShapeValue(Value):
    """A `tf.TensorShape`.

    gaps: what a dim that is not known (None here) is in the program: `size`, a number; `none`, None there too;
    `either`, nobody knows.
    """

    dims: Shape = None
    gaps: str = "size"

    @property
    def complete(self) -> bool:
        """Say whether this is the very shape: every dim a known size, or None in the program too."""
        if self.gaps == "none":
            return True
        return self.dims is not None and all(isinstance(dim, int) for dim in self.dims)


@dataclass(frozen=True, slots=True)
class DimensionValue(Value):
    """A `tf.compat.v1.Dimension`, which a shape holds where `disable_v2_behavior` was called; size: its `value`."""

    size: Value = field(default_factory=Const)


@dataclass(frozen=True, slots=True)
class Ref(Value):
    """A pointer to an object on the heap: what can change, or has an identity that matters."""

    address: int = 0


@dataclass(frozen=True, slots=True)
class Symbol(Value):
    """A public object of a library (module, class, function or constant), by its public name."""

    name: str = ""
    kind: str = "module"  # module, class, function or object


@dataclass(frozen=True, slots=True)
class LiveValue(Value):
    """An object of a library that the analysis keeps alive, such as a graph or a session, by its number there."""

    kind: str = "object"
    node: int = 0


@dataclass(frozen=True, slots=True)
class Union(Value):
    """One of several values, after a join. Made by `join` alone, which bounds its width and keeps it flat."""

    options: tuple[Value, ...] = ()

    def members(self) -> tuple[Value, ...]:
        """Return the alternatives."""
        return self.options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Union) and set(self.options) == set(other.options)

    def __hash__(self) -> int:
        return hash(frozenset(self.options))
