"""Calls with unions among their arguments: split into calls without, and what these do joined again."""

from __future__ import annotations

import dataclasses
import itertools

from ..values import Const, Heap, ListObject, Ref, Scalar, TupleValue, Union, Value
from ..values.fresh import FreshList
from ..values.join import join_all
from .outcome import NotKnown, Outcome, Refused, Returned
from .query import Query

MAX_COMBINATIONS = 8


def alternatives(query: Query, heap: Heap) -> list[Query] | None:
    """Split a call with unions among its arguments, or inside of them, into calls without."""
    choices = []
    count = 1
    for value in (*query.args, *(value for _, value in query.kwargs)):
        members = _choices(value, heap)
        count *= MAX_COMBINATIONS + 1 if members is None else len(members)
        if members is None or count > MAX_COMBINATIONS:
            return None
        choices.append(members)
    if count == 1:
        return [query]
    names = [name for name, _ in query.kwargs]
    split = len(query.args)
    return [
        dataclasses.replace(query, args=combination[:split], kwargs=tuple(zip(names, combination[split:], strict=True)))
        for combination in itertools.product(*choices)
    ]


def join_outcomes(outcomes: list[Outcome]) -> Outcome:
    """Join what the alternatives of a call do: it fails only if all of them fail."""
    if all(isinstance(outcome, Refused) for outcome in outcomes):
        return outcomes[0]
    for outcome in outcomes:
        if isinstance(outcome, NotKnown):
            return outcome
    return Returned(join_all(outcome.value for outcome in outcomes if isinstance(outcome, Returned)))


def _choices(value: Value, heap: Heap, depth: int = 4) -> tuple[Value, ...] | None:
    """Return the values without unions that a value stands for, lists and tuples member by member; None for too many."""
    if isinstance(value, Union):
        return value.options
    if isinstance(value, Scalar) and value.type == "bool":
        return (Const(False), Const(True))
    item = heap.get(value.address) if isinstance(value, Ref) else None
    parts = value.items if isinstance(value, TupleValue) else item.items if isinstance(item, ListObject) else None
    if not parts or depth == 0 or len(parts) > 64:
        return (value,)
    choices = [_choices(part, heap, depth - 1) for part in parts]
    count = 1
    for members in choices:
        count *= MAX_COMBINATIONS + 1 if members is None else len(members)
        if count > MAX_COMBINATIONS:
            return None
    if count == 1:
        return (value,)
    rows = itertools.product(*(members or () for members in choices))
    if isinstance(value, TupleValue):
        return tuple(dataclasses.replace(value, items=row) for row in rows)
    return tuple(FreshList(row) for row in rows)
