"""Control flow that AutoGraph makes an operation of: variables of loops keep their shapes, a test is one truth.

TensorFlow is asked, with a variable as it is before the loop and as its body leaves it. Where the body may be left early, or
assigns under a condition, nothing is asked: what comes out of one turn is another matter then.
Source: tensorflow/python/autograph/operators/control_flow.py (`_verify_single_loop_var`).
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries.models.checks import CONDITION, LOOP
from ..libraries.outcome import Refused
from ..libraries.query import Query
from ..values import Heap, ScopeObject, TensorValue, Value
from .asking import report
from .core import Frame, Interpreter
from .events import Argument

_BRANCHES = (ast.If, ast.IfExp, ast.Break, ast.Continue, ast.Return, ast.Raise, ast.Try, ast.Match)


def judge_condition(interp: Interpreter, frame: Frame, node: ast.expr, value: Value) -> None:
    """Judge the test of an `if` that AutoGraph makes an operation of: one truth is wanted."""
    if frame.mode != "graph" or frame.unconverted or isinstance(node, ast.BoolOp) or not _is_plain(value):
        return
    assert isinstance(value, TensorValue)
    if value.shape is None or (not value.shape and value.dtype == "bool"):
        return
    query = Query("model", CONDITION, (value,), mode="graph")
    answer = interp.bridge.call(query, interp.heap.fork())
    if isinstance(answer.outcome, Refused) and "expected to be `tf.bool` scalar" in answer.outcome.message:
        report(interp, frame, node, CONDITION, query, (Argument(value, node),), answer)


def judge(interp: Interpreter, frame: Frame, node: ast.For | ast.While, entry: Heap, over: Value) -> None:
    """Compare what a loop assigns before it and after its first turn. over: its test, or what it goes through.

    A loop over a data set is a reduction of it, which takes shapes that vary.
    """
    if frame.mode != "graph" or frame.unconverted or not isinstance(over, TensorValue):
        return
    parts = [part for statement in node.body for part in ast.walk(statement)]
    if any(isinstance(part, _BRANCHES) for part in parts) or any(map(_sets_options, parts)):
        return
    before, after = entry.get(frame.scope), interp.heap.get(frame.scope)
    if not isinstance(before, ScopeObject) or not isinstance(after, ScopeObject):
        return
    stored = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    place = node.test if isinstance(node, ast.While) else node.iter
    for name in sorted(stored & set(before.variables) & set(after.variables)):
        tested = isinstance(node, ast.While) and _reads(place, name)
        if not tested and not _reads_first(node.body, name):
            continue  # no variable of the loop: each turn makes it anew
        old, new = before.variables[name], after.variables[name]
        if not _is_plain(old) or not _is_plain(new):
            continue
        assert isinstance(old, TensorValue)
        assert isinstance(new, TensorValue)
        if (old.shape, old.dtype) == (new.shape, new.dtype):
            continue
        given = tuple(dataclasses.replace(value, content=None, sizes=None, interval=None) for value in (old, new))
        query = Query("model", LOOP, given, mode="graph", detail=name)
        answer = interp.bridge.call(query, interp.heap.fork())
        if isinstance(answer.outcome, Refused) and f"'{name}' has " in answer.outcome.message:
            report(interp, frame, place, LOOP, query, tuple(Argument(value) for value in (old, new)), answer)
            return


def _reads_first(statements: list[ast.stmt], name: str) -> bool:
    """Say whether statements read a name before they assign it."""
    for statement in statements:
        if isinstance(statement, ast.With):
            if any(_reads(item.context_expr, name) for item in statement.items):
                return True
            if any(_mentions(part, name) for part in statement.body):
                return _reads_first(statement.body, name)
        elif _mentions(statement, name):
            simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))
            added = isinstance(statement, ast.AugAssign) and _mentions(statement.target, name)
            return simple and (added or _reads(statement, name))
    return False


def _mentions(part: ast.AST, name: str) -> bool:
    return any(isinstance(item, ast.Name) and item.id == name for item in ast.walk(part))


def _reads(part: ast.AST, name: str) -> bool:
    return any(
        isinstance(item, ast.Name) and item.id == name and isinstance(item.ctx, ast.Load) for item in ast.walk(part)
    )


def _is_plain(value: Value) -> bool:
    return isinstance(value, TensorValue) and value.kind == "Tensor" and not value.parts


def _sets_options(part: ast.AST) -> bool:
    return isinstance(part, ast.Attribute) and part.attr == "set_loop_options"
