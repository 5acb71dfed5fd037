"""Functions of the program that a library calls back while it traces (`Dataset.map(f)`, `tf.map_fn(f, x)`).

The library gets a stub. Called with symbolic objects, the stub reflects them, interprets the function of the program
in graph mode, and hands back stand-ins of what that returned. Arity is checked as Python would.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf

from ..libraries import graphs
from ..libraries.classify import traces
from ..libraries.composites import of_any_length
from ..libraries.outcome import CallbackUnknown
from ..libraries.reflect import reflect
from ..libraries.reify import Reifier
from ..libraries.standins import CannotReifyError
from ..values import DatasetValue, FunctionValue, TensorValue, TupleValue, Unknown, Value, elements
from ..values.fresh import freeze, materialise
from .core import Frame, Interpreter
from .functions import bind_arguments, call_function
from .instances import invoke

_KINDS = {
    "posonlyargs": inspect.Parameter.POSITIONAL_ONLY,
    "args": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "kwonlyargs": inspect.Parameter.KEYWORD_ONLY,
}


@dataclass
class Watch:
    """What a method of a data set passes to functions of the program, and gets of them.

    results: free of addresses, in the order of the calls.
    """

    dataset: DatasetValue
    method: str
    results: list[Value] = field(default_factory=list)

    def entered(self, interp: Interpreter, args: list[Value]) -> list[Value]:
        """Return the arguments of a function with the sizes that an element of the data set has, each time others."""
        own = self.dataset.element
        if own is None:
            return args
        element = elements.renamed(own, interp.bridge.session.symbol)
        known: list[Value | None] = [element]
        if self.method in ("scan", "reduce"):
            known = [None, element]
        elif isinstance(element, TupleValue) and element.names is None and len(element.items) == len(args):
            known = list(element.items)
        if len(known) != len(args):
            known = [None] * len(args)
        return [
            elements.lend(arg, self.dataset if isinstance(arg, DatasetValue) else part)
            for arg, part in zip(args, known, strict=True)
        ]

    def given(self, datasets: bool = False) -> Value | None:
        """Return what the function has given, where it was called once; of several functions the one that gives data sets."""
        found = [one for one in self.results if isinstance(one, DatasetValue) or not datasets]
        return found[0] if len(found) == 1 else None


def callback(
    interp: Interpreter, frame: Frame, node: ast.AST | None, name: str = "", watch: Watch | None = None
) -> Callable[[Value], Any]:
    """Return what makes stubs for the functions that a call at `node` passes to a library, to the function `name`.

    watch: takes what a method of a data set passes and gets.
    """
    mode = interp.mode(frame)
    if mode != "v1" and traces(name):
        mode = "graph"

    def make(function: Value) -> Any:
        if isinstance(function, FunctionValue):
            return tf.autograph.experimental.do_not_convert(of_function(function))
        return tf.autograph.experimental.do_not_convert(of_anything(function))

    def of_anything(function: Value) -> Any:
        def stub(*args: Any, **kwargs: Any) -> Any:
            values, named = given_to(args), tuple((key, given(arg)) for key, arg in kwargs.items())
            return result_of(lambda running: invoke(interp, running, function, values, named, node))

        return stub

    def given(arg: Any) -> Value:
        return _argument(interp, arg, mode)

    def given_to(args: tuple[Any, ...]) -> tuple[Value, ...]:
        if watch is None or mode == "v1":
            return tuple(map(given, args))
        found = watch.entered(interp, [reflect(arg, interp.bridge.session) for arg in args])
        return tuple(anonymous(materialise(arg, interp.heap)) for arg in found)

    def result_of(call: Callable[[Frame], Value]) -> Any:
        if tf.executing_eagerly():
            raise CallbackUnknown  # what stands for its arguments has values that mean nothing
        running = frame if mode in (frame.mode, "v1") else dataclasses.replace(frame, mode=mode, returns=[], loops=[])
        # The library is asked about the body outside of the graph that calls it, as about any other function's.
        with interp.same_heap(), tf.init_scope() if mode == "graph" else contextlib.nullcontext():
            result = call(running)
        interp.bridge.session.called_back = True
        if watch is not None:
            watch.results.append(freeze(result, interp.heap))
        if isinstance(result, Unknown):
            raise CallbackUnknown
        try:
            return Reifier(interp.heap, interp.bridge.session).reify(result)
        except CannotReifyError as error:
            raise CallbackUnknown from error

    def of_function(function: FunctionValue) -> Any:
        def stub(*args: Any, **kwargs: Any) -> Any:
            values, named = given_to(args), tuple((key, given(arg)) for key, arg in kwargs.items())
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
    for part in ("posonlyargs", "args"):
        for argument in getattr(spec, part):
            default = None if argument.arg in defaulted else inspect.Parameter.empty
            parameters.append(inspect.Parameter(argument.arg, _KINDS[part], default=default))
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
