"""Programs of classes, closures, generators and exceptions: what is claimed of them, their runs bear out."""

from __future__ import annotations

import pytest

from .nasty import PROGRAMS
from .running import contradictions, report_of, run


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_nothing_claimed_is_wrong(number: int) -> None:
    text = PROGRAMS[number]
    report = report_of(text)
    for seed in range(6):
        wrong = contradictions(report, run(text, seed))
        assert not wrong, "\n".join([text, *wrong])


def test_most_of_it_is_known() -> None:
    """A claim of nothing is never wrong: of these programs most expressions are to be known."""
    facts = [fact for text in PROGRAMS for fact in report_of(text).facts]
    unknown = [fact for fact in facts if fact.kind == "unknown"]
    assert len(unknown) < 0.35 * len(facts)
