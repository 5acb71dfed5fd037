"""Metrics of the program's own classes: what `keras.metrics.Metric` does around their `update_state` and `result`.

A plain metric of Keras's (the shadow of the instance) is asked for weights and dtypes. Sources: keras/src/metrics/metric.py
(Keras 3), keras/src/metrics/base_metric.py (Keras 2).
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries import symbols
from ..libraries.keras_hooks import keras, keras_major
from ..libraries.outcome import Returned
from ..libraries.query import Kwargs, Query
from ..values import Const, FunctionValue, InstanceObject, LibraryObject, ListObject, Ref, TupleValue, Unknown, Value
from .classes import bound, class_attribute
from .core import Frame, Interpreter

#: A mark of an instance, beside its attributes: the weights that it has made, in order.
VARIABLES = "$variables"
_SETTINGS = ("dtype", "name")


def is_metric(library: str) -> bool:
    """Say whether a library class is the base of metrics."""
    entry = symbols.resolve(library) if library not in ("", "?") else None
    return entry is not None and keras is not None and entry.object is keras.metrics.Metric


def initialise(interp: Interpreter, made: Ref, item: InstanceObject, args: tuple[Value, ...], kwargs: Kwargs) -> None:
    """Do what `super().__init__(name=…, dtype=…)` does."""
    order = ("dtype", "name") if keras_major() >= 3 else ("name", "dtype")
    given = {**dict(zip(order, args, strict=False)), **dict(kwargs)}
    if not set(given) <= set(_SETTINGS) or isinstance(given.get("dtype"), Unknown):
        interp.heap.put(made.address, dataclasses.replace(item, lost=True, library="?"))
        return
    # In Keras 2 the base is abstract; the weights that a Mean has of its own are not those of the instance.
    entry = symbols.resolve("keras.metrics.Metric" if keras_major() >= 3 else "keras.metrics.Mean")
    assert entry is not None
    settings = tuple((name, value) for name, value in given.items() if name == "dtype")
    shadow = interp.heap.allocate(LibraryObject(symbol=entry.name, kind="Metric", kwargs=settings))
    attributes = {**item.attributes, VARIABLES: TupleValue()}
    interp.heap.put(made.address, dataclasses.replace(item, attributes=attributes, shadow=shadow))


def call(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Do what `Metric.__call__` does: update the state, and give the result."""
    from .instances import invoke

    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    assert item.cls is not None
    update = class_attribute(interp, item.cls, "update_state")
    result = class_attribute(interp, item.cls, "result")
    if not isinstance(update, FunctionValue) or not isinstance(result, FunctionValue):
        return Unknown("a metric that is called in a way of its own")
    invoke(interp, frame, bound(interp, update, receiver, item.cls), args, kwargs, node)
    return invoke(interp, frame, bound(interp, result, receiver, item.cls), (), (), node)


def add_weight(
    interp: Interpreter, frame: Frame, receiver: Ref, name: str, args: tuple[Value, ...], kwargs: Kwargs
) -> Value:
    """Let the shadow of a metric make a weight."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    if item.shadow is None:
        return Unknown("a metric that is not initialised")
    query = Query("object", name, (Ref(item.shadow), *args), kwargs, interp.mode(frame))
    outcome = interp.bridge.call(query, interp.heap).outcome
    weight = outcome.value if isinstance(outcome, Returned) else Unknown(getattr(outcome, "reason", f"{name} fails"))
    kept = item.attributes.get(VARIABLES)
    variables = TupleValue((*kept.items, weight)) if isinstance(kept, TupleValue) else Unknown("weights of a metric")
    attributes = {**item.attributes, VARIABLES: variables}
    interp.heap.put(receiver.address, dataclasses.replace(item, attributes=attributes))
    return weight


def read(interp: Interpreter, frame: Frame, item: InstanceObject, name: str) -> Value | None:
    """Return an attribute that a metric has of Keras; None for one that is not followed."""
    kept = item.attributes.get(VARIABLES)
    if name in ("variables", "weights") and isinstance(kept, TupleValue) and VARIABLES not in item.maybe:
        return Ref(interp.heap.allocate(ListObject(kept.items)))
    if name == "dtype" and item.shadow is not None:
        query = Query("attribute", name, (Ref(item.shadow),), mode=interp.mode(frame))
        outcome = interp.bridge.call(query, interp.heap).outcome
        return outcome.value if isinstance(outcome, Returned) else None
    return None


def reset(name: str) -> Value | None:
    """Do what the inherited `reset_state` does; of the numbers in a weight nothing is known before or after."""
    return Const(None) if name in ("reset_state", "reset_states") else None
