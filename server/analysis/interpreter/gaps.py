"""Where tracking stopped: of all that is unknown, what is unknown by itself and was not handed on by something else.

An unknown value is handed on with its reason, through names, arguments and returns. So the first expression with a
reason, in the order of evaluation, is where it began; an expression without unknown parts that gives up on something of
its own begins another chain, be the reason the same.
"""

from __future__ import annotations

import ast
import dataclasses
from bisect import bisect_right
from collections.abc import Hashable, Iterator

from ..report import Fact, Span
from ..values import BoundMethod, Builtin, Ref, Symbol, TensorValue, Value
from .facts import FactTable, Visit

_HANDED = (ast.Name, ast.arg, ast.Attribute, ast.Subscript)


def with_gaps(table: FactTable) -> tuple[Fact, ...]:
    """Return the facts in the order of the text; those at which tracking stopped say how much is unknown by them."""
    lost = [visit for visit in table.visits() if visit.fact.kind == "unknown"]
    causes = _causes(lost, table)
    counts: dict[int, int] = {}
    for visit in lost:
        root = _root(id(visit.node), causes)
        counts[root] = counts.get(root, 0) + (id(visit.node) != root)
    marked = [
        dataclasses.replace(visit.fact, gap=counts[id(visit.node)]) if id(visit.node) in counts else visit.fact
        for visit in table.visits()
    ]
    return tuple(sorted(marked, key=lambda fact: (fact.span.start, fact.span.end)))


def _root(node: int, causes: dict[int, int]) -> int:
    while node in causes:
        node = causes[node]
    return node


def _causes(lost: list[Visit], table: FactTable) -> dict[int, int]:
    """Return, by node, the earlier unknown that an unknown comes from; what begins a chain has none."""
    causes: dict[int, int] = {}
    seen = _Seen()
    inside = _Inside(lost)
    for visit in lost:  # in the order in which they were first seen unknown
        source = inside.source(visit) or _handed_on(visit, seen, table)
        if source is not None and source.order < visit.order:
            causes[id(visit.node)] = id(source.node)
        seen.add(visit)
    return causes


class _Seen:
    """What was unknown before, by its reason and by what else shows that it was handed on."""

    def __init__(self) -> None:
        self._last: dict[Hashable, Visit] = {}

    def add(self, visit: Visit) -> None:
        """Take up an unknown."""
        for key in _keys(visit):
            self._last[visit.fact.reason, key] = visit

    def get(self, visit: Visit, key: Hashable) -> Visit | None:
        """Return the last one with the same reason and this key."""
        return self._last.get((visit.fact.reason, key))


def _keys(visit: Visit) -> Iterator[Hashable]:
    yield "any"
    yield from _identities(visit.value)
    yield ("named", _name(visit.node)) if isinstance(visit.node, _HANDED) else "made"


def _identities(value: Value) -> Iterator[Hashable]:
    """Return what two unknowns share that are one and the same object, or were made at the same place."""
    yield ("address", value.address) if isinstance(value, Ref) else ("identity", id(value))
    if value.origin is not None:
        yield ("origin", value.origin)


def _handed_on(visit: Visit, seen: _Seen, table: FactTable) -> Visit | None:
    """Return what handed an unknown on that has no unknown parts."""
    for key in _identities(visit.value):
        same = seen.get(visit, key)
        if same is not None:
            return same
    if isinstance(visit.node, ast.Call):
        return None if _gives_up_itself(table.value(visit.node.func)) else seen.get(visit, "any")
    if not isinstance(visit.node, _HANDED):
        return None
    return seen.get(visit, "made") or seen.get(visit, ("named", _name(visit.node)))


def _gives_up_itself(function: Value | None) -> bool:
    """Say whether a call of this is answered, or given up, by the analysis: no code of the program runs."""
    if isinstance(function, BoundMethod):
        return isinstance(function.receiver, TensorValue) or not isinstance(function.receiver, Ref)
    return isinstance(function, (Symbol, Builtin)) or function is None


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.arg):
        return node.arg
    return ast.unparse(node)


class _Inside:
    """The unknown parts of expressions."""

    def __init__(self, lost: list[Visit]) -> None:
        self._sorted = sorted(lost, key=lambda visit: visit.fact.span)
        self._starts = [visit.fact.span.start for visit in self._sorted]

    def source(self, visit: Visit) -> Visit | None:
        """Return the outermost unknown part with the same reason; of several the first that was seen."""
        span = visit.fact.span
        best: Visit | None = None
        index = bisect_right(self._starts, span.end)
        for other in reversed(self._sorted[:index]):
            if other.fact.span.start < span.start:
                break
            if other is visit or other.fact.reason != visit.fact.reason or not _within(other.fact.span, span):
                continue
            outer = best is None or _within(best.fact.span, other.fact.span)
            if outer or (best is not None and _beside(other, best) and other.order < best.order):
                best = other
        return best


def _beside(one: Visit, other: Visit) -> bool:
    return not _within(one.fact.span, other.fact.span)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and inner != outer
