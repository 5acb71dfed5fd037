"""What the values of a tensor lie between: `[0, 255]`, `[0, 1]`, at least 0.

Bounds are closed, and speak of numbers: a NaN may stand among floats whatever the bounds are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Bounds that survive a join; a finite number of them, so that loops end.
_LADDER = (-1.0, 0.0, 1.0, 255.0)


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed bounds; None where there is none."""

    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None:
            return f"at most {_text(self.high, math.inf)}"
        low = _text(self.low, -math.inf)
        return f"at least {low}" if self.high is None else f"[{low}, {_text(self.high, math.inf)}]"

    @property
    def open(self) -> bool:
        """Say whether nothing is said."""
        return self.low is None and self.high is None

    def within(self, other: Interval) -> bool:
        """Say whether every number in here is in there."""
        low = other.low is None or (self.low is not None and self.low >= other.low)
        return low and (other.high is None or (self.high is not None and self.high <= other.high))


def _text(bound: float | None, outwards: float) -> str:
    """Write a bound in few digits, rounded away from what it holds."""
    assert bound is not None
    if float(bound).is_integer() and abs(bound) < 1e15:
        return str(int(bound))
    text = f"{bound:.6g}"
    unit = 10.0 ** (math.floor(math.log10(abs(bound))) - 5)
    if (float(text) > bound) if outwards < 0 else (float(text) < bound):
        text = f"{bound + math.copysign(unit, outwards):.6g}"
    return text


def hull(first: Interval, second: Interval) -> Interval:
    """Return the least interval around both."""
    low = None if first.low is None or second.low is None else min(first.low, second.low)
    high = None if first.high is None or second.high is None else max(first.high, second.high)
    return Interval(low, high)


def joined(first: Interval | None, second: Interval | None) -> Interval | None:
    """Return what holds of both paths that meet: what does not hold of both alike is widened to the next round bound."""
    if first is None or second is None or first == second:
        return first if first == second else None
    both = hull(first, second)
    low = (
        both.low
        if first.low == second.low
        else max((b for b in _LADDER if both.low is not None and b <= both.low), default=None)
    )
    high = (
        both.high
        if first.high == second.high
        else min((b for b in _LADDER if both.high is not None and b >= both.high), default=None)
    )
    found = Interval(low, high)
    return None if found.open else found


def finite(low: float | None, high: float | None) -> Interval | None:
    """Return an interval of these bounds; None where they say nothing, or are no numbers."""
    low = None if low is None or not math.isfinite(low) else low
    high = None if high is None or not math.isfinite(high) else high
    return None if low is None and high is None else Interval(low, high)
