"""Repairs of windows larger than their input: `padding="same"` here or further up, a smaller window, channels last."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..values import Const, TensorValue, TupleValue
from ..values.base import Shape
from .candidate import Candidate, replace
from .layers import WINDOWS, same_padding
from .places import argument_of, last_name, layers
from .way import Step

MAX_PADDED = 6


def spatial(value: TensorValue) -> tuple[object, ...]:
    """Return the sizes between the batch and the channels."""
    return (value.shape or ())[1:-1]


def window_of(step: Step) -> tuple[int, ...] | None:
    """Return the size of a layer's window, where it is known."""
    if step.layer is None or not step.name.endswith(WINDOWS):
        return None
    pooling = "Pool" in step.name
    name, position = ("pool_size", 0) if pooling else ("kernel_size", 0 if step.name.startswith("Depthwise") else 1)
    given = dict(step.layer.kwargs).get(name)
    if given is None:
        given = step.layer.args[position] if position < len(step.layer.args) else Const(2) if pooling else None
    items = given.items if isinstance(given, TupleValue) else (given,)
    sizes = [item.value for item in items if isinstance(item, Const) and type(item.value) is int]
    if len(sizes) != len(items):
        return None
    rate = dict(step.layer.kwargs).get("dilation_rate")
    if isinstance(rate, Const) and type(rate.value) is int:
        sizes = [(size - 1) * rate.value + 1 for size in sizes]
    return tuple(sizes) if len(sizes) > 1 else tuple(sizes) * int(step.name[-2])


def window_candidates(
    event: LibraryCall, step: Step | None, steps: list[Step], value: TensorValue | None
) -> tuple[Candidate, ...]:
    """Return the edits that leave some output; which of them do, the proof shows."""
    if step is None:
        return _function(event)
    out = _channels_last(event, steps)
    out += same_padding(event, [step], 1)
    smaller = None if value is None else _smaller(event, step, value.shape)
    if smaller is not None:
        out.append(smaller)
    out += same_padding(event, steps[:MAX_PADDED], 3)
    return tuple(out)


def _smaller(event: LibraryCall, step: Step, shape: Shape) -> Candidate | None:
    """Return the edit that makes the window as large as its input."""
    sizes = [dim for dim in (shape or ())[1:-1] if isinstance(dim, int)]
    if step.made is None or not sizes or min(sizes) < 1 or not step.name.endswith(WINDOWS):
        return None
    pooling = "Pool" in step.name
    name, position = ("pool_size", 0) if pooling else ("kernel_size", 0 if step.name.startswith("Depthwise") else 1)
    node = argument_of(step.made, name, position)
    if node is None:
        return None
    size = min(sizes)
    new = f"({', '.join([str(size)] * len(node.elts))})" if isinstance(node, ast.Tuple) else str(size)
    return Candidate(f"Change {name} to {new}", (replace(step.unit, node, new),), 2)


def _channels_last(event: LibraryCall, steps: list[Step]) -> list[Candidate]:
    """Return the edit that declares the channels last, where an input begins with them."""
    own = [step for step in reversed(steps) if step.unit.path == event.unit.path]
    # The input that a Sequential declares is no step.
    for pair in [*((step.node, step.made) for step in own), tuple(layers(event, "Input", "InputLayer"))[:1]]:
        for call in pair:
            if not isinstance(call, ast.Call):
                continue
            is_input = last_name(call) in ("Input", "InputLayer")
            node = argument_of(call, "shape", 0) if is_input else argument_of(call, "input_shape", 99)
            if not isinstance(node, (ast.Tuple, ast.List)) or len(node.elts) != 3:
                continue
            first = node.elts[0]
            if isinstance(first, ast.Constant) and first.value in (1, 3, 4):
                moved = ", ".join(event.unit.source(item) for item in (*node.elts[1:], first))
                text = f"[{moved}]" if isinstance(node, ast.List) else f"({moved})"
                return [Candidate(f"Declare the channels last: {text}", (replace(event.unit, node, text),))]
    return []


def _function(event: LibraryCall) -> tuple[Candidate, ...]:
    if not isinstance(event.node, ast.Call):
        return ()
    for item in (*event.node.args, *(keyword.value for keyword in event.node.keywords)):
        if isinstance(item, ast.Constant) and item.value in ("VALID", "valid"):
            new = "SAME" if item.value == "VALID" else "same"
            return (Candidate(f'Set padding="{new}"', (replace(event.unit, item, f'"{new}"'),)),)
    return ()
