"""batch-shape-mismatch: elements that make no batch, and generators that do not give what was declared."""

from __future__ import annotations

import re

from ..fixes.batches import padded, signature
from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from .base import Rule, Sentence
from .words import library_words

_UNEQUAL = re.compile(
    r"Cannot batch tensors with different shapes in component (\d+)\. "
    r"First element had shape (\[.*?\]) and element (\d+) had shape (\[.*?\])"
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take what drawing from a data set raises."""
    drawing = event.name == "tensorflow.data.Dataset.__iter__"
    training = event.training is not None and event.training.stage == "data"
    if not isinstance(event.outcome, Refused) or not (drawing or training):
        return None
    message = event.outcome.message
    found = _UNEQUAL.search(message)
    if found is not None:
        number, first, place, other = found.groups()
        part = "" if number == "0" else f" (component {number})"
        text = f"elements of unequal shape in one batch{part}: the first is {first}, number {int(place) + 1} is {other}"
        return Sentence(f"batch: {text}", candidates=padded(event))
    if "`generator` yielded" not in message and "generator" not in message:
        return None
    return Sentence(
        f"from_generator: {library_words(event).removeprefix('TypeError: ')}", candidates=signature(event, message)
    )


RULE = Rule("batch-shape-mismatch", "Elements that make no batch, or are not what was declared.", judge)
