"""Methods of dicts, and of the dicts of the module `collections`."""

from __future__ import annotations

import dataclasses

from ...libraries.query import Kwargs
from ...values import Const, DictObject, Ref, TupleValue, Unknown, Value
from ...values.heap import UnknownObject, dict_items, inner_values, python_key
from ...values.join import join, join_all
from ...values.standard import StandardDict
from ..builtins.containers import pairs_of
from ..constants import find_key, is_key
from ..core import Frame, Interpreter
from ..iterators import iterator
from ..sequences import iterate

Pairs = tuple[tuple[Value, Value], ...]


def method(
    interp: Interpreter,
    frame: Frame,
    receiver: Ref,
    item: DictObject,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
) -> Value | None:
    """Return what a method of a dict gives."""
    if name in ("keys", "values", "items") and not args:
        return iterator(interp, f"dict_{name}", (receiver,))
    if name == "copy" and not args:
        return Ref(interp.heap.allocate(item))
    if name == "clear" and not args:
        interp.heap.put(receiver.address, dataclasses.replace(item, items=()))
        return Const(None)
    if name == "get" and 1 <= len(args) <= 2 and not kwargs:
        return get(item, args[0], args[1] if len(args) > 1 else Const(None))
    if name == "update" and len(args) <= 1:
        return _update(interp, frame, receiver, item, args, kwargs)
    if isinstance(item, StandardDict):
        special = _of_collections(interp, frame, receiver, item, name, args, kwargs)
        if special is not None:
            return special
    if name in ("pop", "popitem", "setdefault") and not kwargs:
        changed = _change(interp, receiver, item, name, args)
        if changed is not None:
            return changed
    if name in ("pop", "popitem", "setdefault"):
        return lose(interp, receiver, item, f"dict.{name} is not followed", args)
    return None


def keyed(item: DictObject) -> Pairs | None:
    """Return the pairs of a dict of which every key is known."""
    return item.items if item.items is not None and all(is_key(key) for key, _ in item.items) else None


def get(item: DictObject, key: Value, default: Value) -> Value:
    """Return `d.get(key, default)`."""
    pairs = keyed(item)
    if pairs is None:
        return Unknown("the items of this dict are not known")
    if is_key(key):
        found = find_key(pairs, key)
        return default if found is None else found
    return join_all([default, *(value for _, value in pairs)]) if len(pairs) <= 64 else Unknown("one of many items")


def lose(interp: Interpreter, receiver: Ref, item: DictObject, reason: str, kept: tuple[Value, ...] = ()) -> Value:
    """Forget a dict, and what it holds as far as it can be changed."""
    interp.heap.escape([*inner_values(item), *kept], "kept in a dict that is not known")
    interp.heap.put(receiver.address, UnknownObject(reason))
    return Unknown(reason)


def _update(
    interp: Interpreter, frame: Frame, receiver: Ref, item: DictObject, args: tuple[Value, ...], kwargs: Kwargs
) -> Value:
    more = pairs_of(interp, frame, args[0]) if args else ()
    pairs = keyed(item)
    counts = isinstance(item, StandardDict) and item.name == "Counter"
    if more is None or pairs is None or counts or not all(is_key(key) for key, _ in more):
        lose(interp, receiver, item, "dict.update is not followed", args)
        return Const(None)
    named = tuple((Const(name), value) for name, value in kwargs)
    interp.heap.put(receiver.address, dataclasses.replace(item, items=dict_items((*pairs, *more, *named))))
    return Const(None)


def _change(interp: Interpreter, receiver: Ref, item: DictObject, name: str, args: tuple[Value, ...]) -> Value | None:
    pairs = keyed(item)
    if pairs is None:
        return None
    if name == "popitem" and not args:
        if not pairs:
            return Unknown("popitem() of an empty dict raises")
        interp.heap.put(receiver.address, dataclasses.replace(item, items=pairs[:-1]))
        return TupleValue(pairs[-1])
    if not args or len(args) > 2 or not is_key(args[0]):
        return None
    found = find_key(pairs, args[0])
    if name == "setdefault":
        default = args[1] if len(args) > 1 else Const(None)
        if found is None:
            interp.heap.put(receiver.address, dataclasses.replace(item, items=(*pairs, (args[0], default))))
        return default if found is None else found
    if found is None:
        return args[1] if len(args) > 1 else Unknown("pop() of a key that is not in the dict raises")
    interp.heap.put(receiver.address, dataclasses.replace(item, items=without(pairs, args[0])))
    return found


def without(pairs: Pairs, key: Value) -> Pairs:
    """Return pairs without a key."""
    name = python_key(key)
    return tuple(pair for pair in pairs if python_key(pair[0]) != name)


def _of_collections(
    interp: Interpreter,
    frame: Frame,
    receiver: Ref,
    item: StandardDict,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
) -> Value | None:
    pairs = keyed(item)
    if item.name == "OrderedDict" and name == "move_to_end" and pairs is not None and len(args) == 1 and not kwargs:
        found = find_key(pairs, args[0]) if is_key(args[0]) else None
        if found is not None:
            moved = (*without(pairs, args[0]), (args[0], found))
            interp.heap.put(receiver.address, dataclasses.replace(item, items=moved))
            return Const(None)
    if name in ("move_to_end", "subtract", "most_common", "elements", "total", "popitem"):
        return lose(interp, receiver, item, f"{item.name}.{name} is not followed", args)
    return None


def fromkeys(interp: Interpreter, frame: Frame, args: tuple[Value, ...]) -> Value | None:
    """Return `dict.fromkeys(keys, value)`."""
    if not 1 <= len(args) <= 2:
        return None
    items = iterate(interp, frame, args[0], eager=True)[0]
    value = args[1] if len(args) > 1 else Const(None)
    known = items is not None and all(is_key(key) for key in items)
    pairs = dict_items((key, value) for key in items or ()) if known else None
    return Ref(interp.heap.allocate(DictObject(pairs)))


def merged(interp: Interpreter, a: Ref, b: Ref, in_place: bool) -> Value | None:
    """Return `a | b` of two dicts."""
    first, second = interp.heap.get(a.address), interp.heap.get(b.address)
    if not isinstance(first, DictObject) or not isinstance(second, DictObject):
        return None
    if isinstance(first, StandardDict) or isinstance(second, StandardDict):
        return None
    left, right = keyed(first), keyed(second)
    pairs = None if left is None or right is None else dict_items((*left, *right))
    if in_place:
        interp.heap.put(a.address, DictObject(pairs))
        return a
    return Ref(interp.heap.allocate(DictObject(pairs)))


def any_value(item: DictObject) -> Value:
    """Return what a dict gives for a key that is not known: one of its values, or an exception."""
    if item.items is None or not item.items or len(item.items) > 64:
        return Unknown("the items of this dict are not known")
    result = item.items[0][1]
    for _, value in item.items[1:]:
        result = join(result, value)
    return result
