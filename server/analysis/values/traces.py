"""Which tensor a value is, and from which other tensors gradient tapes saw it come.

A `Trace` goes with a tensor from the library call that made it. It is what lets `tape.gradient` say for certain that
there is a gradient, or that there is none: not a guess from names, but what the library says of each call on the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: How a gradient arrives at a tensor: as a plain one, as IndexedSlices (with the dtypes of their indices and dense
#: shape behind it), or nobody knows which.
DENSE, SLICES, EITHER = "dense", "slices", "either"
#: Stands among the numbers of every weight that a library made: two of them may be the same variable.
SOME_WEIGHT = 0

_numbers = itertools.count(1)


def new_number() -> int:
    """Return a number that no tensor and no tape has."""
    return next(_numbers)


@dataclass(frozen=True, slots=True)
class Reach:
    """The tensors that a tape watches and that one tensor comes from, differentiably.

    sure: those that it comes from on every execution, with the form in which a gradient arrives there.
    may: all that it may come from; None where these are not known. sliced: those to which a gradient may come as slices.
    via: tensors on the way there that nobody watches, which the tape records all the same; the latest of them.
    open: it comes from nothing that is watched, and may be recorded (`tf.round(x)` is, `tf.stop_gradient(x)` is not).
    """

    sure: Mapping[int, str] = field(default_factory=dict)
    may: frozenset[int] | None = frozenset()
    sliced: frozenset[int] | None = frozenset()
    via: Mapping[int, str] = field(default_factory=dict, compare=False)
    open: bool = False

    @property
    def recorded(self) -> bool | None:
        """Say whether the tape has recorded the tensor itself."""
        if self.sure:
            return True
        return None if self.open or self.may is None or self.may else False

    def __hash__(self) -> int:
        return hash(self.may)


NOTHING = Reach()
ANYTHING = Reach({}, None, None)
#: Tensors on the way that are kept: of those before them it is not known whether a gradient leads there.
MAX_VIA = 64


@dataclass(frozen=True, slots=True)
class Trace:
    """The identity of a tensor, and its reach by tape.

    number: the tensor's own. ids: all that it may be the same as, after a join. whole: a tape that is not in `tapes`
    has not recorded it; otherwise nobody knows. trainable: of a variable. Only what tapes saw is compared.
    """

    number: int = field(default=0, compare=False)
    ids: frozenset[int] = field(default=frozenset(), compare=False)
    tapes: Mapping[int, Reach] = field(default_factory=dict)
    whole: bool = True
    trainable: bool | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash((frozenset(self.tapes), self.whole))

    def reach(self, tape: int) -> Reach:
        """Return what a tape knows of this tensor."""
        return self.tapes.get(tape) or (NOTHING if self.whole else ANYTHING)


def new_trace(
    tapes: Mapping[int, Reach] | None = None,
    *,
    whole: bool = True,
    trainable: bool | None = None,
    also: Iterable[int] = (),
) -> Trace:
    """Return the trace of a tensor that was just made."""
    number = new_number()
    return Trace(number, frozenset([number, *also]), tapes or {}, whole, trainable)


def join_traces(first: Trace | None, second: Trace | None) -> Trace | None:
    """Return the trace of a tensor that is one of two."""
    if first is second or first is None or second is None:
        return first if first is second else None
    common = {tape: _join_reach(first.tapes[tape], second.tapes[tape]) for tape in first.tapes if tape in second.tapes}
    # A tape that saw one of the two alone may have been made in a turn of a loop: nothing is said of it any more.
    whole = first.whole and second.whole and len(common) == len(first.tapes) == len(second.tapes)
    trainable = first.trainable if first.trainable == second.trainable else None
    return Trace(new_number(), first.ids | second.ids, common, whole, trainable)


def _join_reach(first: Reach, second: Reach) -> Reach:
    if first is second:
        return first
    may, sliced = _either(first.may, second.may), _either(first.sliced, second.sliced)
    return Reach(
        _common(first.sure, second.sure), may, sliced, _common(first.via, second.via), first.open or second.open
    )


def _common(first: Mapping[int, str], second: Mapping[int, str]) -> dict[int, str]:
    return {number: form if second[number] == form else EITHER for number, form in first.items() if number in second}


def _either(first: frozenset[int] | None, second: frozenset[int] | None) -> frozenset[int] | None:
    return None if first is None or second is None else first | second


def gather(parts: Iterable[Reach]) -> Reach:
    """Return the reach of a tensor that is computed from several."""
    parts = list(parts)
    sure: dict[int, str] = {}
    may: frozenset[int] | None = frozenset()
    sliced: frozenset[int] | None = frozenset()
    via: dict[int, str] = {}
    for part in parts:
        for number, form in part.sure.items():
            sure[number] = _both(sure[number], form) if number in sure else form
        for number, form in part.via.items():
            via[number] = _both(via[number], form) if number in via else form
        may, sliced = _either(may, part.may), _either(sliced, part.sliced)
    for part in parts:
        for number in sure:
            # It may arrive there on another way too, and that one may be dense.
            if sure[number].startswith(SLICES) and number not in part.sure and (part.may is None or number in part.may):
                sure[number] = EITHER
        for number in via:
            if via[number].startswith(SLICES) and number not in part.via and part.recorded is not False:
                via[number] = EITHER
    latest = sorted(via)[-MAX_VIA:]
    return Reach(sure, may, sliced, {number: via[number] for number in latest})


def _both(first: str, second: str) -> str:
    if DENSE in (first, second):
        return DENSE
    return first if first == second else EITHER
