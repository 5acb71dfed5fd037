"""Builtins that make containers: `list`, `tuple`, `dict`, `set`, `slice`."""

from __future__ import annotations

import ast

from ...libraries.query import Kwargs
from ...values import (
    Const,
    DictObject,
    ListObject,
    Ref,
    SetObject,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
)
from ...values.heap import FrozenSetObject, dict_items, python_key
from ...values.standard import IteratorObject
from .. import draws
from ..checks import judge_python
from ..constants import is_key
from ..core import Frame, Interpreter
from ..files import opened
from ..sequences import iterate
from .table import models

Pairs = tuple[tuple[Value, Value], ...]


@models("list", "tuple")
def _sequence(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if args:
        draws.judge_whole(interp, frame, node, args[0])
    as_list = node is None or getattr(node.func, "id", "list") == "list"
    if args:
        judge_python(interp, frame, node, "iter", args[0])
    items, element = iterate(interp, frame, args[0], eager=True) if args else ([], Unknown("empty"))
    if as_list:
        return Ref(interp.heap.allocate(ListObject(None if items is None else tuple(items), element)))
    return Unknown("a tuple of unknown length") if items is None else TupleValue(tuple(items))


@models("dict")
def _dict(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    pairs = pairs_of(interp, frame, args[0]) if args else ()
    if pairs is not None:
        pairs = dict_items((*pairs, *((Const(name), value) for name, value in kwargs)))
    return Ref(interp.heap.allocate(DictObject(pairs)))


def pairs_of(interp: Interpreter, frame: Frame, value: Value) -> Pairs | None:
    """Return the pairs that `dict(value)` and `update(value)` put into a dict; None where they are not known."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, DictObject):
        return item.items
    if not isinstance(item, (ListObject, IteratorObject)) and not isinstance(value, TupleValue):
        return None
    rows = iterate(interp, frame, value, eager=True)[0]
    pairs: list[tuple[Value, Value]] = []
    for row in rows or []:
        held = interp.heap.get(row.address) if isinstance(row, Ref) else row
        parts = held.items if isinstance(held, (TupleValue, ListObject)) else None
        if parts is None or len(parts) != 2 or not is_key(parts[0]):
            return None
        pairs.append((parts[0], parts[1]))
    return None if rows is None else dict_items(pairs)


@models("set", "frozenset")
def _set(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    frozen = node is not None and getattr(node.func, "id", "set") == "frozenset"
    kind = FrozenSetObject if frozen else SetObject
    if not args:
        return Ref(interp.heap.allocate(kind(())))
    item = interp.heap.get(args[0].address) if isinstance(args[0], Ref) else None
    if isinstance(item, SetObject):
        return Ref(interp.heap.allocate(kind(item.items)))
    items = iterate(interp, frame, args[0], eager=True)[0]
    return Ref(interp.heap.allocate(kind(distinct(items))))


def distinct(items: list[Value] | None) -> tuple[Value, ...] | None:
    """Return the members of a set into which items are put; None where it is not known which are equal."""
    if items is None or not all(is_key(item) for item in items):
        return None
    unique = {python_key(item): item for item in reversed(items)}
    return tuple(reversed(unique.values()))


@models("slice")
def _slice(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) == 1:
        return SliceValue(Const(None), args[0], Const(None))
    return SliceValue(*args) if 2 <= len(args) <= 3 else None


@models("open")
def _open(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    return opened(dict(kwargs).get("mode", args[1] if len(args) > 1 else Const("r")))
