"""What AutoGraph makes of control flow that a tensor decides, while a `tf.function` (or `Dataset.map`) is traced.

Both branches are traced, a loop's body once or twice; what they assign comes out of `tf.cond` and `tf.while_loop`, so a
Python number that is assigned there becomes a tensor. Of its dtype and of what happens to other objects nothing is said.
Source: tensorflow/python/autograph/g3doc/reference/control_flow.md.
"""

from __future__ import annotations

import ast
import dataclasses

from ..values import (
    Const,
    DatasetValue,
    DictObject,
    Heap,
    InstanceObject,
    ListObject,
    Ref,
    ScopeObject,
    SetObject,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.heap import UnknownObject
from ..values.tensor_arrays import TensorArrayObject
from .core import Frame, Interpreter

_WHY = "assigned where a tensor decides: AutoGraph makes a tensor of it"


def decides(interp: Interpreter, frame: Frame, value: Value) -> bool:
    """Say whether control flow that depends on a value may be turned into graph operations."""
    if frame.mode != "graph" or frame.unconverted:
        return False
    for member in value.members():
        if isinstance(member, (Unknown, DatasetValue)):
            return True
        if isinstance(member, TensorValue) and not member.is_numpy:
            return True
        if isinstance(member, Ref) and isinstance(interp.heap.get(member.address), UnknownObject):
            return True
    return False


def settle(interp: Interpreter, frame: Frame, entry: Heap, body: list[ast.stmt]) -> None:
    """Give up on what a part of the program has assigned that became a graph operation."""
    for address, now in list(interp.heap.objects.items()):
        before = entry.objects.get(address)
        if before is now or before == now:
            continue
        if isinstance(now, ScopeObject):
            old = before.variables if isinstance(before, ScopeObject) else {}
            if before is None and address != frame.scope:
                continue
            kept = {
                name: value if name in old and old[name] == value else as_output(value)
                for name, value in now.variables.items()
            }
            interp.heap.put(address, ScopeObject(kept, now.parent))
        elif before is None:
            continue
        elif isinstance(now, InstanceObject) and isinstance(before, InstanceObject):
            attributes = {
                name: value if before.attributes.get(name) == value else as_output(value)
                for name, value in now.attributes.items()
            }
            interp.heap.put(address, dataclasses.replace(now, attributes=attributes))
        elif isinstance(now, TensorArrayObject) and isinstance(before, TensorArrayObject):
            # What comes out of an operation is a new array of the old one's spec.
            interp.heap.put(address, dataclasses.replace(now, shape=before.shape, items=None))
        elif isinstance(now, (ListObject, DictObject, SetObject)):
            interp.heap.put(address, UnknownObject(_WHY))
    if _leaves(body):
        # What comes after is conditional too: AutoGraph turns `return`, `break` and `continue` into conditions.
        frame.conditional = True


def as_output(value: Value) -> Value:
    """Return what comes out of a conditional operation for a value that was assigned in it."""
    if isinstance(value, TensorValue) and value.kind in ("Tensor", "KerasTensor", "Variable"):
        return value if value.kind != "Tensor" else dataclasses.replace(value, content=None)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(as_output(part) for part in value.items))
    if isinstance(value, Ref):
        return value
    return Unknown(_WHY)


def enter_loop(interp: Interpreter, frame: Frame, body: list[ast.stmt]) -> None:
    """Give up on Python values that a loop in the graph will change: in its body they are tensors already."""
    scope = interp.heap.get(frame.scope)
    if not isinstance(scope, ScopeObject):
        return
    assigned = {
        part.id
        for statement in body
        for part in ast.walk(statement)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    for name in assigned & set(scope.variables):
        value = scope.variables[name]
        kept = isinstance(value, Ref) and isinstance(interp.heap.get(value.address), TensorArrayObject)
        if not isinstance(value, TensorValue) and not kept:
            interp.heap.bind(frame.scope, name, Unknown(_WHY))


def returned(frame: Frame, value: Value) -> Value:
    """Return what a function gives of what a `return` says."""
    if not frame.conditional:
        return value
    if isinstance(value, Const) and value.value is None:
        return Unknown(_WHY)
    return as_output(value)


def _leaves(body: list[ast.stmt]) -> bool:
    todo: list[ast.AST] = list(body)
    while todo:
        part = todo.pop()
        if isinstance(part, (ast.Return, ast.Break, ast.Continue)):
            return True
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(part)
    return False
