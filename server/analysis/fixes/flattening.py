"""Repairs of predictions of too many axes: a layer that flattens, or averages, before a Dense further up."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..report import Edit
from ..source.unit import Unit
from ..values.base import Shape
from .candidate import Candidate, wrap
from .layers import layer_class, put_before_layer
from .places import layers
from .rank import recurrent_candidates

MAX_LAYERS = 4


def flattening_candidates(event: LibraryCall, predictions: Shape) -> tuple[Candidate, ...]:
    """Return the edits that leave one row for each example; which of them do, the proof shows.

    predictions: (batch, ..., units), of rank 3 to 5.
    """
    rank = len(predictions or ())
    if not 3 <= rank <= 5:
        return ()
    out = [*recurrent_candidates(event)]
    found = list(layers(event, "Dense"))[:MAX_LAYERS]
    # Before the first of the Dense layers is where it is usually left out.
    for nearest, call in enumerate(reversed(found)):
        for index, name in enumerate(("Flatten", f"GlobalAveragePooling{rank - 2}D")):
            text = layer_class(event, name)
            edits = None if text is None else _before(event.unit, call, f"{text}()")
            if edits:
                place = 4 * index + nearest
                out.append(Candidate(f"Insert {name}() before the Dense of line {call.lineno}", edits, 1 + place))
    return tuple(out)


def _before(unit: Unit, call: ast.Call, text: str) -> tuple[Edit, ...] | None:
    """Put a layer before one, in a list, in an `add`, or where it is called on a tensor."""
    for item in ast.walk(unit.tree):
        if isinstance(item, ast.Call) and item.func is call and len(item.args) == 1:
            return wrap(unit, item.args[0], f"{text}(", ")")
    return put_before_layer(unit, call, text)
