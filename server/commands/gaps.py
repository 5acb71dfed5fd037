"""`infer --gaps`: say where tracking stopped and why, what costs most first."""

from __future__ import annotations

from typing import Any

from ..analysis.report import Fact
from ..documents import Text
from .check import file_json
from .files import Outcome
from .terminal import Style, place, plural, visible

_LONGEST = 60


def in_order(outcome: Outcome) -> list[Fact]:
    """Return where tracking stopped: first what leaves most other expressions unknown."""
    found = [fact for fact in outcome.report.facts if fact.gap is not None]
    return sorted(found, key=lambda fact: (-(fact.gap or 0), fact.span))


def render(outcome: Outcome, style: Style) -> list[str]:
    """Write one line for each: the place, the expression, the reason, and how much is unknown because of it."""
    found = in_order(outcome)
    text = outcome.text
    assert text is not None
    lines = [
        f"{style('bold', visible(place(outcome.path, fact.span.start)))}: {_source(text, fact)}: "
        f"{visible(fact.reason or 'not understood')}{_cost(fact)}"
        for fact in found
    ]
    lines.append(f"{visible(outcome.path)}: {plural(len(found), 'gap') if found else 'no gaps'}")
    if outcome.report.status == "cut":
        lines.append("  the rest was not analysed: the budget of steps ran out")
    return lines


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Make the JSON of one file that docs/json.md describes."""
    from .ranges import range_json

    gaps = [
        {
            "range": range_json(outcome.text, fact.span),
            "source": _flat(outcome.text, fact),
            "reason": fact.reason,
            "unknown": fact.gap,
        }
        for fact in in_order(outcome)
    ]
    return {**file_json(outcome), "gaps": gaps}


def _cost(fact: Fact) -> str:
    return f" ({fact.gap} more unknown)" if fact.gap else ""


def _flat(text: Text | None, fact: Fact) -> str:
    return "" if text is None else " ".join(text.slice(fact.span).split())


def _source(text: Text, fact: Fact) -> str:
    flat = visible(_flat(text, fact))
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
