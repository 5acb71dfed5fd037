"""Modules of the libraries that are not public, and what in them is public all the same.

`from keras.src import ops` and `from tensorflow.python.ops import math_ops` name modules that lie behind the public API. A member
of such a module is taken for a public object only where the public name leads to the very same object. Nothing is imported
for the question, and nothing but the dicts of modules that are loaded is looked into.
"""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

import tensorflow as tf

from ..values import Symbol
from . import symbols

_ROOTS = ("tensorflow.python", "keras.src", "tf_keras.src")
_ABSENT: Any = object()


def module(dotted: str) -> Symbol | None:
    """Return the value that stands for a module behind the public API; None for any other name."""
    return Symbol(name=dotted, kind="module") if _loaded(dotted) is not None else None


def _loaded(dotted: str) -> types.ModuleType | None:
    if not any(dotted == root or dotted.startswith(f"{root}.") for root in _ROOTS):
        return None
    found = sys.modules.get(dotted)
    return found if isinstance(found, types.ModuleType) else None


@functools.cache
def member(dotted: str, name: str) -> Symbol | tf.DType | None:
    """Return a public object, or a further module, that a module holds under a name; None for all else."""
    owner = _loaded(dotted)
    if owner is None or name.startswith("_"):
        return None
    item = vars(owner).get(name, _ABSENT)
    if item is _ABSENT:
        return module(f"{dotted}.{name}")
    if isinstance(item, types.ModuleType):
        return module(item.__name__) if sys.modules.get(item.__name__) is item else None
    if isinstance(item, tf.DType):
        return item
    for public in _public_names(item):
        entry = symbols.resolve(public)
        if entry is not None and entry.object is item:
            return Symbol(name=entry.name, kind=entry.kind)
    return None


def _public_names(item: Any) -> list[str]:
    """Return the names that a library says it exports an object by."""
    if not callable(item):
        return []
    own = getattr(item, "__dict__", {})
    keras = own.get("_api_export_path") or own.get("_keras_api_names") or ()
    found = [keras] if isinstance(keras, str) else list(keras)
    try:
        from tensorflow.python.util import tf_decorator, tf_export

        plain = tf_decorator.unwrap(item)[1]
        found += [f"tensorflow.{name}" for name in tf_export.get_v2_names(plain)]
        found += [f"tensorflow.compat.v1.{name}" for name in tf_export.get_v1_names(plain)]
    except Exception:  # these helpers are no public API themselves
        pass
    return [str(name) for name in found]
