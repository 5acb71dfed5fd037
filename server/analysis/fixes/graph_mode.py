"""Bring a program of TensorFlow 1 to run: by its old API, and without eager execution."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from ..report import Edit, Position, Span
from ..source.unit import Unit
from .candidate import Candidate, alias

_V1 = "tensorflow.compat.v1"


def disable_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that disables eager execution behind the imports."""
    for module, call in ((_V1, "disable_v2_behavior()"), ("tensorflow", "compat.v1.disable_eager_execution()")):
        name = alias(event, module)
        place = _behind_imports(event.unit, module)
        if name is not None and place is not None:
            return (Candidate(f"Call {name}.{call} first", (_line(event.unit, place, f"{name}.{call}"),)),)
    return ()


def throughout_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that let a program of TensorFlow 1 be one: `import tensorflow.compat.v1 as tf`."""
    name = alias(event, "tensorflow")
    place = _behind_imports(event.unit, "tensorflow")
    if name is None or place is None:
        return ()
    node = next(iter(_imports(event.unit, "tensorflow")))
    written = f"import {_V1} as {name}"
    if len(node.names) > 1 or event.unit.source(node) not in (f"import tensorflow as {name}", "import tensorflow"):
        return ()
    edits = (
        Edit(event.unit.path, event.unit.span(node), written),
        _line(event.unit, place, f"{name}.disable_v2_behavior()"),
    )
    return (Candidate(f"Import {_V1} as {name} and disable TensorFlow 2's behavior", edits, rank=5),)


def _imports(unit: Unit, module: str) -> list[ast.Import]:
    return [
        node
        for node in unit.tree.body
        if isinstance(node, ast.Import) and any(part.name == module for part in node.names)
    ]


def _behind_imports(unit: Unit, module: str) -> ast.stmt | None:
    """Return the last of the imports that stand together with that of a module, at the top of a program."""
    wanted = _imports(unit, module)
    if not wanted:
        return None
    last: ast.stmt = wanted[0]
    for node in unit.tree.body[unit.tree.body.index(last) + 1 :]:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            break
        last = node
    return last


def _line(unit: Unit, behind: ast.stmt, text: str) -> Edit:
    line = unit.span(behind).end.line + 1
    start = Position(line, 0)
    if line >= len(unit.original):
        end = unit.span(behind).end
        return Edit(unit.path, Span(end, end), f"\n\n{text}\n")
    return Edit(unit.path, Span(start, start), f"\n{text}\n")
