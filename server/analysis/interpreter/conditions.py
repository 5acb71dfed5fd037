"""What a condition is: true, false, not known; and arrays of several elements, which are neither."""

from __future__ import annotations

import ast
import math

from ..values import TensorValue, Value
from .asking import ask_operator
from .core import Frame, Interpreter
from .sequences import truth
from .symbolic import judge_truth


def condition(interp: Interpreter, frame: Frame, node: ast.expr, value: Value) -> bool | None:
    """Return whether the value of a test is true, or None where that is not known; the library is asked about arrays."""
    known = truth(interp, frame, value)
    if known is None and isinstance(value, TensorValue) and _is_array(interp, frame, value):
        ask_operator(interp, frame, "truth", (value,), node, (node,))
    elif known is None:
        judge_truth(interp, frame, node, value)
    return known


def _is_array(interp: Interpreter, frame: Frame, value: TensorValue) -> bool:
    """Say whether Python asks a tensor or an array of more than one element for its truth; AutoGraph asks no tensor."""
    if not value.shape or not value.fully_defined or value.kind not in ("ndarray", "Tensor", "Variable"):
        return False
    several = math.prod(dim for dim in value.shape if isinstance(dim, int)) > 1
    return several and (value.is_numpy or interp.mode(frame) == "eager")
