"""`tf.TensorArray`: what its methods refuse, asked of a real one that holds the like.

In eager code a TensorArray is a Python list of tensors (tensorflow/python/ops/tensor_array_ops.py,
`_EagerTensorArray`), in a graph a list of the runtime. What the interpreter finds suspicious in eager code is put to a
real one with zeros for elements; in a graph the real one is asked while it is traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ..classification import modelled
from ..query import asks

METHODS = ("write", "read", "stack", "concat", "gather", "scatter", "unstack", "split", "size")

modelled.register(
    "tensorflow.TensorArray",
    "tensorflow.TensorArray.*",
    "tensorflow.compat.v1.TensorArray",
    by="a list of tensors, followed element by element",
)

#: dtype, size, whether it grows, whether its elements have one shape, whether reading clears, the shape of an element,
#: and which elements were taken out.
Detail = tuple[str, int | None, bool, bool, bool, tuple[int | None, ...] | None, tuple[int, ...]]


def _asking(method: str) -> Callable[[Detail], Callable[..., Any]]:
    def model(detail: Detail) -> Callable[..., Any]:
        dtype, size, dynamic, infer, clear, shape, gone = detail

        def ask(items: list[Any] | None, *args: Any, **kwargs: Any) -> Any:
            array = tf.TensorArray(
                dtype,
                size=size or 0,
                dynamic_size=dynamic,
                clear_after_read=clear,
                infer_shape=infer,
                element_shape=tf.TensorShape(shape),
            )
            if not tf.executing_eagerly():
                if items is not None:
                    raise ValueError("Perhaps this is refused in eager code.")
                found = getattr(array, method)(*args, **kwargs)
                return found.element_shape if isinstance(found, tf.TensorArray) else found
            held = array._implementation
            held._tensor_array = list(items or ())
            held._previously_read_indices = list(gone)
            getattr(array, method)(*args, **kwargs)
            return None

        return ask

    return model


for _method in METHODS:
    asks(f"tensorflow.TensorArray.{_method}")(_asking(_method))
