"""Apply edits to a text."""

from __future__ import annotations

from collections.abc import Iterable

from ..report import Edit, Position
from .parse import LINE_END


def line_starts(text: str) -> list[int]:
    """Return the offset of each line's first character."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits applied. They do not overlap; two at one place are applied in their order."""
    starts = line_starts(text)

    def offset(position: Position) -> int:
        return min(starts[min(position.line, len(starts) - 1)] + position.column, len(text))

    ordered = sorted(enumerate(edits), key=lambda item: (offset(item[1].span.start), item[0]), reverse=True)
    for _, edit in ordered:
        text = text[: offset(edit.span.start)] + edit.new_text + text[offset(edit.span.end) :]
    return text
