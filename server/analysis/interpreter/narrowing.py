"""What a condition says of the names in it: alternatives that it excludes, and dims that it fixes."""

from __future__ import annotations

import ast
import dataclasses

from ..values import Builtin, Const, Ref, Scalar, TensorValue, Union, Unknown, Value
from ..values.heap import UnknownObject
from ..values.join import join_all
from .core import Frame, Interpreter
from .sequences import known_items, truth


def narrow(interp: Interpreter, frame: Frame, test: ast.expr, outcome: bool) -> bool:
    """Take over what holds where a condition came out so; says whether it can come out so at all."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return narrow(interp, frame, test.operand, not outcome)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == outcome:
        # Each of them, also after one that cannot be: no short cut.
        return min([narrow(interp, frame, part, outcome) for part in test.values])
    if isinstance(test, ast.NamedExpr):
        return narrow(interp, frame, test.target, outcome)
    if isinstance(test, ast.Name):
        return _keep(interp, frame, test, lambda value: truth(interp, frame, value), outcome)
    if isinstance(test, ast.Call) and getattr(test.func, "id", "") == "isinstance" and len(test.args) == 2:
        return _by_class(interp, frame, test, outcome)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _by_comparison(interp, frame, test, outcome)
    return True


def _keep(interp: Interpreter, frame: Frame, name: ast.expr, judge: object, outcome: bool) -> bool:
    """Keep the alternatives of a name for which a judgement may be `outcome`."""
    if isinstance(name, ast.NamedExpr):
        name = name.target
    if not isinstance(name, ast.Name) or not callable(judge):
        return True
    found = interp.heap.lookup(frame.scope, name.id)
    if found is None or not isinstance(found[1], Union):
        return True
    kept = [option for option in found[1].options if judge(option) in (outcome, None)]
    if not kept:
        return False
    if len(kept) < len(found[1].options):
        interp.heap.bind(found[0], name.id, join_all(kept))
    return True


def _by_class(interp: Interpreter, frame: Frame, test: ast.Call, outcome: bool) -> bool:
    from .calls import call_with

    cls = interp.evaluate(frame, test.args[1])

    def judge(value: Value) -> bool | None:
        return truth(interp, frame, call_with(interp, frame, Builtin(name="isinstance"), (value, cls), (), None))

    return _keep(interp, frame, test.args[0], judge, outcome)


def _by_comparison(interp: Interpreter, frame: Frame, test: ast.Compare, outcome: bool) -> bool:
    op, left, right = test.ops[0], test.left, test.comparators[0]
    if isinstance(op, (ast.Is, ast.IsNot)):
        if isinstance(right, ast.Constant) and right.value is None:
            return _keep(interp, frame, left, lambda value: _is_none(interp, value), outcome == isinstance(op, ast.Is))
        return True
    if not isinstance(op, (ast.Eq, ast.NotEq)) or outcome != isinstance(op, ast.Eq):
        return True
    for written, other in ((left, right), (right, left)):
        # Names, attributes and displays of constants: evaluating them again changes nothing.
        if _is_simple(other):
            _equal(interp, frame, written, interp.evaluate(frame, other))
    return True


def _is_none(interp: Interpreter, value: Value) -> bool | None:
    if isinstance(value, Const):
        return value.value is None
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Ref) and isinstance(interp.heap.get(value.address), UnknownObject):
        return None
    return False


def _is_simple(node: ast.expr) -> bool:
    kinds = (ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Attribute, ast.UnaryOp, ast.USub, ast.Load)
    return all(isinstance(part, kinds) for part in ast.walk(node))


def _equal(interp: Interpreter, frame: Frame, written: ast.expr, value: Value) -> None:
    """Take over that an expression is equal to a value."""
    if isinstance(written, ast.Name) and isinstance(value, Const):
        found = interp.heap.lookup(frame.scope, written.id)
        same = isinstance(value.value, (int, str, bool)) and type(value.value).__name__
        if found is not None and isinstance(found[1], Scalar) and found[1].type == same:
            interp.heap.bind(found[0], written.id, value)
        return
    if isinstance(written, ast.Subscript) and isinstance(written.slice, (ast.Constant, ast.UnaryOp)):
        index = interp.evaluate(frame, written.slice)
        if _tensor_of(written.value, "shape") is not None and isinstance(index, Const) and isinstance(value, Const):
            _set_dim(interp, frame, _tensor_of(written.value, "shape"), index.value, value.value)
        return
    if isinstance(written, ast.Attribute) and written.attr == "shape":
        items = known_items(interp, value)
        if items is not None and not isinstance(value, Const):
            _set_shape(interp, frame, written.value, items)
        return
    rank = _tensor_of(written, "ndim")
    if isinstance(written, ast.Attribute) and written.attr in ("rank", "ndims"):
        rank = _tensor_of(written.value, "shape")
    if isinstance(written, ast.Call) and getattr(written.func, "id", "") == "len" and len(written.args) == 1:
        rank = _tensor_of(written.args[0], "shape")
        if rank is None and isinstance(value, Const):
            _set_dim(interp, frame, written.args[0], 0, value.value)
    if rank is not None and isinstance(value, Const) and type(value.value) is int and 0 <= value.value <= 32:
        _set_shape(interp, frame, rank, [Scalar(type="int")] * value.value)


def _tensor_of(node: ast.expr, attribute: str) -> ast.expr | None:
    """Return `x` of `x.shape`."""
    return node.value if isinstance(node, ast.Attribute) and node.attr == attribute else None


def _set_dim(interp: Interpreter, frame: Frame, node: ast.expr | None, index: object, size: object) -> None:
    value = _bound_tensor(interp, frame, node)
    if value is None or value.shape is None or type(index) is not int or type(size) is not int:
        return
    if -len(value.shape) <= index < len(value.shape) and not isinstance(value.shape[index], int):
        dims = list(value.shape)
        dims[index] = size
        rebind(interp, frame, node, dataclasses.replace(value, shape=tuple(dims)))


def _set_shape(interp: Interpreter, frame: Frame, node: ast.expr | None, items: list[Value]) -> None:
    value = _bound_tensor(interp, frame, node)
    if value is None:
        return
    dims = [item.value if isinstance(item, Const) and type(item.value) is int else None for item in items]
    old = value.shape
    if old is None:
        rebind(interp, frame, node, dataclasses.replace(value, shape=tuple(dims)))
    elif len(old) == len(dims):
        merged = tuple(
            new if new is not None and not isinstance(known, int) else known
            for known, new in zip(old, dims, strict=True)
        )
        rebind(interp, frame, node, dataclasses.replace(value, shape=merged))


def _bound_tensor(interp: Interpreter, frame: Frame, node: ast.expr | None) -> TensorValue | None:
    if not isinstance(node, ast.Name):
        return None
    found = interp.heap.lookup(frame.scope, node.id)
    value = found[1] if found is not None else None
    # In a graph a dim that is not known is None, and comparing with it says nothing of the tensor.
    fits = isinstance(value, TensorValue) and value.kind in ("Tensor", "ndarray") and value.content is None
    return (
        value if fits and isinstance(value, TensorValue) and (interp.mode(frame) == "eager" or value.is_numpy) else None
    )


def rebind(interp: Interpreter, frame: Frame, node: ast.expr | None, value: Value) -> None:
    """Give a name the value that is known of it now."""
    assert isinstance(node, ast.Name)
    found = interp.heap.lookup(frame.scope, node.id)
    if found is not None:
        interp.heap.bind(found[0], node.id, value)
