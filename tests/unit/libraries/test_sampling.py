"""Symbolic dims through the libraries: what is said of them holds for TensorFlow and NumPy at any size."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
import tensorflow as tf

from server.analysis.libraries import symbols
from server.analysis.libraries.fitting import fitted
from server.analysis.libraries.outcome import Returned
from server.analysis.values import Const, Heap, Scalar, ShapeValue, TensorValue, TupleValue
from server.analysis.values.dim_text import render
from server.analysis.values.dims import Dim, Sym, evaluate, floordiv, multiply, symbol

from .conftest import Asker

N, M = symbol("n", 1001), symbol("m", 1002)
SIZES = list(itertools.product((1, 2, 3, 5, 8, 17, 30, 101), (1, 4, 7, 12)))


def spec(*shape: Any, dtype: str = "float32", kind: str = "Tensor") -> TensorValue:
    return TensorValue(kind=kind, dtype=dtype, shape=shape)


def number(dim: Any) -> Any:
    return Scalar(type="int", dim=dim) if isinstance(dim, Dim) else Const(dim)


def vector(*sizes: Any) -> TensorValue:
    return TensorValue(dtype="int32", shape=(len(sizes),), sizes=sizes)


CASES: list[tuple[str, tuple[Any, ...], dict[str, Any], list[str]]] = [
    ("tensorflow.reshape", (spec(N, 28, 28), [-1, 784]), {}, ["n", "784"]),
    ("tensorflow.reshape", (spec(N, 28, 28), vector(N, -1)), {}, ["n", "784"]),
    ("tensorflow.reshape", (spec(N, 28, 28), TupleValue((number(N), Const(-1)))), {}, ["n", "784"]),
    (
        "tensorflow.reshape",
        (spec(N, M, 64), TupleValue((number(N), number(M), Const(8), Const(8)))),
        {},
        ["n", "m", "8", "8"],
    ),
    ("tensorflow.reshape", (spec(N, M, 4), [-1]), {}, ["4*n*m"]),
    ("tensorflow.reshape", (spec(N, 30), [-1, 60]), {}, ["n//2", "60"]),
    ("tensorflow.concat", ([spec(N, 3), spec(M, 3)], 0), {}, ["n + m", "3"]),
    ("tensorflow.concat", ([spec(N, 3), spec(5, 3)], 0), {}, ["n + 5", "3"]),
    ("tensorflow.transpose", (spec(N, M, 3),), {}, ["3", "m", "n"]),
    ("tensorflow.matmul", (spec(N, 3), spec(3, M)), {}, ["n", "m"]),
    ("tensorflow.matmul", (spec(N, 3, M), spec(N, M, 7)), {}, ["n", "3", "7"]),
    ("tensorflow.tile", (spec(N, 3), [2, 4]), {}, ["2*n", "12"]),
    ("tensorflow.expand_dims", (spec(N, 3), 1), {}, ["n", "1", "3"]),
    ("tensorflow.pad", (spec(N, 3), [[1, 2], [0, 0]]), {}, ["n + 3", "3"]),
    ("tensorflow.zeros", (TupleValue((number(N), Const(3))),), {}, ["n", "3"]),
    ("tensorflow.ones", (vector(N, M),), {}, ["n", "m"]),
    ("tensorflow.range", (number(N),), {}, ["n"]),
    ("tensorflow.one_hot", (spec(N, dtype="int32"), 10), {}, ["n", "10"]),
    ("tensorflow.one_hot", (spec(4, dtype="int32"), number(N)), {}, ["4", "n"]),
    ("tensorflow.gather", (spec(100, 8), spec(N, M, dtype="int32")), {}, ["n", "m", "8"]),
    ("tensorflow.nn.max_pool2d", (spec(4, N, N, 3), 2, 2, "SAME"), {}, ["4", "ceil(n/2)", "ceil(n/2)", "3"]),
    ("tensorflow.nn.max_pool2d", (spec(4, N, N, 3), 3, 2, "VALID"), {}, ["4", "ceil(n/2) - 1", "ceil(n/2) - 1", "3"]),
    ("tensorflow.linalg.diag", (spec(N),), {}, ["n", "n"]),
    ("tensorflow.broadcast_to", (spec(3), vector(N, 3)), {}, ["n", "3"]),
    ("tensorflow.repeat", (spec(N), 3), {}, ["3*n"]),
    ("keras.ops.reshape", (spec(N, 28, 28), (-1, 784)), {}, ["n", "784"]),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "dims"), CASES)
def test_the_shape_holds_at_every_size(ask: Asker, name: str, args: Any, kwargs: Any, dims: list[str]) -> None:
    if symbols.resolve(name) is None:
        pytest.skip("this version has no such function")
    value = ask.get(name, *args, **kwargs)
    assert [str(dim) for dim in value.shape] == dims
    checked = 0
    for n, m in SIZES:
        sizes = {one: {1001: n, 1002: m}[one.number] for one in _symbols_of(value.shape)}
        try:
            real = _call(name, args, n, m)
        except Exception:  # these sizes do not fit: nothing is claimed of them
            continue
        assert [evaluate(dim, sizes) for dim in value.shape] == list(real.shape), (n, m)
        checked += 1
    assert checked >= 4


def _symbols_of(shape: Any) -> set[Sym]:
    from server.analysis.values.dims import symbols

    return {one for dim in shape for one in symbols(dim)}


def _call(name: str, args: Any, n: int, m: int) -> Any:
    sizes = {Sym("n", 1001): n, Sym("m", 1002): m}
    function: Any = {"tensorflow": tf, "keras": __import__("keras")}[name.partition(".")[0]]
    for part in name.split(".")[1:]:
        function = getattr(function, part)
    return function(*(_real(arg, sizes) for arg in args))


def _real(value: Any, sizes: dict[Sym, int]) -> Any:
    if isinstance(value, TensorValue):
        if value.sizes is not None:
            return tf.constant([evaluate(dim, sizes) for dim in value.sizes], tf.int32)
        return tf.zeros([evaluate(dim, sizes) for dim in value.shape], tf.as_dtype(value.dtype))
    if isinstance(value, TupleValue):
        return tuple(_real(item, sizes) for item in value.items)
    if isinstance(value, Scalar):
        return evaluate(value.dim, sizes)
    if isinstance(value, Const):
        return value.value
    return [_real(item, sizes) for item in value] if isinstance(value, list) else value


def test_sizes_are_carried_through_tensors(ask: Asker) -> None:
    shape = ask.get("tensorflow.shape", spec(N, 28, M))
    assert shape.sizes == (N, 28, M)
    first = ask.get("getitem", shape, 0, form="operator")
    assert first.sizes == (N,)
    assert ask.get("mul", first, 2, form="operator").sizes == (multiply(N, 2),)
    assert ask.get("tensorflow.reduce_prod", shape).sizes == (multiply(multiply(N, M), 28),)
    assert ask.get("tensorflow.stack", [first, Const(-1)]).sizes == (N, -1)
    parts = ask.get("tensorflow.unstack", shape)
    assert parts is not None


def test_sizes_are_carried_through_numpy(ask: Asker) -> None:
    product = ask.get("numpy.prod", TupleValue((number(N), Const(28))))
    assert product.sizes == (multiply(N, 28),)
    assert [str(dim) for dim in ask.get("numpy.zeros", TupleValue((number(N), Const(3)))).shape] == ["n", "3"]
    array = spec(N, 4, kind="ndarray")
    assert [str(dim) for dim in ask.get("numpy.concatenate", [array, array]).shape] == ["2*n", "4"]


def test_what_depends_on_more_than_sizes_stays_open(ask: Asker) -> None:
    """`squeeze` drops the dims that happen to be 1, `unique` depends on values, unequal sizes do not add."""
    assert ask.get("tensorflow.squeeze", spec(N, 1, 3)).shape is None
    assert "n" not in str(ask.get("tensorflow.unique", spec(N, dtype="int32")).items[0].shape[0])
    assert "n" not in str(ask.get("add", spec(N), spec(M), form="operator").shape[0])


def test_an_error_never_comes_of_sampling(ask: Asker) -> None:
    outcome = ask("tensorflow.reshape", spec(N, 28), TupleValue((number(N), Const(29)))).outcome
    assert not isinstance(outcome, Returned) or outcome.value.shape is not None


def samples(numbers: list[int]) -> list[dict[Sym, int]]:
    return [{Sym("n", 1001): number} for number in numbers]


def test_a_fit_that_the_samples_do_not_decide_is_none() -> None:
    """On 8, 16 and 9 both n//8 and (n + 1)//8 give 1, 2, 1."""
    assert fitted(samples([8, 16, 9]), [1, 2, 1], [N]) is None
    assert fitted(samples([8, 16, 9, 10, 17]), [1, 2, 1, 1, 2], [N]) is None
    assert fitted(samples([8, 16, 9, 15, 14, 13, 12, 11, 10]), [1, 2, 1, 1, 1, 1, 1, 1, 1], [N]) == floordiv(N, 8)


def test_an_even_division_is_fitted_where_others_raise() -> None:
    assert fitted(samples([8, 16, 4]), [4, 8, 2], [N], samples([3, 7])) == floordiv(N, 2)


def test_bounds_are_fitted() -> None:
    numbers = [400, 800, 1, 3, 99, 100, 101]
    assert render(fitted(samples(numbers), [min(n, 100) for n in numbers], [N]) or 0) == "min(n, 100)"
    assert render(fitted(samples(numbers), [max(n - 3, 0) for n in numbers], [N]) or 0) == "max(n - 3, 0)"
    assert fitted(samples(numbers), [n * n + 1 if n > 50 else 7 for n in numbers], [N]) is None


def test_a_tensor_of_sizes_is_written_over(ask: Asker) -> None:
    heap = Heap()
    storage, version = heap.new_storage()
    array = dataclasses.replace(vector(N, 3), kind="ndarray", storage=storage, version=version)
    assert heap.settled(array).sizes == (N, 3)
    heap.written(storage)
    assert heap.settled(array).sizes is None


def test_a_shape_with_symbols_is_no_shape_with_none(ask: Asker) -> None:
    """`tf.zeros(x.shape)` runs in eager code, whatever the batch is: its size is a number there."""
    assert [str(dim) for dim in ask.get("tensorflow.zeros", ShapeValue((N, 3))).shape] == ["n", "3"]
