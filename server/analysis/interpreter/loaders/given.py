"""What a loader is given, and the values that it gives: shared by all models of loaders."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Sequence
from typing import Any

from ...libraries import symbols
from ...values import Const, DatasetValue, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ...values.base import Origin, Shape
from ...values.dims import Dim
from ...values.intervals import Interval
from ...values.join import join_all
from ..core import Interpreter
from ..library_calls import Arguments

#: A text that nobody knows, in a list of any length.
TEXT = Scalar(type="str")


class NotKnownError(Exception):
    """An argument is not known that decides what a loader gives; the words say which."""


class Given:
    """The arguments of one call by the names of the parameters; what is not given is there by its default."""

    def __init__(self, interp: Interpreter, arguments: Arguments, names: Sequence[str], defaults: dict[str, Any]):
        if not arguments.complete or len(arguments.positional) > len(names):
            raise NotKnownError("arguments of unknown number")
        found = dict(zip(names, arguments.values, strict=False))
        for keyword, value in arguments.named:
            if keyword not in names or keyword in found:
                raise NotKnownError(f"the argument '{keyword}' is not known")
            found[keyword] = value
        self.interp, self._found, self._defaults = interp, found, defaults
        self.names = tuple(names)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def value(self, name: str) -> Value:
        """Return an argument, or its default."""
        return self._found[name] if name in self._found else Const(self._defaults.get(name))

    def constant(self, name: str) -> Any:
        """Return an argument as Python has it.

        Raises:
            NotKnownError: it is no known constant.
        """
        value = self.value(name)
        if isinstance(value, Const):
            return value.value
        raise NotKnownError(f"the argument '{name}' is not known")

    def items(self, name: str) -> tuple[Value, ...] | None:
        """Return the items of an argument that is a tuple or a list; None for anything else."""
        return items_of(self.interp, self.value(name))


def items_of(interp: Interpreter, value: Value) -> tuple[Value, ...] | None:
    """Return the items of a tuple or a list of known length; None for anything else."""
    if isinstance(value, TupleValue):
        return value.items
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.name == "list":
        return item.items
    return None


def of_signature(interp: Interpreter, name: str, arguments: Arguments) -> Given:
    """Return the arguments of a public function or class of a library that is installed.

    Raises:
        NotKnownError: they do not fit its signature, or nobody knows how many they are.
    """
    entry = symbols.resolve(name)
    if entry is None:
        raise NotKnownError(f"{name} is not installed")
    parameters = inspect.signature(entry.object).parameters.values()
    named = [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    defaults = {one.name: one.default for one in parameters if one.default is not one.empty}
    return Given(interp, arguments, named, defaults)


def array(interp: Interpreter, dtypes: str | Sequence[str], shape: Shape, interval: Interval | None = None) -> Value:
    """Return an array in memory of its own; where nobody says which of several dtypes it has, either."""
    made: list[Value] = []
    for dtype in [dtypes] if isinstance(dtypes, str) else dtypes:
        storage, version = interp.heap.new_storage()
        made.append(
            TensorValue(kind="ndarray", dtype=dtype, shape=shape, storage=storage, version=version, interval=interval)
        )
    return made[0] if len(made) == 1 else join_all(made)


def made_here(value: Value, origin: Origin) -> Value:
    """Return what a loader gives with the place that made it, every array in it too."""
    if isinstance(value, TupleValue):
        value = dataclasses.replace(value, items=tuple(made_here(item, origin) for item in value.items))
    return value.made_at(origin)


def texts(interp: Interpreter) -> Value:
    """Return a list of texts whose length nobody knows."""
    return Ref(interp.heap.allocate(ListObject(None, TEXT)))


def size(interp: Interpreter, name: str) -> Dim:
    """Return a size that is not known, and is one number all through a run of the program: `train`, the next one `train2`."""
    session = interp.bridge.session
    before = session.next_name(f"size {name}") if name else 0
    return session.symbol(f"{name}{before + 1}" if before else name, True)


def batches(element: Value) -> DatasetValue:
    """Return a data set of unknown length."""
    return DatasetValue(element)


def unknown(error: NotKnownError, name: str) -> Unknown:
    """Return why nothing is said of what a loader gives."""
    return Unknown(f"{name.rpartition('.')[2]}: {error}")
