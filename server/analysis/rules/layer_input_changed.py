"""layer-input-changed: a layer or model is called with other sizes than it was built for."""

from __future__ import annotations

import ast
import re

from ..fixes.changed import changed_candidates
from ..fixes.way import before, constructor, failing
from ..interpreter.events import LibraryCall, single, tensors
from ..libraries.outcome import Refused, Returned
from ..report import Related
from ..values import Heap, LibraryObject, Ref
from ..values.render import text
from .base import Rule, Sentence
from .decided import first_with, size
from .layer_rank_mismatch import line
from .words import about_shapes, label

_AXIS = re.compile(
    r"expected axis (-?\d+) of input shape to have value (\d+),? but received input with shape [\[(](.*?)[\])]"
)
_SHAPE = re.compile(
    r"[Ee]xpected shape[= ]\((.*?)\), (?:but input has incompatible|found) shape[= ]\((.*?)\)", re.DOTALL
)
#: Layers with weights for the last size, some of which do not look at it.
_WEIGHTED = re.compile(r"(LSTM|GRU|RNN|Bidirectional|Normalization|PReLU|ConvLSTM\dD|TimeDistributed|EinsumDense)$")


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of an input whose sizes are not those that the layer has weights, or a declaration, for."""
    if not isinstance(event.outcome, Refused) or event.training is not None:
        return None
    seen = _sizes(event.outcome.message)
    if seen is None:
        return _inside(event)
    axis, expected, given = seen
    step = failing(event)
    value = step.inputs[0] if step is not None and step.inputs else None
    if (
        value is None
        or value.shape is None
        or not -len(value.shape) <= axis < len(value.shape)
        or value.shape[axis] != given
    ):
        step, value = None, None
    name = label(event)
    if step is not None and step.name != name:
        name = f"{name}: {step.name}{line(event, step)} takes"
    else:
        name = f"{name}: takes" if step is not None else f"{name}: a layer takes"
    spec = "" if value is None else f": {text(value, Heap())}"
    message = f"{name} inputs of size {expected} at axis {axis}, gets {given}{spec}"
    steps = before(event) if step is not None else []
    related = (*_built(event), *first_with(steps, size(axis)))
    candidates = changed_candidates(event, steps, value, axis, expected) if value is not None else ()
    return Sentence(message, related, candidates)


def _inside(event: LibraryCall) -> Sentence | None:
    """Take what fails inside of a layer that was built for another last size: not every layer looks at its input."""
    item = event.heap.get(event.receiver.address) if isinstance(event.receiver, Ref) else None
    given = tensors(event)
    if not isinstance(item, LibraryObject) or not _WEIGHTED.search(item.symbol) or len(given) != 1:
        return None
    if not event.name.endswith("__call__") or not about_shapes(event):
        return None
    calls = [args[0] for method, args, _ in item.history if method == "__call__" and args]
    first = single(calls[0]) if calls else None
    value = given[0][1]
    if first is None or not first.shape or not value.shape or len(first.shape) != len(value.shape):
        return None
    wanted, got = first.shape[-1], value.shape[-1]
    if not isinstance(wanted, int) or not isinstance(got, int) or wanted == got:
        return None
    message = f"{label(event)}: takes inputs of size {wanted} at axis -1, gets {got}: {text(value, Heap())}"
    steps = before(event)
    candidates = changed_candidates(event, steps, value, -1, wanted)
    return Sentence(message, (*_built(event), *first_with(steps, size(-1))), candidates)


def _sizes(message: str) -> tuple[int, int, int] | None:
    """Return the axis, the size that is expected there, and the one that comes."""
    found = _AXIS.search(message)
    if found is not None:
        axis, dims = int(found.group(1)), _dims(found.group(3))
        given = dims[axis] if -len(dims) <= axis < len(dims) else None
        return None if given is None else (axis, int(found.group(2)), given)
    found = _SHAPE.search(message)
    if found is None:
        return None
    expected, dims = _dims(found.group(1)), _dims(found.group(2))
    if len(expected) != len(dims):
        return None
    for axis, (want, got) in enumerate(zip(expected, dims, strict=True)):
        if want is not None and got is not None and want != got:
            return axis - len(dims), want, got
    return None


def _dims(written: str) -> list[int | None]:
    parts = [part.strip() for part in written.split(",") if part.strip()]
    return [int(part) if part.isdigit() else None for part in parts]


def _built(event: LibraryCall) -> tuple[Related, ...]:
    """Return the first call of the same layer, which built it; of a model, where its input is declared."""
    if not isinstance(event.receiver, Ref):
        return ()
    nodes = [node for node in ast.walk(event.unit.tree) if isinstance(node, ast.Call) and node is not event.node]
    for node in sorted(nodes, key=lambda item: (item.lineno, item.col_offset)):
        made = event.made_by(node)
        if made is None or made.receiver != event.receiver or not made.name.endswith(("__call__", ".build")):
            continue
        if isinstance(made.outcome, Returned) and tensors(made):
            given = ", ".join(text(value, Heap()) for _, value in tensors(made))
            return (Related(made.location, f"it is built here, for {given}"),)
    item = event.heap.get(event.receiver.address)
    declared = constructor(item.args[0]) if isinstance(item, LibraryObject) and item.args else None
    return () if declared is None else (Related(event.unit.location(declared), "its input is declared here"),)


RULE = Rule("layer-input-changed", "A layer is called with other sizes than it was built for.", judge)
