"""Generators and coroutines of the program.

A call of a generator function makes an iterator; its body is followed where the iterator is consumed. What it yields is
collected in a list on the heap, so that branches and loops join it like anything else.
"""

from __future__ import annotations

import ast
import dataclasses

from ..source.unit import Unit
from ..values import (
    Const,
    DictObject,
    FunctionValue,
    Heap,
    InstanceObject,
    ListObject,
    Ref,
    Scalar,
    ScopeObject,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.heap import UnknownObject
from ..values.join import any_of, join_all
from ..values.standard import IteratorObject
from .core import Frame, Interpreter, evaluates
from .effects import names_changed
from .iterators import Yielded, forces, iterator

MAX_KNOWN = 64


def make_generator(
    interp: Interpreter, function: FunctionValue, bound: dict[str, Value], mode: str, node: ast.AST | None
) -> Value:
    """Return what a call of a generator function gives, before anything of its body has run."""
    return iterator(interp, "generator", (function, Const(mode)), tuple(bound.items()), node)


def make_coroutine(
    interp: Interpreter, function: FunctionValue, bound: dict[str, Value], mode: str, node: ast.AST | None
) -> Value:
    """Return what a call of a coroutine function gives: its body runs when somebody waits for it."""
    return iterator(interp, "coroutine", (function, Const(mode)), tuple(bound.items()), node)


def make_done(interp: Interpreter, value: Value) -> Value:
    """Return what gives a value when somebody waits for it, and does nothing else."""
    return iterator(interp, "done", (value,))


def awaited(interp: Interpreter, frame: Frame, value: Value) -> Value:
    """Return what waiting for a coroutine of the program gives."""
    from .functions import interpret

    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, IteratorObject) and item.kind == "done":
        return item.args[0]
    if not isinstance(value, Ref) or not isinstance(item, IteratorObject) or item.kind != "coroutine":
        return Unknown("what is awaited is not followed")
    function, mode = item.args
    if item.position is None or not isinstance(function, FunctionValue) or not isinstance(mode, Const):
        return Unknown("a coroutine that may have been awaited before")
    interp.heap.put(value.address, dataclasses.replace(item, position=None))
    interp.called.add(id(function.node))
    return interpret(interp, frame, function, dict(item.kwargs), item.node, mode=str(mode.value))


@forces("generator")
def _generator(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    from .functions import interpret

    function = item.args[0]
    assert isinstance(function, FunctionValue)
    before = interp.heap.fork()
    hidden = [] if eager or _self_contained(interp, function, item) else _hide(interp, function)
    given = interp.heap.allocate(ListObject(()))
    snapshots = len(interp.yielded)
    result = interpret(interp, frame, function, dict(item.kwargs), item.node, yields=given)
    _forget_changed(interp, snapshots)
    content = interp.heap.get(given)
    if not isinstance(content, ListObject) or (isinstance(result, Unknown) and not _ends(result)):
        _unsettle(interp, before)
        return None, Unknown("a generator that is not followed to its end")
    exact = eager or _self_contained(interp, function, item)
    if not eager:
        _unsettle(interp, before)
    for scope, name, value in hidden:
        interp.heap.bind(scope, name, value)
    if content.items is None:
        return None, content.element if exact else without_content(content.element)
    element = any_of(content.items)
    if exact:
        return list(content.items), element
    return None, without_content(element)


def _hide(interp: Interpreter, function: FunctionValue) -> list[tuple[int, str, Value]]:
    """Hide what the loop over a generator may change while its body runs: names that are bound more than once.

    Containers that are changed by their names are given up. Returns what is to be put back.
    """
    unit = function.unit
    assert isinstance(unit, Unit)
    assert function.node is not None
    stores, declared, changed = names_changed(unit.tree)
    own = {
        name for part in ast.walk(function.node) if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names
    }
    out: list[tuple[int, str, Value]] = []
    for name in {part.id for part in ast.walk(function.node) if isinstance(part, ast.Name)}:
        found = interp.heap.lookup(function.scope, name)
        if found is None or isinstance(found[1], (Symbol, FunctionValue)):
            continue
        if stores[name] > 1 or name in declared:
            interp.heap.bind(found[0], name, Unknown("the loop over the generator may change it"))
            if name not in own:
                out.append((found[0], name, found[1]))
        elif name in changed and isinstance(found[1], Ref):
            interp.heap.escape([found[1]], "the loop over the generator may change it")
    return out


def _ends(result: Unknown) -> bool:
    return result.reason == "the function never returns"


def without_content(value: Value) -> Value:
    """Return what holds of a value at any time: between two items others may write into what it is read from."""
    if isinstance(value, TensorValue):
        return dataclasses.replace(value, content=None)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(without_content(part) for part in value.items))
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, str, bytes)):
        return Scalar(type=type(value.value).__name__)
    return value


def _self_contained(interp: Interpreter, function: FunctionValue, item: IteratorObject) -> bool:
    """Say whether a generator reads nothing that the loop over it could change."""
    if not all(isinstance(value, (Const, Scalar)) for _, value in item.kwargs) or function.node is None:
        return False
    own = {
        part.id for part in ast.walk(function.node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    own |= {name for name, _ in item.kwargs}
    for part in ast.walk(function.node):
        if isinstance(part, ast.Name) and part.id not in own:
            found = interp.heap.lookup(function.scope, part.id)
            if found is not None and not isinstance(found[1], Symbol):
                return False
        if isinstance(part, (ast.Global, ast.Nonlocal)):
            return False
    return True


def _unsettle(interp: Interpreter, before: Heap) -> None:
    """Give up on what the body of a generator changes: when it does so, and how often, its consumer decides."""
    why = "changed by a generator"
    for address, old in before.objects.items():
        now = interp.heap.objects.get(address)
        if now is None or now is old or now == old:
            continue
        if isinstance(now, ScopeObject) and isinstance(old, ScopeObject):
            kept = {
                name: value if old.variables.get(name) == value else Unknown(why)
                for name, value in now.variables.items()
            }
            interp.heap.put(address, ScopeObject(kept, now.parent))
        elif isinstance(now, (ListObject, DictObject, InstanceObject)):
            interp.heap.put(address, UnknownObject(why))


def _forget_changed(interp: Interpreter, since: int) -> None:
    """Give up on objects that were yielded and changed afterwards: the consumer saw them as they were."""
    for address, seen in interp.yielded[since:]:
        if interp.heap.get(address) != seen:
            interp.heap.put(address, UnknownObject("changed after it was yielded"))
    del interp.yielded[since:]


@evaluates(ast.Yield)
def _yield(interp: Interpreter, frame: Frame, node: ast.Yield) -> Value:
    value: Value = Const(None) if node.value is None else interp.evaluate(frame, node.value)
    _give(interp, frame, [value], value)
    return Unknown("what is sent to a generator is not followed")


@evaluates(ast.YieldFrom)
def _yield_from(interp: Interpreter, frame: Frame, node: ast.YieldFrom) -> Value:
    from .sequences import iterate

    items, element = iterate(interp, frame, interp.evaluate(frame, node.value), node.value)
    _give(interp, frame, items, element)
    return Unknown("what a generator returns is not followed")


def _give(interp: Interpreter, frame: Frame, items: list[Value] | None, element: Value) -> None:
    if frame.yields is None:
        return
    content = interp.heap.get(frame.yields)
    if not isinstance(content, ListObject):
        return
    for value in items if items is not None else [element]:
        for part in (value, *(value.items if isinstance(value, TupleValue) else ())):
            if isinstance(part, Ref):
                interp.yielded.append((part.address, interp.heap.get(part.address)))
    if items is None or content.items is None:
        old = [content.element] if content.items is None else list(content.items)
        interp.heap.put(
            frame.yields, ListObject(None, join_all([*old, *(items or []), *([element] if items is None else [])]))
        )
    else:
        interp.heap.put(frame.yields, ListObject((*content.items, *items)))


@evaluates(ast.Await)
def _await(interp: Interpreter, frame: Frame, node: ast.Await) -> Value:
    """A coroutine that is awaited where it is made runs like a function."""
    if isinstance(node.value, ast.Call):
        interp.awaited.add(id(node.value))
    value = interp.evaluate(frame, node.value)
    if isinstance(node.value, ast.Call) and id(node.value) not in interp.awaited:
        return value
    interp.awaited.discard(id(node.value))
    return awaited(interp, frame, value)
