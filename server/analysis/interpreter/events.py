"""What the interpreter tells whoever listens: rules listen, and it does not know them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..libraries.memo import Answer
from ..libraries.outcome import Outcome
from ..libraries.query import Query
from ..report import Location
from ..source.unit import Unit
from ..values import Heap, ListObject, Ref, TensorValue, TupleValue, Value

MAX_NAME = 40
MAX_TENSORS = 16
#: A structure may hold itself: how many of its parts are looked at.
MAX_VISITED = 1000


@dataclass(frozen=True)
class Argument:
    """One argument of a library call: the expression (None for what is not written there) and its value."""

    value: Value
    node: ast.expr | None = None
    keyword: str | None = None


@dataclass(frozen=True)
class Training:
    """What is known of training a model: at which stage it fails, and what meets there.

    stage: `compile`, `data` (the adapter), `input` (the call of the model), `loss`, `metric`, `labels` (the loss, because of the
    values of labels; y is all of them then); `output` where all went well.
    x, y, predictions: of one batch, structures of tensors. labels: of all examples, where they are one array. settings: what
    `compile` was given. activations: those that the outputs end with. held_out: whether it is about `validation_data`.
    """

    stage: str
    x: Value | None = None
    y: Value | None = None
    predictions: Value | None = None
    labels: Value | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)
    activations: tuple[str | None, ...] = ()
    held_out: bool = False


@dataclass(frozen=True)
class LibraryCall:
    """A library was asked about a call, an operator, a method or an attribute.

    name: the canonical public name (`tensorflow.matmul`, `operator.add`, `keras.losses.MeanSquaredError.__call__`,
        `Tensor.reshape`). receiver: the object that is called or whose method it is.
    chain: the call sites, outermost first, through which a function of the program was entered.
    expected: the program catches this exception. guessed: nobody knows whether the program comes here. ask: asks the library the same with other arguments, changing nothing.
    made_by: the last library call at a node of the tree. library: asks the library anything else, on a heap of one's own.
    training: for `fit` and its like. note: under which condition this was found, where a reader would not expect it.
    """

    unit: Unit
    node: ast.AST
    name: str
    arguments: tuple[Argument, ...]
    outcome: Outcome
    heap: Heap
    mode: str = "eager"
    receiver: Value | None = None
    casts: str | None = None
    expected: bool = False
    guessed: bool = False
    chain: tuple[tuple[Unit, ast.AST], ...] = ()
    scope: int = 0
    ask: Callable[[tuple[Argument, ...]], Answer] = field(repr=False, default=lambda _: NotImplemented)
    made_by: Callable[[ast.AST], LibraryCall | None] = field(repr=False, default=lambda _: None)
    library: Callable[[Query, Heap], Answer] = field(repr=False, default=lambda *_: NotImplemented)
    training: Training | None = None
    note: str = ""

    @property
    def location(self) -> Location:
        """Where the call stands."""
        return self.unit.location(self.node)

    def argument(self, position: int, keyword: str | None = None) -> Argument | None:
        """Return an argument by its keyword or its position."""
        for argument in self.arguments:
            if keyword is not None and argument.keyword == keyword:
                return argument
        plain = [argument for argument in self.arguments if argument.keyword is None]
        return plain[position] if position < len(plain) else None


@dataclass(frozen=True)
class AbsentName(LibraryCall):
    """A name is read or imported that the installed library does not have; `name` is the whole dotted name.

    node: the attribute, the name in an import, or the import statement whose module is not there.
    """


class Listener(Protocol):
    """Is told what happens."""

    def library_call(self, event: LibraryCall) -> None:
        """A library call returned, was refused, or could not be judged."""


def tensors(event: LibraryCall) -> list[tuple[Argument, TensorValue]]:
    """Return the receiver and the arguments that are tensors, those in lists and tuples too, with their values."""
    found: list[tuple[Argument, TensorValue]] = []
    todo = [*_receiver(event), *event.arguments]
    for _ in range(MAX_VISITED):
        if not todo or len(found) >= MAX_TENSORS:
            break
        argument = todo.pop(0)
        value = single(argument.value)
        if value is not None:
            found.append((argument, value))
        else:
            todo = [*_members(event, argument), *todo]
    return found


def _receiver(event: LibraryCall) -> list[Argument]:
    """Return the tensor whose method is called."""
    if event.receiver is None or single(event.receiver) is None:
        return []
    called = event.node.func if isinstance(event.node, ast.Call) else None
    return [Argument(event.receiver, called.value if isinstance(called, ast.Attribute) else None)]


def _members(event: LibraryCall, argument: Argument) -> list[Argument]:
    items: tuple[Value, ...] | None = None
    if isinstance(argument.value, TupleValue):
        items = argument.value.items
    elif isinstance(argument.value, Ref):
        item = event.heap.get(argument.value.address)
        items = item.items if isinstance(item, ListObject) else None
    if items is None:
        return []
    nodes: list[ast.expr] = getattr(argument.node, "elts", [])
    fits = len(nodes) == len(items) and not any(isinstance(node, ast.Starred) for node in nodes)
    return [Argument(value, nodes[i] if fits else None) for i, value in enumerate(items)]


def single(value: Value) -> TensorValue | None:
    """Return a value as a tensor; of a union, its first tensor (the rule judges a call that failed for all)."""
    return next((member for member in value.members() if isinstance(member, TensorValue)), None)


def name_of(event: LibraryCall, argument: Argument) -> str:
    """Return how the program writes an argument, if that is short."""
    if argument.node is None:
        return "an argument"
    written = " ".join(event.unit.source(argument.node).split())
    return written if len(written) <= MAX_NAME else written[: MAX_NAME - 1] + "…"
