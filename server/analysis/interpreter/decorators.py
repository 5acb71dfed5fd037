"""Decorators: Python's own and the libraries' by what they do, those of the program by calling them."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping

from ..libraries.composites import of_spec
from ..libraries.query import Kwargs
from ..values import Builtin, Const, Descriptor, FunctionValue, Ref, Symbol, TensorValue, Unknown, Value
from .core import Frame, Interpreter
from .sequences import known_items

#: After these a function does what it did before, as far as values go.
_TRANSPARENT = frozenset(
    [
        "tensorflow.autograph.experimental.do_not_convert",
        "tensorflow.autograph.experimental.set_loop_options",
        "tensorflow.Module.with_name_scope",
        "tensorflow.nondifferentiable_batch_function",
        "tensorflow.RegisterGradient",
        "functools.lru_cache",
        "functools.cache",
        "functools.wraps",
        "functools.total_ordering",
        "abc.abstractmethod",
        "typing.no_type_check",
        "typing.final",
        "typing.override",
        "typing_extensions.override",
        "tensorflow.keras.utils.register_keras_serializable",
        "keras.saving.register_keras_serializable",
        "keras.utils.register_keras_serializable",
    ]
)
#: What these make of a function is told from it by the last part of their names.
_SPECIAL = (
    "contextlib.contextmanager",
    "tensorflow.custom_gradient",
    "tensorflow.recompute_grad",
    "tensorflow.grad_pass_through",
)
_PROPERTIES = frozenset(["property", "functools.cached_property", "abc.abstractproperty"])


def decorated(interp: Interpreter, frame: Frame, decorator: ast.expr, value: Value) -> Value:
    """Return what a decorator makes of a function."""
    from .calls import call_with

    with_arguments = isinstance(decorator, ast.Call)
    maker = interp.evaluate(frame, decorator.func if isinstance(decorator, ast.Call) else decorator)
    name = maker.name if isinstance(maker, (Symbol, Builtin)) else ""
    known = name in _TRANSPARENT or name in ("tensorflow.function", "functools.partial")
    if isinstance(decorator, ast.Call) and known:
        # Made and called at once: what makes the decorator is not asked for a value of its own.
        args = tuple(interp.evaluate(frame, argument) for argument in decorator.args)
        named: Kwargs = tuple((part.arg or "**", interp.evaluate(frame, part.value)) for part in decorator.keywords)
        if name == "functools.partial" and args and args[0] == Symbol(name="tensorflow.function", kind="function"):
            name = "tensorflow.function"
        if name == "tensorflow.function" and isinstance(value, FunctionValue):
            return traced(interp, value, dict(named))
        if name.startswith("functools.") and name != "functools.wraps" and _has_effects(value):
            interp.heap.escape([value], "kept by a cache")
            return Unknown("a function with effects, behind a cache")
        return value if name in _TRANSPARENT else Unknown("a decorator that is not understood")
    if name == "tensorflow.function" and isinstance(value, FunctionValue):
        return traced(interp, value, {})
    if name in ("functools.lru_cache", "functools.cache") and _has_effects(value):
        interp.heap.escape([value], "kept by a cache")
        return Unknown("a function with effects, behind a cache")
    if name in _TRANSPARENT:
        return value
    if name in _PROPERTIES and not with_arguments:
        return Descriptor(kind="property", function=value)
    if name in ("staticmethod", "classmethod") and not with_arguments:
        return Descriptor(kind=name, function=value)
    if name in _SPECIAL and not with_arguments:
        return Descriptor(kind=name.rpartition(".")[2], function=value)
    if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter", "getter"):
        return _accessor(interp, frame, decorator, value)
    if with_arguments:
        maker = interp.evaluate(frame, decorator)
    if isinstance(maker, FunctionValue) or (isinstance(maker, Ref) and not isinstance(maker, Unknown)):
        return call_with(interp, frame, maker, (value,), (), decorator)
    interp.heap.escape([value], "passed to a decorator that is not understood")
    return Unknown("a decorator that is not understood")


def _has_effects(value: Value) -> bool:
    """Say whether a function may do more than give a result: a cache makes it do that less often."""
    if not isinstance(value, FunctionValue) or value.node is None:
        return True
    for part in ast.walk(value.node):
        if isinstance(part, (ast.Global, ast.Nonlocal)):
            return True
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            return True
        if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, (ast.Store, ast.Del)):
            return True
    return False


def _accessor(interp: Interpreter, frame: Frame, decorator: ast.Attribute, value: Value) -> Value:
    """`@name.setter` and its like on a property."""
    prop = interp.evaluate(frame, decorator.value)
    if not isinstance(prop, Descriptor) or prop.kind != "property":
        return Unknown("an accessor of something that is no property")
    if decorator.attr == "setter":
        return dataclasses.replace(prop, setter=value)
    return dataclasses.replace(prop, function=value) if decorator.attr == "getter" else prop


def traced(interp: Interpreter, function: FunctionValue, options: Mapping[str, Value]) -> Value:
    """Return a function as `tf.function` makes it with these options."""
    signature = options.get("input_signature", Const(None))
    function = dataclasses.replace(function, autograph=options.get("autograph") != Const(False))
    if isinstance(signature, Const) and signature.value is None:
        return dataclasses.replace(function, graph=True)
    items = known_items(interp, signature)
    if items is None or not all(isinstance(item, TensorValue) and item.kind.endswith("Spec") for item in items):
        return Unknown("an input_signature that is not understood")
    specs = tuple(of_spec(item) for item in items if isinstance(item, TensorValue))
    return dataclasses.replace(function, graph=True, signature=specs)
