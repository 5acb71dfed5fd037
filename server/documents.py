"""Keep the texts of open documents, and carry positions from the text that was analysed to the text as it is now.

The LSP library's own documents split lines with `str.splitlines`, which also splits at form feeds, U+2028 and others
that no editor and no Python tokenizer takes for a line end; incremental edits would land in the wrong line.
Offsets and columns here count Unicode code points; what the client counts is converted in `convert`.
"""

from __future__ import annotations

import bisect
import os
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from .analysis.report import Fact, Position, Report, Span

_LINE_END = re.compile(r"\r\n|\r|\n")

# An edit log this long means that no report has come for a long time: positions are given up rather than followed.
_MAX_CHANGES = 2000


class Text:
    """One text that never changes, addressed by offset or by line and column."""

    def __init__(self, content: str, version: int | None = None, serial: int = 0) -> None:
        self.content = content
        self.version = version
        # Counts the edits of a document, since a client's versions may have gaps or be absent.
        self.serial = serial

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.content))]

    @property
    def line_count(self) -> int:
        """How many lines there are, the last one counted even where it is empty."""
        return len(self.line_starts)

    def line(self, number: int) -> str:
        """Return a line without its end; empty beyond the last one."""
        starts = self.line_starts
        if not 0 <= number < len(starts):
            return ""
        end = starts[number + 1] if number + 1 < len(starts) else len(self.content)
        stretch = self.content[starts[number] : end]
        return stretch.rstrip("\r\n") if number + 1 < len(starts) else stretch

    def offset(self, position: Position) -> int:
        """Return the offset of a position; beyond the end of a line, that line's end."""
        if position.line < 0:
            return 0
        if position.line >= self.line_count:
            return len(self.content)
        start = self.line_starts[position.line]
        return start + min(max(position.column, 0), len(self.line(position.line)))

    def position(self, offset: int) -> Position:
        """Return the position of an offset; inside of a line end, that line's end."""
        offset = min(max(offset, 0), len(self.content))
        line = bisect.bisect_right(self.line_starts, offset) - 1
        return Position(line, min(offset - self.line_starts[line], len(self.line(line))))

    def slice(self, span: Span) -> str:
        """Return the text of a span."""
        return self.content[self.offset(span.start) : self.offset(span.end)]


@dataclass(frozen=True, slots=True)
class Change:
    """The text from `start` to `end` was replaced by `length` other characters; it made the text `serial`."""

    serial: int
    start: int
    end: int
    length: int

    def shift(self, offset: int, *, stays_before: bool) -> int | None:
        """Carry an offset over this change; None when it was inside of what was replaced.

        At the border of the change an offset stays before what was inserted, or moves behind it.
        """
        if offset < self.start or (offset == self.start and stays_before):
            return offset
        if offset > self.end or (offset == self.end and not stays_before):
            return offset + self.length - (self.end - self.start)
        return None

    def unshift(self, offset: int, *, stays_before: bool) -> int | None:
        """Carry an offset back to before this change; None when it is inside of what was inserted."""
        after = self.start + self.length
        if offset < self.start or (offset == self.start and stays_before):
            return offset
        if offset > after or (offset == after and not stays_before):
            return offset - self.length + (self.end - self.start)
        return self.start if offset == self.start else self.end if offset == after else None


@dataclass
class Document:
    """An open document: its text now, and the last report with the text that it is about."""

    uri: str
    path: str
    text: Text
    language_id: str = "python"
    differs_from_disk: bool = False
    report: Report | None = None
    reported_text: Text | None = None
    _changes: list[Change] = field(default_factory=list)
    _facts_by_line: dict[int, list[Fact]] | None = None

    @property
    def version(self) -> int | None:
        """The version that the client gave this text."""
        return self.text.version

    @property
    def is_python(self) -> bool:
        """Whether this is something to analyse."""
        return self.language_id == "python" or self.path.endswith(".py")

    def replace(self, start: int, end: int, new_text: str) -> None:
        """Replace a stretch of the text (offsets)."""
        old = self.text.content
        start, end = min(start, end), max(start, end)
        serial = self.text.serial + 1
        self.text = Text(old[:start] + new_text + old[end:], self.text.version, serial)
        self._changes.append(_least_change(serial, old, start, end, new_text))
        if len(self._changes) > _MAX_CHANGES:
            self._changes = [Change(serial, 0, len(old), len(self.text.content))]

    def set_version(self, version: int | None) -> None:
        """Give the text, as it is after the edits of one notification, its version."""
        self.text.version = version

    def accept(self, report: Report, text: Text) -> None:
        """Take a report about `text`, which is this document's text or an earlier one."""
        if self.reported_text is not None and self.reported_text.serial > text.serial:
            return
        self.report = report
        self.reported_text = text
        self._facts_by_line = None
        self._changes = [change for change in self._changes if change.serial > text.serial]

    def facts_at(self, position: Position) -> list[Fact]:
        """Return the facts of the expressions that touch a position of the reported text."""
        if self.report is None:
            return []
        if self._facts_by_line is None:
            # A report of thousands of facts is asked many times.
            self._facts_by_line = {}
            for fact in self.report.facts:
                for line in range(fact.span.start.line, fact.span.end.line + 1):
                    self._facts_by_line.setdefault(line, []).append(fact)
        return [fact for fact in self._facts_by_line.get(position.line, ()) if fact.span.contains(position)]

    # -- positions between the reported text and the text as it is now ------------------------------------------

    def current_span(self, span: Span) -> Span | None:
        """Carry a span of the report to the text as it is now; None when it was touched."""
        before = self.reported_text
        if before is None:
            return None
        start: int | None = before.offset(span.start)
        end: int | None = before.offset(span.end)
        assert start is not None
        assert end is not None
        content = before.content[start:end]
        empty = start == end
        if before is self.text:
            return span
        for change in self._since(before):
            if empty and change.start <= start <= change.end:
                return None  # no way to say on which side of the edit the place is
            start = change.shift(start, stays_before=False)
            end = start if empty else change.shift(end, stays_before=True)
            if start is None or end is None or start > end:
                return None
        now = self.text
        # An edit may have replaced the inside, or have glued a letter to a name.
        if now.content[start:end] != content or (not empty and (_glued(now, start) or _glued(now, end))):
            return None
        return Span(now.position(start), now.position(end))

    def reported_positions(self, position: Position) -> list[Position]:
        """Carry a position in the text as it is now back to the reported text.

        Nothing for one inside of new text; two for one where something was deleted.
        """
        before = self.reported_text
        if before is None:
            return []
        found = []
        for stays_before in (True, False):
            offset: int | None = self.text.offset(position)
            for change in reversed(self._since(before)):
                if offset is not None:
                    offset = change.unshift(offset, stays_before=stays_before)
            if offset is not None:
                found.append(before.position(offset))
        return list(dict.fromkeys(found))

    def _since(self, before: Text) -> list[Change]:
        return [change for change in self._changes if change.serial > before.serial]


def _glued(text: Text, offset: int) -> bool:
    """Say whether one word lies on both sides of an offset."""
    content = text.content
    return 0 < offset < len(content) and _in_word(content[offset - 1]) and _in_word(content[offset])


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _least_change(serial: int, old: str, start: int, end: int, new_text: str) -> Change:
    """Describe a replacement without what it leaves as it was at both ends (clients may replace the whole text)."""
    replaced = old[start:end]
    shorter = min(len(replaced), len(new_text))
    front = 0
    while front < shorter and replaced[front] == new_text[front]:
        front += 1
    back = 0
    while back < shorter - front and replaced[-1 - back] == new_text[-1 - back]:
        back += 1
    return Change(serial, start + front, end - back, len(new_text) - front - back)


class Documents:
    """The open documents, by path."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def open(self, uri: str, content: str, version: int | None, language_id: str = "python") -> Document:
        """Take up a document that the client has opened."""
        path = path_of_uri(uri)
        document = Document(uri, path, Text(content, version), language_id)
        document.differs_from_disk = not is_file_uri(uri) or not _same_on_disk(path, content)
        self._open[path] = document
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document that the client has closed."""
        return self._open.pop(path_of_uri(uri), None)

    def get(self, uri: str) -> Document | None:
        """Return an open document."""
        return self._open.get(path_of_uri(uri))

    def at(self, path: str) -> Document | None:
        """Return the open document that has this path."""
        return self._open.get(path)

    def uri(self, path: str) -> str:
        """Return the URI of a path, in the client's own spelling where it has opened it."""
        document = self._open.get(path)
        return document.uri if document is not None else uri_of_path(path)

    def text(self, path: str) -> Text | None:
        """Return the text at a path, open or on the disk; None where it cannot be read."""
        document = self._open.get(path)
        if document is not None:
            return document.text
        try:
            return Text(read_source(path))
        except (OSError, SourceError):
            return None

    def overlays(self, without: str) -> dict[str, str]:
        """Return the texts of the other documents that differ from the disk, by path."""
        return {
            document.path: document.text.content
            for document in self._open.values()
            if document.differs_from_disk and document.path != without and document.is_python
        }


# -- paths and files ----------------------------------------------------------------------------------------------


class SourceError(Exception):
    """A file's bytes are no Python source; the text says why."""


def read_source(path: str) -> str:
    """Read a Python file as Python itself does: by its byte order mark or its coding cookie (PEP 263), else UTF-8.

    Line ends are kept.

    Raises:
        OSError: the file cannot be read.
        SourceError: its bytes do not fit its encoding.
    """
    with open(path, "rb") as file:
        data = file.read()
    return decode_source(data)


def decode_source(data: bytes) -> str:
    """Decode the bytes of a Python file; see `read_source`.

    Raises:
        SourceError: the bytes do not fit their encoding.
    """
    lines = iter(data.splitlines(keepends=True)[:2])
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    except SyntaxError as error:
        raise SourceError(str(error.msg)) from None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"not {encoding}: byte 0x{data[error.start]:02x} in line {line}") from None
    except (LookupError, ValueError) as error:  # a codec that makes no text
        raise SourceError(str(error)) from None


def _same_on_disk(path: str, content: str) -> bool:
    try:
        return read_source(path) == content
    except (OSError, SourceError):
        return False


def is_file_uri(uri: str) -> bool:
    """Say whether a URI names a file on a disk."""
    return urlsplit(uri).scheme in ("file", "")


def path_of_uri(uri: str) -> str:
    """Return the path of a file URI; for any other URI something of the same form that no file has."""
    parts = urlsplit(uri)
    if parts.scheme not in ("file", ""):
        # `untitled:Untitled-1` → `/untitled:/Untitled-1`: absolute, and unique as the URI is.
        return os.path.join(os.sep, f"{parts.scheme}:", unquote(uri[len(parts.scheme) + 1 :]).lstrip("/"))
    # urlsplit has cut off what follows a bare `#` or `?`; clients encode both.
    path = unquote(parts.path)
    if os.name == "nt":
        if parts.netloc:
            path = f"//{parts.netloc}{path}"
        elif re.match(r"/[A-Za-z]:", path):
            path = path[1].upper() + path[2:]
        return path.replace("/", "\\")
    return f"//{parts.netloc}{path}" if parts.netloc and parts.netloc != "localhost" else path


def uri_of_path(path: str) -> str:
    """Return the URI of a path."""
    if os.name == "nt":
        return Path(path).as_uri()
    return "file://" + quote(path)
