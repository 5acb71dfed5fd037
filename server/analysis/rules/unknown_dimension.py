"""unknown-dimension: a layer makes its weights for a size of its input that is not known."""

from __future__ import annotations

import re

from ..fixes.unknown import unknown_candidates
from ..fixes.way import Step, before, failing, inside
from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..report import Related
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .decided import first_with, size
from .layer_rank_mismatch import line
from .words import label, library_words

_OPEN = re.compile(
    r"Shapes used to initialize variables must be fully-defined|The last dimension of the inputs to .* should be defined|"
    r"The channel dimension of the inputs .*should be defined|Input has undefined `axis` dimension"
)
#: What Keras runs into where it does not look.
_NONE = re.compile(r"unsupported operand type\(s\) for .*'NoneType'|int\(\) argument must be .*not 'NoneType'")


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of a layer to make weights of a size that is not known."""
    if not isinstance(event.outcome, Refused) or (event.training is not None and not inside(event)):
        return None
    message = event.outcome.message
    if not _OPEN.search(message) and not _NONE.search(message):
        return None
    if event.name.endswith(".add_weight"):
        return Sentence(f"add_weight: a weight has None for a size, which its layer does not know: {_given(event)}")
    step = failing(event)
    value = step.inputs[0] if step is not None and step.inputs else None
    if step is None or step.layer is None or value is None or not _open(value):
        return None
    name = label(event)
    name = f"{name}: {step.name}{line(event, step)}" if step.name != name else f"{name}:"
    steps = before(event)
    said = f"{name} makes weights for the last size of its input, which is not known: {text(value, Heap())}"
    related = first_with(steps, size(-1))
    return Sentence(said, (*related, *_opened(steps, related)), unknown_candidates(event, steps))


def _given(event: LibraryCall) -> str:
    found = event.argument(0, "shape")
    return library_words(event) if found is None else f"shape={text(found.value, event.heap)}"


def _open(value: TensorValue) -> bool:
    return bool(value.shape) and not all(isinstance(dim, int) for dim in (value.shape or ())[1:])


def _opened(steps: list[Step], known: tuple[Related, ...]) -> tuple[Related, ...]:
    """Return the first call of all, where it left a size open that is no batch."""
    if not steps or steps[-1].output is None or not _open(steps[-1].output) or steps[-1].location is None:
        return ()
    if any(item.location == steps[-1].location for item in known):
        return ()
    return (Related(steps[-1].location, f"{steps[-1].name} leaves a size open: {text(steps[-1].output, Heap())}"),)


RULE = Rule("unknown-dimension", "A layer makes weights for a size that is not known.", judge)
