"""Soundness by sampling: whatever is claimed of a program, a real run of it bears out."""

from __future__ import annotations

import textwrap

from hypothesis import given, note
from hypothesis import strategies as st

from .programs import programs
from .running import contradictions, report_of, run


@given(text=programs(), seed=st.integers(0, 3))
def test_facts_and_errors_hold(text: str, seed: int) -> None:
    note(text)
    wrong = contradictions(report_of(text), run(text, seed))
    assert not wrong, "\n".join([text, *wrong])


@given(text=programs())
def test_an_analysis_leaves_nothing_behind(text: str) -> None:
    assert report_of(text) == report_of(text)


def _wrong(text: str, claimed: str) -> list[str]:
    """Compare the run of one program with the report of another one of the same layout."""
    return contradictions(report_of(textwrap.dedent(claimed)), run(textwrap.dedent(text), 0))


def test_a_false_claim_is_found() -> None:
    text = "import tensorflow as tf\nx = tf.zeros([2, 3])\nx\n"
    assert _wrong(text, text) == []
    assert _wrong(text, text.replace("2, 3", "3, 2"))
    assert _wrong(text, text.replace("zeros", "ones "))
    failing = "import tensorflow as tf\nx = tf.zeros([2, 3]) @ tf.zeros([2, 3])\n"
    assert _wrong(failing, failing) == []
    assert _wrong(failing.replace("@", "+"), failing)
    many = "x = [1, 2]\nfor i in range(2):\n    x.append(i)\nx\n"
    assert _wrong(many, many) == []
    assert _wrong(many, many.replace("(2)", "(3)"))
