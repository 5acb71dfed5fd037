"""Repairs where layers meet: a layer put before another, an argument of a layer that is written further up."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from ..report import Edit, Position, Span
from ..source.unit import Unit
from .candidate import Candidate, alias, insert_after, keras, replace, wrap
from .way import Step

_MODULES = ("keras.layers", "tensorflow.keras.layers", "tf_keras.layers")


def layer_class(event: LibraryCall, name: str) -> str | None:
    """Return how the program says a class of `keras.layers`."""
    for module in _MODULES:
        home = alias(event, module)
        if home is not None:
            return f"{home}.{name}"
        own = alias(event, f"{module}.{name}")
        if own is not None:
            return own
    home = keras(event)
    return None if home is None else f"{home}.layers.{name}"


def put_before(event: LibraryCall, step: Step, text: str) -> tuple[Edit, ...] | None:
    """Return the edits that put a layer before the one that fails; None where it is not plain how."""
    given = tensors(event)
    inside = step.event is None
    if not inside:
        node = given[0][0].node if len(given) == 1 else None
        return None if node is None else wrap(event.unit, node, f"{text}(", ")")
    return None if step.made is None else put_before_layer(event.unit, step.made, text)


def put_before_layer(unit: Unit, made: ast.Call, text: str) -> tuple[Edit, ...] | None:
    """Return the edits that put a layer before one that is added to a model, or stands in a list of layers."""
    statement = _statement(unit, made)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        if isinstance(function, ast.Attribute) and function.attr == "add" and statement.value.args[:1] == [made]:
            start = unit.span(statement).start
            line = f"{unit.source(function.value)}.add({text})\n{' ' * start.column}"
            return (Edit(unit.path, Span(start, start), line),)
    if not _in_a_list(unit, made):
        return None
    start = unit.span(made).start
    alone = not unit.original[start.line][: start.column].strip()
    behind = f",\n{' ' * start.column}" if alone else ", "
    return (Edit(unit.path, Span(start, Position(start.line, start.column)), text + behind),)


def set_argument(unit: Unit, call: ast.Call, keyword: str, text: str) -> Edit | None:
    """Return the edit that gives a call a keyword, or another value for it; None where it has that value."""
    for item in call.keywords:
        if item.arg == keyword:
            return None if unit.source(item.value) == text else replace(unit, item.value, text)
        if item.arg is None:
            return None
    parts = sorted([*call.args, *(item.value for item in call.keywords)], key=lambda node: unit.span(node).start)
    if not parts:
        end = unit.span(call).end
        place = Position(end.line, end.column - 1)
        return Edit(unit.path, Span(place, place), f"{keyword}={text}")
    return insert_after(unit, parts[-1], f", {keyword}={text}")


def same_padding(event: LibraryCall, found: list[Step], rank: int = 0) -> list[Candidate]:
    """Return the edits that write `padding="same"` at a convolution or pooling, in the order of the steps."""
    out: list[Candidate] = []
    for step in found:
        if step.made is None or step.unit.path != event.unit.path or not step.name.endswith(WINDOWS):
            continue
        edit = set_argument(step.unit, step.made, "padding", '"same"')
        if edit is not None:
            line = step.made.lineno
            out.append(Candidate(f'Set padding="same" at {step.name} (line {line})', (edit,), rank + len(out)))
    return out


#: Ends of the names of layers that slide a window, and so may shrink what goes in.
WINDOWS = ("Conv1D", "Conv2D", "Conv3D", "Pooling1D", "Pooling2D", "Pooling3D", "Pool1D", "Pool2D", "Pool3D")


def _statement(unit: Unit, node: ast.AST) -> ast.stmt | None:
    """Return the statement that consists of the shortest piece of text around a node."""
    line = getattr(node, "lineno", 0)
    found = [
        item
        for item in ast.walk(unit.tree)
        if isinstance(item, ast.stmt) and item.lineno <= line <= (item.end_lineno or line)
    ]
    return min(found, key=lambda item: (item.end_lineno or 0) - item.lineno, default=None)


def _in_a_list(unit: Unit, node: ast.AST) -> bool:
    """Say whether a node is written as an item of a list."""
    return any(isinstance(item, (ast.List, ast.Tuple)) and node in item.elts for item in ast.walk(unit.tree))
