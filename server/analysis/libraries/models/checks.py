"""What is only checked: arguments of a `tf.function`, variables of loops in graphs, keys of sets, what Python asks of tensors.

A function of ours that has the very signature stands in for the program's: what the library says of an argument follows
from the signature alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.python.autograph.operators.control_flow import if_stmt, while_stmt

from ..query import asks

#: The names of the questions.
BOUND, HASH, ITEMS = "tensorflow.function.bound", "python.hash", "python.iter"
LOOP, CONDITION = "tensorflow.autograph.loop", "tensorflow.autograph.if"


@asks(BOUND)
def _bound(detail: tuple[str, tuple[int | None, ...] | None, str]) -> Callable[..., Any]:
    """detail: dtype and shape that the signature states, and what is called: `function`, `concrete` or `get`."""
    dtype, shape, called = detail
    spec = tf.TensorSpec(None if shape is None else list(shape), dtype)

    def call(value: Any) -> None:
        def traced(x: Any) -> Any:
            return x

        function = tf.function(traced, input_signature=[spec], autograph=False)
        if called == "get":
            function.get_concrete_function(value)
        elif called == "concrete":
            function.get_concrete_function()(value)
        else:
            function(value)

    return call


@asks(HASH)
def _hash(detail: None) -> Callable[..., Any]:
    return hash


@asks(LOOP)
def _loop(detail: str) -> Callable[..., Any]:
    """detail: the name of a variable of a loop that AutoGraph makes an operation of; called with it before, and after one turn."""

    def call(before: Any, after: Any) -> None:
        state = [before]

        def put(values: Any) -> None:
            (state[0],) = values

        def body() -> None:
            state[0] = after

        test = tf.compat.v1.placeholder(tf.bool, [])
        while_stmt(lambda: test, body, lambda: (state[0],), put, (detail,), {})

    return call


@asks(CONDITION)
def _condition(detail: None) -> Callable[..., Any]:
    """Return what AutoGraph makes of an `if` whose branches do nothing."""

    def call(test: Any) -> None:
        if_stmt(test, lambda: None, lambda: None, tuple, lambda _: None, (), 0)

    return call


def _plain(function: Callable[..., Any]) -> Callable[[Any], Callable[..., Any]]:
    return lambda detail: function


for _function in (int, float, len, iter):
    asks(f"python.{_function.__name__}")(_plain(_function))
