"""Numbers in place of contents that are not known: zeros, ones, unequal numbers, numbers of both signs.

What a call gives, or whether it raises, counts as known only where it is the same for all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

#: How many fillings there are.
FILLINGS = 4
#: One more: matrices that are symmetric, positive definite and so invertible.
REGULAR = 4
#: And one of zeros and ones in turn.
SMALL = 5
#: And one where no two arguments have a number in common.
APART = 6
#: Arrays larger than this are views of one element.
MAX_ELEMENTS = 1_000_000


def filled(shape: tuple[int, ...], dtype: np.dtype[Any], filling: int, place: int = 0) -> np.ndarray[Any, Any]:
    """Return an array; `place` is that of the argument, because two arguments are not to be filled alike."""
    if dtype.hasobject or dtype.kind in "SU":
        return np.full(shape, b"" if filling == 0 else str(filling + place).encode()).astype(dtype)
    if int(np.prod(shape, dtype=np.float64)) > MAX_ELEMENTS:
        return np.broadcast_to(np.full((), filling).astype(dtype), shape)
    if filling < 2 or dtype.kind not in "iufcb":
        return np.full(shape, filling).astype(dtype)
    if filling == REGULAR and len(shape) > 1:
        return np.broadcast_to(2 * np.eye(shape[-2], shape[-1]), shape).astype(dtype)
    numbers: Any = np.arange(int(np.prod(shape))).reshape(shape)
    if filling == APART:
        if dtype.kind == "b":  # two truths are all that there are
            return np.full(shape, place % 2 == 0)
        return (numbers % 20 + 20 * place).astype(dtype)  # type: ignore[no-any-return]
    if filling == SMALL:
        return ((numbers + place) % 2).astype(dtype)  # type: ignore[no-any-return]
    numbers = (numbers + 3 * place) % 7 if filling in (2, REGULAR) else (5 * numbers + 2 * place) % 11 - 5
    if dtype.kind == "b":
        numbers = numbers > (2 if filling == 2 else 0)
    made: np.ndarray[Any, Any] = (np.abs(numbers) if dtype.kind == "u" else numbers).astype(dtype)
    return made


def scaling(limit: int = 64) -> Callable[[int | None], int]:
    """Return a map of dims to small sizes: equal dims stay equal, unequal ones unequal; unknown ones are 2."""
    small = itertools.chain((67, 71, 73, 79, 83, 89, 97, 101), itertools.count(103, 2))
    known: dict[int, int] = {}

    def size(dim: int | None) -> int:
        if dim is None:
            return 2
        if dim <= limit:
            return dim
        if dim not in known:
            known[dim] = next(small)
        return known[dim]

    return size
