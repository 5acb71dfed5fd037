"""Arrays from nothing: NumPy is asked for one element, and the size argument says the shape.

`np.random.rand(10**6, 10**4)` would be 80 GB.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Sequence

import numpy as np

from ..values import Const, Heap, LibraryObject, Ref, Symbol, TensorValue, TupleValue, Value
from ..values.fresh import FreshArray, FreshList
from ..values.heap import ListObject
from . import symbols
from .classify import numpy_random
from .outcome import NotKnown, Outcome, Refused, Returned
from .query import Kwargs, Query, leaves

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
            "integers",
            "standard_exponential",
            "standard_gamma",
            "standard_cauchy",
            "standard_t",
            "pareto",
            "power",
            "weibull",
            "vonmises",
            "wald",
            "zipf",
            "f",
            "noncentral_chisquare",
            "noncentral_f",
            "negative_binomial",
            "logseries",
            "hypergeometric",
        ]
    },
}
#: Elements that are drawn for real where the parameters are arrays: they have to fit the size.
MAX_DRAWN = 100_000
#: Objects that build arrays of what stands in their brackets.
BUILDERS = ("numpy.r_", "numpy.c_", "numpy.mgrid", "numpy.ogrid")
#: A number in the brackets of those may say how long a side is.
MAX_SIDE = 1_000


def is_large_grid(query: Query, numbers: Sequence[float]) -> bool:
    """Say whether a subscript of `np.mgrid` and its like may be large: it is computed to see what it is."""
    builds = query.form == "operator" and isinstance(query.args[0], Symbol)
    return builds and any(abs(number) > MAX_SIDE for number in numbers)


def created(query: Query, heap: Heap, run: Callable[[Query], Outcome]) -> Outcome | None:
    """Answer a creation function, or a method of a generator, from its size argument.

    NumPy is asked for one element only; None where it is to be asked in the ordinary way.
    """
    receiver, args, name, documented = _parts(query, heap)
    sized = _SIZED.get(name)
    kwargs = query.kwargs
    if name in ("numpy.random.rand", "numpy.random.randn"):
        sizes: Value = TupleValue(args)
        args = ()
    elif sized is not None:
        found = _take_size(args, kwargs, documented, sized)
        if found is None:  # one number, unless a parameter is an array
            return run(query) if numpy_random(name) and _plain((*args, *(value for _, value in kwargs)), heap) else None
        args, kwargs, sizes = found
    else:
        return None
    shape = _shape_of(sizes, heap)
    if shape is None:
        return NotKnown("the size is not known")
    known = tuple(dim for dim in shape if isinstance(dim, int))
    total = int(np.prod(known, dtype=np.float64)) if len(known) == len(shape) else None
    if total is not None and total <= 10_000 and not numpy_random(name):
        return None  # small and not random: the ordinary way keeps the values
    if not _plain((*args, *(value for _, value in kwargs)), heap):
        # Parameters of a distribution are broadcast to the size.
        return None if total is not None and total <= MAX_DRAWN else NotKnown("too large to compute")
    ones = TupleValue(tuple(Const(1) for _ in shape))
    if sized is None:
        small = dataclasses.replace(query, args=(*receiver, *ones.items))
    else:
        small = dataclasses.replace(query, args=(*receiver, *args), kwargs=(*kwargs, (sized, ones)))
    outcome = run(small)
    if not isinstance(outcome, Returned):
        return outcome if isinstance(outcome, Refused) else NotKnown("not understood")
    if not isinstance(outcome.value, FreshArray):
        return outcome
    value = dataclasses.replace(outcome.value.value, shape=shape, content=None)
    return Returned(dataclasses.replace(outcome.value, value=value, viewed=None))


def _parts(query: Query, heap: Heap) -> tuple[tuple[Value, ...], tuple[Value, ...], str, str]:
    """Return the generator (or nothing), the arguments, the function's name, and that of what documents it."""
    if query.form == "symbol":
        return (), query.args, query.name, query.name
    first = query.args[0] if query.form == "object" else None
    item = heap.get(first.address) if isinstance(first, Ref) else None
    if not isinstance(item, LibraryObject):
        return (), query.args, "", ""
    return query.args[:1], query.args[1:], f"numpy.random.{query.name}", f"{item.symbol}.{query.name}"


def _plain(values: tuple[Value, ...], heap: Heap) -> bool:
    """Say whether arguments are numbers, texts and dtypes alone: nothing that is broadcast."""
    return not any(isinstance(leaf, (TensorValue, TupleValue, Ref)) for leaf in leaves(values, heap))


def _take_size(
    args: tuple[Value, ...], kwargs: Kwargs, documented: str, argument: str
) -> tuple[tuple[Value, ...], Kwargs, Value] | None:
    """Take the size argument out of a call, by keyword or by position; None where there is none."""
    for name, value in kwargs:
        if name == argument:
            return args, tuple(pair for pair in kwargs if pair[0] != argument), value
    position = _size_position(documented, argument)
    if position is None or position >= len(args):
        return None
    value = args[position]
    if isinstance(value, Const) and value.value is None:
        return None
    # What stands behind the size goes by keyword now: its position has moved.
    names = _parameter_names(documented)
    if names is None or len(args) > len(names):
        return None
    moved = tuple(zip(names[position + 1 :], args[position + 1 :], strict=False))
    return args[:position], (*moved, *kwargs), value


def _parameter_names(name: str) -> list[str] | None:
    entry = symbols.resolve(name)
    if entry is None:
        return None
    try:
        return [name for name in inspect.signature(entry.object).parameters if name != "self"]
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
