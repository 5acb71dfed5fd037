"""Calls: of the program's functions, of libraries, of builtins, of methods."""

from __future__ import annotations

import ast

from ..libraries.query import Kwargs
from ..values import (
    BoundMethod,
    Builtin,
    ClassObject,
    Const,
    Descriptor,
    DictObject,
    FunctionValue,
    InstanceObject,
    LibraryObject,
    LiveValue,
    Partial,
    Ref,
    SuperValue,
    Symbol,
    Union,
    Unknown,
    Value,
)
from ..values.standard import NamedTupleType
from . import standard
from .alternatives import follow_each
from .builtins import call_builtin
from .core import Frame, Interpreter, evaluates
from .custom_gradients import KINDS, call_custom
from .events import Argument
from .functions import call_function
from .inherited import initialise_vaguely
from .instances import call_instance, instantiate
from .library_calls import Arguments, call_live, call_method, call_object, call_symbol, lost
from .protocols import call_on_instance
from .sequences import known_items
from .traced_functions import call_traced


@evaluates(ast.Call)
def _call(interp: Interpreter, frame: Frame, node: ast.Call) -> Value:
    function = interp.evaluate(frame, node.func)
    arguments = _evaluate_arguments(interp, frame, node)
    return call(interp, frame, node, function, arguments).made_at(interp.origin(frame, node))


def _evaluate_arguments(interp: Interpreter, frame: Frame, node: ast.Call) -> Arguments:
    positional: list[Argument] = []
    keywords: list[Argument] = []
    complete = True
    for part in node.args:
        value = interp.evaluate(frame, part)
        if isinstance(part, ast.Starred):
            items = known_items(interp, value)
            complete &= items is not None
            positional += [Argument(item) for item in items or [value]]
        else:
            positional.append(Argument(value, part))
    for keyword in node.keywords:
        value = interp.evaluate(frame, keyword.value)
        if keyword.arg is not None:
            keywords.append(Argument(value, keyword.value, keyword.arg))
            continue
        item = interp.heap.get(value.address) if isinstance(value, Ref) else None
        names = [key for key, _ in item.items] if isinstance(item, DictObject) and item.items is not None else None
        if names is None or not all(isinstance(name, Const) and isinstance(name.value, str) for name in names):
            complete = False
            keywords.append(Argument(value, keyword.value, "**"))
        elif isinstance(item, DictObject):
            keywords += [Argument(v, None, k.value) for k, v in item.items or () if isinstance(k, Const)]
    return Arguments(tuple(positional), tuple(keywords), complete)


def call(interp: Interpreter, frame: Frame, node: ast.Call, function: Value, arguments: Arguments) -> Value:
    """Return what a call gives."""
    if isinstance(function, Union):
        return follow_each(interp, function.options, lambda option: call(interp, frame, node, option, arguments))
    if not arguments.complete:
        if isinstance(function, BoundMethod) and isinstance(function.receiver, SuperValue):
            if function.name == "__init__" and isinstance(function.receiver.receiver, Ref):
                initialise_vaguely(interp, function.receiver.receiver)
                return Const(None)
        return lost(interp, function, arguments, "arguments of unknown number")
    if isinstance(function, FunctionValue):
        args, kwargs = (arguments.values, arguments.named)
        if function.graph and interp.mode(frame) != "graph":
            return call_traced(interp, frame, function, args, kwargs, node)
        return call_function(interp, frame, function, args, kwargs, node)
    if isinstance(function, Symbol):
        return call_symbol(interp, frame, node, function, arguments)
    if isinstance(function, Builtin):
        result = call_on_instance(interp, frame, function.name, arguments.values, node)
        if result is not None:
            return result
        return call_builtin(interp, frame, function.name, arguments.values, arguments.named, node)
    if isinstance(function, BoundMethod):
        return call_method(interp, frame, node, function, arguments)
    if isinstance(function, LiveValue):
        return call_live(interp, frame, node, function, "__call__", arguments)
    if isinstance(function, Ref):
        item = interp.heap.get(function.address)
        if isinstance(item, LibraryObject):
            return call_object(interp, frame, node, function, "__call__", arguments)
        if isinstance(item, ClassObject):
            return instantiate(interp, frame, function, arguments.values, arguments.named, node)
        if isinstance(item, InstanceObject) and item.cls is not None:
            result = call_instance(interp, frame, function, arguments.values, arguments.named, node)
            if result is not None:
                return result
    if isinstance(function, Descriptor):
        return _described(interp, frame, node, function, arguments)
    if isinstance(function, (Partial, NamedTupleType)):
        bound = standard.call_made(interp, frame, function, arguments.values, arguments.named, node)
        if isinstance(bound, Value):
            return bound
        positional = (*(Argument(value) for value in bound[0]), *arguments.positional)
        named = (*(Argument(value, None, name) for name, value in bound[1]), *arguments.keywords)
        return call(interp, frame, node, bound[2], Arguments(positional, named))
    return lost(interp, function, arguments, None)


def call_with(
    interp: Interpreter, frame: Frame, function: Value, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Call a value with values for which there are no expressions."""
    positional = tuple(Argument(value) for value in args)
    keywords = tuple(Argument(value, None, name) for name, value in kwargs)
    return call(interp, frame, node, function, Arguments(positional, keywords))  # type: ignore[arg-type]


def _described(interp: Interpreter, frame: Frame, node: ast.Call, function: Descriptor, arguments: Arguments) -> Value:
    """Call what a decorator of Python's or TensorFlow's has made."""
    if function.kind in ("staticmethod", "classmethod"):
        return call(interp, frame, node, function.function, arguments)
    if function.kind == "contextmanager":
        generator = call(interp, frame, node, function.function, arguments)
        if isinstance(generator, Unknown):
            return generator
        return Ref(interp.heap.allocate(InstanceObject("_GeneratorContextManager", {"generator": generator})))
    if function.kind in KINDS:
        return call_custom(interp, frame, node, function, arguments)
    return lost(interp, function, arguments, "a property is called")
