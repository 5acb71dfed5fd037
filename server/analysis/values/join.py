"""Joins: the least value that covers several, and the least heap.

`join` keeps a few alternatives apart (a union) where merging would lose what rules live from, and merges where only a
dim differs. `widen` gives up sooner: it is what makes loops end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from .base import Const, Scalar, Shape, ShapeValue, TupleValue, Union, Unknown, Value
from .heap import (
    ClassObject,
    DictObject,
    Heap,
    HeapObject,
    InstanceObject,
    LibraryObject,
    ListObject,
    ScopeObject,
    SetObject,
    StorageObject,
    UnknownObject,
)
from .histories import join_histories
from .intervals import joined
from .standard import IteratorObject
from .tapes import TapeObject, join_tapes
from .tensor_arrays import TensorArrayObject, join_tensor_arrays
from .tensors import ANYWHERE, DatasetValue, TensorValue
from .traces import join_traces

MAX_UNION = 4
#: Objects that hold tensors: equal ones may hold different tensors of one spec.
_HOLDERS = (ScopeObject, ListObject, DictObject, InstanceObject)
SCALAR_TYPES = (bool, int, float, complex, str, bytes)

#: More items than this are not joined one by one.
MAX_JOINED = 64


def join(first: Value, second: Value) -> Value:
    """Return the least value that covers both."""
    if first is second:
        return first
    if first == second:
        return _as_either(first, second)
    options: list[Value] = []
    for value in (*first.members(), *second.members()):
        if isinstance(value, Unknown):
            return value
        options = _put(options, value)
    if len(options) == 1:
        return options[0]
    if len(options) > MAX_UNION:
        options = _collapse_arrays(_collapse_scalars(options))
    if len(options) > MAX_UNION:
        return Unknown("too many possibilities")
    return options[0] if len(options) == 1 else Union(tuple(options))


def _put(options: list[Value], value: Value) -> list[Value]:
    """Add an alternative; it may take in several of those there are, as a scalar does the constants of its type."""
    out: list[Value] = []
    place: int | None = None
    for other in options:
        merged = _merge(other, value)
        if merged is None:
            out.append(other)
            continue
        value = merged
        if place is None:
            place = len(out)
            out.append(merged)
        else:
            out[place] = merged
    return out if place is not None else [*out, value]


def join_all(values: Iterable[Value]) -> Value:
    """Return the least value that covers all; at least one is needed."""
    result: Value | None = None
    for value in values:
        result = value if result is None else join(result, value)
    return Unknown("no value reaches here") if result is None else result


def _as_either(first: Value, second: Value) -> Value:
    """Return the first of two equal values; which of two tensors it is, nobody knows then."""
    if isinstance(first, TensorValue) and isinstance(second, TensorValue) and first.trace is not second.trace:
        return dataclasses.replace(first, trace=join_traces(first.trace, second.trace))
    if isinstance(first, TupleValue) and isinstance(second, TupleValue):
        items = tuple(join(a, b) for a, b in zip(first.items, second.items, strict=True))
        return dataclasses.replace(first, items=items)
    return first


def _merge(first: Value, second: Value) -> Value | None:
    """Merge two values that differ in no more than dims or content; None where they are to be kept apart."""
    if first == second:
        return _as_either(first, second)
    if isinstance(first, TensorValue) and isinstance(second, TensorValue):
        same = (first.kind, first.dtype, first.numpy_dtype) == (second.kind, second.dtype, second.numpy_dtype)
        if not same or first.library != second.library or first.kind == "KerasTensor":
            return None
        if (first.shape is None) != (second.shape is None):
            return None
        if first.shape is not None and second.shape is not None and len(first.shape) != len(second.shape):
            return None
        return _merge_tensors(first, second)
    if isinstance(first, TupleValue) and isinstance(second, TupleValue) and len(first.items) == len(second.items):
        names = first.names if first.names == second.names else None
        return TupleValue(tuple(join(a, b) for a, b in zip(first.items, second.items, strict=True)), names)
    if isinstance(first, DatasetValue) and isinstance(second, DatasetValue):
        if first.element is None or second.element is None:
            return DatasetValue()
        element = join(first.element, second.element)
        if isinstance(element, (Union, Unknown)):
            return None
        return DatasetValue(element, first.cardinality if first.cardinality == second.cardinality else None)
    if isinstance(first, ShapeValue) and isinstance(second, ShapeValue):
        if first.dims is not None and second.dims is not None and len(first.dims) == len(second.dims):
            gaps = first.gaps if first.gaps == second.gaps != "none" else "either"
            return ShapeValue(join_shapes(first.dims, second.dims), gaps)
    if isinstance(first, Scalar) and isinstance(second, (Const, Scalar)) and _scalar_type(second) == first.type:
        return Scalar(type=first.type)
    if isinstance(second, Scalar) and isinstance(first, Const) and _scalar_type(first) == second.type:
        return Scalar(type=second.type)
    return None


def _scalar_type(value: Const | Scalar) -> str:
    return value.type if isinstance(value, Scalar) else type(value.value).__name__


def _merge_tensors(first: TensorValue, second: TensorValue) -> TensorValue | None:
    """Merge two tensors of one kind, dtype and rank. Arrays in different memory stay apart: a write hits one of them."""
    if first.kind in ("ndarray", "Variable") and first.storage != second.storage:
        return _anywhere(first, second) if ANYWHERE in (first.storage, second.storage) else None
    if len(first.parts) != len(second.parts):
        return None
    parts = tuple(_merge(a, b) for a, b in zip(first.parts, second.parts, strict=True))
    merged = tuple(part for part in parts if isinstance(part, TensorValue))
    if len(merged) < len(parts):
        return None
    # Equal bytes say nothing where the shapes differ: zeros of [1, 6] and of [2, 3].
    same_content = (first.shape, first.content, first.version) == (second.shape, second.content, second.version)
    return dataclasses.replace(
        first,
        shape=join_shapes(first.shape, second.shape),
        content=first.content if same_content else None,
        node=first.node if first.node == second.node else None,
        made_by=first.made_by if first.node == second.node else None,
        parts=merged,
        trace=join_traces(first.trace, second.trace),
        sizes=first.sizes if same_content and first.sizes == second.sizes else None,
        interval=joined(first.interval, second.interval) if first.version == second.version else None,
    )


def join_shapes(first: Shape, second: Shape) -> Shape:
    """Join two shapes: a dim that differs is unknown, ranks that differ make the rank unknown."""
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))


def _collapse_scalars(options: Sequence[Value]) -> list[Value]:
    """Let constants of one type become a scalar of that type."""
    rest: list[Value] = []
    types: dict[str, None] = {}
    for value in options:
        if isinstance(value, Scalar):
            types[value.type] = None
        elif isinstance(value, Const) and isinstance(value.value, SCALAR_TYPES):
            types[type(value.value).__name__] = None
        else:
            rest.append(value)
    return [*rest, *(Scalar(type=name) for name in types)]


def _collapse_arrays(options: Sequence[Value]) -> list[Value]:
    """Let arrays of one dtype and rank become one that may be in any memory."""
    out: list[Value] = []
    for value in options:
        for index, other in enumerate(out):
            merged = _anywhere(other, value)
            if merged is not None:
                out[index] = merged
                break
        else:
            out.append(value)
    return out


def _anywhere(first: Value, second: Value) -> TensorValue | None:
    """Return an array that may be either of two, whose content is not known; None where they are of different kinds."""
    if not isinstance(first, TensorValue) or not isinstance(second, TensorValue):
        return None
    if first.kind != "ndarray" or second.kind != "ndarray" or first.shape is None or second.shape is None:
        return None
    same = (first.dtype, first.numpy_dtype, len(first.shape)) == (second.dtype, second.numpy_dtype, len(second.shape))
    if not same or first.storage is None or second.storage is None:
        return None
    return TensorValue(
        kind="ndarray",
        dtype=first.dtype,
        numpy_dtype=first.numpy_dtype,
        shape=join_shapes(first.shape, second.shape),
        storage=ANYWHERE,
    )


def widen(old: Value, new: Value) -> Value:
    """Return a value that covers both and that repeated widening leaves alone after a few rounds."""
    joined = join(old, new)
    if joined == old:
        return joined  # which of two tensors it is may have changed
    if isinstance(joined, Union):
        options = _collapse_arrays(_collapse_scalars(joined.options))
        if len(options) == 1:
            return options[0]
        return Unknown("changes from turn to turn of a loop")
    return joined


def join_heaps(heaps: Sequence[Heap], merge: Callable[[Value, Value], Value] = join) -> Heap:
    """Join the heaps of several paths that meet."""
    first = heaps[0]
    if len(heaps) == 1:
        return first
    objects = dict(first.objects)
    parent, touched = _common(heaps)
    for heap in heaps[1:]:
        for address in heap.objects if touched is None else touched:
            item = heap.objects.get(address)
            old = objects.get(address)
            if old is None and item is not None:
                objects[address] = item
            elif item is not None and old is not None and old is not item:
                objects[address] = _join_objects(old, item, merge)
    joined = Heap(objects)
    if parent is not None and touched is not None:
        # What the join stands for in a later one: the parent, and all that was written since.
        joined.parent, joined.base = parent.parent, parent.base
        joined.touched = parent.touched | touched if parent.base is not None else touched
    return joined


def _common(heaps: Sequence[Heap]) -> tuple[Heap | None, set[int] | None]:
    """Return the nearest heap that all were forked from in the same state, and what any has written since."""
    chains = [_chain(heap) for heap in heaps]
    bases = [{base for base, _ in chain} for chain in chains]
    for base, above in chains[0]:
        if all(base in others for others in bases):
            parent = above or next((at for chain in chains for own, at in chain if own is base and at), None)
            if parent is None:
                return None, None
            touched: set[int] = set()
            for heap in heaps:
                touched |= _written_since(heap, base)
            return parent, touched
    return None, None


def _chain(heap: Heap) -> list[tuple[object, Heap | None]]:
    """Return the states that a heap comes from, nearest first, each with the heap that it was a state of."""
    out: list[tuple[object, Heap | None]] = [] if heap.mark is None else [(heap.mark, heap)]
    at: Heap | None = heap
    while at is not None and at.base is not None:
        out.append((at.base, at.parent))
        at = at.parent
    return out


def _written_since(heap: Heap, base: object) -> set[int]:
    """Return the addresses written since a state that a heap comes from."""
    written: set[int] = set()
    if heap.mark is base:
        return written
    at: Heap | None = heap
    while at is not None:
        written |= at.touched
        if at.base is base:
            break
        at = at.parent
    return written


def _join_objects(first: HeapObject, second: HeapObject, merge: Callable[[Value, Value], Value]) -> HeapObject:
    if first == second and not isinstance(first, _HOLDERS):
        return first
    if isinstance(first, TensorArrayObject) and isinstance(second, TensorArrayObject):
        return join_tensor_arrays(first, second) or UnknownObject("another TensorArray on another path")
    if isinstance(first, TapeObject) and isinstance(second, TapeObject):
        return join_tapes(first, second) or UnknownObject("reset on some paths only")
    if getattr(first, "assumed", False) != getattr(second, "assumed", False):
        # What is assumed on a path holds behind a call that raises: nobody comes from there.
        return second if getattr(first, "assumed", False) else first
    if isinstance(first, ScopeObject) and isinstance(second, ScopeObject):
        variables = dict(first.variables)
        for name, value in second.variables.items():
            # A name bound on one path only has that value wherever reading it does not raise.
            old = variables.get(name)
            variables[name] = value if old is None else merge(old, value)
        return ScopeObject(variables, first.parent)
    if isinstance(first, ListObject) and isinstance(second, ListObject):
        if first.items is not None and second.items is not None and len(first.items) == len(second.items):
            items = tuple(merge(a, b) for a, b in zip(first.items, second.items, strict=True))
            return ListObject(items, name=first.name)
        element = join_all([*list_elements(first), *list_elements(second)] or [Unknown("empty list")])
        return ListObject(None, element, first.name)
    if isinstance(first, DictObject) and isinstance(second, DictObject):
        if first.items is not None and second.items is not None:
            a, b = dict(first.items), dict(second.items)
            if list(a) == list(b) and _same_class(first, second):
                return dataclasses.replace(first, items=tuple((key, merge(a[key], b[key])) for key in a))
        return dataclasses.replace(first, items=None) if _same_class(first, second) else DictObject(None)
    if isinstance(first, SetObject) and isinstance(second, SetObject):
        return type(first)(None) if type(first) is type(second) else SetObject(None)
    if isinstance(first, IteratorObject) and isinstance(second, IteratorObject):
        if dataclasses.replace(first, position=None) == dataclasses.replace(second, position=None):
            return dataclasses.replace(first, position=None)
    if isinstance(first, InstanceObject) and isinstance(second, InstanceObject):
        if (first.class_name, first.cls, first.shadow) == (second.class_name, second.cls, second.shadow):
            # What only one path has set is there wherever reading it does not raise, as a variable of a scope; `maybe`
            # says for which names the class is to be asked too.
            names = {**first.attributes, **second.attributes}
            joined = {
                name: merge(first.attributes.get(name, value), second.attributes.get(name, value))
                for name, value in names.items()
            }
            one_sided = {name for name in names if name not in first.attributes or name not in second.attributes}
            return dataclasses.replace(
                first,
                attributes=joined,
                lost=first.lost or second.lost,
                maybe=first.maybe | second.maybe | one_sided,
            )
    if isinstance(first, ClassObject) and isinstance(second, ClassObject):
        names = {**first.attributes, **second.attributes}
        missing = Unknown("set on some paths only")
        merged = {
            name: merge(first.attributes.get(name, missing), second.attributes.get(name, missing)) for name in names
        }
        if first.bases == second.bases:
            return dataclasses.replace(first, attributes=merged)
    if isinstance(first, StorageObject) and isinstance(second, StorageObject):
        return StorageObject(next(Heap._versions))
    if isinstance(first, LibraryObject) and isinstance(second, LibraryObject):
        plain = [dataclasses.replace(item, history=(), others=frozenset()) for item in (first, second)]
        if plain[0] == plain[1]:
            return join_histories(first, second)
    return UnknownObject("different on different paths")


def _same_class(first: DictObject, second: DictObject) -> bool:
    return type(first) is type(second) and dataclasses.replace(first, items=()) == dataclasses.replace(second, items=())


def list_elements(item: ListObject) -> list[Value]:
    """Return what the items of a list may be."""
    return list(item.items) if item.items is not None else [item.element]


def any_of(items: Sequence[Value]) -> Value:
    """Return what any one of several items may be."""
    if 0 < len(items) <= MAX_JOINED:
        return join_all(items)
    kinds = {_number_type(item) for item in items}
    return Scalar(type=str(kinds.pop())) if len(kinds) == 1 and None not in kinds else Unknown("one of many items")


def _number_type(item: Value) -> str | None:
    if isinstance(item, Scalar):
        return item.type
    return (
        type(item.value).__name__ if isinstance(item, Const) and type(item.value) in (int, float, bool, str) else None
    )
