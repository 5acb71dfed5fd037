"""Objects of Python's standard library that have a meaning of their own here.

Iterators are kept as recipes (a kind and what it draws from), and are only forced where they are consumed: that is when
Python reads the list behind a `zip`, or calls the function of a `map`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .base import Const, Value
from .heap import DictObject, HeapObject


@dataclass(frozen=True, slots=True)
class IteratorObject(HeapObject):
    """An iterator, or a view of a dict, by what it draws from.

    position: how many items have been taken; None where that is not known. Views are not used up.
    node: the call that made it.
    """

    kind: str = "iter"
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    position: int | None = 0
    node: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StandardDict(DictObject):
    """A dict of the module `collections`: name is its class, factory what a `defaultdict` calls for a new key."""

    name: str = "OrderedDict"
    factory: Value = field(default_factory=Const)


@dataclass(frozen=True, slots=True)
class StandardObject(HeapObject):
    """An object of another class of the standard library, by the class's public name and what it was given."""

    name: str = ""
    fields: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class ContextValue(Value):
    """A context manager that is known by its public name.

    gives: what `with … as name` binds; None for the object itself. swallows: an exception may end in it. fields: what is known of
    its attributes.
    """

    name: str = ""
    gives: Value | None = None
    swallows: bool = False
    fields: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class StrategyValue(Value):
    """A `tf.distribute.Strategy`; single: of one replica, whatever the machine has."""

    single: bool = False


@dataclass(frozen=True, slots=True)
class FileValue(Value):
    """An open file; mode: what is read from it, `str`, `bytes` or (empty) one of the two.

    named: its name is text, whatever it was opened by.
    """

    mode: str = "str"
    named: bool = False


@dataclass(frozen=True, slots=True)
class PathValue(Value):
    """A `pathlib` path, by its text; None where that is not known."""

    text: str | None = None
    pure: bool = False


@dataclass(frozen=True, slots=True)
class NamedTupleType(Value):
    """A class made by `collections.namedtuple`."""

    name: str = ""
    fields: tuple[str, ...] = ()
    defaults: tuple[Value, ...] = ()
