"""Libraries that need not be installed: of their public names those are known that have a model here, and nothing is imported.

Of scikit-learn, pandas and TensorFlow Datasets programs use a few functions to get at their data; what these give is said by
their documents.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from ..values import Symbol, Unknown, Value
from . import library_models
from .core import Frame, Interpreter

if TYPE_CHECKING:
    from .library_calls import Arguments

ROOTS = ("sklearn", "pandas", "tensorflow_datasets")


def owns(name: str) -> bool:
    """Say whether a public name is one of such a library."""
    return name.partition(".")[0] in ROOTS


def module_symbol(dotted: str) -> Symbol | None:
    """Return the value of a module; None for one in which nothing is known."""
    return Symbol(name=dotted, kind="module") if owns(dotted) and dotted in _modules() else None


def member(name: str) -> Value:
    """Return a member of a module or class: a module, or what has a model."""
    found = module_symbol(name)
    if found is not None:
        return found
    if name not in library_models.TABLE:
        return Unknown(f"{name} is not followed")
    return Symbol(name=name, kind="class" if name.rpartition(".")[2][:1].isupper() else "function")


@functools.cache
def _modules() -> frozenset[str]:
    """Return the modules in which something is known; all models are registered by the time this is asked."""
    names = [name.split(".") for name in library_models.TABLE if owns(name)]
    return frozenset(".".join(parts[:count]) for parts in names for count in range(1, len(parts)))


def call(interp: Interpreter, frame: Frame, node: ast.Call, name: str, arguments: Arguments) -> Value:
    """Call a function or class of such a library."""
    model = library_models.TABLE.get(name)
    found = None if model is None else model(interp, frame, node, arguments)
    if found is None:
        interp.heap.escape([argument.value for argument in arguments.all], f"passed to {name}")
        return Unknown(f"what {name} gives is not followed")
    return found
