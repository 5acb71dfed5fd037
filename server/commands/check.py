"""`check`: report what will fail in files and folders."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import Any

from ..analysis.report import Diagnostic, Span
from ..documents import Documents, Text
from .files import Options, Outcome, analyse, collect
from .terminal import Style, frame, place, plural, style_for, visible

_COUNTED = ("error", "warning")


async def run(arguments: argparse.Namespace, options: Options) -> int:
    """Check files; return 0 without findings, 1 with errors or warnings, 2 if a file could not be checked."""
    files, outcomes = collect(arguments.paths)
    problems: set[str] = set()
    for outcome in outcomes:
        tell(outcome, problems)
    as_json = arguments.output_format == "json"
    if not files and not outcomes:
        print("shapewright: no Python files there", file=sys.stderr)
    style = style_for(sys.stdout)
    sources = Sources()
    async for outcome in analyse(files, options, fixes=True):
        outcomes.append(outcome)
        sources.add(outcome)
        if outcome.failed:
            tell(outcome, problems)
        elif not as_json:
            for diagnostic in in_order(outcome):
                print("\n".join(render(diagnostic, sources, style)), end="\n\n")
    found = Counter(diagnostic.severity for outcome in outcomes for diagnostic in in_order(outcome))
    if as_json:
        print(json.dumps(to_json(outcomes, sources), indent=2))
    else:
        print(summary(found, outcomes))
    if any(outcome.failed for outcome in outcomes):
        return 2
    return 1 if any(found[severity] for severity in _COUNTED) else 0


class Sources:
    """The texts that diagnostics point into, and the paths as the user wrote them."""

    def __init__(self) -> None:
        self._documents = Documents()
        self._texts: dict[str, Text | None] = {}
        self._names: dict[str, str] = {}

    def add(self, outcome: Outcome) -> None:
        """Take up an analysed file."""
        self._texts[outcome.report.path] = outcome.text
        self._names[outcome.report.path] = outcome.path

    def text(self, path: str) -> Text | None:
        """Return the text at an absolute path."""
        if path not in self._texts:
            self._texts[path] = self._documents.text(path)
        return self._texts[path]

    def name(self, path: str) -> str:
        """Return how the user calls an absolute path."""
        return self._names.get(path, path)


def in_order(outcome: Outcome) -> list[Diagnostic]:
    """Return the diagnostics of a file from top to bottom."""
    return sorted(outcome.report.diagnostics, key=lambda diagnostic: (diagnostic.path, diagnostic.span))


def tell(outcome: Outcome, told: set[str]) -> None:
    """Say why a file could not be analysed; a reason that has nothing to do with the file only once."""
    problem = outcome.report.problem or "could not be analysed"
    if outcome.text is None or problem not in told:
        print(f"shapewright: {outcome.path}: {visible(problem)}", file=sys.stderr)
    told.add(problem)


def render(diagnostic: Diagnostic, sources: Sources, style: Style) -> list[str]:
    """Write a diagnostic: where, what, the line, what explains it and what repairs it."""
    kind = style(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    where = place(sources.name(diagnostic.path), diagnostic.span.start)
    lines = [f"{style('bold', visible(where))}: {kind}: {style('bold', visible(diagnostic.message))}"]
    lines += _frame(diagnostic.path, diagnostic.span, sources, style, diagnostic.severity, "^")
    for related in dict.fromkeys(diagnostic.related):
        location = related.location
        name = visible(place(sources.name(location.path), location.span.start))
        lines.append(f"  {style('frame', 'note')}: {visible(related.message)} ({name})")
        lines += _frame(location.path, location.span, sources, style, "frame", "-")
    lines += [
        f"  {style('frame', 'says')}: {visible(words)}" for words in diagnostic.detail.splitlines() if words.strip()
    ]
    lines += [f"  {style('help', 'help')}: {visible(fix.title)}" for fix in diagnostic.fixes]
    return lines


def _frame(path: str, span: Span, sources: Sources, style: Style, colour: str, mark: str) -> list[str]:
    text = sources.text(path)
    return [] if text is None else frame(text, span, style, colour, mark)


def summary(found: Counter[str], outcomes: list[Outcome]) -> str:
    """Write the last line."""
    failed = sum(outcome.failed for outcome in outcomes)
    cut = sum(outcome.report.status == "cut" for outcome in outcomes)
    checked = plural(len(outcomes) - failed, "file")
    counts = [plural(found[name], name) for name in ("error", "warning", "hint") if found[name]]
    if found["information"]:
        counts.append(f"{found['information']} information")
    text = f"{', '.join(counts)} in {checked}" if counts else f"No findings in {checked}"
    if cut:
        text += f"; {cut} not to the end"
    if failed:
        text += f"; {failed} could not be analysed"
    return text + "."


def to_json(outcomes: list[Outcome], sources: Sources) -> dict[str, Any]:
    """Make the JSON that docs/json.md describes."""
    from .ranges import range_json

    def place_json(path: str, span: Span) -> dict[str, Any]:
        return {"path": sources.name(path), "range": range_json(sources.text(path), span)}

    diagnostics = [
        {
            **place_json(diagnostic.path, diagnostic.span),
            "code": diagnostic.code,
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "related": [
                {**place_json(related.location.path, related.location.span), "message": related.message}
                for related in dict.fromkeys(diagnostic.related)
            ],
            "fixes": [
                {
                    "title": fix.title,
                    "preferred": fix.preferred,
                    "edits": [{**place_json(edit.path, edit.span), "newText": edit.new_text} for edit in fix.edits],
                }
                for fix in diagnostic.fixes
            ],
        }
        for outcome in outcomes
        for diagnostic in in_order(outcome)
    ]
    return {"schema": 1, "diagnostics": diagnostics, "files": [file_json(outcome) for outcome in outcomes]}


def file_json(outcome: Outcome) -> dict[str, Any]:
    """Say how the analysis of one file ended."""
    file: dict[str, Any] = {"path": outcome.path, "status": outcome.report.status}
    if outcome.failed:
        file["problem"] = outcome.report.problem
    return file
