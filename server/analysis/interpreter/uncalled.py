"""Functions that nobody calls: interpreted at the end, with what their annotations say and nothing else.

A method gets an instance as `__init__` leaves it when nothing is known of its arguments, less what anything in the file
may change later.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable

from ..source.unit import Unit
from ..values import (
    ClassObject,
    Const,
    DictObject,
    FunctionValue,
    InstanceObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    Unknown,
    Value,
)
from ..values.dims import Dim
from ..values.heap import UnknownObject
from .classes import class_attribute
from .contracts import annotated
from .core import BudgetExceeded, Frame, Interpreter
from .effects import MUTATORS, changed_name
from .functions import interpret, parameters
from .instances import prepare

_CONTAINERS = (ListObject, DictObject, SetObject)
#: Steps for one function that nobody calls.
MAX_STEPS = 20_000
_SCALARS = ("int", "float", "bool", "str", "bytes", "complex")


def run_uncalled(interp: Interpreter) -> None:
    """Interpret the functions that nobody called."""
    index = 0
    instances: dict[int, Value] = {}
    changed: dict[str, frozenset[str]] = {}
    end = interp.heap
    _forget_globals(interp)
    interp.uncalled = True
    while index < len(interp.pending):
        unit, value = interp.pending[index]
        index += 1
        if not isinstance(value, FunctionValue) or value.node is None or id(value.node) in interp.called:
            continue
        if unit.path not in interp.tables or isinstance(value.node, ast.Lambda):
            continue
        interp.called.add(id(value.node))
        interp.heap = end  # instances stay for the methods to come
        interp.raised = False
        bound = _unknown_arguments(interp, unit, value)
        if value.owner is not None and _is_method(interp, value):
            if unit.path not in changed:
                changed[unit.path] = _changed_attributes(unit)
            receiver = _receiver(interp, unit, value, instances, changed[unit.path])
            first = next(iter(bound), None)
            if receiver is not None and first is not None:
                bound[first] = receiver
        end = interp.heap
        interp.heap = end.fork()  # what one function does, no other one sees
        _within(
            interp,
            MAX_STEPS,
            lambda value=value, unit=unit, bound=bound: interpret(  # type: ignore[misc]
                interp, Frame(unit, value.scope), value, bound, None
            ),
        )


def _within(interp: Interpreter, steps: int, follow: Callable[[], object]) -> None:
    """Follow something within a budget of its own: one long function must not cost all that come after it."""
    left = interp.steps_left
    interp.steps_left = min(left, steps)
    given = interp.steps_left
    frames, sites = len(interp.frames), len(interp.sites)
    try:
        follow()
    except BudgetExceeded:
        interp.cut = True
        del interp.frames[frames:], interp.sites[sites:]
    finally:
        interp.steps_left = left - (given - max(interp.steps_left, 0))


def _forget_globals(interp: Interpreter) -> None:
    """Give up on what functions rebind in their module: when they are called nobody knows."""
    for unit, value in interp.pending:
        if not isinstance(value, FunctionValue) or value.node is None or unit.path not in interp.tables:
            continue
        for part in ast.walk(value.node):
            if isinstance(part, (ast.Global, ast.Nonlocal)):
                for name in part.names:
                    found = interp.heap.lookup(value.scope, name)
                    if found is not None:
                        interp.heap.bind(found[0], name, Unknown("rebound by a function"))
            elif changed_name(part):
                found = interp.heap.lookup(value.scope, changed_name(part))
                changed = found[1] if found is not None else None
                if isinstance(changed, Ref) and isinstance(interp.heap.get(changed.address), _CONTAINERS):
                    interp.heap.put(changed.address, UnknownObject("changed by a function"))


def _unknown_arguments(interp: Interpreter, unit: Unit, function: FunctionValue) -> dict[str, Value]:
    """Return parameters of which nothing is known but what their annotations say."""
    assert function.node is not None
    out: dict[str, Value] = {}
    names: dict[str, Dim] = {}
    for parameter in parameters(function.node):
        stated = annotated(interp, Frame(unit, function.scope), parameter.annotation, names)
        if stated is not None:
            out[parameter.arg] = stated.made_at(interp.origin(Frame(unit, function.scope), parameter))
            continue
        annotation = parameter.annotation
        name = annotation.id if isinstance(annotation, ast.Name) else ""
        default = _default_of(function, parameter.arg)
        plain = name in _SCALARS and (default is None or default == Scalar(type=name))
        if isinstance(default, Const):
            plain = type(default.value).__name__ == name
        unknown = Unknown(f"parameter '{parameter.arg}' of a function that nobody calls")
        out[parameter.arg] = Scalar(type=name) if plain and name in _SCALARS else unknown
    for rest in (function.node.args.vararg, function.node.args.kwarg):
        if rest is not None:
            out[rest.arg] = Unknown("arguments of a function that nobody calls")
    return out


def _default_of(function: FunctionValue, name: str) -> Value | None:
    assert function.node is not None
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    pairs = zip(positional[len(positional) - len(function.defaults) :], function.defaults, strict=True)
    found = {parameter.arg: value for parameter, value in pairs}
    return found.get(name, dict(function.keyword_defaults).get(name))


def _is_method(interp: Interpreter, function: FunctionValue) -> bool:
    """Say whether a function stands directly in the body of its class."""
    assert function.owner is not None
    item = interp.heap.get(function.owner)
    return isinstance(item, ClassObject) and item.node is not None and function.node in item.node.body


def _receiver(
    interp: Interpreter, unit: Unit, function: FunctionValue, instances: dict[int, Value], changed: frozenset[str]
) -> Value | None:
    """Return the first argument of a method: an instance, or the class; None for a static method."""
    assert function.owner is not None
    names = {getattr(part, "id", "") for part in getattr(function.node, "decorator_list", [])}
    if "staticmethod" in names:
        return None
    cls = Ref(function.owner)
    if "classmethod" in names or getattr(function.node, "name", "") == "__new__":
        return cls
    if getattr(function.node, "name", "") == "__init__":
        return prepare(interp, cls)
    if function.owner not in instances:
        instances[function.owner] = _instance(interp, unit, cls, changed)
    return instances[function.owner]


def _instance(interp: Interpreter, unit: Unit, cls: Ref, changed: frozenset[str]) -> Value:
    """Return an instance of which only what holds for every instance is known."""
    made = prepare(interp, cls)
    init = class_attribute(interp, cls, "__init__")
    if isinstance(init, FunctionValue) and init.node is not None:
        # Where it runs for somebody, what is seen there is better than what is seen here: nothing.
        seen, listeners, tables = id(init.node) in interp.called, interp.listeners, interp.tables
        interp.called.add(id(init.node))
        if seen:
            interp.listeners, interp.tables = [], {}
        bound = _unknown_arguments(interp, unit, init)
        first = next(iter(bound), None)
        if first is not None:
            bound[first] = made
        try:
            interpret(interp, Frame(unit, init.scope), init, bound, None)
        finally:
            interp.listeners, interp.tables = listeners, tables
    item = interp.heap.get(made.address)
    if not isinstance(item, InstanceObject):
        return made
    why = "may be set anew before this method is called"
    kept = {
        name: Unknown(why) if name in changed or value == Const(None) else value
        for name, value in item.attributes.items()
    }
    interp.heap.put(made.address, dataclasses.replace(item, attributes=kept, lost=True))
    return made


def _changed_attributes(unit: Unit) -> frozenset[str]:
    """Return the names of the attributes that a file sets or changes outside of `__init__`."""
    out: set[str] = set()
    todo: list[ast.AST] = [unit.tree]
    while todo:
        node = todo.pop()
        inside = isinstance(node, ast.FunctionDef) and node.name == "__init__"
        for part in ast.iter_child_nodes(node):
            if not inside:
                todo.append(part)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            out.add(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
            if isinstance(node.value, ast.Attribute):
                out.add(node.value.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MUTATORS and isinstance(node.func.value, ast.Attribute):
                out.add(node.func.value.attr)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("setattr", "delattr"):
            named = [part.value for part in node.args[1:2] if isinstance(part, ast.Constant)]
            out.update(str(name) for name in named)
    return frozenset(out)
