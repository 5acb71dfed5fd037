"""Optimizers: what applying gradients refuses, asked of a new optimizer of the same making.

An optimizer that has been built knows its variables by identity, and stand-ins have none; whether a gradient fits its
variable does not depend on that. Broadcasting differs from optimizer to optimizer: each that looks wrong is run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ..classification import modelled
from ..query import asks

APPLY = "keras.optimizers.Optimizer.apply_gradients"

modelled.register(
    *(
        f"{root}.*.{name}"
        for root in ("keras.optimizers", "tf_keras.optimizers")
        for name in ("apply_gradients", "apply")
    ),
    by="the gradients and variables of the program, applied by an optimizer like it",
)


@asks(APPLY)
def _apply(_detail: Any) -> Callable[..., Any]:
    def ask(optimizer: Any, *flat: Any) -> Any:
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        if tf.executing_eagerly():
            optimizer.apply_gradients(pairs)
            return None
        if all(gradient is None for gradient, _ in pairs):
            raise ValueError("No gradients provided for any variable.")
        for gradient, variable in pairs:
            if isinstance(gradient, tf.Tensor) and not _fits(gradient, variable):
                raise ValueError("Perhaps this gradient does not fit its variable.")
        return None

    return ask


def _fits(gradient: Any, variable: Any) -> bool:
    """Say whether a gradient has the spec of its variable: nothing refuses that."""
    same = gradient.dtype == tf.as_dtype(variable.dtype)
    return bool(same and tf.TensorShape(variable.shape).is_compatible_with(gradient.shape))
