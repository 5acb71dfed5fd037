"""Subscripts: `container[index]`, and assigning to it."""

from __future__ import annotations

import ast

from ..values import (
    Const,
    DictObject,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    SliceValue,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.heap import UnknownObject, dict_items, inner_values
from ..values.join import join_all
from .alternatives import follow_each
from .core import Frame, Interpreter
from .operators import ask_operator
from .sequences import known_items


def get_item(interp: Interpreter, frame: Frame, node: ast.Subscript, container: Value, index: Value) -> Value:
    """Return what `container[index]` is."""
    if isinstance(container, Union):
        return follow_each(interp, container.options, lambda option: get_item(interp, frame, node, option, index))
    if isinstance(container, TensorValue) or (isinstance(index, TensorValue) and not isinstance(container, Ref)):
        return ask_operator(interp, frame, "getitem", (container, index), node, (node.value, node.slice))
    items = _indexable(interp, container)
    if isinstance(container, Ref) and isinstance(interp.heap.get(container.address), DictObject):
        return _from_dict(interp, container, index)
    if items is not None:
        if isinstance(index, Const) and type(index.value) in (int, bool):
            place = int(index.value)
            return items[place] if -len(items) <= place < len(items) else Unknown("the index is out of range")
        if isinstance(index, SliceValue):
            return _sliced(interp, container, items, index)
        if isinstance(index, (Scalar, TensorValue)) and items and len(items) <= 64:
            return join_all(items)
    if isinstance(container, Ref):
        item = interp.heap.get(container.address)
        if isinstance(item, ListObject) and item.items is None and not isinstance(index, SliceValue):
            return item.element
    if isinstance(container, Unknown):
        return container
    return Unknown("this subscript is not understood")


def _indexable(interp: Interpreter, container: Value) -> list[Value] | None:
    if isinstance(container, Ref) and not isinstance(interp.heap.get(container.address), ListObject):
        return None
    return known_items(interp, container)


def _from_dict(interp: Interpreter, container: Ref, index: Value) -> Value:
    item = interp.heap.get(container.address)
    if isinstance(item, DictObject) and item.items is not None and isinstance(index, Const):
        for key, value in item.items:
            if isinstance(key, Const) and key.value == index.value:
                return value
        if all(isinstance(key, Const) for key, _ in item.items):
            return Unknown("the key is not in the dict")
    return Unknown("the items of this dict are not known")


def _sliced(interp: Interpreter, container: Value, items: list[Value], index: SliceValue) -> Value:
    parts = [index.lower, index.upper, index.step]
    if not all(isinstance(part, Const) and (part.value is None or type(part.value) is int) for part in parts):
        return Unknown("the bounds of the slice are not known")
    bounds = [part.value for part in parts if isinstance(part, Const)]
    if bounds[2] == 0:
        return Unknown("a slice step of 0 raises")
    chosen = tuple(items[slice(*bounds)])
    if isinstance(container, TupleValue):
        return TupleValue(chosen)
    if isinstance(container, ShapeValue):
        dims = container.dims or ()
        return ShapeValue(dims[slice(*bounds)])
    if isinstance(container, Const):
        return Const(container.value[slice(*bounds)])
    return Ref(interp.heap.allocate(ListObject(chosen)))


def set_item(interp: Interpreter, container: Value, index: Value, value: Value) -> None:
    """Do what `container[index] = value` does."""
    for member in container.members():
        if isinstance(member, TensorValue):
            interp.heap.written(member.storage)
        elif isinstance(member, Ref):
            _set_on_heap(interp, member, index, value, certain=len(container.members()) == 1)


def _set_on_heap(interp: Interpreter, container: Ref, index: Value, value: Value, certain: bool) -> None:
    item = interp.heap.get(container.address)
    if certain and isinstance(item, ListObject) and item.items is not None:
        if isinstance(index, Const) and type(index.value) is int and -len(item.items) <= index.value < len(item.items):
            items = list(item.items)
            items[index.value] = value
            interp.heap.put(container.address, ListObject(tuple(items)))
            return
    if certain and isinstance(item, DictObject) and item.items is not None and isinstance(index, Const):
        if all(isinstance(key, Const) for key, _ in item.items):
            interp.heap.put(container.address, DictObject(dict_items((*item.items, (index, value)))))
            return
    if isinstance(item, ListObject) and not isinstance(index, SliceValue):
        element = join_all([*(item.items or ()), *([item.element] if item.items is None else []), value])
        if item.items is not None:
            interp.heap.put(container.address, ListObject(tuple(join_all([old, value]) for old in item.items)))
        else:
            interp.heap.put(container.address, ListObject(None, element))
        return
    interp.heap.put(container.address, UnknownObject("an item is set that is not known"))
    interp.heap.escape([value, *inner_values(item)], "kept in something that is not known")
