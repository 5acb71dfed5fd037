"""One source file as the analysis reads it: its text, its tree, and positions in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ..report import Location, Position, Span
from .parse import Parsed, parse, split_lines


@dataclass(eq=False)
class Unit:
    """A source file. Columns of `ast` are UTF-8 bytes, those of reports code points; `span` turns one into the other."""

    path: str
    text: str
    name: str = "__main__"
    parsed: Parsed = field(init=False)
    original: list[str] = field(init=False)
    _spans: dict[int, Span] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.parsed = parse(self.text)
        self.original = split_lines(self.text)
        # A byte order mark is a character of the first line for editors and none for `ast`.
        self._mark = 1 if self.text.startswith("\ufeff") else 0

    @property
    def tree(self) -> ast.Module:
        """The tree of what can be parsed."""
        return self.parsed.tree

    def span(self, node: ast.AST) -> Span:
        """Return where a node stands."""
        found = self._spans.get(id(node))
        if found is None:
            start = self._position(node.lineno, node.col_offset)  # type: ignore[attr-defined]
            end = self._position(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
            found = self._spans[id(node)] = Span(start, end)
        return found

    def _position(self, line: int, byte: int) -> Position:
        text = self.parsed.lines[line - 1] if line <= len(self.parsed.lines) else ""
        column = byte if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "ignore"))
        return Position(line - 1, column + (self._mark if line == 1 else 0))

    def location(self, node: ast.AST) -> Location:
        """Return where a node stands, with the file."""
        return Location(self.path, self.span(node))

    def source(self, node: ast.AST) -> str:
        """Return the text of a node, as written."""
        span = self.span(node)
        lines = self.original
        if span.start.line == span.end.line:
            return lines[span.start.line][span.start.column : span.end.column]
        middle = lines[span.start.line + 1 : span.end.line]
        return "\n".join(
            [lines[span.start.line][span.start.column :], *middle, lines[span.end.line][: span.end.column]]
        )
