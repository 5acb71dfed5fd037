"""Sizes that a traced graph does not know: they are said in reports, and `x.shape` still says None there."""

from __future__ import annotations

import textwrap

from server.analysis.analyzer import Request, analyse


def facts(text: str) -> dict[str, str]:
    source = "import tensorflow as tf\n" + textwrap.dedent(text)
    report = analyse(Request("/w/main.py", source))
    assert not report.diagnostics, report.diagnostics
    lines = source.split("\n")
    return {
        lines[fact.span.start.line][fact.span.start.column : fact.span.end.column]: fact.text
        for fact in report.facts
        if fact.span.start.line == fact.span.end.line
    }


def test_a_reshape_by_a_dynamic_size() -> None:
    found = facts(
        """
        @tf.function(input_signature=[tf.TensorSpec([None, 6, 4], tf.float32)])
        def f(x):
            flat = tf.reshape(x, [tf.shape(x)[0], -1])
            twice = tf.concat([flat, flat], 0)
            static = flat.shape[1]
            again = tf.reshape(flat, [-1, 6, 4])
            return flat
        y = f(tf.zeros([5, 6, 4]))
        size = y.shape[1]
        """
    )
    assert (found["flat"], found["twice"], found["again"]) == ("f32[?, 24]", "f32[?, 24]", "f32[?, 6, 4]")
    assert found["static"] == "None"
    assert (found["y"], found["size"]) == ("f32[5, 24]", "int 24")
