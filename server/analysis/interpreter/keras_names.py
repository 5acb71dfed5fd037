"""`keras.initializers.get("zeros")` and its like: what Keras calls by a text is the class or function of that name.

And `keras.config.epsilon()`, a number that the program may set, and that decides nothing of a shape.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..libraries import symbols
from ..values import Const, LibraryObject, Ref, Scalar, Symbol, Unknown, Value
from .core import Frame, Interpreter
from .library_models import models

if TYPE_CHECKING:
    from .library_calls import Arguments

_GET = re.compile(r"keras\.(activations|constraints|initializers|losses|metrics|optimizers|regularizers)\.get")


def named(interp: Interpreter, name: str, args: tuple[Value, ...]) -> tuple[Value, bool] | None:
    """Return what such a call gives, and whether it is a class still to be called; None for any other call.

    Keras is asked with the text alone: a dict is a config, which names code.
    """
    if not _GET.fullmatch(name) or len(args) != 1:
        return None
    given = args[0]
    if isinstance(given, Symbol):
        return given, given.kind == "class"
    if isinstance(given, Ref) and isinstance(interp.heap.get(given.address), LibraryObject):
        return given, False
    if not isinstance(given, Const) or not isinstance(given.value, str):
        return (given, False) if given == Const(None) else (Unknown("objects are not made from a config"), False)
    entry = symbols.resolve(name)
    try:
        made = None if entry is None else entry.object(given.value)
    except Exception:  # Keras knows no such name
        return Unknown("Keras knows no such name"), False
    found = symbols.exported(made) or symbols.exported(type(made))
    if found is None:  # Keras 2 wraps its functions, and notes their names inside
        other = symbols.resolve(f"{name.removesuffix('get')}{getattr(made, '__name__', '-')}")
        found = Symbol(name=other.name, kind=other.kind) if other is not None and other.object is made else None
    if found is None:
        return Unknown(f"what Keras calls '{given.value}' has no public name"), False
    return found, found.kind == "class"


@models("keras.config.epsilon", "keras.backend.epsilon", "tf_keras.backend.epsilon")
def _epsilon(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return Scalar(type="float")
