"""Repairs of a call with other sizes than a layer was built for: the input declared anew, other units before, a layer of its own."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from ..values import Const, LibraryObject, Ref, TensorValue, Value
from .candidate import Candidate, replace
from .channels import picture_candidates
from .places import argument_of, last_name
from .way import Step, constructor

#: How a layer says the last size of what it gives, by the end of its class's name: the argument and its place.
_WIDTHS = (
    ("Dense", "units", 0),
    ("LSTM", "units", 0),
    ("GRU", "units", 0),
    ("SimpleRNN", "units", 0),
    ("Conv1D", "filters", 0),
    ("Conv2D", "filters", 0),
    ("Conv3D", "filters", 0),
    ("Conv2DTranspose", "filters", 0),
    ("Embedding", "output_dim", 1),
)


def changed_candidates(
    event: LibraryCall, steps: list[Step], value: TensorValue, axis: int, expected: int
) -> tuple[Candidate, ...]:
    """Return the edits by which the sizes agree; which of them do, the proof shows."""
    out: list[Candidate] = []
    if value.shape is not None and axis in (-1, len(value.shape) - 1):
        out += width_candidates(event, steps, expected, 1)
    given = tensors(event)
    if len(given) == 1 and axis in (-1, len(value.shape or ()) - 1) and event.training is None:
        out += picture_candidates(event, *given[0], expected, 0)
    out += _declared(event, value)
    out += _own(event)
    return tuple(out)


def width_candidates(event: LibraryCall, steps: list[Step], wanted: int, rank: int) -> list[Candidate]:
    """Return the edit that gives the layer that decides the last size another number of units or filters."""
    for step in steps:
        written = width_of(step)
        if step.output is None or step.output.shape is None:
            return []
        if written is not None:
            what, node = written
            if step.unit.path != event.unit.path:
                return []
            title = f"Change the {what} of {step.name} to {wanted} (line {getattr(node, 'lineno', 0)})"
            return [Candidate(title, (replace(step.unit, node, str(wanted)),), rank)]
        if not any(given.shape is not None and given.shape[-1:] == step.output.shape[-1:] for given in step.inputs):
            return []
    return []


def width_of(step: Step) -> tuple[str, ast.expr] | None:
    """Return the argument by which a layer says the last size of what it gives, where that is a plain number."""
    if step.made is None:
        return None
    for end, keyword, position in _WIDTHS:
        if last_name(step.made) == end:
            node = argument_of(step.made, keyword, position)
            if isinstance(node, ast.Constant) and type(node.value) is int:
                return keyword, node
    return None


def input_of(event: LibraryCall) -> ast.Call | None:
    """Return the `Input` that the called model begins with."""
    if not isinstance(event.receiver, Ref):
        return None
    item = event.heap.get(event.receiver.address)
    if not isinstance(item, LibraryObject):
        return None
    given: list[Value] = [*item.args, *(part for name, part in item.kwargs if name in ("inputs", "layers"))]
    given += [part for method, args, _ in item.history if method == "add" for part in args]
    for part in given:
        items = getattr(part, "items", None)
        first = items[0] if isinstance(items, tuple) and items else part
        node = constructor(first)
        if node is not None and last_name(node) in ("Input", "InputLayer"):
            return node
    return None


def _declared(event: LibraryCall, value: TensorValue) -> list[Candidate]:
    node = input_of(event)
    shape = None if node is None else argument_of(node, "shape", 0)
    dims = (value.shape or ())[1:]
    if shape is None or not isinstance(shape, (ast.Tuple, ast.List)) or len(shape.elts) != len(dims):
        return []
    edits = tuple(
        replace(event.unit, written, str(dim))
        for written, dim in zip(shape.elts, dims, strict=True)
        if isinstance(dim, int) and isinstance(written, ast.Constant) and written.value not in (dim, None)
    )
    return (
        [Candidate(f"Declare the input as ({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})", edits, 2)]
        if edits
        else []
    )


def _own(event: LibraryCall) -> list[Candidate]:
    """Return the edit that calls a new layer of the same kind instead of the one that is shared."""
    made = constructor(event.receiver)
    called = event.node.func if isinstance(event.node, ast.Call) else None
    if made is None or not isinstance(called, ast.Name) or isinstance(event.receiver, Const):
        return []
    if last_name(made) in ("Sequential", "Model") or any(item.arg == "name" for item in made.keywords):
        return []
    title = f"Use a {last_name(made)} of its own here"
    return [Candidate(title, (replace(event.unit, called, event.unit.source(made)),), 3)]
