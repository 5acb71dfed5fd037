"""Metrics of the program's own classes that a model is compiled with: Keras calls them on each batch.

A list of them is followed, as Keras 3 calls it. Of what Keras calls in other ways, the lines say nothing: they may have been seen with
other data alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..libraries.keras_hooks import keras_major
from ..values import InstanceObject, Ref, TensorValue, TupleValue, Value
from ..values.fresh import FreshList
from . import metric_calls
from .batches import Batches
from .classes import methods_of
from .core import Frame, Interpreter


def followed(
    interp: Interpreter,
    running: Frame,
    node: ast.AST | None,
    settings: dict[str, Value],
    batch: Batches,
    predictions: Value,
) -> dict[str, Value]:
    """Follow the metrics of the program in a list; returns the settings with those that are left to Keras.

    Source: keras/src/trainers/compile_utils.py, `CompileMetrics`. Keras 2 makes the ranks and dtypes of labels and predictions
    alike before.
    """
    metrics = settings.get("metrics")
    plain = isinstance(batch.y, TensorValue) and isinstance(predictions, TensorValue)
    if keras_major() < 3 or not plain or not isinstance(metrics, FreshList):
        return settings
    own = [part for part in metrics.items if _is_own(interp, part)]
    if not own:
        return settings
    for metric in own:
        assert isinstance(metric, Ref)
        metric_calls.call(interp, running, metric, (batch.y, predictions), (), node)
    return {**settings, "metrics": FreshList(tuple(part for part in metrics.items if part not in own))}


def _is_own(interp: Interpreter, value: Value) -> bool:
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, InstanceObject) and not item.lost and metric_calls.is_metric(item.library)


def note(interp: Interpreter, values: Iterable[Value]) -> None:
    """Note that Keras calls objects of the program among these in ways that are not followed."""
    todo, seen = list(values), set[int]()
    while todo:
        value = todo.pop()
        item = interp.heap.get(value.address) if isinstance(value, Ref) else None
        if isinstance(value, Ref):
            if value.address in seen:
                continue
            seen.add(value.address)
        if isinstance(item, InstanceObject) and item.cls is not None:
            interp.elsewhere += methods_of(interp, item.cls)
        parts = getattr(item if item is not None else value, "items", None)
        if isinstance(value, TupleValue) or isinstance(parts, tuple):
            flat = [part for pair in parts or () for part in (pair if isinstance(pair, tuple) else (pair,))]
            todo += [part for part in flat if isinstance(part, Value)]
