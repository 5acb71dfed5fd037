"""Numbers of Python's whose value is not known (`x * rate`, `x[i]`, `tf.zeros([n, 3])`).

The call is asked with several numbers in their place; what all that return have in common is said, a size that differs
is left open. That a call raises for some of them says nothing, and that it raises for all is not reported either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from ..values import (
    BoundMethod,
    Const,
    FunctionValue,
    Heap,
    Scalar,
    SliceValue,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.fresh import FreshArray, FreshDict, FreshList, freeze
from .memo import Answer
from .outcome import NotKnown, Returned
from .query import Query

#: What is tried. An int may be an index, an axis, a size or a factor; text decides what a call means, if anything.
_TRIED: dict[str, tuple[object, ...]] = {
    "int": (1, 2, 0, 3, -1, 5, -2, 7),
    "float": (0.5, 1.0, 2.0, 0.0, -1.5, 3.25),
    "complex": (1j, 2 + 0j, 0j, -1 - 1j),
    "str": ("a", "bc d", "1", ""),
    "bytes": (b"a", b"bc d", b"1", b""),
}
#: For operators too: NumPy 1 chooses dtypes by the value.
_LARGE: dict[str, tuple[object, ...]] = {"int": (300, 70_000), "float": (1e5, 1e300)}
#: More of them are not varied against one another.
MAX_UNKNOWN = 6
MIN_RETURNS = {"int": 2, "float": 2, "complex": 2, "str": 3, "bytes": 3}
NOT_KNOWN = "depends on numbers that are not known"


def take_part(query: Query, heap: Heap) -> bool:
    """Say whether numbers that are not known take part in a call that may be tried with several."""
    if query.form == "object":
        return False
    leaves = query.leaves(heap)
    found = [leaf for leaf in leaves if _is_open(leaf)]
    if not found or len(found) > MAX_UNKNOWN:
        return False
    return not any(isinstance(leaf, (FunctionValue, BoundMethod)) for leaf in leaves)


def _is_open(value: Value) -> bool:
    return isinstance(value, Scalar) and value.dim is None and value.type in _TRIED


def asked(query: Query, heap: Heap, ask: Callable[[Query], Answer]) -> Answer:
    """Return what a call gives whatever the numbers are. ask: makes the call with numbers, nothing placed on the heap."""
    args = tuple(freeze(arg, heap) for arg in query.args)
    kwargs = tuple((name, freeze(arg, heap)) for name, arg in query.kwargs)
    kinds = [leaf.type for leaf in query.leaves(heap) if isinstance(leaf, Scalar) and _is_open(leaf)]
    values: list[Value] = []
    wrote = False
    for row in _rows(kinds, query.form == "operator"):
        numbers = iter(row)
        sample = dataclasses.replace(
            query,
            args=tuple(_numbered(arg, numbers) for arg in args),
            kwargs=tuple((name, _numbered(arg, numbers)) for name, arg in kwargs),
        )
        answer = ask(sample)
        wrote |= answer.wrote
        if isinstance(answer.outcome, Returned):
            values.append(answer.outcome.value)
    if len(values) < max(MIN_RETURNS[kind] for kind in kinds):
        return Answer(NotKnown(NOT_KNOWN), wrote=wrote)
    merged = _as_asked(query, common(values), args)
    return Answer(NotKnown(NOT_KNOWN) if isinstance(merged, Unknown) else Returned(merged), wrote=wrote)


def _as_asked(query: Query, merged: Value, args: tuple[Value, ...]) -> Value:
    """Return what `reshape` gives with the dims open that are not known numbers.

    An array whose size is not known either is taken for one that fits the number: only few numbers are answered, alike.
    """
    if not isinstance(merged, FreshArray) or merged.value.shape is None:
        return merged
    if query.form == "method" and query.name == "reshape":
        given = args[1:]
    elif query.form == "symbol" and query.name == "numpy.reshape":
        given = args[1:2]
    else:
        return merged
    if len(given) == 1 and isinstance(given[0], (TupleValue, FreshList)):
        given = given[0].items
    if len(given) != len(merged.value.shape):
        return merged
    sure = [isinstance(one, Const) and one.value != -1 for one in given]
    shape = tuple(dim if known else None for dim, known in zip(merged.value.shape, sure, strict=True))
    return dataclasses.replace(merged, value=dataclasses.replace(merged.value, shape=shape, content=None))


def _rows(kinds: Sequence[str], operator: bool) -> list[tuple[object, ...]]:
    """Return the numbers to try, a row a call: each its own way, so that two are equal in some rows only."""
    pools = [_TRIED[kind] + (_LARGE.get(kind, ()) if operator else ()) for kind in kinds]
    count = max(len(pool) for pool in pools) + (2 if len(pools) > 1 else 0)
    return [
        tuple(pool[(row + place * (row % 3 + 1 if row > 1 else row)) % len(pool)] for place, pool in enumerate(pools))
        for row in range(count)
    ]


def _numbered(value: Value, numbers: object) -> Value:
    if _is_open(value):
        return Const(next(numbers))  # type: ignore[call-overload]
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(_numbered(item, numbers) for item in value.items))
    if isinstance(value, FreshDict):
        pairs = tuple((_numbered(key, numbers), _numbered(part, numbers)) for key, part in value.items)
        return dataclasses.replace(value, items=pairs)
    if isinstance(value, SliceValue):
        return SliceValue(*(_numbered(part, numbers) for part in (value.lower, value.upper, value.step)))
    return value


def common(values: Sequence[Value]) -> Value:
    """Return what several results have in common: kinds, dtypes, and the sizes that agree."""
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return Unknown(NOT_KNOWN)
    if isinstance(first, Const):
        if first.value is None and all(value == first for value in values):
            return first
        kinds = {type(value.value).__name__ for value in values if isinstance(value, Const)}
        known = len(kinds) == 1 and kinds <= {"int", "float", "bool", "str", "bytes", "complex"}
        return Scalar(type=kinds.pop()) if known else Unknown(NOT_KNOWN)
    if isinstance(first, FreshArray):
        arrays = [value for value in values if isinstance(value, FreshArray)]
        inner = common([value.value for value in arrays])
        # An empty array shares no memory, whatever it was cut from.
        views = {value.viewed for value in arrays if 0 not in (value.value.shape or ())} or {None}
        if not isinstance(inner, TensorValue) or len(views) > 1:
            return Unknown(NOT_KNOWN)
        return dataclasses.replace(first, value=inner, viewed=views.pop())
    if isinstance(first, TensorValue):
        return _tensors([value for value in values if isinstance(value, TensorValue)])
    if isinstance(first, (TupleValue, FreshList)):
        rows = [value.items for value in values if isinstance(value, (TupleValue, FreshList))]
        if len({len(row) for row in rows}) > 1:
            return Unknown(NOT_KNOWN)
        return dataclasses.replace(first, items=tuple(common(column) for column in zip(*rows, strict=True)))
    return first if all(value == first for value in values) else Unknown(NOT_KNOWN)


def _tensors(values: Sequence[TensorValue]) -> Value:
    first = values[0]
    if len({(value.kind, value.dtype, value.numpy_dtype, value.library) for value in values}) > 1:
        return Unknown(NOT_KNOWN)
    if first.parts or first.kind == "KerasTensor" or any(value.shape is None for value in values):
        return Unknown(NOT_KNOWN)
    shapes = [value.shape or () for value in values]
    if len({len(shape) for shape in shapes}) > 1:
        return Unknown(NOT_KNOWN)
    shape = tuple(column[0] if len(set(column)) == 1 else None for column in zip(*shapes, strict=True))
    # Contents that are the same for all that was tried may be others for what was not.
    return dataclasses.replace(first, shape=shape, content=None, sizes=None)
