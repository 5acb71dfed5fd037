"""textDocument/hover: a card that says what is known of the expression under the cursor."""

from __future__ import annotations

import re

from lsprotocol import types

from ..analysis.report import Fact, Position, Span
from ..app import ShapewrightServer
from ..documents import Document, Text

_LONGEST_EXPRESSION = 100
_LONGEST_CONSTANT = 200
_LONGEST_REASON = 200
_CALLABLE = frozenset({"function", "class", "builtin", "method"})


def register(server: ShapewrightServer) -> None:
    """Connect the feature."""
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)


def hover(ls: ShapewrightServer, params: types.HoverParams) -> types.Hover | None:
    """Answer from the last report; nothing where the text was edited since."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or document.report is None or document.reported_text is None:
        return None
    found = fact_at(document, ls.units.from_position(document.text, params.position))
    if found is None:
        return None
    fact, span = found
    markdown = _wants_markdown(ls.client_capabilities)
    lines = card(fact, document.reported_text, _call_of(document, fact))
    if markdown:
        content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(lines))
    else:
        content = types.MarkupContent(types.MarkupKind.PlainText, "\n".join(_plain(line) for line in lines))
    return types.Hover(content, ls.units.to_range(document.text, span))


def fact_at(document: Document, position: Position) -> tuple[Fact, Span] | None:
    """Return the fact of the smallest expression at a position of the text as it is now, and where that is now."""
    facts = [fact for place in document.reported_positions(position) for fact in document.facts_at(place)]
    spans = [(fact, document.current_span(fact.span)) for fact in facts]
    found = [(fact, span) for fact, span in spans if span is not None and span.contains(position)]
    # Between two expressions, `a|+b`, the one that begins or goes on under the cursor.
    inside = [pair for pair in found if position < pair[1].end]
    text = document.text
    return min(inside or found, key=lambda pair: text.offset(pair[1].end) - text.offset(pair[1].start), default=None)


def _call_of(document: Document, fact: Fact) -> Fact | None:
    """Return the fact of the call, where `fact` is about the function that is called."""
    assert document.reported_text is not None
    if fact.kind not in _CALLABLE:
        return None
    text = document.reported_text
    end = text.offset(fact.span.end)
    if text.content[end : end + 1] != "(":
        return None
    here = document.facts_at(fact.span.start)
    calls = [other for other in here if other.span.start == fact.span.start and other.span.end > fact.span.end]
    return min(calls, key=lambda other: other.span.end, default=None)


def card(fact: Fact, text: Text, call: Fact | None = None) -> list[str]:
    """Write the paragraphs of the card, in Markdown.

    Args:
        fact: what is known.
        text: the text that it was found in.
        call: for a function that is called here, what is known of the call.
    """
    paragraphs = [_fenced(_shorten(" ".join(text.slice(fact.span).split()), _LONGEST_EXPRESSION)), summary(fact)]
    if call is not None:
        paragraphs.append(f"returns {summary(call)}")
    if fact.constant is not None:
        paragraphs.append(f"value: {code(_shorten(fact.constant, _LONGEST_CONSTANT))}")
    if fact.values is not None:
        paragraphs.append(f"values {code(fact.values)}")
    if fact.reason and fact.kind != "unknown":
        paragraphs.append(f"not known: {escape(_shorten(fact.reason, _LONGEST_REASON))}")
    if fact.origin is not None and fact.origin.span != fact.span:
        paragraphs.append(f"made at line {fact.origin.span.start.line + 1}")
    return paragraphs


def summary(fact: Fact) -> str:
    """Write kind, dtype and shape in one line of Markdown."""
    if fact.kind == "unknown":
        return f"**unknown**: {escape(_shorten(fact.reason, _LONGEST_REASON))}" if fact.reason else "**unknown**"
    parts = [f"**{escape(fact.kind)}**"]
    if fact.symbol:
        parts.append(code(fact.symbol))
    if fact.dtype:
        parts.append(code(fact.dtype))
    if fact.shape is not None:
        parts.append(f"shape {code(shape_text(fact.shape))}")
    elif fact.dtype and fact.kind not in ("int", "float", "bool", "str"):
        parts.append("unknown rank")
    else:
        # The whole value in a few characters, as far as the kind and the name have not said it.
        rest = fact.text.removeprefix(fact.kind).strip()
        if rest and rest != (fact.symbol or "").rpartition(".")[2]:
            parts.append(code(rest))
    return " · ".join(parts)


def shape_text(shape: tuple[int | str | None, ...]) -> str:
    """Write a shape as Python writes a tuple, unknown dimensions as `None`."""
    inside = ", ".join(str(dimension) for dimension in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def escape(text: str) -> str:
    """Keep Markdown from reading anything into a text."""
    return re.sub(r"([\\`*_{}\[\]()<>#|~])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Quote a text as code, whatever backticks it holds."""
    flat = " ".join(text.split())
    fence = "`" * (_longest_ticks(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _fenced(expression: str) -> str:
    fence = "`" * max(3, _longest_ticks(expression) + 1)
    return f"{fence}python\n{expression}\n{fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _plain(paragraph: str) -> str:
    if paragraph.startswith("```"):
        return "\n".join(paragraph.split("\n")[1:-1])
    return re.sub(r"\\(.)", r"\1", paragraph.replace("**", "").replace("`", ""))


def _wants_markdown(capabilities: types.ClientCapabilities) -> bool:
    document = capabilities.text_document
    formats = document.hover.content_format if document is not None and document.hover is not None else None
    return not formats or types.MarkupKind.Markdown in formats
