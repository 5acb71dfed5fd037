"""Apply edits to a text."""

from __future__ import annotations

from collections.abc import Iterable

from ..report import Edit, Position
from .parse import LINE_END


class OverlapError(ValueError):
    """Two edits change the same characters; no editor would take them together."""


def line_starts(text: str) -> list[int]:
    """Return the offset of each line's first character."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits applied, all of whose places are counted in the old text.

    Insertions at one place are made in their order, before what replaces the text there.

    Raises:
        OverlapError: two of the edits overlap.
    """
    starts = line_starts(text)

    def offset(position: Position) -> int:
        return min(starts[min(position.line, len(starts) - 1)] + position.column, len(text))

    places = [(offset(edit.span.start), offset(edit.span.end), edit.new_text) for edit in edits]
    out: list[str] = []
    done = 0
    for start, end, new_text in sorted(places, key=lambda place: place[:2]):
        if start < done:
            raise OverlapError("two edits overlap")
        out += [text[done:start], new_text]
        done = end
    return "".join(out) + text[done:]
