"""Public functions and classes that call functions of the program: how far the library itself is asked."""

from __future__ import annotations

from ..classification import modelled

modelled.register(
    "tensorflow.py_function",
    "tensorflow.numpy_function",
    "tensorflow.compat.v1.py_func",
    by="the function is followed eagerly; a graph knows its dtypes alone",
)
modelled.register(
    "keras.layers.Lambda", by="the layer calls a stub of the function, which is followed", asks="symbolic"
)
