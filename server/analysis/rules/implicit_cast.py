"""implicit-cast: integers enter a layer that computes in floats; it runs, and converts them without a word."""

from __future__ import annotations

from ..fixes.cast import Cast, cast_candidates
from ..interpreter.events import LibraryCall, tensors
from ..values import Heap
from ..values.render import text
from .base import Rule, Sentence
from .words import label


def judge(event: LibraryCall) -> Sentence | None:
    """Take a layer's call in whose graph an integer argument was cast to floats on its way into trained weights."""
    if event.casts is None:
        return None
    for argument, value in tensors(event):
        if value.dtype.startswith(("int", "uint")) and argument in event.arguments:
            message = f"{label(event)}: {text(value, Heap())} is converted to {event.casts} without a word"
            return Sentence(
                message, candidates=cast_candidates(event, [Cast(event.arguments.index(argument), event.casts)])
            )
    return None


RULE = Rule(
    "implicit-cast", "Integers enter a layer that computes in floats.", judge, refusals=False, severity="warning"
)
