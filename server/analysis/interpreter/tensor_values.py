"""What methods of tensors give without asking the library: arrays (`numpy`), references (`ref`), copies."""

from __future__ import annotations

import dataclasses

from ..values import BoundMethod, Const, InstanceObject, Ref, Scalar, TensorValue, Unknown, Value
from .core import Frame, Interpreter

#: The method by which a reference gives its tensor: none of Python's has such a name.
DEREF = "$deref"


def to_numpy(interp: Interpreter, frame: Frame, receiver: TensorValue) -> Value:
    """`tensor.numpy()`: the same dtype, shape and content as an array; there is none while tracing.

    Text comes back as `bytes`: one of them from a scalar, else an array of objects.
    """
    if interp.mode(frame) != "eager" or receiver.kind not in ("Tensor", "Variable"):
        return Unknown("there is no array here")
    settled = interp.heap.settled(receiver)
    if receiver.dtype in ("variant", "resource") or receiver.shape is None:
        return Unknown("an array of unknown rank, or of handles")
    text = receiver.dtype == "string"
    if receiver.shape == ():
        if text:
            return _text(settled)
        return TensorValue(kind="npscalar", dtype=receiver.dtype, shape=(), content=settled.content)
    storage, version = interp.heap.new_storage()
    return TensorValue(
        kind="ndarray",
        dtype="object" if text else receiver.dtype,
        shape=receiver.shape,
        content=settled.content,
        storage=storage,
        version=version,
        numpy_dtype="|O" if text else None,
    )


def _text(settled: TensorValue) -> Value:
    item = settled.content.array.reshape(())[()] if settled.content is not None else None
    return Const(item) if isinstance(item, bytes) else Scalar(type="bytes")


def reference(interp: Interpreter, receiver: TensorValue) -> Value:
    """`tensor.ref()`: an object that can be hashed, and gives the tensor back by `deref()`."""
    held = InstanceObject("Reference", {"deref": BoundMethod(receiver=receiver, name=DEREF)})
    return Ref(interp.heap.allocate(held))


def copied(interp: Interpreter, receiver: TensorValue) -> Value:
    """`tensor.cpu()`: the same tensor in the memory of the processor."""
    return dataclasses.replace(interp.heap.settled(receiver), origin=None)
