"""The one place where tests reach the analysis.

In tests it runs in pytest's own process, on pytest's main thread: that process is the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from server.analysis.report import Edit, Fix, Report


def analyse_files(texts: Mapping[str, str], folder: Path, main: str, fixes: bool = True, gaps: bool = False) -> Report:
    """Write the files of a small workspace to `folder` and analyse `main` there."""
    # Imported here: the runner's own tests and the truth of the chapters do without the analysis.
    from server.analysis.analyzer import AnalysisSettings, Request, analyse

    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = AnalysisSettings(gaps=gaps)
    return analyse(Request(str(folder / main), texts[main], roots=(str(folder),), fixes=fixes, settings=settings))


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with the edits made; their places are all counted in the old text."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start, end = edit.span.start, edit.span.end
        before, after = lines[start.line][: start.column], lines[end.line][end.column :]
        lines[start.line : end.line + 1] = (before + edit.new_text + after).split("\n")
    return "\n".join(lines)


def preferred_fix(fixes: Iterable[Fix]) -> Fix | None:
    """Return the fix that one keystroke applies."""
    return next((fix for fix in fixes if fix.preferred), None)
