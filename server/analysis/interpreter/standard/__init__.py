"""Python's standard library, as far as TensorFlow programs use it: a registry by public name.

What is pure is run on constants; of the rest the types are known. Nothing touches the disk or the environment.
"""

from __future__ import annotations

import ast

from ...libraries.query import Kwargs
from ...values import Partial, Ref, Symbol, Unknown, Value
from ...values.standard import NamedTupleType
from ..core import Frame, Interpreter
from . import (
    arguments,
    asynchronous,
    collecting,
    contexts,
    files,
    functions,
    iteration,
    mathematics,
    paths,
    randomness,
    records,
    selecting,
    system,
)
from .registry import TABLE, StandardCall, member_symbol, module_symbol, owns, public_names, replace, replaced

__all__ = [
    "call_made",
    "call_object",
    "call_standard",
    "member",
    "module_symbol",
    "owns",
    "public_names",
    "replace",
    "star",
]
_MODELS = (
    arguments,
    asynchronous,
    collecting,
    contexts,
    files,
    functions,
    iteration,
    mathematics,
    paths,
    randomness,
    records,
    selecting,
    system,
)


def member(interp: Interpreter, symbol: Symbol, name: str) -> Value:
    """Return a member of a module or class of the standard library."""
    if replaced(interp, f"{symbol.name}.{name}"):
        return Unknown(f"the program replaces {symbol.name}.{name}")
    if symbol.name == "sys":
        known = system.sys_member(interp, name)
        if known is not None:
            return known
    if symbol.name == "os" and name == "environ":
        return Symbol(name="os.environ", kind="object")
    found = member_symbol(f"{symbol.name}.{name}")
    return found if found is not None else Unknown(f"{symbol.name}.{name} is not known")


def star(interp: Interpreter, symbol: Symbol) -> dict[str, Value]:
    """Return what `from module import *` binds."""
    return {name: member(interp, symbol, name) for name in public_names(symbol.name)}


def call_standard(
    interp: Interpreter, frame: Frame, name: str, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Return what a call of a public name of the standard library gives."""
    call = StandardCall(interp, frame, name, args, kwargs, node)
    for key in (name, f"{name.rpartition('.')[0]}.*"):
        model = TABLE.get(key)
        result = None if model is None else model(call)
        if result is not None:
            return result
    interp.heap.escape([*args, *(value for _, value in kwargs)], f"passed to {name}")
    return Unknown(f"{name}() is not followed")


def call_made(
    interp: Interpreter,
    frame: Frame,
    function: Partial | NamedTupleType,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> Value | tuple[tuple[Value, ...], Kwargs, Value]:
    """Return what a callable gives that the standard library made, or what is to be called in its place."""
    if isinstance(function, NamedTupleType):
        return collecting.make(StandardCall(interp, frame, function.name, args, kwargs, node), function)
    given = dict(kwargs)
    return function.args, tuple(pair for pair in function.kwargs if pair[0] not in given), function.function


def call_object(
    interp: Interpreter,
    frame: Frame,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> Value | None:
    """Return what a method of an object of the standard library gives; None where it is not understood."""
    call = StandardCall(interp, frame, name, args, kwargs, node)
    if isinstance(receiver, NamedTupleType):
        return collecting.type_method(call, receiver)
    if isinstance(receiver, Ref):
        return arguments.parser_method(call, receiver)
    return paths.method(call, receiver)
