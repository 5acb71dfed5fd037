"""Ask NumPy itself: on the real values where they are known, else on several fillings and sizes that must agree.

A function whose result's shape or dtype depends on values (`np.unique`, a boolean mask) answers differently for
zeros, ones and unequal numbers, and is unknown. Arrays too large to compute with are scaled down, twice, differently:
a dim that follows a dim of the arguments is that dim, one that stays is a constant, any other is unknown.
"""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from typing import Any

import numpy as np

from ..values import Const, Heap, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import FreshArray, FreshDict, FreshList
from ..values.heap import ListObject
from . import symbols
from .classify import numpy_random
from .outcome import NotKnown, Outcome, Refused, Returned, refusal
from .query import Query
from .reflect import reflect
from .reify import CannotReifyError, Reifier
from .session import Session

MAX_ELEMENTS = 1_000_000
#: Integers beyond this could make a result that does not fit anywhere.
MAX_INTEGER = 1_000_000
#: Functions that make a view, whatever the size.
_VIEWS = frozenset(
    [
        "getitem",
        "reshape",
        "transpose",
        "expand_dims",
        "squeeze",
        "swapaxes",
        "moveaxis",
        "broadcast_to",
        "T",
        "shape",
        "dtype",
        "ndim",
        "size",
        "rollaxis",
        "atleast_1d",
        "atleast_2d",
        "atleast_3d",
        "ravel",
        "rot90",
        "flip",
    ]
)
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
_METHODS = frozenset(
    [
        "astype",
        "reshape",
        "transpose",
        "flatten",
        "ravel",
        "sum",
        "mean",
        "max",
        "min",
        "std",
        "var",
        "argmax",
        "argmin",
        "argsort",
        "copy",
        "squeeze",
        "swapaxes",
        "clip",
        "round",
        "cumsum",
        "cumprod",
        "dot",
        "all",
        "any",
        "prod",
        "take",
        "repeat",
        "trace",
        "diagonal",
        "nonzero",
        "item",
        "tolist",
        "conj",
        "conjugate",
        "ptp",
        "searchsorted",
        "view",
        "choose",
        "compress",
    ]
)
_MUTATORS = frozenset(["sort", "fill", "put", "partition", "itemset", "resize", "setflags", "byteswap"])
_ATTRIBUTES = frozenset(["shape", "dtype", "ndim", "size", "T", "real", "imag", "itemsize", "nbytes"])


def allowed(query: Query) -> bool:
    """Say whether NumPy may be asked this of an array."""
    if query.form == "method":
        return query.name in _METHODS
    if query.form == "attribute":
        return query.name in _ATTRIBUTES
    return True


def mutates(name: str) -> bool:
    """Say whether a method of an ndarray changes it in place (and returns None)."""
    return name in _MUTATORS


def ask(query: Query, heap: Heap, session: Session) -> tuple[Outcome, bool]:
    """Return what NumPy makes of a call, and whether it may write into an array that it is given."""
    outcome, changed = _ask(query, heap, session)
    return outcome, changed or _writes(query)


def _writes(query: Query) -> bool:
    if any(name in ("out", "overwrite_input") for name, _ in query.kwargs):
        return True
    entry = symbols.resolve(query.name) if query.form == "symbol" else None
    return entry is not None and isinstance(entry.object, np.ufunc) and len(query.args) > entry.object.nin


def _ask(query: Query, heap: Heap, session: Session) -> tuple[Outcome, bool]:
    sized = _created(query, heap, session)
    if sized is not None:
        return sized, False
    leaves = query.leaves(heap)
    numbers = [leaf.value for leaf in leaves if isinstance(leaf, Const) and type(leaf.value) is int]
    if query.form == "symbol" and any(abs(number) > MAX_INTEGER for number in numbers):
        return NotKnown("too large to compute"), False
    arrays = [heap.settled(leaf) for leaf in leaves if isinstance(leaf, TensorValue)]
    unknown = [array for array in arrays if array.content is None]
    random = query.form == "symbol" and numpy_random(query.name)
    if not unknown:
        return _run(query, heap, session, keep=not random)
    if random or query.name.startswith("keras."):
        return NotKnown("depends on values that are not known"), False
    if _value_based_casting(unknown):
        return NotKnown("NumPy 1 promotes by value, and the value is not known"), False
    total = sum(int(np.prod([dim or 2 for dim in array.shape or ()], dtype=np.float64)) for array in unknown)
    exact = all(array.fully_defined for array in unknown) and (
        total <= MAX_ELEMENTS or query.name.rpartition(".")[2] in _VIEWS
    )
    runs = [
        _run(query, heap, session, keep=False, filling=filling, exact=exact) for filling in range(3 if exact else 4)
    ]
    return _agree([outcome for outcome, _ in runs], unknown, exact), any(changed for _, changed in runs)


def _run(
    query: Query, heap: Heap, session: Session, *, keep: bool, filling: int = 0, exact: bool = True
) -> tuple[Outcome, bool]:
    reifier = _FillingReifier(heap, session, style="numpy", filling=filling)
    if not exact:
        reifier.sizes = lambda dim: _SCALED[filling](dim)
    try:
        call = query.prepare(reifier)
    except CannotReifyError as error:
        return NotKnown(str(error)), False
    except Exception:  # no stand-in could be made
        return NotKnown("an argument has no stand-in"), False
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call()
    except (MemoryError, RecursionError):
        return NotKnown("too large to compute"), False
    except Exception as error:  # whatever NumPy refuses with is the answer
        return refusal(error), False
    made = [array for array, _ in reifier.arrays]
    changed = any(
        value.content is not None and np.asarray(array).tobytes() != value.content.array.tobytes()
        for array, value in reifier.arrays
    )
    return Returned(reflect(result, session, keep=keep, arrays=made)), changed


class _FillingReifier(Reifier):
    """Fills arrays of unknown content with zeros, ones or unequal numbers."""

    def _array(self, value: TensorValue) -> Any:
        made = super()._array(value)
        if (
            self.filling == 2
            and self.heap.settled(value).content is None
            and isinstance(made, np.ndarray)
            and made.size > 1
        ):
            if made.size <= MAX_ELEMENTS and made.dtype.kind in "iufcb":
                made[...] = (np.arange(made.size) % 7).reshape(made.shape).astype(made.dtype)
        return made


def _scaled(primes: tuple[int, ...]) -> Any:
    def size(dim: int | None) -> int:
        if dim is None:
            return primes[0]
        return dim if dim <= 64 else primes[1 + dim % (len(primes) - 1)]

    return size


# Maps of large dims to small sizes; a dim that moves with its map is recognised by its column of sizes. An unknown dim
# may also be 1, which broadcasts and is squeezed.
_SCALED = (
    _scaled((2, 67, 71, 73, 79, 83, 89, 97)),
    _scaled((3, 101, 103, 107, 109, 113, 127, 131)),
    _scaled((5, 137, 139, 149, 151, 157, 163, 167)),
    _scaled((1, 173, 179, 181, 191, 193, 197, 199)),
)


def _agree(outcomes: list[Outcome], unknown: list[TensorValue], exact: bool) -> Outcome:
    """Join answers on several fillings; what differs between them depends on values."""
    first = outcomes[0]
    for kind in (NotKnown,):
        for outcome in outcomes:
            if isinstance(outcome, kind):
                return outcome
    if isinstance(first, Refused):
        same = all(isinstance(other, Refused) and other.types == first.types for other in outcomes)
        if same and exact and "LinAlgError" not in first.types:
            return first
        return NotKnown("depends on values that are not known")
    values = [outcome.value for outcome in outcomes if isinstance(outcome, Returned)]
    if len(values) < len(outcomes):
        return NotKnown("depends on values that are not known")
    dims = {dim for array in unknown for dim in array.shape or ()}
    merged = _merge(values, dims, exact)
    return NotKnown("depends on values that are not known") if merged is None else Returned(merged)


def _merge(values: list[Value], dims: set[int | None], exact: bool) -> Value | None:
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return None
    if isinstance(first, FreshArray):
        inner = _merge([value.value for value in values if isinstance(value, FreshArray)], dims, exact)
        return dataclasses.replace(first, value=inner) if isinstance(inner, TensorValue) else None
    if isinstance(first, TensorValue):
        specs = [value for value in values if isinstance(value, TensorValue)]
        if len({(spec.kind, spec.dtype, spec.numpy_dtype, len(spec.shape or ())) for spec in specs}) > 1:
            return None
        columns = list(zip(*(spec.shape or () for spec in specs), strict=True))
        if exact and any(len(set(column)) > 1 for column in columns):
            return None
        return dataclasses.replace(first, shape=tuple(_dim(column, dims, exact) for column in columns))
    if isinstance(first, (TupleValue, FreshList)):
        rows = [value.items for value in values if isinstance(value, (TupleValue, FreshList))]
        if len({len(row) for row in rows}) > 1:
            return None
        items = [_merge(list(column), dims, exact) for column in zip(*rows, strict=True)]
        return (
            None
            if None in items
            else dataclasses.replace(first, items=tuple(item for item in items if item is not None))
        )
    if isinstance(first, FreshDict):
        return None
    return (
        first if all(value == first for value in values) and exact else Unknown("depends on values that are not known")
    )


def _dim(column: tuple[int | None, ...], dims: set[int | None], exact: bool) -> int | None:
    if exact or len(set(column)) == 1:
        return column[0]
    for dim in dims:
        if dim is not None and tuple(scale(dim) for scale in _SCALED) == column:
            clash = [other for other in dims if other is not None and tuple(s(other) for s in _SCALED) == column]
            return dim if len(clash) == 1 else None
    return None


def _value_based_casting(unknown: list[TensorValue]) -> bool:
    return np.lib.NumpyVersion(np.__version__) < "2.0.0" and any(array.shape == () for array in unknown)


def _created(query: Query, heap: Heap, session: Session) -> Outcome | None:
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
    outcome, _ = _run(small, heap, session, keep=False)
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
    if isinstance(value, TupleValue):
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
