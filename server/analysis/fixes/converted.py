"""Repairs of control flow that a symbolic tensor decides: let AutoGraph convert the function around it."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..report import Edit, Position, Span
from .candidate import Candidate, remove_keyword, tensorflow


def converted_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit by which AutoGraph sees the function: `autograph=False` removed, or `tf.function` before it."""
    if event.mode != "graph":
        return ()
    around = _function_around(event)
    if around is None:
        return ()
    for decorator in around.decorator_list:
        if isinstance(decorator, ast.Call) and any(item.arg == "autograph" for item in decorator.keywords):
            edit = remove_keyword(event.unit, decorator, "autograph")
            return (Candidate("Let AutoGraph convert the function: remove autograph=False", (edit,)),)
    if around.decorator_list:
        return ()
    library, imports = tensorflow(event)
    start = Position(around.lineno - 1, 0)
    indent = " " * event.unit.span(around).start.column
    line = Edit(event.unit.path, Span(start, start), f"{indent}@{library}.function\n")
    return (Candidate(f"Let AutoGraph convert {around.name}: @{library}.function", (*imports, line)),)


def _function_around(event: LibraryCall) -> ast.FunctionDef | None:
    """Return the innermost function in whose body a test stands."""
    found = [
        item
        for item in ast.walk(event.unit.tree)
        if isinstance(item, ast.FunctionDef) and any(part is event.node for part in ast.walk(item))
    ]
    return min(found, key=lambda item: (item.end_lineno or 0) - item.lineno, default=None)
