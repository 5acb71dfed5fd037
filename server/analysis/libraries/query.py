"""One question to a library: what is called, with which values, in which mode."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from ..values import Heap, Ref, SliceValue, Symbol, TensorValue, TupleValue, Union, Value
from ..values.fresh import FreshDict, FreshList
from ..values.heap import DictObject, LibraryObject, ListObject
from ..values.keys import call_key, key
from ..values.render import text
from . import symbols
from .reify import Reifier
from .standins import CannotReifyError, constant_of_array

Kwargs = tuple[tuple[str, Value], ...]
Model = Callable[[Any], Callable[..., Any]]
#: What is called for a query of form `model`, by name; each makes a function of the query's detail.
MODELS: dict[str, Model] = {}


def asks(name: str) -> Callable[[Model], Model]:
    """Register what asks the library in the place of a public name."""

    def register(model: Model) -> Model:
        MODELS[name] = model
        return model

    return register


@dataclass(frozen=True)
class Query:
    """A call to be asked about.

    form: `symbol` (a public function or class, `name`), `operator` (`name` from the module operator), `method` and
    `attribute` (`name` of the first argument), `object` (the first argument, a library object, is called).
    `model`: a function of ours that asks the library in the place of `name`; `detail` is what it is to know beside the
    arguments.
    mode: `eager`, or `graph` where the program is being traced.
    """

    form: str
    name: str
    args: tuple[Value, ...]
    kwargs: Kwargs = ()
    mode: str = "eager"
    callback: Callable[[Value], Any] | None = field(default=None, compare=False)
    detail: Hashable = None

    #: The leaves as they were last asked for, with the heap and its state.
    _leaves: list[Any] = field(default_factory=list, init=False, compare=False, repr=False)

    def key(self, heap: Heap) -> Hashable:
        """Return what the memo knows this question by. Raises NoKeyError."""
        if self.form == "object":
            receiver, *rest = self.args
            return (self.form, self.name, self.mode, key(receiver, heap), call_key(tuple(rest), self.kwargs, heap))
        return (self.form, self.name, self.mode, self.detail, call_key(self.args, self.kwargs, heap))

    def run(self, reifier: Reifier) -> Any:
        """Make the call on stand-ins. Raises CannotReifyError, and whatever the library raises."""
        return self.prepare(reifier)()

    def prepare(self, reifier: Reifier) -> Callable[[], Any]:
        """Return the call, its stand-ins made: only what the call itself raises is a refusal.

        Raises:
            CannotReifyError: there is no stand-in for an argument.
        """
        args, kwargs = reifier.call(self.args, self.kwargs)
        if self.form == "attribute":
            return functools.partial(getattr, args[0], self.name)
        if self.form == "model":
            function: Any = MODELS[self.name](self.detail)
        elif self.form == "symbol":
            function = _function(self.name, args, reifier.style)
        elif self.form == "operator":
            function = getattr(operator, self.name)
        else:
            receiver, *args = args
            function = receiver if self.name == "__call__" else getattr(receiver, self.name, None)
            if function is None:
                raise CannotReifyError(f"there is no method '{self.name}'")
        return functools.partial(function, *args, **kwargs)

    def leaves(self, heap: Heap) -> list[Value]:
        """Return every value that takes part, those inside containers too, in the order of reification."""
        if self._leaves and self._leaves[0] is heap and self._leaves[1] == heap.writes:
            return self._leaves[2]  # type: ignore[no-any-return]
        found = leaves((*self.args, *(value for _, value in self.kwargs)), heap)
        self._leaves[:] = [heap, heap.writes, found]
        return found

    def containers(self, heap: Heap) -> list[int]:
        """Return the addresses of the lists and dicts among the arguments, in order."""
        found = [leaf.address for leaf in self.leaves(heap) if isinstance(leaf, Ref)]
        return [at for at in found if isinstance(heap.get(at), (ListObject, DictObject))]

    def signature(self, heap: Heap) -> str:
        """Name the call by the specs of what takes part: for the journal, where the memo has no key for it."""
        return f"{self.form} {self.name} {self.mode} " + ", ".join(text(leaf, heap) for leaf in self.leaves(heap))

    def describe(self) -> str:
        """Name the call for a log."""
        return f"{self.form} {self.name}"


#: Functions that copy the values of an array into the graph.
_CONSTANTS = ("tensorflow.constant", "tensorflow.compat.v1.constant")


def _function(name: str, args: list[Any], style: str) -> Any:
    entry = symbols.resolve(name)
    if entry is None:
        raise CannotReifyError(f"{name} is not a public name")
    if style == "graph" and name in _CONSTANTS and args and type(args[0]).__name__ == "ArraySpec":
        return constant_of_array
    return entry.object


def leaves(values: tuple[Value, ...], heap: Heap) -> list[Value]:
    """Return the values in `values`, those inside tuples, lists, dicts and unions too, in the order of reification."""
    out: list[Value] = []
    todo = list(reversed(values))
    while todo and len(out) < 10_000:
        value = todo.pop()
        out.append(value)
        inner: list[Value] = []
        if isinstance(value, (TupleValue, FreshList)):
            inner = list(value.items)
        elif isinstance(value, FreshDict):
            inner = [part for pair in value.items for part in pair]
        elif isinstance(value, Union):
            inner = list(value.options)
        elif isinstance(value, SliceValue):
            inner = [value.lower, value.upper, value.step]
        elif isinstance(value, Ref):
            item = heap.get(value.address)
            if isinstance(item, ListObject):
                inner = list(item.items or ())
            elif isinstance(item, LibraryObject) and not item.of_keras:
                inner = [*item.args, *(part for _, part in item.kwargs)]
            elif isinstance(item, DictObject):
                inner = [part for pair in item.items or () for part in pair]
        todo += reversed(inner)
    return out


#: Functions of Keras that compute with NumPy, where no tensor takes part.
_NUMPY_OF_KERAS = frozenset(
    f"keras.{name}"
    for name in (
        "preprocessing.image.smart_resize",
        "utils.array_to_img",
        "utils.img_to_array",
        "utils.normalize",
        "utils.pad_sequences",
        "utils.to_categorical",
    )
)


def is_numpy_only(query: Query, heap: Heap) -> bool:
    """Say whether NumPy alone computes this: no value of TensorFlow's or Keras's takes part."""
    if query.form == "model" and query.name.startswith(("dataset.", "keras.")):
        return False
    if query.form == "symbol":
        if query.name.startswith("numpy."):
            return True
        if query.name not in _NUMPY_OF_KERAS:
            return False
    if query.form == "object":
        # A generator of NumPy's: what is drawn by it is an array, whatever it is given.
        first = query.args[0]
        item = heap.get(first.address) if isinstance(first, Ref) else None
        return isinstance(item, LibraryObject) and item.symbol.startswith("numpy.")
    if query.form in ("method", "attribute"):
        receiver = query.args[0]
        if not (isinstance(receiver, TensorValue) and receiver.is_numpy):
            return False
    for value in query.leaves(heap):
        if isinstance(value, TensorValue) and not value.is_numpy:
            return False
        if isinstance(value, Ref) and isinstance(heap.get(value.address), LibraryObject):
            return False
        if isinstance(value, Symbol) and not value.name.startswith("numpy."):
            return False
    return True
