"""Truth, iteration and unpacking: what Python does with any object."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Sequence

from ..libraries import global_state
from ..values import (
    Builtin,
    ClassObject,
    Const,
    DatasetValue,
    DictObject,
    DimensionValue,
    FunctionValue,
    InstanceObject,
    LibraryObject,
    ListObject,
    ModuleValue,
    Ref,
    Scalar,
    SetObject,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.dims import Dim
from ..values.join import any_of, join_all
from ..values.standard import FileValue, IteratorObject, PathValue
from .classes import class_attribute
from .core import Frame, Interpreter
from .inherited import base_kind
from .iterators import VIEWS, consume

MAX_ITEMS = 1000


def truth(interp: Interpreter, frame: Frame, value: Value) -> bool | None:
    """Return whether a value is true, or None where that is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, TupleValue):
        return bool(value.items)
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, (ListObject, DictObject, SetObject)):
            return None if item.items is None else bool(item.items)
        if isinstance(item, InstanceObject) and item.cls is not None:
            plain = not item.lost and base_kind(item.library) in ("layer", "module", "unknown") and item.library != "?"
            named = [class_attribute(interp, item.cls, name) for name in ("__bool__", "__len__")]
            return True if plain and named == [None, None] else None
        if isinstance(item, ClassObject):
            return True
        return True if isinstance(item, IteratorObject) and item.kind not in VIEWS else None
    if isinstance(value, TensorValue):
        settled = interp.heap.settled(value)
        if settled.content is not None and settled.content.array.size == 1 and interp.mode(frame) == "eager":
            return bool(settled.content.array.reshape(())[()])
        return None
    if isinstance(value, Union):
        answers = {truth(interp, frame, option) for option in value.options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, (FunctionValue, Builtin, ModuleValue, PathValue)):
        return True
    if isinstance(value, Symbol):
        return True if value.kind != "object" else None
    return None


def iterate(
    interp: Interpreter, frame: Frame, value: Value, node: ast.expr | None = None, *, eager: bool = False
) -> tuple[list[Value] | None, Value]:
    """Return what a loop over a value sees: the items where they are known, and what any item may be.

    eager: all items are taken at once, nothing of the program runs between them.
    """
    if isinstance(value, (Ref, DatasetValue)):
        from . import modelled_objects
        from .drawing import drawn

        elements = drawn(interp, frame, value, eager)
        if elements is not None:
            return elements
        endless = modelled_objects.drawn(interp, frame, value)
        if endless is not None:
            return None, endless
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, IteratorObject):
            return consume(interp, frame, value.address, item, eager)
        if isinstance(item, InstanceObject) and item.cls is not None:
            from .protocols import items_of

            return items_of(interp, frame, value, node)
        if isinstance(item, SetObject) and item.items is not None and len(item.items) > 1:
            return None, join_all(item.items)  # in an order that nobody knows
    items = known_items(interp, value)
    if items is not None:
        return items, any_of(items)
    if isinstance(value, TensorValue):
        from . import object_arrays

        if object_arrays.holds_lists(interp, value) and len(value.shape or ()) == 1:
            return None, object_arrays.numbers(interp)
        return _tensor_items(interp, frame, value, node)
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, ListObject):
            return None, one_of_many(item.element)
    if isinstance(value, Scalar) and value.type == "str":
        return None, value
    if isinstance(value, FileValue):
        return None, Scalar(type=value.mode) if value.mode else Unknown("lines of text or of bytes")
    why = value.reason if isinstance(value, Unknown) else "what is iterated over is not known"
    return None, Unknown(why)


def one_of_many(element: Value) -> Value:
    """Return one item of a list of unknown length: which tensor it is, nobody knows."""
    if isinstance(element, TensorValue) and element.trace is not None:
        return dataclasses.replace(element, trace=None)
    if isinstance(element, TupleValue):
        return dataclasses.replace(element, items=tuple(one_of_many(item) for item in element.items))
    return element


def size_value(dim: int | Dim | None) -> Value:
    """Return the Python int that a dim is."""
    return Const(dim) if isinstance(dim, int) else Scalar(type="int", dim=dim)


def size_of(value: Value) -> int | Dim | None:
    """Return the size that a Python int is; None for what is no int, or not known."""
    if isinstance(value, Const):
        return value.value if type(value.value) is int else None
    return value.dim if isinstance(value, Scalar) else None


def known_items(interp: Interpreter, value: Value) -> list[Value] | None:
    """Return the items of a sequence of known length and order; those of an iterator are taken out of it."""
    if isinstance(value, TupleValue):
        return list(value.items)
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)) and len(value.value) <= MAX_ITEMS:
        return [Const(item) for item in value.value]
    if isinstance(value, ShapeValue) and value.dims is not None:
        dims = [_dim(dim, value.gaps) for dim in value.dims]
        old = global_state.current(interp.heap).old_behaviour
        return [DimensionValue(dim) for dim in dims] if old else list(dims)
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, IteratorObject) and interp.frames:
            return consume(interp, interp.frames[-1], value.address, item, True)[0]
        if isinstance(item, SetObject) and item.items is not None and len(item.items) <= 1:
            return list(item.items)
        if isinstance(item, ListObject) and item.items is not None:
            return list(item.items)
        if isinstance(item, DictObject) and item.items is not None:
            return [key for key, _ in item.items]
    return None


def _dim(dim: int | Dim | None, gaps: str) -> Value:
    """Return a dim of a shape; one that is not known is a number, None, or one of the two."""
    if isinstance(dim, Dim):
        return size_value(dim)
    if dim is not None or gaps == "none":
        return Const(dim)
    return Scalar(type="int") if gaps == "size" else Unknown("a dim that is not known, or None")


def _tensor_items(
    interp: Interpreter, frame: Frame, value: TensorValue, node: ast.expr | None
) -> tuple[list[Value] | None, Value]:
    """Iterate over the first axis: the library is asked for one row."""
    from .asking import ask_operator

    if value.shape is None or not value.shape or value.kind in ("KerasTensor", "SparseTensor", "IndexedSlices"):
        return None, Unknown("this tensor is not iterated over")
    length = value.shape[0]
    settled = interp.heap.settled(value)
    count = length if isinstance(length, int) and length <= 64 else None
    if count is not None and settled.known and interp.mode(frame) == "eager":
        rows = [ask_operator(interp, frame, "getitem", (settled, Const(index))) for index in range(count)]
        return rows, join_all(rows) if rows else Unknown("no rows")
    if length == 0:
        return [], Unknown("no rows")
    row = ask_operator(interp, frame, "getitem", (settled.forgotten(), Const(0)))
    if count is not None and interp.mode(frame) == "eager":
        return [row] * count, row
    return None, row


def unpack(interp: Interpreter, frame: Frame, value: Value, targets: Sequence[ast.expr]) -> list[Value]:
    """Return what each target of `a, *b, c = value` gets."""
    items, element = iterate(interp, frame, value)
    star = next((i for i, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    if items is None:
        rest = [element] * len(targets)
        if star is not None:
            rest[star] = Ref(interp.heap.allocate(ListObject(None, element)))
        return rest
    if star is None:
        if len(items) != len(targets):
            return [Unknown("unpacking fails: a different number of items")] * len(targets)
        return items
    tail = len(targets) - star - 1
    if len(items) < len(targets) - 1:
        return [Unknown("unpacking fails: too few items")] * len(targets)
    middle = tuple(items[star : len(items) - tail])
    return [*items[:star], Ref(interp.heap.allocate(ListObject(middle))), *items[len(items) - tail :]]


def is_library_object(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is a layer, a model, a loss: something the libraries keep state in."""
    return isinstance(value, Ref) and isinstance(interp.heap.get(value.address), LibraryObject)


def keep_iterator(interp: Interpreter, value: Value) -> None:
    """Let an iterator that gets a name be of unknown length: it may be used up, or grow with its dict."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None and item.name not in ("list", "range", "deque"):
        element = join_all(item.items) if item.items else Unknown("an iterator without items")
        if item.name == "generator":
            element = Unknown("a generator expression that is kept: what it reads may change before it runs")
        interp.heap.put(value.address, ListObject(None, element, item.name))  # type: ignore[attr-defined]
