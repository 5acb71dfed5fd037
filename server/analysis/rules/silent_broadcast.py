"""silent-broadcast: labels that are compared with more predictions than their own, and nothing is raised."""

from __future__ import annotations

import dataclasses

from ..fixes.broadcasting import axis_candidates, squeezed_candidates
from ..fixes.candidate import Candidate
from ..fixes.labels import units_candidates
from ..fixes.losses import DIRECT, ELEMENTWISE, arguments_of_a_loss, labels_and_predictions, loss_of
from ..interpreter.events import Argument, LibraryCall
from ..libraries.outcome import Returned
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .pairwise import crossed, pairs
from .words import label

#: Two sizes that do not fit: a loss that takes them compares all with all.
_SIZES = (3, 5)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a loss that `fit` computes, one that is called, or one that the program writes out."""
    if event.training is None and not DIRECT.match(event.name):
        return _written(event)
    loss, pair = loss_of(event), labels_and_predictions(event)
    if pair is None or (event.training is not None and event.training.stage != "output"):
        return None
    labels, predictions = pair
    assert labels.shape is not None
    assert predictions.shape
    if event.training is None and _compares_all(event):
        return _called(event)
    if loss is None or loss.name not in ELEMENTWISE:
        return None
    if len(labels.shape) != len(predictions.shape) or len(labels.shape) < 2:
        return None
    a, b = labels.shape[-1], predictions.shape[-1]
    if not isinstance(a, int) or not isinstance(b, int) or a == b or 1 not in (a, b):
        return None
    message = f"{label(event)}: {loss.name} broadcasts {_said(labels, predictions)}: each is compared with all"
    if event.training is None:
        message = f"{label(event)}: broadcasts {_said(labels, predictions)}: each is compared with all"
    return Sentence(message, candidates=units_candidates(event, b, a))


def _compares_all(event: LibraryCall) -> bool:
    """Say whether a loss takes (n, 1) and (n,) without aligning them: one that does refuses (3, 1) and (5,)."""
    pair = arguments_of_a_loss(event)
    if pair is None:
        return False
    shapes = [value.shape for _, value in pair]
    if not crossed(*shapes) and not crossed(*reversed(shapes)):
        return False
    sizes = iter(_SIZES)
    anew = {id(value): _sized(value, next(sizes)) for _, value in pair}
    changed = tuple(
        dataclasses.replace(argument, value=anew.get(id(argument.value), argument.value))
        for argument in event.arguments
    )
    if sum(argument.value is not given.value for argument, given in zip(changed, event.arguments, strict=True)) != 2:
        return False  # weights, say, whose sizes would have to be others too
    answer = event.ask(changed)
    return answer is not NotImplemented and isinstance(answer.outcome, Returned)


def _sized(value: TensorValue, size: int) -> TensorValue:
    assert value.shape is not None
    return TensorValue(dtype=value.dtype, shape=(size, *value.shape[1:]))


def _called(event: LibraryCall) -> Sentence:
    pair = arguments_of_a_loss(event)
    assert pair is not None
    said = _said(pair[0][1], pair[1][1])
    return Sentence(
        f"{label(event)}: broadcasts {said}: each label is compared with all predictions",
        candidates=_one_rank(event, *pair),
    )


def _written(event: LibraryCall) -> Sentence | None:
    found = pairs(event)
    if found is None:
        return None
    made, labels, predictions = found.event, found.labels[1], found.predictions[1]
    assert labels.shape is not None
    assert predictions.shape is not None
    if len(labels.shape) == len(predictions.shape):
        width = predictions.shape[-1]
        candidates = units_candidates(made, width, 1) if isinstance(width, int) else ()
    else:
        candidates = _one_rank(made, found.labels, found.predictions)
    given = made.outcome.value if isinstance(made.outcome, Returned) else labels
    said = f"{_said(labels, predictions)} make {text(given, Heap())}"
    return Sentence(f"{label(made)}: {said}: each is compared with all", candidates=candidates, about=made)


def _one_rank(
    event: LibraryCall, labels: tuple[Argument, TensorValue], predictions: tuple[Argument, TensorValue]
) -> tuple[Candidate, ...]:
    """Return the edits that give labels and predictions one rank: the axis of size 1 dropped, or one added."""
    column, flat = (labels, predictions) if len(labels[1].shape or ()) == 2 else (predictions, labels)
    return (*squeezed_candidates(event, *column), *axis_candidates(event, *flat, rank=1))


def _said(labels: TensorValue, predictions: TensorValue) -> str:
    return f"labels {text(labels, Heap())}, predictions {text(predictions, Heap())}"


RULE = Rule(
    "silent-broadcast",
    "Labels are compared with more predictions than their own.",
    judge,
    refusals=False,
    severity="warning",
)
