"""The ways of asking: symbolic, concrete, and the eager confirmation of what fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from server.analysis.libraries.bridge import Bridge
from server.analysis.libraries.keras_hooks import keras_major
from server.analysis.libraries.outcome import NotKnown, Refused, Returned
from server.analysis.values import Const, Content, Scalar, TensorValue, Union
from server.analysis.values.dims import erased

from .conftest import Asker, tensor


def test_a_symbolic_answer_has_the_shape_that_tensorflow_infers(ask: Asker) -> None:
    value = ask.get("tensorflow.matmul", tensor(None, 2), tensor(2, 3))
    assert (value.kind, value.dtype, erased(value.shape), value.content) == ("Tensor", "float32", (None, 3), None)


def test_known_values_are_computed(ask: Asker) -> None:
    value = ask.get("tensorflow.add", [1, 2], [3, 4])
    assert value.dtype == "int32"
    assert value.content.array.tolist() == tf.add([1, 2], [3, 4]).numpy().tolist()


def test_nothing_is_computed_where_the_user_says_so(ask: Asker) -> None:
    bridge = Bridge(ask.memo, concrete_elements=0)
    query = ask.query("tensorflow.one_hot", [0, 1], 3)
    value = bridge.call(query, ask.heap).outcome.value
    assert (value.shape, value.content) == ((2, 3), None)
    assert ask.bridge.call(query, ask.heap).outcome.value.content is not None


def test_results_beyond_the_limit_are_not_computed(ask: Asker) -> None:
    bridge = Bridge(ask.memo, concrete_elements=5)
    assert bridge.call(ask.query("tensorflow.one_hot", [0, 1], 3), ask.heap).outcome.value.content is None
    assert bridge.call(ask.query("tensorflow.one_hot", [0], 3), ask.heap).outcome.value.content is not None


def test_random_numbers_are_never_known(ask: Asker) -> None:
    for name, args in (
        ("tensorflow.random.normal", ([2],)),
        ("tensorflow.random.uniform", ([2],)),
        ("numpy.random.rand", (2,)),
        ("numpy.random.randint", (0, 5, (2,))),
        ("numpy.random.permutation", (4,)),
    ):
        assert ask.get(name, *args).content is None, name


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("tensorflow.matmul", (tensor(2, 3), tensor(2, 3)), {}),
        ("tensorflow.add", (tensor(2, 3), tensor(2, 4)), {}),
        ("tensorflow.add", (tensor(2), tensor(2, dtype="int32")), {}),
        ("tensorflow.reshape", (tensor(2, 3), [4, 2]), {}),
        ("tensorflow.concat", ([tensor(2, 3), tensor(2, 4)], 0), {}),
        ("tensorflow.cast", (tensor(2), "no dtype"), {}),
        ("tensorflow.zeros", ([2, -1],), {}),
        ("tensorflow.zeros", ([2],), {"no_such_argument": 1}),
        ("keras.losses.categorical_crossentropy", (tensor(5, 5), tensor(5, 3)), {}),
        ("numpy.concatenate", ([np.zeros((2, 3)), np.zeros((2, 4))],), {}),
        ("numpy.reshape", (np.zeros(6), (4, 2)), {}),
    ],
)
def test_a_refusal_is_what_the_call_raises_eagerly(ask: Asker, name: str, args: Any, kwargs: Any) -> None:
    outcome = ask(name, *args, **kwargs).outcome
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever the library raises
        _really(name, args, kwargs)
    assert isinstance(outcome, Refused)
    assert outcome.type == type(raised.value).__name__
    assert outcome.types == tuple(k.__name__ for k in type(raised.value).__mro__ if k not in (object, BaseException))
    first = str(raised.value).split("\n")[0].split("{{")[0].strip()[:20]
    assert first in outcome.message or "{{" in str(raised.value)


def _really(name: str, args: Any, kwargs: Any) -> Any:
    from server.analysis.libraries import symbols

    return symbols.resolve(name).object(*(_zeros(item) for item in args), **kwargs)


def _zeros(item: Any) -> Any:
    if isinstance(item, TensorValue):
        return tf.zeros(item.shape, tf.as_dtype(item.dtype))
    return [_zeros(part) for part in item] if isinstance(item, list) else item


@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        # tf.nn.max_pool2d with VALID padding on too small an input: ValueError in a graph, size 0 eagerly.
        ("tensorflow.nn.max_pool2d", (tensor(1, 2, 2, 1), 3, 1, "VALID"), (1, 0, 0, 1)),
        ("tensorflow.nn.conv2d", (tensor(1, 2, 2, 1), tensor(3, 3, 1, 4), 1, "VALID"), (1, 0, 0, 4)),
    ],
)
def test_what_a_graph_alone_refuses_runs_eagerly(ask: Asker, name: str, args: Any, shape: tuple[int, ...]) -> None:
    assert tuple(_really(name, args, {}).shape) == shape
    assert ask.get(name, *args).shape == shape
    assert isinstance(ask(name, *args, mode="graph").outcome, Refused)


def test_in_a_graph_a_graphs_own_refusals_count(ask: Asker) -> None:
    eager = ask("tensorflow.matmul", tensor(2, 3), tensor(2, 3)).outcome
    graph = ask("tensorflow.matmul", tensor(2, 3), tensor(2, 3), mode="graph").outcome
    assert (eager.type, graph.type) == ("InvalidArgumentError", "ValueError")


def test_a_failure_on_unknown_sizes_is_confirmed_on_several(ask: Asker) -> None:
    assert isinstance(ask("tensorflow.matmul", tensor(None, 3), tensor(2, 3)).outcome, Refused)
    # 3 rows would fit, others do not: nothing is certain.
    assert isinstance(ask("tensorflow.matmul", tensor(2, 3), tensor(None, 3)).outcome, Returned)


def test_large_arguments_are_scaled_down_to_confirm(ask: Asker) -> None:
    outcome = ask("tensorflow.matmul", tensor(100_000, 30_000), tensor(100_000, 30_000)).outcome
    assert isinstance(outcome, Refused)
    assert ask.get("tensorflow.matmul", tensor(100_000, 30_000), tensor(30_000, 7)).shape == (100_000, 7)


def test_values_of_a_stand_in_do_not_get_into_messages(ask: Asker) -> None:
    outcome = ask("tensorflow.add", tensor(2), tensor(2, dtype="int32")).outcome
    assert "numpy=" not in outcome.message
    assert "{{" not in outcome.message


def test_what_may_be_one_of_two_fails_only_if_both_fail(ask: Asker) -> None:
    good, bad = tensor(3, 2), tensor(2, 3)
    outcome = ask("tensorflow.matmul", tensor(2, 3), Union((good, bad))).outcome
    assert not isinstance(outcome, Refused)
    outcome = ask("tensorflow.matmul", tensor(2, 3), Union((bad, tensor(4, 4)))).outcome
    assert isinstance(outcome, Refused)


def test_too_many_possibilities_are_not_asked(ask: Asker) -> None:
    options = Union(tuple(Const(number) for number in range(4)))
    assert isinstance(ask("tensorflow.zeros", [1], options, options).outcome, NotKnown)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "lt", "eq", "getitem"])
def test_operators_are_asked_like_functions(ask: Asker, name: str) -> None:
    import operator

    left, right = tf.ones([2, 2]), tf.ones([2, 2])
    if name == "getitem":
        assert ask.get(name, tensor(2, 3), 0, form="operator").shape == (3,)
        return
    real = getattr(operator, name)(left, right)
    value = ask.get(name, tensor(2, 2), tensor(2, 2), form="operator")
    assert (value.dtype, value.shape) == (real.dtype.name, tuple(real.shape))


def test_a_tensor_of_known_content_decides_a_shape(ask: Asker) -> None:
    shape = TensorValue(dtype="int32", shape=(2,), content=Content(np.array([3, 4], "int32")))
    assert ask.get("tensorflow.zeros", shape).shape == (3, 4)
    assert erased(ask.get("tensorflow.zeros", tensor(2, dtype="int32")).shape) == (None, None)
    assert ask.get("tensorflow.zeros", tensor(None, dtype="int32")).shape is None


@pytest.mark.parametrize(
    ("name", "args", "dtype", "shape"),
    [
        ("tensorflow.multiply", (tensor(2, 3), Scalar(type="float")), "float32", (2, 3)),
        ("tensorflow.zeros", ([Scalar(type="int"), 3],), "float32", (None, 3)),
        ("tensorflow.range", (Scalar(type="int"),), "int32", (None,)),
        ("tensorflow.reduce_sum", (tensor(2, 3, 4), Scalar(type="int")), "float32", (None, None)),
        ("tensorflow.expand_dims", (tensor(2, 3), Scalar(type="int")), "float32", (None, None, None)),
        ("tensorflow.constant", (Scalar(type="str"),), "string", ()),
        ("numpy.full", ((2, 3), Scalar(type="float")), "float64", (2, 3)),
        ("numpy.repeat", (np.ones(3), Scalar(type="int")), "float64", (None,)),
    ],
)
def test_numbers_that_are_not_known_are_tried(
    ask: Asker, name: str, args: Any, dtype: str, shape: tuple[int | None, ...]
) -> None:
    value = ask.get(name, *args)
    assert (value.dtype, erased(value.shape), value.content) == (dtype, shape, None)


def test_what_numbers_decide_is_not_guessed(ask: Asker) -> None:
    for name, args in (
        ("tensorflow.cast", (tensor(2), Scalar(type="str"))),
        ("tensorflow.split", (tensor(6), Scalar(type="int"))),
        ("tensorflow.reshape", (tensor(6), [7, Scalar(type="int")])),
        ("tensorflow.matmul", (tensor(2, 3), Scalar(type="float"))),
    ):
        assert isinstance(ask(name, *args).outcome, NotKnown), name
    row = ask.get("getitem", np.arange(6.0).reshape(3, 2), Scalar(type="int"), form="operator")
    assert (row.shape, row.content) == ((2,), None)


def test_a_truth_value_that_is_not_known_is_both(ask: Asker) -> None:
    value = ask.get("tensorflow.reduce_sum", tensor(2, 3), 1, Scalar(type="bool"))
    assert isinstance(value, Union)
    assert {option.shape for option in value.options} == {(2,), (2, 1)}
    assert ask.get("tensorflow.matmul", tensor(2, 2), tensor(2, 2), Scalar(type="bool")).shape == (2, 2)


def test_sizes_that_are_open_in_a_graph_are_sizes_eagerly(ask: Asker) -> None:
    if keras_major() >= 3:
        found = ask("keras.ops.searchsorted", tensor(None), tensor(3)).outcome
        assert isinstance(found, NotKnown) or found.value.dtype == "int32"
        assert ask.get("keras.ops.shape", tensor(None, 3)).items[1] == Const(3)
        assert isinstance(ask.get("keras.ops.shape", tensor(None, 3)).items[0], Scalar)
    # tf.linalg.diag's shape function adds k to the -1 of an open size.
    assert ask.get("tensorflow.linalg.diag", tensor(None, None), k=3).shape[1:] not in ((2, 2), (8, 8))


def test_contents_that_decide_a_shape_are_not_those_of_the_stand_in(ask: Asker) -> None:
    if keras_major() >= 3:
        tiled = ask("keras.ops.tile", tensor(2, 3), tensor(2, dtype="int32")).outcome
        assert isinstance(tiled, NotKnown) or erased(tiled.value.shape) in ((None, None), None)
    outcome = ask(
        "tensorflow.debugging.assert_none_equal", tensor(2, dtype="complex64"), tensor(2, dtype="complex64")
    ).outcome
    assert not isinstance(outcome, Refused)
