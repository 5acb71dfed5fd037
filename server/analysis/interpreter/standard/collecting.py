"""The module `collections`: named tuples, dicts of a class of their own; deques and counts of what is known."""

from __future__ import annotations

import keyword

from ...values import Const, DictObject, ListObject, Ref, TupleValue, Unknown, Value
from ...values.heap import dict_items
from ...values.standard import NamedTupleType, StandardDict
from ..builtins.containers import pairs_of
from ..constants import is_key
from ..sequences import iterate, known_items
from .registry import StandardCall, models


@models("collections.namedtuple")
def _namedtuple(call: StandardCall) -> Value | None:
    name, names, defaults = call.get(0, "typename"), call.get(1, "field_names"), call.get(-1, "defaults")
    if not isinstance(name, Const) or names is None or set(dict(call.kwargs)) - {"typename", "field_names", "defaults"}:
        return None
    if isinstance(names, Const) and isinstance(names.value, str):
        fields = names.value.replace(",", " ").split()
    else:
        items = known_items(call.interp, names)
        if items is None or not all(isinstance(item, Const) and isinstance(item.value, str) for item in items):
            return None
        fields = [item.value for item in items if isinstance(item, Const)]
    values = known_items(call.interp, defaults) if defaults is not None and defaults != Const(None) else []
    good = all(field.isidentifier() and not keyword.iskeyword(field) and field[0] != "_" for field in fields)
    if values is None or len(values) > len(fields) or not good or len(set(fields)) < len(fields):
        return Unknown("this named tuple is not followed")
    return NamedTupleType(str(name.value), tuple(fields), tuple(values))


def make(call: StandardCall, type_: NamedTupleType) -> Value:
    """Return an instance of a named tuple."""
    if len(call.args) > len(type_.fields):
        return Unknown(f"{type_.name}() is given too many values")
    values: dict[str, Value] = dict(zip(type_.fields, call.args, strict=False))
    for name, value in call.kwargs:
        if name in values or name not in type_.fields:
            return Unknown(f"{type_.name}() is not given the values it needs")
        values[name] = value
    for name, value in zip(type_.fields[len(type_.fields) - len(type_.defaults) :], type_.defaults, strict=True):
        values.setdefault(name, value)
    if len(values) < len(type_.fields):
        return Unknown(f"{type_.name}() is not given the values it needs")
    return TupleValue(tuple(values[name] for name in type_.fields), type_.fields)


def type_method(call: StandardCall, type_: NamedTupleType) -> Value | None:
    """Return what a method of a named tuple's class gives."""
    if call.name == "_make" and len(call.args) == 1 and not call.kwargs:
        items = iterate(call.interp, call.frame, call.args[0], eager=True)[0]
        if items is not None and len(items) == len(type_.fields):
            return TupleValue(tuple(items), type_.fields)
        return Unknown(f"{type_.name}._make() of something unknown")
    return None


def tuple_method(call: StandardCall, receiver: TupleValue) -> Value | None:
    """Return what `_replace` and `_asdict` of a named tuple give."""
    names = receiver.names
    if names is None or call.args:
        return None
    values = dict(zip(names, receiver.items, strict=True))
    if call.name == "_replace" and not set(dict(call.kwargs)) - set(names):
        values.update(call.kwargs)
        return TupleValue(tuple(values[name] for name in names), names)
    if call.name == "_asdict" and not call.kwargs:
        pairs = tuple((Const(name), value) for name, value in values.items())
        return Ref(call.interp.heap.allocate(DictObject(pairs)))
    return None


@models("collections.OrderedDict", "collections.defaultdict")
def _dict(call: StandardCall) -> Value:
    name = call.name.rpartition(".")[2]
    factory: Value = Const(None)
    args = call.args
    if name == "defaultdict" and args:
        factory, args = args[0], args[1:]
    pairs = pairs_of(call.interp, call.frame, args[0]) if args else ()
    if pairs is not None:
        pairs = dict_items((*pairs, *((Const(key), value) for key, value in call.kwargs)))
    return Ref(call.interp.heap.allocate(StandardDict(pairs, name, factory)))


@models("collections.Counter")
def _counter(call: StandardCall) -> Value:
    heap = call.interp.heap
    if not call.args and not call.kwargs:
        return Ref(heap.allocate(StandardDict((), "Counter")))
    source = call.args[0] if call.args else None
    item = heap.get(source.address) if isinstance(source, Ref) else None
    if source is None or call.kwargs or isinstance(item, DictObject):
        return Ref(heap.allocate(StandardDict(None, "Counter")))
    items = iterate(call.interp, call.frame, source, eager=True)[0]
    if items is None or not all(is_key(part) for part in items):
        return Ref(heap.allocate(StandardDict(None, "Counter")))
    counted: dict[Value, int] = {}
    ordered = dict_items((part, part) for part in items)
    for key, _ in ordered:
        counted[key] = sum(_same(key, part) for part in items)
    return Ref(heap.allocate(StandardDict(tuple((key, Const(count)) for key, count in counted.items()), "Counter")))


def _same(first: Value, second: Value) -> bool:
    from ...values.heap import python_key

    return python_key(first) == python_key(second)


@models("collections.deque")
def _deque(call: StandardCall) -> Value:
    limit = call.get(1, "maxlen")
    if limit is not None and limit != Const(None):
        return Unknown("a deque of limited length is not followed")
    items, element = iterate(call.interp, call.frame, call.args[0], eager=True) if call.args else ([], Unknown("empty"))
    return Ref(call.interp.heap.allocate(ListObject(None if items is None else tuple(items), element, "deque")))
