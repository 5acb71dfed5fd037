"""Code that is perhaps never reached where a name is missing: programs ask which version they run on.

A program that supports TensorFlow 1 and 2 reads the old names behind a test of the version, and that test is often
made of things the interpreter does not follow (`packaging.version`, a flag of another module). What stands behind
such a test is not judged.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from ..source.unit import Unit

_ASKS = re.compile(
    r"version|(^|_)v[12]($|_)|tf_?v?[12]|(np|numpy|keras)_?[123]|compat|legacy|eager|contrib|has_|have_|avail|installed|"
    r"^(hasattr|getattr|dir|vars|__dict__|major|minor|find_spec|suppress)$",
    re.IGNORECASE,
)
_CAUGHT = re.compile(r"\b(ImportError|ModuleNotFoundError|AttributeError|Exception|BaseException)\b")
_SKIPS = re.compile(r"skip|xfail|version|only|v1|deprecated", re.IGNORECASE)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

_known: WeakKeyDictionary[Unit, Reached] = WeakKeyDictionary()


def surely_reached(unit: Unit, node: ast.AST) -> bool:
    """Say whether nothing around a place asks for a version, and Python evaluates it when it comes there."""
    if unit not in _known:
        _known[unit] = Reached(unit.tree)
    return not _known[unit].guarded(node)


class Reached:
    """The tests in a tree, and what stands behind them."""

    def __init__(self, tree: ast.Module) -> None:
        self._nodes = list(ast.walk(tree))
        self._parents = {id(child): node for node in self._nodes for child in ast.iter_child_nodes(node)}
        self._flags = set(self._find_flags())
        self._asked: set[int] = set()

    def _find_flags(self) -> Iterator[str]:
        """Find the names that hold the answer of such a test, or of an attempted import."""
        flags: set[str] = set()
        before = -1
        while before != len(flags):
            before = len(flags)
            self._flags = flags
            for node in self._nodes:
                if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                    if self._asks(node.value) or self._tries(node):
                        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                        flags.update(name for target in targets for name in _names(target))
                elif isinstance(node, _FUNCTIONS):
                    given = (part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value)
                    if any(self._asks(value, bare=False) for value in given):
                        flags.add(node.name)
        return iter(flags)

    def _tries(self, node: ast.AST) -> bool:
        """Say whether a constant is assigned inside of a `try` that looks whether something is there."""
        around = self._parents.get(id(node))
        while isinstance(around, ast.ExceptHandler):
            around = self._parents.get(id(around))
        return (
            isinstance(around, ast.Try)
            and isinstance(getattr(node, "value", None), ast.Constant)
            and any(_catches(handler) for handler in around.handlers)
        )

    def _asks(self, test: ast.AST, *, bare: bool = True) -> bool:
        """Say whether an expression asks for a version, or for what is there."""
        for node in ast.walk(test):
            if isinstance(node, ast.Name):
                if node.id in self._flags or (_ASKS.search(node.id) and (bare or isinstance(test, ast.Compare))):
                    return True
            elif isinstance(node, ast.Attribute) and (node.attr in self._flags or _asking(node)):
                return True
        return False

    def guarded(self, node: ast.AST) -> bool:
        """Say whether a place stands behind such a test, or where Python need not evaluate it."""
        child, parent = node, self._parents.get(id(node))
        while parent is not None:
            if self._behind(parent, child) or _unevaluated(parent, child):
                return True
            if isinstance(parent, (*_FUNCTIONS, ast.ClassDef)) and child in parent.body:
                if any(_SKIPS.search(ast.unparse(item)) for item in parent.decorator_list) or self._only_asked(parent):
                    return True
            child, parent = parent, self._parents.get(id(parent))
        return False

    def _behind(self, parent: ast.AST, child: ast.AST) -> bool:
        if isinstance(parent, (ast.If, ast.While, ast.IfExp)):
            if child is not parent.test and self._asks(parent.test):
                return True
        if isinstance(parent, ast.BoolOp):
            return any(self._asks(value) for value in parent.values[: parent.values.index(child)])  # type: ignore[arg-type]
        if isinstance(parent, ast.Match) and child is not parent.subject and self._asks(parent.subject):
            return True
        if isinstance(parent, ast.ExceptHandler):
            return _catches(parent)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and child in block:
                return any(self._leaves(statement) for statement in block[: block.index(child)])
        return False

    def _leaves(self, statement: ast.stmt) -> bool:
        """Say whether a statement leaves the block where such a test says so."""
        if isinstance(statement, ast.Assert):
            return self._asks(statement.test)
        if not isinstance(statement, ast.If) or not self._asks(statement.test):
            return False
        inner = list(ast.walk(statement))
        return any(isinstance(part, _LEAVES) or "exit" in _called(part) or "skip" in _called(part) for part in inner)

    def _only_asked(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        """Say whether all that mentions a function stands behind such a test."""
        if id(function) in self._asked:
            return False
        uses = [node for node in self._nodes if _mentions(node, function.name)]
        uses = [node for node in uses if not self._inside(node, function)]
        self._asked.add(id(function))
        try:
            return bool(uses) and all(self.guarded(node) for node in uses)
        finally:
            self._asked.discard(id(function))

    def _inside(self, node: ast.AST, function: ast.AST) -> bool:
        parent = self._parents.get(id(node))
        while parent is not None and parent is not function:
            parent = self._parents.get(id(parent))
        return parent is function


def _asking(node: ast.Attribute) -> bool:
    # `tf.compat.v1.…` is no question.
    return node.attr not in ("compat", "v1", "v2") and _ASKS.search(node.attr) is not None


def _unevaluated(parent: ast.AST, child: ast.AST) -> bool:
    """Say whether Python need not evaluate a part of a node: an annotation, what an `except` names."""
    if isinstance(parent, (ast.arg, ast.AnnAssign)):
        return child is parent.annotation
    if isinstance(parent, _FUNCTIONS):
        return child is parent.returns
    return isinstance(parent, ast.ExceptHandler) and child is parent.type


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or _CAUGHT.search(ast.unparse(handler.type)) is not None


def _names(target: ast.AST) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func).lower() if isinstance(node, ast.Call) else ""


def _mentions(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name
    return isinstance(node, ast.Attribute) and node.attr == name
