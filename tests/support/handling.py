"""What the tests of handlers do again and again."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from server.analysis.report import Diagnostic, Edit, Fix, Position, Span
from server.handlers import synchronization


def line_span(start: int, end: int, line: int = 0) -> Span:
    return Span(Position(line, start), Position(line, end))


def problem(*titles: str) -> Diagnostic:
    edit = line_span(14, 15)
    fixes = tuple(Fix(title, (Edit("/w/a.py", edit, title),), not place) for place, title in enumerate(titles))
    return Diagnostic("/w/a.py", line_span(4, 19), "matmul-mismatch", "error", "It fails.", fixes=fixes)


def opened(ls, text="b = 1\n", uri="file:///w/a.py", language="python"):
    item = types.TextDocumentItem(uri, language, 1, text)
    synchronization.did_open(ls, types.DidOpenTextDocumentParams(item))


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
