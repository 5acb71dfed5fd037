"""Run a call for real: to confirm that it fails, and to fold constants.

A FuncGraph is no eager execution: some calls raise in a graph alone. A symbolic failure in eager code is therefore only
a candidate until the same call, made eagerly on zeros of the same spec, raises too; the exception reported is that one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from ..values import Const, Heap, TensorValue, Value
from .outcome import Refused, refusal
from .query import Query
from .reflect import reflect
from .reify import CannotReifyError, Reifier, scaling
from .session import Session

#: Elements that a confirmation may allocate as they are; more is scaled down.
MAX_EXACT = 20_000_000
#: A scaled confirmation says nothing where an argument names a size.
MAX_PLAIN_INTEGER = 8
_NOT_A_REFUSAL = (
    "ResourceExhaustedError",
    "MemoryError",
    "UnimplementedError",
    "NotFoundError",
    "CannotReifyError",
    "RecursionError",
)


#: What a library raises where it does not take its arguments.
_REFUSALS = frozenset({"InvalidArgumentError", "OutOfRangeError", "ValueError", "TypeError", "IndexError"})


def confirm(query: Query, heap: Heap, session: Session) -> Refused | Value | None:
    """Return the exception that the call raises eagerly, whatever the unknown dims are.

    Where it runs after all, on sizes that are all known, return what it gives; else None.
    """
    tensors = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    open_dims = any(not tensor.fully_defined for tensor in tensors)
    total = sum(int(np.prod([dim or 2 for dim in tensor.shape or ()], dtype=np.float64)) for tensor in tensors)
    attempts: list[Callable[[int | None], int]]
    if total > MAX_EXACT:
        if any(abs(number) > MAX_PLAIN_INTEGER for number in _integers(query, heap)):
            return None
        attempts = [scaling()]
    elif open_dims:
        attempts = [functools.partial(_size, size) for size in (1, 2, 3, 7)]
    else:
        attempts = [functools.partial(_size, 0)]
    found: Refused | None = None
    for sizes in attempts:
        reifier = Reifier(heap, session, style="eager", sizes=sizes, callback=query.callback)
        try:
            call = query.prepare(reifier)
        except Exception:  # no stand-in: nothing can be confirmed
            return None
        try:
            result = call()
        except (CannotReifyError, MemoryError, RecursionError):
            return None
        except Exception as error:
            found = refusal(error)
            if found.types[0] in _NOT_A_REFUSAL:
                return None
        else:
            exact = total <= MAX_EXACT and not open_dims
            return reflect(result, session, keep=False) if exact else None
    return found


def _size(unknown: int, dim: int | None) -> int:
    return unknown if dim is None else dim


def fold(query: Query, heap: Heap, session: Session) -> Value | Refused | None:
    """Return what a pure call on known values gives, or raises, run for real; None where it could not be run."""
    reifier = Reifier(heap, session, style="eager")
    try:
        call = query.prepare(reifier)
    except Exception:  # no stand-in: the symbolic answer stands
        return None
    if reifier.guessed:
        return None
    try:
        return reflect(call(), session)
    except (CannotReifyError, MemoryError, RecursionError):
        return None
    except Exception as error:
        found = refusal(error)
        return found if _REFUSALS & set(found.types) and found.type not in _NOT_A_REFUSAL else None


def all_known(query: Query, heap: Heap) -> bool:
    """Say whether the content of every tensor that takes part is known."""
    return all(
        heap.settled(leaf).content is not None for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)
    ) and not any(
        isinstance(leaf, TensorValue) and leaf.kind in ("Variable", "KerasTensor") for leaf in query.leaves(heap)
    )


def _integers(query: Query, heap: Heap) -> list[int]:
    return [leaf.value for leaf in query.leaves(heap) if isinstance(leaf, Const) and type(leaf.value) is int]
