"""Methods of objects of the libraries: layers and models, metrics and optimizers, generators and tables."""

from __future__ import annotations

import ast

from ..libraries import recipes, upkeep
from ..libraries.models.training import METHODS
from ..values import Const, LibraryObject, Ref, TensorValue, Unknown, Value
from ..values.compiled import keep
from ..values.heap import UnknownObject
from . import adapting, modelled_objects, tracking, weights
from .core import Frame, Interpreter
from .library_calls import Arguments, call_object

#: Methods of Keras objects that are asked; they change what the object is made of, or say what it is.
_ASKED = frozenset(
    ["add", "pop", "build", "count_params", "compute_mask", "compute_output_shape", "compute_output_spec", "get_layer"]
)
#: Methods that leave the structure of a Keras object as it is.
_HARMLESS = frozenset(
    [
        "compile",
        "summary",
        "save",
        "save_weights",
        "load_weights",
        "get_weights",
        "set_weights",
        "get_config",
        "get_build_config",
        "get_compile_config",
        "get_metrics_result",
        "to_json",
        "export",
        "apply_gradients",
        "apply",
        "minimize",
        "fit",
        "evaluate",
        "predict",
        "train_on_batch",
        "test_on_batch",
        "predict_on_batch",
        "reset_state",
        "reset_states",
        "update_state",
        "result",
    ]
)
#: Of those, the ones that build what is not built yet.
_BUILDING = frozenset(["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch"])


def call_object_method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, name: str, arguments: Arguments
) -> Value:
    """Call a method of an object that the heap keeps by its recipe."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, LibraryObject)
    if not item.of_keras:
        if name == "shuffle" and item.symbol.startswith("numpy.random."):
            interp.heap.escape([argument.value for argument in arguments.all], "shuffled")
            return Const(None)
        if recipes.may_ask(item, name) or name == "__call__":
            return call_object(interp, frame, node, receiver, name, arguments)
        return Unknown(f"{item.title}.{name} is not followed")
    if item.kind == "Optimizer":
        from .optimizers import call_optimizer

        given = call_optimizer(interp, frame, node, receiver, item, name, arguments)
        if given is not None:
            return given
    if item.kind == "Layer" and name in adapting.NAMES and not item.unsure:
        given = adapting.call(interp, frame, node, receiver, name, arguments)
        return call_object(interp, frame, node, receiver, name, arguments) if given is None else given
    measured = item.kind == "Metric" and name in ("update_state", "result", "reset_state", "reset_states")
    if item.unsure and name == "count_params":
        return Unknown("built on some paths only")
    if name == "get_weights" and not arguments.all:
        return tracking.get_weights(interp, frame, receiver)
    if name == "set_weights" and item.kind in ("Layer", "Model") and not item.unsure:
        return weights.set_weights(interp, frame, node, receiver, arguments.all)
    draws = item.kind == "SeedGenerator" and name == "next"
    if name in _ASKED or name == "__call__" or measured or draws or (name == "call" and item.kind == "Loss"):
        return call_object(interp, frame, node, receiver, name, arguments)
    if item.kind == "Model" and item.symbol.startswith("keras.") and (name == "compile" or name in METHODS):
        return _trained(interp, frame, node, receiver, name, arguments)
    if name not in _HARMLESS:
        interp.heap.put(receiver.address, UnknownObject(f"{item.kind}.{name} is not followed"))
    elif name in _BUILDING and not upkeep.is_built(receiver, interp.heap, interp.bridge.session):
        interp.heap.put(receiver.address, UnknownObject(f"built by {name}, which is not followed yet"))
    interp.heap.escape([argument.value for argument in arguments.all], "passed to something that is not understood")
    return Unknown(f"{item.kind}.{name} is not followed")


def _trained(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, name: str, arguments: Arguments
) -> Value:
    """Compile a model of Keras's own, or train it."""
    from . import trainable, training

    known = arguments.complete and interp.mode(frame) == "eager"
    given: Value = Const(None)
    with interp.calling(frame, node):
        model = trainable.of_library(interp, frame, node, receiver)
        if known and name == "compile":
            training.compiled(interp, frame, node, model, arguments.all)
        elif known:
            verdict = training.trained(interp, frame, node, model, name, arguments.all)
            given = training.result(interp, name, verdict)
        elif name == "compile":
            keep(receiver.address, None, interp.heap)  # in a way that is not known
    if name != "compile" and not upkeep.is_built(receiver, interp.heap, interp.bridge.session):
        interp.heap.put(receiver.address, UnknownObject(f"built by {name} on data that are not known"))
    if name == "compile":
        return given
    interp.heap.escape(
        [
            a.value
            for a in arguments.all
            if not isinstance(a.value, TensorValue) and not modelled_objects.is_drawn_from(interp, a.value)
        ],
        "passed to something that is not understood",
    )
    return given if known else Unknown(f"what {name} gives is not followed")
