"""Compare a report with the claims of a program: what was said too much, too little or otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from server.analysis.report import Diagnostic, Report, Span

from .chapters import MAIN
from .claims import SEVERITIES, Claim, read_claims


def differences(report: Report, texts: Mapping[str, str], main: str = MAIN) -> list[str]:
    """Return where the report of `main` and the claims of all files differ, one sentence each.

    Every claim must be met, and no error, warning or information may be reported that is not claimed. Reveals speak
    of the main file: a report has facts of no other.
    """
    found = []
    if report.status != "complete":
        found.append(f"the analysis is {report.status}: {report.problem}")
    for name, text in texts.items():
        claims = read_claims(text)
        diagnostics = [each for each in report.diagnostics if PurePath(each.path).name == PurePath(name).name]
        found += _of_findings(name, [claim for claim in claims if claim.keyword != "reveal"], diagnostics)
        reveals = [claim for claim in claims if claim.keyword == "reveal"]
        if name == main:
            found += _of_reveals(reveals, {fact.span: fact.text for fact in report.facts})
        elif reveals:
            found.append(f"{name}: reveals belong into the main file")
    return found


def _of_findings(name: str, claims: list[Claim], diagnostics: list[Diagnostic]) -> list[str]:
    """Match findings with claims, each with one at most."""
    found = []
    rest = [each for each in diagnostics if each.severity in SEVERITIES]
    for claim in claims:
        match = next((each for each in rest if _meets(each, claim)), None)
        if match is None:
            want = " ".join([claim.code, *(f'"{word}"' for word in claim.words)])
            found.append(f"{name}:{claim.line + 1}: expected {claim.keyword} {want}")
        else:
            rest.remove(match)
    for each in rest:
        found.append(f"{name}:{each.span.start.line + 1}: not expected: {each.severity} {each.code}: {each.message}")
    return found


def _meets(diagnostic: Diagnostic, claim: Claim) -> bool:
    """Say whether a diagnostic is the one that was claimed."""
    same = (diagnostic.severity, diagnostic.code) == (claim.keyword, claim.code)
    return (
        same and diagnostic.span.start.line in claim.lines and all(word in diagnostic.message for word in claim.words)
    )


def _of_reveals(claims: list[Claim], texts: Mapping[Span, str]) -> list[str]:
    """Compare reveals with the facts that stand on exactly their expressions."""
    found = []
    by_place = {
        ((span.start.line, span.start.column), (span.end.line, span.end.column)): text for span, text in texts.items()
    }
    for claim in claims:
        assert claim.target is not None  # `read_claims` has seen to it
        text = by_place.get((claim.target.start, claim.target.end))
        if text != claim.text:
            found.append(f"{MAIN}:{claim.line + 1}: reveal {claim.text}, but the report says {text or 'nothing'}")
    return found
