"""Arrays of objects whose items are lists of whole numbers, such as texts that are loaded by their words.

What NumPy does with the array is asked of an array of numbers of its shape; what is in the lists is not known, but for what
the numbers lie between (`TensorValue.interval`).
"""

from __future__ import annotations

import dataclasses

from ..values import ListObject, Ref, Scalar, TensorValue, Unknown, Value
from .asking import ask_operator
from .core import Frame, Interpreter


def holds_lists(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is an array of lists of whole numbers."""
    if not isinstance(value, TensorValue) or value.kind != "ndarray" or value.dtype != "object":
        return False
    settled = interp.heap.settled(value)
    return settled.content is None and settled.interval is not None


def get_item(interp: Interpreter, frame: Frame, value: TensorValue, index: Value) -> Value:
    """Return `x[index]`: an array of lists, or one of the lists."""
    twin = dataclasses.replace(value, dtype="int8", interval=None, storage=None)
    found = ask_operator(interp, frame, "getitem", (twin, index))
    if isinstance(found, TensorValue) and found.kind == "npscalar":
        return numbers(interp)
    if not isinstance(found, TensorValue) or found.kind != "ndarray":
        return found if isinstance(found, Unknown) else Unknown("an item of an array of objects")
    return dataclasses.replace(
        found, dtype="object", interval=value.interval, storage=value.storage, version=value.version
    )


def numbers(interp: Interpreter) -> Value:
    """Return a list of whole numbers of unknown length."""
    return Ref(interp.heap.allocate(ListObject(None, Scalar(type="int"))))
