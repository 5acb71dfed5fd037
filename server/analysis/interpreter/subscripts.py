"""Subscripts: `container[index]`, and assigning to it."""

from __future__ import annotations

import ast
import dataclasses

from ..libraries import global_state
from ..libraries.numpy_creation import BUILDERS
from ..values import (
    Const,
    DictObject,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    SliceValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.heap import UnknownObject, dict_items, inner_values
from ..values.join import any_of, join_all
from ..values.standard import StandardDict, StandardObject
from . import modelled_objects, object_arrays
from .alternatives import follow_each
from .asking import ask_operator
from .checks import judge_keys
from .constants import find_key, is_key
from .core import Frame, Interpreter
from .instances import special as special_method
from .iterators import apply
from .methods import dicts
from .sequences import known_items, one_of_many

_INDICES = ("numpy.s_", "numpy.index_exp")
_ITEM = ast.Subscript(ast.Name("_", ast.Load()), ast.Name("_", ast.Load()), ast.Load())


def get_item(interp: Interpreter, frame: Frame, node: ast.Subscript, container: Value, index: Value) -> Value:
    """Return what `container[index]` is."""
    if isinstance(container, Union):
        return follow_each(interp, container.options, lambda option: get_item(interp, frame, node, option, index))
    special = special_method(interp, frame, container, "__getitem__", (index,), node)
    if special is not None:
        return special
    if isinstance(container, Symbol) and container.name in _INDICES:
        # They give the index back: np.index_exp as a tuple in any case.
        return index if isinstance(index, TupleValue) or container.name == "numpy.s_" else TupleValue((index,))
    if isinstance(container, Symbol) and container.name in BUILDERS:
        return ask_operator(interp, frame, "getitem", (container, index), node, (node.value, node.slice))
    if isinstance(container, TensorValue) and object_arrays.holds_lists(interp, container):
        return object_arrays.get_item(interp, frame, container, index)
    if isinstance(container, TensorValue) or (isinstance(index, TensorValue) and not isinstance(container, Ref)):
        return ask_operator(interp, frame, "getitem", (container, index), node, (node.value, node.slice))
    held = interp.heap.get(container.address) if isinstance(container, Ref) else None
    if isinstance(held, LibraryObject) and not held.of_keras:
        return ask_operator(interp, frame, "getitem", (container, index), node, (node.value, node.slice))
    items = _indexable(interp, container)
    if isinstance(container, Ref) and isinstance(held, DictObject):
        return _from_dict(interp, frame, node, container, index)
    if items is not None:
        if isinstance(index, Const) and type(index.value) in (int, bool):
            place = int(index.value)
            return items[place] if -len(items) <= place < len(items) else Unknown("the index is out of range")
        if isinstance(index, SliceValue):
            return _sliced(interp, container, items, index)
        if isinstance(index, (Scalar, TensorValue)) and items and len(items) <= 64:
            return join_all(items)
    if isinstance(container, (Const, Scalar)) and _kind(container) == "str":
        return Scalar(type="str")
    if isinstance(held, StandardObject):
        modelled = modelled_objects.get_item(interp, frame, container, index)
        if modelled is not None:
            return modelled
    if isinstance(container, Ref):
        item = interp.heap.get(container.address)
        if isinstance(item, ListObject) and item.items is None and item.name in ("list", "range"):
            if isinstance(index, SliceValue):
                return Ref(interp.heap.allocate(ListObject(None, item.element, item.name)))
            return one_of_many(item.element)
    if isinstance(container, Unknown):
        return container
    return Unknown("this subscript is not understood")


def item_of(interp: Interpreter, frame: Frame, container: Value, index: Value) -> Value:
    """Return `container[index]` where there is no such expression (`operator.itemgetter`)."""
    if isinstance(container, TensorValue) or isinstance(index, TensorValue):
        return ask_operator(interp, frame, "getitem", (container, index))
    if isinstance(container, Union):
        return Unknown("an item of one of several objects")
    return get_item(interp, frame, _ITEM, container, index)


def _indexable(interp: Interpreter, container: Value) -> list[Value] | None:
    if isinstance(container, Ref) and not isinstance(interp.heap.get(container.address), ListObject):
        return None
    item = interp.heap.get(container.address) if isinstance(container, Ref) else None
    if isinstance(item, ListObject) and item.name not in ("list", "range"):
        return None
    return known_items(interp, container)


def _from_dict(interp: Interpreter, frame: Frame, node: ast.AST | None, container: Ref, index: Value) -> Value:
    item = interp.heap.get(container.address)
    assert isinstance(item, DictObject)
    judge_keys(interp, frame, node, (index,))
    pairs = dicts.keyed(item)
    special = isinstance(item, StandardDict) and item.name in ("defaultdict", "Counter")
    if pairs is None:
        if special:
            _made_anew(interp, container, item)
        return Unknown("the items of this dict are not known")
    if not is_key(index):
        if special:
            _made_anew(interp, container, item)
            return Unknown("a new key, or one that the dict has")
        return dicts.any_value(item)
    found = find_key(pairs, index)
    if found is not None:
        return found
    if isinstance(item, StandardDict) and item.name == "Counter":
        return Const(0)
    if isinstance(item, StandardDict) and item.name == "defaultdict" and item.factory != Const(None):
        value = apply(interp, frame, item.factory, (), _no_arguments(node))
        now = interp.heap.get(container.address)
        if isinstance(now, DictObject):
            items = None if now.items is None else dict_items((*now.items, (index, value)))
            interp.heap.put(container.address, dataclasses.replace(now, items=items))
        return value
    return Unknown("the key is not in the dict")


def _made_anew(interp: Interpreter, container: Ref, item: DictObject) -> None:
    """Forget a dict into which a read puts a new key."""
    interp.heap.escape(inner_values(item), "kept in a dict that is not known")
    interp.heap.put(container.address, dataclasses.replace(item, items=None))


def _no_arguments(node: ast.AST | None) -> ast.Call | None:
    """Return the call of a factory, kept with the subscript that makes it."""
    if not isinstance(node, ast.Subscript):
        return None
    kept: ast.Call | None = getattr(node, "_factory", None)
    if kept is None:
        kept = node._factory = ast.copy_location(ast.Call(node.value, [], []), node)  # type: ignore[attr-defined]
    return kept


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
        return ShapeValue(dims[slice(*bounds)], container.gaps)
    if isinstance(container, Const):
        return Const(container.value[slice(*bounds)])
    item = interp.heap.get(container.address) if isinstance(container, Ref) else None
    kept = isinstance(item, ListObject) and item.name == "range"
    return Ref(interp.heap.allocate(ListObject(chosen, name="range" if kept else "list")))


def set_item(interp: Interpreter, container: Value, index: Value, value: Value) -> None:
    """Do what `container[index] = value` does."""
    for member in container.members():
        if isinstance(member, TensorValue):
            interp.heap.written(member.storage)
        elif isinstance(member, Ref):
            _set_on_heap(interp, member, index, value, certain=len(container.members()) == 1)
        elif isinstance(member, Symbol) and member.name == "os.environ":
            global_state.environment(index, value, interp.heap)


def _set_on_heap(interp: Interpreter, container: Ref, index: Value, value: Value, certain: bool) -> None:
    item = interp.heap.get(container.address)
    if isinstance(item, StandardObject) and certain and modelled_objects.set_item(interp, container, index, value):
        return
    if certain and isinstance(item, ListObject) and item.items is not None:
        if isinstance(index, Const) and type(index.value) in (int, bool):
            if -len(item.items) <= index.value < len(item.items):
                items = list(item.items)
                items[index.value] = value
                interp.heap.put(container.address, ListObject(tuple(items)))
            return
        if isinstance(index, SliceValue) and _set_slice(interp, container, item.items, index, value):
            return
    if certain and isinstance(item, DictObject) and is_key(index):
        pairs = dicts.keyed(item)
        if pairs is not None:
            changed = dataclasses.replace(item, items=dict_items((*pairs, (index, value))))
            interp.heap.put(container.address, changed)
            return
    if isinstance(item, DictObject) and item.items is not None and len(item.items) == 0:
        interp.heap.escape([value], "kept in a dict that is not known")
        interp.heap.put(container.address, dataclasses.replace(item, items=None))
        return
    if isinstance(item, ListObject) and not isinstance(index, SliceValue):
        if item.items is not None:
            interp.heap.put(container.address, ListObject(tuple(join_all([old, value]) for old in item.items)))
        else:
            interp.heap.put(container.address, ListObject(None, join_all([item.element, value])))
        return
    interp.heap.put(container.address, UnknownObject("an item is set that is not known"))
    interp.heap.escape([value, *inner_values(item)], "kept in something that is not known")


def _bounds(index: SliceValue) -> slice | None:
    parts = [part.value for part in (index.lower, index.upper, index.step) if isinstance(part, Const)]
    if len(parts) < 3 or not all(part is None or type(part) is int for part in parts):
        return None
    return slice(*parts)


def _set_slice(interp: Interpreter, container: Ref, items: tuple[Value, ...], index: SliceValue, value: Value) -> bool:
    """Do what `xs[a:b] = value` does; says whether it is known."""
    new = known_items(interp, value)
    bounds = _bounds(index)
    if new is None or bounds is None or len(new) + len(items) > 100_000:
        return False
    changed = list(items)
    try:
        changed[bounds] = new
    except ValueError:
        return True  # raises
    interp.heap.put(container.address, ListObject(tuple(changed)))
    return True


def delete_item(interp: Interpreter, container: Value, index: Value) -> None:
    """Do what `del container[index]` does."""
    item = interp.heap.get(container.address) if isinstance(container, Ref) else None
    if isinstance(container, Ref) and isinstance(item, DictObject) and is_key(index):
        pairs = dicts.keyed(item)
        if pairs is not None:
            rest = dicts.without(pairs, index)
            interp.heap.put(container.address, dataclasses.replace(item, items=rest))
            return
    if isinstance(container, Ref) and isinstance(item, ListObject) and item.name == "list" and item.items is not None:
        place = index.value if isinstance(index, Const) and type(index.value) in (int, bool) else None
        bounds = _bounds(index) if isinstance(index, SliceValue) else place
        items = list(item.items)
        if bounds is not None:
            try:
                del items[bounds]
            except (IndexError, ValueError):
                return  # raises
            interp.heap.put(container.address, ListObject(tuple(items)))
            return
        element = any_of(items)
        interp.heap.put(container.address, ListObject(None, element))
        return
    interp.heap.escape([container], "an item is deleted")


def _kind(value: Const | Scalar) -> str:
    return value.type if isinstance(value, Scalar) else type(value.value).__name__
