"""one-hot-depth: labels reach or pass the depth of `tf.one_hot`; their rows are all zeros, and nothing is raised."""

from __future__ import annotations

import numpy as np

from ..fixes.one_hot import depth_candidates, one_hot_arguments
from ..interpreter.events import LibraryCall
from .base import Rule, Sentence
from .words import label

ONE_HOT = frozenset(["tensorflow.one_hot", "tensorflow.compat.v1.one_hot", "keras.ops.one_hot"])


def judge(event: LibraryCall) -> Sentence | None:
    """Take a `one_hot` whose label values are known and go beyond its depth."""
    if event.name not in ONE_HOT:
        return None
    known = one_hot_arguments(event)
    if known is None or known.labels.size == 0:
        return None
    largest = int(np.max(known.labels))
    if largest < known.depth:
        return None
    beyond = int(np.count_nonzero(known.labels >= known.depth))
    rows = "a row" if beyond == 1 else f"{beyond} rows"
    message = f"{label(event)}: labels go up to {largest}, depth is {known.depth}: {rows} will be all zeros"
    return Sentence(message, candidates=depth_candidates(event, known, largest + 1))


RULE = Rule("one-hot-depth", "Labels reach or pass the depth of one_hot.", judge, refusals=False, severity="warning")
