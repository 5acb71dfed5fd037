"""Methods of lists and tuples."""

from __future__ import annotations

import ast
import dataclasses

from ...libraries.query import Kwargs
from ...values import Const, ListObject, Ref, Scalar, TupleValue, Unknown, Value
from ...values.heap import UnknownObject, inner_values
from ...values.join import join_all, list_elements
from ..builtins.iteration import sort
from ..constants import NotConstantError, to_python
from ..core import Frame, Interpreter
from ..sequences import iterate

#: A list is no longer followed item by item beyond this.
MAX_LENGTH = 100_000


def method(
    interp: Interpreter,
    frame: Frame,
    receiver: Ref,
    item: ListObject,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> Value | None:
    """Return what a method of a list gives."""
    heap = interp.heap
    if item.name == "deque" and not kwargs:
        return _of_deque(interp, frame, receiver, item, name, args)
    if item.name != "list":
        return _of_range(interp, item, name, args) if item.name == "range" else None
    if name == "sort" and not args:
        return _sort(interp, frame, receiver, item, kwargs, node)
    if kwargs:
        return None
    if name == "extend" and len(args) == 1:
        items, element = iterate(interp, frame, args[0], eager=True)
        item = _list(interp, receiver) or item
        return _extended(interp, receiver, item, items, element)
    if name == "append" and len(args) == 1:
        return _extended(interp, receiver, item, [args[0]], args[0])
    if name == "copy" and not args:
        return Ref(heap.allocate(item))
    if name == "clear" and not args:
        heap.put(receiver.address, ListObject(()))
        return Const(None)
    if name in ("index", "count") and args:
        return _search(interp, item, name, args)
    if item.items is None:
        return _of_unknown_length(interp, receiver, item, name, args)
    return _change(interp, receiver, list(item.items), name, args)


def _list(interp: Interpreter, receiver: Ref) -> ListObject | None:
    item = interp.heap.get(receiver.address)
    return item if isinstance(item, ListObject) else None


def _extended(interp: Interpreter, receiver: Ref, item: ListObject, items: list[Value] | None, element: Value) -> Value:
    if item.items is not None and items is not None and len(item.items) + len(items) <= MAX_LENGTH:
        interp.heap.put(receiver.address, ListObject((*item.items, *items)))
    elif items != []:
        held = list_elements(item) if item.items is None or len(item.items) <= 64 else [Unknown("one of many items")]
        interp.heap.put(receiver.address, ListObject(None, join_all([*held, element])))
    return Const(None)


def _change(interp: Interpreter, receiver: Ref, items: list[Value], name: str, args: tuple[Value, ...]) -> Value | None:
    """Do what changes a list of which all items are known."""
    heap = interp.heap
    place = args[0].value if args and isinstance(args[0], Const) and type(args[0].value) in (int, bool) else None
    result: Value = Const(None)
    if name == "pop" and len(args) <= 1:
        place = -1 if not args else place
        if place is None:
            return _lost_order(interp, receiver, items, list(items))
        if not -len(items) <= place < len(items):
            return Unknown("pop() from a list without that item raises")
        result = items.pop(place)
    elif name == "insert" and len(args) == 2:
        if place is None:
            _lost_order(interp, receiver, items, [*items, args[1]])
            return result
        items.insert(place, args[1])
    elif name == "reverse" and not args:
        items.reverse()
    elif name == "remove" and len(args) == 1:
        places = _places(interp, items, args[0])
        if places is None:
            _lost_order(interp, receiver, items, list(items))
            return result
        if not places:
            return Unknown("remove() of what is not in the list raises")
        del items[places[0]]
    else:
        return None
    heap.put(receiver.address, ListObject(tuple(items)))
    return result


def _lost_order(interp: Interpreter, receiver: Ref, items: list[Value], held: list[Value]) -> Value:
    """Let a list be of unknown length, with items of what it held; returns any of those it had before."""
    unknown = Unknown("one of many items")
    element = join_all(held) if 0 < len(held) <= 64 else unknown
    interp.heap.put(receiver.address, ListObject(None, element))
    return join_all(items) if 0 < len(items) <= 64 else unknown


def _places(interp: Interpreter, items: list[Value], wanted: Value) -> list[int] | None:
    """Return where a list holds something; None where that is not known."""
    try:
        target = to_python(interp, wanted)
        return [index for index, item in enumerate(items) if to_python(interp, item) == target]
    except NotConstantError:
        return None


def _search(interp: Interpreter, item: ListObject, name: str, args: tuple[Value, ...]) -> Value:
    places = _places(interp, list(item.items), args[0]) if item.items is not None and len(args) == 1 else None
    if places is None:
        return Scalar(type="int")
    if name == "count":
        return Const(len(places))
    return Const(places[0]) if places else Unknown("index() of what is not in the list raises")


def _of_unknown_length(
    interp: Interpreter, receiver: Ref, item: ListObject, name: str, args: tuple[Value, ...]
) -> Value | None:
    if name in ("pop", "remove"):
        interp.heap.put(receiver.address, dataclasses.replace(item, size=None))
    if name == "pop" and len(args) <= 1:
        return item.element
    if name in ("reverse", "remove"):
        return Const(None)
    if name == "insert" and len(args) == 2:
        interp.heap.put(receiver.address, ListObject(None, join_all([item.element, args[1]])))
        return Const(None)
    return None


def _sort(
    interp: Interpreter, frame: Frame, receiver: Ref, item: ListObject, kwargs: Kwargs, node: ast.AST | None
) -> Value:
    if item.items is None:
        key = dict(kwargs).get("key", Const(None))
        interp.heap.escape([key], "passed to list.sort")
        if not isinstance(key, Const):
            interp.heap.escape(inner_values(item), "passed to a key that is not followed")
            interp.heap.put(receiver.address, UnknownObject("sorted by a key that is not followed"))
        return Const(None)
    items, element = sort(interp, frame, list(item.items), kwargs, node)
    interp.heap.put(receiver.address, ListObject(None if items is None else tuple(items), element))
    return Const(None)


def _of_range(interp: Interpreter, item: ListObject, name: str, args: tuple[Value, ...]) -> Value | None:
    return _search(interp, item, name, args) if name in ("index", "count") and len(args) == 1 else None


def _of_deque(
    interp: Interpreter, frame: Frame, receiver: Ref, item: ListObject, name: str, args: tuple[Value, ...]
) -> Value | None:
    """Return what a method of a `collections.deque` without a limit gives."""
    heap = interp.heap
    items = None if item.items is None else list(item.items)
    result: Value = Const(None)
    if name in ("append", "appendleft", "extend", "extendleft") and len(args) == 1:
        more, element = (
            ([args[0]], args[0]) if name.startswith("append") else iterate(interp, frame, args[0], eager=True)
        )
        if items is None or more is None:
            heap.put(receiver.address, ListObject(None, join_all([*list_elements(item), element]), "deque"))
            return result
        items = [*reversed(more), *items] if name.endswith("left") else [*items, *more]
    elif name in ("pop", "popleft") and not args:
        if items is None:
            return item.element
        if not items:
            return Unknown("an item of an empty deque")
        result = items.pop(0 if name == "popleft" else -1)
    elif name == "clear":
        items = []
    elif name == "reverse" and items is not None:
        items.reverse()
    else:
        return None
    heap.put(receiver.address, ListObject(tuple(items or ()), name="deque"))
    return result


def of_tuple(interp: Interpreter, receiver: TupleValue, name: str, args: tuple[Value, ...]) -> Value | None:
    """Return what a method of a tuple gives."""
    if name in ("index", "count") and args:
        return _search(interp, ListObject(receiver.items), name, args)
    return None
