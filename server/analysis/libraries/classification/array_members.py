"""Methods and attributes of `numpy.ndarray`: which NumPy is asked for on stand-ins."""

from __future__ import annotations

import functools
import inspect

import numpy as np

from .verdicts import CONCRETE, UNCLASSIFIED, Verdict, first, forbidden, rules

#: What changes the array in place, and returns None.
MUTATORS = frozenset(["sort", "fill", "put", "partition", "itemset", "resize", "setflags", "setfield"])
_BY_NAME = rules(
    [
        (r"tofile|dump|dumps", forbidden("writes files")),
        (r"data|ctypes|base|flags|strides|device|getfield", forbidden("tells how an array lies in memory")),
        (r"flat", forbidden("an iterator over the elements")),
        (r"_.*", forbidden("a private attribute")),
        (r"byteswap|newbyteorder|to_device", forbidden("may change the array, or what its bytes mean")),
    ]
)


@functools.cache
def array_member(name: str) -> Verdict:
    """Return the verdict on a method or an attribute of an array."""
    named = first(_BY_NAME, name)
    if named is not None:
        return named
    member = inspect.getattr_static(np.ndarray, name, None)
    return UNCLASSIFIED if member is None else CONCRETE
