"""Shapes and dtypes as objects of the program: which of their methods are asked, and what is known without asking."""

from __future__ import annotations

import tensorflow as tf

from ..values import (
    BoundMethod,
    Const,
    DimensionValue,
    DTypeValue,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    TensorValue,
    Unknown,
    Value,
)
from .core import Frame, Interpreter
from .sequences import known_items

#: Methods that say the same of a shape whatever its unknown sizes are, or whose result has them too.
_OF_OPEN_SHAPES = frozenset(
    ["with_rank", "with_rank_at_least", "with_rank_at_most", "concatenate", "merge_with", "assert_has_rank"]
)
_HIDDEN = frozenset(
    ["as_proto", "from_proto", "experimental_as_proto", "experimental_from_proto", "experimental_type_proto"]
)


def shape_attribute(receiver: ShapeValue, name: str) -> Value:
    """Return an attribute of a `tf.TensorShape`."""
    if name in ("rank", "ndims"):
        if receiver.dims is not None:
            return Const(len(receiver.dims))
        return Const(None) if receiver.gaps == "none" else Unknown("unknown rank")
    if not callable(getattr(tf.TensorShape, name, None)):
        return Unknown(f"TensorShape.{name} is not followed")
    return BoundMethod(receiver=receiver, name=name)


def is_method_of_dtype(receiver: DTypeValue, name: str) -> bool:
    """Say whether a name is a method of a `tf.DType`."""
    return receiver.library == "tensorflow" and callable(getattr(tf.DType, name, None))


def without_asking(
    interp: Interpreter, frame: Frame, receiver: Value, name: str, args: tuple[Value, ...]
) -> Value | None:
    """Return what a method of a shape, a dtype or a spec gives; None where TensorFlow is to be asked."""
    if name.startswith("_") or name in _HIDDEN:
        return Unknown(f"the method '{name}' is not followed")
    if isinstance(receiver, ShapeValue):
        return _of_shape(interp, receiver, name, args)
    if isinstance(receiver, TensorValue) and name == "is_compatible_with" and not _closed(receiver, *args):
        return Unknown("a size is not known")
    return None


def _of_shape(interp: Interpreter, receiver: ShapeValue, name: str, args: tuple[Value, ...]) -> Value | None:
    if name == "as_list":
        items = known_items(interp, receiver)
        if items is None:
            return None
        sizes = tuple(item.size if isinstance(item, DimensionValue) else item for item in items)
        return Ref(interp.heap.allocate(ListObject(sizes)))
    if all(shape.complete for shape in (receiver, *args) if isinstance(shape, ShapeValue)):
        return None
    if name in _OF_OPEN_SHAPES:
        return None
    sized = receiver.gaps == "size" and receiver.dims is not None
    if name == "is_fully_defined" and sized:
        return Const(True)
    if name == "num_elements" and sized:
        return Scalar(type="int")
    return Unknown("a size is not known")


def _closed(*values: Value) -> bool:
    return all(value.fully_defined for value in values if isinstance(value, TensorValue))
