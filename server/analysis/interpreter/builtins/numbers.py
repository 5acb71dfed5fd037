"""Builtins that make numbers and text."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable

from ...libraries.query import Kwargs
from ...values import Const, DimensionValue, Scalar, TensorValue, TupleValue, Unknown, Value
from ...values.standard import PathValue
from ..checks import judge_keys, judge_python
from ..conditions import condition
from ..constants import MAX_TEXT, NotConstantError, fold, to_python
from ..core import Frame, Interpreter
from ..sequences import truth
from .table import models

NUMBERS = ("bool", "int", "float")
_CONVERSIONS: dict[str, Callable[[object], str]] = {"s": str, "r": repr, "a": ascii}
_WIDE = re.compile(r"\d{5,}|[{*]")


@models("int", "float", "bool", "str", "complex")
def _scalar(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    name = getattr(node.func, "id", None) if node is not None else None
    if name is None:
        return None
    if not args and not kwargs:
        return Const(getattr(builtins, name)())
    if kwargs or len(args) > 1:
        return fold(interp, getattr(builtins, name), args, kwargs) or Scalar(type=name)
    value = interp.heap.settled(args[0]) if isinstance(args[0], TensorValue) else args[0]
    if isinstance(value, DimensionValue) and name == "int":
        value = value.size
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, str)) and len(str(value.value)) < 300:
        try:
            return Const(getattr(builtins, name)(value.value))
        except (ValueError, TypeError, OverflowError):
            return Unknown(f"{name}() of this raises")
    if name == "bool":
        known = truth(interp, frame, value) if node is None else condition(interp, frame, node, value)
        return Scalar(type="bool") if known is None else Const(known)
    if name == "str":
        if isinstance(value, PathValue) and value.text is not None:
            return Const(value.text)
        return (None if isinstance(value, TensorValue) else fold(interp, str, (value,))) or Scalar(type="str")
    if isinstance(value, TensorValue):
        if interp.mode(frame) != "eager" and not value.is_numpy:
            return Unknown(f"{name}() of a symbolic tensor")
        if name in ("int", "float"):
            judge_python(interp, frame, node, name, value)
        if value.content is not None and value.content.array.size == 1 and value.content.array.dtype.kind in "biuf":
            try:
                return Const(getattr(builtins, name)(value.content.array.reshape(())[()]))
            except (ValueError, OverflowError):  # int() of nan or infinity
                return Unknown(f"{name}() of this raises")
    return Scalar(type=name)


@models("abs")
def _abs(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    from ..asking import ask_operator

    if len(args) != 1:
        return None
    if isinstance(args[0], TensorValue):
        return ask_operator(interp, frame, "abs", args, node, tuple(node.args) if node is not None else ())
    if isinstance(args[0], Scalar) and args[0].type in NUMBERS:
        return Scalar(type="float" if args[0].type == "float" else "int")
    return fold(interp, abs, args)


@models("round")
def _round(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    places = args[1] if len(args) > 1 else dict(kwargs).get("ndigits", Const(None))
    if not args or not isinstance(args[0], (Const, Scalar)) or not isinstance(places, Const):
        return None
    if type(places.value) is int and abs(places.value) > 1000:
        return None
    kind = _type(args[0])
    if isinstance(args[0], Const):
        return fold(interp, round, (args[0], places))
    if kind in NUMBERS:
        return Scalar(type="float" if kind == "float" and places.value is not None else "int")
    return None


@models("divmod")
def _divmod(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) != 2 or not all(isinstance(arg, (Const, Scalar)) and _type(arg) in NUMBERS for arg in args):
        return None
    kind = Scalar(type="float" if "float" in (_type(args[0]), _type(args[1])) else "int")
    return fold(interp, divmod, args) or TupleValue((kind, kind))


@models("pow")
def _pow(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    from ..operators import binary

    if kwargs or len(args) not in (2, 3):
        return None
    if len(args) == 3:
        whole = all(isinstance(arg, (Const, Scalar)) and _type(arg) in ("int", "bool") for arg in args)
        return (fold(interp, pow, args) or Scalar(type="int")) if whole else None
    nodes = tuple(node.args) if node is not None and len(node.args) == 2 else (None, None)
    return binary(interp, frame, node or ast.Pass(), ast.Pow(), (args[0], nodes[0]), (args[1], nodes[1]))


@models("repr", "ascii", "chr", "hex", "bin", "oct", "input")
def _text(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    name = getattr(node.func, "id", "") if node is not None else ""
    if not name or name == "input" or len(args) != 1 or kwargs:
        return Scalar(type="str")
    return fold(interp, getattr(builtins, name), args) or Scalar(type="str")


@models("format")
def _format(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    spec = args[1] if len(args) > 1 else Const("")
    return formatted(interp, args[0], spec) if args else Scalar(type="str")


def formatted(interp: Interpreter, value: Value, spec: Value, conversion: int = -1) -> Value:
    """Return what `format(value, spec)` is, after a conversion (`!r`) by its character code."""
    if not isinstance(spec, Const) or not isinstance(spec.value, str) or _WIDE.search(spec.value):
        return Scalar(type="str")
    try:
        item = to_python(interp, value)
        if conversion != -1:
            item = _CONVERSIONS[chr(conversion)](item)
        text = format(item, spec.value)
    except NotConstantError:
        return Scalar(type="str")
    except Exception:
        return Unknown("formatting this raises")
    return Const(text) if len(text) <= MAX_TEXT else Scalar(type="str")


@models("id", "hash")
def _number(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    if node is not None and isinstance(node.func, ast.Name) and node.func.id == "hash":
        judge_keys(interp, frame, node, args)
    return Scalar(type="int")


@models("ord")
def _ord(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return fold(interp, ord, args) or Scalar(type="int")


@models("bytes")
def _bytes(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    return fold(interp, bytes, args, kwargs, largest=MAX_TEXT) or Scalar(type="bytes")


@models("print")
def _print(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Const(None)


def _type(value: Value) -> str:
    return value.type if isinstance(value, Scalar) else type(value.value).__name__ if isinstance(value, Const) else ""
