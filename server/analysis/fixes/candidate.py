"""A repair that has still to be proved, and the edits and names that repairs are written with."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..interpreter.events import LibraryCall
from ..report import Edit, Position, Span
from ..source.unit import Unit
from ..values import ScopeObject, Symbol


@dataclass(frozen=True)
class Candidate:
    """A repair to be tried. Lower ranks are better; the best one that is proved is preferred."""

    title: str
    edits: tuple[Edit, ...]
    rank: int = 0


def wrap(unit: Unit, node: ast.expr, before: str, after: str) -> tuple[Edit, ...]:
    """Put text around an expression, whose own text stays as it is."""
    span = unit.span(node)
    return (
        Edit(unit.path, Span(span.start, span.start), before),
        Edit(unit.path, Span(span.end, span.end), after),
    )


def replace(unit: Unit, node: ast.expr, text: str) -> Edit:
    """Put text in place of an expression."""
    return Edit(unit.path, unit.span(node), text)


def insert_after(unit: Unit, node: ast.expr, text: str) -> Edit:
    """Put text behind an expression."""
    span = unit.span(node)
    return Edit(unit.path, Span(span.end, span.end), text)


def remove_keyword(unit: Unit, call: ast.Call, keyword: str) -> Edit:
    """Take a keyword argument out of a call, with the comma before it (or, where it comes first, the one behind)."""
    parts = sorted([*call.args, *(item.value for item in call.keywords)], key=lambda node: unit.span(node).start)
    value = next(item.value for item in call.keywords if item.arg == keyword)
    index = parts.index(value)
    if index > 0:
        return Edit(unit.path, Span(unit.span(parts[index - 1]).end, unit.span(value).end), "")
    item = next(item for item in call.keywords if item.arg == keyword)
    behind = call.keywords[call.keywords.index(item) + 1] if len(call.keywords) > 1 else None
    end = unit.span(value).end if behind is None else unit.span(behind).start
    return Edit(unit.path, Span(unit.span(item).start, end), "")


def alias(event: LibraryCall, module: str) -> str | None:
    """Return the name by which the program knows a library's module where the call stands."""
    scope: int | None = event.scope
    while scope is not None:
        item = event.heap.get(scope)
        if not isinstance(item, ScopeObject):
            return None
        for name, value in item.variables.items():
            if isinstance(value, Symbol) and value.name == module:
                return name
        scope = item.parent
    return None


def tensorflow(event: LibraryCall) -> tuple[str, tuple[Edit, ...]]:
    """Return how the program says `tf`, and the edits that import it first where it does not say it at all."""
    for module in ("tensorflow", "tensorflow.compat.v1"):
        name = alias(event, module)
        if name is not None:
            return name, ()
    return "tf", (Edit(event.unit.path, _import_place(event.unit), "import tensorflow as tf\n"),)


def numpy(event: LibraryCall) -> str | None:
    """Return how the program says `np`."""
    return alias(event, "numpy")


def numpy_imported(event: LibraryCall) -> tuple[str, tuple[Edit, ...]]:
    """Return how the program says `np`, and the edits that import it first where it does not say it at all."""
    name = numpy(event)
    if name is not None:
        return name, ()
    return "np", (Edit(event.unit.path, _import_place(event.unit), "import numpy as np\n"),)


def keras(event: LibraryCall) -> str | None:
    """Return how the program says `keras`, be it `tf.keras`."""
    for module in ("keras", "tensorflow.keras", "tf_keras"):
        name = alias(event, module)
        if name is not None:
            return name
    parent = alias(event, "tensorflow")
    return None if parent is None else f"{parent}.keras"


def _import_place(unit: Unit) -> Span:
    """Return the start of the first import, or of the first statement behind the docstring and `__future__`."""
    for statement in unit.tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        start = Position(unit.span(statement).start.line, 0)
        return Span(start, start)
    return Span(Position(0, 0), Position(0, 0))
