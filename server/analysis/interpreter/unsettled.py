"""What an analysis that was cut may still have come to again: of that nothing is known, for another visit may say otherwise."""

from __future__ import annotations

import ast

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def unsettled(tree: ast.Module, done: int) -> set[int]:
    """Return the nodes of a module that may be evaluated by its statements from number `done` on.

    That is those statements, and the functions that something in them mentions. A method, or a function without a name, may be
    called by what is nowhere mentioned.
    """
    rest = tree.body[done:]
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    methods = {id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body}
    found: list[ast.AST] = [*rest, *(node for node in ast.walk(tree) if isinstance(node, ast.Lambda))]
    found += [function for function in functions if id(function) in methods]
    names = {name for node in found for name in _names(node)}
    todo = [function for function in functions if id(function) not in methods]
    while True:
        reached = [function for function in todo if function.name in names]
        if not reached:
            break
        found += reached
        names.update(name for function in reached for name in _names(function))
        todo = [function for function in todo if function.name not in names]
    return {id(inner) for node in found for inner in ast.walk(node)}


def _names(node: ast.AST) -> set[str]:
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, (ast.Name, ast.Attribute))
    }
