"""Repairs of an `if` that a symbolic tensor decides: `tf.cond` of what its two branches give."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..report import Edit, Span
from ..source.unit import Unit
from .candidate import Candidate, tensorflow


def cond_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that writes `tf.cond` in place of an `if` whose branches assign one name, or return."""
    if event.mode != "graph":
        return ()
    for part in ast.walk(event.unit.tree):
        body = getattr(part, "body", None)
        for block in (body, getattr(part, "orelse", None)):
            for at, statement in enumerate(block if isinstance(block, list) else ()):
                if isinstance(statement, ast.If) and statement.test is event.node:
                    assert isinstance(block, list)
                    return _replaced(event, statement, block[at + 1 :])
    return ()


def _replaced(event: LibraryCall, statement: ast.If, rest: list[ast.stmt]) -> tuple[Candidate, ...]:
    unit = event.unit
    end: ast.stmt = statement
    if len(statement.body) != 1 or len(statement.orelse) > 1:
        return ()
    other: ast.stmt | None = statement.orelse[0] if statement.orelse else None
    if isinstance(statement.body[0], ast.Return) and other is None and rest:
        other = end = rest[0]
    first, second = _result(statement.body[0]), _result(other)
    if first is None or (second is None and other is not None):
        return ()
    head, value = first
    kept = head.removesuffix(" = ")
    if second is None:
        if head == "return ":
            return ()
        alternative = kept
    elif second[0] != head:
        return ()
    else:
        alternative = _source(unit, second[1])
    library, imports = tensorflow(event)
    test = unit.source(statement.test)
    text = f"{head}{library}.cond({test}, lambda: {_source(unit, value)}, lambda: {alternative})"
    span = Span(unit.span(statement).start, unit.span(end).end)
    return (Candidate(f"Use {library}.cond", (*imports, Edit(unit.path, span, text)), 1),)


def _result(statement: ast.stmt | None) -> tuple[str, ast.expr] | None:
    """Return how a statement begins that assigns one name, or returns, and the expression in it."""
    if isinstance(statement, ast.Return) and statement.value is not None:
        return "return ", statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return f"{statement.targets[0].id} = ", statement.value
    return None


def _source(unit: Unit, node: ast.expr) -> str:
    text = unit.source(node)
    return f"({text})" if isinstance(node, ast.Tuple) and not text.startswith("(") else text
