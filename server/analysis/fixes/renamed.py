"""Write a name that is gone as it is called now."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import AbsentName
from ..libraries import absent, graphs
from ..report import Edit, Position, Span
from ..source.unit import Unit
from .candidate import Candidate, alias, replace
from .graph_mode import throughout_candidates


def fuller_name(event: AbsentName) -> tuple[str, dict[str, ast.expr]]:
    """Return the longest dotted name that the absent one begins, and the expression of each of its beginnings."""
    name, nodes = event.name, dict[str, ast.expr]()
    if not isinstance(event.node, ast.Attribute):
        return name, nodes
    node: ast.expr = event.node
    nodes[name] = node
    outer = {id(parent.value): parent for parent in ast.walk(event.unit.tree) if isinstance(parent, ast.Attribute)}
    while id(node) in outer:
        node = outer[id(node)]
        assert isinstance(node, ast.Attribute)
        name = f"{name}.{node.attr}"
        nodes[name] = node
    return name, nodes


def successor(event: AbsentName) -> str | None:
    """Return what the name is called now, as it is written with the usual aliases."""
    full, _ = fuller_name(event)
    for old, now in _successors(event):
        return re.sub(r"^tensorflow\b", "tf", re.sub(r"^numpy\b", "np", now)) + full.removeprefix(old)
    return None


def rename_candidates(event: AbsentName) -> tuple[Candidate, ...]:
    """Return the edits that write the name as it is called now."""
    if isinstance(event.node, ast.Attribute):
        full, nodes = fuller_name(event)
        edits = [(_spelled(event, now), old) for old, now in _successors(event)]
        whole = throughout_candidates(event) if graphs.of_graphs(event.name) else ()
        return *whole, *(
            Candidate(f"Change to {text}{full.removeprefix(old)}", (replace(event.unit, nodes[old], text),), rank)
            for rank, (text, old) in enumerate(edits)
            if text is not None
        )
    return _import_candidates(event)


def _successors(event: AbsentName) -> list[tuple[str, str]]:
    """Return pairs of a beginning of the name and what it is called now, the best first."""
    full, nodes = fuller_name(event)
    beginnings = sorted(nodes or [event.name], key=len, reverse=True)
    found: list[tuple[str, str]] = []
    for name in beginnings:
        now = absent.renamed(name)
        if now is not None:
            found.append((name, now))
            break
    # All of the name has to be there: `tf.compat.v1.layers` is, and has no `dense` without Keras 2.
    if absent.compatible(full) is not None:
        kept = absent.compatible(event.name)
        found += [(event.name, kept)] if kept is not None else []
    for name in beginnings:
        other = absent.numpy_successor(name) or absent.shortened(name, event.name)
        if other is not None:
            found.append((name, other))
            break
    return found


def _spelled(event: AbsentName, name: str) -> str | None:
    """Write a library's name as the program says it, with its own alias; None where it has no way to say it."""
    root, _, rest = name.partition(".")
    if not rest:  # a builtin, unless the program has taken its name
        return name if event.heap.lookup(event.scope, name) is None else None
    known = alias(event, root)
    if known is not None:
        return f"{known}.{rest}"
    inner = alias(event, "tensorflow.compat.v1")
    if name.startswith("tensorflow.compat.v1.") and inner is not None:
        return f"{inner}.{name.removeprefix('tensorflow.compat.v1.')}"
    # `from tensorflow import keras`, `import keras.layers as kl`.
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        known = alias(event, ".".join(parts[:length]))
        if known is not None:
            return ".".join([known, *parts[length:]])
    return None


def _import_candidates(event: AbsentName) -> tuple[Candidate, ...]:
    """Return the edit of a `from … import …`: the module that has all of the names."""
    statement = _statement(event.unit, event.node)
    if statement is None or statement.module is None or statement.level or any(n.name == "*" for n in statement.names):
        return ()
    module = statement.module
    names = [alias.name for alias in statement.names]
    options = (
        [f"tensorflow.compat.v1.{module.partition('.')[2]}".rstrip(".")] if module.startswith("tensorflow") else []
    )
    parts = module.split(".")
    ranges = [(i, j) for i in range(len(parts) - 1, 0, -1) for j in range(i + 1, len(parts) + 1)]
    options += [".".join([*parts[:i], *parts[j:]]) for i, j in ranges]
    for option in options:
        if absent.import_failure(option) is None and all(absent.reaches(f"{option}.{name}") for name in names):
            edit = _module_edit(event.unit, statement, option)
            return (Candidate(f"Import from {option}", (edit,)),) if edit is not None else ()
    return ()


def _statement(unit: Unit, node: ast.AST) -> ast.ImportFrom | None:
    if isinstance(node, ast.ImportFrom):
        return node
    for statement in ast.walk(unit.tree):
        if isinstance(statement, ast.ImportFrom) and any(alias is node for alias in statement.names):
            return statement
    return None


def _module_edit(unit: Unit, statement: ast.ImportFrom, module: str) -> Edit | None:
    start = unit.span(statement).start
    found = re.match(r"from[ \t]+([\w.]+)", unit.original[start.line][start.column :])
    if found is None or found[1] != statement.module:
        return None
    begin, end = (Position(start.line, start.column + offset) for offset in found.span(1))
    return Edit(unit.path, Span(begin, end), module)
