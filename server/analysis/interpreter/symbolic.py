"""Symbolic tensors that Python asks for their truth or their items: a graph is traced, and AutoGraph does not see the code.

That is so in functions with `autograph=False`, in all that Keras 3 traces (`call`, `train_step`, losses), and for Keras tensors.
Source: tensorflow/python/framework/tensor.py (`_disallow_in_graph_mode`), keras/src/backend/common/keras_tensor.py.
"""

from __future__ import annotations

import ast

from ..libraries.models.checks import ITEMS
from ..libraries.outcome import Refused
from ..libraries.query import Query
from ..values import ScopeObject, Symbol, TensorValue, Value
from .asking import ask_operator, report
from .core import Frame, Interpreter
from .events import Argument


def judge_truth(interp: Interpreter, frame: Frame, node: ast.expr, value: Value) -> None:
    """Judge a test that a symbolic tensor is to decide."""
    if isinstance(value, TensorValue) and is_symbolic(interp, frame, node, value):
        ask_operator(interp, frame, "truth", (value,), node, (node,))


def judge_items(interp: Interpreter, frame: Frame, node: ast.expr, value: Value) -> None:
    """Judge a loop over a symbolic tensor."""
    if not isinstance(value, TensorValue) or not value.shape or not is_symbolic(interp, frame, node, value):
        return
    _ask_items(interp, frame, node, value)


def _ask_items(interp: Interpreter, frame: Frame, node: ast.expr, value: TensorValue) -> None:
    query = Query("model", ITEMS, (value,), mode=interp.mode(frame))
    answer = interp.bridge.call(query, interp.heap)
    if isinstance(answer.outcome, Refused):
        report(interp, frame, node, ITEMS, query, (Argument(value, node),), answer)


def judge_parts(interp: Interpreter, frame: Frame, node: ast.expr, value: Value) -> None:
    """Judge what Python takes apart by itself, also where AutoGraph sees it: `a, b = x`, `[row for row in x]`, `[*x]`.

    `Tensor.__iter__` asks whether code runs eagerly, and not where the tensor comes from.
    """
    if isinstance(value, TensorValue) and value.kind == "Tensor" and not value.parts and interp.mode(frame) == "graph":
        _ask_items(interp, frame, node, value)


def is_symbolic(interp: Interpreter, frame: Frame, node: ast.expr, value: TensorValue) -> bool:
    """Say whether a tensor has no values yet where Python looks at it; a tensor from outside of the graph has some."""
    if value.parts:
        return False
    if value.kind == "KerasTensor":
        return interp.mode(frame) == "eager"
    return (
        value.kind == "Tensor"
        and frame.unconverted
        and interp.mode(frame) == "graph"
        and _made_here(interp, frame, node, value)
    )


def _made_here(interp: Interpreter, frame: Frame, node: ast.expr, value: TensorValue) -> bool:
    """Say whether a tensor is an argument of the function that is traced, or comes out of an operation in its body."""
    if not isinstance(node, ast.Name):
        return _is_operation(interp, frame, node, value)
    function = frame.function
    definition = None if function is None else function.node
    if function is None or definition is None or isinstance(definition, ast.Lambda):
        return False
    scope = interp.heap.get(frame.scope)
    if not isinstance(scope, ScopeObject) or node.id not in scope.variables:
        return False
    stored = [
        part
        for part in ast.walk(definition)
        if isinstance(part, ast.Name) and part.id == node.id and isinstance(part.ctx, ast.Store)
    ]
    if not stored:
        return function.graph  # a parameter: tf.function makes a placeholder of it
    made = [
        part.value
        for part in ast.walk(definition)
        if isinstance(part, ast.Assign) and len(part.targets) == 1 and part.targets[0] in stored
    ]
    return len(made) == len(stored) and any(_is_operation(interp, frame, item, value) for item in made)


def _is_operation(interp: Interpreter, frame: Frame, node: ast.expr, value: TensorValue) -> bool:
    """Say whether a tensor was made right here, by an operator or a function of a library."""
    if value.origin is None or value.origin.node is not node:
        return False
    if isinstance(node, (ast.Compare, ast.BinOp)):
        return True
    root: ast.expr = node.func if isinstance(node, ast.Call) else node
    if root is node or not isinstance(root, ast.Attribute):
        return False
    while isinstance(root, ast.Attribute):
        root = root.value
    known = interp.evaluate(frame, root) if isinstance(root, ast.Name) else None
    return isinstance(known, Symbol)
