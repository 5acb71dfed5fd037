"""Layers and models of the program where Keras needs a real one: on a `KerasTensor`, inside a `Sequential`.

Keras gets a stub of the same base class, whose `call` has the same parameters and interprets the program's `call` in
graph mode: what Keras makes of the result, it makes itself.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable
from typing import Any, TypeAlias

from ..libraries.keras_hooks import keras
from ..libraries.outcome import CallbackUnknown, NotKnown, Returned
from ..libraries.query import Kwargs, Query
from ..libraries.reflect import reflect
from ..libraries.reify import Reifier
from ..libraries.standins import CannotReifyError
from ..values import Const, FunctionValue, InstanceObject, Ref, Unknown, Value
from ..values.fresh import materialise
from .alternatives import Recorder
from .asking import report
from .callbacks import anonymous
from .classes import bound, class_attribute
from .core import Frame, Interpreter
from .events import Argument

Runner: TypeAlias = Callable[[Interpreter, Frame, Ref, "tuple[Value, ...]", Kwargs, "ast.AST | None"], Value]
#: Methods that change what Keras does around `call`; a stub has none of them.
_NOT_FOLLOWED = ("compute_output_spec", "compute_mask", "get_initial_state", "__new__")
#: What a cell tells the `RNN` that it is a part of.
_OF_CELLS = ("state_size", "output_size")


def call_symbolically(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Let Keras call a stub of a layer of the program on `KerasTensor`s."""
    if any(isinstance(value, Unknown) for value in (*args, *(value for _, value in kwargs))):
        return Unknown("one of the inputs is not known")
    query = Query("object", "__call__", (receiver, *args), kwargs, "graph")
    with interp.calling(frame, node):
        answer = interp.bridge.call(query, interp.heap)
    if not interp.sites:
        judge_doubtful(interp)
    if node is not None:
        arguments = (*(Argument(value) for value in args), *(Argument(value, None, name) for name, value in kwargs))
        report(interp, frame, node, "keras.Layer.__call__", query, arguments, answer)
    if isinstance(answer.outcome, Returned):
        return answer.outcome.value
    return Unknown(answer.outcome.reason if isinstance(answer.outcome, NotKnown) else "this call fails")


def judge_doubtful(interp: Interpreter) -> None:
    """Follow again, outside of Keras, the calls in which something failed while Keras ran a stub."""
    calls, interp.doubtful = interp.doubtful, []
    for again in calls:
        again()


def stub_maker(interp: Interpreter) -> Any:
    """Return what makes the real stand-in of an instance (see `Session.stub_layer`)."""

    def make(receiver: Ref) -> Any:
        item = interp.heap.get(receiver.address)
        if not isinstance(item, InstanceObject) or item.cls is None:
            raise CannotReifyError("an object of the program is handed to the library")
        from .inherited import base_kind
        from .layer_calls import run_call

        method = class_attribute(interp, item.cls, "call")
        if base_kind(item.library) != "layer" or not isinstance(method, FunctionValue):
            raise CannotReifyError("an object of the program is handed to the library")
        if any(class_attribute(interp, item.cls, name) is not None for name in _NOT_FOLLOWED):
            raise CannotReifyError("a layer of the program that says itself what it returns")
        base = keras.Model if item.library.rpartition(".")[2] == "Model" else keras.layers.Layer
        members = {"call": _stub(interp, receiver, method, run_call), "build": _build, "get_config": _config}
        members |= _sizes(interp, receiver, item)
        shape = class_attribute(interp, item.cls, "compute_output_shape")
        if isinstance(shape, FunctionValue):
            members["compute_output_shape"] = _stub(interp, receiver, shape, _runner(shape))
        made = type(item.class_name, (base,), members)()
        made._allow_non_tensor_positional_args = True
        return made

    return make


def _sizes(interp: Interpreter, receiver: Ref, item: InstanceObject) -> dict[str, Any]:
    """Return what a cell says of the sizes of its states, as attributes of its stub."""
    from .instances import read_attribute

    assert item.cls is not None
    found: dict[str, Any] = {}
    for name in _OF_CELLS:
        if name in item.attributes or class_attribute(interp, item.cls, name) is not None:
            value = read_attribute(interp, interp.frames[-1], receiver, item, name)
            found[name] = Reifier(interp.heap, interp.bridge.session).reify(value)
    return found


def _runner(method: FunctionValue) -> Runner:
    """Return what runs a method of a layer as it stands."""

    def run(
        interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
    ) -> Value:
        from .instances import invoke

        item = interp.heap.get(receiver.address)
        if not isinstance(item, InstanceObject) or item.cls is None:
            return Unknown("a layer that is lost")
        return invoke(interp, frame, bound(interp, method, receiver, item.cls), args, kwargs, node)

    return run


def _build(self: Any, input_shape: Any = None) -> None:
    """Nothing to build: the program's `build` is interpreted with the first call."""
    self.built = True


def _config(self: Any) -> Any:
    """Who asks for the configuration makes another layer of it; what the program's class would be made of is not known."""
    raise CallbackUnknown


class _Missing:
    """Stands for a default that is no constant."""


_MISSING = _Missing()


def _stub(interp: Interpreter, receiver: Ref, method: FunctionValue, runner: Runner) -> Any:
    """Return a method with the parameters of the program's own, which Keras may read."""
    assert method.node is not None
    spec = method.node.args
    names = [part.arg for part in (*spec.posonlyargs, *spec.args)][1:]
    if spec.vararg is not None or spec.kwonlyargs or not all(name.isidentifier() for name in names):
        raise CannotReifyError("a call with parameters that a stub cannot have")
    if any(keyword.iskeyword(name) or name.startswith("__") for name in names):
        raise CannotReifyError("a call with parameters that a stub cannot have")
    defaults = method.defaults
    required = len(names) - len(defaults)
    known = [value.value if isinstance(value, Const) else _MISSING for value in defaults]

    def run(given: list[Any]) -> Any:
        if not interp.sites:
            raise CallbackUnknown
        with interp.same_heap():
            try:
                made = follow(given)
                interp.bridge.session.called_back = True
                return made
            except Exception as error:
                # What goes wrong here says nothing of the program: its own calls are judged one by one.
                raise CallbackUnknown from error

    def follow(given: list[Any]) -> Any:
        session = interp.bridge.session
        frame, node = interp.sites[-1]
        values = []
        for index, item in enumerate(given):
            at = index - required
            if at >= 0 and item is known[at]:
                values.append(defaults[at])
            else:
                given_in = anonymous(materialise(reflect(item, session), interp.heap))
                # Keras makes placeholders of its tensors: what is open in them is None in `x.shape` too.
                values.append(session.with_symbols(given_in, static=False))
        running = Frame(frame.unit, frame.scope, "graph", handlers=frame.handlers)
        listeners, recorder, raised = interp.listeners, Recorder(), interp.raised
        interp.listeners = [recorder]
        before = interp.heap.get(receiver.address)
        try:
            result = runner(interp, running, receiver, tuple(values), (), node)
        finally:
            interp.listeners = listeners
        if recorder.refused:
            # Perhaps for what Keras is in the middle of: asked again when it has returned.
            interp.raised = raised
            interp.doubtful.append(lambda: again(running, before, values, node))
            raise CallbackUnknown
        for event in recorder.events:
            for listener in listeners:
                listener.library_call(event)
        if isinstance(result, Unknown):
            raise CallbackUnknown
        return Reifier(interp.heap, session).reify(result)

    def again(running: Frame, before: Any, values: list[Value], node: ast.AST | None) -> Value:
        if isinstance(before, InstanceObject):
            interp.heap.put(receiver.address, before)  # it is built again, too
        return runner(interp, running, receiver, tuple(values), (), node)

    # Keras reads the names of the parameters: the stub has the same ones.
    written = [name if i < required else f"{name}=_defaults[{i - required}]" for i, name in enumerate(names)]
    source = f"def call(self, {', '.join(written)}):\n    return _run([{', '.join(names)}])\n"
    if set(names) & {"self", "_run", "_defaults"}:
        raise CannotReifyError("a call with parameters that a stub cannot have")
    namespace: dict[str, Any] = {"_run": run, "_defaults": known}
    exec(compile(source, "<stub>", "exec"), namespace)
    return namespace["call"]
