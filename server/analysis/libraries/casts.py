"""See in a traced graph whether a layer cast integers to floats to fit its weights."""

from __future__ import annotations

from typing import Any


def integers_are_cast(graph: Any, layer: Any) -> bool:
    """Say whether an integer placeholder of the call goes through a Cast to floats in a layer that trains weights.

    An Embedding takes integers as they are, and a Rescaling has nothing to train: neither is meant.
    """
    if not getattr(layer, "built", False) or not getattr(layer, "trainable_weights", None):
        return False
    for operation in graph.get_operations():
        if operation.type != "Cast" or not operation.outputs[0].dtype.is_floating:
            continue
        source = operation.inputs[0]
        if source.dtype.is_integer and _from_argument(source.op):
            return True
    return False


def _from_argument(operation: Any) -> bool:
    while operation.type in ("Identity", "Reshape", "ExpandDims", "Squeeze"):
        operation = operation.inputs[0].op
    return operation.type in ("Placeholder", "Const") and bool(operation.outputs[0].dtype.is_integer)
