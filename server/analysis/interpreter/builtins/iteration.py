"""Builtins over what can be iterated: `zip`, `map`, `sorted`, `any`, `next` and their like."""

from __future__ import annotations

import ast
import itertools
from typing import Any

from ...libraries.query import Kwargs
from ...values import (
    Const,
    DatasetValue,
    DictObject,
    DimensionValue,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ...values.join import any_of, join_all
from ...values.standard import IteratorObject, StandardObject
from .. import drawing, draws, modelled_objects
from ..checks import judge_python
from ..constants import NotConstantError, to_python
from ..core import Frame, Interpreter
from ..iterators import VIEWS, apply, consume, iterator, known_set, sequence, take
from ..sequences import iterate, known_items, size_value, truth
from .table import models

MAX_RANGE = 10_000


@models("len")
def _len(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) != 1:
        return None
    value = args[0]
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, IteratorObject):
        if item.kind not in VIEWS:
            return Unknown("an iterator has no length")
        return _len(interp, frame, item.args, (), node)
    if isinstance(item, ListObject) and item.items is None:
        return size_value(item.size)
    if isinstance(item, (ListObject, DictObject, SetObject)):
        return Scalar(type="int") if item.items is None else Const(len(item.items))
    if isinstance(item, StandardObject):
        return modelled_objects.length(interp, frame, value)
    items = known_items(interp, value)
    if items is not None:
        return Const(len(items))
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    if isinstance(value, Scalar) and value.type in ("str", "bytes"):
        return Scalar(type="int")
    if isinstance(value, DatasetValue):
        return drawing.length(interp, frame, value, node)
    if isinstance(value, TensorValue):
        eager = interp.mode(frame) == "eager" or value.is_numpy
        if value.kind in ("Tensor", "ndarray", "Variable") and value.shape and eager:
            return size_value(value.shape[0])
        judge_python(interp, frame, node, "len", value)
        return Unknown("len() of this tensor")
    return value if isinstance(value, Unknown) else None


@models("range")
def _range(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    args = tuple(arg.size if isinstance(arg, DimensionValue) else arg for arg in args)
    if all(isinstance(arg, Const) and type(arg.value) in (int, bool) for arg in args) and 1 <= len(args) <= 3:
        try:
            numbers = range(*[arg.value for arg in args if isinstance(arg, Const)])
            few = len(numbers) <= MAX_RANGE
        except (ValueError, OverflowError):
            return Unknown("range() raises, or has no length")
        if few:
            return Ref(interp.heap.allocate(ListObject(tuple(Const(number) for number in numbers), name="range")))
    return Ref(interp.heap.allocate(ListObject(None, Scalar(type="int"), "range")))


@models("enumerate", "zip", "reversed")
def _lazy(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    name = getattr(node.func, "id", "") if node is not None else ""
    if not name or (not args and name != "zip"):
        return None
    if name == "reversed" and any(isinstance(member, (TensorValue, Unknown)) for member in args[0].members()):
        return None
    if name == "reversed":
        item = interp.heap.get(args[0].address) if isinstance(args[0], Ref) else None
        known = isinstance(item, ListObject) and item.items is not None
        kwargs = (("length", Const(len(item.items or ()))),) if isinstance(item, ListObject) and known else ()
        if isinstance(item, ListObject) and not known:
            kwargs = (("length", Const(None)),)
    return iterator(interp, name, args, kwargs, node)


@models("map", "filter")
def _mapped(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    name = getattr(node.func, "id", "") if node is not None else ""
    if not name or kwargs or len(args) < 2 or (name == "filter" and len(args) != 2):
        return None
    return iterator(interp, name, args, (), node)


@models("iter")
def _iter(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) != 1:
        return None
    value = args[0]
    if isinstance(value, DatasetValue) and value.element is not None:
        return drawing.iterator(interp, value)
    if drawing.iterator_of(interp, value) is not None:
        return value
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, IteratorObject) and item.kind not in VIEWS:
        return value
    if isinstance(item, (ListObject, DictObject, IteratorObject)) and getattr(item, "name", "") != "generator":
        return iterator(interp, "iter", args, (), node)
    if isinstance(value, TupleValue) or (isinstance(value, (Const, Scalar)) and known_items(interp, value) is not None):
        return iterator(interp, "iter", args, (), node)
    return None


@models("next")
def _next(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if not args or not isinstance(args[0], Ref):
        return None
    item = interp.heap.get(args[0].address)
    endless = modelled_objects.drawn(interp, frame, args[0])
    if endless is not None:
        return endless
    drawn = drawing.iterator_of(interp, args[0])
    if drawn is not None:
        dataset = drawn.attributes["dataset"]
        if isinstance(dataset, DatasetValue) and node is not None:
            draws.judge(interp, frame, node, dataset, whole=False)
        return drawing.following(interp, frame, args[0], drawn, args[1] if len(args) > 1 else None)
    if isinstance(item, LibraryObject):
        return Unknown("next() of this is not followed")
    if isinstance(item, IteratorObject) and item.kind not in VIEWS:
        sure = item.position is not None
        found = take(interp, frame, args[0].address, item)
        if found is None:
            return args[1] if len(args) > 1 else Unknown("next() of an iterator at its end")
        after = interp.heap.get(args[0].address)
        known = sure and isinstance(after, IteratorObject) and after.position is not None
        return found if known or len(args) == 1 else join_all([found, args[1]])
    return None


@models("sorted")
def _sorted(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) != 1:
        return None
    members = known_set(interp, args[0])
    items, element = (members, Unknown("empty")) if members else iterate(interp, frame, args[0], eager=True)
    if items is None:
        _call_key(interp, frame, dict(kwargs).get("key"), [element], node, certain=False)
        return sequence(interp, None, element)
    return sequence(interp, *sort(interp, frame, items, kwargs, node, stable=members is None))


def sort(
    interp: Interpreter,
    frame: Frame,
    items: list[Value],
    kwargs: Kwargs,
    node: ast.AST | None,
    stable: bool = True,
) -> tuple[list[Value] | None, Value]:
    """Return items sorted as `list.sort` does; where the order is not known, each may be any of them.

    stable: whether the order of equal items is known.
    """
    named = dict(kwargs)
    if not items:
        return [], Unknown("empty list")
    anything = any_of(items)
    results = _call_key(interp, frame, named.get("key"), items, node)
    reverse = named.get("reverse", Const(False))
    try:
        keys = [to_python(interp, result) for result in results]
        backwards = bool(to_python(interp, reverse))
        pairs = sorted(zip(keys, items, strict=True), key=lambda pair: pair[0], reverse=backwards)
    except NotConstantError:
        return [anything] * len(items), anything
    except Exception:
        return None, Unknown("sorting these raises")
    if not stable and any(not _differ(a[0], b[0]) for a, b in itertools.pairwise(pairs)):
        return [anything] * len(items), anything
    return [item for _, item in pairs], anything


def _differ(first: Any, second: Any) -> bool:
    return bool(first < second or second < first)


def _call_key(
    interp: Interpreter,
    frame: Frame,
    key: Value | None,
    items: list[Value],
    node: ast.AST | None,
    certain: bool = True,
) -> list[Value]:
    """Return the keys of items."""
    if key is None or (isinstance(key, Const) and key.value is None):
        return items
    if not certain or len(items) > 64:
        interp.heap.escape([key, *items], "passed to a key that is not followed")
        return [Unknown("a key that is not followed")] * len(items)
    return [apply(interp, frame, key, (item,), node) for item in items]


@models("min", "max")
def _extremum(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    named = dict(kwargs)
    name = getattr(node.func, "id", "") if node is not None else ""
    if not args or not name or set(named) - {"key", "default"}:
        return None
    items, element = _drawn(interp, frame, args[0]) if len(args) == 1 else (list(args), Unknown("unused"))
    unordered = len(args) == 1 and known_set(interp, args[0]) is not None
    default = named.get("default")
    if items is None:
        if "key" in named or not isinstance(element, (Const, Scalar)):
            _call_key(interp, frame, named.get("key"), [element], node, certain=False)
            return Unknown(f"{name}() of items that are not known")
        return element if default is None else join_all([element, default])
    if not items:
        return default or Unknown(f"{name}() of nothing raises")
    results = _call_key(interp, frame, named.get("key"), items, node)
    try:
        keys = [to_python(interp, result) for result in results]
        best = (min if name == "min" else max)(range(len(items)), key=lambda index: keys[index])
    except NotConstantError:
        if len(items) == 1:
            return items[0]
        simple = all(isinstance(item, (Const, Scalar)) for item in items) or "key" in named
        return join_all(items) if simple and len(items) <= 64 else Unknown(f"{name}() of values that are not known")
    except Exception:
        return Unknown("this call raises")
    if unordered and sum(keys[best] == key for key in keys) > 1:
        return join_all(items)
    return items[best]


def _drawn(interp: Interpreter, frame: Frame, value: Value) -> tuple[list[Value] | None, Value]:
    """Return all that is in something, where its order does not matter."""
    members = known_set(interp, value)
    return (members, Unknown("unused")) if members is not None else iterate(interp, frame, value, eager=True)


@models("sum")
def _sum(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    from ..operators import binary

    if not args or len(args) > 2 or set(dict(kwargs)) - {"start"}:
        return None
    items, element = _drawn(interp, frame, args[0])
    start: Value = args[1] if len(args) > 1 else dict(kwargs).get("start", Const(0))
    if items is None or len(items) > 64:
        types = {element.type} if isinstance(element, Scalar) and items is None else set()
        if isinstance(start, Const) and type(start.value) is int and types & {"int", "bool"}:
            return Scalar(type="int")
        if isinstance(start, Const) and type(start.value) in (int, float) and types == {"float"}:
            return join_all([start, Scalar(type="float")])
        if items is None or len(items) > 1000:
            return Unknown("sum() of items that are not known")
    try:
        numbers = [to_python(interp, item) for item in items]
        first = to_python(interp, start)
    except NotConstantError:
        numbers, first = [], None
    if numbers and all(isinstance(number, (int, float)) for number in (*numbers, first)):
        # From 3.12 on floats are added with compensation: adding them one by one gives other digits.
        if known_set(interp, args[0]) is not None and any(isinstance(number, float) for number in numbers):
            return Scalar(type="float")
        return Const(sum(numbers, first))
    total = start
    if len(items) > 64:
        return Unknown("sum() of many items")
    for item in items:
        total = binary(interp, frame, node or ast.Pass(), ast.Add(), (total, None), (item, None))
    return total


@models("any", "all")
def _quantifier(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    name = getattr(node.func, "id", "") if node is not None else ""
    if len(args) != 1 or not name:
        return Scalar(type="bool")
    item = interp.heap.get(args[0].address) if isinstance(args[0], Ref) else None
    if isinstance(args[0], Ref) and isinstance(item, IteratorObject):
        # It stops at the first item that decides: a function behind it is not called for all of them.
        items = consume(interp, frame, args[0].address, item, False)[0]
    elif isinstance(args[0], TensorValue):
        return Scalar(type="bool")
    else:
        items = _drawn(interp, frame, args[0])[0]
    if items is None:
        return Scalar(type="bool")
    known = [truth(interp, frame, part) for part in items]
    if name == "any":
        return Const(True) if True in known else Scalar(type="bool") if None in known else Const(False)
    return Const(False) if False in known else Scalar(type="bool") if None in known else Const(True)
