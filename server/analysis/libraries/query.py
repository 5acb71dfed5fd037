"""One question to a library: what is called, with which values, in which mode."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from ..values import FunctionValue, Heap, Ref, Symbol, TensorValue, TupleValue, Union, Value
from ..values.heap import DictObject, LibraryObject, ListObject
from ..values.keys import call_key, key
from . import symbols
from .reify import CannotReifyError, Reifier
from .standins import constant_of_array

Kwargs = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Query:
    """A call to be asked about.

    form: `symbol` (a public function or class, `name`), `operator` (`name` from the module operator), `method` and
    `attribute` (`name` of the first argument), `object` (the first argument, a library object, is called).
    mode: `eager`, or `graph` where the program is being traced.
    """

    form: str
    name: str
    args: tuple[Value, ...]
    kwargs: Kwargs = ()
    mode: str = "eager"
    callback: Callable[[FunctionValue], Any] | None = field(default=None, compare=False)

    def key(self, heap: Heap) -> Hashable:
        """Return what the memo knows this question by. Raises NoKeyError."""
        if self.form == "object":
            receiver, *rest = self.args
            return (self.form, self.name, self.mode, key(receiver, heap), call_key(tuple(rest), self.kwargs, heap))
        return (self.form, self.name, self.mode, call_key(self.args, self.kwargs, heap))

    def run(self, reifier: Reifier) -> Any:
        """Make the call on stand-ins. Raises CannotReifyError, and whatever the library raises."""
        args, kwargs = reifier.call(self.args, self.kwargs)
        if self.form == "symbol":
            return _function(self.name, args, reifier.style)(*args, **kwargs)
        if self.form == "operator":
            return getattr(operator, self.name)(*args)
        if self.form == "attribute":
            return getattr(args[0], self.name)
        if self.form == "object":
            return (
                args[0](*args[1:], **kwargs)
                if self.name == "__call__"
                else getattr(args[0], self.name)(*args[1:], **kwargs)
            )
        return getattr(args[0], self.name)(*args[1:], **kwargs)

    def leaves(self, heap: Heap) -> list[Value]:
        """Return every value that takes part, those inside containers too."""
        return leaves((*self.args, *(value for _, value in self.kwargs)), heap)

    def describe(self) -> str:
        """Name the call for a log."""
        return f"{self.form} {self.name}"


def _function(name: str, args: list[Any], style: str) -> Any:
    entry = symbols.resolve(name)
    if entry is None:
        raise CannotReifyError(f"{name} is not a public name")
    if style == "graph" and name == "tensorflow.constant" and args and type(args[0]).__name__ == "ArraySpec":
        return constant_of_array
    return entry.object


def leaves(values: tuple[Value, ...], heap: Heap) -> list[Value]:
    """Return the values in `values`, those inside tuples, lists, dicts, unions and recipes of objects too."""
    out: list[Value] = []
    todo = list(values)
    while todo and len(out) < 10_000:
        value = todo.pop()
        out.append(value)
        if isinstance(value, TupleValue):
            todo += value.items
        elif isinstance(value, Union):
            todo += value.options
        elif isinstance(value, Ref):
            item = heap.get(value.address)
            if isinstance(item, ListObject):
                todo += item.items or ()
            elif isinstance(item, DictObject):
                todo += [part for pair in item.items or () for part in pair]
    return out


def is_numpy_only(query: Query, heap: Heap) -> bool:
    """Say whether NumPy alone computes this: no value of TensorFlow's or Keras's takes part."""
    if query.form == "symbol":
        return query.name.startswith("numpy.") or query.name.startswith("keras.utils.")
    if query.form == "object":
        return False
    for value in query.leaves(heap):
        if isinstance(value, TensorValue) and not value.is_numpy:
            return False
        if isinstance(value, Ref) and isinstance(heap.get(value.address), LibraryObject):
            return False
        if isinstance(value, Symbol) and not value.name.startswith("numpy."):
            return False
    return True
