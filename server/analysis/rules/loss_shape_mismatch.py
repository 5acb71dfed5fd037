"""loss-shape-mismatch: labels and predictions of a loss do not fit."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..fixes.broadcasting import axis_candidates, squeezed_candidates
from ..fixes.candidate import Candidate
from ..fixes.labels import metric_candidates, units_candidates
from ..fixes.losses import DIRECT, arguments_of_a_loss, labels_and_predictions, loss_of
from ..fixes.one_hot import OneHot, depth_candidates, one_hot_behind
from ..fixes.written import width_candidates
from ..interpreter.events import Argument, LibraryCall
from ..report import Related
from ..values import Heap, TensorValue, Value
from ..values.render import text
from .base import Rule, Sentence
from .decided import decided, rank, size
from .words import about_shapes, label


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refused loss or metric of two tensors whose shapes do not fit."""
    if event.training is not None:
        return _while_training(event)
    if not DIRECT.match(event.name) or not about_shapes(event):
        return None
    pair = arguments_of_a_loss(event)
    if pair is None:
        return None
    (given, labels), (_, predictions) = pair
    message = f"{label(event)}: labels {text(labels, Heap())} do not fit predictions {text(predictions, Heap())}"
    sentence = _sentence(event, message, given, labels, predictions)
    return dataclasses.replace(sentence, candidates=(*_one_rank(*pair, event), *sentence.candidates))


def _one_rank(
    given: tuple[Argument, TensorValue], other: tuple[Argument, TensorValue], event: LibraryCall
) -> list[Candidate]:
    """Return the edits that give labels and predictions the same rank, where one has an axis of size 1 more."""
    out: list[Candidate] = []
    for one, more in ((given, other), (other, given)):
        less, dims = one[1].shape, more[1].shape
        if one is given and less and dims and len(less) == len(dims) and less[-1] == 1 and "sparse" in event.name:
            out += squeezed_candidates(event, *one)
        if less is not None and dims and len(less) + 1 == len(dims) and dims[-1] == 1:
            out += [*axis_candidates(event, *one), *squeezed_candidates(event, *more, rank=1)]
    return out


def _while_training(event: LibraryCall) -> Sentence | None:
    seen, pair, loss = event.training, labels_and_predictions(event), loss_of(event)
    if seen is None or seen.stage not in ("loss", "metric") or pair is None or not about_shapes(event):
        return None
    labels, predictions = pair
    said = f"labels {text(labels, Heap())} do not fit predictions {text(predictions, Heap())}"
    who = "a metric" if seen.stage == "metric" else "the loss" if loss is None else loss.name
    where = " of validation_data" if seen.held_out else ""
    sentence = _sentence(event, f"{label(event)}: {who}{where}: {said}", event.argument(1, "y"), labels, predictions)
    if seen.stage != "metric":
        return sentence
    return dataclasses.replace(sentence, candidates=(*metric_candidates(event), *sentence.candidates))


def _sentence(
    event: LibraryCall, message: str, given: Argument | None, labels: TensorValue, predictions: TensorValue
) -> Sentence:
    related: list[Related] = []
    candidates: tuple[Candidate, ...] = ()
    classes = predictions.shape[-1] if predictions.shape else None
    wanted = labels.shape[-1] if labels.shape else None
    one_hot = None if given is None else one_hot_behind(event, given)
    if one_hot is not None and isinstance(classes, int) and wanted is not None and wanted != classes:
        known, place = one_hot
        related.append(Related(place, f"the labels get {known.depth} classes here"))
        message, candidates = _about_depth(event, message, known, classes)
    if labels.shape is not None and predictions.shape and isinstance(classes, int):
        less = len(predictions.shape) - len(labels.shape)
        wanted = wanted if less == 0 else 1 if less == 1 else None
        if isinstance(wanted, int) and wanted != classes:
            candidates = (*candidates, *units_candidates(event, classes, wanted))
            if event.training is None:
                made = width_candidates(event, _argument(event, predictions), wanted, 4)
                candidates = (*candidates, *made)
    return Sentence(message, (*related, *_decided(event, given, labels, predictions)), candidates)


def _decided(
    event: LibraryCall, given: Argument | None, labels: TensorValue, predictions: TensorValue
) -> tuple[Related, ...]:
    """Return the calls that gave labels and predictions what does not fit: their last sizes, or their ranks."""
    same = len(labels.shape or ()) == len(predictions.shape or ())
    trait = size(-1) if same else rank
    last = predictions if event.training is None else None
    found = [] if given is None or event.training is not None else [*decided(event, given.value, trait)]
    found += [] if last is None else decided(event, _argument(event, last), trait)
    return tuple(found)


def _argument(event: LibraryCall, value: TensorValue) -> Value:
    """Return the argument that a tensor is, with where it came from."""
    return next((argument.value for argument in event.arguments if argument.value is value), value)


def _about_depth(event: LibraryCall, message: str, known: OneHot, classes: int) -> tuple[str, tuple[Candidate, ...]]:
    """Say more where the labels come from a `one_hot`: which depth would fit, or that none does."""
    largest = int(np.max(known.labels)) if known.labels.size else -1
    if largest >= classes:
        return f"{message}: the predictions have {classes} classes, the labels {largest + 1}", ()
    return f"{message}: the predictions have {classes} classes, one_hot makes {known.depth}", depth_candidates(
        event, known, classes
    )


RULE = Rule("loss-shape-mismatch", "Labels and predictions of a loss do not fit.", judge)
