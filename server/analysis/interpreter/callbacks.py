"""Functions of the program that a library calls back while it traces (`Dataset.map(f)`, `tf.map_fn(f, x)`).

The library gets a stub. Called with symbolic objects, the stub reflects them, interprets the function of the program
in graph mode, and hands back stand-ins of what that returned. Arity is checked as Python would.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ..libraries import graphs
from ..libraries.classify import traces
from ..libraries.composites import of_any_length
from ..libraries.outcome import CallbackUnknown
from ..libraries.reflect import reflect
from ..libraries.reify import CannotReifyError, Reifier
from ..values import FunctionValue, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import materialise
from .core import Frame, Interpreter
from .functions import bind_arguments, call_function
from .instances import invoke

_KINDS = {
    "posonlyargs": inspect.Parameter.POSITIONAL_ONLY,
    "args": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "kwonlyargs": inspect.Parameter.KEYWORD_ONLY,
}


def callback(interp: Interpreter, frame: Frame, node: ast.AST | None, name: str = "") -> Callable[[Value], Any]:
    """Return what makes stubs for the functions that a call at `node` passes to a library, to the function `name`."""
    mode = interp.mode(frame)
    if mode != "v1" and traces(name):
        mode = "graph"

    def make(function: Value) -> Any:
        if isinstance(function, FunctionValue):
            return tf.autograph.experimental.do_not_convert(of_function(function))
        return tf.autograph.experimental.do_not_convert(of_anything(function))

    def of_anything(function: Value) -> Any:
        def stub(*args: Any, **kwargs: Any) -> Any:
            values, named = tuple(map(given, args)), tuple((key, given(arg)) for key, arg in kwargs.items())
            return result_of(lambda running: invoke(interp, running, function, values, named, node))

        return stub

    def given(arg: Any) -> Value:
        return _argument(interp, arg, mode)

    def result_of(call: Callable[[Frame], Value]) -> Any:
        if tf.executing_eagerly():
            raise CallbackUnknown  # what stands for its arguments has values that mean nothing
        running = frame if mode in (frame.mode, "v1") else dataclasses.replace(frame, mode=mode, returns=[], loops=[])
        with interp.same_heap():
            result = call(running)
        interp.bridge.session.called_back = True
        if isinstance(result, Unknown):
            raise CallbackUnknown
        try:
            return Reifier(interp.heap, interp.bridge.session).reify(result)
        except CannotReifyError as error:
            raise CallbackUnknown from error

    def of_function(function: FunctionValue) -> Any:
        def stub(*args: Any, **kwargs: Any) -> Any:
            values, named = tuple(map(given, args)), tuple((key, given(arg)) for key, arg in kwargs.items())
            bound = values if function.receiver is None else (function.receiver, *values)
            if bind_arguments(interp, function, bound, named) is None:
                raise TypeError(_arity(function, len(bound)))
            return result_of(lambda running: call_function(interp, running, function, values, named, node, mode=mode))

        stub.__name__ = function.name if function.name.isidentifier() else "function"
        signature = _signature(function)
        if signature is not None:
            stub.__signature__ = signature  # type: ignore[attr-defined]
        return stub

    return make


def stubs_at_calls(interp: Interpreter) -> Callable[[Value], Any]:
    """Return what makes stubs of functions that an object was made with: they are called where the object is."""

    def make(function: Value) -> Any:
        if not interp.sites:
            raise CannotReifyError("a function of the program, where nothing is called")
        frame, node = interp.sites[-1]
        return callback(interp, frame, node)(function)

    return make


def _argument(interp: Interpreter, given: Any, mode: str) -> Value:
    """Return what the library passes to a function of the program."""
    session = interp.bridge.session
    if mode == "v1":
        return materialise(graphs.reflect_live(given, session), interp.heap)
    return session.with_symbols(anonymous(materialise(reflect(given, session), interp.heap)), static=False)


def anonymous(value: Value) -> Value:
    """Return a traced argument without content: in a graph it has none."""
    if isinstance(value, TensorValue) and value.kind == "Tensor":
        return TensorValue(dtype=value.dtype, shape=value.shape)
    if isinstance(value, TensorValue) and value.parts:
        return of_any_length(value)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(anonymous(item) for item in value.items))
    return value


def _arity(function: FunctionValue, given: int) -> str:
    assert function.node is not None
    count = len(function.node.args.posonlyargs) + len(function.node.args.args)
    plural = "" if count == 1 else "s"
    return f"{function.name}() takes {count} positional argument{plural} but {given} were given"


def _signature(function: FunctionValue) -> inspect.Signature | None:
    assert function.node is not None
    spec = function.node.args
    parameters: list[inspect.Parameter] = []
    defaulted = {argument.arg for argument in (*spec.posonlyargs, *spec.args)[::-1][: len(function.defaults)]}
    for field in ("posonlyargs", "args"):
        for argument in getattr(spec, field):
            default = None if argument.arg in defaulted else inspect.Parameter.empty
            parameters.append(inspect.Parameter(argument.arg, _KINDS[field], default=default))
    if function.receiver is not None and parameters:
        del parameters[0]  # bound already
    if spec.vararg is not None:
        parameters.append(inspect.Parameter(spec.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
    for argument in spec.kwonlyargs:
        parameters.append(inspect.Parameter(argument.arg, _KINDS["kwonlyargs"], default=None))
    if spec.kwarg is not None:
        parameters.append(inspect.Parameter(spec.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    try:
        return inspect.Signature(parameters)
    except ValueError:
        return None
