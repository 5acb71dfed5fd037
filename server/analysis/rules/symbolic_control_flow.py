"""symbolic-control-flow: Python asks a tensor for its truth or its items while a graph is made, and it has none yet."""

from __future__ import annotations

from ..fixes.conditions import cond_candidates
from ..fixes.converted import converted_candidates
from ..fixes.parts import parts_candidates, takes_apart
from ..interpreter.events import LibraryCall
from ..libraries.models.checks import ITEMS
from ..libraries.outcome import Refused
from .base import Rule, Sentence
from .words import specs

# What TensorFlow and Keras 3 say of both, and Keras 2 of a loop over a KerasTensor.
SAYS = ("symbolic", "unknown first dimension")


def judge(event: LibraryCall) -> Sentence | None:
    """Take tests and loops that a symbolic tensor is to decide."""
    if not isinstance(event.outcome, Refused) or event.name not in ("operator.truth", ITEMS):
        return None
    if not any(words in event.outcome.message for words in SAYS):
        return None
    asked = "whether it is true" if event.name == "operator.truth" else "for its items"
    told = specs(event)
    keras = told.startswith("KerasTensor")
    why = "it stands for what a model will get" if keras else "the graph is traced without AutoGraph"
    candidates = (*converted_candidates(event), *cond_candidates(event))
    if takes_apart(event):
        why = why if keras else "AutoGraph converts loops, and not what takes a tensor apart"
        candidates = parts_candidates(event)
    return Sentence(f"Python asks a symbolic tensor {asked}: {told}; {why}", candidates=candidates)


RULE = Rule("symbolic-control-flow", "Python asks a symbolic tensor for its truth or its items.", judge)
