"""`tf.data.Dataset`: which of its methods are asked of the library itself, on a data set of the right element spec."""

from __future__ import annotations

from ..classification import modelled

_METHODS = (
    "map",
    "filter",
    "batch",
    "padded_batch",
    "ragged_batch",
    "shuffle",
    "repeat",
    "cache",
    "prefetch",
    "take",
    "skip",
    "enumerate",
    "unbatch",
    "rebatch",
    "window",
    "flat_map",
    "interleave",
    "concatenate",
    "with_options",
    "zip",
)
_CREATORS = ("from_tensor_slices", "from_tensors", "range")

modelled.register(
    *(f"tensorflow.data.Dataset.{name}" for name in _METHODS), by="a data set is its element spec", asks="symbolic"
)
modelled.register(
    *(f"tensorflow.data.Dataset.{name}" for name in _CREATORS), by="a data set is its element spec", asks="concrete"
)
