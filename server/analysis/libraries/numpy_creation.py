"""Arrays from nothing: NumPy is asked for one element, and the size argument says the shape.

`np.random.rand(10**6, 10**4)` would be 80 GB.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable

import numpy as np

from ..values import Const, Heap, Ref, TupleValue, Value
from ..values.fresh import FreshArray, FreshList
from ..values.heap import ListObject
from . import symbols
from .classify import numpy_random
from .outcome import NotKnown, Outcome, Refused, Returned
from .query import Query

#: Creation functions and the argument that says how large; the result has just that shape.
_SIZED: dict[str, str] = {
    "numpy.zeros": "shape",
    "numpy.ones": "shape",
    "numpy.empty": "shape",
    "numpy.full": "shape",
    **{
        f"numpy.random.{name}": "size"
        for name in [
            "random",
            "random_sample",
            "ranf",
            "sample",
            "uniform",
            "normal",
            "standard_normal",
            "randint",
            "random_integers",
            "poisson",
            "binomial",
            "beta",
            "gamma",
            "exponential",
            "laplace",
            "logistic",
            "lognormal",
            "triangular",
            "geometric",
            "gumbel",
            "rayleigh",
            "chisquare",
        ]
    },
}
_POSITION = {"shape": 0}


def created(query: Query, heap: Heap, run: Callable[[Query], Outcome]) -> Outcome | None:
    """Answer a creation function from its size argument: NumPy is asked for one element only."""
    if query.form != "symbol":
        return None
    if query.name in ("numpy.random.rand", "numpy.random.randn"):
        sizes: Value = TupleValue(query.args)
        query = dataclasses.replace(query, args=())
    elif query.name in _SIZED:
        found = _take_size(query, _SIZED[query.name])
        if found is None:
            return None
        query, sizes = found
    else:
        return None
    shape = _shape_of(sizes, heap)
    if shape is None:
        return NotKnown("the size is not known")
    total = int(np.prod([dim or 0 for dim in shape], dtype=np.float64)) if None not in shape else None
    if total is not None and total <= 10_000 and not numpy_random(query.name) and None not in shape:
        return None  # small and not random: the ordinary way keeps the values
    ones = TupleValue(tuple(Const(1) for _ in shape))
    argument = "shape" if query.name in _SIZED and _SIZED[query.name] == "shape" else "size"
    if query.name in ("numpy.random.rand", "numpy.random.randn"):
        small = dataclasses.replace(query, args=ones.items)
    else:
        small = dataclasses.replace(query, kwargs=(*query.kwargs, (argument, ones)))
    outcome = run(small)
    if not isinstance(outcome, Returned):
        return outcome if isinstance(outcome, Refused) else NotKnown("not understood")
    if not isinstance(outcome.value, FreshArray):
        return outcome
    value = dataclasses.replace(outcome.value.value, shape=shape, content=None)
    return Returned(dataclasses.replace(outcome.value, value=value, viewed=None))


def _take_size(query: Query, argument: str) -> tuple[Query, Value] | None:
    """Take the size argument out of a call, by keyword or by position; None where there is none."""
    for name, value in query.kwargs:
        if name == argument:
            rest = tuple(pair for pair in query.kwargs if pair[0] != argument)
            return dataclasses.replace(query, kwargs=rest), value
    position = _size_position(query.name, argument)
    if position is None or position >= len(query.args):
        return None
    value = query.args[position]
    if isinstance(value, Const) and value.value is None:
        return None
    # What stands behind the size goes by keyword now: its position has moved.
    names = _parameter_names(query.name)
    if names is None or len(query.args) > len(names):
        return None
    moved = tuple(zip(names[position + 1 :], query.args[position + 1 :], strict=False))
    return dataclasses.replace(query, args=query.args[:position], kwargs=(*moved, *query.kwargs)), value


def _parameter_names(name: str) -> list[str] | None:
    entry = symbols.resolve(name)
    if entry is None:
        return None
    try:
        return list(inspect.signature(entry.object).parameters)
    except (ValueError, TypeError):
        # Functions written in C: their docstring's first line is their signature.
        text = (getattr(entry.object, "__doc__", "") or "").strip().splitlines()
        inside = text[0].partition("(")[2].rpartition(")")[0] if text else ""
        names = [part.strip().partition("=")[0] for part in inside.replace("(None, )", "").split(",")]
        return [part for part in names if part not in ("*", "/", "")] or None


def _size_position(name: str, argument: str) -> int | None:
    names = _parameter_names(name)
    return names.index(argument) if names and argument in names else None


def _shape_of(value: Value, heap: Heap) -> tuple[int | None, ...] | None:
    """Return the shape that a size argument means: an int, or a tuple or list of ints."""
    if isinstance(value, Const) and type(value.value) is int:
        return (value.value,)
    items: tuple[Value, ...] | None = None
    if isinstance(value, (TupleValue, FreshList)):
        items = value.items
    elif isinstance(value, Ref):
        item = heap.get(value.address)
        items = item.items if isinstance(item, ListObject) else None
    if items is None:
        return None
    dims: list[int | None] = []
    for item_value in items:
        if isinstance(item_value, Const) and type(item_value.value) is int and item_value.value >= 0:
            dims.append(item_value.value)
        elif isinstance(item_value, Const):
            return None
        else:
            dims.append(None)
    return tuple(dims)
