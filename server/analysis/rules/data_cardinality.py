"""data-cardinality: features and labels of different length."""

from __future__ import annotations

import re

from ..fixes.slices import slice_candidates
from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..values import Heap
from ..values.render import text
from .base import Rule, Sentence
from .words import label, library_words

_SAID = re.compile(r"cardinality is ambiguous|which is not sufficient to split")


def judge(event: LibraryCall) -> Sentence | None:
    """Take data that the adapter refuses because of their lengths."""
    seen = event.training
    if seen is None or seen.stage != "data" or not isinstance(event.outcome, Refused):
        return None
    if not _SAID.search(event.outcome.message):
        return None
    found = [value for _, value in tensors(event)]
    lengths = [value.shape[0] for value in found if value.shape]
    if len(set(lengths)) < 2:
        return Sentence(f"{label(event)}: {library_words(event)}")
    said = " and ".join(text(value, Heap()) for value in found[:3])
    numbers = " ≠ ".join(dict.fromkeys(str(length) for length in lengths[:3]))
    message = f"{label(event)}: features and labels are of different length: {said} ({numbers})"
    return Sentence(message, candidates=slice_candidates(event))


RULE = Rule("data-cardinality", "Features and labels are of different length.", judge)
