"""Give an array that is fed the shape of its placeholder."""

from __future__ import annotations

import ast
import math

from ..interpreter.events import Argument, LibraryCall
from ..report import Edit
from ..values import TensorValue
from .candidate import Candidate, insert_after, wrap

_SIMPLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


def reshape_candidates(
    event: LibraryCall, target: TensorValue, value: Argument, fed: TensorValue
) -> tuple[Candidate, ...]:
    """Return `value.reshape(…)`, where as many rows with as many elements each come out of it."""
    if value.node is None or fed.kind != "ndarray" or not target.shape or not fed.shape:
        return ()
    rows, inner = fed.shape[0], fed.shape[1:]
    wanted = target.shape[1:]
    if not all(isinstance(dim, int) for dim in (*inner, *wanted)) or target.shape[0] not in (None, rows):
        return ()
    if math.prod(dim for dim in inner if isinstance(dim, int)) != math.prod(d for d in wanted if isinstance(d, int)):
        return ()
    shape = ", ".join(["-1", *map(str, wanted)])
    call = f".reshape({shape})"
    edits: tuple[Edit, ...]
    if isinstance(value.node, _SIMPLE):
        edits = (insert_after(event.unit, value.node, call),)
    else:
        edits = wrap(event.unit, value.node, "(", f"){call}")
    return (Candidate(f"Reshape to [{shape}]", edits),)
