"""Methods and operators of sets; in what order a set is iterated over is never known."""

from __future__ import annotations

from ...values import Const, DictObject, Ref, Scalar, SetObject, Unknown, Value
from ...values.heap import FrozenSetObject, python_key
from ..builtins.containers import distinct
from ..constants import is_key
from ..core import Frame, Interpreter
from ..iterators import known_set
from ..sequences import iterate

Members = tuple[Value, ...]
_OPERATORS = {"or_": "union", "and_": "intersection", "sub": "difference", "xor": "symmetric_difference"}
_IN_PLACE = {
    "update": "union",
    "intersection_update": "intersection",
    "difference_update": "difference",
    "symmetric_difference_update": "symmetric_difference",
}
_CHANGING = frozenset([*_IN_PLACE, "add", "discard", "remove", "pop", "clear"])


def method(
    interp: Interpreter, frame: Frame, receiver: Ref, item: SetObject, name: str, args: tuple[Value, ...]
) -> Value | None:
    """Return what a method of a set gives."""
    heap = interp.heap
    if isinstance(item, FrozenSetObject) and name in _CHANGING:
        return Unknown("a frozenset has no such method")
    if name == "copy":
        return Ref(heap.allocate(item))
    if name == "clear":
        heap.put(receiver.address, SetObject(()))
        return Const(None)
    if name in ("add", "discard", "remove") and len(args) == 1:
        return _one(interp, receiver, item, name, args[0])
    if name == "pop":
        heap.put(receiver.address, SetObject(() if item.items is not None and len(item.items) == 1 else None))
        return item.items[0] if item.items is not None and len(item.items) == 1 else Unknown("any item of a set")
    operation = _IN_PLACE.get(name, name)
    if operation in _OPERATORS.values():
        members = item.items
        for arg in args:
            members = combine(operation, members, members_of(interp, frame, arg))
        if name in _IN_PLACE:
            heap.put(receiver.address, SetObject(members))
            return Const(None)
        return Ref(heap.allocate(type(item)(members)))
    if name in ("issubset", "issuperset", "isdisjoint") and len(args) == 1:
        return _compared(name, item.items, members_of(interp, frame, args[0]))
    return None


def members_of(interp: Interpreter, frame: Frame, value: Value) -> Members | None:
    """Return the members of the set that something makes."""
    known = known_set(interp, value)
    return distinct(known if known is not None else iterate(interp, frame, value, eager=True)[0])


def combine(operation: str, a: Members | None, b: Members | None) -> Members | None:
    """Return the members of a union, intersection, difference or symmetric difference."""
    if a is None or b is None:
        return None
    left, right = {python_key(item): item for item in a}, {python_key(item): item for item in b}
    if operation == "union":
        return tuple({**right, **left}.values())
    if operation == "intersection":
        # Which of two equal members is kept (1 or True) is not known.
        same = all(left[key] == right[key] for key in left if key in right)
        return tuple(left[key] for key in left if key in right) if same else None
    rest = [left[key] for key in left if key not in right]
    if operation == "difference":
        return tuple(rest)
    return (*rest, *(right[key] for key in right if key not in left))


def _one(interp: Interpreter, receiver: Ref, item: SetObject, name: str, value: Value) -> Value:
    members = item.items
    if members is not None and not is_key(value):
        members = None
    if members is not None:
        inside = python_key(value) in {python_key(member) for member in members}
        if name == "remove" and not inside:
            return Unknown("remove() of what is not in the set raises")
        if name == "add":
            members = members if inside else (*members, value)
        else:
            members = tuple(member for member in members if python_key(member) != python_key(value))
    interp.heap.put(receiver.address, SetObject(members))
    return Const(None)


def _compared(name: str, a: Members | None, b: Members | None) -> Value:
    if a is None or b is None:
        return Scalar(type="bool")
    left, right = {python_key(item) for item in a}, {python_key(item) for item in b}
    return Const(bool(getattr(left, name)(right)))


def operator(interp: Interpreter, frame: Frame, name: str, a: Value, b: Value, in_place: bool) -> Value | None:
    """Return `a | b`, `a & b`, `a - b` or `a ^ b` of sets and views of keys; None where these are none."""
    if name not in _OPERATORS or not isinstance(a, Ref) or not isinstance(b, Ref):
        return None
    first, second = interp.heap.get(a.address), interp.heap.get(b.address)
    if not isinstance(first, SetObject) or not isinstance(second, SetObject):
        return None
    result = type(first)(combine(_OPERATORS[name], first.items, second.items))
    if in_place and not isinstance(first, FrozenSetObject):
        interp.heap.put(a.address, result)
        return a
    return Ref(interp.heap.allocate(result))


def compared(interp: Interpreter, name: str, a: Value, b: Value) -> Value | None:
    """Return what a comparison of two sets, or of two dicts, is; None where these are none."""
    if not isinstance(a, Ref) or not isinstance(b, Ref):
        return None
    first, second = interp.heap.get(a.address), interp.heap.get(b.address)
    if isinstance(first, SetObject) and isinstance(second, SetObject):
        inverse = {"eq": "__eq__", "ne": "__ne__", "le": "__le__", "lt": "__lt__", "ge": "__ge__", "gt": "__gt__"}
        return _compared(inverse[name], first.items, second.items)
    if isinstance(first, DictObject) and isinstance(second, DictObject):
        return Scalar(type="bool") if name in ("eq", "ne") else None
    return None
