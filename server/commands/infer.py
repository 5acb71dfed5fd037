"""`infer`: say what is known of each expression."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..analysis.report import Fact
from ..documents import Text
from . import gaps
from .check import file_json, tell
from .files import Options, Outcome, analyse, collect
from .terminal import Style, plural, style_for, visible

_LONGEST = 60
# Of these the text output says nothing: everybody knows what `tf` is.
_PLAIN = frozenset({"module", "function", "class"})


async def run(arguments: argparse.Namespace, options: Options) -> int:
    """Print facts; return 0, or 2 if a file could not be analysed."""
    files, outcomes = collect(arguments.files)
    problems: set[str] = set()
    for outcome in outcomes:
        tell(outcome, problems)
    style = style_for(sys.stdout)
    make_json, make_text = (gaps.to_json, gaps.render) if arguments.gaps else (to_json, render)
    async for outcome in analyse(files, options, fixes=False):
        outcomes.append(outcome)
        if outcome.failed:
            tell(outcome, problems)
        elif arguments.format == "text":
            print("\n".join(make_text(outcome, style)), end="\n\n")
    if arguments.format == "json":
        print(json.dumps({"schema": 1, "files": [make_json(outcome) for outcome in outcomes]}, indent=2))
    return 2 if any(outcome.failed for outcome in outcomes) else 0


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Make the JSON of one file that docs/json.md describes."""
    from .ranges import range_json

    facts = [
        {
            "range": range_json(outcome.text, fact.span),
            "kind": fact.kind,
            "dtype": fact.dtype,
            "shape": None if fact.shape is None else list(fact.shape),
            "spec": fact.spec,
            "reason": fact.reason,
            "values": fact.values,
        }
        for fact in in_order(outcome)
    ]
    return {**file_json(outcome), "facts": facts}


def in_order(outcome: Outcome) -> list[Fact]:
    """Return the facts of a file from top to bottom, an outer expression before its parts."""
    return sorted(
        outcome.report.facts, key=lambda fact: (fact.span.start, (-fact.span.end.line, -fact.span.end.column))
    )


def render(outcome: Outcome, style: Style) -> list[str]:
    """Write the lines of a file that have facts, and the facts under them."""
    text = outcome.text
    assert text is not None
    facts = [fact for fact in in_order(outcome) if fact.kind not in _PLAIN]
    by_line: dict[int, list[Fact]] = {}
    for fact in facts:
        by_line.setdefault(fact.span.start.line, []).append(fact)
    gutter = len(str(text.line_count))
    bar = style("frame", "|")
    lines = [f"{style('bold', visible(outcome.path))}: {plural(len(facts), 'expression')}"]
    for number, some in by_line.items():
        lines.append(
            f"  {style('frame', str(number + 1).rjust(gutter))} {bar} {visible(text.line(number).expandtabs(4))}"
        )
        said = dict.fromkeys((_expression(text, fact), value(fact)) for fact in some)
        lines += [f"  {' ' * gutter} {bar}     {expression}: {style('bold', known)}" for expression, known in said]
    if outcome.report.status == "cut":
        lines.append("  the rest was not analysed: the budget of steps ran out")
    return lines


def _expression(text: Text, fact: Fact) -> str:
    flat = visible(" ".join(text.slice(fact.span).split()))
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def value(fact: Fact) -> str:
    """Write what is known in one line."""
    known = fact.text or fact.kind
    if fact.kind == "unknown":
        return visible(f"unknown ({fact.reason})" if fact.reason else "unknown")
    if fact.constant is not None and fact.constant != known:
        known = f"{known} = {fact.constant}"
    return visible(known if len(known) <= 2 * _LONGEST else known[: 2 * _LONGEST - 1] + "…")
