"""Objects that stand in for values while a library is asked.

An array whose content is not known must never be mistaken for a known one (zeros would fold into shapes), and a large
one must not be allocated. `ArraySpec` is therefore no ndarray at all, though `isinstance` takes it for one: TensorFlow
converts it, by its registry, into a placeholder; whoever wants its values gets `ContentNeeded`.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import tensorflow as tf

from .keras_hooks import uninitialized_variable

#: Where they stand in a graph of the program's.
STAND_INS = "shapewright/"


class ContentNeeded(BaseException):
    """A library wanted values that are not known. A BaseException: Keras wraps and NumPy swallows Exceptions."""


class CannotReifyError(Exception):
    """A value has no stand-in; the message says why, and becomes the reason of the unknown result."""


def _refuse(*_args: Any, **_kwargs: Any) -> Any:
    raise ContentNeeded


def _defer(*_args: Any) -> Any:
    # As ndarray's operators do for operands of a higher __array_priority__: Tensor's reflected operator answers.
    return NotImplemented


class ArraySpec:
    """An ndarray (or NumPy scalar) of known dtype and rank and unknown content; a size that is not known is None."""

    __array_priority__ = 0.0

    def __init__(self, dtype: np.dtype[Any], shape: tuple[int | None, ...]) -> None:
        self.dtype = dtype
        self.shape = shape

    __array__ = __iter__ = __getitem__ = __bool__ = __int__ = __float__ = __index__ = __contains__ = _refuse
    tolist = item = tobytes = __array_ufunc__ = __array_function__ = _refuse
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __matmul__ = _defer
    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __xor__ = _defer

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return np.ndarray

    @property
    def ndim(self) -> int:
        """Return the rank."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Return the number of elements."""
        if None in self.shape:
            raise ContentNeeded
        return int(np.prod([dim or 0 for dim in self.shape], dtype=np.int64))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        if self.shape[0] is None:
            raise ContentNeeded
        return self.shape[0]

    def astype(self, dtype: Any, *_args: Any, **_kwargs: Any) -> ArraySpec:
        """Return an array of another dtype, as unknown."""
        return ArraySpec(np.dtype(dtype), self.shape)

    def tiny(self) -> np.ndarray[Any, Any]:
        """Return a real array of this dtype and rank with one element (or none)."""
        return np.zeros(tuple(1 if dim is None else min(dim, 1) for dim in self.shape), self.dtype)


def _convert(value: ArraySpec, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    """Convert as TensorFlow would: it is asked with one element, so what it refuses is refused here."""
    del as_ref
    sample = tf.constant(value.tiny(), dtype=dtype)
    with _apart():
        return tf.compat.v1.placeholder(sample.dtype, value.shape, name=name)


def _apart() -> Any:
    """Return the name scope that stand-ins have in a graph of the program's, where names are seen."""
    graph = tf.compat.v1.get_default_graph()
    program = not tf.executing_eagerly() and getattr(graph, "_shapewright", False)
    return graph.name_scope(STAND_INS) if program else contextlib.nullcontext()


# `_convert` is found by the real type; `type(value)` is not fooled by __class__.
tf.register_tensor_conversion_function(ArraySpec, _convert, priority=1)


def placeholder(dtype: str, shape: tuple[int | None, ...] | None) -> Any:
    """Return a symbolic tensor in the current graph."""
    with _apart():
        return tf.compat.v1.placeholder(tf.as_dtype(dtype), shape)


def variable(dtype: str, shape: tuple[int | None, ...] | None) -> Any:
    """Return a `tf.Variable` of a spec that has no memory behind it."""
    return uninitialized_variable(dtype, shape)


def constant_of_array(value: ArraySpec, dtype: Any = None, shape: Any = None, name: Any = None, **_: Any) -> Any:
    """Do what `tf.constant` does with an array, for one of unknown content.

    `tf.constant` copies the values into the graph and so cannot take a stand-in (`constant_op._constant_impl`).
    """
    tensor = _convert(value, dtype=None if dtype is None else tf.as_dtype(dtype), name=name)
    return tensor if shape is None else tf.reshape(tensor, shape)


def unknown_start(shape: Any, dtype: Any = None) -> Any:
    """Initialise a variable with what nobody knows: zeros would be taken for its content."""
    if tf.executing_eagerly():
        return tf.zeros(shape, dtype)
    return placeholder(dtype or "float32", tuple(shape))


def reaches(graph: Any) -> bool:
    """Say whether a tensor of this graph can be used where operations are added now."""
    current = tf.compat.v1.get_default_graph()
    while current is not None and current is not graph:
        current = getattr(current, "outer_graph", None)
    return graph is not None and current is graph
