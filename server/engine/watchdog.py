"""Decide when an engine that is busy has to be killed, and which call is to blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .journal import Call

# An analysis that ran out of time is not the fault of the call that it happens to be in, unless that one took a good
# part of a second by itself; calls take milliseconds.
_SUSPICIOUS = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The engine has to be killed: why, and for which call, if it was one call."""

    reason: str
    call: Call | None


@dataclass(slots=True)
class Watchdog:
    """Watches one analysis.

    Time is handed in as ticks, not read from a clock: a computer that slept, or a server that was stopped, must not
    look like a call that hung.
    """

    call_timeout: float
    analysis_timeout: float
    _total: float = 0.0
    _ages: dict[int, float] = field(default_factory=dict)

    def tick(self, elapsed: float, calls: Sequence[Call] | None) -> Verdict | None:
        """Note that `elapsed` seconds later the engine was in `calls` (None: could not be read)."""
        self._total += elapsed
        if calls is not None:
            # A call is counted from the tick that first saw it.
            self._ages = {
                call.number: self._ages[call.number] + elapsed if call.number in self._ages else 0.0 for call in calls
            }
            for call in reversed(calls):
                if self._ages[call.number] > self.call_timeout:
                    return Verdict(f"{call.description} took longer than {self.call_timeout:g} s", call)
        if self._total > self.analysis_timeout:
            slow = next((call for call in reversed(calls or ()) if self._ages[call.number] >= _SUSPICIOUS), None)
            return Verdict(f"the analysis took longer than {self.analysis_timeout:g} s", slow)
        return None
