"""Python's builtins: one function each, in a table."""

from __future__ import annotations

from . import containers, iteration, numbers, reflection
from .table import builtin, call_builtin

__all__ = ["builtin", "call_builtin", "containers", "iteration", "numbers", "reflection"]
