"""From text to tree: every text an editor may send, whole or in the middle of an edit."""

from __future__ import annotations

import ast
import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.report import Position, Span
from server.analysis.request import Request
from server.analysis.run import run
from server.analysis.source.parse import MAX_REPAIRS, UnparsableError, parse, split_lines
from server.analysis.source.unit import Unit
from server.convert import Units
from server.documents import Text


def unit(text: str) -> Unit:
    return Unit("/projects/a.py", text)


def bound(text: str) -> dict[str, tuple[int, int]]:
    """Return line and column of each name that is bound; a Unit must give the name back as its text."""
    source, out = unit(text), {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            start = source.span(node).start
            assert source.source(node) == node.id
            out[node.id] = (start.line, start.column)
    return out


# Whole texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("x = 1\ny = 2\n", {"x": (0, 0), "y": (1, 0)}),
        ("x = 1\r\ny = 2\r\n", {"x": (0, 0), "y": (1, 0)}),
        ("x = 1\ry = 2\r", {"x": (0, 0), "y": (1, 0)}),
        ("x = '''\r\n'''\r\ny = 2", {"x": (0, 0), "y": (2, 0)}),
        ("\ufeffx = 1; y = 2\nz = 3\n", {"x": (0, 1), "y": (0, 8), "z": (1, 0)}),
        ("\fx = 1\n\f\ny = 2\n", {"x": (0, 1), "y": (2, 0)}),
        ("x = 'a\fb\vc\x1cd\x85e\u2028f'; y = 2\nz = 3\n", {"x": (0, 0), "y": (0, 19), "z": (1, 0)}),
        ("if 1:\n\tx = 1; y = 2\n", {"x": (1, 1), "y": (1, 8)}),
        ("größe = 1; y = größe\n", {"größe": (0, 0), "y": (0, 11)}),
        ("x = '😀é'; y = 2\n", {"x": (0, 0), "y": (0, 10)}),
        ("# -*- coding: latin-1 -*-\nx = 'é'; y = 2\n", {"x": (1, 0), "y": (1, 9)}),
        ("x = 1 + \\\n  2; y = 2\n", {"x": (0, 0), "y": (1, 5)}),
        ("", {}),
        ("\ufeff", {}),
        ("\f\r\n#", {}),
    ],
)
def test_positions_are_those_of_the_text(text: str, places: dict[str, tuple[int, int]]) -> None:
    assert bound(text) == places
    assert parse(text).broken == ()


def test_a_character_beyond_the_basic_plane_is_one_column_here_and_two_for_editors() -> None:
    text = "x = '😀'; y = 2\n"
    source = unit(text)
    target = source.tree.body[1].targets[0]  # type: ignore[attr-defined]
    assert source.span(target) == Span(Position(0, 9), Position(0, 10))
    sent = Units("utf-16").to_range(Text(text), source.span(target))
    assert (sent.start.character, sent.end.character) == (10, 11)


def test_an_expression_over_several_lines_is_given_as_written() -> None:
    source = unit("é = f('ü',\r\n      [1,\r\n  'ö'])  # end\r\n")
    call = source.tree.body[0].value  # type: ignore[attr-defined]
    assert source.span(call) == Span(Position(0, 4), Position(2, 7))
    assert source.source(call) == "f('ü',\n      [1,\n  'ö'])"


def test_a_very_long_line_has_positions() -> None:
    assert bound("x = '" + "é" * 100_000 + "'; y = 2\n")["y"] == (0, 100_008)


def test_lines_end_at_line_feeds_and_carriage_returns_alone() -> None:
    assert split_lines("a\nb\r\nc\rd\fe\vf\x1cg\x85h\u2028i") == ["a", "b", "c", "d\fe\vf\x1cg\x85h\u2028i"]


def test_a_strange_escape_is_no_business_of_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse("x = '\\d'\n").broken == ()


LITERALS = st.text("aé😀 \\'\f\t\u2028", max_size=6).map(repr)


@given(
    lines=st.lists(st.tuples(st.sampled_from("aéß𝒳"), LITERALS), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_every_literal_is_found_where_it_stands(lines: list[tuple[str, str]], end: str, mark: str) -> None:
    source = unit(mark + end.join(f"if 1: {name} = ({literal}, {literal})" for name, literal in lines))
    assert source.parsed.broken == ()
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.Tuple)]
    assert len(found) == len(lines)
    for node, (_, literal) in zip(found, lines, strict=True):
        assert source.source(node) == f"({literal}, {literal})"
        assert [source.source(part) for part in node.elts] == [literal, literal]


# Texts of which nothing can be said ----------------------------------------------------------------------------------

HOPELESS = {"NUL": "x = 1\0\n", "NUL in a comment": "x = 1  # \0\n", "surrogate": "x = '\ud800'\n"}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_parsed_at_all_says_why(name: str) -> None:
    with pytest.raises(UnparsableError, match=name.split()[0]):
        parse(HOPELESS[name])


@pytest.mark.parametrize("name", HOPELESS)
def test_a_report_on_it_has_failed_and_says_so(name: str) -> None:
    report = run(Request("/projects/a.py", HOPELESS[name], 3), lambda: None).report
    assert (report.status, report.version, report.facts, report.diagnostics) == ("failed", 3, (), ())
    assert report.problem


@pytest.mark.parametrize(
    "deep", ["-" * 20_000 + "1", "1+" * 20_000 + "1", "a" + ".a" * 20_000, "(" * 1000 + ")" * 1000]
)
def test_what_nests_deeper_than_the_parser_goes_costs_a_statement_or_gives_a_reason(deep: str) -> None:
    said = ""
    try:
        places = bound(f"x = {deep}\ny = 2\n")
    except UnparsableError as error:
        said = str(error)
    assert places["y"] == (1, 0) if not said else re.fullmatch(r"the file cannot be parsed: \w.*", said)


# Texts in the middle of an edit --------------------------------------------------------------------------------------

BROKEN = [
    *("x = ", "x.", "x.y(", "f(", "f(1,", "f(a=", "f(**", "f(a=1, 2)", "f({[(", ")", "]]", "x[", "x[1", "x + ", "not"),
    *("x = 'abc", "x = b'é'", "é'", 'x = f"{"', 'x = f"{y', "'\\N{x}'", "'\\xZ'", "x = 08", "1__0", "x: ", "x := 1"),
    *("import ", "import a.", "from", "from a import", "del", "global", "raise from", "assert", "lambda", "await"),
    *("def f(", "def f(a):", "def f(a, a): pass", "class", "class A:", "async def", "if", "if x", "if x:", "elif x:"),
    *("else:", "try:", "except:", "finally:", "for", "for i in", "for i in x:", "while", "with", "with a as", "match x:"),
    *("return [", "1 = 2", "a b c", "print 'a'", "x = 1 if", "x = yield = 1", "*a", "=", "?", "$", "«", "@", "\\"),
    *("\x01", "\xa0x = 1", "x\xa0= 1", "\u2028", "\u200b", "x = {1:", "x = (", "x = {1: 2,,}"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_statements_around_a_broken_one_keep_their_places(broken: str, end: str) -> None:
    first, last = "a = 'é'; b = 1", "c = 'é'; d = 1"
    places = bound(end.join([first, broken, last, ""]))
    places.pop("x", None)
    assert places == {"a": (0, 0), "b": (0, 9), "c": (2, 0), "d": (2, 9)}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_function_around_a_broken_statement_stays(broken: str) -> None:
    lines = ["def fun(p):", "    a = 1", f"    {broken}", "    c = 3", "d = 4", ""]
    tree = parse("\n".join(lines)).tree
    assert isinstance(tree.body[0], ast.FunctionDef)
    assert tree.body[0].name == "fun"
    places = bound("\n".join(lines))
    places.pop("x", None)
    assert places == {"a": (1, 4), "c": (3, 4), "d": (4, 0)}
    assert tree.body[-1].lineno == 5


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("x = [1, 2\ny = 3\nz = 4\n", {"y": (1, 0), "z": (2, 0)}),
        ("x = f(1,\n      2\ny = 'é' + x\n", {"y": (2, 0)}),
        ("x = f(\n  a=1,\n  2)\ny = 2\n", {"y": (3, 0)}),
        ("def f(a):\n\ny = 2\n", {"y": (2, 0)}),
        ("x = 1\n  y = 2\nz = 3\n", {"x": (0, 0), "z": (2, 0)}),
        ("if x\n    y = 1\nz = 3\n", {"z": (2, 0)}),
        ("try:\n    x = 1\nexcept\n    y = 1\nz = 2\n", {"z": (4, 0)}),
        ("def f():\n    return (\n\ndef g():\n    y = 1\n", {"y": (4, 4)}),
        ("class A:\n    def f(self):\n        self.\n\n    def g(self):\n        y = 1\n", {"y": (5, 8)}),
        ("with a as b, \n    y = 1\nz = 2\n", {"z": (2, 0)}),
        ("\ufeffx = (\ny = 1\n", {"y": (1, 0)}),
        ("y = 1\nx = '''\nz = 2\n", {"y": (0, 0)}),
    ],
)
def test_statements_in_the_middle_of_an_edit(text: str, places: dict[str, tuple[int, int]]) -> None:
    found = bound(text)
    assert {name: found.get(name) for name in places} == places


def test_the_lines_set_aside_are_named() -> None:
    assert parse("x = 1\ny = \nz = 3\nf(\n").broken == (1, 3)


def test_many_broken_statements_do_not_hide_the_rest() -> None:
    text = "x = = 1\n" * 500 + "y = 2\n"
    assert bound(text) == {"y": (500, 0)}
    assert parse(text).broken == tuple(range(500))
    assert bound("f(\n" * (MAX_REPAIRS - 1) + "y = 2\n") == {"y": (MAX_REPAIRS - 1, 0)}


def test_where_repair_gives_up_everything_is_broken_and_nothing_is_said() -> None:
    parsed = parse("f(\n" * (MAX_REPAIRS + 1) + "y = 2\n")
    assert parsed.tree.body == []
    assert parsed.broken == tuple(range(MAX_REPAIRS + 3))


def test_brackets_that_nest_too_deep_are_a_broken_statement() -> None:
    assert bound("x = " + "(" * 1000 + ")" * 1000 + "\ny = 2\n") == {"y": (1, 0)}


PROGRAM = "import a\ndef f(x, *y):\n    if x[0]:\n        return {'é': [y, (x)]}\n    return f'{x!r:>{y}}'\nz = f(1)\n"


@pytest.mark.parametrize("cut", range(len(PROGRAM)))
def test_a_program_cut_off_anywhere_is_parsed_and_keeps_its_length(cut: int) -> None:
    text = PROGRAM[:cut]
    parsed = parse(text)
    assert len(parsed.lines) == len(split_lines(text))
    assert set(parsed.broken) <= set(range(len(parsed.lines)))
    untouched = [line for index, line in enumerate(split_lines(text)) if index not in parsed.broken]
    assert untouched == [line for index, line in enumerate(parsed.lines) if index not in parsed.broken]
    assert (len(parsed.tree.body) > 0) == (cut > 0)
