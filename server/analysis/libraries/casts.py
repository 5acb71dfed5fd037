"""See in a traced graph whether a layer cast integers to floats to fit its weights."""

from __future__ import annotations

from typing import Any


def integers_cast_to(graph: Any, layer: Any) -> str | None:
    """Return the float dtype that an integer argument of the call is cast to, in a layer that trains weights.

    An Embedding takes integers as they are, and a Rescaling has nothing to train: neither is meant. Nor is a Sequential
    that begins with an Embedding: it was built for floats, so Keras casts the indices there and back.
    """
    if not getattr(layer, "built", False) or not getattr(layer, "trainable_weights", None):
        return None
    for operation in graph.get_operations():
        if operation.type != "Cast" or not operation.outputs[0].dtype.is_floating:
            continue
        source = operation.inputs[0]
        if source.dtype.is_integer and _from_argument(source.op) and not _goes_back(operation):
            return str(operation.outputs[0].dtype.name)
    return None


_UNCHANGED = ("Identity", "Reshape", "ExpandDims", "Squeeze")


def _goes_back(operation: Any) -> bool:
    """Return whether all that becomes of a result is a cast to integers."""
    consumers = operation.outputs[0].consumers()
    return bool(consumers) and all(
        bool(consumer.outputs[0].dtype.is_integer)
        if consumer.type == "Cast"
        else consumer.type in _UNCHANGED and _goes_back(consumer)
        for consumer in consumers
    )


def _from_argument(operation: Any) -> bool:
    while operation.type in _UNCHANGED:
        operation = operation.inputs[0].op
    return operation.type in ("Placeholder", "Const") and bool(operation.outputs[0].dtype.is_integer)
