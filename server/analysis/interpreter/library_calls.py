"""Calls into libraries, and methods of what they make: the bridge is asked, the listeners are told."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from ..libraries import classify, global_state, recipes
from ..libraries.numpy_calls import mutates
from ..libraries.outcome import NotKnown, Refused, Returned
from ..libraries.query import Kwargs, Query
from ..values import (
    BoundMethod,
    Const,
    DatasetValue,
    Descriptor,
    DTypeValue,
    FunctionValue,
    LibraryObject,
    LiveValue,
    Ref,
    ShapeValue,
    SuperValue,
    Symbol,
    TensorValue,
    Unknown,
    Value,
)
from ..values.heap import UnknownObject
from ..values.render import kind
from ..values.standard import ContextValue, StrategyValue
from ..values.traces import new_trace
from . import (
    contracts,
    graphs,
    known_modules,
    label_values,
    library_models,
    modelled_objects,
    specs,
    standard,
    tensor_values,
    weights,
)
from .asking import report
from .callbacks import callback
from .core import Frame, Interpreter
from .decorators import traced
from .events import Argument
from .inherited import call_inherited
from .instances import instance
from .keras_names import named
from .layer_stubs import judge_doubtful
from .methods import call_method_of_python


@dataclasses.dataclass(frozen=True)
class Arguments:
    """The evaluated arguments of a call; `complete` is False where a star's items are not known."""

    positional: tuple[Argument, ...]
    keywords: tuple[Argument, ...]
    complete: bool = True

    @property
    def values(self) -> tuple[Value, ...]:
        """The positional values."""
        return tuple(argument.value for argument in self.positional)

    @property
    def named(self) -> Kwargs:
        """The keyword values."""
        return tuple((argument.keyword or "", argument.value) for argument in self.keywords)

    @property
    def all(self) -> tuple[Argument, ...]:
        """All of them, in order."""
        return (*self.positional, *self.keywords)


def lost(interp: Interpreter, function: Value, arguments: Arguments, reason: str | None) -> Value:
    """Give up on a call: what it is handed may be changed by it."""
    why = reason or (function.reason if isinstance(function, Unknown) else "what is called is not known")
    receiver = [function.receiver] if isinstance(function, BoundMethod) else []
    interp.heap.escape(
        [*receiver, *(argument.value for argument in arguments.all)], "passed to something that is not understood"
    )
    return Unknown(why)


def call_symbol(interp: Interpreter, frame: Frame, node: ast.Call, function: Symbol, arguments: Arguments) -> Value:
    """Call a public function or class of a library."""
    name = recipes.INSTEAD.get(function.name, function.name)
    if standard.owns(name):
        return standard.call_standard(interp, frame, name, arguments.values, arguments.named, node)
    if known_modules.owns(name):
        return known_modules.call(interp, frame, node, name, arguments)
    if global_state.note(name, arguments.values, interp.heap):
        return Const(None)
    if name == "tensorflow.function":
        first = arguments.values[0] if arguments.values else None
        if not isinstance(first, FunctionValue):
            return Unknown("tf.function of something unknown")
        return traced(interp, first, dict(arguments.named))
    given = named(interp, name, arguments.values) if not arguments.keywords else None
    if given is not None:
        found, to_call = given
        if not to_call or not isinstance(found, Symbol):
            return found
        return call_symbol(interp, frame, node, found, Arguments((), ()))
    if name.startswith("transformation."):
        from .datasets import transformed

        return transformed(interp, frame, node, name.removeprefix("transformation."), arguments)
    model = library_models.TABLE.get(name)
    modelled = None if model is None else model(interp, frame, node, arguments)
    if modelled is not None:
        return modelled
    if name == "tensorflow.print":
        return Const(None)
    if name == "tensorflow.executing_eagerly":
        return Const(interp.mode(frame) == "eager")
    if name == "tensorflow.compat.v1.reset_default_graph":
        graphs.reset(interp)
        return Const(None)
    if contracts.is_contract(name) and node is not None:
        result = ask(
            interp,
            frame,
            node,
            name,
            Query("symbol", name, arguments.values, arguments.named, interp.mode(frame)),
            arguments,
        )
        contracts.asserted(interp, frame, node, name, arguments.values)
        return result
    stubs = callback(interp, frame, node, name) if classify.takes_callbacks(name) else None
    query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame), stubs)
    if query.mode == "eager":
        graphs.judge_in_eager_code(interp, frame, node, query, arguments.all)
        query = dataclasses.replace(query, mode=interp.mode(frame))
    return ask(interp, frame, node, name, query, arguments)


def call_object(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, method: str, arguments: Arguments
) -> Value:
    """Call a layer, a model, a loss, or one of the methods that say what they are made of."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, LibraryObject)
    query = Query("object", method, (receiver, *arguments.values), arguments.named, interp.mode(frame))
    given = ask(interp, frame, node, f"{item.symbol}.{method}", query, arguments)
    if isinstance(given, Unknown) and method in ("add", "pop") and interp.heap.get(receiver.address) is item:
        interp.heap.put(receiver.address, UnknownObject(f"{method} is not followed: {given.reason}"))
    return given


def ask(interp: Interpreter, frame: Frame, node: ast.Call, name: str, query: Query, arguments: Arguments) -> Value:
    """Ask the library, and tell the listeners."""
    for argument in arguments.all:
        if isinstance(argument.value, Unknown):
            _handed(interp, name, query, arguments)
            return Unknown(argument.value.reason)
    with interp.calling(frame, node):
        answer = interp.bridge.call(query, interp.heap)
    answer = label_values.checked(interp, query, weights.looked_up(interp, query, answer))
    if interp.doubtful and not interp.sites:
        judge_doubtful(interp)
    if node is not None:
        report(interp, frame, node, name, query, arguments.all, answer)
    if isinstance(answer.outcome, NotKnown):
        _handed(interp, name, query, arguments)
    return _value(interp, answer.outcome, arguments)


def _handed(interp: Interpreter, name: str, query: Query, arguments: Arguments) -> None:
    """Forget what a library may change through the arguments of a call that could not be asked.

    NumPy's functions may write into what they are given (np.random.shuffle); a function may be called back. All others
    leave their arguments as they are.
    """
    writes = name.startswith(("numpy.", "ndarray."))
    values = (*query.args, *(argument.value for argument in arguments.all))
    interp.heap.escape(
        [value for value in values if writes or isinstance(value, (FunctionValue, BoundMethod))],
        "passed to something that is not understood",
    )
    for value in values:
        if isinstance(value, Ref) and query.form == "object" and value == query.args[0]:
            continue
        if isinstance(value, Ref) and instance(interp, value) is not None:
            interp.heap.escape([value], "passed to something that is not understood")


def _value(interp: Interpreter, outcome: Any, arguments: Arguments) -> Value:
    if isinstance(outcome, Returned):
        return outcome.value
    if isinstance(outcome, Refused):
        return Unknown("this call fails")
    assert isinstance(outcome, NotKnown)
    return Unknown(outcome.reason)


def call_live(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: LiveValue, name: str, arguments: Arguments
) -> Value:
    """Call a live object, or a method of one."""
    why = graphs.why_not_called(interp, frame, receiver)
    if why is not None:
        return lost(interp, receiver, arguments, why)
    form = "object" if name == "__call__" else "method"
    query = Query(form, name, (receiver, *arguments.values), arguments.named, interp.mode(frame))
    return ask(interp, frame, node, f"{receiver.kind}.{name}", query, arguments)


# Methods ------------------------------------------------------------------------------------------------------------


def call_method(interp: Interpreter, frame: Frame, node: ast.Call, method: BoundMethod, arguments: Arguments) -> Value:
    """Call a method of a tensor, an array, a dataset, a library object or one of Python's own."""
    receiver, name = method.receiver, method.name
    if isinstance(receiver, LiveValue):
        return call_live(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, SuperValue):
        if not isinstance(receiver.receiver, Ref) or instance(interp, receiver.receiver) is None:
            return lost(interp, receiver.receiver, arguments, "super() outside of an instance")
        return call_inherited(
            interp, frame, receiver.receiver, name, arguments.values, arguments.named, node, through_super=True
        )
    if isinstance(receiver, Ref) and instance(interp, receiver) is not None:
        return call_inherited(interp, frame, receiver, name, arguments.values, arguments.named, node)
    if isinstance(receiver, Descriptor):
        return lost(interp, receiver, arguments, "an accessor of a property")
    if isinstance(receiver, FunctionValue):
        from .traced_functions import concrete_function

        return concrete_function(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, TensorValue):
        return _tensor_method(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, DatasetValue):
        from .datasets import call_method as call_dataset

        return call_dataset(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, (ShapeValue, DTypeValue)):
        return _spec_method(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, Ref) and isinstance(interp.heap.get(receiver.address), LibraryObject):
        from .object_methods import call_object_method

        return call_object_method(interp, frame, node, receiver, name, arguments)
    if isinstance(receiver, Ref):
        from .drawing import iterator_method
        from .examples import serialised
        from .tapes import call_tape
        from .tensor_arrays import call_array

        drawn = iterator_method(interp, frame, receiver, name) or serialised(interp, receiver, name)
        if drawn is not None:
            return drawn
        given = call_tape(interp, frame, node, receiver, name, arguments)
        if given is None:
            given = call_array(interp, frame, node, receiver, name, arguments)
        if given is None:
            given = modelled_objects.call_method(interp, frame, node, receiver, name, arguments)
        if given is not None:
            return given
    if isinstance(receiver, (ContextValue, StrategyValue)):
        from . import contexts

        result = contexts.method(interp, frame, node, receiver, name, arguments)
        return lost(interp, method, arguments, f"the method '{name}' is not followed") if result is None else result
    result = call_method_of_python(interp, frame, receiver, name, arguments.values, arguments.named, node)
    return lost(interp, method, arguments, f"the method '{name}' is not understood") if result is None else result


def _tensor_method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: TensorValue, name: str, arguments: Arguments
) -> Value:
    if receiver.is_numpy and mutates(name):
        query = Query("method", name, (receiver, *arguments.values), arguments.named, interp.mode(frame))
        ask(interp, frame, node, f"ndarray.{name}", query, arguments)
        interp.heap.written(receiver.storage)
        if name == "resize":
            interp.heap.reshaped(receiver.storage)
        return Const(None)
    if receiver.kind.endswith("Spec"):
        return _spec_method(interp, frame, node, receiver, name, arguments)
    if name == "numpy" and not receiver.parts:
        return tensor_values.to_numpy(interp, frame, receiver)
    if name in ("ref", "experimental_ref"):
        return tensor_values.reference(interp, receiver)
    if name in ("cpu", tensor_values.DEREF):
        return tensor_values.copied(interp, receiver) if name == "cpu" else receiver
    if name == "set_shape" and arguments.values:
        if isinstance(node, ast.Call):
            contracts.set_shape(interp, frame, node, receiver, arguments.values[0])
        interp.promises += interp.mode(frame) == "graph" and not receiver.fully_defined
        return graphs.set_shape(interp, frame, node, receiver, arguments.positional[0])
    if name == "eval" and interp.mode(frame) == "v1":
        return ask(
            interp,
            frame,
            node,
            "Tensor.eval",
            Query("method", name, (receiver, *arguments.values), arguments.named, "v1"),
            arguments,
        )
    if name in ("eval", "gpu", "consumers", "dump", "tofile", "from_proto"):
        return Unknown(f"the method '{name}' is not followed")
    query = Query("method", name, (receiver, *arguments.values), arguments.named, interp.mode(frame))
    value = ask(interp, frame, node, f"{receiver.kind}.{name}", query, arguments)
    if receiver.library == "keras":
        return value
    if name in ("assign", "assign_add", "assign_sub") and not isinstance(value, Unknown):
        if interp.mode(frame) == "v1":
            return value
        if frame.mode == "eager":
            return receiver
        if interp.distributed:
            return Unknown("what an assignment gives while tracing")
        return dataclasses.replace(receiver.forgotten(), trace=new_trace(whole=False))  # the variable, read after it
    return value


def _spec_method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Value, name: str, arguments: Arguments
) -> Value:
    known = specs.without_asking(interp, frame, receiver, name, arguments.values)
    if known is not None:
        return known
    query = Query("method", name, (receiver, *arguments.values), arguments.named, interp.mode(frame))
    return ask(interp, frame, node, f"{kind(receiver, interp.heap)}.{name}", query, arguments)
