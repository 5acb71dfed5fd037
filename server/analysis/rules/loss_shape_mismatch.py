"""loss-shape-mismatch: labels and predictions of a loss do not fit."""

from __future__ import annotations

import re

import numpy as np

from ..fixes.candidate import Candidate
from ..fixes.one_hot import OneHot, depth_candidates, one_hot_behind
from ..interpreter.events import Argument, LibraryCall, tensors
from ..report import Related
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .words import about_shapes, label

_LOSS = re.compile(
    r"(tf_)?keras\.losses\.|tensorflow\.nn\.\w*(cross_entropy|loss)\w*$|tensorflow\.(compat\.v1\.)?losses\.|"
    r"keras\.ops\.\w*crossentropy$|keras\.metrics\.\w+"
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refused loss or metric of two tensors whose shapes do not fit."""
    if not _LOSS.match(event.name) or not about_shapes(event):
        return None
    pair = _labels_and_predictions(event)
    if pair is None:
        return None
    (label_argument, labels), (_, predictions) = pair
    message = f"{label(event)}: labels {text(labels, Heap())} do not fit predictions {text(predictions, Heap())}"
    related: list[Related] = []
    candidates: tuple[Candidate, ...] = ()
    classes = predictions.shape[-1] if predictions.shape else None
    one_hot = one_hot_behind(event, label_argument)
    if one_hot is not None and isinstance(classes, int) and labels.shape and labels.shape[-1] != classes:
        known, place = one_hot
        related.append(Related(place, f"the labels get {known.depth} classes here"))
        message, candidates = _about_depth(event, message, known, classes)
    return Sentence(message, tuple(related), candidates)


def _about_depth(event: LibraryCall, message: str, known: OneHot, classes: int) -> tuple[str, tuple[Candidate, ...]]:
    """Say more where the labels come from a `one_hot`: which depth would fit, or that none does."""
    largest = int(np.max(known.labels)) if known.labels.size else -1
    if largest >= classes:
        return f"{message}: the predictions have {classes} classes, the labels {largest + 1}", ()
    return f"{message}: the predictions have {classes} classes, one_hot makes {known.depth}", depth_candidates(
        event, known, classes
    )


def _labels_and_predictions(
    event: LibraryCall,
) -> tuple[tuple[Argument, TensorValue], tuple[Argument, TensorValue]] | None:
    found = tensors(event)
    by_name = {argument.keyword: (argument, value) for argument, value in found if argument.keyword is not None}
    for first, second in (("y_true", "y_pred"), ("labels", "logits"), ("target", "output")):
        if first in by_name and second in by_name:
            return by_name[first], by_name[second]
    return (found[0], found[1]) if len(found) >= 2 else None


RULE = Rule("loss-shape-mismatch", "Labels and predictions of a loss do not fit.", judge)
