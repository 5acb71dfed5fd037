"""Repairs of one argument of an operator: another axis, `keepdims=True`, a size that is computed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ..interpreter.events import LibraryCall, tensors
from ..report import Edit
from .axes import (
    flat_candidates,
    image_candidates,
    permutation_candidates,
    split_candidates,
)
from .broadcasting import broadcasting_candidates
from .candidate import Candidate, insert_after, replace
from .channels import channel_candidates
from .equations import equation_candidates
from .invariants import invariant_candidates
from .joining import joined_candidates
from .layers import same_padding, set_argument
from .places import argument_of, last_name
from .slices import slice_candidates
from .transpose import transpose_candidates
from .way import way
from .written import size_candidates

#: Functions of two tensors, element by element.
_BROADCASTING = frozenset(
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "power",
        "atan2",
        "maximum",
        "minimum",
        "squared_difference",
        "divide_no_nan",
        "multiply_no_nan",
        "greater",
        "greater_equal",
        "less",
        "less_equal",
        "equal",
        "not_equal",
        "logical_and",
        "logical_or",
    ]
)
#: Functions whose axis may be another one, and where it stands among the arguments.
_ANY_AXIS = {"concat": 1, "squeeze": 1, "split": 2, "unstack": 2, "concatenate": 1}
_LAST_AXIS = {"argmax": 1, "argmin": 1, "expand_dims": 1, "softmax": 1, "cumsum": 1, "sort": 1}
_REDUCTION = re.compile(r"(reduce_\w+|mean|sum|max|min|std|var|amax|amin|prod)$")


def argument_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that change one argument of a refused call, or of the reduction that made one."""
    name = event.name.rpartition(".")[2]
    if event.name.startswith("operator."):
        steps = [step for argument, _ in tensors(event)[:2] for step in [*way(event, argument.value)][:6]]
        return (
            *_kept_dims(event),
            *broadcasting_candidates(event),
            *same_padding(event, steps, 12)[:4],
            *_written(event),
        )
    call = event.node
    if not isinstance(call, ast.Call):
        return ()
    if name in _BROADCASTING:
        return (*_kept_dims(event), *broadcasting_candidates(event))
    if event.name.startswith("tensorflow.image."):
        return image_candidates(event)
    special = _SPECIAL.get(name)
    return (*(() if special is None else special(event, call)), *_axis(event, call, name))


def _sizes(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    return (*_computed_size(event, call), *flat_candidates(event, call))


def _axis(event: LibraryCall, call: ast.Call, name: str) -> tuple[Candidate, ...]:
    position = {**_ANY_AXIS, **_LAST_AXIS}.get(name, 1 if _REDUCTION.match(name) else None)
    node = None if position is None else argument_of(call, "axis", position)
    ranks = [len(value.shape) for _, value in tensors(event) if value.shape]
    if isinstance(node, (ast.List, ast.Tuple)) and ranks and name not in _ANY_AXIS:
        return _axes(event, node, max(ranks))
    if node is None or not ranks or not _is_number(node):
        return ()
    axes = [axis for axis in range(max(ranks)) if str(axis) != ast.unparse(node)] if name in _ANY_AXIS else [-1]
    return tuple(
        Candidate(f"Use axis={axis}", (replace(event.unit, node, str(axis)),), rank)
        for rank, axis in enumerate(axes[:4])
    )


def _axes(event: LibraryCall, node: ast.List | ast.Tuple, rank: int) -> tuple[Candidate, ...]:
    """Return the edit that takes the last axis for those of a list that are not there."""
    edits = [replace(event.unit, part, "-1") for part in node.elts if _is_number(part) and _axis_of(part) >= rank]
    return (Candidate("Use the last axis: -1", (edits[0],)),) if len(edits) == 1 else ()


def _axis_of(node: ast.expr) -> int:
    return int(ast.literal_eval(node))


def _is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int)


def _computed_size(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the edits that let `reshape` compute one of the sizes; the first one where each would do."""
    method = isinstance(call.func, ast.Attribute) and event.receiver is not None
    node = argument_of(call, "shape", 0 if method else 1)
    parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else call.args if method else []
    if any(_is_minus_one(part) or isinstance(part, ast.Starred) for part in parts):
        return ()
    return tuple(
        Candidate(f"Let the size {ast.unparse(part)} be computed", (replace(event.unit, part, "-1"),), rank)
        for rank, part in enumerate(parts[:4])
    )


def _is_minus_one(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"


def _kept_dims(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that let a reduction keep its axis, where it made one of two shapes that do not fit."""
    out: list[Candidate] = []
    for argument, value in tensors(event):
        made = None if value.origin is None else event.made_by(value.origin.node)
        if made is None or made.unit.path != event.unit.path or not isinstance(made.node, ast.Call):
            continue
        call = made.node
        if not _REDUCTION.match(made.name.rpartition(".")[2]) or argument_of(call, "keepdims", 2) is not None:
            continue
        given = [*call.args, *(item.value for item in call.keywords)]
        if given:
            last = max(given, key=lambda node: event.unit.span(node).end)
            name = argument.node.id if isinstance(argument.node, ast.Name) else "the reduced tensor"
            edit = insert_after(event.unit, last, ", keepdims=True")
            out.append(Candidate(f"Keep the axis of {name}: keepdims=True", (edit,), len(out)))
    both = _all_kept(event)
    title = f"Keep the ax{'es of all reductions' if len(both) > 1 else 'is of the reduction'} further up: keepdims=True"
    return (*out, Candidate(title, both, 5)) if len(both) > len(out) else tuple(out)


def _written(event: LibraryCall) -> list[Candidate]:
    """Return the edits that give one of two tensors the size of the other, where its own is written."""
    found = tensors(event)
    if len(found) != 2:
        return []
    out: list[Candidate] = []
    for (argument, value), (_, other) in ((found[1], found[0]), (found[0], found[1])):
        if len(value.shape or ()) > len(other.shape or ()):
            continue  # what is spread over the other, a bias, say, is what follows it
        pairs = zip(reversed(value.shape or ()), reversed(other.shape or ()), strict=False)
        for back, (own, wanted) in enumerate(pairs, 1):
            if own != wanted and 1 not in (own, wanted):
                out += size_candidates(event, argument.value, value, -back, wanted, 16 + len(out))
                break
    return out


def _all_kept(event: LibraryCall) -> tuple[Edit, ...]:
    """Return the edits that let all reductions keep their axes whose names stand in the line of an operator."""
    line = getattr(event.node, "lineno", 0)
    names = {node.id for node in ast.walk(event.unit.tree) if isinstance(node, ast.Name) and node.lineno == line}
    out: list[Edit] = []
    for node in ast.walk(event.unit.tree):
        if not isinstance(node, ast.Assign) or node.lineno >= line or not isinstance(node.value, ast.Call):
            continue
        target, call = node.targets[0], node.value
        if not isinstance(target, ast.Name) or target.id not in names or not _REDUCTION.match(last_name(call)):
            continue
        if argument_of(call, "keepdims", 2) is None and (call.args or call.keywords):
            edit = set_argument(event.unit, call, "keepdims", "True")
            out += [] if edit is None else [edit]
    return tuple(out)


def _turned(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the transpositions of a factor of a product that is no matmul."""
    found = tensors(event)
    return transpose_candidates(event, *found) if len(found) == 2 else ()


#: What else there is to change, by the name of a function.
_SPECIAL: dict[str, Callable[[LibraryCall, ast.Call], tuple[Candidate, ...]]] = {
    "reshape": _sizes,
    "transpose": permutation_candidates,
    "split": split_candidates,
    "concat": joined_candidates,
    "concatenate": joined_candidates,
    "stack": joined_candidates,
    "einsum": equation_candidates,
    "tensordot": lambda event, _: _turned(event),
    **dict.fromkeys(
        ("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "separable_conv2d", "convolution", "conv"),
        lambda event, _: channel_candidates(event),
    ),
    "from_tensor_slices": lambda event, _: slice_candidates(event),
    "while_loop": lambda event, _: invariant_candidates(event),
}
