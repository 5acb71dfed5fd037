"""The analysis ends: whatever a program does without end, and wherever it is cancelled."""

from __future__ import annotations

import sys

import pytest

from server.analysis.analyzer import AnalysisSettings, Cancelled, Request, analyse
from server.analysis.report import Fact, Report

#: Far above what any of these programs takes when it is followed well.
STEPS = 10_000


def report_on(text: str, steps: int = STEPS) -> Report:
    settings = AnalysisSettings(max_steps=steps)
    return analyse(Request("/projects/main.py", text, settings=settings, fixes=False))


def fact(report: Report, name: str, text: str) -> Fact:
    """Return the fact of a name's last binding at the start of a line."""
    lines = text.split("\n")
    line = max(index for index, line in enumerate(lines) if line.startswith(f"{name} = "))
    return next(item for item in report.facts if item.span.start.line == line and item.span.start.column == 0)


def last(text: str) -> str:
    """Analyse a program to its end and return what `last` is."""
    report = report_on(text)
    assert report.status == "complete"
    return fact(report, "last", text).text


# Recursion -----------------------------------------------------------------------------------------------------------

ENDLESS = [
    "def f(n):\n    return f(n + 1)\nr = f(0)",
    "def f(): return g()\ndef g(): return f() + f()\nr = f()",
    "f = lambda x: x(x)\nr = f(f)",
    "def f():\n    yield 1\n    yield from f()\nr = list(f())",
    "def f(*args):\n    return f(*args, *args)\nr = f(1)",
    "def d(f):\n    return d(f)\n@d\ndef g(): pass\nr = g",
    "class A:\n    @property\n    def p(self): return self.p\nr = A().p",
    "class A:\n    def __init__(self): self.a = A()\nr = A().a.a.a",
    "class A:\n    def __add__(self, other): return self + other\nr = A() + A()",
    "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nr = A().y",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_what_follows_an_endless_recursion_is_analysed(text: str) -> None:
    assert last(f"{text}\nlast = 2\n") == "int 2"


@pytest.mark.parametrize("text", ENDLESS[:3])
def test_an_endless_recursion_is_unknown_and_says_why(text: str) -> None:
    found = fact(report_on(f"{text}\n"), "r", f"{text}\n")
    assert (found.kind, found.reason) == ("unknown", "the calls nest too deep to be followed")


def test_a_recursion_that_ends_soon_is_followed() -> None:
    text = "def f(n):\n    return 1 if n == 0 else n * f(n - 1)\n"
    assert last(f"{text}last = f(4)\n") == "int 24"
    assert last(f"{text}last = f(1000)\n") == "unknown"


def test_what_a_deep_recursion_may_change_is_not_known() -> None:
    text = "found = []\ndef f(n):\n    if n:\n        f(n - 1)\n    found.append(n)\nf(100)\nlast = len(found)\n"
    assert last(text) not in ("int 1", "int 7", "int 8", "int 9")


# Structures that nest themselves ---------------------------------------------------------------------------------------

NESTED = [
    "x = (1, 2)\nfor i in range(40):\n    x = (x, x)\nr = f(x)",
    "x = [1]\nfor i in range(40):\n    x = [x, x]\nr = f(x)",
    "x = {'a': 1}\nfor i in range(40):\n    x = {'a': x, 'b': x}\nr = f(x)",
    "x = (1, 2)\nfor i in range(40):\n    x = (x, x)\nif f(0): y = (x, 1)\nelse: y = (x, 2)\nr = x == y",
    "class A: pass\na = A()\na.v = 1\nfor i in range(40):\n    a.v = [a.v, a.v]\nr = f(a.v)",
    "x = [1]\nfor i in range(40):\n    x = [x]\n    x.append(x[0])\nr = f(x)",
    "def g(v, n): return v if n == 0 else g((v, v), n - 1)\nr = f(g(1, 40))",
]


@pytest.mark.parametrize("text", NESTED)
def test_a_structure_of_endless_extent_is_not_walked(text: str) -> None:
    assert last(f"def f(v): return v\n{text}\nlast = 2\n") == "int 2"


# Loops ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 0\nwhile x < 10 ** 9:\n    x += 1\nlast = x", "int"),
        ("x = 0\nwhile True:\n    x += 1\n    if x > 5: break\nlast = x", "int 6"),
        ("x = 0\nwhile True:\n    x += 1\n    if coin(): break\nlast = x", "int"),
        ("x = 0\nfor i in range(10 ** 9):\n    x += i\nlast = x", "int"),
        ("for i in range(10 ** 9):\n    for j in range(10 ** 9):\n        pass\nlast = i + j", "int"),
        ("x = 1\nfor i in range(10 ** 9):\n    x = [x]\nlast = 2", "int 2"),
        ("x = []\nfor i in range(10 ** 9):\n    x.append(i)\nlast = len(x) + 1", "int"),
        ("x = ''\nwhile len(x) < 10 ** 9:\n    x += 'a'\nlast = x", "str"),
        ("import itertools\nfor x in itertools.count():\n    if coin(): break\nlast = 2", "int 2"),
        ("import itertools\nx = list(itertools.count())\nlast = 2", "int 2"),
        ("def f():\n    while True:\n        yield 1\nfor x in f():\n    if coin(): break\nlast = 2", "int 2"),
        ("x = [0]\nfor i in x:\n    x.append(i)\nlast = 2", "int 2"),
        ("x = [i + j for i in range(10 ** 5) for j in range(10 ** 5)]\nlast = 2", "int 2"),
        ("x = list(map(lambda a: a, range(10 ** 9)))\nlast = 2", "int 2"),
    ],
)
def test_loops_come_to_an_end(text: str, said: str) -> None:
    assert last(f"{text}\n") == said


def test_nothing_is_said_of_what_stands_behind_an_endless_loop() -> None:
    report = report_on("x = 0\nwhile True:\n    x = x + 1\ny = x\n")
    assert report.status == "complete"
    assert {item.span.start.line for item in report.facts} == {0, 2}


def test_the_body_of_a_loop_holds_for_every_turn() -> None:
    text = "x = 0\nwhile True:\n    x = x + 1\n"
    assert {item.text for item in report_on(text).facts if item.span.start.line == 2} == {"int"}


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10 ** 10",
        "[0] * 10 ** 9",
        "10 ** 10 ** 10",
        "1 << 10 ** 10",
        "pow(7, 10 ** 9)",
        "sum(range(10 ** 9))",
        "list(range(10 ** 9))",
        "bytes(10 ** 10)",
        "'%1000000000d' % 1",
        "f'{1:1000000000}'",
        "'a'.ljust(10 ** 10)",
        "__import__('math').factorial(10 ** 7)",
    ],
)
def test_constants_that_would_be_huge_are_not_made(expression: str) -> None:
    text = f"x = {expression}\nlast = 2\n"
    report = report_on(text)
    assert (report.status, fact(report, "last", text).text) == ("complete", "int 2")
    assert fact(report, "x", text).constant is None


def test_content_that_doubles_with_each_turn_stays_small() -> None:
    doubling = "for i in range(64):\n    x = x + x\n"
    assert last(f"x = 'a'\n{doubling}last = x\n") == "str"
    assert last(f"x = [1]\n{doubling}last = 2\n") == "int 2"
    assert last(f"x = (1,)\n{doubling}last = 2\n") == "int 2"


# Nesting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("-" * 200 + "1", "int 1"),
        ("+".join(["1"] * 500), "int 500"),
        ("f(" * 90 + ")" * 90, "unknown"),
        ("[" * 90 + "]" * 90, "list"),
        ("a" + ".b" * 500, "unknown"),
        ("1 if 0 else " * 100 + "2", "int 2"),
        ("lambda: " * 100 + "2", "function"),
    ],
)
def test_deep_expressions_are_followed(expression: str, said: str) -> None:
    text = f"last = {expression}\nx = 2\n"
    report = report_on(text)
    assert report.status == "complete"
    assert fact(report, "last", text).text == said
    assert fact(report, "x", text).text == "int 2"


@pytest.mark.parametrize("expression", ["1" + "+1" * 2500, "a" + ".b" * 2500, "not " * 2500 + "1"])
def test_a_report_on_an_expression_that_is_too_deep_says_that_it_is_not_complete(expression: str) -> None:
    limit = sys.getrecursionlimit()
    report = report_on(f"x = 1\nlast = {expression}\n")
    assert report.status in ("cut", "failed")
    assert (report.problem is not None) == (report.status == "failed")
    assert sys.getrecursionlimit() == limit


# Steps ---------------------------------------------------------------------------------------------------------------


def test_a_report_says_that_it_was_cut_and_keeps_what_stands_before() -> None:
    text = "import tensorflow as tf\nx = tf.zeros([2, 3]) @ tf.zeros([2, 3])\n" + "y = 1\n" * 1000
    report = report_on(text, steps=500)
    assert report.status == "cut"
    assert report.problem is None
    assert [item.code for item in report.diagnostics] == ["matmul-mismatch"]
    lines = {item.span.start.line for item in report.facts}
    assert {1, 2} < lines
    assert max(lines) < 500


def test_the_same_program_is_complete_with_steps_enough() -> None:
    text = "y = 1\n" * 1000
    assert report_on(text, steps=500).status == "cut"
    assert report_on(text, steps=5_000).status == "complete"


def test_no_step_is_too_few_for_a_report() -> None:
    report = report_on("x = 1\n", steps=0)
    assert (report.status, report.facts, report.diagnostics) == ("cut", (), ())


@pytest.mark.parametrize("name", ["Exception", "BaseException", ""])
def test_a_program_that_catches_everything_does_not_catch_the_end_of_the_steps(name: str) -> None:
    text = f"try:\n    while coin():\n        x = 1\nexcept {name}:\n    pass\n" * 200
    assert report_on(text, steps=500).status == "cut"


def test_calls_of_functions_count_their_steps() -> None:
    body = "".join(f"    x{index} = {index}\n" for index in range(100))
    text = f"def f():\n{body}" + "f()\n" * 50
    assert report_on(text, steps=5_000).status == "cut"


# Cancellation --------------------------------------------------------------------------------------------------------


class Patience:
    """Is asked whether the analysis is cancelled, and says so from the given question on."""

    def __init__(self, questions: int) -> None:
        self.left = questions
        self.after = 0

    def __call__(self) -> bool:
        self.left -= 1
        self.after += self.left < 0
        return self.left < 0


@pytest.mark.parametrize("questions", [0, 1, 7])
@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 1000,
        "def f(n):\n    x = n\n    return f(n + 1)\n" + "f(0)\n" * 100,
        "x = 0\nwhile x < 10 ** 9:\n    x += 1\n" * 10,
        "try:\n    " + "x = 1; " * 1000 + "\nexcept BaseException:\n    pass\n",
        "import tensorflow as tf\n" + "x = tf.zeros([2, 3]) + 1\n" * 200,
        "import tensorflow as tf\n@tf.function\ndef f(x):\n    return x + 1\n" + "f(tf.zeros([2]))\n" * 200,
        "import tensorflow as tf\nd = tf.data.Dataset.range(3)\n" + "d = d.map(lambda x: x + 1)\n" * 100,
        "def f():\n    " + "x = 1; " * 1000 + "\n",
    ],
)
def test_a_cancelled_analysis_ends_at_the_question_that_says_so(text: str, questions: int) -> None:
    cancelled = Patience(questions)
    with pytest.raises(Cancelled):
        analyse(Request("/projects/main.py", text), cancelled=cancelled)
    assert cancelled.after == 1


def test_questions_are_asked_all_the_time() -> None:
    few, many = Patience(10**9), Patience(10**9)
    analyse(Request("/projects/main.py", "x = 1\n" * 100), cancelled=few)
    analyse(Request("/projects/main.py", "x = 1\n" * 1000), cancelled=many)
    assert 10**9 - many.left > 5 * (10**9 - few.left) > 0


def test_an_analysis_can_be_cancelled_while_fixes_are_proved() -> None:
    text = "import tensorflow as tf\nx = tf.zeros([2, 3])\ny = tf.matmul(x, x)\n"
    early: list[Report] = []
    with pytest.raises(Cancelled):
        analyse(Request("/projects/main.py", text), early.append, lambda: bool(early))
    assert [report.fixes_ready for report in early] == [False]


def test_after_a_cancelled_analysis_the_next_one_is_as_if_nothing_had_been() -> None:
    text = "import tensorflow as tf\nx = tf.keras.layers.Dense(2)(tf.zeros([2, 3]))\n" + "y = 1\n" * 100
    limit = sys.getrecursionlimit()
    before = analyse(Request("/projects/main.py", text))
    for questions in range(5):
        with pytest.raises(Cancelled):
            analyse(Request("/projects/main.py", text), cancelled=Patience(questions))
    assert analyse(Request("/projects/main.py", text)) == before
    assert sys.getrecursionlimit() == limit


# What a cut analysis says -------------------------------------------------------------------------------------------

AGAIN = """
import numpy as np

def first(x):
    y = x + 1
    return y

def second(x):
    y = x * 2
    return y

a = second(np.zeros(2))
b = first(np.zeros(2))
for i in range(3):
    endless = [[[k + j for k in range(60)] for j in range(60)] for _ in range(60)]
c = first(np.zeros((2, 3)))
"""


def test_of_what_may_be_called_again_a_cut_analysis_says_nothing() -> None:
    report = report_on(AGAIN, steps=3_000)
    assert report.status == "cut"
    lines = AGAIN.split("\n")
    said = {lines[item.span.start.line].strip(): item.kind for item in report.facts if item.span.start.column == 4}
    assert said["y = x + 1"] == "unknown"
    assert said["y = x * 2"] == "ndarray"
    assert fact(report, "b", AGAIN).kind == "ndarray"


def test_loops_in_loops_are_followed_to_their_end() -> None:
    text = """
import numpy as np

image = np.zeros((60, 60))
for i in range(60):
    for j in range(60):
        image[i, j] = np.sum(image[i : i + 3, j : j + 3])
last = image.shape[0]
"""
    report = report_on(text, steps=100_000)
    assert report.status == "complete"
    assert fact(report, "last", text).text == "int 60"
