"""Iterators: made as recipes, forced where they are consumed.

A consumer that takes every item at once (`list`, `sum`, unpacking) sees what Python sees. In a loop the turns come
between the items: a function of the program is then followed only where no turn can change what it reads.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable

from ..libraries.query import Kwargs
from ..values import (
    Builtin,
    Const,
    DictObject,
    FunctionValue,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.join import any_of, join_all
from ..values.standard import IteratorObject
from .core import Frame, Interpreter

#: What an iterator yields: the items where they are known, and what any item may be.
Yielded = tuple[list[Value] | None, Value]
Force = Callable[[Interpreter, Frame, IteratorObject, bool], Yielded]
_FORCES: dict[str, Force] = {}
VIEWS = frozenset(["dict_keys", "dict_values", "dict_items"])
#: Iterators without an end: a prefix of them is known.
_Prefix = Callable[[Interpreter, IteratorObject, int], "list[Value] | None"]
_ENDLESS: dict[str, _Prefix] = {}
MAX_ROWS = 1000


#: What can be made of no arguments.
_OF_NOTHING = frozenset(["zip", "chain", "count", "zip_longest", "generator", "product", "rows"])


def forces(*kinds: str) -> Callable[[Force], Force]:
    """Register what kinds of iterator yield."""

    def register(function: Force) -> Force:
        for kind in kinds:
            _FORCES[kind] = function
        return function

    return register


def endless(kind: str) -> Callable[[_Prefix], _Prefix]:
    """Register the first items of a kind of iterator that has no end."""

    def register(function: _Prefix) -> _Prefix:
        _ENDLESS[kind] = function
        return function

    return register


def iterator(
    interp: Interpreter, kind: str, args: tuple[Value, ...], kwargs: Kwargs = (), node: ast.AST | None = None
) -> Value:
    """Return a new iterator."""
    return Ref(interp.heap.allocate(IteratorObject(kind, args, kwargs, node=node)))


def of_items(interp: Interpreter, items: list[Value]) -> Value:
    """Return an iterator over items that are fixed when it is made (`itertools.product`)."""
    return iterator(interp, "iter", (TupleValue(tuple(items)),))


def consume(interp: Interpreter, frame: Frame, address: int, item: IteratorObject, eager: bool) -> Yielded:
    """Return what is left in an iterator; it is used up then, at least in part."""
    force = _FORCES.get(item.kind) if item.args or item.kind in _OF_NOTHING else None
    if item.position is None and item.kind in ("map", "filter", "starmap"):
        return None, Unknown("an iterator that may be used up in part")
    items, element = (
        (None, Unknown(f"{item.kind} is not followed")) if force is None else force(interp, frame, item, eager)
    )
    if item.kind not in VIEWS:
        interp.heap.put(address, dataclasses.replace(item, position=None))
    if items is None or item.position is None:
        return None, element
    return items[item.position :], element


def take(interp: Interpreter, frame: Frame, address: int, item: IteratorObject) -> Value | None:
    """Return what `next` gives of an iterator; None where it is at its end."""
    if item.kind in _ENDLESS and item.position is not None and item.position < MAX_ROWS:
        prefix = _ENDLESS[item.kind](interp, item, item.position + 1)
        if prefix is not None:
            interp.heap.put(address, dataclasses.replace(item, position=item.position + 1))
            return prefix[-1] if len(prefix) > item.position else None
    # A function of the program runs once for each item: all that is left cannot be asked for to get one.
    if item.kind not in ("iter", "zip", "enumerate", "reversed") or item.position is None:
        interp.heap.put(address, dataclasses.replace(item, position=None))
        if item.kind == "generator" or (
            item.position is None and item.kind in ("iter", "zip", "enumerate", "reversed")
        ):
            # Which of its items it is, nobody says; all that a generator gives is joined.
            return consume(interp, frame, address, dataclasses.replace(item, position=None), False)[1]
        return Unknown(f"next() of {item.kind} is not followed")
    rest, element = consume(interp, frame, address, item, False)
    if rest is None:
        return element
    if not rest:
        # Once at its end it stays there, even where its list grows.
        interp.heap.put(address, IteratorObject("iter", (TupleValue(()),)))
        return None
    interp.heap.put(address, dataclasses.replace(item, position=item.position + 1))
    return rest[0]


def first_items(interp: Interpreter, value: Value, count: int) -> list[Value] | None:
    """Return the first items of an iterator without an end, and take them; None where it is none."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if not isinstance(value, Ref) or not isinstance(item, IteratorObject) or item.kind not in _ENDLESS:
        return None
    if item.position is None or item.position + count > MAX_ROWS:
        return None
    prefix = _ENDLESS[item.kind](interp, item, item.position + count)
    if prefix is not None:
        interp.heap.put(value.address, dataclasses.replace(item, position=None))
        return prefix[item.position :]
    return None


def drawn(interp: Interpreter, frame: Frame, value: Value, eager: bool) -> Yielded:
    """Return what an iterator sees of what it draws from."""
    from .sequences import iterate

    return iterate(interp, frame, value, eager=eager)


def apply(interp: Interpreter, frame: Frame, function: Value, args: tuple[Value, ...], node: ast.AST | None) -> Value:
    """Return what a function gives that a builtin calls (the key of `sorted`, the function of `map`)."""
    from .calls import call
    from .events import Argument
    from .library_calls import Arguments

    if not isinstance(node, ast.Call):
        interp.heap.escape([function, *args], "passed to something that is not understood")
        return Unknown("what is called here is not followed")
    return call(interp, frame, node, function, Arguments(tuple(Argument(arg) for arg in args), ()))


def _columns(
    interp: Interpreter, frame: Frame, sources: tuple[Value, ...], eager: bool
) -> tuple[list[list[Value]] | None, list[Value]]:
    """Draw from several sources at once, an endless one no further than the shortest."""
    found: list[list[Value] | None] = []
    elements: list[Value] = []
    unlimited: list[tuple[int, IteratorObject]] = []
    for index, source in enumerate(sources):
        item = interp.heap.get(source.address) if isinstance(source, Ref) else None
        if isinstance(item, IteratorObject) and item.kind in _ENDLESS and item.position == 0:
            unlimited.append((index, item))
        items, element = drawn(interp, frame, source, eager)
        found.append(items)
        elements.append(element)
    lengths = [len(items) for items in found if items is not None]
    for index, item in unlimited:
        if lengths and found[index] is None and min(lengths) <= MAX_ROWS:
            found[index] = _ENDLESS[item.kind](interp, item, min(lengths))
    columns = [items for items in found if items is not None]
    return (columns if len(columns) == len(found) else None), elements


@forces("iter")
def _iter(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    return drawn(interp, frame, item.args[0], eager)


@forces("reversed")
def _reversed(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    items, element = drawn(interp, frame, item.args[0], eager)
    # It starts from the end that there was when it was made, whatever is appended since.
    length = dict(item.kwargs).get("length")
    grown = items is not None and length is not None and length != Const(len(items))
    return (None if items is None or grown else items[::-1]), element


@forces("zip")
def _zip(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    if not item.args:
        return [], Unknown("no items")
    columns, elements = _columns(interp, frame, item.args, eager)
    element = TupleValue(tuple(elements))
    if columns is None:
        return None, element
    strict = dict(item.kwargs).get("strict", Const(False))
    if len({len(column) for column in columns}) > 1 and not (isinstance(strict, Const) and not strict.value):
        return None, Unknown("zip(strict=True) of different lengths raises")
    return [TupleValue(row) for row in zip(*columns, strict=False)], element


@forces("enumerate")
def _enumerate(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    items, element = drawn(interp, frame, item.args[0], eager)
    start = item.args[1] if len(item.args) > 1 else dict(item.kwargs).get("start", Const(0))
    known = isinstance(start, Const) and type(start.value) is int
    numbered = TupleValue((Scalar(type="int") if known else Unknown("where it starts is not known"), element))
    if items is None or not isinstance(start, Const) or not known:
        return None, numbered
    return [TupleValue((Const(start.value + i), part)) for i, part in enumerate(items)], numbered


@forces("map", "starmap")
def _map(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    function, *sources = item.args
    if item.kind == "starmap":
        rows, element = drawn(interp, frame, sources[0], eager)
        columns = None if rows is None else [_row(row) for row in rows]
        each = _row(element)
    else:
        drawn_columns, elements = _columns(interp, frame, tuple(sources), eager)
        columns = None if drawn_columns is None else list(zip(*drawn_columns, strict=False))
        each = tuple(elements)
    if not eager and not steady(interp, function, [part for row in columns or [each or ()] for part in row or ()]):
        _give_up(interp, function, columns, each)
        return None, Unknown("a function that is called between the turns of a loop")
    if columns is not None and len(columns) <= 64 and all(row is not None for row in columns):
        results = [apply(interp, frame, function, row or (), item.node) for row in columns]
        return results, join_all(results) if results else Unknown("no items")
    # How often it is called is not known, perhaps never.
    if each is None or not steady(interp, function, list(each)):
        _give_up(interp, function, columns, each)
        return None, Unknown("a function that is called for items that are not all known")
    interp.unsure += 1
    try:
        return None, apply(interp, frame, function, each, item.node)
    finally:
        interp.unsure -= 1


def _row(value: Value) -> tuple[Value, ...] | None:
    return value.items if isinstance(value, TupleValue) else None


def _give_up(
    interp: Interpreter,
    function: Value,
    rows: list[tuple[Value, ...] | None] | list[tuple[Value, ...]] | None,
    each: tuple[Value, ...] | None,
) -> None:
    """Forget what a function may change that is called we do not know when, or how often."""
    handed = [part for row in rows or [] for part in row or ()]
    interp.heap.escape([function, *handed, *(each or ())], "passed to a function that is not followed")


@forces("filter")
def _filter(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    from .sequences import truth

    function, source = item.args
    items, element = drawn(interp, frame, source, eager)
    if items is None or len(items) > 64 or not (eager or steady(interp, function, items)):
        if not steady(interp, function, [element] if items is None else items):
            _give_up(interp, function, None, (*(items or ()), element))
            return None, Unknown("filtered by a function that is not followed")
        return None, element
    kept: list[Value] | None = []
    for part in items:
        itself = isinstance(function, Const) and function.value is None
        verdict = part if itself else apply(interp, frame, function, (part,), item.node)
        known = truth(interp, frame, verdict)
        if known is None:
            kept = None
        elif known and kept is not None:
            kept.append(part)
    return kept, element


@forces("dict_keys", "dict_values", "dict_items")
def _view(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    source = item.args[0]
    content = interp.heap.get(source.address) if isinstance(source, Ref) else None
    if not isinstance(content, DictObject) or content.items is None:
        unknown = Unknown("the items of this dict are not known")
        return None, TupleValue((unknown, unknown)) if item.kind == "dict_items" else unknown
    parts: dict[str, list[Value]] = {
        "dict_keys": [key for key, _ in content.items],
        "dict_values": [value for _, value in content.items],
        "dict_items": [TupleValue(pair) for pair in content.items],
    }
    items = parts[item.kind]
    return items, any_of(items)


def steady(interp: Interpreter, function: Value, items: list[Value]) -> bool:
    """Say whether a function gives the same for these items whenever it is called, and changes nothing."""
    if not all(_immutable(item) for item in items):
        return False
    if isinstance(function, Const):
        return function.value is None
    if isinstance(function, Builtin):
        return function.name in (
            "int",
            "float",
            "str",
            "bool",
            "abs",
            "len",
            "tuple",
            "chr",
            "ord",
            "hex",
            "bin",
            "repr",
        )
    if isinstance(function, Symbol):
        return function.kind == "function" and not function.name.startswith(("random.", "numpy.random", "tensorflow.r"))
    if not isinstance(function, FunctionValue) or not isinstance(function.node, ast.Lambda) or function.receiver:
        return False
    arguments = function.node.args
    own = {part.arg for part in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    for part in ast.walk(function.node.body):
        if isinstance(part, (ast.Lambda, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(part, ast.Name) and part.id not in own:
            found = interp.heap.lookup(function.scope, part.id)
            if found is not None and not isinstance(found[1], (Symbol, Builtin)):
                return False
    return all(_immutable(value) for value in function.defaults)


def _immutable(value: Value) -> bool:
    if isinstance(value, TupleValue):
        return all(_immutable(item) for item in value.items)
    if isinstance(value, TensorValue):
        return value.kind in ("Tensor", "npscalar")
    return isinstance(value, (Const, Scalar))


def known_set(interp: Interpreter, value: Value) -> list[Value] | None:
    """Return the members of a set in no order; None where they are not known, or where it is no set."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return list(item.items) if isinstance(item, SetObject) and item.items is not None else None


def sequence(interp: Interpreter, items: list[Value] | None, element: Value) -> Value:
    """Return a new list."""
    return Ref(interp.heap.allocate(ListObject(None if items is None else tuple(items), element)))
