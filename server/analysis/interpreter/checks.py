"""Checks that give nothing but an exception: keys of sets and dicts, arguments of functions that state a signature, builtins.

The library is asked whether it takes them; where it does not, the listeners are told.
"""

from __future__ import annotations

import ast
import math

from ..libraries.memo import Answer
from ..libraries.models.checks import BOUND, HASH
from ..libraries.outcome import Refused
from ..libraries.query import Kwargs, Query
from ..values import DictObject, FunctionValue, Ref, Shape, TensorValue, TupleValue, Value
from ..values.dims import Size
from .asking import report
from .core import Frame, Interpreter
from .events import Argument

_TENSORS = ("Tensor", "Variable")


def judge_keys(interp: Interpreter, frame: Frame, node: ast.AST | None, keys: tuple[Value, ...]) -> None:
    """Judge what is put into a set, or is the key of a dict: tensors and variables are compared by their values."""
    for key in keys:
        parts = key.items if isinstance(key, TupleValue) else (key,)
        for part in parts:
            if isinstance(part, TensorValue) and _is_one(part) and interp.mode(frame) != "v1" and node is not None:
                query = Query("model", HASH, (part,), mode=interp.mode(frame))
                answer = interp.bridge.call(query, interp.heap)
                if isinstance(answer.outcome, Refused):
                    report(interp, frame, node, HASH, query, (Argument(part),), answer)
                    return


def judge_key_of(interp: Interpreter, frame: Frame, node: ast.AST, container: Value, key: Value) -> None:
    """Judge what an item is stored by, where that is in a dict."""
    if isinstance(container, Ref) and isinstance(interp.heap.get(container.address), DictObject):
        judge_keys(interp, frame, node, (key,))


def judge_python(interp: Interpreter, frame: Frame, node: ast.AST | None, name: str, value: Value) -> None:
    """Judge what a builtin (`int`, `float`, `len`, `iter`) asks of a tensor: one number, or a first dimension."""
    if node is None or not isinstance(value, TensorValue) or value.parts or not value.fully_defined:
        return
    if value.kind not in ("Tensor", "Variable", "ndarray") or interp.mode(frame) != "eager":
        return
    if bool(value.shape) == (name in ("len", "iter")):
        return
    if value.is_numpy and math.prod(dim for dim in value.shape or () if isinstance(dim, int)) == 1:
        return  # a masked array, or NumPy of another age, gives its one number
    query = Query("model", f"python.{name}", (value,))
    outcome = interp.bridge.run(query, interp.heap)
    if isinstance(outcome, Refused):
        report(interp, frame, node, query.name, query, (Argument(value),), Answer(outcome))


def _is_one(value: TensorValue) -> bool:
    return value.kind in _TENSORS and not value.parts and value.fully_defined and value.dtype is not None


def judge_set_shape(
    interp: Interpreter, frame: Frame, node: ast.AST, receiver: TensorValue, dims: Shape, shape: Value
) -> None:
    """Judge `x.set_shape(…)` with a shape that a tensor does not have."""
    if receiver.kind != "Tensor" or interp.mode(frame) == "v1" or receiver.parts:
        return
    if dims is None or receiver.shape is None or fitting(dims, receiver.shape):
        return
    query = Query("method", "set_shape", (receiver, shape), mode=interp.mode(frame))
    answer = interp.bridge.call(query, interp.heap)
    if isinstance(answer.outcome, Refused):
        report(interp, frame, node, "Tensor.set_shape", query, (Argument(shape),), answer)


def fitting(one: tuple[Size | None, ...], two: tuple[Size | None, ...]) -> bool:
    """Say whether two shapes may be the same one."""
    return len(one) == len(two) and not any(
        isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(one, two, strict=True)
    )


def binds(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST | None,
    function: FunctionValue,
    stated: dict[str, Value],
    names: list[str],
    args: tuple[Value, ...],
    kwargs: Kwargs,
    called: str = "",
) -> bool:
    """Say whether a function takes its arguments, as far as the specs tell that it states for them."""
    how = called or ("concrete" if function.concrete is not None else "function")
    for name, value in (*zip(names, args, strict=False), *kwargs):
        spec = stated.get(name)
        if not isinstance(spec, TensorValue) or not isinstance(value, TensorValue) or spec.parts or value.parts:
            continue
        if spec.dtype is None or not _disagree(value, spec, how):
            continue
        shape = spec.shape
        dims = None if shape is None else tuple(dim if isinstance(dim, int) else None for dim in shape)
        query = Query("model", BOUND, (value,), mode=interp.mode(frame), detail=(spec.dtype, dims, how))
        # A graph takes a concrete function with tensors of other dtypes; what runs it does not.
        eager = query.mode == "eager"
        answer = Answer(interp.bridge.run(query, interp.heap)) if eager else interp.bridge.call(query, interp.heap)
        if isinstance(answer.outcome, Refused):
            if node is not None:
                name = getattr(function.node, "name", "function")
                written = _written(node, value, args, kwargs)
                report(interp, frame, node, f"{name}.__call__", query, (Argument(value, written),), answer)
            return False
    return True


def _written(node: ast.AST, value: Value, args: tuple[Value, ...], kwargs: Kwargs) -> ast.expr | None:
    """Return how a call writes one of its arguments; None where stars stand among them."""
    if not isinstance(node, ast.Call) or any(isinstance(part, ast.Starred) for part in node.args):
        return None
    own = args[len(args) - len(node.args) :]  # the object of a method is no argument that is written
    found = [part for part, given in zip(node.args, own, strict=False) if given is value]
    named = [key for key, given in kwargs if given is value]
    found += [part.value for part in node.keywords if part.arg in named]
    return found[0] if found else None


def _disagree(value: TensorValue, spec: TensorValue, how: str) -> bool:
    """Say whether a value may be no case of a spec. A concrete function takes tensors of other shapes."""
    if value.dtype is None or value.kind not in ("Tensor", "Variable", "ndarray", "TensorSpec"):
        return False
    other_dtype = value.dtype != spec.dtype and not value.is_numpy
    if how == "concrete":
        return other_dtype and value.kind == "Tensor"
    if value.shape is None or spec.shape is None:
        return other_dtype
    return other_dtype or not fitting(value.shape, spec.shape)
