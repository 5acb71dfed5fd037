"""The modules `math`, `statistics`, `operator`, `bisect`: the real function on constants, a type on the rest."""

from __future__ import annotations

import ast
import math
import operator
import statistics
from typing import Any

from ...values import Const, Scalar, TensorValue, TupleValue, Unknown, Value
from ..constants import fold
from ..sequences import known_items
from .registry import StandardCall, models

_INTS = frozenset(["factorial", "gcd", "lcm", "comb", "perm", "isqrt"])
_ROUNDS = frozenset(["floor", "ceil", "trunc"])
_BOOLS = frozenset(["isclose", "isfinite", "isinf", "isnan"])
#: What grows with the size of its arguments.
_GROWING = {"factorial": 300, "comb": 1000, "perm": 300}
_NOT_FLOATS = frozenset(["prod", "sumprod"])


@models("math.*")
def _math(call: StandardCall) -> Value | None:
    name = call.name.rpartition(".")[2]
    function = getattr(math, name, None)
    if not callable(function):
        return None
    args = tuple(_number(call, arg) for arg in call.args)
    result = fold(call.interp, function, args, call.kwargs, largest=_GROWING.get(name))
    if result is not None:
        return result
    if call.interp.mode(call.frame) != "eager" and any(
        isinstance(arg, TensorValue) and not arg.is_numpy for arg in args
    ):
        return Unknown(f"{call.name}() of a symbolic tensor")
    if name in _BOOLS:
        return Scalar(type="bool")
    if name in _ROUNDS:
        plain = all(isinstance(arg, (Const, Scalar, TensorValue)) for arg in args)
        return Scalar(type="int") if plain else Unknown(f"{call.name}() of this is not known")
    if name in _INTS:
        return Scalar(type="int")
    if name == "modf":
        return TupleValue((Scalar(type="float"), Scalar(type="float")))
    if name == "frexp":
        return TupleValue((Scalar(type="float"), Scalar(type="int")))
    return Unknown(f"{call.name}() of these is not known") if name in _NOT_FLOATS else Scalar(type="float")


def _number(call: StandardCall, value: Value) -> Value:
    """Return the number that a scalar of a library is taken for."""
    if not isinstance(value, TensorValue) or value.shape != () or value.dtype == "bool":
        return value
    settled = call.interp.heap.settled(value)
    readable = value.is_numpy or (value.kind in ("Tensor", "Variable") and call.interp.mode(call.frame) == "eager")
    if settled.content is None or not readable or settled.content.array.dtype.kind not in "iuf":
        return value
    return Const(settled.content.array.item())


@models("statistics.mean", "statistics.fmean", "statistics.median", "statistics.stdev", "statistics.pstdev")
def _statistics(call: StandardCall) -> Value | None:
    function: Any = getattr(statistics, call.name.rpartition(".")[2])
    return fold(call.interp, function, call.args, call.kwargs)


_BINARY: dict[str, ast.operator] = {
    "add": ast.Add(),
    "sub": ast.Sub(),
    "mul": ast.Mult(),
    "truediv": ast.Div(),
    "floordiv": ast.FloorDiv(),
    "mod": ast.Mod(),
    "pow": ast.Pow(),
    "matmul": ast.MatMult(),
}


@models(*(f"operator.{name}" for name in _BINARY))
def _operator(call: StandardCall) -> Value | None:
    if len(call.args) != 2:
        return None
    from ..operators import binary

    name = call.name.rpartition(".")[2]
    node = call.node or ast.Pass()
    return binary(call.interp, call.frame, node, _BINARY[name], (call.args[0], None), (call.args[1], None))


@models("operator.eq", "operator.ne", "operator.lt", "operator.le", "operator.gt", "operator.ge", "operator.neg")
def _compared(call: StandardCall) -> Value | None:
    return fold(call.interp, getattr(operator, call.name.rpartition(".")[2]), call.args, call.kwargs)


@models("bisect.bisect", "bisect.bisect_left", "bisect.bisect_right")
def _bisect(call: StandardCall) -> Value | None:
    import bisect

    function: Any = getattr(bisect, call.name.rpartition(".")[2])
    return fold(call.interp, function, call.args, call.kwargs) if not call.kwargs else None


@models("math.prod")
def _product(call: StandardCall) -> Value | None:
    """Multiply the items of an iterable: sizes stay sizes (`math.prod(x.shape[1:])`)."""
    from ..operators import binary

    known = fold(call.interp, math.prod, call.args, call.kwargs)
    items = known_items(call.interp, call.args[0]) if len(call.args) == 1 and known is None else None
    if items is None or set(dict(call.kwargs)) - {"start"}:
        return known
    result = dict(call.kwargs).get("start", Const(1))
    for item in items:
        result = binary(call.interp, call.frame, call.node or ast.Pass(), ast.Mult(), (result, None), (item, None))
    return result
