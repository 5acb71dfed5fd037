"""Functions of the program: defined, bound to their arguments, and interpreted per call site."""

from __future__ import annotations

import ast

from ..values import Const, FunctionValue, Ref, ScopeObject, TensorValue, TupleValue, Unknown, Value
from ..values.extent import WHY, too_large
from ..values.heap import DictObject
from ..values.join import join_all
from . import autograph
from .core import MAX_DEPTH, MAX_RECURSION, MAX_VAGUE_RECURSION, Frame, Interpreter
from .decorators import decorated
from .sequences import keep_iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def define(interp: Interpreter, frame: Frame, node: FunctionNode) -> Value:
    """Return the value of a `def` or a `lambda`, its decorators applied."""
    defaults = tuple(interp.evaluate(frame, default) for default in node.args.defaults)
    keyword_defaults = tuple(
        (argument.arg, interp.evaluate(frame, default))
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    )
    function = FunctionValue(
        node=node,
        unit=frame.unit,
        scope=frame.closure,
        owner=frame.owner if frame.owner is not None else frame.function.owner if frame.function else None,
        defaults=defaults,
        keyword_defaults=keyword_defaults,
        origin=interp.origin(frame, node),
    )
    interp.pending.append((frame.unit, function))
    value: Value = function
    for decorator in reversed(getattr(node, "decorator_list", [])):
        value = decorated(interp, frame, decorator, value)
    return value


def call_function(
    interp: Interpreter,
    frame: Frame,
    function: FunctionValue,
    args: tuple[Value, ...],
    kwargs: tuple[tuple[str, Value], ...],
    node: ast.AST | None,
    *,
    mode: str | None = None,
) -> Value:
    """Interpret a call of a function of the program."""
    if function.receiver is not None:
        args = (function.receiver, *args)
    definition = function.node
    if definition is None:
        interp.heap.escape([function, *args, *(value for _, value in kwargs)], "passed to a function that is not known")
        return Unknown("a function that is not known")
    later = isinstance(definition, ast.AsyncFunctionDef) and not _awaited(interp, definition, node)
    if not later:
        interp.called.add(id(definition))
    active = [other for other in interp.frames if other.node is definition]
    vague = any(isinstance(value, Unknown) for value in (*args, *(value for _, value in kwargs)))
    if len(interp.frames) > MAX_DEPTH or len(active) >= (MAX_VAGUE_RECURSION if vague else MAX_RECURSION):
        interp.heap.escape([function, *args, *(value for _, value in kwargs)], "passed on by a deep recursion")
        return Unknown("the calls nest too deep to be followed")
    for value in (*args, *(value for _, value in kwargs)):
        keep_iterator(interp, value)
    bound = bind_arguments(interp, function, args, kwargs)
    if bound is None:
        return Unknown("the arguments do not fit the function, or are not all known")
    if _is_generator(definition):
        from .generators import make_generator

        return make_generator(interp, function, bound, mode or frame.mode, node)
    if later:
        from .generators import make_coroutine

        return make_coroutine(interp, function, bound, mode or frame.mode, node)
    return interpret(interp, frame, function, bound, node, mode=mode)


def _awaited(interp: Interpreter, definition: ast.AsyncFunctionDef, node: ast.AST | None) -> bool:
    """Say whether a call of a coroutine function is awaited at once; it runs like a function then."""
    if id(node) not in interp.awaited or _is_generator(definition):
        return False
    interp.awaited.discard(id(node))
    return True


def interpret(
    interp: Interpreter,
    frame: Frame,
    function: FunctionValue,
    bound: dict[str, Value],
    node: ast.AST | None,
    *,
    mode: str | None = None,
    yields: int | None = None,
) -> Value:
    """Interpret the body of a function with its parameters bound; returns what it returns."""
    definition = function.node
    unit = function.unit
    assert definition is not None
    bound = {name: Unknown(WHY) if too_large(value, interp.heap) else value for name, value in bound.items()}
    scope = interp.heap.allocate(ScopeObject(bound, function.scope))
    running = Frame(
        unit,  # type: ignore[arg-type]
        scope,
        mode or ("graph" if function.graph else frame.mode),
        node=definition,
        call_site=None if node is None else (frame.unit, node),
        function=function,
        yields=yields,
        unconverted=not function.autograph if function.graph else frame.unconverted,
    )
    with interp.framed(running):
        if isinstance(definition, ast.Lambda):
            result = interp.evaluate(running, definition.body)
        else:
            for parameter in parameters(definition):
                _note_parameter(interp, running, parameter, bound)
            if interp.execute_block(running, definition.body):
                running.returns.append((Const(None), interp.heap))
            if not running.returns:
                return Unknown("the function never returns")
            interp.heap = interp.joined([heap for _, heap in running.returns])
            result = join_all(autograph.returned(running, value) for value, _ in running.returns)
    if not _captures(definition):
        interp.heap.discard(scope)
    return result


def _note_parameter(interp: Interpreter, frame: Frame, parameter: ast.arg, bound: dict[str, Value]) -> None:
    """Note what a parameter is, for a hover over it."""
    table = interp.tables.get(frame.unit.path)
    if table is not None and parameter.arg in bound:
        table.record(parameter, bound[parameter.arg], interp.heap)


def parameters(node: FunctionNode) -> list[ast.arg]:
    """Return all parameters of a function."""
    rest = [part for part in (node.args.vararg, node.args.kwarg) if part is not None]
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *rest]


def _is_generator(node: FunctionNode) -> bool:
    return _traits(node)[0]


def _captures(node: FunctionNode) -> bool:
    """Say whether something may close over the function's scope."""
    return _traits(node)[1]


def _traits(node: FunctionNode) -> tuple[bool, bool]:
    """Return whether a function is a generator, and whether anything closes over its scope; kept with the tree."""
    kept: tuple[bool, bool] | None = node.__dict__.get("_traits")
    if kept is None:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        yields = any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in _own_nodes(node))
        closes = any(isinstance(part, kinds) for part in ast.walk(node) if part is not node)
        kept = node.__dict__["_traits"] = (yields, closes)
    return kept


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    out: list[ast.AST] = []
    todo = list(ast.iter_child_nodes(node))
    while todo:
        part = todo.pop()
        out.append(part)
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(part)
    return out


def bind_arguments(
    interp: Interpreter, function: FunctionValue, args: tuple[Value, ...], kwargs: tuple[tuple[str, Value], ...]
) -> dict[str, Value] | None:
    """Bind the arguments of a call to the parameters; None where they do not fit."""
    assert function.node is not None
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    bound: dict[str, Value] = {}
    if len(args) > len(positional) and spec.vararg is None:
        return None
    for parameter, value in zip(positional, args, strict=False):
        bound[parameter.arg] = value
    if spec.vararg is not None:
        bound[spec.vararg.arg] = TupleValue(args[len(positional) :])
    rest: list[tuple[Value, Value]] = []
    names = {parameter.arg for parameter in (*spec.args, *spec.kwonlyargs)}
    for name, value in kwargs:
        if name in names and name not in bound:
            bound[name] = value
        elif spec.kwarg is not None:
            rest.append((Const(name), value))
        else:
            return None
    if spec.kwarg is not None:
        bound[spec.kwarg.arg] = Ref(interp.heap.allocate(DictObject(tuple(rest))))
    for parameter, value in zip(positional[len(positional) - len(function.defaults) :], function.defaults, strict=True):
        bound.setdefault(parameter.arg, value)
    for name, value in function.keyword_defaults:
        bound.setdefault(name, value)
    if any(parameter.arg not in bound for parameter in (*positional, *spec.kwonlyargs)):
        return None
    return {name: value.identified() if isinstance(value, TensorValue) else value for name, value in bound.items()}
