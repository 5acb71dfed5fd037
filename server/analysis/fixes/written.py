"""Repairs of a size that is written where a tensor is made: the shape of a weight, `tf.zeros([32, 10])`.

It is found in the text of the call that made the tensor, whatever that call is; that it is the right number, the proof shows.
"""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from ..report import Edit
from ..values import TensorValue, Value
from .candidate import Candidate, replace
from .way import way

_SUMS = ("operator.add", "operator.sub", "tensorflow.add", "tensorflow.nn.bias_add", "tensorflow.math.add")
_PRODUCTS = ("operator.matmul", "tensorflow.matmul", "tensorflow.linalg.matmul", "tensorflow.tensordot")


def size_candidates(
    event: LibraryCall, value: Value, tensor: TensorValue, axis: int, wanted: object, rank: int
) -> list[Candidate]:
    """Return the edit that gives a tensor another size at an axis, where it is made of written sizes."""
    node = written_size(event, value, tensor, axis)
    if node is None or not isinstance(wanted, int):
        return []
    title = f"Change the size {ast.unparse(node)} to {wanted} (line {node.lineno})"
    return [Candidate(title, (replace(event.unit, node, str(wanted)),), rank)]


def width_candidates(event: LibraryCall, value: Value, wanted: int, rank: int) -> list[Candidate]:
    """Return the edit that gives the product that made a tensor another last size: at its weight, and at what is added."""
    edits: list[Edit] = []
    for step in way(event, value):
        made = step.event
        given = [] if made is None else tensors(made)
        if made is None or len(given) != 2 or made.name not in (*_SUMS, *_PRODUCTS):
            return []
        argument, tensor = given[1]
        node = written_size(event, argument.value, tensor, -1)
        if node is not None:
            edits.append(replace(event.unit, node, str(wanted)))
        if made.name in _PRODUCTS:
            if node is None:
                return []
            title = f"Change the size {ast.unparse(node)} to {wanted} (line {node.lineno})"
            return [Candidate(title, tuple(edits), rank)]
    return []


def written_size(event: LibraryCall, value: Value, tensor: TensorValue, axis: int) -> ast.Constant | None:
    """Return the number that gives a tensor its size at an axis, in the call that made it; None where none is written."""
    origin = value.origin or tensor.origin
    made = None if origin is None else origin.node
    shape = tensor.shape
    if origin is None or not isinstance(made, ast.Call) or not shape or origin.location.path != event.unit.path:
        return None
    for node in ast.walk(made):
        parts = (
            node.elts if isinstance(node, (ast.List, ast.Tuple)) else node.args if isinstance(node, ast.Call) else ()
        )
        if len(parts) != len(shape):
            continue
        part = parts[axis]
        if isinstance(part, ast.Constant) and type(part.value) is int and part.value == shape[axis]:
            return part
    return None
