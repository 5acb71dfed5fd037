from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from server.analysis.report import Position, Report, Span
from server.convert import Units, apply_changes
from server.documents import (
    Change,
    Document,
    Documents,
    SourceError,
    Text,
    decode_source,
    path_of_uri,
    uri_of_path,
)

# What str.splitlines takes for line ends, and editors do not, among what they do; and letters of 1 to 4 bytes.
LETTERS = "ab\n\r\f\v\x1c\x85\u2028\u2029é😀 ="


def document(content: str) -> Document:
    return Document("file:///d.py", "/d.py", Text(content, 1))


def span(a: int, b: int, c: int, d: int) -> Span:
    return Span(Position(a, b), Position(c, d))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", [""]),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b", ""]),
        ("a\rb\n\r\nc", ["a", "b", "", "c"]),
        ("a\fb\u2028c\x85d\x1ce\vf", ["a\fb\u2028c\x85d\x1ce\vf"]),
    ],
)
def test_lines_end_where_editors_end_them(content, lines):
    text = Text(content)
    assert [text.line(number) for number in range(text.line_count)] == lines


@given(st.text(LETTERS))
def test_offsets_and_positions_are_inverse(content):
    text = Text(content)
    for offset in range(len(content) + 1):
        back = text.offset(text.position(offset))
        # Between \r and \n there is no position: the line has ended before.
        inside_line_end = content[offset - 1 : offset + 1] == "\r\n"
        assert back == (offset - 1 if inside_line_end else offset)


@given(st.text(LETTERS), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.text(LETTERS, max_size=6))))
def test_incremental_edits_equal_a_naive_model(content, edits):
    units = Units("utf-16")
    subject, model = document(content), content
    for one, other, new in edits:
        start, end = sorted((min(one, len(model)), min(other, len(model))))
        # An editor never puts a position between \r and \n.
        start, end = (at - (model[at - 1 : at + 1] == "\r\n") for at in (start, end))
        change = types.TextDocumentContentChangePartial(
            range=types.Range(naive_position(model, start), naive_position(model, end)), text=new
        )
        apply_changes(subject, [change], units)
        model = model[:start] + new + model[end:]
        assert subject.text.content == model


def naive_position(content: str, offset: int) -> types.Position:
    lines = re.split(r"\r\n|\r|\n", content[:offset])
    return types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


@given(st.text(LETTERS, min_size=1), st.data())
def test_a_span_that_survives_edits_shows_the_same_text(content, data):
    subject = document(content)
    offsets = st.integers(0, len(content))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    reported = subject.text
    subject.accept(Report("/d.py"), reported)
    wanted = Span(reported.position(start), reported.position(end))
    for _ in range(data.draw(st.integers(1, 4))):
        size = len(subject.text.content)
        one, other = sorted((data.draw(st.integers(0, size)), data.draw(st.integers(0, size))))
        subject.replace(one, other, data.draw(st.text(LETTERS, max_size=4)))
    now = subject.current_span(wanted)
    if now is not None:
        assert subject.text.slice(now) == reported.slice(wanted)


def test_a_span_moves_with_the_lines_above():
    subject = document("x = 1\ny = f(x)\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(0, 0, "import os\n\n")
    assert subject.current_span(span(1, 4, 1, 8)) == span(3, 4, 3, 8)
    assert subject.reported_positions(Position(3, 5)) == [Position(1, 5)]


def test_a_span_that_was_touched_is_lost():
    subject = document("y = f(x)\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(6, 7, "z")
    assert subject.current_span(span(0, 4, 0, 8)) is None
    assert subject.current_span(span(0, 0, 0, 1)) == span(0, 0, 0, 1)


def test_a_name_that_got_longer_is_another_name():
    subject = document("y = f(x)\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(7, 7, "s")
    assert subject.current_span(span(0, 6, 0, 7)) is None
    subject = document("y = f(x)\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(7, 7, ", 1")
    assert subject.current_span(span(0, 6, 0, 7)) == span(0, 6, 0, 7)


def test_an_insertion_point_is_lost_when_something_was_inserted_there():
    subject = document("f(x)\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(2, 2, "a, ")
    assert subject.current_span(span(0, 2, 0, 2)) is None
    assert subject.current_span(span(0, 0, 0, 0)) == span(0, 0, 0, 0)


def test_a_cursor_in_new_text_has_no_place_in_the_report():
    subject = document("a\nb\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(2, 2, "new ")
    assert subject.reported_positions(Position(1, 2)) == []
    assert subject.reported_positions(Position(1, 4)) == [Position(1, 0)]


def test_a_cursor_where_text_was_deleted_has_two_places():
    subject = document("a\nb\nc\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(2, 4, "")
    assert subject.reported_positions(Position(1, 0)) == [Position(1, 0), Position(2, 0)]


def test_replacing_the_whole_text_touches_only_what_differs():
    subject = document("a = 1\nb = 2\nc = 3\n")
    subject.accept(Report("/d.py"), subject.text)
    subject.replace(0, 18, "a = 1\nb = 22\nc = 3\n")
    assert subject.current_span(span(0, 0, 0, 5)) == span(0, 0, 0, 5)
    assert subject.current_span(span(2, 0, 2, 5)) == span(2, 0, 2, 5)
    assert subject.current_span(span(1, 0, 1, 5)) is None


def test_a_report_on_an_older_text_is_carried_over_the_edits_since():
    subject = document("a\n")
    old = subject.text
    subject.replace(0, 0, "\n")
    subject.accept(Report("/d.py"), old)
    assert subject.current_span(span(0, 0, 0, 1)) == span(1, 0, 1, 1)


def test_an_older_report_does_not_replace_a_newer_one():
    subject = document("a\n")
    old = subject.text
    subject.replace(0, 0, "\n")
    newer = Report("/d.py", 2)
    subject.accept(newer, subject.text)
    subject.accept(Report("/d.py", 1), old)
    assert subject.report is newer


def test_a_change_moves_the_borders_apart():
    change = Change(1, 2, 2, 3)
    assert change.shift(2, stays_before=True) == 2
    assert change.shift(2, stays_before=False) == 5


@pytest.mark.skipif("os.name == 'nt'")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.py", "/a/b.py"),
        ("file:///a%20b/%C3%A9%23%3F%25.py", "/a b/é#?%.py"),
        ("file:///a;b.py", "/a;b.py"),
        ("file://localhost/a.py", "/a.py"),
        ("untitled:Untitled-1", "/untitled:/Untitled-1"),
        ("vscode-vfs://github/o/r.py", "/vscode-vfs:/github/o/r.py"),
    ],
)
def test_paths_of_uris(uri, path):
    assert path_of_uri(uri) == path


@pytest.mark.skipif("os.name == 'nt'")
@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1))
def test_paths_survive_being_uris(name):
    path = "/folder/" + name
    assert path_of_uri(uri_of_path(path)) == path


def test_documents_keep_the_clients_spelling_of_a_uri(tmp_path):
    documents = Documents()
    path = tmp_path / "a b.py"
    path.write_text("x")
    odd = path.as_uri().replace("a%20b", "%61%20b")
    documents.open(odd, "x", 1)
    assert documents.get(path.as_uri()) is documents.get(odd)
    assert documents.uri(str(path)) == odd


def test_only_texts_that_differ_from_the_disk_are_overlays(tmp_path):
    documents = Documents()
    for name, content in (("same.py", "x"), ("other.py", "y")):
        path = tmp_path / name
        path.write_text("x")
        documents.open(path.as_uri(), content, 1)
    assert documents.overlays(without="") == {str(tmp_path / "other.py"): "y"}
    assert documents.overlays(without=str(tmp_path / "other.py")) == {}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\n", "x = 1\r\n"),
        ("é\n".encode(), "é\n"),
        (b"\xef\xbb\xbfx\n", "x\n"),
        (b"# coding: latin-1\n\xe9\n", "# coding: latin-1\né\n"),
        (b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\n\x80\n", "#!/usr/bin/python\n# -*- coding: cp1252 -*-\n€\n"),
    ],
)
def test_sources_are_decoded_as_python_does(data, text):
    assert decode_source(data) == text


@pytest.mark.parametrize("data", [b"a\n\n\xff\n", b"# coding: nonsense\n", b"# coding: rot13\n", b"\xff\xfea\0"])
def test_bytes_that_are_no_source_are_refused(data):
    with pytest.raises(SourceError):
        decode_source(data)
