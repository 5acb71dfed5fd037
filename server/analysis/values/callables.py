"""Values that can be called, and modules of the user's own."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from .base import Ref, Value


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue(Value):
    """A function of the user's: its tree and the scope that it closes over.

    unit: the source it stands in (a `source.unit.Unit`; opaque here). graph: traced by `tf.function`, with the tensors
    of `signature` where an `input_signature` says so. concrete: what a concrete function was traced with, by parameter.
    owner: the address of the class in whose body it stands. autograph: whether tracing turns control flow into operations.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None = field(default=None, repr=False)
    unit: object = field(default=None, repr=False)
    scope: int = 0
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()
    graph: bool = False
    receiver: Value | None = None
    signature: tuple[Value, ...] | None = None
    owner: int | None = None
    concrete: tuple[tuple[str, Value], ...] | None = None
    autograph: bool = True

    def _key(self) -> tuple[object, ...]:
        return (
            id(self.node),
            self.scope,
            self.defaults,
            self.keyword_defaults,
            self.graph,
            self.receiver,
            self.signature,
            self.owner,
            self.concrete,
            self.autograph,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionValue) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((id(self.node), self.scope))

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self.node, "name", "<lambda>")


@dataclass(frozen=True, slots=True)
class BoundMethod(Value):
    """A method looked up on a tensor, dataset, container or library object."""

    receiver: Value = field(default_factory=Ref)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Descriptor(Value):
    """What a class holds instead of a plain function: kind is property, staticmethod or classmethod.

    A cached property is a property here. setter: whether assigning to a property calls a function.
    """

    kind: str = "property"
    function: Value = field(default_factory=Ref)
    setter: Value | None = None


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """A callable with arguments bound ahead, as `functools.partial` makes it."""

    function: Value = field(default_factory=Ref)
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class SuperValue(Value):
    """`super()`: attributes are looked up after class `owner` in the order of the receiver's classes."""

    receiver: Value = field(default_factory=Ref)
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Builtin(Value):
    """A builtin function or type of Python, by name."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class ModuleValue(Value):
    """A module of the workspace that was interpreted: its path and its scope on the heap."""

    path: str = ""
    scope: int = 0
