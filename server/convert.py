"""Turn what the analysis says into what LSP wants; the only place that counts UTF-16 units.

The analysis counts columns in code points, a client in units of the encoding that it and the server agreed on, which
is UTF-16 unless it can do better. The command line's JSON counts UTF-16 always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lsprotocol import types

from .analysis.report import Diagnostic, Edit, Fix, Position, Span
from .documents import Document, Documents, Text
from .pages import page_address

SOURCE = "shapewright"

SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


class Units:
    """The units in which a client counts columns."""

    def __init__(self, encoding: str = "utf-16") -> None:
        self.encoding = encoding
        self._size: Callable[[str], int] = {"utf-8": _utf8, "utf-32": len}.get(encoding, _utf16)

    def count(self, text: str) -> int:
        """Return the length of a text in units."""
        return len(text) if text.isascii() else self._size(text)

    def column(self, line: str, character: int) -> int:
        """Return the column (code points) of a number of units; inside of a character, that character's start."""
        if line.isascii():
            return min(max(character, 0), len(line))
        units = 0
        for column, letter in enumerate(line):
            units += self._size(letter)
            if units > character:
                return column
        return len(line)

    # -- positions ----------------------------------------------------------------------------------------------

    def to_position(self, text: Text, position: Position) -> types.Position:
        """Turn a position of the analysis into the client's."""
        return types.Position(position.line, self.count(text.line(position.line)[: position.column]))

    def to_range(self, text: Text, span: Span) -> types.Range:
        """Turn a span into a range."""
        return types.Range(self.to_position(text, span.start), self.to_position(text, span.end))

    def from_position(self, text: Text, position: types.Position) -> Position:
        """Turn a position of the client into one of the analysis."""
        if position.line >= text.line_count:
            last = text.line_count - 1
            return Position(last, len(text.line(last)))
        return Position(position.line, self.column(text.line(position.line), position.character))

    def from_range(self, text: Text, range_: types.Range) -> Span:
        """Turn a range into a span."""
        return Span(self.from_position(text, range_.start), self.from_position(text, range_.end))


def _utf16(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def apply_changes(document: Document, changes: Iterable[types.TextDocumentContentChangeEvent], units: Units) -> None:
    """Apply the edits of one notification, each to the text that the one before has left."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            span = units.from_range(document.text, change.range)
            start, end = document.text.offset(span.start), document.text.offset(span.end)
        else:
            start, end = 0, len(document.text.content)
        document.replace(start, end, change.text)


def to_diagnostics(document: Document, documents: Documents, units: Units) -> list[types.Diagnostic]:
    """Turn the diagnostics of a document's last report into LSP ones, in the positions of the text as it is now.

    What an edit has touched since is left out: the next report is on its way.
    """
    report = document.report
    if report is None:
        return []
    found = []
    for index, diagnostic in enumerate(report.diagnostics):
        if diagnostic.path != document.path:
            continue
        span = document.current_span(diagnostic.span)
        if span is not None:
            found.append(to_diagnostic(document, index, diagnostic, span, documents, units))
    return found


def to_diagnostic(
    document: Document, index: int, diagnostic: Diagnostic, span: Span, documents: Documents, units: Units
) -> types.Diagnostic:
    """Turn one diagnostic, now at `span`, into an LSP one; `index` is its place in the report."""
    related = []
    for item in dict.fromkeys(diagnostic.related):
        location = to_location(document, item.location.path, item.location.span, documents, units)
        if location is not None:
            related.append(types.DiagnosticRelatedInformation(location, item.message))
    message = diagnostic.message
    if diagnostic.detail:
        message = f"{message}\n{diagnostic.detail}"
    return types.Diagnostic(
        range=units.to_range(document.text, span),
        severity=SEVERITIES.get(diagnostic.severity, types.DiagnosticSeverity.Error),
        code=diagnostic.code,
        code_description=_description(diagnostic.code),
        source=SOURCE,
        message=message,
        related_information=related or None,
        data={"version": document.report.version if document.report else None, "index": index},
    )


def _description(code: str) -> types.CodeDescription | None:
    """Link to the page of a rule, as it is installed here: it says what this version finds, and is there offline."""
    address = page_address(code)
    return None if address is None else types.CodeDescription(address)


def to_location(document: Document, path: str, span: Span, documents: Documents, units: Units) -> types.Location | None:
    """Turn a place that a report on `document` names into an LSP location; None where it is gone."""
    if path == document.path:
        now = document.current_span(span)
        return None if now is None else types.Location(document.uri, units.to_range(document.text, now))
    text = documents.text(path)
    return None if text is None else types.Location(documents.uri(path), units.to_range(text, span))


def to_workspace_edit(
    document: Document, fix: Fix, documents: Documents, units: Units, *, versioned: bool
) -> types.WorkspaceEdit | None:
    """Turn a fix into an edit of the texts as they are now; None where an edit since has touched its place.

    Args:
        document: what the fix was proposed for.
        fix: the fix.
        documents: all that are open.
        units: how the client counts.
        versioned: whether the client can be told which version the edit is for.
    """
    edits: dict[str, list[types.TextEdit]] = {}
    for edit in fix.edits:
        converted = _to_text_edit(document, edit, documents, units)
        if converted is None:
            return None
        edits.setdefault(edit.path, []).append(converted)
    if not versioned:
        return types.WorkspaceEdit(changes={documents.uri(path): list(some) for path, some in edits.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(documents.uri(path), _version(documents, path)), some
            )
            for path, some in edits.items()
        ]
    )


def _to_text_edit(document: Document, edit: Edit, documents: Documents, units: Units) -> types.TextEdit | None:
    location = to_location(document, edit.path, edit.span, documents, units)
    return None if location is None else types.TextEdit(location.range, edit.new_text)


def _version(documents: Documents, path: str) -> int | None:
    opened = documents.at(path)
    return None if opened is None else opened.version


def overlaps(one: Span, other: Span) -> bool:
    """Say whether two spans touch, so that a cursor at either end counts."""
    return one.start <= other.end and other.start <= one.end


def same_range(diagnostics: Sequence[types.Diagnostic], wanted: types.Diagnostic) -> types.Diagnostic:
    """Return the client's own copy of a diagnostic where it has sent one, else `wanted`."""
    for candidate in diagnostics:
        if candidate.source == SOURCE and candidate.code == wanted.code and candidate.range == wanted.range:
            return candidate
    return wanted
