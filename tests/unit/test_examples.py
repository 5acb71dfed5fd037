"""The examples say exactly what they were written to show, and their preferred fixes make them run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.analysis.report import Report
from tests.support.analysis import analyse_files, apply_edits, preferred_fix
from tests.support.truth import Reality

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Expectation:
    """What is said of an example: rule, severity and line, words of the message, the line after the preferred fix."""

    code: str | None = None
    severity: str = "error"
    line: int = 0
    words: tuple[str, ...] = ()
    repaired: str | None = None
    runs: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    titles: int = 1


EXPECTED = {
    "integer_features.py": Expectation(
        "implicit-cast",
        "warning",
        8,
        ("Dense", "i32[2, 2]"),
        "scores = tf.keras.layers.Dense(10)(tf.cast(features, tf.float32))",
        runs=True,
        facts={"scores": "f32[2, 10]"},
    ),
    "integer_image.py": Expectation(
        "dtype-mismatch",
        line=8,
        words=("Conv2D", "i32[1, 28, 28, 3]"),
        repaired='feature_maps = tf.keras.layers.Conv2D(8, 3, activation="relu")(tf.cast(image, tf.float32))',
    ),
    "weighted_rows.py": Expectation(runs=True, facts={"mixed": "f32[2, 3]"}),
    "needless_transpose.py": Expectation(
        "matmul-mismatch",
        line=7,
        words=("f32[2, 2]", "f32[3, 2]", "2 ≠ 3"),
        repaired="mixed = tf.matmul(mixing, rows)",
        titles=2,
    ),
    "similarity.py": Expectation(
        "matmul-mismatch",
        line=6,
        words=("f32[2, 3]", "3 ≠ 2"),
        repaired="similarity = tf.matmul(vectors, vectors, transpose_b=True)",
        titles=2,
    ),
    "too_few_classes.py": Expectation(
        "one-hot-depth",
        "warning",
        7,
        ("4", "3", "zeros"),
        "targets = tf.one_hot(digits, depth=5)",
        runs=True,
        facts={"targets": "f32[5, 3]"},
    ),
    "too_many_classes.py": Expectation(
        "loss-shape-mismatch",
        line=9,
        words=("f32[5, 5]", "f32[5, 3]"),
        repaired="targets = tf.one_hot(labels, depth=3)",
    ),
    "missing_outputs.py": Expectation(
        "loss-shape-mismatch", line=9, words=("the predictions have 3 classes, the labels 5",), titles=0
    ),
    "half_price.py": Expectation(
        "dtype-mismatch", line=6, words=("i32", "0.5"), repaired="reduced = tf.cast(prices, tf.float32) * 0.5"
    ),
    "mixed_sum.py": Expectation(
        "dtype-mismatch",
        line=7,
        words=("i32[3]", "f32[3]"),
        repaired="total = tf.cast(counts, tf.float32) + rates",
        titles=2,
    ),
    "pixels.py": Expectation(runs=True, facts={"scaled": "f32[32, 32, 3]"}),
    "pixels_as_floats.py": Expectation(
        "dtype-mismatch",
        line=6,
        words=("u8", "255.0"),
        repaired="scaled = tf.cast(image, tf.float32) / 255.0",
        titles=2,
    ),
}


def analysed(name: str, folder: Path) -> tuple[str, Report]:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    return text, analyse_files({"main.py": text}, folder, "main.py")


def test_every_example_is_expected() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_said(name: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    text, report = analysed(name, tmp_path)
    lines = text.split("\n")
    assert report.status == "complete"
    if expected.code is None:
        assert report.diagnostics == ()
    else:
        (diagnostic,) = report.diagnostics
        assert (diagnostic.code, diagnostic.severity) == (expected.code, expected.severity)
        assert diagnostic.span.start.line + 1 == expected.line
        for word in expected.words:
            assert word in diagnostic.message
        assert len(diagnostic.fixes) == expected.titles
    for variable, said in expected.facts.items():
        texts = {
            fact.text
            for fact in report.facts
            if lines[fact.span.start.line][fact.span.start.column : fact.span.end.column] == variable
        }
        assert texts == {said}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_tensorflow_does(name: str, reality: Reality, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    outcome = reality.run({"main.py": (EXAMPLES / name).read_text(encoding="utf-8")}, tmp_path)
    if expected.runs:
        assert outcome.raised is None, outcome.describe()
    else:
        assert outcome.raised is not None
        assert outcome.raised["places"][-1] == ["main.py", expected.line]


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if expected.repaired])
def test_the_preferred_fix_makes_it_run(name: str, reality: Reality, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    text, report = analysed(name, tmp_path)
    fix = preferred_fix(report.diagnostics[0].fixes)
    assert fix is not None
    repaired = apply_edits(text, fix.edits)
    assert expected.repaired in repaired.split("\n")
    outcome = reality.run({"main.py": repaired}, tmp_path)
    assert outcome.raised is None, outcome.describe()
