"""Tests of the mdtest runner itself: what it must refuse, above all claims that TensorFlow contradicts."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from server.analysis.report import Diagnostic, Edit, Fact, Position, Report, Span
from tests.support import notation
from tests.support.analysis import apply_edits
from tests.support.chapters import ChapterError, read_chapter
from tests.support.claims import ClaimError, read_claims, strip_claims
from tests.support.judge import differences
from tests.support.truth import Reality, contradictions, with_hooks

IMPORTS = "import numpy as np\nimport tensorflow as tf\n"


def against(reality: Reality, folder: Path, program: str, **others: str) -> str:
    """Return what TensorFlow says against the claims of a program; its first line is line 3."""
    texts = {"main.py": IMPORTS + dedent(program), **{f"{name}.py": dedent(text) for name, text in others.items()}}
    return "\n".join(contradictions(reality, texts, folder))


TRUE = [
    "x = tf.zeros([2, 3])  # reveal: f32[2, 3]",
    "x = tf.zeros([2, 3])  # reveal: f32[?, 3]",
    "x = tf.zeros([2, 3])  # reveal: f32[...]",
    "x = tf.zeros([2, 3])  # reveal: unknown",
    "x = np.zeros(3)  # reveal: ndarray f64[3]",
    "x = tf.Variable([1, 2])\nx  # reveal: Variable i32[2]",
    "x = tf.keras.Input([10])  # reveal: KerasTensor f32[?, 10]",
    "x = tf.keras.layers.Dense(3)  # reveal: Dense",
    "x = tf.keras.Sequential([])  # reveal: Model",
    "x = tf.data.Dataset.range(3)  # reveal: Dataset",
    "n = 3\nn  # reveal: int 3",
    "n = 3\nn  # reveal: int",
    "s = 'a, b'\ns  # reveal: str 'a, b'",
    "t = 1, tf.zeros([2, 3])\nt  # reveal: tuple (int 1, f32[2, 3])",
    "x = tf.matmul(  # reveal: f32[2, 2]\n    tf.zeros([2, 3]),\n    tf.zeros([3, 2]))",
    "x = tf.zeros([2]) + tf.zeros([3])  # error: incompatible-shapes",
    "x = tf.zeros([2]) + \\\n    tf.zeros([3])  # error: incompatible-shapes",
    "x = tf.one_hot([3], 3)  # warning: one-hot-depth",
    "try:\n    tf.zeros([2]) + tf.zeros([3])\nexcept tf.errors.InvalidArgumentError:\n    pass",
    "for n in 2, 3:\n    x = tf.zeros([n, 4])  # reveal: f32[?, 4]",
    "@tf.function(input_signature=[tf.TensorSpec([None, 2])])\ndef f(x):\n    y = x * 2.0  # reveal: f32[?, 2]\n"
    "    return y\nf(tf.zeros([3, 2]))",
]


@pytest.mark.parametrize("program", TRUE)
def test_a_true_claim_is_borne_out(reality: Reality, tmp_path: Path, program: str) -> None:
    assert against(reality, tmp_path, program) == ""


FALSE = {
    "wrong dim": ("x = tf.zeros([2, 3])  # reveal: f32[2, 4]", "but it was f32[2, 3]"),
    "wrong rank": ("x = tf.zeros([2, 3])  # reveal: f32[2]", "but it was f32[2, 3]"),
    "wrong dtype": ("x = tf.zeros([2, 3])  # reveal: f64[2, 3]", "but it was f32[2, 3]"),
    "wrong kind": ("x = np.zeros(3)  # reveal: f64[3]", "but it was ndarray f64[3]"),
    "tensor for an object": ("x = tf.zeros([2])  # reveal: Dense", "but it was f32[2]"),
    "object for a tensor": ("x = tf.keras.layers.Dense(3)  # reveal: f32[2]", "but it was Dense"),
    "wrong class": ("x = tf.keras.layers.Dense(3)  # reveal: Conv2D", "but it was Dense"),
    "wrong constant": ("n = 3\nn  # reveal: int 4", "but it was int 3"),
    "wrong member": ("t = 1, 2\nt  # reveal: tuple (int 1, int 3)", "but it was tuple (int 1, int 2)"),
    "more than a graph knows": (
        "@tf.function(input_signature=[tf.TensorSpec([None])])\ndef f(x):\n    y = x * 2.0  # reveal: f32[3]\n"
        "    return y\nf(tf.zeros([3]))",
        "but it was f32[?]",
    ),
    "true of one visit only": ("for n in 2, 3:\n    x = tf.zeros([n])  # reveal: f32[2]", "but it was f32[3]"),
    "reveal that never ran": ("if not tf:\n    x = tf.zeros([2])  # reveal: f32[2]", "it never ran"),
    "error that is none": ("x = tf.zeros([2]) + 1.0  # error: incompatible-shapes", "nothing was raised"),
    "error one line too early": (
        "x = tf.zeros([2])  # error: incompatible-shapes\ny = x + tf.zeros([3])",
        "InvalidArgumentError at main.py:4",
    ),
    "error at the caller": (
        "def f(x):\n    return x + tf.zeros([3])\nf(tf.zeros([2]))  # error: incompatible-shapes",
        "InvalidArgumentError at main.py:5 > main.py:4",
    ),
    "error that is caught": (
        "try:\n    tf.zeros([2]) + tf.zeros([3])  # error: incompatible-shapes\nexcept Exception:\n    pass",
        "nothing was raised",
    ),
    "second error": (
        "tf.zeros([2]) + tf.zeros([3])  # error: incompatible-shapes\n1 / 0  # error: incompatible-shapes",
        "line 4: an error is claimed",
    ),
    "missed exception": ("x = tf.zeros([2]) + tf.zeros([3])", "no error is claimed there"),
    "missed exception of plain Python": ("1 / 0", "ZeroDivisionError"),
    "program that exits": ("raise SystemExit", "SystemExit"),
    "warning of what raises": ("x = tf.zeros([2]) + tf.zeros([3])  # warning: one-hot-depth", "never ran to its end"),
    "warning that never ran": ("if not tf:\n    x = tf.zeros([2])  # warning: one-hot-depth", "never ran"),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_claim_is_refused(reality: Reality, tmp_path: Path, name: str) -> None:
    program, why = FALSE[name]
    assert why in against(reality, tmp_path, program)


def test_a_second_file_is_imported_and_its_error_must_be_claimed_there(reality: Reality, tmp_path: Path) -> None:
    helper = "import tensorflow as tf\ndef add(x):\n    return x + tf.zeros([3]){claim}\n"
    program = "import helpers\nhelpers.add(tf.zeros([2])){claim}"
    there = helper.format(claim="  # error: incompatible-shapes")
    assert against(reality, tmp_path, program.format(claim=""), helpers=there) == ""
    here = program.format(claim="  # error: incompatible-shapes")
    assert "helpers.py:3" in against(reality, tmp_path, here, helpers=helper.format(claim=""))


def test_programs_do_not_disturb_one_another(reality: Reality, tmp_path: Path) -> None:
    assert against(reality, tmp_path, "tf.zeros = None\ntf.keras.backend.set_floatx('float64')") == ""
    assert (
        against(reality, tmp_path, "x = tf.keras.Input([tf.zeros([2]).shape[0]])  # reveal: KerasTensor f32[?, 2]")
        == ""
    )


@pytest.mark.parametrize(
    ("chapter", "why"),
    [
        ("# t\n## a\n```py norun\nx\n```", "unknown word"),
        ('# t\n## a\n```py norun=""\nx\n```', "needs a reason"),
        ("# t\n## a\n```py\nx\n```\n## a\n```py\nx\n```", "stands twice"),
        ("# t\n## a\n```py\nx\n```\n```py\ny\n```", "a second main.py"),
        ("# t\n## a\n```fixed\nx\n```", "without a main"),
        ("# t\n```py\nx\n```", "without a heading"),
        ("# t\n## a\n```python\nx\n```", "cannot read the block"),
        ("# t\n## a\n\n    x = 1\n", "indented block"),
        ("# t\n## a\nprose", "no program"),
    ],
)
def test_a_chapter_that_is_not_written_right_is_refused(tmp_path: Path, chapter: str, why: str) -> None:
    path = tmp_path / "chapter.md"
    path.write_text(chapter)
    with pytest.raises(ChapterError, match=why):
        read_chapter(path, tmp_path)


def test_a_chapter_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chapter.md"
    path.write_text(
        "# Title\n\n## `a`\n\n### b\n\n```py tf>=2.16 keras=3\nx\n```\n\n```py h.py\ny\n```\n\n```fixed\nz\n```\n\n"
        '### c\n\n```py norun="half a statement"\nx =\n```\n'
    )
    first, second = read_chapter(path, tmp_path)
    assert first.id == "chapter.md::a::b"
    assert first.texts() == {"main.py": "x\n", "h.py": "y\n"}
    assert first.fixed is not None
    assert first.fixed.text == "z\n"
    assert first.why_skipped({"tf": (2, 21, 0), "keras": (3, 15, 1)}) is None
    assert first.why_skipped({"tf": (2, 15, 1), "keras": (2, 15, 0)}) == "is about tf>=2.16"
    assert (second.id, second.norun, second.files["main.py"].line) == ("chapter.md::a::c", "half a statement", 22)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("x = 1  # revel: int 1", "did you mean"),
        ("x = 1  # errors: matmul-mismatch", "did you mean"),
        ("x = f()  # reveal: float32[2]", "not in the notation"),
        ("x = f()  # reveal: f32[2, x y?z!]", "dim"),
        ("x = f()  # reveal: f32", "not in the notation"),
        ("# reveal: f32[2]", "no statement stands there"),
        ("x = [1]  # reveal: list", "List has no fact"),
        ('x = f()  # error: "inner dimensions"', "first the rule's name"),
    ],
)
def test_a_claim_that_cannot_be_understood_is_refused(program: str, why: str) -> None:
    with pytest.raises(ClaimError, match=why):
        read_claims(program)


def test_claims_are_found_in_broken_programs_and_taken_out() -> None:
    program = "x = f(  # a comment\ny = g(1)  # reveal: f32[2]  # error: some-rule \"a b\" 'c'\n"
    reveal, error = read_claims(program)
    assert reveal.target is not None
    assert (reveal.target.start, reveal.target.end, reveal.text) == ((1, 4), (1, 8), "f32[2]")
    assert (error.code, error.words, error.line) == ("some-rule", ("a b", "c"), 1)
    assert strip_claims(program) == "x = f(  # a comment\ny = g(1)\n"


def test_hooks_leave_lines_and_columns_of_other_text_alone() -> None:
    program = "def f(ä):\n    return-ä  # reveal: f32[2]\ny = f(\n  'ä', 2)  # reveal: f32[2]\n"
    assert with_hooks(strip_claims(program), "main.py", read_claims(program)) == (
        "def f(ä):\n    return _see_('main.py:0', -ä)\ny = _see_('main.py:1', f(\n  'ä', 2))\n"
    )


def span(line: int, start: int, end: int) -> Span:
    return Span(Position(line, start), Position(line, end))


def test_a_report_must_say_all_that_is_claimed_and_nothing_else() -> None:
    text = 'x = f(1)  # reveal: f32[2]\ny = g(x)  # error: some-rule "three" "four"\n'
    fact = Fact(span(0, 4, 8), "Tensor", text="f32[2]")
    error = Diagnostic("/w/main.py", span(1, 4, 8), "some-rule", "error", "four after three")

    def say(*facts: Fact, diagnostics: tuple[Diagnostic, ...] = (error,), status: str = "complete") -> str:
        report = Report("/w/main.py", facts=facts, diagnostics=diagnostics, status=status)
        return "\n".join(differences(report, {"main.py": text}))

    assert say(fact) == ""
    assert "the report says nothing" in say()
    assert "the report says f32[3]" in say(Fact(span(0, 4, 8), "Tensor", text="f32[3]"))
    assert "the report says nothing" in say(Fact(span(0, 0, 1), "Tensor", text="f32[2]"))
    assert "expected error some-rule" in say(fact, diagnostics=())
    for change in ({"code": "other-rule"}, {"severity": "warning"}, {"message": "three"}, {"span": span(0, 4, 8)}):
        fields = {"path": "/w/main.py", "span": error.span, "code": "some-rule", "severity": "error"}
        other = Diagnostic(**{**fields, "message": error.message, **change})
        assert "expected error" in say(fact, diagnostics=(other,))
        assert "not expected" in say(fact, diagnostics=(other,))
    assert "not expected" in say(fact, diagnostics=(error, error))
    assert "the analysis is failed" in say(fact, status="failed")


def test_edits_are_counted_in_the_old_text() -> None:
    edits = [
        Edit("main.py", span(0, 0, 1), "aa"),
        Edit("main.py", Span(Position(0, 2), Position(1, 1)), "-\n-"),
        Edit("main.py", span(0, 1, 1), "+"),
    ]
    assert apply_edits("a b\nc d\n", edits) == "aa+ -\n- d\n"


@pytest.mark.parametrize(
    ("pairs", "wrong"),
    [
        ([("n", 3), ("n//2", 1), ("ceil(n/2)", 2), ("min(n, 2)*m", 8), ("m", 4)], None),
        ([("n", 3), ("n", 4)], "n is both 3 and 4"),
        ([("n", 3), ("2*n", 5)], "2*n is 6 by the other sizes, and it was 5"),
        ([("2*k", 5)], None),
    ],
)
def test_one_symbol_is_one_size(pairs: list[tuple[str, int]], wrong: str | None) -> None:
    assert notation.agree(pairs) == wrong


def test_symbolic_dims_are_compared_with_what_was_seen() -> None:
    assert notation.sizes("f32[n, 3, n + 1]", "f32[2, 3, 4]") == [("n", 2), ("n + 1", 4)]
    assert notation.sizes("int n", "int 7") == [("n", 7)]
    assert notation.sizes("int 7", "int 7") == []
    assert notation.admits("int n + 1", "int 7")
    assert not notation.admits("int n + 1", "bool True")
