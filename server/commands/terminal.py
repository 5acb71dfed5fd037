"""Write to a terminal: colours where they are wanted, source frames, and nothing that could control the terminal."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Mapping
from typing import TextIO

from ..analysis.report import Position, Span
from ..documents import Text

_CODES = {
    "error": "31;1",
    "warning": "33;1",
    "information": "34;1",
    "hint": "36;1",
    "help": "32;1",
    "frame": "34",
    "bold": "1",
}
_WIDEST = 140


class Style:
    """Colours, or none."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, name: str, text: str) -> str:
        """Return `text` in the colour that `name` stands for."""
        if not self._coloured or name not in _CODES:
            return text
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m"


def style_for(stream: TextIO, environment: Mapping[str, str] | None = None) -> Style:
    """Use colours on a terminal only, and not where the user asked for none (https://no-color.org)."""
    environment = os.environ if environment is None else environment
    plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    if sys.platform == "win32" and not environment.get("WT_SESSION"):
        plain = True
    return Style(stream.isatty() and not plain)


def visible(text: str) -> str:
    """Replace what is no printable character: a file's text must not control the terminal."""
    return "".join(letter if letter.isprintable() else _picture(letter) for letter in text)


def _picture(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)
    return "�" if unicodedata.category(letter) != "Zs" else " "


def width(text: str) -> int:
    """Return how many cells a text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def frame(text: Text, span: Span, style: Style, colour: str, mark: str = "^") -> list[str]:
    """Draw the line where a span begins, with marks under the span."""
    number = span.start.line
    line = text.line(number)
    start = min(span.start.column, len(line))
    end = min(span.end.column, len(line)) if span.end.line == number else len(line.rstrip())
    end = max(end, start)
    # A very long line is shown from some way before the place.
    cut = max(0, start - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[cut : cut + _WIDEST]
    before, inside = _cells(line[cut:start]), _cells(line[start : min(end, cut + _WIDEST)])
    label = str(number + 1)
    gutter = " " * len(label)
    bar = style("frame", "|")
    more = "…" if cut else ""
    marks = mark * max(1, width(inside))
    if span.end.line != number:
        marks += "…"
    pad = " " * (width(before) + width(more))
    return [
        f"  {gutter} {bar}",
        f"  {style('frame', label)} {bar} {more}{_cells(shown)}{'…' if cut + _WIDEST < len(line) else ''}",
        f"  {gutter} {bar} {pad}{style(colour, marks)}",
    ]


def _cells(text: str) -> str:
    return visible(text.replace("\t", "    "))


def place(path: str, position: Position) -> str:
    """Write a place as editors and terminals know it: 1-based."""
    return f"{path}:{position.line + 1}:{position.column + 1}"


def plural(count: int, word: str) -> str:
    """Write a count and its word."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
