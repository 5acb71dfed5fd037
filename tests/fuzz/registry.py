"""Draw calls of any public function: raw ops by the op registry, all others by the names of their parameters.

Most drawn calls of picky functions are refused; that the refusal is the library's own is of interest too.
"""

from __future__ import annotations

import functools
import inspect
import random
import re
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import types_pb2
from tensorflow.python.framework import op_def_registry

from server.analysis.libraries import symbols
from server.analysis.libraries.classify import verdict
from server.analysis.libraries.exported import exported

from .ops import Case

FLOATS = ("float32", "float32", "float64", "float16")
INTEGERS = ("int32", "int32", "int64", "uint8", "int8")
OTHERS = ("bool", "complex64")
DTYPES = FLOATS + INTEGERS + OTHERS
_COMMON = ("float32", "int32", "float64", "int64", "bool", "complex64", "uint8", "int8", "float16", "string", "uint16")
_SIZES = (1, 2, 2, 3, 3, 4, 5)


@functools.cache
def names() -> tuple[tuple[str, ...], ...]:
    """Return what may be asked: raw ops, functions of TensorFlow, of Keras's ops and losses, of NumPy."""
    raw: list[str] = []
    tensorflow: list[str] = []
    keras: list[str] = []
    numpy: list[str] = []
    for item in exported():
        if not verdict(item.name).may_ask or item.owner is not None or _LEFT_OUT.search(item.name):
            continue
        if item.name.startswith("tensorflow.raw_ops."):
            raw.append(item.name)
        elif item.kind != "function":
            continue
        elif item.name.startswith(
            ("keras.ops.", "keras.losses.", "keras.activations.", "keras.metrics.", "keras.utils.")
        ):
            keras.append(item.name)
        elif item.name.startswith("tensorflow."):
            tensorflow.append(item.name)
        elif item.name.startswith("numpy.") and not item.name.startswith("numpy.ma."):
            numpy.append(item.name)
    return (tuple(raw), tuple(tensorflow), tuple(keras), tuple(numpy))


#: What draws random numbers has no content to compare but is drawn; what calls back, prints or waits is not.
_LEFT_OUT = re.compile(
    r"(map_fn|vectorized_map|\.scan|foldl|foldr|\.cond|\.case|switch|while_loop|fori_loop|\.map$|map_structure|print|Print|"
    r"Abort|nest\.|numpy\.test|RNN|Rnn|rnn|Lstm|LSTM|GRU|Summary|Unbatch|Batch$|BatchFunction|barrier|_dataset|"
    r"tensorflow\.compat\.v1\.train|read_file|ReadFile|deserialize|Deserialize|tf_record|DebugIdentity|numpy\.random|"
    r"numpy\.ndarray|scan$|traverse|ImageProjective|associative|get_logger|numpy\.busday)"
)


def draw(seed: int) -> Case:
    """Return the case of a number: a public name and arguments."""
    rng = random.Random(seed)
    group = names()[rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 3))]
    name = rng.choice(group)
    return _raw(rng, name) if name.startswith("tensorflow.raw_ops.") else _by_signature(rng, name)


def _shape(rng: random.Random, rank: int | None = None) -> tuple[int, ...]:
    rank = rng.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5)) if rank is None else rank
    return tuple(rng.choice(_SIZES) if rng.random() > 0.03 else 0 for _ in range(rank))


def _related(rng: random.Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    chance = rng.random()
    if chance < 0.5:
        return shape
    if chance < 0.6:
        return tuple(1 if rng.random() < 0.4 else dim for dim in shape)
    if chance < 0.7:
        return shape[rng.randint(0, len(shape)) :]
    if chance < 0.8 and len(shape) >= 2:
        return (*shape[:-2], shape[-1], rng.choice(_SIZES))
    if chance < 0.85:
        return shape[:1]
    return _shape(rng)


def _array(rng: random.Random, shape: tuple[int, ...], dtype: str, low: int = -2, high: int = 4) -> Any:
    count = int(np.prod(shape))
    if dtype == "string":
        return np.array([rng.choice(("a", "bc d", "", "1", "2.5")).encode() for _ in range(count)], object).reshape(
            shape
        )
    try:
        kind = np.dtype(dtype).kind
    except TypeError:
        raise LookupError("no array of such numbers is drawn") from None
    low = max(low, 0) if kind in "ub" else low
    numbers = [rng.randint(low, high) + (rng.random() if kind in "fc" else 0) for _ in range(count)]
    return np.array(numbers).reshape(shape).astype(dtype)


# Raw ops --------------------------------------------------------------------------------------------------------------


def _raw(rng: random.Random, name: str) -> Case:
    definition = op_def_registry.get(name.rpartition(".")[2])
    attributes: dict[str, Any] = {}
    dtypes: dict[str, str] = {}
    counts: dict[str, int] = {}
    inferred = {argument.type_attr or argument.type_list_attr for argument in definition.input_arg}
    inferred |= {argument.number_attr for argument in definition.input_arg}
    for attribute in definition.attr:
        allowed = [tf.as_dtype(item).name for item in attribute.allowed_values.list.type]
        if attribute.type == "type":
            usual = [dtype for dtype in _COMMON if dtype in allowed] if allowed else list(_COMMON[:8])
            dtypes[attribute.name] = rng.choice((usual or allowed)[:4] if rng.random() < 0.7 else usual or allowed)
            if attribute.name not in inferred:
                attributes[attribute.name] = tf.as_dtype(dtypes[attribute.name])
        elif attribute.type == "list(type)":
            counts[attribute.name] = rng.randint(1, 3)
            if attribute.name not in inferred:
                attributes[attribute.name] = [tf.as_dtype(rng.choice(_COMMON[:4])) for _ in range(2)]
        elif attribute.name in inferred and attribute.type == "int":
            counts[attribute.name] = max(attribute.minimum if attribute.has_minimum else 1, rng.randint(1, 3))
        elif not attribute.HasField("default_value") or rng.random() < 0.15:
            attributes[attribute.name] = _attribute(rng, attribute)
    kwargs: dict[str, Any] = {}
    shape = _shape(rng)
    for argument in definition.input_arg:
        if argument.type_list_attr:
            kwargs[argument.name] = [
                _array(rng, _related(rng, shape), rng.choice(_COMMON[:4]))
                for _ in range(counts[argument.type_list_attr])
            ]
            continue
        fixed = types_pb2.DataType.Name(argument.type)[3:].lower() if argument.type else ""
        dtype = tf.as_dtype(argument.type).name if fixed else dtypes.get(argument.type_attr, "float32")
        if dtype in ("variant", "resource"):
            raise LookupError("there is no such value to draw")
        made = [
            _argument(rng, argument.name, _related(rng, shape), dtype)
            for _ in range(counts.get(argument.number_attr, 1))
        ]
        kwargs[argument.name] = made if argument.number_attr else made[0]
    return Case(name, [], {**kwargs, **attributes})


_SHAPES = re.compile(r"(shape|.*_shape|.*_sizes|size|dims|multiples|reps|newshape|input_sizes|out_dims|lengths?)")
_AXES = re.compile(
    r"(axis|axes|dim|dimension|.*_dim|.*_indices|perm|permutation|batch_dims|split_dim|concat_dim|begin|shift)"
)


def _argument(rng: random.Random, name: str, shape: tuple[int, ...], dtype: str) -> Any:
    if dtype in ("int32", "int64"):
        if _SHAPES.fullmatch(name):
            return _array(rng, (rng.randint(1, 4),), dtype, 1, 4)
        if _AXES.fullmatch(name):
            return _array(rng, () if rng.random() < 0.6 else (rng.randint(1, 2),), dtype, -2, 2)
        if re.search(r"(ind|ids|seg|num|count|k$|n$|depth|seed)", name):
            return _array(rng, () if rng.random() < 0.4 else shape[:2], dtype, 0, 2)
    if (
        re.search(r"(^min|^max|threshold|epsilon|alpha|^num_|^lo$|^hi$|scale|momentum|^lr$|delta)", name)
        and rng.random() < 0.7
    ):
        shape = ()
    return _array(rng, shape, dtype)


def _attribute(rng: random.Random, attribute: Any) -> Any:
    kind = attribute.type
    if kind == "int":
        return max(rng.randint(0, 4), attribute.minimum if attribute.has_minimum else -1)
    if kind == "float":
        return rng.choice((0.0, 0.5, 1.0))
    if kind == "bool":
        return rng.random() < 0.5
    if kind == "string":
        allowed = [item.decode() for item in attribute.allowed_values.list.s]
        return rng.choice(allowed) if allowed else "a"
    if kind == "shape":
        return list(_shape(rng))
    if kind == "list(int)":
        if re.search(r"(stride|ksize|dilation|rates)", attribute.name):
            inner = [rng.randint(1, 2) for _ in range(rng.choice((2, 2, 3)))]
            return [1, *inner, 1]
        return [rng.randint(0, 3) for _ in range(rng.randint(1, 3))]
    if kind == "list(float)":
        return [0.5, 1.0]
    if kind == "list(string)":
        return ["a", "b"]
    if kind == "list(shape)":
        return [list(_shape(rng))]
    raise LookupError("an attribute that is not drawn")


# Functions ------------------------------------------------------------------------------------------------------------

_INTEGER_ARRAYS = re.compile(r"(.*indices|.*ids|idx|labels|.*_lengths?|index|.*offsets|repeats|bins?|.*_order)")
_NUMBERS = re.compile(
    r"(k|n|num|depth|num_\w+|n\w?|nth|order|.*rank|ddof|block_size|ndmin|minlength|maxlength|.*_classes|.*_size|"
    r"frame_\w+|fft_\w+|hop|stride|upper|lower|.*_height|.*_width|seed|height|width|max\w*_boxes|channels)"
)
_FRACTIONS = re.compile(
    r"(.*factor|delta|alpha|beta|gamma|.*rate|.*epsilon|rtol|atol|q|.*threshold|.*fraction|tol|scale|base)"
)
_MANY = re.compile(r"(arrays|tensors|tup|xs|values_list|inputs_list|seq|sequences|arys)")


def _by_signature(rng: random.Random, name: str) -> Case:
    function = symbols.resolve(name).object
    parameters = _parameters(name, function)
    shape = _shape(rng)
    dtype = rng.choice(DTYPES)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    positional = True
    for parameter in parameters:
        given = parameter.default is inspect.Parameter.empty
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or parameter.name in (
            "name",
            "out",
            "where",
        ):
            positional = False
            continue
        if not given and rng.random() > 0.25:
            positional = False
            continue
        made = _parameter(rng, parameter, shape, dtype)
        if made is _SKIP:
            positional = False
            continue
        if positional and parameter.kind is not parameter.KEYWORD_ONLY:
            args.append(made)
        elif parameter.kind is not parameter.POSITIONAL_ONLY:
            kwargs[parameter.name] = made
    return Case(name, args, kwargs)


_SKIP = object()


def _parameters(name: str, function: Any) -> list[inspect.Parameter]:
    if isinstance(function, np.ufunc):
        return [inspect.Parameter(f"x{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(function.nin)]
    try:
        return list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return [inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)]


def _parameter(rng: random.Random, parameter: inspect.Parameter, shape: tuple[int, ...], dtype: str) -> Any:
    name, default = parameter.name, parameter.default
    if type(default) is bool:
        return rng.random() < 0.5
    if "dtype" in name or name.lower() in ("tout", "out_type", "output_type", "dtype_hint"):
        return rng.choice(("float32", "int32", "int64", "float64", "bool"))
    if isinstance(default, str):
        return _SKIP
    if re.fullmatch(r"(axis|axes|dim|dims|axis\d|batch_dims|source|destination|shift)", name):
        return rng.randint(-2, 2) if rng.random() < 0.7 else [rng.randint(-1, 1) for _ in range(rng.randint(1, 2))]
    if re.fullmatch(
        r"(.*shape|multiples|reps|newshape|size|dims|target_\w+|perm|pad_width|paddings|crops|new_shape)", name
    ):
        if "pad" in name or "crops" in name:
            return [[rng.randint(0, 2), rng.randint(0, 2)] for _ in shape]
        if rng.random() < 0.3:
            return list(shape) if rng.random() < 0.5 else [-1]
        return [rng.choice(_SIZES) for _ in range(rng.randint(1, 3))]
    if _MANY.fullmatch(name):
        return [
            _array(rng, shape if rng.random() < 0.8 else _related(rng, shape), dtype) for _ in range(rng.randint(1, 3))
        ]
    if _INTEGER_ARRAYS.fullmatch(name):
        return _array(rng, _related(rng, shape), rng.choice(("int32", "int64")), 0, 2)
    if _NUMBERS.fullmatch(name) or type(default) is int:
        return rng.randint(0, 4)
    if _FRACTIONS.fullmatch(name) or type(default) is float:
        return rng.choice((0.0, 0.5, 1.0, 2.0))
    if name in (
        "padding",
        "strides",
        "ksize",
        "pool_size",
        "kernel_size",
        "data_format",
        "dilations",
        "rates",
        "filters_shape",
    ):
        return rng.choice(("SAME", "VALID")) if name == "padding" else rng.randint(1, 2)
    if name in ("equation", "subscripts", "mode", "method", "pattern", "rewrite", "separator", "encoding"):
        return rng.choice(("ij,jk->ik", "ij->ji", "a", "reflect", "nearest"))
    if parameter.default is not inspect.Parameter.empty and parameter.default is not None:
        return _SKIP
    chance = rng.random()
    if chance < 0.06:
        return rng.choice((1, 0, 2.5, True))
    other = dtype if chance < 0.9 else rng.choice(DTYPES)
    return _array(rng, shape if chance < 0.5 else _related(rng, shape), other)
