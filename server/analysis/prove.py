"""Prove fixes: the edit is applied to a copy, the copy analysed, the diagnostic is gone and nothing new has appeared."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable

from .fixes.candidate import Candidate
from .libraries import journal
from .report import Diagnostic, Edit, Fix, Report
from .request import Request
from .run import Result, run
from .source.edits import OverlapError, apply_edits

MAX_CANDIDATES = 40


def prove(request: Request, result: Result, check: Callable[[], None]) -> Report:
    """Return the report with the fixes that hold, the best one preferred."""
    budget = MAX_CANDIDATES
    diagnostics: list[Diagnostic] = []
    for finding in result.findings:
        fixes: list[Fix] = []
        for candidate in sorted(finding.candidates, key=lambda item: item.rank):
            if budget <= 0:
                break
            budget -= 1
            check()
            if holds(request, result, finding.diagnostic, candidate, check):
                fixes.append(Fix(candidate.title, candidate.edits, preferred=not fixes))
        diagnostics.append(dataclasses.replace(finding.diagnostic, fixes=tuple(fixes)))
    return dataclasses.replace(result.report, diagnostics=tuple(diagnostics), fixes_ready=True)


def holds(
    request: Request, result: Result, diagnostic: Diagnostic, candidate: Candidate, check: Callable[[], None]
) -> bool:
    """Say whether an edit removes a diagnostic and brings no other."""
    if any(edit.path != request.path for edit in candidate.edits):
        return False
    try:
        text = apply_edits(request.text, candidate.edits)
    except OverlapError:
        return False
    settings = dataclasses.replace(request.settings, gaps=False)
    with journal.trying():
        again = run(dataclasses.replace(request, text=text, fixes=False, settings=settings), check)
    if again.report.status != result.report.status:
        return False
    before = Counter(_identity(item, candidate.edits) for item in result.report.diagnostics)
    after = Counter(_identity(item, ()) for item in again.report.diagnostics)
    gone = _identity(diagnostic, candidate.edits)
    expected = before - Counter([gone])
    # What stays may have moved within its line and reworded itself: it is counted by line and rule.
    return not (after - expected)


def _identity(diagnostic: Diagnostic, edits: tuple[Edit, ...]) -> tuple[int, str]:
    """Return the line (as it is after the edits) and the rule of a diagnostic."""
    line = diagnostic.span.start.line
    moved = sum(
        edit.new_text.count("\n") for edit in edits if edit.span.start.line <= line and edit.span.end.column == 0
    )
    return line + moved, diagnostic.code
