"""Ranges in the public JSON: those of LSP, in UTF-16 units whatever a client may have negotiated elsewhere."""

from __future__ import annotations

from typing import Any

from ..analysis.report import Span
from ..convert import Units
from ..documents import Text

_UNITS = Units("utf-16")


def range_json(text: Text | None, span: Span) -> dict[str, Any]:
    """Write a span as an LSP range; code points where the text cannot be read any more."""
    range_ = _UNITS.to_range(text if text is not None else Text(""), span)
    if text is None:
        range_.start.character, range_.end.character = span.start.column, span.end.column
    return {
        "start": {"line": range_.start.line, "character": range_.start.character},
        "end": {"line": range_.end.line, "character": range_.end.character},
    }
