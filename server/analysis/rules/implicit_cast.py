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
    if not event.casts:
        return None
    for index, (_, value) in enumerate(tensors(event)):
        if value.dtype.startswith(("int", "uint")):
            said = text(value, Heap())
            message = f"{label(event)}: {said} is converted to float32 without a word"
            position = [i for i, a in enumerate(event.arguments) if a is tensors(event)[index][0]][0]
            return Sentence(message, candidates=cast_candidates(event, [Cast(position, "float32")]))
    return None


RULE = Rule(
    "implicit-cast", "Integers enter a layer that computes in floats.", judge, refusals=False, severity="warning"
)
