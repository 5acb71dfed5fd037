"""Functions and methods that nobody calls: what is said of them must hold whenever somebody does."""

from __future__ import annotations

import textwrap

from server.analysis.analyzer import analyse
from server.analysis.request import Request


def codes(text: str) -> list[tuple[int, str]]:
    """Analyse a program; return its findings as (1-based line, rule)."""
    report = analyse(Request("/w/main.py", "import tensorflow as tf\n" + textwrap.dedent(text)))
    return [(diagnostic.span.start.line + 1, diagnostic.code) for diagnostic in report.diagnostics]


def test_what_fails_in_a_function_whoever_calls_it_is_reported() -> None:
    assert codes(
        """
        def forward(x):
            return tf.matmul(tf.zeros([2, 3]), tf.zeros([2, 3]))
        """
    ) == [(4, "matmul-mismatch")]


def test_a_method_gets_what_init_has_set() -> None:
    assert codes(
        """
        class Unused:
            def __init__(self, n):
                self.w = tf.zeros([4, 2])

            def run(self, x):
                return tf.matmul(self.w, self.w)
        """
    ) == [(8, "matmul-mismatch")]


def test_what_another_method_may_set_is_not_known() -> None:
    assert (
        codes(
            """
            class Unused:
                def __init__(self):
                    self.w = tf.zeros([4, 2])
                    self.parts = []

                def prepare(self):
                    self.w = tf.zeros([2, 2])
                    self.parts.append(tf.zeros([2]))

                def run(self):
                    tf.concat(self.parts, 0)
                    return tf.matmul(self.w, self.w)
            """
        )
        == []
    )


def test_what_a_function_rebinds_is_not_known_in_others() -> None:
    assert (
        codes(
            """
            size = 3

            def configure():
                global size
                size = 2

            def run():
                return tf.matmul(tf.zeros([2, 2]), tf.zeros([size, 2]))
            """
        )
        == []
    )


def test_what_a_function_changes_is_not_known_in_others() -> None:
    assert (
        codes(
            """
            sizes = [3]

            def first():
                sizes[0] = 2

            def second():
                return tf.matmul(tf.zeros([2, 2]), tf.zeros([sizes[0], 2]))
            """
        )
        == []
    )


def test_an_annotation_of_a_plain_type_is_believed_where_the_default_agrees() -> None:
    report = analyse(Request("/w/main.py", "def f(a: int, b: float = 1.0, c: int = None, d: str = 3):\n    pass\n"))
    kinds = {fact.span.start.column: fact.kind for fact in report.facts}
    assert [kinds[column] for column in sorted(kinds)][:4] == ["int", "float", "unknown", "unknown"]


def test_an_annotation_of_jaxtyping_is_a_contract() -> None:
    text = """
        import numpy as np
        from jaxtyping import Float32, Float, UInt8

        def f(x: Float32[tf.Tensor, "batch 28 28"], y: UInt8[np.ndarray, "n=2 *rest"], z: Float[tf.Tensor, "a"]):
            u = x
            v = tf.reshape(x, [-1, 784])
            w = y
            return tf.matmul(x, tf.zeros([27, 2]))

        def g(x: Float32[tf.Tensor, "... c"], y: UInt8[np.ndarray, "2 #n"]):
            u = x
            v = y
    """
    report = analyse(Request("/w/main.py", "import tensorflow as tf\n" + textwrap.dedent(text)))
    shapes = {
        (fact.span.start.line + 1, fact.span.start.column): (fact.kind, fact.dtype, fact.shape) for fact in report.facts
    }
    assert shapes[(7, 4)] == ("Tensor", "float32", ("batch", 28, 28))
    assert shapes[(8, 4)] == ("Tensor", "float32", ("batch", 784))
    assert shapes[(9, 4)][0] == "unknown"
    assert shapes[(13, 4)] == ("Tensor", "float32", None)
    assert shapes[(14, 4)] == ("ndarray", "uint8", (2, None))
    assert [diagnostic.span.start.line + 1 for diagnostic in report.diagnostics] == [10]
