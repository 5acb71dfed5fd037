"""Repairs of functions that a data set calls with another number of parts than they take."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall
from ..libraries.outcome import Refused
from ..report import Edit, Position, Span
from ..source.unit import Unit
from .candidate import Candidate, insert_after

_MANY = re.compile(r"takes (\d+) positional arguments? but (\d+) were given")
_NAMES = ("y", "label", "target", "extra", "more")

Function = ast.Lambda | ast.FunctionDef


def arity_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which a function takes all parts of an element, handing them on or not."""
    found = _MANY.search(event.outcome.message) if isinstance(event.outcome, Refused) else None
    function = _function(event)
    if found is None or function is None:
        return ()
    takes, given = (int(part) for part in found.groups())
    parameters = function.args
    written = [*parameters.posonlyargs, *parameters.args]
    if takes != len(written) or not written or parameters.defaults or not 1 <= given - takes <= 3:
        return ()
    used = {part.arg for part in ast.walk(function) if isinstance(part, ast.arg)}
    used |= {part.id for part in ast.walk(function) if isinstance(part, ast.Name)}
    names = [name for name in _NAMES if name not in used][: given - takes]
    if len(names) < given - takes:
        return ()
    unit = event.unit
    added = _add(unit, written[-1], names)
    title = f"Take {', '.join(f'`{name}`' for name in names)} too"
    out = [Candidate(title, (added,), 1)]
    handed = _handed_on(unit, function, names)
    if event.name.endswith(".map") and handed:
        out.insert(0, Candidate(f"{title}, and hand {'it' if len(names) == 1 else 'them'} on", (added, *handed)))
    return tuple(out)


def _function(event: LibraryCall) -> Function | None:
    """Return the function that is called with the elements, where it is written in this document."""
    given = event.argument(0, "map_func") or event.argument(0, "predicate")
    node = None if given is None else given.node
    if isinstance(node, ast.Lambda):
        return node
    if not isinstance(node, ast.Name):
        return None
    found = [item for item in ast.walk(event.unit.tree) if isinstance(item, ast.FunctionDef) and item.name == node.id]
    return found[0] if len(found) == 1 else None


def _add(unit: Unit, last: ast.arg, names: list[str]) -> Edit:
    end = unit.span(last).end
    return Edit(unit.path, Span(end, end), "".join(f", {name}" for name in names))


def _handed_on(unit: Unit, function: Function, names: list[str]) -> tuple[Edit, ...]:
    """Return the edits that give the further parts back, beside what the function gives."""
    rest = "".join(f", {name}" for name in names)
    if isinstance(function, ast.Lambda):
        if isinstance(function.body, ast.Tuple):
            return ()
        span = unit.span(function.body)
        start, end = span.start, span.end
        before, after = _outside(unit, start, end)
        return (Edit(unit.path, Span(before, before), "("), Edit(unit.path, Span(after, after), f"{rest})"))
    returns = [item for item in ast.walk(function) if isinstance(item, ast.Return)]
    if any(item.value is None or isinstance(item.value, ast.Tuple) for item in returns):
        return ()
    return tuple(insert_after(unit, item.value, rest) for item in returns if item.value is not None)


def _outside(unit: Unit, start: Position, end: Position) -> tuple[Position, Position]:
    """Return the places around an expression: outside of the parentheses that it stands in by itself."""
    line, last = unit.original[start.line], unit.original[end.line]
    if start.column > 0 and line[start.column - 1] == "(" and last[end.column : end.column + 1] == ")":
        opened = line[: start.column - 1].rstrip()
        if opened.endswith(":"):
            return Position(start.line, start.column - 1), Position(end.line, end.column + 1)
    return start, end
