"""model-input-mismatch: the features do not fit the input of the model."""

from __future__ import annotations

from ..fixes.model_input import input_candidates
from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .words import about_shapes, label, library_words


def judge(event: LibraryCall) -> Sentence | None:
    """Take a model that refuses a batch of the features that `fit` or its like are given."""
    seen = event.training
    if seen is None or seen.stage != "input" or not isinstance(event.outcome, Refused) or not about_shapes(event):
        return None
    batch = f" (a batch is {text(seen.x, Heap())})" if isinstance(seen.x, TensorValue) else ""
    where = " of validation_data" if seen.held_out else ""
    message = f"{label(event)}: the model does not take these features{where}{batch}: {library_words(event)}"
    return Sentence(message, candidates=input_candidates(event))


RULE = Rule("model-input-mismatch", "The features do not fit the input of the model.", judge)
