"""One of several values, nobody knows which: each is followed on a heap of its own, and what they leave is joined.

A refusal counts only where every alternative is refused: on some execution the line would run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..libraries.outcome import Refused
from ..values import Heap, Value
from ..values.join import join_all
from .core import Interpreter
from .events import LibraryCall

T = TypeVar("T")


class Recorder:
    """Keeps events until it is known whether they count."""

    def __init__(self) -> None:
        self.events: list[LibraryCall] = []

    def library_call(self, event: LibraryCall) -> None:
        """Keep an event."""
        self.events.append(event)

    @property
    def refused(self) -> bool:
        """Say whether some call was refused."""
        return any(isinstance(event.outcome, Refused) for event in self.events)


def follow_each(interp: Interpreter, options: Sequence[T], evaluate: Callable[[T], Value]) -> Value:
    """Return what any of the alternatives may give."""
    if len(options) == 1:
        return evaluate(options[0])
    entry, listeners, before = interp.heap, interp.listeners, interp.raised
    recorders, heaps, results, raised = list[Recorder](), list[Heap](), list[Value](), list[bool]()
    try:
        for option in options:
            recorders.append(Recorder())
            interp.listeners = [recorders[-1]]
            interp.heap = entry.fork()
            interp.raised = before
            results.append(evaluate(option))
            heaps.append(interp.heap)
            raised.append(interp.raised)
    finally:
        interp.listeners = listeners
    interp.heap = interp.joined(heaps)
    interp.raised = before or all(raised)
    certain = all(recorder.refused for recorder in recorders)
    for recorder in recorders:
        for event in recorder.events:
            if certain or not isinstance(event.outcome, Refused):
                for listener in listeners:
                    listener.library_call(event)
    return join_all(results)
