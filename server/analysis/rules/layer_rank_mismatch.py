"""layer-rank-mismatch: a layer gets an input of another rank than it takes."""

from __future__ import annotations

import re

from ..fixes.rank import rank_candidates
from ..fixes.way import Step, before, failing, inside
from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .decided import first_with, rank
from .words import label

_RANK = re.compile(r"expected (min_|max_|)ndim=(\d+), found ndim=(\d+)")
_SHAPES = re.compile(
    r"[Ee]xpected shape[= ]\((.*?)\), (?:but input has incompatible|found) shape[= ]\((.*?)\)", re.DOTALL
)
_AT_LEAST = re.compile(r"should be passed an `?input_shape`? with at least (\d+) dimensions, received: \((.*?)\)")
_WORDS = {"": "", "min_": "at least ", "max_": "at most "}


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of a layer's input for its rank."""
    if not isinstance(event.outcome, Refused) or (event.training is not None and not inside(event)):
        return None
    found = _ranks(event.outcome.message)
    if found is None:
        return None
    bound, expected, given = found
    step = failing(event)
    value = step.inputs[0] if step is not None and step.inputs else None
    if step is None or value is None or value.shape is None or len(value.shape) != given:
        step, value = None, None
    steps = before(event) if step is not None else []
    name = label(event)
    if step is not None and step.name != name:
        name = f"{name}: {step.name}" + line(event, step)
        takes = f"{name} takes"
    else:
        takes = f"{name}: takes" if step is not None else f"{name}: a layer takes"
    message = f"{takes} inputs of rank {_WORDS[bound]}{expected}, gets rank {given}{_spec(value)}"
    candidates = () if step is None or value is None else rank_candidates(event, step, steps, value, expected)
    return Sentence(message, first_with(steps, rank), candidates)


def _ranks(message: str) -> tuple[str, int, int] | None:
    """Return how the rank that is expected is bounded, that rank, and the one that comes."""
    found = _RANK.search(message)
    if found is not None:
        return found.group(1), int(found.group(2)), int(found.group(3))
    least = _AT_LEAST.search(message)
    if least is not None:
        dims = [dim for dim in least.group(2).split(",") if dim.strip()]
        return "min_", int(least.group(1)), len(dims)
    shapes = _SHAPES.search(message)
    if shapes is None:
        return None
    expected, given = (len([dim for dim in shapes.group(at).split(",") if dim.strip()]) for at in (1, 2))
    return None if expected == given else ("", expected, given)


def line(event: LibraryCall, step: Step) -> str:
    """Say in which line a layer is constructed, if that is another than the one that fails."""
    if step.made is None or step.made.lineno == getattr(event.node, "lineno", 0):
        return ""
    return f" (line {step.made.lineno})"


def _spec(value: TensorValue | None) -> str:
    return "" if value is None else f": {text(value, Heap())}"


RULE = Rule("layer-rank-mismatch", "A layer gets an input of another rank than it takes.", judge)
