"""Whatever a text looks like in the middle of an edit, the analysis ends, in bounded steps, and raises nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.analysis.analyzer import AnalysisSettings, Cancelled, Request, analyse
from server.analysis.report import Report
from tests.support.chapters import MAIN, read_chapter
from tests.support.claims import strip_claims

ROOT = Path(__file__).parents[2]
STEPS = 20_000


def corpus() -> list[str]:
    """Return the programs of the examples and of the chapters."""
    mdtest = ROOT / "tests" / "mdtest"
    chapters = [scenario for path in sorted(mdtest.rglob("*.md")) for scenario in read_chapter(path, mdtest)]
    programs = [strip_claims(scenario.texts()[MAIN]) for scenario in chapters]
    return [*programs, *(path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.py")))]


PROGRAMS = corpus()
LETTERS = st.one_of(
    st.sampled_from(list("()[]{}:,.=\n\t \\'\"#@*\r\f\v\x00\x1c\u2028\ufeffé𝒳\ud800")),
    st.characters(),
    st.text(max_size=6),
)


def analysed(text: str) -> Report:
    settings = AnalysisSettings(max_steps=STEPS)
    report = analyse(Request("/workspace/main.py", text, settings=settings, fixes=False))
    assert report.status in ("complete", "cut", "failed")
    assert (report.problem is not None) == (report.status == "failed")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fact in report.facts:
        assert fact.span.start <= fact.span.end
        for position in (fact.span.start, fact.span.end):
            assert 0 <= position.column <= len(lines[position.line])
    return report


@st.composite
def edited(draw: st.DrawFn) -> str:
    """Draw a program in the middle of an edit: cut off, a piece deleted, doubled, moved or replaced."""
    text = draw(st.sampled_from(PROGRAMS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        change = draw(st.sampled_from(["cut", "delete", "double", "insert", "indent", "move"]))
        piece = text[start:end]
        if change == "cut":
            text = text[:start]
        elif change == "delete":
            text = text[:start] + text[end:]
        elif change == "double":
            text = text[:start] + piece + piece + text[end:]
        elif change == "insert":
            text = text[:start] + draw(LETTERS) + text[start:]
        elif change == "indent":
            place = text.rfind("\n", 0, start) + 1
            text = text[:place] + draw(st.sampled_from([" ", "    ", "\t"])) + text[place:]
        else:
            rest = text[:start] + text[end:]
            where = draw(st.integers(0, len(rest)))
            text = rest[:where] + piece + rest[where:]
    return text


@given(text=edited())
def test_programs_in_the_middle_of_an_edit(text: str) -> None:
    analysed(text)


@given(text=st.text(max_size=200))
def test_any_text(text: str) -> None:
    analysed(text)


TOKENS = [
    *"()[]{}:,.=+-*/%@|&^~<>", "\n", "\n    ", "\n        ", " if ", " else ", " for ", " in ", "while True:", "def f(x):",
    "return ", "lambda x: ", "yield ", "await ", "class A:", "import tensorflow as tf\n", "import numpy as np\n", "tf.",
    "np.", "zeros", "x", "y", "f", "(x)", "[0]", "1", "2.5", "'a'", "f'{x}'", "None", "True", "*", "**", ":=", "try:",
    "except:", "finally:", "with x as y:", "global x", "nonlocal x", "del x", "match x:", "case [a, *b]:", "async ",
    "not ", "and ", "or ", "is ", "pass", "break", "continue", "raise ", "assert ", "@f\n", "print(x)", "...", "->", "#c",
]  # fmt: skip


@given(parts=st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_tokens(parts: list[str]) -> None:
    analysed("".join(parts))


@pytest.mark.parametrize("depth", [50, 150, 5000])
@pytest.mark.parametrize(
    ("opening", "middle", "closing"),
    [
        ("(", "x", ")"),
        ("[", "", "]"),
        ("-", "1", ""),
        ("not ", "x", ""),
        ("f(", "", ")"),
        ("{0: ", "1", "}"),
        ("lambda: ", "0", ""),
        ("1 + ", "1", ""),
        ("x.", "y", ""),
        ("x[", "0", "]"),
        ("f'{", "x", "}'"),
        ("if 1:\n ", "x = 1", ""),
    ],
)
def test_deep_nesting(opening: str, middle: str, closing: str, depth: int) -> None:
    text = opening * depth + middle + closing * depth
    report = analysed(f"x = 1\ny = {text}\nz = 3\n" if "\n" not in opening else text)
    assert report.status in ("complete", "cut", "failed")


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    x = 1\n",
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "def f(): return g()\ndef g(): return f() + f()\nf()\n",
        "x = [[0] * 1000 for _ in range(1000)]\nfor a in x:\n    for b in a:\n        for c in x:\n            b = c\n",
        "".join(f"for i{n} in range(9):\n{' ' * (n + 1)}" for n in range(12)) + "x = 1\n",
        "x = 1\n" * 30_000,
        "s = 'a'\nfor i in range(64):\n    s = s + s\nn = len(s)\n",
        "n = 2\nfor i in range(64):\n    n = n * n\n",
        "t = (1,)\nfor i in range(64):\n    t = (t, t)\n",
        "l = [1]\nfor i in range(64):\n    l = l + l\n",
        "f = lambda x: x(x)\nf(f)\n",
        "x = {}\nx[0] = x\ny = [x]\ny.append(y)\nprint(y, x)\n",
    ],
)
def test_programs_without_an_end(text: str) -> None:
    assert analysed(text).status in ("complete", "cut")


def test_a_cancelled_analysis_stops_at_its_next_step() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    text = "x = 0\nwhile x < 10 ** 9:\n    x += 1\n" * 50
    with pytest.raises(Cancelled):
        analyse(Request("/workspace/main.py", text), cancelled=cancelled)
    assert asked == 4


def test_the_corpus_is_there() -> None:
    assert len(PROGRAMS) > 50
    assert random.Random(0).choice(PROGRAMS).strip()
