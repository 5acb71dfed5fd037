"""Ask NumPy itself: on the real values where they are known, else on several fillings and sizes that must agree.

A function whose result's shape or dtype depends on values (`np.unique`, a boolean mask) answers differently for
zeros, ones and unequal numbers, and is unknown. Arrays too large to compute with are scaled down, twice, differently:
a dim that follows a dim of the arguments is that dim, one that stays is a constant, any other is unknown.
"""

from __future__ import annotations

import dataclasses
import re
import warnings
from typing import Any

import numpy as np

from ..values import Const, DTypeValue, Heap, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ..values.dims import erased
from ..values.fresh import FreshArray, FreshDict, FreshList
from . import symbols
from .bounds import is_subscript, largest_bound
from .classification.array_members import MUTATORS, array_member
from .classification.numpy_rules import WRITERS
from .classify import numpy_random
from .filling import APART, FILLINGS, MAX_ELEMENTS, REGULAR, SMALL
from .numpy_creation import created, is_large_grid
from .outcome import NotKnown, Outcome, Refused, Returned, refusal
from .query import Query
from .reflect import reflect
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError

#: Functions whose result is as large as a number among their arguments says, and how large that may be.
_GROWING = re.compile(
    r"(numpy\.)?(random\.\w+|arange|linspace|logspace|geomspace|eye|identity|tri|tile|repeat|resize|indices|pad|vander|"
    r"bartlett|blackman|hamming|hanning|kaiser|zeros_like|ones_like|full_like|empty_like|broadcast_to|mgrid|ogrid)"
)
MAX_INTEGER = 100_000
#: Elements up to which arguments are once more filled with numbers that they do not share.
MAX_APART = 10_000
MAX_GROWTH = 20_000_000
#: Real or complex, as the numbers are: no filling shows both.
_REAL_OR_COMPLEX = re.compile(r"numpy\.(roots|polynomial\.\w+\.\w*roots|linalg\.(eig|eigvals))")
#: What these give is whatever lay in memory.
_UNINITIALISED = ("numpy.empty", "numpy.empty_like", "numpy.ndarray")
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


def allowed(query: Query) -> bool:
    """Say whether NumPy may be asked this of an array."""
    if query.form in ("method", "attribute"):
        return array_member(query.name).may_ask
    return True


def mutates(name: str) -> bool:
    """Say whether a method of an ndarray changes it in place (and returns None)."""
    return name in MUTATORS


def ask(query: Query, heap: Heap, session: Session) -> tuple[Outcome, bool]:
    """Return what NumPy makes of a call, and whether it may write into an array that it is given."""
    outcome, changed = _ask(query, heap, session)
    return outcome, changed or _writes(query)


def _writes(query: Query) -> bool:
    if any(name in ("out", "overwrite_input") for name, _ in query.kwargs):
        return True
    if (query.form == "method" and query.name in MUTATORS) or query.name in WRITERS:
        return True
    entry = symbols.resolve(query.name) if query.form == "symbol" else None
    return entry is not None and isinstance(entry.object, np.ufunc) and len(query.args) > entry.object.nin


def _ask(query: Query, heap: Heap, session: Session) -> tuple[Outcome, bool]:
    sized = created(query, heap, lambda small: _run(small, heap, session, keep=False)[0])
    if sized is not None:
        return sized, False
    leaves = query.leaves(heap)
    numbers = [leaf.value for leaf in leaves if isinstance(leaf, Const) and type(leaf.value) in (int, float)]
    if is_large_grid(query, numbers):
        return NotKnown("too large to compute"), False
    if _GROWING.fullmatch(query.name) and any(abs(number) > MAX_INTEGER for number in numbers):
        return NotKnown("too large to compute"), False
    arrays = [heap.settled(leaf) for leaf in leaves if isinstance(leaf, TensorValue)]
    unknown = [array for array in arrays if array.content is None]
    random = query.form == "object" or (query.form == "symbol" and numpy_random(query.name))
    if (random or _GROWING.fullmatch(query.name)) and not _fits(query, heap, arrays):
        return NotKnown("too large to compute"), False
    if not unknown:
        return _run(query, heap, session, keep=not random and query.name not in _UNINITIALISED)
    if _REAL_OR_COMPLEX.fullmatch(query.name) and any(not _is_complex(array) for array in arrays):
        return NotKnown("real or complex: depends on values that are not known"), False
    if _value_based_casting(arrays, unknown):
        return NotKnown("NumPy 1 promotes by value, and the value is not known"), False
    total = sum(int(np.prod([dim or 2 for dim in erased(array.shape) or ()], dtype=np.float64)) for array in unknown)
    exact = all(array.fully_defined for array in unknown) and (
        total <= MAX_ELEMENTS or query.name.rpartition(".")[2] in _VIEWS
    )
    runs = [_run(query, heap, session, keep=False, filling=filling, exact=exact) for filling in range(FILLINGS)]
    returned = [run for run in runs if isinstance(run[0], Returned)]
    refused = [outcome for outcome, _ in runs if isinstance(outcome, Refused)]
    if any("LinAlgError" in outcome.types for outcome in refused):
        # Matrices that cannot be inverted: what the others give, and one that can.
        regular = _run(query, heap, session, keep=False, filling=REGULAR, exact=exact)
        if isinstance(regular[0], Refused) and exact and not returned:
            return regular[0], False
        runs = [*returned, regular]
    elif refused and returned and not random and not exact and len(returned) < 2:
        return NotKnown("only one size is taken, and the sizes are not known"), False
    elif refused and returned and not random:
        # Numbers that are out of range (`np.eye(5)[labels]`): what small ones give.
        runs = [*returned, _run(query, heap, session, keep=False, filling=SMALL, exact=exact)]
    if returned and len(unknown) > 1 and query.form == "symbol" and total <= MAX_APART:
        apart = _run(query, heap, session, keep=False, filling=APART, exact=exact)
        runs = [*runs, apart] if isinstance(apart[0], Returned) else runs  # numbers as large may be out of range
    outcomes = [outcome for outcome, _ in runs]
    if random and any(isinstance(outcome, Refused) for outcome in outcomes):
        return NotKnown("depends on values that are not known"), False
    return _agree(outcomes, unknown, exact), any(changed for _, changed in runs)


def _is_complex(array: TensorValue) -> bool:
    return array.dtype in ("complex64", "complex128")


def _fits(query: Query, heap: Heap, arrays: list[TensorValue]) -> bool:
    """Say whether sizes that are given as tuples or lists, and arrays, come to few elements."""
    elements = sum(int(np.prod([dim or 2 for dim in erased(array.shape) or ()], dtype=np.float64)) for array in arrays)
    growth = 1.0
    for value in (*query.args, *(value for _, value in query.kwargs)):
        item = heap.get(value.address) if isinstance(value, Ref) else None
        parts = value.items if isinstance(value, TupleValue) else item.items if isinstance(item, ListObject) else None
        for part in parts if parts is not None else (value,):
            if isinstance(part, Const) and type(part.value) is int and (parts is not None or query.form == "object"):
                growth *= max(1, abs(part.value))
    return growth * max(1, elements) <= MAX_GROWTH


def _run(
    query: Query, heap: Heap, session: Session, *, keep: bool, filling: int = 0, exact: bool = True
) -> tuple[Outcome, bool]:
    reifier = Reifier(heap, session, style="numpy", filling=filling)
    if not exact and is_subscript(query):
        reifier.sizes = _unscaled(_UNKNOWN[filling % len(_UNKNOWN)], largest_bound(query))
    elif not exact:
        reifier.sizes = lambda dim: _SCALED[filling % len(_SCALED)](dim)
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
    numbers = not (query.form == "object" or (query.form == "symbol" and numpy_random(query.name)))
    return Returned(reflect(result, session, keep=keep, numbers=numbers, arrays=made)), changed


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


#: Sizes in subscripts for dims that are not known: how much, and how often the largest bound.
_UNKNOWN = ((2, 0), (3, 1), (5, 2), (1, 0))


def _unscaled(unknown: tuple[int, int], bound: int) -> Any:
    """Return a map of dims to sizes that leaves them as they are: what a slice takes depends on them. Views take no memory."""
    more, times = unknown
    return lambda dim: more + times * min(bound, 2**31) if dim is None else dim


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
    dims = {dim for array in unknown for dim in erased(array.shape) or ()}
    merged = merge(values, dims, exact)
    return NotKnown("depends on values that are not known") if merged is None else Returned(merged)


def merge(values: list[Value], dims: set[int | None], exact: bool) -> Value | None:
    """Return what several answers have in common, on the sizes of the arguments (`exact`) or on scaled ones."""
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return None
    if isinstance(first, FreshArray):
        inner = merge([value.value for value in values if isinstance(value, FreshArray)], dims, exact)
        return dataclasses.replace(first, value=inner) if isinstance(inner, TensorValue) else None
    if isinstance(first, TensorValue):
        specs = [value for value in values if isinstance(value, TensorValue)]
        if len({(spec.kind, spec.dtype, spec.numpy_dtype, len(spec.shape or ())) for spec in specs}) > 1:
            return None
        columns = list(zip(*(spec.shape or () for spec in specs), strict=True))
        content = first.content if all(spec == first for spec in specs) else None
        shape = tuple(_dim(column, dims, exact) for column in columns)
        return dataclasses.replace(first, shape=shape, content=content)
    if isinstance(first, (TupleValue, FreshList)):
        rows = [value.items for value in values if isinstance(value, (TupleValue, FreshList))]
        if len({len(row) for row in rows}) > 1:
            return None
        items = [merge(list(column), dims, exact) for column in zip(*rows, strict=True)]
        return (
            None
            if None in items
            else dataclasses.replace(first, items=tuple(item for item in items if item is not None))
        )
    if isinstance(first, FreshDict):
        return None
    if isinstance(first, Const):
        return _number(values, dims, exact)
    same = all(value == first for value in values) and (exact or isinstance(first, DTypeValue))
    return first if same else Unknown("depends on values that are not known")


def _number(values: list[Value], dims: set[int | None], exact: bool) -> Value:
    """Return a number of Python's that several answers agree on, or that follows a dim of the arguments."""
    numbers = [value.value for value in values if isinstance(value, Const)]
    kinds = {type(number) for number in numbers}
    if len(kinds) > 1 or not kinds <= {int, float, bool, str, bytes, complex, type(None)}:
        return Unknown("depends on values that are not known")
    if all(number == numbers[0] for number in numbers):
        return values[0]
    kind = kinds.pop()
    size = _dim(tuple(numbers), dims, exact) if kind is int and not exact else None
    return Scalar(type=kind.__name__) if size is None else Const(size)


def _dim(column: tuple[int | None, ...], dims: set[int | None], exact: bool) -> int | None:
    """Return the size that several answers agree on, or that follows a dim of the arguments; None where values decide."""
    if len(set(column)) == 1:
        return column[0]
    if exact:
        return None
    for dim in dims:
        if dim is not None and tuple(scale(dim) for scale in _SCALED) == column:
            clash = [other for other in dims if other is not None and tuple(s(other) for s in _SCALED) == column]
            return dim if len(clash) == 1 else None
    return None


def _value_based_casting(arrays: list[TensorValue], unknown: list[TensorValue]) -> bool:
    """Say whether the value of an array without dims may decide a dtype: in NumPy 1, beside arrays of other dtypes."""
    if np.lib.NumpyVersion(np.__version__) >= "2.0.0" or all(array.shape != () for array in unknown):
        return False
    return len({(array.dtype, array.numpy_dtype) for array in arrays}) > 1
