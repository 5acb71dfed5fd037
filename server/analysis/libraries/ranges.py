"""Ranges: what the values of a result lie between, by what those of the arguments do.

Rules by name, for what programs do to data: moving it about, elementwise arithmetic, activations, random numbers. Bounds
of floats are computed in the dtype of the result: rounding keeps the order, so what holds of the ends holds between them.
Whole numbers that may overflow have no range but their dtype's.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from ..values import Const, Heap, LibraryObject, ListObject, Ref, Scalar, TensorValue, TupleValue, Value
from ..values.intervals import Interval, finite, hull
from .query import Query

_MOVES = re.compile(
    r"(reshape|transpose|identity|expand_dims|squeeze|reverse|tile|repeat|gather|gather_nd|boolean_mask|sort|slice|"
    r"strided_slice|broadcast_to|convert_to_tensor|stop_gradient|ensure_shape|roll|flip|flip_left_right|flip_up_down|"
    r"rot90|asarray|array|copy|ravel|flatten|getitem|swapaxes|moveaxis|take_along_axis|reduce_max|reduce_min|max|min|"
    r"amax|amin|random_flip_left_right|random_flip_up_down|numpy|T|mT|matrix_transpose|constant|ascontiguousarray|pos)"
)
_EXTREMES = frozenset(["reduce_max", "reduce_min", "max", "min", "amax", "amin"])
_JOINS = frozenset(["concat", "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack"])
_UNIT = re.compile(r"(softmax|sigmoid|hard_sigmoid|one_hot|to_categorical|random_sample|rand|random|ranf|sample)")
_LAYERS = {"Softmax": "softmax", "ReLU": "relu"}
_KEEPING_LAYERS = frozenset(
    [
        "Flatten",
        "Reshape",
        "Permute",
        "RepeatVector",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "Identity",
        "Cropping1D",
        "Cropping2D",
        "UpSampling1D",
    ]
)
_ACTIVATIONS: dict[str, tuple[float | None, float | None]] = {
    "softmax": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, None),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, None),
    "exponential": (0.0, None),
    "exp": (0.0, None),
    "square": (0.0, None),
    "abs": (0.0, None),
    "absolute": (0.0, None),
    "sqrt": (0.0, None),
}
_ARITHMETIC: dict[str, str] = {
    "add": "add", "sub": "sub", "subtract": "sub", "mul": "mul", "multiply": "mul", "truediv": "div", "divide": "div",
    "true_divide": "div", "neg": "neg", "negative": "neg", "maximum": "max", "minimum": "min", "clip": "clip",
    "clip_by_value": "clip", "iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div",
}  # fmt: skip
_LIMITS: dict[str, tuple[float, float]] = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "bool": (0, 1)}


def with_range(value: Value, query: Query, heap: Heap) -> Value:
    """Return what a call gave with the range of its values, where one is known."""
    if isinstance(value, (TupleValue, Ref)):
        return value
    if not isinstance(value, TensorValue) or value.kind not in ("Tensor", "ndarray", "npscalar") or value.content:
        return value
    if value.dtype in ("string", "bool") or "complex" in value.dtype or value.parts:
        return value
    found = _range(value, query, heap)
    if found is None or found.open or not _says_more(found, value.dtype):
        return value
    return dataclasses.replace(value, interval=found)


def range_of(value: Value, heap: Heap) -> Interval | None:
    """Return what the values of an argument lie between: by its content, its range, or its dtype."""
    if isinstance(value, Const):
        number = isinstance(value.value, (int, float)) and abs(value.value) < 2**53
        return finite(float(value.value), float(value.value)) if number else None
    if isinstance(value, Scalar):
        return Interval(0.0, None) if value.dim is not None else None
    if isinstance(value, TensorValue):
        return _of_tensor(heap.settled(value))
    if isinstance(value, TupleValue):
        return _around([range_of(item, heap) for item in value.items])
    item = heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None and len(item.items) <= 64:
        return _around([range_of(part, heap) for part in item.items])
    return None


def _of_tensor(value: TensorValue) -> Interval | None:
    if value.content is not None:
        array = value.content.array
        if array.dtype.kind not in "iufb" or array.size == 0 or array.size > 100_000:
            return None
        low, high = float(array.min()), float(array.max())
        return finite(low, high) if abs(low) < 2**53 and abs(high) < 2**53 else None
    if value.interval is not None:
        return value.interval
    limits = _LIMITS.get(value.dtype)
    return None if limits is None else Interval(float(limits[0]), float(limits[1]))


def _around(found: Sequence[Interval | None]) -> Interval | None:
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    total = known[0]
    for one in known[1:]:
        total = hull(total, one)
    return total


def _says_more(found: Interval, dtype: str) -> bool:
    limits = _LIMITS.get(dtype)
    return limits is None or not Interval(float(limits[0]), float(limits[1])).within(found)


def _range(result: TensorValue, query: Query, heap: Heap) -> Interval | None:
    if query.form == "object":
        return _of_layer(query, heap)
    root, _, _ = query.name.partition(".")
    if query.form == "symbol" and root not in ("tensorflow", "numpy", "keras", "tf_keras"):
        return None
    last = query.name.rpartition(".")[2]
    args = [range_of(arg, heap) for arg in query.args]
    named = dict(query.kwargs)
    if last in ("cast", "astype"):
        return _cast(args[0] if args else None, result.dtype)
    if last == "randint" and root == "numpy" and not any(name in named for name in ("high", "low", "dtype")):
        ends = [0.0, *[one.low for one in args[:1] if one]] if len(args) == 1 else [one.low for one in args[:2] if one]
        return finite(ends[0], ends[1] - 1) if len(ends) == 2 and ends[1] is not None and len(args) < 4 else None
    if last == "uniform" and root in ("numpy", "tensorflow"):
        return _uniform(query, heap, result)
    if last in _JOINS:
        return args[0] if args else None
    if last in ("where",) and len(args) == 3:
        return _around(args[1:])
    if last in ("argmax", "argmin"):
        return _index_range(query, heap)
    if _UNIT.fullmatch(last):
        return _unit(last, query, result)
    if last in _ARITHMETIC:
        return _arithmetic(_ARITHMETIC[last], args, query, result)
    if last in _ACTIVATIONS and (last not in ("square", "abs", "absolute") or "float" in result.dtype):
        low, high = _ACTIVATIONS[last]
        inner = args[0] if args else None
        if last == "relu" and len(query.args) == 1 and not named:
            return finite(0.0, max(inner.high, 0.0) if inner is not None and inner.high is not None else None)
        return None if last == "relu" else Interval(low, high)
    if _MOVES.fullmatch(last) and args and not (set(named) & {"out", "where", "initial", "fill_value"}):
        first = query.args[0]
        if last in _EXTREMES and not (
            isinstance(first, TensorValue) and first.fully_defined and 0 not in (first.shape or ())
        ):
            return None  # of nothing the largest is -inf
        same = isinstance(first, TensorValue) and first.dtype == result.dtype
        return args[0] if same else _cast(args[0], result.dtype)
    return None


def _unit(last: str, query: Query, result: TensorValue) -> Interval | None:
    if last in ("random_sample", "rand", "random", "ranf", "sample"):
        return Interval(0.0, 1.0) if query.name.startswith("numpy.random.") else None
    if last == "one_hot":
        return (
            Interval(0.0, 1.0)
            if len(query.args) < 3 and not {"on_value", "off_value"} & set(dict(query.kwargs))
            else None
        )
    return Interval(0.0, 1.0) if "float" in result.dtype else None


def _cast(given: Interval | None, dtype: str) -> Interval | None:
    if given is None or "complex" in dtype:
        return None
    if "float" in dtype:
        return _rounded(given.low, given.high, dtype)
    # Towards zero; what does not fit wraps around, or is anything.
    low, high = given.low, given.high
    limits = _limits(dtype)
    if low is None or high is None or limits is None:
        return None
    return Interval(float(int(low)), float(int(high))) if low >= limits[0] and high <= limits[1] else None


def _uniform(query: Query, heap: Heap, result: TensorValue) -> Interval | None:
    names = ("low", "high") if query.name.startswith("numpy.") else ("shape", "minval", "maxval")
    given = dict(zip(names, query.args, strict=False))
    given.update({name: value for name, value in query.kwargs if name in names})
    low_name, high_name = names[-2:]
    low = range_of(given.get(low_name, Const(0)), heap)
    high = range_of(given.get(high_name, Const(1)), heap)
    if low is None or high is None or low.low is None or high.high is None or low.low > high.high:
        return None
    return Interval(low.low, high.high - (0 if "float" in result.dtype else 1))


def _index_range(query: Query, heap: Heap) -> Interval | None:
    first = query.args[0] if query.args else None
    axis = dict(query.kwargs).get("axis", query.args[1] if len(query.args) > 1 else None)
    if not isinstance(first, TensorValue) or first.shape is None:
        return Interval(0.0, None)
    index = axis.value if isinstance(axis, Const) else None
    if type(index) is not int or not -len(first.shape) <= index < len(first.shape):
        return Interval(0.0, None)
    size = first.shape[index]
    return Interval(0.0, float(size - 1) if isinstance(size, int) and size > 0 else None)


def _arithmetic(name: str, args: Sequence[Interval | None], query: Query, result: TensorValue) -> Interval | None:
    if query.kwargs and name != "clip":
        return None
    if name == "clip":
        return _clip(args, query)
    if name == "neg":
        one = args[0] if args else None
        return None if one is None else _rounded(_minus(one.high), _minus(one.low), result.dtype)
    if len(args) != 2:
        return None
    a, b = args
    if name in ("max", "min") and (a is not None or b is not None):
        a, b = a or Interval(), b or Interval()
        return _extreme(name, a, b, result.dtype)
    if a is None or b is None:
        return None
    if name == "add":
        return _rounded(_plus(a.low, b.low), _plus(a.high, b.high), result.dtype)
    if name == "sub":
        return _rounded(_plus(a.low, _minus(b.high)), _plus(a.high, _minus(b.low)), result.dtype)
    return _product(a, b, name, result.dtype)


def _extreme(name: str, a: Interval, b: Interval, dtype: str) -> Interval | None:
    pick: Callable[..., float] = max if name == "max" else min
    lows, highs = [a.low, b.low], [a.high, b.high]
    sure, loose = (lows, highs) if name == "max" else (highs, lows)
    known = [bound for bound in sure if bound is not None]
    bound = pick(known) if known else None
    both = pick(x for x in loose if x is not None) if None not in loose else None
    return _rounded(bound, both, dtype) if name == "max" else _rounded(both, bound, dtype)


def _product(a: Interval, b: Interval, name: str, dtype: str) -> Interval | None:
    if name == "div":
        if b.low is None or b.high is None or b.low <= 0 <= b.high or "float" not in dtype:
            return None
        if a.low is None or a.high is None:
            return _rounded(0.0, None, dtype) if a.low is not None and a.low >= 0 and b.low > 0 else None
        if dtype == "float128":
            return None
        # In the precision of the result, as it is computed there.
        kind = tf.as_dtype(dtype).as_numpy_dtype
        ends = [float(kind(x) / kind(y)) for x in (a.low, a.high) for y in (b.low, b.high)]
        return finite(min(ends), max(ends))
    if None in (a.low, a.high, b.low, b.high):
        positive = a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0
        return Interval(0.0, None) if positive and "float" in dtype else None
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high) if x is not None and y is not None]
    return _rounded(min(ends), max(ends), dtype)


def _clip(args: Sequence[Interval | None], query: Query) -> Interval | None:
    named = dict(query.kwargs)
    bounds = list(args[1:3])
    for names in (("clip_value_min", "a_min", "x_min", "min"), ("clip_value_max", "a_max", "x_max", "max")):
        bounds += [range_of(named[name], Heap()) for name in names if name in named]
    if len(bounds) != 2 or bounds[0] is None or bounds[1] is None:
        return None
    low, high = bounds[0].low, bounds[1].high
    return Interval(low, high) if low is not None and high is not None and low <= high else None


def _rounded(low: float | None, high: float | None, dtype: str) -> Interval | None:
    """Return bounds as the dtype has them; None for whole numbers that may not fit."""
    if "float" in dtype:
        if dtype == "float128":  # NumPy's own
            return None
        kind = tf.as_dtype(dtype).as_numpy_dtype
        with np.errstate(over="ignore"):
            return finite(None if low is None else float(kind(low)), None if high is None else float(kind(high)))
    limits = _limits(dtype)
    if limits is None or low is None or high is None or max(abs(low), abs(high)) >= 2**53:
        return None
    return Interval(low, high) if low >= limits[0] and high <= limits[1] else None


def _limits(dtype: str) -> tuple[int, int] | None:
    """Return the least and the greatest number of a dtype of whole numbers; None for any other (`bool`, `void128`)."""
    if not dtype.removeprefix("u").startswith("int"):
        return None
    limits = tf.as_dtype(dtype)
    return limits.min, limits.max


def _plus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _minus(a: float | None) -> float | None:
    return None if a is None else -a


def _of_layer(query: Query, heap: Heap) -> Interval | None:
    receiver = query.args[0]
    item = heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(item, LibraryObject) or query.name != "__call__" or not item.symbol.startswith("keras.layers."):
        return None
    name = item.symbol.rpartition(".")[2]
    if name in _KEEPING_LAYERS:
        return range_of(query.args[1], heap) if len(query.args) > 1 else None
    activation = dict(item.kwargs).get("activation")
    if activation is None and name == "Activation" and item.args:
        activation = item.args[0]
    if activation is None and name == "Dense" and len(item.args) > 1:
        activation = item.args[1]
    if isinstance(activation, Const) and name in ("Dense", "Conv1D", "Conv2D", "Conv3D", "Activation", "EinsumDense"):
        found = _ACTIVATIONS.get(activation.value) if activation.value in _NAMED else None
    else:
        found = _ACTIVATIONS[_LAYERS[name]] if name in _LAYERS and not item.args and not item.kwargs else None
    return None if found is None else Interval(*found)


_NAMED = ("softmax", "sigmoid", "hard_sigmoid", "tanh", "softsign", "relu", "relu6", "softplus", "exponential")
