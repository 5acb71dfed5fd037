"""Ranges: programs drawn from what people do to data, run for real; every value lies where it was said to."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.analyzer import Request, analyse

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\n"
SOURCES = [
    "np.random.randint({a}, {b}, (4, 6))",
    "np.random.randint({n})*np.ones((4, 6), 'int64')",
    "np.random.randint(0, 256, (4, 6)).astype('uint8')",
    "np.random.rand(4, 6)",
    "np.random.uniform({a}.5, {b}.25, (4, 6))",
    "tf.random.uniform([4, 6])",
    "tf.random.uniform([4, 6], {a}, {b}, dtype=tf.int32)",
    "tf.random.uniform([4, 6], minval={a}.0, maxval={b}.0)",
    "tf.random.normal([4, 6])",
    "np.random.randn(4, 6).astype('float16')",
]
STEPS = [
    "x / 255.0", "x * 2", "x + 1", "x - 0.5", "-x", "1 - x", "x * x", "x / 3", "2.5 * x", "x + x", "x - x", "x[1:]", "x[..., :3]",
    "tf.cast(x, tf.float32)", "tf.cast(x, tf.float16)", "tf.cast(x, tf.int32)", "tf.cast(x, tf.uint8)", "np.asarray(x)",
    "tf.cast(x, tf.float32) / 127.5 - 1.0", "tf.reshape(x, [-1])", "tf.transpose(x)", "tf.concat([x, x], 0)",
    "tf.stack([x, -x])", "tf.nn.relu(x)", "tf.nn.softmax(tf.cast(x, tf.float32))", "tf.sigmoid(tf.cast(x, tf.float32))",
    "tf.tanh(tf.cast(x, tf.float32))", "tf.abs(x)", "np.abs(x)", "np.square(x)", "tf.square(tf.cast(x, tf.float16))",
    "tf.sqrt(tf.abs(tf.cast(x, tf.float32)))", "tf.exp(tf.cast(x, tf.float32))", "np.clip(x, 1, 7)", "tf.clip_by_value(x, 1, 3)",
    "tf.maximum(x, 1)", "np.minimum(x, 3)", "tf.where(x > 1, x, 0)", "np.where(x > 1, x, -5)", "tf.argmax(x, -1)",
    "np.argmax(x)", "tf.reduce_max(x, axis=-1)", "tf.reduce_min(x)", "np.max(x)", "x.max() if hasattr(x, 'max') else x",
    "tf.one_hot(tf.cast(x, tf.int32), 5)", "keras.layers.Flatten()(x)", "keras.layers.Dense(3, activation='softmax')(tf.cast(x, tf.float32))",
    "keras.layers.Dense(3, activation='tanh')(tf.cast(x, tf.float32))", "keras.layers.ReLU()(tf.cast(x, tf.float32))",
    "tf.gather(x, [0, 0])", "tf.expand_dims(x, 0)", "tf.tile(x, [2, 1])", "tf.sort(x)", "tf.boolean_mask(x, x > 2)",
    "x.astype('int8') if hasattr(x, 'astype') else x", "np.multiply(x, x)", "tf.subtract(x, 3)", "tf.negative(x)",
]  # fmt: skip
_INTERVAL = re.compile(r"\[(\S+), (\S+)\]|at least (\S+)|at most (\S+)")


def bounds(text: str) -> tuple[float, float]:
    found = _INTERVAL.fullmatch(text)
    assert found is not None, text
    low = found[1] or found[3]
    high = found[2] or found[4]
    return (float(low) if low else -np.inf, float(high) if high else np.inf)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(SOURCES),
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=4),
    st.integers(-9, 3),
    st.integers(4, 40),
    st.integers(0, 2**31),
)
def test_values_lie_where_they_are_said_to(source: str, steps: list[str], low: int, high: int, seed: int) -> None:
    lines = [f"x = {source.format(a=low, b=high, n=high)}", *(f"x = {step}" for step in steps)]
    text = HEAD + "\n".join(lines) + "\n"
    claimed = {
        fact.span.start.line: fact.values
        for fact in analyse(Request("/w/ranges.py", text)).facts
        if fact.span.start.column == 0 and fact.values is not None
    }
    np.random.seed(seed)
    tf.random.set_seed(seed)
    space: dict[str, Any] = {"np": np, "tf": tf, "keras": keras}
    for number, line in enumerate(lines):
        try:
            exec(line, space)  # this file's own text
        except Exception:  # the rest never runs
            return
        said = claimed.get(number + 3)
        if said is None:
            continue
        real = np.asarray(space["x"]).astype("float64").reshape(-1)
        real = real[~np.isnan(real)]
        least, most = bounds(said)
        slack = 1e-6 * max(abs(least) if np.isfinite(least) else 0, abs(most) if np.isfinite(most) else 0)
        assert ((real >= least - slack) & (real <= most + slack)).all(), (
            f"{said}, and it was {real.min()}..{real.max()}\n{text}"
        )


def test_much_is_said() -> None:
    text = HEAD + "\n".join(
        [
            "x = np.random.randint(0, 256, (60000, 28, 28)).astype('uint8')",
            "a = x / 255.0",
            "b = tf.cast(x, tf.float32) / 255.0",
            "c = tf.nn.relu(b * 2.0 - 1.0)",
            "d = tf.argmax(keras.layers.Dense(10, activation='softmax')(tf.reshape(b, [-1, 784])), axis=-1)",
            "e = np.random.randint(0, 10, 60000)",
        ]
    )
    facts = analyse(Request("/w/much.py", text)).facts
    said = {fact.span.start.line: fact.values for fact in facts if fact.span.start.column == 0}
    assert [said[line] for line in (4, 5, 6, 7, 8)] == ["[0, 1]", "[0, 1]", "[0, 1]", "[0, 9]", "[0, 9]"]


def test_a_range_ends_where_the_memory_is_written() -> None:
    text = (
        HEAD
        + "x = np.random.rand(3)\ny = x\nx[0] = 7.0\nz = y\nfor i in range(100):\n    w = tf.random.uniform([2])\n    w = w + i\n"
    )
    facts = {(fact.span.start.line, fact.span.start.column): fact for fact in analyse(Request("/w/w.py", text)).facts}
    assert facts[(4, 0)].values == "[0, 1]"
    assert facts[(6, 0)].values is None
