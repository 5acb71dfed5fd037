"""Common public ops, each with a way to draw arguments for it.

A case is a public name, its arguments and its keywords; arrays are NumPy arrays that stand for tensors (or, for NumPy's
own functions, for themselves). Most cases run, some do not: both are of interest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

DTYPES = ("float32", "float64", "int32", "int64", "uint8", "bool")
FLOATS = ("float32", "float64")


@dataclass
class Case:
    """One call."""

    name: str
    args: list[Any]
    kwargs: dict[str, Any] = field(default_factory=dict)


few = st.integers(0, 3)
dims = st.integers(0, 4)
sizes = st.integers(1, 4)


@st.composite
def arrays(draw: st.DrawFn, rank: Any = few, dtypes: tuple[str, ...] = DTYPES, low: int = -2) -> Any:
    shape = tuple(draw(st.lists(sizes, min_size=(r := draw(rank)), max_size=r)))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    count = int(np.prod(shape))
    numbers = draw(st.lists(st.integers(max(low, 0) if dtype.kind in "ub" else low, 3), min_size=count, max_size=count))
    return np.array(numbers).reshape(shape).astype(dtype)


def twin(draw: st.DrawFn, array: Any) -> Any:
    """Return an array that goes with another one: mostly of its dtype, its shape broadcast or disturbed."""
    shape = list(array.shape)
    for index in range(len(shape)):
        change = draw(st.sampled_from(["keep", "keep", "keep", "one", "other"]))
        if change != "keep":
            shape[index] = 1 if change == "one" else draw(sizes)
    shape = shape[draw(st.integers(0, len(shape))) :] if draw(st.booleans()) else shape
    dtype = array.dtype if draw(st.integers(0, 5)) else np.dtype(draw(st.sampled_from(DTYPES)))
    return (np.arange(int(np.prod(shape))) % 5 + 1).reshape(shape).astype(dtype)


axes = st.integers(-3, 3)


@st.composite
def unary(draw: st.DrawFn, name: str, dtypes: tuple[str, ...] = DTYPES) -> Case:
    return Case(name, [draw(arrays(dtypes=dtypes))])


@st.composite
def binary(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    return Case(name, [array, twin(draw, array)])


@st.composite
def reduction(draw: st.DrawFn, name: str, keepdims: bool = True) -> Case:
    kwargs: dict[str, Any] = {}
    if draw(st.booleans()):
        kwargs["axis"] = draw(st.one_of(axes, st.lists(axes, max_size=2))) if keepdims else draw(axes)
    if keepdims and draw(st.booleans()):
        kwargs["keepdims"] = draw(st.booleans())
    return Case(name, [draw(arrays())], kwargs)


@st.composite
def with_axis(draw: st.DrawFn, name: str, **extra: Any) -> Case:
    return Case(name, [draw(arrays())], {"axis": draw(axes)})


@st.composite
def of_list(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays(rank=st.integers(1, 3)))
    others = [array if draw(st.booleans()) else twin(draw, array) for _ in range(draw(st.integers(0, 2)))]
    return Case(name, [[array, *others]], {"axis": draw(axes)})


@st.composite
def reshape(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    shape = draw(
        st.one_of(
            st.just([-1]),
            st.just([array.size]),
            st.just([1, *array.shape]),
            st.just([-1, *array.shape[1:]]),
            st.lists(st.integers(-1, 6), max_size=3),
        )
    )
    return Case(name, [array, shape])


@st.composite
def permuted(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    order = draw(st.permutations(range(array.ndim)))
    return Case(name, [array, *([list(order)] if draw(st.booleans()) else [])])


@st.composite
def matmul(draw: st.DrawFn, name: str) -> Case:
    n, k, m = draw(sizes), draw(sizes), draw(sizes)
    other = k if draw(st.integers(0, 3)) else draw(sizes)
    batch = draw(st.lists(sizes, max_size=1))
    dtype = draw(st.sampled_from(("float32", "float64", "int32")))
    kwargs = {}
    right = (other, m)
    if name.startswith("tensorflow") and draw(st.booleans()):
        kwargs, right = {"transpose_b": True}, (m, other)
    return Case(name, [np.ones((*batch, n, k), dtype), np.ones((*batch, *right), dtype)], kwargs)


@st.composite
def sized(draw: st.DrawFn, name: str) -> Case:
    kwargs = {"dtype": draw(st.sampled_from(DTYPES))} if draw(st.booleans()) else {}
    return Case(name, [draw(st.lists(dims, max_size=3))], kwargs)


@st.composite
def one_hot(draw: st.DrawFn, name: str) -> Case:
    indices = draw(arrays(dtypes=("int32", "int64", "uint8", "float32"), rank=st.integers(0, 2)))
    kwargs = {"axis": draw(st.integers(-1, 2))} if draw(st.booleans()) else {}
    return Case(name, [indices, draw(st.integers(0, 4))], kwargs)


@st.composite
def gather(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays(rank=st.integers(1, 3)))
    indices = draw(arrays(rank=st.integers(0, 2), dtypes=("int32", "int64"), low=0)) % array.shape[0]
    return Case(name, [array, indices], {"axis": draw(st.integers(0, 2))} if draw(st.booleans()) else {})


@st.composite
def ranges(draw: st.DrawFn, name: str) -> Case:
    numbers = st.one_of(st.integers(-3, 6), st.sampled_from([0.5, 1.5, 2.0]))
    return Case(name, draw(st.lists(numbers, min_size=1, max_size=3)))


@st.composite
def cast(draw: st.DrawFn, name: str) -> Case:
    return Case(name, [draw(arrays()), draw(st.sampled_from((*DTYPES, "int8", "float16", "complex64")))])


@st.composite
def repeated(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    rank = array.ndim if draw(st.integers(0, 3)) else draw(dims)
    return Case(name, [array, draw(st.lists(dims, min_size=rank, max_size=rank))])


@st.composite
def padded(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    pairs = [draw(st.lists(dims, min_size=2, max_size=2)) for _ in range(array.ndim)]
    return Case(name, [array, pairs])


@st.composite
def sliced(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    begin = [draw(st.integers(0, 2)) for _ in array.shape]
    size = [draw(st.integers(-1, 3)) for _ in array.shape]
    return Case(name, [array, begin, size])


@st.composite
def split(draw: st.DrawFn, name: str) -> Case:
    return Case(
        name, [draw(arrays(rank=st.integers(1, 3))), draw(st.integers(1, 3))], {"axis": draw(st.integers(0, 2))}
    )


@st.composite
def image(draw: st.DrawFn, name: str) -> Case:
    n, height, width, channels = (draw(sizes) for _ in range(4))
    x = np.ones((n, height + 1, width + 1, channels), "float32")
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    strides = draw(st.integers(1, 2))
    if "pool" in name:
        return Case(name, [x, draw(sizes), strides, padding])
    inner = channels if draw(st.integers(0, 3)) else draw(sizes)
    return Case(name, [x, np.ones((draw(sizes), draw(sizes), inner, 2), "float32"), strides, padding])


@st.composite
def losses(draw: st.DrawFn, name: str) -> Case:
    truth = draw(arrays(rank=st.integers(1, 2), dtypes=("float32", "int32")))
    return Case(name, [truth, twin(draw, truth).astype("float32")])


@st.composite
def where(draw: st.DrawFn, name: str) -> Case:
    array = draw(arrays())
    return Case(name, [twin(draw, array).astype(bool), array, twin(draw, array)])


TENSORFLOW = [
    *(unary(f"tensorflow.{name}") for name in ("abs", "negative", "square", "sign", "identity", "zeros_like", "shape")),
    *(unary(f"tensorflow.{name}") for name in ("ones_like", "rank", "size", "squeeze", "convert_to_tensor")),
    *(unary(f"tensorflow.{name}", FLOATS) for name in ("exp", "sqrt", "tanh", "nn.relu", "nn.softmax", "math.log")),
    *(
        binary(f"tensorflow.{name}")
        for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "equal")
    ),
    *(
        binary(f"tensorflow.{name}")
        for name in ("less", "pow", "math.floormod", "logical_and", "math.squared_difference")
    ),
    *(reduction(f"tensorflow.{name}") for name in ("reduce_sum", "reduce_mean", "reduce_max", "reduce_prod")),
    *(reduction(f"tensorflow.{name}") for name in ("reduce_any", "reduce_logsumexp", "math.reduce_std")),
    *(with_axis(f"tensorflow.{name}") for name in ("argmax", "expand_dims", "cumsum", "sort", "argsort", "unstack")),
    *(of_list(f"tensorflow.{name}") for name in ("concat", "stack")),
    reshape("tensorflow.reshape"),
    permuted("tensorflow.transpose"),
    *(matmul(f"tensorflow.{name}") for name in ("matmul", "linalg.matmul")),
    *(sized(f"tensorflow.{name}") for name in ("zeros", "ones")),
    one_hot("tensorflow.one_hot"),
    *(gather(f"tensorflow.{name}") for name in ("gather",)),
    ranges("tensorflow.range"),
    cast("tensorflow.cast"),
    repeated("tensorflow.tile"),
    repeated("tensorflow.broadcast_to"),
    padded("tensorflow.pad"),
    sliced("tensorflow.slice"),
    split("tensorflow.split"),
    where("tensorflow.where"),
    *(image(f"tensorflow.nn.{name}") for name in ("conv2d", "max_pool2d", "avg_pool2d")),
    *(
        losses(f"keras.losses.{name}")
        for name in ("mean_squared_error", "categorical_crossentropy", "binary_crossentropy")
    ),
]
NUMPY = [
    *(
        unary(f"numpy.{name}")
        for name in ("abs", "square", "sign", "zeros_like", "squeeze", "ravel", "transpose", "exp")
    ),
    *(
        binary(f"numpy.{name}")
        for name in ("add", "subtract", "multiply", "divide", "maximum", "power", "equal", "dot")
    ),
    *(reduction(f"numpy.{name}", keepdims=False) for name in ("sum", "mean", "max", "argmax", "cumsum", "any", "std")),
    *(with_axis(f"numpy.{name}") for name in ("expand_dims", "sort", "flip", "unique")),
    *(of_list(f"numpy.{name}") for name in ("concatenate", "stack")),
    reshape("numpy.reshape"),
    matmul("numpy.matmul"),
    *(sized(f"numpy.{name}") for name in ("zeros", "ones")),
    ranges("numpy.arange"),
    repeated("numpy.tile"),
    repeated("numpy.broadcast_to"),
    where("numpy.where"),
    *(unary(f"numpy.{name}") for name in ("nonzero", "atleast_2d", "diff", "count_nonzero", "isnan")),
]
