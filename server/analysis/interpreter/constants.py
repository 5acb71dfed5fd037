"""Constants: to Python's objects and back, and pure functions run on them.

What is made this way is bounded: an argument that could make a result large is refused before anything is run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..libraries.query import Kwargs
from ..values import Const, DictObject, ListObject, Ref, Scalar, SetObject, TensorValue, TupleValue, Unknown, Value
from ..values.heap import python_key
from ..values.standard import StandardDict
from .core import Interpreter

MAX_TEXT = 10_000
MAX_INT_BITS = 4096
MAX_ITEMS = 1000
ATOMS = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


class NotConstantError(Exception):
    """The value is not known in full, or is too large to compute with."""


def to_python(interp: Interpreter, value: Value, *, ordered: bool = True, depth: int = 6) -> Any:
    """Return the Python object that a value is.

    ordered: refuse sets, in which the order of items is not known.

    Raises:
        NotConstantError: it is not known in full.
    """
    if isinstance(value, Const):
        if not small(value.value):
            raise NotConstantError
        return value.value
    if depth == 0:
        raise NotConstantError
    if isinstance(value, TupleValue) and value.names is None and len(value.items) <= MAX_ITEMS:
        return tuple(to_python(interp, item, ordered=ordered, depth=depth - 1) for item in value.items)
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        known = getattr(item, "items", None)
        if known is None or len(known) > MAX_ITEMS:
            raise NotConstantError
        if isinstance(item, ListObject) and item.name == "list":
            return [to_python(interp, part, ordered=ordered, depth=depth - 1) for part in known]
        if isinstance(item, DictObject) and not isinstance(item, StandardDict):
            pairs = [
                [to_python(interp, part, ordered=ordered, depth=depth - 1) for part in pair]
                for pair in item.items or ()
            ]
            return dict(pairs)
        if isinstance(item, SetObject) and not ordered:
            return {to_python(interp, part, depth=depth - 1) for part in known}
    raise NotConstantError


def from_python(interp: Interpreter, item: Any) -> Value:
    """Return the value of a Python object that a pure function gave."""
    if isinstance(item, ATOMS) and type(item) in ATOMS:
        return Const(item) if small(item) else Scalar(type=type(item).__name__)
    if type(item) in (tuple, list) and len(item) > MAX_ITEMS:
        return Unknown("a very long sequence")
    if type(item) is tuple:
        return TupleValue(tuple(from_python(interp, part) for part in item))
    if type(item) is list:
        return Ref(interp.heap.allocate(ListObject(tuple(from_python(interp, part) for part in item))))
    if type(item) is dict and len(item) <= MAX_ITEMS:
        pairs = tuple((from_python(interp, key), from_python(interp, part)) for key, part in item.items())
        return Ref(interp.heap.allocate(DictObject(pairs)))
    return Unknown(f"a {type(item).__name__} is not followed")


def small(item: Any) -> bool:
    """Say whether a constant is small enough to compute with."""
    if isinstance(item, (str, bytes)):
        return len(item) <= MAX_TEXT
    return item.bit_length() <= MAX_INT_BITS if isinstance(item, int) else True


def fold(
    interp: Interpreter,
    function: Callable[..., Any],
    args: tuple[Value, ...],
    kwargs: Kwargs = (),
    *,
    largest: int | None = None,
) -> Value | None:
    """Run a pure function on constants; None where an argument is not one.

    largest: refuse ints beyond it, for functions of which the result grows with them.
    """
    try:
        real = [to_python(interp, arg) for arg in args]
        named = {name: to_python(interp, arg) for name, arg in kwargs}
    except NotConstantError:
        return None
    numbers = [item for item in (*real, *named.values()) if isinstance(item, int)]
    if largest is not None and any(abs(number) > largest for number in numbers):
        return None
    try:
        result = function(*real, **named)
    except Exception:
        return Unknown("this call raises")
    return from_python(interp, result)


def is_key(value: Value) -> bool:
    """Say whether it is known which key of a dict a value is: equal to another one only where it is the same."""
    if isinstance(value, TupleValue):
        return all(is_key(item) for item in value.items)
    if isinstance(value, TensorValue):
        return (
            value.node is not None and value.kind != "KerasTensor"
        )  # tensors of TensorFlow 1 are told apart by identity
    return isinstance(value, Const) and value.value == value.value


def find_key(pairs: tuple[tuple[Value, Value], ...], key: Value) -> Value | None:
    """Return the item of a key among pairs of which every key is known."""
    name = python_key(key)
    return next((item for known, item in pairs if python_key(known) == name), None)
