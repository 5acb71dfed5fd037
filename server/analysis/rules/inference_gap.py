"""inference-gap: where tracking stopped, for who asks for it (`shapewright.gaps`, `infer --gaps`).

No event says that nothing is known: these are read off the facts, when all are there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..interpreter.events import LibraryCall
from ..report import Diagnostic, Fact, Span
from .base import Rule, Sentence


def judge(event: LibraryCall) -> Sentence | None:
    """Take no event."""
    return None


def hints(path: str, facts: Iterable[Fact], told: Collection[Span]) -> tuple[Diagnostic, ...]:
    """Return a hint for each place where tracking stopped, but those where an error says why."""
    return tuple(
        Diagnostic(path=path, span=fact.span, code=RULE.name, severity=RULE.severity, message=_message(fact))
        for fact in facts
        if fact.gap is not None and fact.span not in told
    )


def _message(fact: Fact) -> str:
    message = f"tracking stops here: {fact.reason or 'not understood'}"
    if not fact.gap:
        return message
    return f"{message} ({fact.gap} more {'expression is' if fact.gap == 1 else 'expressions are'} unknown by it)"


RULE = Rule("inference-gap", "Where tracking of shapes stopped, and why.", judge, refusals=False, severity="hint")
