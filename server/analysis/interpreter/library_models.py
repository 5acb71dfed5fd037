"""Public functions and classes of a library that the interpreter itself models, by name.

Most calls are asked of the library. These work on the state of the program instead: gradient tapes, tensor arrays.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..values import Value
from .core import Frame, Interpreter

if TYPE_CHECKING:
    from .library_calls import Arguments

#: Returns None where the library is asked after all.
Model = Callable[[Interpreter, Frame, ast.Call, "Arguments"], Value | None]
TABLE: dict[str, Model] = {}


def models(*names: str) -> Callable[[Model], Model]:
    """Register the model of public names (canonical ones)."""

    def register(model: Model) -> Model:
        TABLE.update(dict.fromkeys(names, model))
        return model

    return register
