"""What may be done with a public name, and rules that say so by patterns of names.

*concrete*: a pure function: asked in a scratch graph, and run for real on small known values (constant folding, eager
confirmation). *symbolic*: asked in a scratch graph, where no op is executed. *model*: the analysis has a model of its
own. *forbidden*: it reaches files, the network, processes, devices, global state, Python of the program or a
deserialiser; the reason says which. *unclassified*: no rule knows the name (a release brought it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("concrete", "symbolic", "model", "forbidden", "unclassified")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be done with a name, and why not more.

    asks: how a model may ask the library itself, if it does. draws: random numbers: what it gives is never known, but
    whether it raises may be tried.
    """

    kind: str
    reason: str = ""
    asks: str = ""
    draws: bool = False

    @property
    def may_ask(self) -> bool:
        """Say whether the library may be asked in a scratch graph."""
        return self.kind in ("concrete", "symbolic") or self.asks in ("concrete", "symbolic")

    @property
    def may_run(self) -> bool:
        """Say whether the call may be made for real, on small values."""
        return "concrete" in (self.kind, self.asks)

    @property
    def may_confirm(self) -> bool:
        """Say whether a failure in a graph may be tried for real, on stand-ins."""
        return self.may_run or self.draws


CONCRETE = Verdict("concrete")
RANDOM = Verdict("symbolic", draws=True)
#: What calls functions of the program, as often as its arguments have elements: whether it raises may be tried.
FINITE = Verdict("symbolic", draws=True)
SYMBOLIC = Verdict("symbolic")
UNCLASSIFIED = Verdict("unclassified", "no rule knows this name")


def forbidden(reason: str) -> Verdict:
    """Return the verdict on what is never run."""
    return Verdict("forbidden", reason)


@dataclass(frozen=True, slots=True)
class Rule:
    """A verdict on every name that a pattern matches as a whole."""

    pattern: re.Pattern[str]
    verdict: Verdict


def rules(table: Iterable[tuple[str, Verdict]]) -> tuple[Rule, ...]:
    """Compile a table of patterns and verdicts; the first that matches a name has it."""
    return tuple(Rule(re.compile(pattern), verdict) for pattern, verdict in table)


def first(table: tuple[Rule, ...], name: str) -> Verdict | None:
    """Return the verdict of the first rule that knows a name."""
    return next((rule.verdict for rule in table if rule.pattern.fullmatch(name)), None)
