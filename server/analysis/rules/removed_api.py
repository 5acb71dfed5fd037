"""removed-api: a name is read that the installed version of the library does not have."""

from __future__ import annotations

import ast
import re

from ..fixes.renamed import fuller_name, rename_candidates, successor
from ..interpreter.events import AbsentName, LibraryCall
from ..libraries import absent, global_state
from ..libraries.outcome import Refused
from ..source.unit import Unit
from .base import Rule, Sentence
from .reached import surely_reached

_SETS = re.compile(r"setattr|patch|stub", re.IGNORECASE)
_TITLES = {"tensorflow": "TensorFlow", "keras": "Keras", "tf_keras": "Keras", "numpy": "NumPy"}


def judge(event: LibraryCall) -> Sentence | None:
    """Take a name that is not there, where nothing says that the program knows it."""
    if not isinstance(event, AbsentName) or event.expected:
        return None
    places = [(event.unit, event.node), *event.chain]
    if not all(surely_reached(unit, node) for unit, node in places):
        return None
    if _program_sets(event) or any(_rebound(event, unit) for unit, _ in places):
        return None
    full, _ = fuller_name(event)
    written = _written(event, full)
    types = event.outcome.types if isinstance(event.outcome, Refused) else ()
    kind = "module" if "ModuleNotFoundError" in types else "name"
    message = f"{written}: {_library(event.name)} has no such {kind}"
    now = successor(event)
    if now is not None:
        message += f"; use {now}"
    return Sentence(message, candidates=rename_candidates(event))


def _library(name: str) -> str:
    """Return the library that has no such name: TensorFlow 2 where TensorFlow 1 had it, else the very version."""
    root = name.partition(".")[0]
    if root == "tensorflow" and (absent.compatible(name) or name.startswith("tensorflow.contrib")):
        return "TensorFlow 2"
    if name.startswith("tensorflow.keras"):
        root = "keras"
    number = ".".join((absent.version(root) or "").split(".")[:2])
    return f"{_TITLES[root]} {number}".strip()


def _written(event: AbsentName, full: str) -> str:
    """Return the whole name as the program writes it, or as it is called where an import names it."""
    if not isinstance(event.node, ast.Attribute):
        return event.name
    return " ".join(event.unit.source(event.node).split()) + full.removeprefix(event.name)


def _program_sets(event: AbsentName) -> bool:
    """Say whether the program sets the name somewhere, or library-wide attributes that are not known."""
    lost = global_state.current(event.heap).lost or ""
    if lost.startswith(("the program replaces", "library-wide settings differ")):
        return True
    last = event.name.rpartition(".")[2]
    for unit in {event.unit, *(unit for unit, _ in event.chain)}:
        if "TF_USE_LEGACY_KERAS" in unit.text and "keras" in event.name:
            return True
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == last:
                return True
            if isinstance(node, ast.Call) and _SETS.search(ast.unparse(node.func)) and _may_name(node, last):
                return True
    return False


def _may_name(node: ast.Call, last: str) -> bool:
    """Say whether a call that sets an attribute may set this one: `setattr(np, name, …)`, `mock.patch("numpy.int")`."""
    texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    named = [text for text in texts if isinstance(text, str)]
    return not named or any(text.rpartition(".")[2] == last for text in named)


def _rebound(event: AbsentName, unit: Unit) -> bool:
    """Say whether a star import from nobody knows where follows the last import of the name the expression starts with."""
    if unit is not event.unit:
        return False
    first = event.node
    while isinstance(first, ast.Attribute):
        first = first.value
    if not isinstance(first, ast.Name):
        return False
    imports = [node for node in ast.walk(unit.tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    bound = [
        node.lineno
        for node in imports
        for alias in node.names
        if (alias.asname or alias.name.partition(".")[0]) == first.id
    ]
    stars = [
        node.lineno
        for node in imports
        if isinstance(node, ast.ImportFrom)
        and node.names[0].name == "*"
        and (node.module or "").partition(".")[0] not in _TITLES
    ]
    return any(line > max(bound, default=0) for line in stars)


RULE = Rule("removed-api", "A name that the installed version of the library does not have.", judge)
