"""label-encoding-mismatch: class numbers for a loss that wants one-hot rows, the other way round, or another number of classes."""

from __future__ import annotations

from ..fixes.flattening import flattening_candidates
from ..fixes.labels import encoding_candidates, units_candidates
from ..fixes.losses import Loss, arguments_of_a_loss, labels_and_predictions, loss_of
from ..fixes.one_hot import depth_candidates, one_hot_behind, written_depths
from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .words import label


def judge(event: LibraryCall) -> Sentence | None:
    """Take a cross-entropy that refuses labels because of how classes are written in them."""
    seen, loss, pair = event.training, loss_of(event), labels_and_predictions(event)
    if not isinstance(event.outcome, Refused) or (seen is not None and seen.stage not in ("loss", "metric")):
        return None
    if loss is None or pair is None or not (loss.is_sparse or loss.is_categorical or loss.is_binary):
        return None
    if any(argument.keyword == "axis" for argument in event.arguments):
        return None  # the classes are not where they are looked for here
    found = _way(loss, *pair, direct=seen is None)
    if found is None:
        return None
    way, message = found
    labels, predictions = pair
    assert predictions.shape
    classes, width = predictions.shape[-1], labels.shape[-1] if labels.shape else None
    given = event.argument(1, "y") if seen is not None else (arguments_of_a_loss(event) or ((None,),))[0][0]
    candidates = () if way in ("units", "axes") else encoding_candidates(event, loss, labels, predictions, given)
    if way == "one label" and isinstance(classes, int):
        candidates = (*units_candidates(event, classes, 1), *candidates)
    if way == "axes":
        candidates = flattening_candidates(event, predictions.shape)
    if way == "units" and isinstance(classes, int) and isinstance(width, int):
        one_hot = None if given is None else one_hot_behind(event, given)
        if one_hot is not None and one_hot[0].labels.size and int(one_hot[0].labels.max()) < classes:
            candidates = depth_candidates(event, one_hot[0], classes)
        elif one_hot is None:
            candidates = written_depths(event, width, classes)
        candidates = (*candidates, *units_candidates(event, classes, width))
    where = " of validation_data" if seen is not None and seen.held_out else ""
    said = f"labels {text(labels, Heap())}, predictions {text(predictions, Heap())}"
    return Sentence(f"{label(event)}: the labels{where} {message}: {said}", candidates=candidates)


def _way(loss: Loss, labels: TensorValue, predictions: TensorValue, direct: bool) -> tuple[str, str] | None:
    """Return in which way labels and loss mean different things, and how to say it."""
    assert labels.shape is not None
    assert predictions.shape
    classes, width = predictions.shape[-1], labels.shape[-1] if labels.shape else None
    same_rank = len(labels.shape) == len(predictions.shape)
    rows = labels.shape[-1:] == predictions.shape[-1:] and width != 1
    if (
        not direct
        and len(predictions.shape) > 2
        and (
            (len(labels.shape) == 2 and rows and not loss.is_sparse)
            or (loss.is_sparse and (len(labels.shape) == 1 or (len(labels.shape) == 2 and width == 1)))
        )
    ):
        return "axes", "have a row for each example, and the predictions more axes than that: a Flatten may be missing"
    numbers = len(labels.shape) == len(predictions.shape) - 1 or (same_rank and width == 1)
    if loss.is_categorical and numbers and classes != 1:
        return "numbers", f"are class numbers, and {loss.name} takes one-hot rows"
    if loss.is_sparse and same_rank and width != 1:
        return "rows", f"are rows, and {loss.name} takes class numbers"
    if loss.is_binary and numbers and isinstance(classes, int) and classes > 1:
        return "one label", f"are one for each example, and the model gives {classes} predictions for each"
    if not direct and same_rank and isinstance(classes, int) and isinstance(width, int) and classes != width:
        return "units", f"have {width} classes, the model gives {classes}"
    return None


RULE = Rule("label-encoding-mismatch", "Labels are encoded in another way than the loss takes them.", judge)
