"""Repairs where features meet the input of a model: the features reshaped, or the input declared as they are."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..values import DatasetValue, TensorValue
from .candidate import Candidate, insert_after, numpy, replace, tensorflow, wrap
from .places import argument_of, layers

#: Where a model says what it takes: the argument, its place, and whether it counts the features alone.
_DECLARED = (("shape", 0, False), ("input_shape", 99, False), ("input_dim", 99, True))


def input_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that may let the model take the features; which of them does, the proof shows."""
    given = event.argument(0, "x")
    if given is None or given.node is None:
        return ()
    if isinstance(given.value, DatasetValue):
        batched = insert_after(event.unit, given.node, ".batch(32)")
        return (Candidate("Batch the data set", (batched,)),)
    value = given.value
    if not isinstance(value, TensorValue) or value.shape is None:
        return ()
    out: list[Candidate] = []
    name = numpy(event) if value.is_numpy else None
    text = ast.unparse(given.node)
    rank = len(value.shape)
    if name is not None:
        if rank == 4 and value.shape[1] in (1, 3, 4):
            edits = wrap(event.unit, given.node, f"{name}.transpose(", ", (0, 2, 3, 1))")
            out.append(Candidate("Put the channels last", edits, 0))
        out.append(
            Candidate("Add an axis for the channel", wrap(event.unit, given.node, f"{name}.expand_dims(", ", -1)"), 1)
        )
        out.append(Candidate("Add the batch axis", wrap(event.unit, given.node, f"{name}.expand_dims(", ", 0)"), 1))
        if rank > 2 and isinstance(given.node, ast.Name):
            flat = insert_after(event.unit, given.node, f".reshape(len({text}), -1)")
            out.append(Candidate("Flatten each example", (flat,), 2))
    elif not value.is_numpy and value.kind == "Tensor":
        library, imports = tensorflow(event)
        for title, rest in (("Add an axis for the channel", ", -1)"), ("Add the batch axis", ", 0)")):
            edits = (*imports, *wrap(event.unit, given.node, f"{library}.expand_dims(", rest))
            out.append(Candidate(title, edits, 1))
    out += _declared(event, value.shape[1:])
    return tuple(out)


def _declared(event: LibraryCall, shape: tuple[object, ...]) -> list[Candidate]:
    """Return the edits that declare the input of the model as the features are."""
    if not all(isinstance(dim, int) for dim in shape):
        return []
    text = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
    out: list[Candidate] = []
    for call in layers(
        event, "Input", "InputLayer", "Dense", "Conv2D", "Conv1D", "LSTM", "GRU", "Flatten", "Embedding", "Reshape"
    ):
        for keyword, position, alone in _DECLARED:
            if keyword == "shape" and getattr(call.func, "attr", getattr(call.func, "id", "")) not in (
                "Input",
                "InputLayer",
            ):
                continue
            node = argument_of(call, keyword, position)
            if node is None or (alone and len(shape) != 1):
                continue
            new = str(shape[0]) if alone else f"[{text[1:-1].rstrip(',')}]" if isinstance(node, ast.List) else text
            out.append(Candidate(f"Declare the input as {text}", (replace(event.unit, node, new),), 3))
    return out[:2]
