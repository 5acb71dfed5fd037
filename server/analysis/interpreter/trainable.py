"""The models that may be trained: those that Keras has made, and instances of the program's classes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ..libraries.models.training import OUTPUTS
from ..libraries.outcome import NotKnown, Outcome, Returned
from ..libraries.query import Query
from ..values import (
    Const,
    FunctionValue,
    InstanceObject,
    LibraryObject,
    Ref,
    TupleValue,
    Unknown,
    Value,
)
from .batches import NONE, Batches, each, opened
from .core import Frame, Interpreter

Predict = Callable[[Frame, Value, bool], Outcome]
Step = Callable[[Frame, str, Batches], bool]

_STEPS = {
    "fit": "train_step",
    "train_on_batch": "train_step",
    "evaluate": "test_step",
    "test_on_batch": "test_step",
    "predict": "predict_step",
    "predict_on_batch": "predict_step",
}


@dataclass(frozen=True)
class Model:
    """A model that is trained: where it is on the heap, how it is called, and what it is named after.

    outputs: the names of its outputs and their activations, where Keras has made it. step: follows the step of a method
    on a batch where the program has written it (`train_step`), and says whether that is so.
    """

    receiver: Ref
    title: str
    predict: Predict
    outputs: tuple[tuple[str, ...] | None, tuple[str | None, ...]] = (None, ())
    step: Step | None = None


def of_library(interp: Interpreter, frame: Frame, node: ast.AST | None, receiver: Ref) -> Model:
    """Return a model that Keras has made: a Sequential, a functional one, an application."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, LibraryObject)

    def predict(running: Frame, x: Value, training: bool) -> Outcome:
        kwargs = (("training", Const(training)),)
        x = each(interp, x, opened)  # nothing is gained here by symbols, and each would be asked about
        return interp.bridge.call(Query("object", "__call__", (receiver, x), kwargs, "graph"), interp.heap).outcome

    outcome = interp.bridge.call(Query("model", OUTPUTS, (receiver,), mode="graph"), interp.heap).outcome
    return Model(
        receiver, item.symbol, predict, _outputs(outcome.value) if isinstance(outcome, Returned) else (None, ())
    )


def _outputs(value: Value) -> tuple[tuple[str, ...] | None, tuple[str | None, ...]]:
    if not isinstance(value, TupleValue) or len(value.items) != 2:
        return None, ()
    names, activations = value.items
    known = _texts(names)
    return (tuple(name or "" for name in known) if known else None), _texts(activations) or ()


def _texts(value: Value) -> tuple[str | None, ...] | None:
    if not isinstance(value, TupleValue):
        return None
    return tuple(
        part.value if isinstance(part, Const) and isinstance(part.value, str) else None for part in value.items
    )


def of_instance(interp: Interpreter, receiver: Ref, node: ast.AST | None) -> Model | None:
    """Return a model of a class of the program's; None where what Keras does with it is not followed."""
    from .classes import bound, class_attribute
    from .instances import invoke
    from .layer_calls import is_mixed, run_call

    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject) or item.cls is None or is_mixed(interp, item):
        return None
    call = class_attribute(interp, item.cls, "call")
    if class_attribute(interp, item.cls, "__call__") is not None:
        return None

    def predict(running: Frame, x: Value, training: bool) -> Outcome:
        if not isinstance(call, FunctionValue) or x == NONE:
            return NotKnown("a model without a call of its own")
        given = run_call(interp, running, receiver, (x,), (("training", Const(training)),), node)
        return NotKnown(given.reason) if isinstance(given, Unknown) else Returned(given)

    def step(running: Frame, name: str, data: Batches) -> bool:
        assert item.cls is not None
        own = class_attribute(interp, item.cls, _STEPS[name])
        if own is None:
            return False
        if isinstance(own, FunctionValue):
            parts = [part for part in (data.x, data.y, data.weights) if part != NONE]
            whole = data.x if len(parts) == 1 and not isinstance(data.x, TupleValue) else TupleValue(tuple(parts))
            invoke(interp, running, bound(interp, own, receiver, item.cls), (whole,), (), node)
        return True

    return Model(receiver, item.class_name, predict, step=step)
