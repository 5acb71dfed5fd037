"""label-out-of-range: class numbers that the predictions have no class for."""

from __future__ import annotations

import ast
import re

from ..fixes.candidate import Candidate, wrap
from ..fixes.labels import units_candidates
from ..fixes.losses import DIRECT, arguments_of_a_loss, labels_and_predictions, loss_of
from ..interpreter.events import Argument, LibraryCall
from ..libraries.outcome import Refused
from ..values import Heap, TensorValue, Value
from ..values.render import text
from .base import Rule, Sentence
from .words import label

#: Calls that draw from all of a range, and calls that keep the range of what they are given.
_DRAWING = frozenset(["randint", "random_integers", "integers", "uniform", "load_data"])
_KEEPING = frozenset(
    [
        "astype",
        "reshape",
        "flatten",
        "ravel",
        "squeeze",
        "expand_dims",
        "asarray",
        "array",
        "constant",
        "cast",
        "convert_to_tensor",
    ]
)
MAX_STEPS = 6
_SAID = re.compile(r"label value of (-?\d+) which is outside the valid range of \[0, (\d+)\)")


def judge(event: LibraryCall) -> Sentence | None:
    """Take labels of which the loss refuses a value; warn where their range says that some may be refused."""
    seen = event.training
    if seen is None:
        return _called(event)
    loss, pair = loss_of(event), labels_and_predictions(event)
    if loss is None or pair is None or not loss.is_sparse:
        return None
    labels, predictions = pair
    classes = predictions.shape[-1] if predictions.shape else None
    if not isinstance(classes, int):
        return None
    if isinstance(event.outcome, Refused):
        if seen.stage != "labels" or labels.content is None or labels.content.array.size == 0:
            return None
        low, high = int(labels.content.array.min()), int(labels.content.array.max())
        if low >= 0 and high < classes:
            return None
        return _sentence(event, labels, classes, low, high, None)
    if seen.stage != "output" or not isinstance(seen.labels, TensorValue) or not drawn(event, seen.labels):
        return None
    labels, found = seen.labels, seen.labels.interval
    if found is None or found.low is None or found.high is None:
        return None
    low, high = int(found.low), int(found.high)
    return None if low >= 0 and high < classes else _sentence(event, labels, classes, low, high, "warning")


def _called(event: LibraryCall) -> Sentence | None:
    """Take what a loss that is called says of a label."""
    said = _SAID.search(event.outcome.message) if isinstance(event.outcome, Refused) else None
    if said is None or not DIRECT.match(event.name):
        return None
    label_, classes = int(said.group(1)), int(said.group(2))
    message = f"{label(event)}: a label is {label_}, and the predictions have classes 0 to {classes - 1}"
    pair = arguments_of_a_loss(event)
    known = None if pair is None else event.heap.settled(pair[0][1]).content
    if pair is None or known is None:
        return Sentence(message)
    low, high = int(known.array.min()), int(known.array.max())
    candidates = (
        *(units_candidates(event, classes, high + 1) if low >= 0 else ()),
        *_from_zero(event, pair[0][0], low, high, classes),
    )
    return Sentence(message, candidates=candidates)


def drawn(event: LibraryCall, labels: Value) -> bool:
    """Say whether labels come from a call that draws them from the whole of their range, or loads a data set that has it."""
    at: Value | None = labels
    for _ in range(MAX_STEPS):
        made = None if at is None or at.origin is None else event.made_by(at.origin.node)
        if made is None:
            return False
        last = made.name.rpartition(".")[2]
        if last in _DRAWING or last not in _KEEPING:
            return last in _DRAWING
        given = made.argument(0, "")
        at = made.receiver if made.receiver is not None else None if given is None else given.value
    return False


def _sentence(
    event: LibraryCall, labels: TensorValue, classes: int, low: int, high: int, severity: str | None
) -> Sentence:
    which = "is" if severity is None else "may be"
    outside = high if high >= classes else low
    message = f"{label(event)}: a label {which} {outside}, and the model has classes 0 to {classes - 1}: labels {text(labels, Heap())}"
    candidates = units_candidates(event, classes, high + 1) if low >= 0 else ()
    candidates = (*candidates, *_from_zero(event, event.argument(1, "y"), low, high, classes))
    return Sentence(message, candidates=candidates, severity=severity)


def _from_zero(event: LibraryCall, given: Argument | None, low: int, high: int, classes: int) -> tuple[Candidate, ...]:
    """Return the edit that counts classes from 0 that the program counts from 1."""
    if low != 1 or high != classes or given is None or given.node is None:
        return ()
    simple = isinstance(given.node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    edits = wrap(event.unit, given.node, *(("", " - 1") if simple else ("(", ") - 1")))
    return (Candidate("Count the classes from 0: labels - 1", edits, 3),)


RULE = Rule("label-out-of-range", "A label that the model has no class for.", judge, refusals=None)
