"""Where the parts of a model are written: its `compile`, its layers. What is found is tried, and kept only if it helps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..interpreter.events import LibraryCall
from ..source.unit import Unit


def receiver_text(node: ast.AST) -> str | None:
    """Return how the program writes the object whose method is called."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func.value)
    return None


def function_of(unit: Unit, node: ast.AST) -> ast.AST | None:
    """Return the function of the program in whose body a node stands; None for the module."""
    line = getattr(node, "lineno", 0)
    found = [
        item
        for item in ast.walk(unit.tree)
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
        and item.lineno <= line <= (item.end_lineno or line)
    ]
    return max(found, key=lambda item: item.lineno, default=None)


def calls_before(event: LibraryCall) -> list[ast.Call]:
    """Return the calls of the document above the line of an event, the nearest first."""
    line = getattr(event.node, "lineno", 0)
    found = [node for node in ast.walk(event.unit.tree) if isinstance(node, ast.Call) and node.lineno <= line]
    found = [node for node in found if node is not event.node]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True)


def last_name(call: ast.Call) -> str:
    """Return the last part of what is called."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def compile_call(event: LibraryCall) -> ast.Call | None:
    """Return the `compile` of the model whose `fit` an event is."""
    own = receiver_text(event.node)
    calls = [call for call in calls_before(event) if last_name(call) == "compile"]
    return next((call for call in calls if receiver_text(call) == own), calls[0] if len(calls) == 1 else None)


def argument_of(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    """Return an argument of a call, by its keyword or its position."""
    for item in call.keywords:
        if item.arg == keyword:
            return item.value
    plain = call.args
    if position < len(plain) and not any(isinstance(item, ast.Starred) for item in plain):
        return plain[position]
    return None


def layers(event: LibraryCall, *names: str) -> Iterator[ast.Call]:
    """Yield the layers of these classes above an event, the nearest first."""
    for call in calls_before(event):
        if last_name(call) in names:
            yield call


def dense_with(event: LibraryCall, units: int) -> list[tuple[ast.Call, ast.expr]]:
    """Return the Dense layers of so many units, the nearest first, with where that number is written."""
    found: list[tuple[ast.Call, ast.expr]] = []
    for call in layers(event, "Dense"):
        number = argument_of(call, "units", 0)
        if isinstance(number, ast.Constant) and number.value == units:
            found.append((call, number))
    return found[:2]
