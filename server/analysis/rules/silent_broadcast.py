"""silent-broadcast: labels and predictions of different width that a loss broadcasts without a word."""

from __future__ import annotations

from ..fixes.labels import units_candidates
from ..fixes.losses import ELEMENTWISE, labels_and_predictions, loss_of
from ..interpreter.events import LibraryCall
from ..values import Heap
from ..values.render import text
from .base import Rule, Sentence
from .words import label


def judge(event: LibraryCall) -> Sentence | None:
    """Take labels of width 1 that are compared with each of several predictions, or the other way round."""
    seen, loss, pair = event.training, loss_of(event), labels_and_predictions(event)
    if seen is None or seen.stage != "output" or loss is None or pair is None or loss.name not in ELEMENTWISE:
        return None
    labels, predictions = pair
    assert labels.shape is not None
    assert predictions.shape
    if len(labels.shape) != len(predictions.shape) or len(labels.shape) < 2:
        return None
    a, b = labels.shape[-1], predictions.shape[-1]
    if not isinstance(a, int) or not isinstance(b, int) or a == b or 1 not in (a, b):
        return None
    said = f"labels {text(labels, Heap())}, predictions {text(predictions, Heap())}"
    return Sentence(
        f"{label(event)}: {loss.name} broadcasts {said}: each is compared with all",
        candidates=units_candidates(event, b, a),
    )


RULE = Rule(
    "silent-broadcast",
    "A loss broadcasts labels and predictions of different width.",
    judge,
    refusals=False,
    severity="warning",
)
