"""Operators and subscripts: Python's own on Python's values, the library's where a tensor takes part."""

from __future__ import annotations

import ast
import operator
from typing import Any

from ..values import (
    Const,
    DictObject,
    DimensionValue,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    ShapeValue,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.dims import TooComplexError, add, floordiv, modulo, multiply, subtract
from ..values.heap import UnknownObject
from ..values.join import join_all, list_elements
from ..values.standard import IteratorObject
from .asking import ask_operator
from .comparisons import (
    compare_containers,
    compare_shapes,
    compare_sizes,
    compared_by_identity,
    contains,
    identical,
    may_not_compare,
    same_dtype,
)
from .core import Frame, Interpreter
from .instances import special as special_method
from .methods import dicts, sets, text
from .protocols import binary_special, compare_special
from .sequences import known_items, size_of, size_value
from .standard.paths import joined_path

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.BitAnd: "and_",
}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}
Operand = tuple[Value, "ast.expr | None"]

MAX_BITS = 4096
MAX_LENGTH = 100_000


def binary(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST,
    op: ast.operator,
    left: Operand,
    right: Operand,
    *,
    in_place: bool = False,
) -> Value:
    """Return what `left op right` is."""
    name = BINARY[type(op)]
    a, b = left[0], right[0]
    if name == "mod" and isinstance(a, (Const, Scalar)) and _type(a) in ("str", "bytes") and _takes_library(interp, b):
        return Scalar(type=_type(a))  # text, formatted with a tensor
    special = binary_special(interp, frame, name, a, b, node)
    if special is not None:
        return special
    if _takes_library(interp, a) or _takes_library(interp, b) or _is_live(interp, a) or _is_live(interp, b):
        if in_place and isinstance(a, Union):
            _changed_in_place(interp, a)
        if in_place and isinstance(a, TensorValue) and a.kind == "ndarray":
            # ndarray.__iadd__ and its like write into the array: it keeps its dtype, and its content is gone.
            interp.heap.written(a.storage)
            if _size(a) > MAX_LENGTH:
                return a  # stand-ins of large arrays cannot be written to
            result = ask_operator(interp, frame, f"i{name}".rstrip("_"), (a, b), node, (left[1], right[1]))
            return a if isinstance(result, TensorValue) else result
        if in_place and isinstance(a, TensorValue) and a.kind == "Variable":
            return Unknown("variables are changed by assign, not by augmented assignment")
        return ask_operator(interp, frame, name, (a, b), node, (left[1], right[1]))
    if isinstance(a, DimensionValue) or isinstance(b, DimensionValue):
        return _of_dimensions(interp, name, a, b)
    if isinstance(a, Union) or isinstance(b, Union):
        pairs = [(x, y) for x in a.members() for y in b.members()]
        if len(pairs) <= 8:
            if in_place:
                _changed_in_place(interp, a)
            return join_all(binary(interp, frame, node, op, (x, left[1]), (y, right[1])) for x, y in pairs)
        return Unknown("too many possibilities")
    result = _python_binary(interp, name, a, b, in_place)
    if in_place and isinstance(result, Unknown):
        _changed_in_place(interp, a)
    return result


def _of_dimensions(interp: Interpreter, name: str, a: Value, b: Value) -> Value:
    """Compute with dims as TensorFlow 1 has them: what comes out is one again, and None stays None."""
    sizes = [value.size if isinstance(value, DimensionValue) else value for value in (a, b)]
    if name not in ("add", "sub", "mul", "floordiv", "mod"):
        return Unknown("this expression raises, or is not understood")
    if Const(None) in sizes:
        return DimensionValue(Const(None))
    if not all(isinstance(size, Scalar) or (isinstance(size, Const) and type(size.value) is int) for size in sizes):
        return Unknown("a dim that is not known")
    return DimensionValue(_python_binary(interp, name, sizes[0], sizes[1], False))


def _changed_in_place(interp: Interpreter, value: Value) -> None:
    """Forget what other names of an object say after an augmented assignment that is not followed."""
    for member in value.members():
        if isinstance(member, TensorValue):
            interp.heap.written(member.storage)
        elif isinstance(member, Ref):
            interp.heap.put(member.address, UnknownObject("changed in place"))


def _size(value: TensorValue) -> int:
    size = 1
    for dim in value.shape or ():
        size *= dim if isinstance(dim, int) else MAX_LENGTH
    return size


def _python_binary(interp: Interpreter, name: str, a: Value, b: Value, in_place: bool) -> Value:
    if isinstance(a, Const) and isinstance(b, Const) and not (name == "mod" and isinstance(a.value, (str, bytes))):
        return _constants(name, a.value, b.value)
    if isinstance(a, (Const, Scalar)) and isinstance(b, (Const, Scalar)):
        sized = _sizes(name, a, b)
        if sized is not None:
            return sized
    if isinstance(a, (Const, Scalar)) and isinstance(b, (Const, Scalar)) and not isinstance(a, Const):
        if name == "pow" and isinstance(b, Const) and _type(a) in ("int", "float", "bool") and type(b.value) is int:
            # A number to a power that is known: only of a negative one whole numbers become floats.
            return Scalar(type="float" if _type(a) == "float" or b.value < 0 else "int")
        return _scalar_result(name, _type(a), _type(b))
    if isinstance(a, Const) and isinstance(b, Scalar) and not (name == "mod" and isinstance(a.value, (str, bytes))):
        return _scalar_result(name, _type(a), _type(b))
    if name == "add":
        if isinstance(a, TupleValue) and isinstance(b, TupleValue):
            if len(a.items) + len(b.items) > MAX_LENGTH:
                return Unknown("a very long tuple")
            return TupleValue(a.items + b.items)
        if isinstance(a, Ref) and isinstance(b, (Ref, TupleValue)):
            return _list_plus(interp, a, b, in_place)
        shapes = [value for value in (a, b) if isinstance(value, ShapeValue)]
        if shapes and all(shape.complete for shape in shapes):
            return ask_operator(interp, interp.frames[-1], name, (a, b))
        if len(shapes) == 2:
            return _shape_plus(*shapes)
    if name == "mul":
        sequence, count = (a, b) if isinstance(b, Const) else (b, a)
        if isinstance(count, Const) and type(count.value) is int:
            return _repeat(interp, sequence, count.value, in_place and sequence is a)
    if name == "mod" and isinstance(a, Const) and isinstance(a.value, (str, bytes)):
        return text.percent(interp, a.value, b)
    if isinstance(a, Ref) and isinstance(b, Ref) and name in ("or_", "and_", "xor", "sub"):
        merged = dicts.merged(interp, a, b, in_place) if name == "or_" else None
        if merged is None:
            merged = sets.operator(interp, interp.frames[-1], name, a, b, in_place)
        if merged is not None:
            return merged
    path = joined_path(name, a, b)
    if path is not None:
        return path
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    return Unknown(f"'{name}' of these is not understood")


def _type(value: Const | Scalar) -> str:
    return value.type if isinstance(value, Scalar) else type(value.value).__name__


def _constants(name: str, a: Any, b: Any) -> Value:
    """Compute with constants, within bounds."""
    if isinstance(a, (str, bytes)) and name == "mod":
        return Scalar(type=type(a).__name__)
    if name in ("pow", "lshift") and isinstance(a, int) and isinstance(b, int):
        if b < 0 and name == "lshift":
            return Unknown("raises")
        if max(a.bit_length(), 1) * abs(b) > MAX_BITS or (name == "lshift" and a.bit_length() + b > MAX_BITS):
            return Scalar(type="int") if b >= 0 else Scalar(type="float")
    if name == "mul" and (isinstance(a, (str, bytes)) or isinstance(b, (str, bytes))):
        text, count = (a, b) if isinstance(a, (str, bytes)) else (b, a)
        if isinstance(count, int) and len(text) * count > MAX_LENGTH:
            return Scalar(type=type(text).__name__)
    if name == "mul" and isinstance(a, int) and isinstance(b, int) and a.bit_length() + b.bit_length() > MAX_BITS:
        return Scalar(type="int")
    if name == "add" and isinstance(a, (str, bytes)) and isinstance(b, type(a)) and len(a) + len(b) > MAX_LENGTH:
        return Scalar(type=type(a).__name__)
    try:
        result = getattr(operator, name)(a, b)
    except Exception:
        return Unknown("this expression raises")
    return Const(result) if isinstance(result, (bool, int, float, complex, str, bytes)) else Unknown("not a constant")


_SIZE_OPERATORS = {"add": add, "sub": subtract, "mul": multiply, "floordiv": floordiv, "mod": modulo}


def _sizes(name: str, a: Const | Scalar, b: Const | Scalar) -> Value | None:
    """Compute with sizes: `x.shape[-1] // heads`."""
    first, second = size_of(a), size_of(b)
    if first is None or second is None or name not in _SIZE_OPERATORS:
        return None
    try:
        return size_value(_SIZE_OPERATORS[name](first, second))
    except TooComplexError:
        return None


def _scalar_result(name: str, a: str, b: str) -> Value:
    numbers = ("bool", "int", "float", "complex")
    if a in numbers and b in numbers:
        if name in ("or_", "and_", "xor", "lshift", "rshift"):
            return Scalar(type="bool" if a == b == "bool" and name not in ("lshift", "rshift") else "int")
        widest = max(a, b, key=numbers.index)
        if name == "truediv" and widest != "complex":
            return Scalar(type="float")
        if name == "pow" and widest in ("bool", "int"):
            return Unknown("int or float, by the sign of the exponent")
        if name == "pow" and widest == "float":
            return Unknown("float or complex, by the sign of the base")
        return Scalar(type="int" if widest == "bool" else widest)
    if a == b and a in ("str", "bytes") and name == "add":
        return Scalar(type=a)
    if name == "mul" and {a, b} & {"str", "bytes"} and {a, b} & {"int", "bool"}:
        return Scalar(type=a if a in ("str", "bytes") else b)
    if name == "mod" and a in ("str", "bytes"):
        return Scalar(type=a)
    return Unknown("this expression raises, or is not understood")


def _list_plus(interp: Interpreter, a: Ref, b: Value, in_place: bool) -> Value:
    item = interp.heap.get(a.address)
    other = interp.heap.get(b.address) if isinstance(b, Ref) else None
    plain = isinstance(other, ListObject) and other.name == "list"
    if not isinstance(item, ListObject) or item.name != "list" or not (plain or in_place):
        return Unknown("'+' of these is not understood")
    if isinstance(other, SetObject) or not isinstance(other, (ListObject, IteratorObject, DictObject, type(None))):
        more = None
    else:
        more = known_items(interp, b)
    if item.items is None or more is None or len(item.items) + len(more) > MAX_LENGTH:
        joined: ListObject = ListObject(None, Unknown("the items of a list of unknown length"))
    else:
        joined = ListObject((*item.items, *more))
    if in_place:
        interp.heap.put(a.address, joined)
        return a
    return Ref(interp.heap.allocate(joined))


def _shape_plus(a: ShapeValue, b: ShapeValue) -> Value:
    dims = None if a.dims is None or b.dims is None else a.dims + b.dims
    return ShapeValue(dims, a.gaps if a.gaps == b.gaps else "either")


def _repeat(interp: Interpreter, sequence: Value, count: int, in_place: bool) -> Value:
    count = max(count, 0)
    if isinstance(sequence, TupleValue) and len(sequence.items) * count <= MAX_LENGTH:
        return TupleValue(sequence.items * count)
    if isinstance(sequence, Ref):
        item = interp.heap.get(sequence.address)
        if isinstance(item, ListObject) and item.name == "list":
            if item.items is not None and len(item.items) * count <= MAX_LENGTH:
                repeated = ListObject(item.items * count)
            else:
                repeated = ListObject(None, join_all(list_elements(item)))
            if in_place:
                interp.heap.put(sequence.address, repeated)
                return sequence
            return Ref(interp.heap.allocate(repeated))
    return sequence if isinstance(sequence, Unknown) else Unknown("'*' of these is not understood")


def unary(interp: Interpreter, frame: Frame, node: ast.UnaryOp, value: Value) -> Value:
    """Return what `-x`, `+x` or `~x` is."""
    name = UNARY[type(node.op)]
    special = special_method(interp, frame, value, f"__{name}__", (), node)
    if special is not None:
        return special
    if _takes_library(interp, value) or _is_live(interp, value):
        return ask_operator(interp, frame, name, (value,), node, (node.operand,))
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, complex)):
        try:
            return Const(getattr(operator, name)(value.value))
        except TypeError:
            return Unknown("this expression raises")
    if isinstance(value, Scalar) and value.dim is not None and name != "invert":
        return (_sizes("mul", Const(-1), value) if name == "neg" else value) or Scalar(type="int")
    if isinstance(value, Scalar) and value.type in ("int", "float", "complex", "bool"):
        return Scalar(type="int" if value.type == "bool" else value.type)
    return value if isinstance(value, Unknown) else Unknown("the operand is not understood")


def compare(
    interp: Interpreter, frame: Frame, node: ast.Compare, op: ast.cmpop, left: Operand, right: Operand
) -> Value:
    """Return what one comparison is."""
    a, b = left[0], right[0]
    if isinstance(op, (ast.Is, ast.IsNot)):
        same = identical(interp, a, b)
        return Scalar(type="bool") if same is None else Const(same == isinstance(op, ast.Is))
    if isinstance(op, (ast.In, ast.NotIn)):
        return _membership(interp, a, b, isinstance(op, ast.In))
    name = COMPARE[type(op)]
    special = compare_special(interp, frame, name, a, b, node)
    if special is not None:
        return special
    if name in ("eq", "ne") and (compared_by_identity(a) or compared_by_identity(b)):
        return Scalar(type="bool") if compared_by_identity(a) and compared_by_identity(b) else Unknown("by identity")
    if name in ("eq", "ne") and frame.mode == "eager" and (may_not_compare(a, b) or may_not_compare(b, a)):
        return Unknown("False, where the rows are of other lengths")
    if _takes_library(interp, a) or _takes_library(interp, b):
        return ask_operator(interp, frame, name, (a, b), node, (left[1], right[1]))
    if isinstance(a, DimensionValue) or isinstance(b, DimensionValue):
        sizes = [value.size if isinstance(value, DimensionValue) else value for value in (a, b)]
        numbers = [size.value for size in sizes if isinstance(size, Const) and type(size.value) is int]
        return _constants(name, *numbers) if len(numbers) == 2 else Unknown("a dim that is not known")
    if isinstance(a, Const) and isinstance(b, Const):
        return _constants(name, a.value, b.value)
    equal = same_dtype(a, b) if name in ("eq", "ne") else None
    if equal is not None:
        return Const(equal == (name == "eq"))
    shapes = compare_shapes(interp, name, a, b) if name in ("eq", "ne") else None
    if shapes is not None:
        return shapes
    if isinstance(a, (Const, Scalar)) and isinstance(b, (Const, Scalar)):
        known = compare_sizes(name, a, b)
        return Scalar(type="bool") if known is None else Const(known)
    result = compare_containers(interp, name, a, b)
    if result is not None:
        return result
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    return Unknown("this comparison is not understood")


def _membership(interp: Interpreter, a: Value, b: Value, positive: bool) -> Value:
    found = contains(interp, b, a)
    return Scalar(type="bool") if found is None else Const(found == positive)


def _takes_library(interp: Interpreter, value: Value) -> bool:
    return any(isinstance(member, TensorValue) for member in value.members())


def _is_live(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is an object of a library that may define operators: a linear operator, a table."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, LibraryObject) and not item.of_keras
