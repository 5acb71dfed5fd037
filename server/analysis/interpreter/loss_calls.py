"""Losses of the program's own classes: what `keras.losses.Loss` does around their `call`.

Keras 3 makes float tensors of labels and predictions first, Keras 2 hands them on as they are; both reduce what `call` gives.
Sources: keras/src/losses/loss.py (Keras 3), keras/src/losses.py (Keras 2).
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries import global_state, symbols
from ..libraries.keras_hooks import keras, keras_major
from ..libraries.outcome import Returned
from ..libraries.query import Kwargs, Query
from ..values import Const, FunctionValue, InstanceObject, Ref, TensorValue, Unknown, Value
from .classes import bound, class_attribute
from .core import Frame, Interpreter

#: Marks of an instance, beside its attributes: no attribute of Python's has such a name.
REDUCTION, DTYPE = "$reduction", "$dtype"
#: What `dtype` may be, beside policies: what labels and predictions are made.
_DTYPES = ("float16", "bfloat16", "float32", "float64")
_DEFAULT = ("sum_over_batch_size", "auto", "mean")


def is_loss(library: str) -> bool:
    """Say whether a library class is the base of losses."""
    entry = symbols.resolve(library) if library not in ("", "?") else None
    return entry is not None and keras is not None and entry.object is keras.losses.Loss


def initialise(interp: Interpreter, made: Ref, item: InstanceObject, args: tuple[Value, ...], kwargs: Kwargs) -> None:
    """Note what `super().__init__(name=…, reduction=…, dtype=…)` says of the reduction and the dtype."""
    names = ("name", "reduction", "dtype") if keras_major() >= 3 else ("reduction", "name")
    given = {**dict(zip(names, args, strict=False)), **dict(kwargs)}
    reduction = given.get("reduction", Const("auto"))
    dtype = given.get("dtype", Const(None))
    if "**" in given or "*" in given:
        reduction = dtype = Unknown("the reduction or the dtype of a loss")
    attributes = {**item.attributes, REDUCTION: reduction, DTYPE: dtype}
    interp.heap.put(made.address, dataclasses.replace(item, attributes=attributes))


def call(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Do what `Loss.__call__` does."""
    from .instances import invoke

    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    assert item.cls is not None
    method = class_attribute(interp, item.cls, "call")
    given = {**dict(zip(("y_true", "y_pred", "sample_weight"), args, strict=False)), **dict(kwargs)}
    if not isinstance(method, FunctionValue) or not {"y_true", "y_pred"} <= set(given) <= {*_NAMES, "sample_weight"}:
        return Unknown("a loss that is called in a way of its own")
    dtype = item.attributes.get(DTYPE, Unknown("a loss that is not initialised"))
    values = tuple(_converted(interp, frame, given[name], dtype) for name in _NAMES)
    losses = invoke(interp, frame, bound(interp, method, receiver, item.cls), values, (), node)
    reduction = item.attributes.get(REDUCTION, Unknown("a loss that is not initialised"))
    weighted = given.get("sample_weight", Const(None)) != Const(None)
    if isinstance(losses, Unknown) or not isinstance(losses, TensorValue) or losses.kind != "Tensor":
        return losses if isinstance(losses, Unknown) else Unknown("what this loss is reduced to")
    return _reduced(interp, frame, losses, reduction, weighted)


_NAMES = ("y_true", "y_pred")


def _converted(interp: Interpreter, frame: Frame, value: Value, dtype: Value) -> Value:
    """Return labels or predictions as `call` gets them."""
    if keras_major() < 3 or isinstance(value, Unknown):
        return value
    if not isinstance(dtype, Const) or dtype.value not in (None, *_DTYPES):
        return Unknown("the dtype of a loss")
    floats = dtype.value or global_state.current(interp.heap).floatx or "float32"
    if isinstance(value, TensorValue) and value.kind == "Tensor" and value.dtype == floats:
        return value
    query = Query("symbol", "keras.ops.convert_to_tensor", (value,), (("dtype", Const(floats)),), interp.mode(frame))
    outcome = interp.bridge.call(query, interp.heap).outcome
    if isinstance(outcome, Returned):
        return outcome.value.made_at(value.origin)
    return Unknown("labels or predictions that Keras converts")


def _reduced(interp: Interpreter, frame: Frame, losses: TensorValue, reduction: Value, weighted: bool) -> Value:
    how = reduction.value if isinstance(reduction, Const) else None
    if how is None and reduction != Const(None):
        return Unknown("the reduction of this loss")
    if how in (None, "none"):
        return losses if not weighted else Unknown("weighted losses")
    if how not in _DEFAULT and how != "sum":
        return Unknown("the reduction of this loss")
    name = "tensorflow.reduce_sum" if how == "sum" else "tensorflow.reduce_mean"
    outcome = interp.bridge.call(Query("symbol", name, (losses,), (), interp.mode(frame)), interp.heap).outcome
    if not isinstance(outcome, Returned):
        return Unknown("the reduction of this loss")
    value = outcome.value
    # What the weights do to gradients is not followed, what the loss is when it is computed is not this number.
    return value if not weighted or not isinstance(value, TensorValue) else TensorValue(dtype=value.dtype, shape=())
