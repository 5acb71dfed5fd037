"""Contracts that programs state: annotations of jaxtyping, `set_shape`, `tf.debugging.assert_*`.

jaxtyping's syntax: https://docs.kidger.site/jaxtyping/api/array/ (a dtype, an array type, dims as one text).
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable

from ..values import Const, Ref, Shape, ShapeValue, Symbol, TensorValue, TupleValue, Value
from ..values.dims import Dim, named
from .checks import judge_set_shape
from .core import Frame, Interpreter
from .narrowing import rebind
from .sequences import known_items

#: jaxtyping's types of one dtype; `Float`, `Int` and `Shaped` stand for several, and say nothing here.
_DTYPES = {
    "Bool": "bool",
    "BFloat16": "bfloat16",
    "Float16": "float16",
    "Float32": "float32",
    "Float64": "float64",
    "Int8": "int8",
    "Int16": "int16",
    "Int32": "int32",
    "Int64": "int64",
    "UInt8": "uint8",
    "UInt16": "uint16",
    "UInt32": "uint32",
    "UInt64": "uint64",
    "Complex64": "complex64",
    "Complex128": "complex128",
}
_KINDS = {"tensorflow.Tensor": "Tensor", "tensorflow.Variable": "Variable", "numpy.ndarray": "ndarray"}
#: Assertions that fix the shape of their first argument where they do not raise.
_RANKS = ("tensorflow.assert_rank", "tensorflow.debugging.assert_rank", "tensorflow.compat.v1.assert_rank")
_SHAPES = ("tensorflow.debugging.assert_shapes", "tensorflow.compat.v1.debugging.assert_shapes")


def annotated(interp: Interpreter, frame: Frame, annotation: ast.expr | None, names: dict[str, Dim]) -> Value | None:
    """Return what an annotation of jaxtyping says of a parameter; None for any other.

    names: the symbols that the names of dims stand for in this function; new ones are put in.
    """
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Tuple):
        return None
    if len(annotation.slice.elts) != 2 or "jaxtyping" not in frame.unit.text:
        return None
    named = annotation.value
    name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
    array, dims = annotation.slice.elts
    if name not in _DTYPES or not isinstance(dims, ast.Constant) or not isinstance(dims.value, str):
        return None
    symbol = interp.evaluate(frame, array)
    kind = _KINDS.get(symbol.name) if isinstance(symbol, Symbol) else None
    if kind is None:
        return None
    shape = parse_dims(dims.value, names, interp.bridge.session.symbol)
    if kind != "ndarray":
        return TensorValue(kind=kind, dtype=_DTYPES[name], shape=shape)
    if shape is None or _DTYPES[name] == "bfloat16":
        return None
    storage, version = interp.heap.new_storage()
    return TensorValue(kind=kind, dtype=_DTYPES[name], shape=shape, storage=storage, version=version)


def parse_dims(text: str, names: dict[str, Dim], new: Callable[[str], Dim]) -> Shape:
    """Read jaxtyping's dims: sizes, names (symbols here), `...` and `*name` (of unknown rank)."""
    dims: list[int | Dim | None] = []
    for part in text.split():
        part = part.partition("=")[2] or part
        if part == "..." or part.startswith("*"):
            return None
        # `#name` may also be 1, `_` is any size, `n+1` an expression.
        if part.isidentifier() and part != "_":
            dims.append(names[part] if part in names else names.setdefault(part, new(part)))
        else:
            dims.append(int(part) if part.isdecimal() else None)
    return tuple(dims)


def set_shape(interp: Interpreter, frame: Frame, node: ast.Call, receiver: TensorValue, shape: Value) -> None:
    """Take over what `x.set_shape(…)` says of a tensor that has a name."""
    dims = _dims(interp, shape)
    judge_set_shape(interp, frame, node, receiver, dims, shape)
    _merge(interp, frame, node.func.value if isinstance(node.func, ast.Attribute) else None, receiver, dims)


def asserted(interp: Interpreter, frame: Frame, node: ast.Call, name: str, values: tuple[Value, ...]) -> None:
    """Take over what holds behind an assertion of `tf.debugging`.

    In a graph it is checked when the graph runs: the traced tensor keeps the shape that it has.
    """
    if not node.args or not values or interp.mode(frame) != "eager":
        return
    if name in _RANKS and len(values) > 1 and isinstance(values[0], TensorValue):
        rank = values[1]
        if isinstance(rank, Const) and type(rank.value) is int and 0 <= rank.value <= 32:
            _merge(interp, frame, node.args[0], values[0], (None,) * rank.value)
    if name in _SHAPES and isinstance(node.args[0], (ast.List, ast.Tuple)):
        names: dict[str, Dim] = {}
        for part in node.args[0].elts:
            if isinstance(part, ast.Tuple) and len(part.elts) == 2:
                value = interp.evaluate(frame, part.elts[0])
                if isinstance(value, TensorValue):
                    shape = interp.evaluate(frame, part.elts[1])
                    dims = _called(interp, shape, value, _dims(interp, shape), names)
                    _merge(interp, frame, part.elts[0], value, dims)


def _called(interp: Interpreter, given: Value, value: TensorValue, dims: Shape, names: dict[str, Dim]) -> Shape:
    """Return dims with symbols where the shape names them: one name is one size."""
    items = known_items(interp, given) if isinstance(given, (TupleValue, Ref)) else None
    if dims is None or items is None:
        return dims
    out = list(dims)
    for index, item in enumerate(items):
        name = item.value if isinstance(item, Const) else None
        if not isinstance(name, str) or not name.isidentifier():
            continue
        old = value.shape[index] if value.shape is not None and len(value.shape) == len(items) else None
        if name not in names:
            names[name] = named(old, name) if isinstance(old, Dim) else interp.bridge.session.symbol(name)
        out[index] = names[name]
    return tuple(out)


def _dims(interp: Interpreter, shape: Value) -> Shape:
    """Return the dims that a shape given by the program fixes; names and None fix nothing but the rank."""
    if isinstance(shape, ShapeValue):
        return shape.dims
    items = known_items(interp, shape) if isinstance(shape, (TupleValue, Ref)) else None
    if items is None or any(isinstance(item, Const) and item.value in ("*", Ellipsis) for item in items):
        return None
    return tuple(item.value if isinstance(item, Const) and type(item.value) is int else None for item in items)


def _merge(interp: Interpreter, frame: Frame, target: ast.expr | None, value: TensorValue, dims: Shape) -> None:
    if dims is None or value.kind != "Tensor" or not isinstance(target, ast.Name):
        return
    if value.shape is None:
        merged: Shape = dims
    elif len(value.shape) == len(dims):
        merged = tuple(
            new if new is not None and not isinstance(old, int) else old
            for old, new in zip(value.shape, dims, strict=True)
        )
    else:
        return
    if merged != value.shape:
        rebind(interp, frame, target, dataclasses.replace(value, shape=merged))


def is_contract(name: str) -> bool:
    """Say whether a public name is an assertion that fixes shapes."""
    return name in _RANKS or name in _SHAPES
