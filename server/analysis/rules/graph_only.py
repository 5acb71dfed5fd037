"""graph-only: a function of TensorFlow 1 that works in a graph alone is called in eager code."""

from __future__ import annotations

from ..fixes.graph_mode import disable_candidates
from ..interpreter.events import AbsentName, LibraryCall
from ..libraries import graphs
from ..libraries.outcome import Refused
from .base import Rule, Sentence
from .words import label


def judge(event: LibraryCall) -> Sentence | None:
    """Take what says that it does not work eagerly."""
    if isinstance(event, AbsentName) or event.expected or event.mode != "eager":
        return None
    if not isinstance(event.outcome, Refused) or not graphs.works_in_graphs_alone(event.name):
        return None
    message = f"{label(event)}: works in a graph alone, and TensorFlow 2 runs eagerly"
    return Sentence(message, candidates=disable_candidates(event))


RULE = Rule("graph-only", "A function of TensorFlow 1's graphs is called in eager code.", judge)
