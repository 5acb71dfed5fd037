"""A hashable key of all that is known of a value, independent of addresses: what the memo and the poison list go by."""

from __future__ import annotations

from collections.abc import Hashable

from .base import Const, Ref, Scalar, ShapeValue, SliceValue, Symbol, TupleValue, Value
from .callables import Builtin
from .dims import erased
from .fresh import FreshDict, FreshList
from .heap import DictObject, Heap, LibraryObject, ListObject
from .tensors import DatasetValue, DTypeValue, TensorValue


class NoKeyError(Exception):
    """The value has an identity that no key can stand for (a tensor in a graph, a function of the user's)."""


def key(value: Value, heap: Heap) -> Hashable:
    """Return the key of a value. Symbols have none: a library is asked without them (see `libraries.sampling`).

    Raises:
        NoKeyError: nothing may be remembered of a call with this value.
    """
    if isinstance(value, Const):
        return ("c", value.key())
    if isinstance(value, TensorValue):
        if value.kind == "KerasTensor" and value.node is not None and value.made_by is not None:
            return ("k", value.made_by, value.dtype, erased(value.shape))
        if value.node is not None or value.kind == "KerasTensor":
            raise NoKeyError
        settled = heap.settled(value)
        content = None if settled.content is None else settled.content.key()
        parts = tuple(key(part, heap) for part in value.parts)
        return ("t", value.kind, value.library, value.dtype, value.numpy_dtype, erased(value.shape), content, parts)
    if isinstance(value, TupleValue):
        return ("u", *(key(item, heap) for item in value.items))
    if isinstance(value, Symbol):
        return ("s", value.name)
    if isinstance(value, Ref):
        return _object_key(value, heap)
    if isinstance(value, FreshList):
        return ("L", *(key(part, heap) for part in value.items))
    if isinstance(value, FreshDict):
        return ("M", *((key(name, heap), key(part, heap)) for name, part in value.items))
    if isinstance(value, SliceValue):
        return ("l", key(value.lower, heap), key(value.upper, heap), key(value.step, heap))
    if isinstance(value, ShapeValue):
        return ("h", erased(value.dims), value.gaps)
    if isinstance(value, DTypeValue):
        return ("d", value.name, value.library)
    if isinstance(value, DatasetValue) and value.element is not None:
        return ("D", key(value.element, heap), value.cardinality)
    if isinstance(value, Scalar):
        return ("p", value.type)
    if isinstance(value, Builtin):
        return ("b", value.name)
    raise NoKeyError


def _object_key(value: Ref, heap: Heap) -> Hashable:
    item = heap.get(value.address)
    if isinstance(item, ListObject) and item.items is not None:
        return ("L", *(key(part, heap) for part in item.items))
    if isinstance(item, DictObject) and item.items is not None:
        return ("M", *((key(name, heap), key(part, heap)) for name, part in item.items))
    if isinstance(item, LibraryObject):
        return library_object_key(item, heap)
    raise NoKeyError


def library_object_key(item: LibraryObject, heap: Heap) -> Hashable:
    """Return the key of a library object's recipe."""
    return (
        "O",
        item.symbol,
        item.form,
        item.maker,
        item.path,
        call_key(item.args, item.kwargs, heap),
        tuple((name, call_key(args, kwargs, heap)) for name, args, kwargs in item.history),
    )


def call_key(args: tuple[Value, ...], kwargs: tuple[tuple[str, Value], ...], heap: Heap) -> Hashable:
    """Return the key of a call's arguments."""
    return (tuple(key(arg, heap) for arg in args), tuple((name, key(arg, heap)) for name, arg in kwargs))
