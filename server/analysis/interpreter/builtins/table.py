"""The table of Python's builtins: what each does is registered by the modules beside this one."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

from ...libraries.query import Kwargs
from ...values import Builtin, Unknown, Value
from ..core import Frame, Interpreter

Call = Callable[[Interpreter, Frame, tuple[Value, ...], Kwargs, "ast.Call | None"], "Value | None"]
_TABLE: dict[str, Call] = {}


def builtin(name: str) -> Value | None:
    """Return the builtin of a name."""
    return Builtin(name=name) if hasattr(builtins, name) and not name.startswith("_") else None


def models(*names: str) -> Callable[[Call], Call]:
    """Register what builtins do."""

    def register(function: Call) -> Call:
        for name in names:
            _TABLE[name] = function
        return function

    return register


def call_builtin(
    interp: Interpreter, frame: Frame, name: str, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    """Return what a builtin gives."""
    function = _TABLE.get(name)
    if node is not None and getattr(node.func, "id", None) != name:
        # Called by another name (`convert = float`): the models go by the builtin's own.
        # Kept with the tree, as everything that an event may name.
        copies: dict[str, ast.Call] = node.__dict__.setdefault("_as_builtin", {})
        if name not in copies:
            own = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node.func)
            copies[name] = ast.copy_location(ast.Call(func=own, args=node.args, keywords=node.keywords), node)
        node = copies[name]
    result = None if function is None else function(interp, frame, args, kwargs, node)
    if result is not None:
        return result
    if name not in _PURE:
        interp.heap.escape([*args, *(value for _, value in kwargs)], f"passed to {name}")
    return Unknown(f"{name}() of this is not understood")


_PURE = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "bin",
        "bytes",
        "callable",
        "chr",
        "complex",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "issubclass",
        "len",
        "max",
        "min",
        "oct",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
        "iter",
        "map",
        "type",
        "ascii",
        "vars",
        "dir",
        "locals",
        "globals",
        "input",
    ]
)
