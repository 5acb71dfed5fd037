from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from server.analysis.report import Diagnostic, Edit, Fix, Location, Position, Related, Report, Span
from server.convert import Units, to_diagnostics, to_workspace_edit
from server.documents import Documents, Text
from server.pages import find_pages

ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(
    line=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"), max_size=20), data=st.data()
)
def test_columns_are_counted_as_the_codec_counts(encoding, line, data):
    units = Units(encoding)
    column = data.draw(st.integers(0, len(line)))
    codec, size = ENCODINGS[encoding]
    text = Text(line)
    sent = units.to_position(text, Position(0, column))
    assert sent.character == len(line[:column].encode(codec)) // size
    assert units.from_position(text, sent) == Position(0, column)


def test_a_position_inside_of_a_surrogate_pair_is_that_characters_start():
    assert Units("utf-16").from_position(Text("a😀b"), types.Position(0, 2)) == Position(0, 1)


def test_positions_beyond_the_text_are_its_end():
    units, text = Units(), Text("ab\ncd")
    assert units.from_position(text, types.Position(9, 9)) == Position(1, 2)
    assert units.from_position(text, types.Position(0, 9)) == Position(0, 2)


@pytest.fixture
def documents(tmp_path):
    documents = Documents()
    path = tmp_path / "a.py"
    path.write_text("'😀'; b = 1\nf(b)\n")
    documents.open(path.as_uri(), path.read_text(), 7)
    other = tmp_path / "other.py"
    other.write_text("'😀'; c = 1\n")
    return documents


def report_on(documents, tmp_path):
    path, other = str(tmp_path / "a.py"), str(tmp_path / "other.py")
    spot = Span(Position(1, 0), Position(1, 4))
    place = Span(Position(0, 5), Position(0, 6))
    fix = Fix("Use c", (Edit(path, Span(Position(1, 2), Position(1, 3)), "c"), Edit(other, place, "d")), True)
    diagnostic = Diagnostic(
        path,
        spot,
        "matmul-mismatch",
        "warning",
        "It fails.",
        "Words.",
        (Related(Location(other, place), "see"),),
        (fix,),
    )
    document = documents.at(path)
    document.accept(Report(path, 7, diagnostics=(diagnostic,)), document.text)
    return document, fix


def test_a_diagnostic_says_everything(documents, tmp_path):
    document, _ = report_on(documents, tmp_path)
    (found,) = to_diagnostics(document, documents, Units())
    assert found.range == types.Range(types.Position(1, 0), types.Position(1, 4))
    assert found.severity == types.DiagnosticSeverity.Warning
    assert found.code == "matmul-mismatch"
    assert found.code_description.href == find_pages()["matmul-mismatch"].as_uri()
    assert found.message == "It fails.\nWords."
    assert found.data == {"version": 7, "index": 0}
    (related,) = found.related_information
    assert related.location.uri == (tmp_path / "other.py").as_uri()
    # The other file is read for this: its smile counts two units.
    assert related.location.range.start == types.Position(0, 6)


def test_a_fix_edits_versioned_documents(documents, tmp_path):
    document, fix = report_on(documents, tmp_path)
    edit = to_workspace_edit(document, fix, documents, Units(), versioned=True)
    first, second = edit.document_changes
    assert (first.text_document.uri, first.text_document.version) == (document.uri, 7)
    assert (second.text_document.uri, second.text_document.version) == ((tmp_path / "other.py").as_uri(), None)
    assert second.edits[0].range.start == types.Position(0, 6)


def test_a_fix_for_a_client_without_versions(documents, tmp_path):
    document, fix = report_on(documents, tmp_path)
    edit = to_workspace_edit(document, fix, documents, Units(), versioned=False)
    assert set(edit.changes) == {document.uri, (tmp_path / "other.py").as_uri()}


def test_a_fix_whose_place_was_edited_is_dropped(documents, tmp_path):
    document, fix = report_on(documents, tmp_path)
    document.replace(0, 0, "\n")
    assert to_workspace_edit(document, fix, documents, Units(), versioned=True) is not None
    start = document.text.offset(Position(2, 2))
    document.replace(start, start + 1, "bb")
    assert to_workspace_edit(document, fix, documents, Units(), versioned=True) is None
    assert to_diagnostics(document, documents, Units()) == []
