"""Comparisons of containers and of classes, and membership."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import tensorflow as tf

from ..libraries import symbols
from ..values import (
    Builtin,
    Const,
    DictObject,
    DTypeValue,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.dims import equal, less
from ..values.heap import UnknownObject, python_key
from ..values.standard import IteratorObject, PathValue
from .builtins.reflection import class_object
from .constants import NotConstantError, is_key, to_python
from .core import Interpreter
from .iterators import VIEWS, known_set
from .methods import sets
from .methods.dicts import keyed
from .sequences import known_items, size_of


def compared_by_identity(value: Value) -> bool:
    """Say whether `==` asks if it is the very object: a SparseTensor defines no equality."""
    return isinstance(value, TensorValue) and value.kind in ("SparseTensor", "IndexedSlices")


def may_not_compare(value: Value, other: Value) -> bool:
    """Say whether `==` of a RaggedTensor may find rows that do not fit: it is False then, and no tensor."""
    if not isinstance(value, TensorValue) or value.kind != "RaggedTensor" or value.known:
        return False
    return not isinstance(other, (Const, Scalar)) and not (isinstance(other, TensorValue) and other.shape == ())


def contains(interp: Interpreter, container: Value, wanted: Value) -> bool | None:
    """Say whether `wanted in container`; None where that is not known."""
    item = interp.heap.get(container.address) if isinstance(container, Ref) else None
    if isinstance(item, IteratorObject):
        if item.kind == "dict_keys":
            return contains(interp, item.args[0], wanted)
        if item.kind not in VIEWS:
            interp.heap.escape([container], "searched for an item")
        return None
    if isinstance(container, Const) and isinstance(container.value, (str, bytes)):
        same = isinstance(wanted, Const) and type(wanted.value) is type(container.value)
        return wanted.value in container.value if same and isinstance(wanted, Const) else None
    members = known_set(interp, container)
    if isinstance(item, DictObject):
        pairs = keyed(item)
        members = None if pairs is None else [key for key, _ in pairs]
    elif isinstance(item, ListObject) and item.name in ("list", "range") and item.items is not None:
        members = list(item.items)
    elif isinstance(container, TupleValue):
        members = list(container.items)
    if members is None:
        return None
    if not members:
        return False
    return _among(interp, members, wanted)


def _among(interp: Interpreter, members: list[Value], wanted: Value) -> bool | None:
    if is_key(wanted) and all(is_key(member) for member in members):
        return python_key(wanted) in {python_key(member) for member in members}
    try:
        target = to_python(interp, wanted)
        return any(to_python(interp, member) == target for member in members)
    except NotConstantError:
        pass
    classes = [class_object(member) for member in members]
    own = class_object(wanted)
    return own in classes if own is not None and None not in classes else None


def same_class(a: Value, b: Value) -> bool | None:
    """Say whether two classes are the same; None where one of the two is no known class."""
    first, second = class_object(a), class_object(b)
    return None if first is None or second is None else first is second


def compare_containers(interp: Interpreter, name: str, a: Value, b: Value) -> Value | None:
    """Return what a comparison of tuples, lists, dicts, sets, paths or classes is; None where it is not understood."""
    if isinstance(a, (Builtin, Symbol)) and isinstance(b, (Builtin, Symbol)) and name in ("eq", "ne"):
        same = same_class(a, b)
        return None if same is None else Const(same == (name == "eq"))
    if isinstance(a, PathValue) and isinstance(b, PathValue) and name in ("eq", "ne"):
        return Scalar(type="bool")
    if not _is_container(interp, a) or not _is_container(interp, b):
        return None
    try:
        first, second = to_python(interp, _unnamed(a)), to_python(interp, _unnamed(b))
        return Const(bool(getattr(operator, name)(first, second)))
    except NotConstantError:
        pass
    except Exception:
        return None
    verdict = sets.compared(interp, name, a, b)
    if verdict is not None:
        return verdict
    if name in ("eq", "ne") and _plain(interp, a) and _plain(interp, b):
        return Scalar(type="bool")
    return None


def compare_sizes(name: str, a: Value, b: Value) -> bool | None:
    """Say what a comparison of sizes is; None where it depends on what they are, or they are none."""
    first, second = size_of(a), size_of(b)
    if first is None or second is None:
        return None
    if name in ("eq", "ne"):
        same = equal(first, second)
        return same if same is None or name == "eq" else not same
    if name in ("gt", "ge"):
        first, second = second, first
    return less(first, second, or_equal=name in ("le", "ge")) if name in ("lt", "le", "gt", "ge") else None


def compare_shapes(interp: Interpreter, name: str, a: Value, b: Value) -> Value | None:
    """Return what `==` or `!=` of two shapes is (a `TensorShape` is compared with lists too); None for anything else."""
    listed = isinstance(a, ShapeValue) or isinstance(b, ShapeValue)
    for value in (a, b):
        item = interp.heap.get(value.address) if isinstance(value, Ref) else None
        if not isinstance(value, (ShapeValue, TupleValue)) and not (listed and isinstance(item, ListObject)):
            return None
    x, y = known_items(interp, a), known_items(interp, b)
    if x is None or y is None:
        return None
    if len(x) != len(y) and listed:
        return Const(name == "ne")
    if all(isinstance(part, Const) for part in (*x, *y)):
        same = [part.value for part in x if isinstance(part, Const)] == [
            part.value for part in y if isinstance(part, Const)
        ]
        return Const(same == (name == "eq"))
    return None


def _unnamed(value: Value) -> Value:
    """Return a named tuple as the plain one that it is compared as."""
    return TupleValue(value.items) if isinstance(value, TupleValue) else value


def _is_container(interp: Interpreter, value: Value) -> bool:
    if isinstance(value, Ref):
        return not isinstance(interp.heap.get(value.address), UnknownObject)
    return isinstance(value, (TupleValue, Const, Scalar, ShapeValue))


def _plain(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is made of constants and numbers alone: comparing those gives a bool, or raises."""
    if isinstance(value, TupleValue):
        return all(_plain(interp, item) for item in value.items)
    item: Any = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject):
        return all(_plain(interp, part) for part in (item.items if item.items is not None else (item.element,)))
    return isinstance(value, (Const, Scalar))


def same_dtype(a: Value, b: Value) -> bool | None:
    """Say whether two dtypes are the same, as the libraries compare them; None where one is no known dtype."""
    if not isinstance(a, DTypeValue) and not isinstance(b, DTypeValue):
        return None
    try:
        found = [_dtype_object(value) for value in (a, b)]
    except TypeError:  # a structured dtype has no name of its own
        return None
    if any(item is None for item in found):
        return None
    try:
        answer = found[0] == found[1]
    except TypeError:  # "float33" is no dtype
        return None
    return answer if isinstance(answer, bool) else None


def _dtype_object(value: Value) -> Any:
    if isinstance(value, DTypeValue):
        return tf.as_dtype(value.name) if value.library == "tensorflow" else np.dtype(value.name)
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Symbol):
        entry = symbols.resolve(value.name)
        known = entry is not None and (
            isinstance(entry.object, tf.DType)
            or (isinstance(entry.object, type) and issubclass(entry.object, np.generic))
        )
        return entry.object if known and entry is not None else None
    if isinstance(value, Builtin) and value.name in ("int", "float", "bool", "complex"):
        return {"int": int, "float": float, "bool": bool, "complex": complex}[value.name]
    return None


def identical(interp: Interpreter, a: Value, b: Value) -> bool | None:
    """Say whether two values are one object; None where that is not known."""
    if (isinstance(a, Const) and a.value is None) or (isinstance(b, Const) and b.value is None):
        other = b if isinstance(a, Const) and a.value is None else a
        if isinstance(other, (Unknown, Union)):
            return None
        if isinstance(other, Ref) and isinstance(interp.heap.get(other.address), UnknownObject):
            return None
        return isinstance(other, Const) and other.value is None
    if isinstance(a, Const) and isinstance(b, Const) and isinstance(a.value, bool) and isinstance(b.value, bool):
        return a.value is b.value
    classes = same_class(a, b)
    if classes is not None:
        return classes
    if isinstance(a, Ref) and isinstance(b, Ref):
        return True if a.address == b.address else None
    return None
