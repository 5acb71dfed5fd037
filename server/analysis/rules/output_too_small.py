"""output-too-small: a convolution or pooling has no output left, its window being larger than what comes in."""

from __future__ import annotations

import re

from ..fixes.layers import WINDOWS
from ..fixes.way import Step, before, failing, inside
from ..fixes.windows import spatial, window_candidates, window_of
from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..report import Related
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .layer_rank_mismatch import line
from .words import label, library_words

_SMALL = re.compile(
    r"[Cc]omputed output size would be (zero or )?negative|One of the dimensions in the output is <= 0|"
    r"Negative dimension size caused by subtracting"
)
_FUNCTION = re.compile(r"\.nn\..*(conv|pool)|keras\.ops\..*(conv|pool)|raw_ops\..*(Conv|Pool)")
MAX_RELATED = 5


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of a window that is larger than its input."""
    if not isinstance(event.outcome, Refused) or (event.training is not None and not inside(event)):
        return None
    if not _SMALL.search(event.outcome.message):
        return None
    step = failing(event)
    if step is None and not _FUNCTION.search(event.name):
        return None
    value = step.inputs[0] if step is not None and step.inputs else next((v for _, v in tensors(event)), None)
    name = label(event)
    if step is not None and step.name != name:
        name = f"{name}: {step.name}{line(event, step)}"
        message = f"{name} has no output left"
    else:
        message = f"{name}: no output is left"
    window = None if step is None else window_of(step)
    if step is not None and not step.name.endswith(WINDOWS):
        message += f": {library_words(event)}"  # of a layer inside of it
    elif value is not None:
        message += f": {text(value, Heap())} is smaller than the window"
        message += "" if window is None else f" {'×'.join(map(str, window))}"
    steps = before(event)
    return Sentence(message, _shrinking(steps), window_candidates(event, step, steps, value))


def _shrinking(steps: list[Step]) -> tuple[Related, ...]:
    """Return the calls that made it so small, the nearest first."""
    out: list[Related] = []
    for step in steps:
        if step.output is None or step.location is None:
            continue
        given = step.inputs[0] if step.inputs else None
        if given is None or _smaller(step.output, given):
            made = text(step.output, Heap())
            said = (
                f"{step.name} gives {made}" if given is None else f"{step.name} makes {made} of {text(given, Heap())}"
            )
            out.append(Related(step.location, said))
    return tuple(out[:MAX_RELATED])


def _smaller(output: TensorValue, given: TensorValue) -> bool:
    pairs = zip(spatial(output), spatial(given), strict=False)
    return any(isinstance(a, int) and isinstance(b, int) and a < b for a, b in pairs)


RULE = Rule("output-too-small", "A convolution or pooling has no output left.", judge)
