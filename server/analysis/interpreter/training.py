"""Training a model: `compile`, `fit`, `evaluate`, `predict` and their like, followed from the arrays to the metrics.

A batch of the data goes through the model in graph mode, as the first step is traced; labels and predictions go through the
losses and metrics that `compile` was given. Once with a batch of open size, as the step is traced, and once with the size of
the first batch, as it is run. What fails is the call of `fit` itself: the event says at which stage.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..libraries.keras_hooks import keras_major
from ..libraries.memo import Answer
from ..libraries.models.training import COMPILE, LOSS, METHODS, METRICS, parameters
from ..libraries.outcome import NotKnown, Outcome, Refused, Returned
from ..libraries.query import Kwargs, Query
from ..values import (
    Const,
    DatasetValue,
    FunctionValue,
    InstanceObject,
    ListObject,
    Ref,
    Scalar,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.compiled import keep, settings_of
from ..values.fresh import freeze
from . import batch_sizes, own_metrics
from .batches import NONE, Batches, batches, each
from .callbacks import callback
from .core import Frame, Interpreter
from .events import Argument, LibraryCall, Training
from .instances import instance, invoke
from .label_values import OF_VALUES
from .renewed import renewed
from .trainable import Model
from .weights import refused_rows

#: What `compile` is given that decides what a step computes.
_SETTINGS = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly")


def bound(name: str, args: tuple[Value, ...], kwargs: Kwargs) -> dict[str, Value] | None:
    """Return the arguments of a method of `keras.Model` by name; None where Python would not take them."""
    signature = parameters(name)
    if signature is None or any(key in ("*", "**") for key, _ in kwargs):
        return None
    try:
        return dict(signature.bind_partial(*args, **dict(kwargs)).arguments)
    except TypeError:
        return None


# compile ---------------------------------------------------------------------------------------------------------------


def compiled(
    interp: Interpreter, frame: Frame, node: ast.AST | None, model: Model, arguments: tuple[Argument, ...]
) -> None:
    """Follow `model.compile(…)`."""
    given = bound("compile", *_split(arguments))
    if given is None or any(isinstance(value, Unknown) for name, value in given.items() if name in _SETTINGS):
        settled = None if given is None else {name: value for name, value in given.items() if name in _SETTINGS}
        keep(model.receiver.address, None if settled is None else _frozen(interp, settled), interp.heap)
        return
    settings = {name: value for name, value in given.items() if name in _SETTINGS}
    keep(model.receiver.address, _frozen(interp, settings), interp.heap)
    scratch = interp.heap.fork()
    asked = tuple((name, renewed(value, interp.heap, scratch)) for name, value in settings.items())
    query = Query("model", COMPILE, (), asked, "graph", callback(interp, frame, node))
    answer = interp.bridge.call(query, scratch)
    if isinstance(answer.outcome, Refused) and node is not None:
        _tell(interp, frame, node, model, "compile", arguments, answer.outcome, Training("compile"), lambda _: answer)


def _frozen(interp: Interpreter, settings: dict[str, Value]) -> Kwargs:
    return tuple((name, freeze(value, interp.heap)) for name, value in settings.items())


# fit, evaluate, predict ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What comes of training on some data: what fails first, or nothing that is known to fail; what the model gives."""

    outcome: Outcome
    training: Training
    batch: Batches | None = None


def trained(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST | None,
    model: Model,
    name: str,
    arguments: tuple[Argument, ...],
) -> Verdict:
    """Follow a method that takes data, and tell the listeners what comes of it."""
    verdict = _check(interp, frame, node, model, name, arguments)

    def again(changed: tuple[Argument, ...]) -> Answer:
        before, listeners = interp.heap, interp.listeners
        interp.heap, interp.listeners = before.fork(), []
        try:
            return Answer(_check(interp, frame, node, model, name, changed).outcome)
        finally:
            interp.heap, interp.listeners = before, listeners

    if node is not None and not isinstance(verdict.outcome, NotKnown):
        _tell(interp, frame, node, model, name, arguments, verdict.outcome, verdict.training, again)
    return verdict


def _split(arguments: tuple[Argument, ...]) -> tuple[tuple[Value, ...], Kwargs]:
    plain = tuple(argument.value for argument in arguments if argument.keyword is None)
    return plain, tuple((argument.keyword, argument.value) for argument in arguments if argument.keyword is not None)


def _check(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST | None,
    model: Model,
    name: str,
    arguments: tuple[Argument, ...],
) -> Verdict:
    given = bound(name, *_split(arguments))
    if given is None or "x" not in given:
        return Verdict(NotKnown("arguments that are not understood"), Training("data"))
    settings = settings_of(model.receiver.address, interp.heap)
    if settings is not None and settings.get("run_eagerly", Const(False)) not in (Const(False), NONE):
        return Verdict(NotKnown("a model that is run eagerly"), Training("data"))
    verdict = _on(interp, frame, node, model, name, given, settings)
    held = given.get("validation_data", NONE)
    if isinstance(verdict.outcome, Refused) or held == NONE:
        return verdict
    checked = _on(interp, frame, node, model, "evaluate", _held_out(interp, held, given), settings)
    if not isinstance(checked.outcome, Refused):
        return verdict
    return Verdict(checked.outcome, dataclasses.replace(checked.training, held_out=True), verdict.batch)


def _held_out(interp: Interpreter, held: Value, given: dict[str, Value]) -> dict[str, Value]:
    """Return what `evaluate` would be given for `validation_data`."""
    size = given.get("validation_batch_size", NONE)
    found = {"batch_size": given.get("batch_size", NONE) if size == NONE else size}
    item = interp.heap.get(held.address) if isinstance(held, Ref) else None
    items = held.items if isinstance(held, TupleValue) else item.items if isinstance(item, ListObject) else None
    if items is not None:
        return {**found, **dict(zip(("x", "y", "sample_weight"), items, strict=False))}
    return {**found, "x": held} if isinstance(held, DatasetValue) else {"x": Unknown("data that are not followed")}


def _on(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST | None,
    model: Model,
    name: str,
    given: dict[str, Value],
    settings: dict[str, Value] | None,
) -> Verdict:
    """Judge a step on the data that are given."""
    data = batches(interp, frame, name, given)
    x, y = given.get("x", NONE), given.get("y", NONE)
    if not isinstance(data, Batches):
        return Verdict(data, Training("data", x, y))
    training = METHODS[name]
    running = dataclasses.replace(frame, mode="graph", returns=[], loops=[], unconverted=keras_major() >= 3)
    if model.step is not None and model.step(running, name, data):
        batch_sizes.follow_step(interp, running, functools.partial(model.step, running, name), data)
        return Verdict(NotKnown("a step of the program's own"), Training("input", data.x, data.y), data)
    outcome = model.predict(running, data.x, training)
    seen = Training("input", data.x, data.y)
    if not isinstance(outcome, Returned):
        return Verdict(outcome, seen, data)
    rows = refused_rows(interp, model.receiver, x) if _sees_all(given) else None
    if rows is not None:
        return Verdict(rows, seen, data)
    steps = [(data, outcome.value)]
    sized = data.sized(interp)
    if sized is not None:
        before, listeners = interp.heap, interp.listeners
        interp.heap, interp.listeners = before.fork(), []
        once = model.predict(running, sized.x, training)
        interp.heap, interp.listeners = before, listeners
        if isinstance(once, Refused):
            # Keras 3 makes the first step on symbolic tensors of this size; before it, only the run itself would tell.
            return (
                Verdict(once, seen, data) if keras_major() >= 3 else Verdict(NotKnown("a size of a batch"), seen, data)
            )
        if isinstance(once, Returned):
            steps.append((sized, once.value))
    predictions = steps[0][1]
    seen = Training(
        "output", data.x, data.y, predictions, settings=settings or {}, activations=model.outputs[1], labels=data.labels
    )
    if name.startswith("predict") or settings is None:
        return Verdict(Returned(predictions), seen, data)
    for batch, given_out in steps:
        settings = own_metrics.followed(interp, running, node, settings, batch, given_out)
        for asked in _questions(model, settings, batch, given_out, training):
            failed = _ask(interp, frame, node, asked)
            if isinstance(failed, Refused):
                shown = dataclasses.replace(seen, y=batch.y, predictions=given_out)
                return Verdict(
                    failed, dataclasses.replace(shown, stage="metric" if asked[0] == METRICS else "loss"), data
                )
    refused = _on_all_labels(interp, model, settings, data, given, predictions)
    if isinstance(refused, Refused):
        return Verdict(refused, dataclasses.replace(seen, stage="labels", y=data.labels), data)
    return Verdict(Returned(predictions), seen, data)


def _on_all_labels(
    interp: Interpreter,
    model: Model,
    settings: dict[str, Value],
    data: Batches,
    given: dict[str, Value],
    predictions: Value,
) -> Outcome | None:
    """Compute the loss for real on labels that are known, whatever the model gives for them."""
    labels, loss = data.labels, settings.get("loss", NONE)
    if not isinstance(labels, TensorValue) or not labels.known or not labels.fully_defined or not labels.shape:
        return None
    if not _sees_all(given):
        return None
    if loss == NONE or _is_program_object(interp, loss) or isinstance(loss, (Unknown, FunctionValue)):
        return None
    if not isinstance(predictions, TensorValue) or not predictions.shape:
        return None
    whole = dataclasses.replace(predictions, shape=(labels.shape[0], *predictions.shape[1:]))
    if not whole.fully_defined:
        return None
    scratch = interp.heap.fork()
    loss = renewed(loss, interp.heap, scratch)
    tensor = TensorValue(dtype=labels.dtype, shape=labels.shape, content=labels.content)
    query = Query("model", LOSS, (loss, NONE, tensor, whole, NONE), detail=(False, model.outputs[0]))
    found = interp.bridge.run(query, scratch)
    # What a kernel says of values; of shapes it has been asked before, a batch at a time, as Keras does it.
    return found if isinstance(found, Refused) and OF_VALUES.search(found.message) else None


def _sees_all(given: dict[str, Value]) -> bool:
    """Say whether all of the data are seen: there is an epoch, and no number of steps is asked for."""
    epochs = given.get("epochs", Const(1))
    steps = any(given.get(name, NONE) != NONE for name in ("steps_per_epoch", "steps"))
    return not steps and isinstance(epochs, Const) and epochs.value != 0


def loss_of_step(
    interp: Interpreter, frame: Frame, node: ast.AST | None, model: Model, arguments: tuple[Argument, ...]
) -> Value:
    """Follow `self.compute_loss(…)` in a step that the program has written."""
    given, settings = bound("compute_loss", *_split(arguments)), settings_of(model.receiver.address, interp.heap)
    why = Unknown("what compute_loss gives is not followed")
    if given is None or settings is None or settings.get("loss", NONE) == NONE or "y_pred" not in given:
        return why
    y, predictions = given.get("y", NONE), given["y_pred"]
    question = (LOSS, (settings["loss"], settings.get("loss_weights", NONE), y, predictions, NONE), (True, None))
    outcome = _ask(interp, frame, node, question)
    if isinstance(outcome, Refused) and node is not None:
        seen = Training("loss", given.get("x"), y, predictions, settings=settings)
        _tell(interp, frame, node, model, "compute_loss", arguments, outcome, seen, lambda _: Answer(outcome))
    return TensorValue(dtype="float32", shape=()) if isinstance(outcome, Returned) else why


_Question = tuple[str, tuple[Value, ...], tuple[object, ...]]


def _questions(
    model: Model, settings: dict[str, Value], batch: Batches, predictions: Value, training: bool
) -> Iterator[_Question]:
    """Yield what is asked about labels and predictions, in the order in which Keras computes it."""
    names = model.outputs[0]
    metrics, weighted = settings.get("metrics", NONE), settings.get("weighted_metrics", NONE)
    loss, loss_weights = settings.get("loss", NONE), settings.get("loss_weights", NONE)
    if batch.y == NONE or loss == NONE:
        return
    data = (batch.y, predictions, batch.weights)
    first = (METRICS, (metrics, weighted, loss, *data), (names,))
    if metrics != NONE or weighted != NONE:
        yield first
    yield LOSS, (loss, loss_weights, *data), (training, names)


def _ask(interp: Interpreter, frame: Frame, node: ast.AST | None, question: _Question) -> Outcome:
    name, args, detail = question
    running = dataclasses.replace(frame, mode="graph", returns=[], loops=[], unconverted=keras_major() >= 3)
    if name == LOSS and instance(interp, args[0]) is not None and isinstance(args[2], TensorValue):
        invoke(interp, running, args[0], (args[2], args[3]), (), node)  # its own lines say what fails in it
        return NotKnown("a loss of the program's own")
    if any(isinstance(value, Unknown) or _is_program_object(interp, value) for value in args):
        own_metrics.note(interp, args[:2] if name == METRICS else args[:1])
        return NotKnown("a loss or a metric that is not followed")
    scratch = interp.heap.fork()
    fresh = tuple(renewed(value, interp.heap, scratch) for value in args)
    query = Query("model", name, fresh, mode="graph", callback=callback(interp, running, node), detail=detail)
    return interp.bridge.call(query, scratch).outcome


def _is_program_object(interp: Interpreter, value: Value, depth: int = 3) -> bool:
    """Say whether a loss or a metric is an object of the program's, which Keras would call in its own ways."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, InstanceObject):
        return True
    parts = getattr(item if item is not None else value, "items", None)
    if depth == 0 or not isinstance(parts, tuple):
        return False
    flat = [part for pair in parts for part in (pair if isinstance(pair, tuple) else (pair,))]
    return any(isinstance(part, Value) and _is_program_object(interp, part, depth - 1) for part in flat)


def _tell(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST,
    model: Model,
    name: str,
    arguments: tuple[Argument, ...],
    outcome: Outcome,
    training: Training,
    again: Callable[[tuple[Argument, ...]], Answer],
) -> None:
    interp.emit(
        LibraryCall(
            unit=frame.unit,
            node=node,
            name=f"{model.title}.{name}",
            arguments=arguments,
            outcome=outcome,
            heap=interp.heap,
            mode=interp.mode(frame),
            receiver=model.receiver,
            expected=isinstance(outcome, Refused) and interp.expects(outcome.types),
            guessed=interp.guesses > 0 or any(running.uncertain for running in interp.frames),
            chain=interp.chain(),
            scope=frame.scope,
            ask=again,
            made_by=lambda made: interp.calls.get(id(made)),
            library=interp.bridge.call,
            training=training,
        )
    )


# What is given back ----------------------------------------------------------------------------------------------------


def _as_array(interp: Interpreter, value: Value, count: int | None) -> Value:
    """Return what `predict` makes of the outputs for all batches: one array."""
    if not isinstance(value, TensorValue) or value.kind != "Tensor" or not value.shape:
        return Unknown("what predict gives is not followed")
    storage, version = interp.heap.new_storage()
    shape = (count, *value.shape[1:])
    return TensorValue("ndarray", value.dtype, shape, storage=storage, version=version, interval=value.interval)


def result(interp: Interpreter, name: str, verdict: Verdict) -> Value:
    """Return what a method gives: arrays of predictions, numbers."""
    outcome = verdict.outcome
    if not isinstance(outcome, Returned):
        return Unknown(getattr(outcome, "reason", "this call fails"))
    if name == "fit":
        return Unknown("what fit gives is not followed")
    if name.startswith("predict"):
        count = None if verdict.batch is None else verdict.batch.count
        found = each(interp, outcome.value, lambda part: _as_array(interp, part, count))
        return found if found is not outcome.value else Unknown(f"what {name} gives is not followed")
    metrics = verdict.training.settings.get("metrics", NONE)
    item = interp.heap.get(metrics.address) if isinstance(metrics, Ref) else metrics
    count = len(getattr(item, "items", ()) or ()) if metrics != NONE else 0
    if not isinstance(verdict.training.predictions, TensorValue) or verdict.training.settings == {}:
        return Unknown(f"what {name} gives is not followed")
    if count == 0:
        return Scalar(type="float") if metrics == NONE else Unknown(f"what {name} gives is not followed")
    return Ref(interp.heap.allocate(ListObject(tuple(Scalar(type="float") for _ in range(count + 1)))))
