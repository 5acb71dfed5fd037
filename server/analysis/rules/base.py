"""What a rule is, and how events become findings.

A refused call belongs to one rule, the most specific that takes it; what merely looks wrong may interest several.
A line in a function is reported once, however many callers reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..fixes.batches import whole_batches
from ..fixes.candidate import Candidate
from ..interpreter.events import LibraryCall, name_of, tensors
from ..libraries.outcome import Refused, Returned
from ..report import Diagnostic, Location, Related
from ..source.unit import Unit
from ..values.heap import Heap
from ..values.render import text
from .decided import divergence


@dataclass(frozen=True)
class Finding:
    """A diagnostic, and what may repair it."""

    diagnostic: Diagnostic
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """What a rule says of an event: the sentence, and places beyond the arguments that explain it.

    severity: where it is not the rule's. about: the earlier call that it is about, where that is not the event itself.
    """

    message: str
    related: tuple[Related, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    severity: str | None = None
    about: LibraryCall | None = None


@dataclass(frozen=True)
class Rule:
    """A rule: its name as it reads after "ignore", what it finds in one line, and how it judges an event.

    refusals: the rule judges calls that raise (an error); otherwise calls that return (a warning); None for both.
    """

    name: str
    summary: str
    judge: Callable[[LibraryCall], Sentence | None]
    refusals: bool | None = True
    severity: str = "error"


@dataclass
class RuleSet:
    """Listens to the interpretation of one document, and gathers findings."""

    unit: Unit
    rules: tuple[Rule, ...]
    _found: dict[tuple[object, str], Finding] = field(default_factory=dict)
    _guessed: dict[tuple[object, str], object] = field(default_factory=dict)
    _returned: set[object] = field(default_factory=set)

    def library_call(self, event: LibraryCall) -> None:
        """Let the rules judge an event."""
        refused = isinstance(event.outcome, Refused)
        place = self._place(event)
        if place is None:
            return
        visit = (id(event.node), *(id(node) for _, node in event.chain))
        if isinstance(event.outcome, Returned):
            self._returned.add(visit)
        for rule in self.rules:
            if rule.refusals is not None and rule.refusals != refused:
                continue
            if (place, rule.name) in self._found:
                if refused:  # the next rule would word the same refusal a second time
                    if not event.guessed:
                        self._guessed.pop((place, rule.name), None)
                    return
                continue
            sentence = rule.judge(event)
            if sentence is None:
                continue
            subject = event if sentence.about is None else sentence.about
            at = place if sentence.about is None else self._place(subject)
            if at is None:
                continue
            self._found[at, rule.name] = self._finding(rule, subject, sentence, at)
            if refused:
                if event.guessed:
                    self._guessed[place, rule.name] = visit
                return

    def findings(self) -> Iterable[Finding]:
        """Return the findings in the order of the text.

        What fails in a branch of which nobody knows whether it is taken, and went well at another visit, may be a branch
        that is never taken in that case: nothing is said of it.
        """
        certain = [finding for place, finding in self._found.items() if self._guessed.get(place) not in self._returned]
        return sorted(certain, key=lambda finding: (finding.diagnostic.span, finding.diagnostic.code))

    def _place(self, event: LibraryCall) -> Location | None:
        """Return where in this document to report: the line itself, or the call that led into another file."""
        if event.unit.path == self.unit.path:
            return event.location
        for unit, node in reversed(event.chain):
            if unit.path == self.unit.path:
                return unit.location(node)
        return None

    def _finding(self, rule: Rule, event: LibraryCall, sentence: Sentence, place: Location) -> Finding:
        related = [*sentence.related]
        if isinstance(event.outcome, Refused) and not related:
            related += divergence(event)
        if place != event.location:
            related.insert(0, Related(event.location, "this line fails"))
        said = {item.location for item in related}
        related += [item for item in dict.fromkeys(origins(event)) if item.location not in said]
        related += [
            Related(unit.location(node), "called from here")
            for unit, node in event.chain
            if unit.location(node) != place
        ]
        detail = f"{event.outcome.type}: {event.outcome.message}" if isinstance(event.outcome, Refused) else ""
        diagnostic = Diagnostic(
            path=self.unit.path,
            span=place.span,
            code=rule.name,
            severity="information" if event.expected else sentence.severity or rule.severity,
            message=_located(sentence.message + (f" ({event.note})" if event.note else ""), event, place),
            detail=detail,
            related=tuple(related[:8]),
        )
        candidates = (*sentence.candidates, *(whole_batches(event) if event.note else ()))
        return Finding(diagnostic, candidates if place == event.location and not event.expected else ())


def _located(message: str, event: LibraryCall, place: Location) -> str:
    """Say which line of another file fails, where the call that led there is what is reported."""
    if event.unit.path == place.path:
        return message
    return f"{Path(event.unit.path).name}:{event.location.span.start.line + 1}: {message}"


def origins(event: LibraryCall) -> list[Related]:
    """Say where each tensor among the arguments got its shape: "`b` is f32[2, 3] since line 4"."""
    out = []
    for argument, value in tensors(event):
        origin = argument.value.origin or value.origin
        if origin is None or argument.node is None or origin.location == event.unit.location(argument.node):
            continue
        line = origin.location.span.start.line + 1
        said = text(value, Heap())
        out.append(Related(origin.location, f"`{name_of(event, argument)}` is {said} since line {line}"))
    return out
