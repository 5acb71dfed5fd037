"""What a piece of a program changes, as far as its tree says."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

#: Methods that change the container that they are called on.
MUTATORS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
        "appendleft",
    ]
)


def names_changed(tree: ast.AST) -> tuple[Mapping[str, int], frozenset[str], frozenset[str]]:
    """Return how often names are bound, which are declared global or nonlocal, and whose containers are changed.

    Kept with the tree.
    """
    kept: tuple[Mapping[str, int], frozenset[str], frozenset[str]] | None = tree.__dict__.get("_names_changed")
    if kept is None:
        parts = list(ast.walk(tree))
        stores = Counter(part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
        declared = {name for part in parts if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names}
        kept = stores, frozenset(declared), frozenset(changed_name(part) for part in parts)
        tree.__dict__["_names_changed"] = kept
    return kept


def changed_name(node: ast.AST) -> str:
    """Return the name of the container that a node changes, or nothing."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return getattr(node.value, "id", "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return getattr(node.func.value, "id", "")
    return ""
