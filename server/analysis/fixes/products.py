"""Repairs of a product of tensors that are no matrices, or whose batch dimensions lie elsewhere."""

from __future__ import annotations

import ast
import itertools
import math

from ..interpreter.events import Argument, LibraryCall, name_of
from ..report import Edit
from ..values import TensorValue
from ..values.base import Shape
from .candidate import Candidate, numpy, replace, tensorflow, wrap

Operand = tuple[Argument, TensorValue]


def vector_candidates(event: LibraryCall, left: Operand, right: Operand) -> tuple[Candidate, ...]:
    """Return the edits that say what is meant by a product with a vector: `matvec`, `tensordot`, an axis."""
    (a, matrix), (b, vector) = left, right
    arrays = matrix.is_numpy and vector.is_numpy and not event.name.startswith("tensorflow.")
    if a.node is None or b.node is None or arrays or matrix.shape is None:
        return ()
    library, imports = tensorflow(event)
    first, second = event.unit.source(a.node), event.unit.source(b.node)
    out: list[Candidate] = []

    def whole(title: str, text: str) -> None:
        edit = _whole(event, text, ranks == (1, 1))
        if edit is not None:
            out.append(Candidate(title, (*imports, edit), len(out)))

    def axis(argument: Argument, place: int) -> None:
        assert argument.node is not None
        title = f"Make a matrix of `{name_of(event, argument)}`: tf.expand_dims(…, {place})"
        edits = (*imports, *wrap(event.unit, argument.node, f"{library}.expand_dims(", f", {place})"))
        out.append(Candidate(title, edits, len(out)))

    ranks = len(matrix.shape), len(vector.shape or ())
    if ranks[0] > 1 and ranks[1] == 1:
        whole("Use tf.linalg.matvec", f"{library}.linalg.matvec({first}, {second})")
        axis(b, -1)
        axis(b, 0)
    elif ranks[0] == 1 and ranks[1] > 1:
        axis(a, 0)
        whole("Use tf.linalg.matvec", f"{library}.linalg.matvec({second}, {first}, transpose_a=True)")
        axis(a, -1)
    elif ranks == (1, 1):
        whole("Use tf.tensordot", f"{library}.tensordot({first}, {second}, 1)")
    return tuple(out)


def _whole(event: LibraryCall, text: str, turned: bool = False) -> Edit | None:
    """Put text in place of a product, where that has its two factors and nothing else.

    turned: whether `transpose_a` and its like may go, because a vector has nothing to transpose.
    """
    node = event.node
    if turned and isinstance(node, ast.Call):
        left = [item for item in node.keywords if not (item.arg or "").startswith(("transpose_", "adjoint_"))]
        return replace(event.unit, node, text) if len(node.args) + len(left) == 2 else None
    if isinstance(node, ast.BinOp) or (isinstance(node, ast.Call) and len(node.args) + len(node.keywords) == 2):
        return replace(event.unit, node, text)
    return None


def flat_candidates(event: LibraryCall, left: Operand, right: Operand) -> tuple[Candidate, ...]:
    """Return the edit that makes one row of each example, where the second factor has as many rows as an example has numbers."""
    (argument, value), shape = left, right[1].shape
    dims = value.shape[1:] if value.shape is not None else ()
    sizes = [dim for dim in dims if isinstance(dim, int)]
    if shape is None or len(shape) != 2 or len(sizes) < 2 or len(sizes) < len(dims) or math.prod(sizes) != shape[0]:
        return ()
    if not isinstance(argument.node, (ast.Name, ast.Attribute)) or value.kind == "KerasTensor":
        return ()
    source = event.unit.source(argument.node)
    title = f"Flatten each example of `{source}`"
    if value.is_numpy:
        return (Candidate(title, (replace(event.unit, argument.node, f"{source}.reshape(len({source}), -1)"),), 1),)
    library, imports = tensorflow(event)
    text = f"{library}.reshape({source}, [-1, {shape[0]}])"
    return (Candidate(title, (*imports, replace(event.unit, argument.node, text)), 1),)


def batch_candidates(
    event: LibraryCall, left: Operand, right: Operand, turned: tuple[bool, bool] = (False, False)
) -> tuple[Candidate, ...]:
    """Return the edits that move the axes of a factor so that the batch dimensions are the same.

    turned: which factor the call transposes itself.
    """
    out: list[Candidate] = []
    for argument, value, other, first in ((*right, left[1], False), (*left, right[1], True)):
        shape, beside = value.shape, other.shape
        if argument.node is None or shape is None or beside is None or not 3 <= len(shape) <= 4:
            continue
        name = numpy(event) if value.is_numpy else tensorflow(event)[0]
        imports = () if value.is_numpy else tensorflow(event)[1]
        for order in itertools.permutations(range(len(shape))):
            moved = tuple(shape[axis] for axis in order)
            if order == tuple(range(len(shape))) or not _fits(*((moved, beside) if first else (beside, moved)), turned):
                continue
            text = f", [{', '.join(map(str, order))}])"
            title = f"Transpose `{name_of(event, argument)}` to {list(order)}"
            if name is not None:
                edits = (*imports, *wrap(event.unit, argument.node, f"{name}.transpose(", text))
                out.append(Candidate(title, edits, len(out)))
            break
    return tuple(out)


def _fits(a: Shape, b: Shape, turned: tuple[bool, bool]) -> bool:
    left, right = _transposed(a, turned[0]), _transposed(b, turned[1])
    return left[-1] == right[-2] and len(left) == len(right) and left[:-2] == right[:-2]


def _transposed(shape: Shape, turned: bool) -> tuple[object, ...]:
    assert shape is not None
    return (*shape[:-2], shape[-1], shape[-2]) if turned else shape
