"""Edits change what they say and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.fixes.candidate import Candidate
from server.analysis.prove import holds
from server.analysis.report import Diagnostic, Edit, Position, Report, Span
from server.analysis.request import Request
from server.analysis.run import Result
from server.analysis.source.edits import OverlapError, apply_edits, line_starts


def edit(line: int, column: int, end_line: int, end_column: int, new_text: str) -> Edit:
    return Edit("/projects/a.py", Span(Position(line, column), Position(end_line, end_column)), new_text)


def insert(line: int, column: int, new_text: str) -> Edit:
    return edit(line, column, line, column, new_text)


@pytest.mark.parametrize(
    ("text", "starts"),
    [("", [0]), ("a", [0]), ("a\n", [0, 2]), ("a\r\nb\rc\n", [0, 3, 5, 7]), ("a\fb\u2028c\x85d\n", [0, 8])],
)
def test_lines_start_where_editors_say(text: str, starts: list[int]) -> None:
    assert line_starts(text) == starts


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("x = f(a)  # é\ny = 1", "x = f(b)  # é\ny = 1"),
        ("x = f(a)\r\n\r\ny = 1\r\n", "x = f(b)\r\n\r\ny = 1\r\n"),
        ("x = f(a)\ry\r", "x = f(b)\ry\r"),
        ("x = f(a)\t \f\n\n\n", "x = f(b)\t \f\n\n\n"),
        ("x = f(a)", "x = f(b)"),
    ],
)
def test_line_ends_blanks_and_comments_stay_as_they_are(text: str, changed: str) -> None:
    assert apply_edits(text, [edit(0, 6, 0, 7, "b")]) == changed


def test_columns_count_characters() -> None:
    assert apply_edits("é😀ab\n", [edit(0, 2, 0, 3, "x")]) == "é😀xb\n"


def test_a_byte_order_mark_is_a_character() -> None:
    assert apply_edits("\ufeffa = 1\n", [edit(0, 1, 0, 2, "b")]) == "\ufeffb = 1\n"


def test_form_feeds_and_other_separators_end_no_line() -> None:
    assert apply_edits("a\f\u2028b\nc\n", [edit(1, 0, 1, 1, "d")]) == "a\f\u2028b\nd\n"


def test_places_are_counted_in_the_old_text() -> None:
    edits = [edit(0, 0, 0, 1, "long\nlines\n"), edit(1, 0, 1, 1, "B"), edit(0, 2, 0, 3, "")]
    assert apply_edits("a b\nb\n", edits) == apply_edits("a b\nb\n", edits[::-1]) == "long\nlines\n \nB\n"


def test_an_edit_may_take_lines_away() -> None:
    assert apply_edits("a\r\nb\r\nc\r\n", [edit(0, 1, 2, 0, "")]) == "ac\r\n"


def test_insertions_at_one_place_are_made_in_their_order() -> None:
    assert apply_edits("ab", [insert(0, 1, "1"), insert(0, 1, "2"), insert(0, 1, "3")]) == "a123b"


@pytest.mark.parametrize("turned", [False, True])
def test_an_insertion_stands_before_what_replaces_the_text_there(turned: bool) -> None:
    edits = [insert(0, 1, "+"), edit(0, 1, 0, 3, "X"), insert(0, 3, "-")]
    assert apply_edits("abcd", edits[::-1] if turned else edits) == "a+X-d"


def test_edits_may_touch() -> None:
    assert apply_edits("abcd", [edit(0, 2, 0, 4, "Y"), edit(0, 0, 0, 2, "X")]) == "XY"


def test_places_behind_the_text_are_its_end() -> None:
    assert apply_edits("a\n", [insert(9, 0, "b")]) == "a\nb"
    assert apply_edits("a", [edit(0, 0, 7, 7, "b")]) == "b"


def test_no_edits_change_nothing() -> None:
    assert apply_edits("a\r\n\fb", []) == "a\r\n\fb"


OVERLAPPING = [
    (edit(0, 0, 0, 2, "X"), edit(0, 1, 0, 3, "Y")),
    (edit(0, 0, 0, 4, "X"), edit(0, 1, 0, 2, "Y")),
    (edit(0, 0, 0, 4, "X"), insert(0, 2, "Y")),
    (edit(0, 1, 0, 2, "X"), edit(0, 1, 0, 2, "Y")),
]


@pytest.mark.parametrize("edits", OVERLAPPING)
def test_overlapping_edits_are_refused_in_any_order(edits: tuple[Edit, Edit]) -> None:
    for ordered in (edits, edits[::-1]):
        with pytest.raises(OverlapError):
            apply_edits("abcd", ordered)


def test_a_fix_of_overlapping_edits_is_not_offered() -> None:
    request = Request("/projects/a.py", "abcd\n")
    diagnostic = Diagnostic("/projects/a.py", Span(Position(0, 0), Position(0, 4)), "matmul-mismatch", "error", "")
    result = Result(Report("/projects/a.py", diagnostics=(diagnostic,)), (), None)
    apart = (edit(0, 0, 0, 1, "e"), edit(0, 1, 0, 2, "f"))
    assert holds(request, result, diagnostic, Candidate("Apart", apart), lambda: None)
    assert not holds(request, result, diagnostic, Candidate("Overlapping", OVERLAPPING[0]), lambda: None)


@given(
    pieces=st.lists(
        st.tuples(st.text("ab\n\r\fé😀", max_size=6), st.one_of(st.none(), st.text("XY\n", max_size=3))), max_size=8
    ),
    data=st.data(),
)
@settings(deadline=None, derandomize=True, max_examples=100)
def test_the_pieces_that_edits_replace_are_replaced_and_all_others_stay(
    pieces: list[tuple[str, str | None]], data: st.DataObject
) -> None:
    text = "".join(old for old, _ in pieces)
    starts = line_starts(text)

    def place(offset: int) -> Position:
        line = sum(start <= offset for start in starts) - 1
        return Position(line, offset - starts[line])

    edits, offset = [], 0
    for old, new in pieces:
        if new is not None and old:
            edits.append(Edit("/projects/a.py", Span(place(offset), place(offset + len(old))), new))
        offset += len(old)
    expected = "".join(old if new is None or not old else new for old, new in pieces)
    assert apply_edits(text, data.draw(st.permutations(edits))) == expected
