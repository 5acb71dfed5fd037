"""Attributes of Python's own types and of objects of the standard library."""

from __future__ import annotations

from ...values import BoundMethod, Builtin, Const, Descriptor, FunctionValue, Scalar, Unknown, Value
from ...values.standard import ContextValue, FileValue, NamedTupleType, PathValue, StrategyValue
from ..core import Interpreter
from .paths import path_attribute

_NUMBERS = {"real": "same", "imag": "same", "numerator": "int", "denominator": "int"}
#: Of what `tf.function` makes, the methods that trace it.
_WRAPPING = ("custom_gradient", "recompute_grad", "grad_pass_through")
_TRACING = ("get_concrete_function", "experimental_get_compiler_ir")


def data_attribute(interp: Interpreter, receiver: Value, name: str) -> Value | None:
    """Return an attribute that is no method of a container; None where there is no rule for it."""
    if isinstance(receiver, PathValue):
        return path_attribute(receiver, name) or BoundMethod(receiver=receiver, name=name)
    if isinstance(receiver, NamedTupleType):
        if name == "__name__":
            return Const(receiver.name)
        return BoundMethod(receiver=receiver, name=name)
    if isinstance(receiver, Builtin) and name in ("__name__", "__qualname__"):
        return Const(receiver.name)
    if isinstance(receiver, FunctionValue) and name == "__name__" and receiver.receiver is None and not receiver.graph:
        return Const(receiver.name)
    if isinstance(receiver, Descriptor) and receiver.kind in _WRAPPING and name == "__wrapped__":
        return receiver.function
    if isinstance(receiver, FunctionValue) and receiver.graph and name in _TRACING:
        return BoundMethod(receiver=receiver, name=name)
    if isinstance(receiver, (Const, Scalar)) and name in _NUMBERS:
        kind = receiver.type if isinstance(receiver, Scalar) else type(receiver.value).__name__
        if kind not in ("int", "float") or (kind == "float" and _NUMBERS[name] == "int"):
            return None
        return Const(getattr(receiver.value, name)) if isinstance(receiver, Const) else Scalar(type=kind)
    return None


def context_attribute(receiver: Value, name: str) -> Value | None:
    """Return an attribute of a context manager, a strategy or a file; None for anything else."""
    if isinstance(receiver, StrategyValue) and name == "num_replicas_in_sync":
        return Const(1) if receiver.single else Scalar(type="int")
    if isinstance(receiver, ContextValue) and name in dict(receiver.fields):
        return dict(receiver.fields)[name]
    if isinstance(receiver, FileValue) and name in ("name", "mode", "encoding"):
        plain = name != "name" or receiver.named
        return Scalar(type="str") if plain else Unknown("an attribute of a file")
    if isinstance(receiver, (ContextValue, StrategyValue, FileValue)):
        return BoundMethod(receiver=receiver, name=name)
    return None
