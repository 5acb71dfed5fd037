"""Runs the chapters: every program is analysed, and every claim about it is put to real TensorFlow.

The two are tests of their own (`test_analysis`, `test_truth`), so that one can see at once which of the two is wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.analysis import analyse_files, apply_edits, preferred_fix
from tests.support.chapters import MAIN, Scenario, installed_versions, read_chapter, why_not_run
from tests.support.claims import strip_claims
from tests.support.judge import differences
from tests.support.truth import Reality, contradictions

HERE = Path(__file__).parent
INSTALLED = installed_versions()
SCENARIOS = [scenario for path in sorted(HERE.rglob("*.md")) for scenario in read_chapter(path, HERE)]


def _parameters(scenarios: list[Scenario], run: bool = False) -> list:
    """Name each scenario, and skip what speaks of other versions than those that stand here, or cannot be run here."""
    parameters = []
    for scenario in scenarios:
        why = scenario.why_skipped(INSTALLED) or (why_not_run(scenario) if run else None)
        marks = [pytest.mark.skip(reason=why)] if why else []
        parameters.append(pytest.param(scenario, id=scenario.id, marks=marks))
    return parameters


def _tell(scenario: Scenario, found: list[str], what: str) -> None:
    """Fail with every sentence that was found, and the place in the chapter."""
    if found:
        place = f"{scenario.chapter}:{scenario.files[MAIN].line}"
        pytest.fail("\n".join([f"{place}: {what}", *(f"  {sentence}" for sentence in found)]), pytrace=False)


@pytest.mark.parametrize("scenario", _parameters(SCENARIOS))
def test_analysis(scenario: Scenario, tmp_path: Path) -> None:
    texts = scenario.texts()
    report = analyse_files(texts, tmp_path, MAIN, gaps=scenario.gaps)
    _tell(scenario, differences(report, texts), "the analysis says otherwise")
    titles = [fix.title for diagnostic in report.diagnostics[:1] for fix in diagnostic.fixes]
    if scenario.fixes is not None:
        assert titles == scenario.fixes.text.splitlines()
    if scenario.fixed is not None:
        fix = preferred_fix(report.diagnostics[0].fixes)
        assert fix is not None, f"no fix is preferred; offered are {titles}"
        edited = apply_edits(texts[MAIN], fix.edits)
        assert strip_claims(edited) == strip_claims(scenario.fixed.text)
        after = {**texts, MAIN: scenario.fixed.text}
        report = analyse_files(after, tmp_path, MAIN)
        _tell(scenario, differences(report, after), "after the fix the analysis says otherwise")


@pytest.mark.parametrize("scenario", _parameters([scenario for scenario in SCENARIOS if not scenario.norun], run=True))
def test_truth(scenario: Scenario, reality: Reality, tmp_path: Path) -> None:
    texts = scenario.texts()
    _tell(scenario, contradictions(reality, texts, tmp_path), "TensorFlow says otherwise")
    if scenario.fixed is not None:
        after = {**texts, MAIN: scenario.fixed.text}
        _tell(scenario, contradictions(reality, after, tmp_path), "after the fix TensorFlow says otherwise")
