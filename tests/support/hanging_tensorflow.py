"""The real analysis with a TensorFlow in which `tf.math.xdivy` never returns and `tf.math.xlog1py` ends the process."""

from __future__ import annotations

import os
import time

import tensorflow  # noqa: F401
from _shapewright.analysis.analyzer import analyse
from tensorflow.python.ops import gen_math_ops

__all__ = ["analyse"]


def hang(*arguments: object, **more: object) -> None:
    while True:
        time.sleep(0.01)


def die(*arguments: object, **more: object) -> None:
    os.abort()


# Below the public functions, which stay what they are.
gen_math_ops.xdivy = hang
gen_math_ops.xlog1py = die
