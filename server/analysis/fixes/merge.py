"""Repairs of tensors that do not merge: another axis, `padding="same"` in a branch, a projection, other units, Flatten."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..interpreter.events import LibraryCall, name_of, tensors
from ..report import Edit
from ..values import Const, LibraryObject, Ref, TensorValue
from ..values.base import Shape
from .candidate import Candidate, replace, wrap
from .changed import width_candidates
from .cropping import cropping_candidates
from .layers import WINDOWS, layer_class, same_padding, set_argument
from .places import argument_of, function_of
from .rank import sequences
from .way import Step, constructor, way


@dataclass(frozen=True)
class Pair:
    """Two inputs, by their places, and the axis from the end at which they differ; None where their ranks do."""

    left: int
    right: int
    axis: int | None


def axis_of(event: LibraryCall) -> int | None:
    """Return the axis along which tensors are joined; None where it is not known."""
    if isinstance(event.receiver, Ref):
        item = event.heap.get(event.receiver.address)
        if not isinstance(item, LibraryObject):
            return None
        given = item.args[0] if item.args else dict(item.kwargs).get("axis", Const(-1))
    else:
        argument = event.argument(1, "axis")
        default = 0 if ".ops." in event.name else -1
        given = Const(default) if argument is None else argument.value
    return given.value if isinstance(given, Const) and type(given.value) is int else None


def merge_candidates(event: LibraryCall, pair: Pair, joining: bool) -> tuple[Candidate, ...]:
    """Return the edits by which two inputs may fit; which of them do, the proof shows."""
    given = tensors(event)
    ways = [list(way(event, given[at][0].value)) for at in (pair.left, pair.right)]
    shapes = [given[at][1].shape for at in (pair.left, pair.right)]
    out: list[Candidate] = []
    if joining:
        out += _axis(event)
    if pair.axis is None:
        out += _ranks(event, pair, ways, shapes)
        return tuple(out)
    if joining:
        out += cropping_candidates(event, given[pair.left], given[pair.right])
        out += _resized(event, pair)
    padded = [candidate for steps in ways for candidate in same_padding(event, steps[:6], 2)]
    out += sorted(padded, key=lambda item: item.rank)[:8]
    if not joining:
        out += _projections(event, pair, ways)
    if pair.axis == -1:
        for own, other in ((1, 0), (0, 1)):
            dims = shapes[other]
            wanted = dims[-1] if dims else None
            if isinstance(wanted, int):
                out += width_candidates(event, ways[own], wanted, 11 + other)
    return tuple(out)


def _axis(event: LibraryCall) -> list[Candidate]:
    """Return the edit that joins along the one axis at which the inputs differ."""
    shapes = [value.shape for _, value in tensors(event)]
    ranks = {None if shape is None else len(shape) for shape in shapes}
    if len(ranks) != 1 or None in ranks:
        return []
    known = [shape for shape in shapes if shape is not None]
    differing = [axis for axis in range(len(known[0])) if len({str(shape[axis]) for shape in known}) > 1]
    if len(differing) != 1:
        return []
    axis = differing[0] if differing[0] != len(known[0]) - 1 else -1
    edit = _axis_edit(event, str(axis))
    return [] if edit is None else [Candidate(f"Join along axis {axis}", (edit,))]


def _axis_edit(event: LibraryCall, text: str) -> Edit | None:
    call = constructor(event.receiver) if event.receiver is not None else event.node
    if not isinstance(call, ast.Call):
        return None
    node = argument_of(call, "axis", 0 if event.receiver is not None else 1)
    return set_argument(event.unit, call, "axis", text) if node is None else replace(event.unit, node, text)


def _ranks(event: LibraryCall, pair: Pair, ways: list[list[Step]], shapes: list[Shape]) -> list[Candidate]:
    """Return the edits that give two inputs the same rank."""
    ranks = [len(shape or ()) for shape in shapes]
    low, high = (0, 1) if ranks[0] < ranks[1] else (1, 0)
    out = sequences(event, ways[low], True) if ranks[low] + 1 == ranks[high] else []
    node = tensors(event)[(pair.left, pair.right)[high]][0].node
    flatten = layer_class(event, "Flatten")
    if ranks[low] == 2 and node is not None and flatten is not None:
        out.append(Candidate("Flatten the larger input", wrap(event.unit, node, f"{flatten}()(", ")"), 1))
    return out


def _resized(event: LibraryCall, pair: Pair) -> list[Candidate]:
    """Return the edits that resize one picture to the sizes of the other, whatever those are at this call."""
    given = tensors(event)
    name = layer_class(event, "Resizing")
    out: list[Candidate] = []
    for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
        node, beside = given[one][0].node, given[other][0].node
        if node is None or not isinstance(beside, (ast.Name, ast.Attribute)) or len(given[one][1].shape or ()) != 4:
            continue
        source = event.unit.source(beside)
        text = f"{name}({source}.shape[1], {source}.shape[2])("
        title = f"Resize `{name_of(event, given[one][0])}` to the size of `{source}`"
        out += [] if name is None else [Candidate(title, wrap(event.unit, node, text, ")"), 8 + len(out))]
    return out


def _projections(event: LibraryCall, pair: Pair, ways: list[list[Step]]) -> list[Candidate]:
    """Return the edits that project one of the inputs, the shortcut first, to the shape of the other."""
    given = tensors(event)
    places = [pair.left, pair.right]
    shortcut = 0 if len(ways[0]) <= len(ways[1]) else 1
    out: list[Candidate] = []
    for own in (shortcut, 1 - shortcut):
        argument, value = given[places[own]]
        text = _projection(event, value, given[places[1 - own]][1])
        if argument.node is None or text is None:
            continue
        # In a function that is called for several sizes, the branch beside it says how they are named.
        for index, written in enumerate(dict.fromkeys((*_like(event, text, ways[1 - own]), text))):
            title = f"Project `{event.unit.source(argument.node)}` with {written}"
            rank = (0 if own == shortcut else 9) + index
            out.append(Candidate(title, wrap(event.unit, argument.node, f"{written}(", ")"), rank))
    return out


def _like(event: LibraryCall, text: str, steps: list[Step]) -> list[str]:
    """Return a projection with its width and strides as the layers of the other branch say them, where not by numbers."""
    width: ast.expr | None = None
    strides: ast.expr | None = None
    for step in steps:
        # What is written elsewhere may be names that mean nothing here.
        here = step.made is not None and function_of(event.unit, step.made) is function_of(event.unit, event.node)
        if (
            step.made is None
            or step.unit.path != event.unit.path
            or not here
            or not step.name.endswith(("Dense", *WINDOWS))
        ):
            continue
        width = width or argument_of(step.made, "units" if step.name.endswith("Dense") else "filters", 0)
        strides = strides or argument_of(step.made, "strides", 2 if "Conv" in step.name else 1)
    if width is None or (isinstance(width, ast.Constant) and (strides is None or isinstance(strides, ast.Constant))):
        return []
    name = text.partition("(")[0]
    if name.endswith("Dense"):
        return [f"{name}({event.unit.source(width)})"]
    said = event.unit.source(width)
    plain = f"{name}({said}, 1)"
    return [plain] if strides is None else [f'{name}({said}, 1, strides={event.unit.source(strides)}, padding="same")']


def _projection(event: LibraryCall, value: TensorValue, other: TensorValue) -> str | None:
    """Return the layer that makes one shape of another: a Dense, or a convolution of size 1."""
    a, b = value.shape, other.shape
    if a is None or b is None or len(a) != len(b) or not isinstance(b[-1], int):
        return None
    if a[1:-1] == b[1:-1] and len(a) < 3:
        name = layer_class(event, "Dense")
        return None if name is None else f"{name}({b[-1]})"
    if len(a) not in (3, 4, 5):
        return None
    name = layer_class(event, f"Conv{len(a) - 2}D")
    if name is None:
        return None
    if a[1:-1] == b[1:-1]:
        return f"{name}({b[-1]}, 1)"
    factors = {
        -(-x // y) if isinstance(x, int) and isinstance(y, int) and y else 0
        for x, y in zip(a[1:-1], b[1:-1], strict=True)
    }
    if len(factors) != 1 or min(factors) < 2:
        return None
    return f'{name}({b[-1]}, 1, strides={factors.pop()}, padding="same")'
