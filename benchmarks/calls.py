"""What one call costs the analysis: asked for the first time, and answered from memory.

50 common operations, layers and steps of datasets; the reference is the same call made for real on small data.

    .venv/bin/python benchmarks/calls.py
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SETUP = """
import numpy as np
import tensorflow as tf
import keras
x = tf.random.normal([8, 32])
w = tf.random.normal([32, 16])
i = tf.argmax(x, axis=-1)
img = tf.random.normal([4, 28, 28, 3])
seq = tf.random.normal([4, 12, 32])
lab = tf.one_hot(i, 32)
a = np.random.rand(8, 32)
ds = tf.data.Dataset.from_tensor_slices((tf.random.normal([40, 6]), tf.random.normal([40])))
"""
CALLS = """
tf.matmul(x, w)
x + 1.0
x * x
tf.reduce_mean(x, axis=-1)
tf.reduce_sum(x)
tf.nn.relu(x)
tf.nn.softmax(x)
tf.reshape(x, [-1, 4])
tf.transpose(x)
tf.concat([x, x], axis=0)
tf.stack([x, x])
tf.cast(i, tf.float32)
tf.one_hot(i, 32)
tf.gather(w, i)
tf.expand_dims(x, 0)
tf.squeeze(x)
tf.split(x, 4, axis=1)
tf.where(x > 0.0, x, 0.0)
tf.zeros([64, 64])
tf.random.uniform([8, 8])
tf.constant([1.0, 2.0, 3.0])
tf.shape(x)
x[:, 1:3]
tf.image.resize(img, [14, 14])
tf.nn.conv2d(img, tf.zeros([3, 3, 3, 8]), 1, "SAME")
tf.einsum("bij,bkj->bik", seq, seq)
tf.linalg.norm(x)
tf.argmax(x, axis=-1)
keras.layers.Dense(10)(x)
keras.layers.Conv2D(8, 3)(img)
keras.layers.MaxPooling2D()(img)
keras.layers.Flatten()(img)
keras.layers.BatchNormalization()(img)
keras.layers.Dropout(0.5)(x)
keras.layers.LayerNormalization()(x)
keras.layers.LSTM(16)(seq)
keras.layers.GRU(16, return_sequences=True)(seq)
keras.layers.MultiHeadAttention(4, 8)(seq, seq)
keras.layers.Embedding(1000, 16)(i)
keras.losses.CategoricalCrossentropy()(lab, lab)
keras.ops.mean(x)
keras.utils.to_categorical([0, 1, 2], 4)
np.mean(a, axis=0)
a.reshape(4, -1)
np.dot(a, a.T)
a / 255.0
ds.batch(8)
ds.shuffle(10)
ds.map(lambda f, y: (f * 2.0, y))
ds.prefetch(2)
""".strip().splitlines()


def main() -> None:
    space: dict[str, Any] = {}
    exec(SETUP, space)  # this file's own text
    real = {}
    for text in CALLS:
        code = compile(text, "call", "eval")
        times = []
        for _ in range(3):
            started = time.perf_counter()
            eval(code, space)  # this file's own text
            times.append(time.perf_counter() - started)
        real[text] = min(times)

    from server.analysis.analyzer import Request, analyse
    from server.analysis.interpreter.core import Interpreter

    spent: dict[int, float] = {}
    evaluate = Interpreter.execute_block

    def timed(self: Any, frame: Any, body: Any) -> Any:
        # One statement at a time, so that each line has its own clock.
        if len(body) < len(CALLS):
            return evaluate(self, frame, body)
        for node in body:
            started = time.perf_counter()
            evaluate(self, frame, [node])
            spent[node.lineno] = time.perf_counter() - started
        return True

    Interpreter.execute_block = timed  # type: ignore[method-assign]
    head = SETUP.strip() + "\nkeras.layers.Dense(3)(tf.zeros([2, 2]))\n"
    text = head + "\n".join(CALLS) + "\n"
    first = head.count("\n") + 1
    runs = []
    for _ in range(4):
        report = analyse(Request(str(ROOT / "calls.py"), text))
        assert not report.diagnostics, report.diagnostics
        runs.append(dict(spent))
    print(
        f"{'first':>9} {'again':>8} {'x real':>7}   (microseconds; `x real`: first, against the same call made eagerly)"
    )
    cold, warm = [], []
    for index, call in enumerate(CALLS):
        line = first + index
        cold.append(runs[0][line] * 1e6)
        warm.append(min(run[line] for run in runs[1:]) * 1e6)
        print(f"{cold[-1]:9.0f} {warm[-1]:8.0f} {cold[-1] / (real[call] * 1e6):7.1f}   {call}")
    print(f"{statistics.median(cold):9.0f} {statistics.median(warm):8.0f}           median of {len(CALLS)}")


if __name__ == "__main__":
    main()
