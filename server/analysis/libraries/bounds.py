"""Whole numbers in a call that sizes are to be chosen beyond: for every size below 1000, `x[:1000]` is all of `x`."""

from __future__ import annotations

from collections.abc import Sequence

from ..values import Const, SliceValue, TensorValue, TupleValue, Value
from .query import Query

#: Beyond this, nothing is said of sizes that are not known.
MAX_BOUND = 100_000


def largest_bound(query: Query) -> int:
    """Return the largest whole number in what is asked: of NumPy only in subscripts, which compute nothing."""
    if is_subscript(query):
        return _largest(query.args[1:])
    numpy = any(isinstance(arg, TensorValue) and arg.is_numpy for arg in query.args) or query.name.startswith("numpy.")
    return 0 if numpy or query.form == "object" else _largest((*query.args, *(value for _, value in query.kwargs)))


def is_subscript(query: Query) -> bool:
    """Say whether a query is `x[...]` of numbers and slices alone: a view, whatever the size."""
    if query.form != "operator" or query.name != "getitem":
        return False
    index = query.args[1]
    return all(
        isinstance(part, (Const, SliceValue)) for part in (index.items if isinstance(index, TupleValue) else (index,))
    )


def _largest(values: Sequence[Value]) -> int:
    found = 0
    for value in values:
        if isinstance(value, Const) and type(value.value) is int:
            found = max(found, abs(value.value))
        elif isinstance(value, TupleValue):
            found = max(found, _largest(value.items))
        elif isinstance(value, SliceValue):
            found = max(found, _largest((value.lower, value.upper, value.step)))
    return found
