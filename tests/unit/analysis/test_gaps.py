"""Where tracking stopped: which expressions begin a chain of unknowns, and how many come from each."""

from __future__ import annotations

from pathlib import Path

from server.analysis.report import Report
from server.commands import gaps
from server.commands.files import Outcome
from server.commands.terminal import Style
from server.documents import Text
from tests.support.analysis import analyse_files


def _gaps(tmp_path: Path, text: str) -> list[tuple[str, int | None]]:
    report = analyse_files({"main.py": text}, tmp_path, "main.py", gaps=True)
    source = Text(text)
    return [(source.slice(fact.span), fact.gap) for fact in report.facts if fact.gap is not None]


def test_a_chain_of_names_begins_once(tmp_path: Path) -> None:
    assert _gaps(tmp_path, "import foo\na = foo.x\nb = a\nc = b + 1\n") == [("foo", 7)]


def test_equal_reasons_of_library_calls_are_gaps_of_their_own(tmp_path: Path) -> None:
    text = "import tensorflow as tf\na = tf.io.matching_files('a')\nb = tf.io.matching_files('b')\nc = a\n"
    assert _gaps(tmp_path, text) == [("tf.io.matching_files('a')", 3), ("tf.io.matching_files('b')", 1)]


def test_a_call_of_the_program_hands_on(tmp_path: Path) -> None:
    text = "import foo\ndef f(x):\n    return x\na = f(foo.x)\nb = f(1)\n"
    assert [source for source, _ in _gaps(tmp_path, text)] == ["foo"]


def test_each_parameter_is_a_gap(tmp_path: Path) -> None:
    text = "def f(a, b):\n    c = a\n    return b\n"
    assert _gaps(tmp_path, text) == [("a", 2), ("b", 1)]


def test_what_is_known_has_no_gaps(tmp_path: Path) -> None:
    assert _gaps(tmp_path, "a = 1\nb = a + 1\n") == []


def test_a_loop_does_not_make_more(tmp_path: Path) -> None:
    text = "import foo\nx = 0\nfor i in range(3):\n    x = x + foo.one\nprint(x)\n"
    assert [source for source, _ in _gaps(tmp_path, text)] == ["foo"]


def test_it_is_said_only_where_it_is_asked(tmp_path: Path) -> None:
    text = "import foo\na = foo.x\n"
    silent = analyse_files({"main.py": text}, tmp_path, "main.py")
    assert all(fact.gap is None for fact in silent.facts)
    assert not silent.diagnostics
    asked = analyse_files({"main.py": text}, tmp_path, "main.py", gaps=True)
    (hint,) = asked.diagnostics
    assert (hint.severity, hint.code) == ("hint", "inference-gap")
    assert (
        hint.message == "tracking stops here: the module 'foo' is not followed (2 more expressions are unknown by it)"
    )


def test_fixes_are_proved_beside_hints(tmp_path: Path) -> None:
    text = "import tensorflow as tf\nimport foo\nx = tf.ones([2, 3])\ny = tf.matmul(x, x)\nz = foo.x\n"
    report = analyse_files({"main.py": text}, tmp_path, "main.py", gaps=True)
    error = next(diagnostic for diagnostic in report.diagnostics if diagnostic.severity == "error")
    assert error.fixes


def _outcome(tmp_path: Path, text: str) -> Outcome:
    report: Report = analyse_files({"main.py": text}, tmp_path, "main.py", gaps=True)
    return Outcome("main.py", Text(text), report)


def test_the_text_begins_with_what_costs_most(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, "import foo\nimport bar\na = foo.x\nb = bar.x\nc = b\n")
    assert gaps.render(outcome, Style(False)) == [
        "main.py:4:5: bar: the module 'bar' is not followed (4 more unknown)",
        "main.py:3:5: foo: the module 'foo' is not followed (2 more unknown)",
        "main.py: 2 gaps",
    ]
    assert gaps.render(_outcome(tmp_path, "a = 1\n"), Style(False)) == ["main.py: no gaps"]


def test_the_json(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, "import foo\na = foo.x\n")
    assert gaps.to_json(outcome) == {
        "path": "main.py",
        "status": "complete",
        "gaps": [
            {
                "range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 7}},
                "source": "foo",
                "reason": "the module 'foo' is not followed",
                "unknown": 2,
            }
        ],
    }
