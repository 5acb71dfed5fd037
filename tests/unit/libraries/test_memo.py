"""What is remembered, what is told apart, and that an answer never depends on what was asked before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from server.analysis.libraries import global_state
from server.analysis.libraries.outcome import Returned
from server.analysis.values import Const, Content, Heap, TensorValue
from server.analysis.values.dims import erased

from .conftest import Asker, tensor


def test_the_same_question_is_asked_once(ask: Asker) -> None:
    first = ask.get("tensorflow.matmul", tensor(2, 3), tensor(3, 4))
    assert (ask.memo.hits, ask.memo.misses) == (0, 1)
    assert ask.get("tensorflow.matmul", tensor(2, 3), tensor(3, 4)) == first
    assert (ask.memo.hits, ask.memo.misses) == (1, 1)


def test_refusals_are_remembered_too(ask: Asker) -> None:
    first = ask("tensorflow.matmul", tensor(2, 3), tensor(2, 4)).outcome
    assert ask("tensorflow.matmul", tensor(2, 3), tensor(2, 4)).outcome == first
    assert ask.memo.hits == 1


def known(array: Any, kind: str = "Tensor") -> TensorValue:
    return TensorValue(kind=kind, dtype=array.dtype.name, shape=array.shape, content=Content(array))


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("tensorflow.constant", 1, True),
        ("tensorflow.constant", 1, 1.0),
        ("tensorflow.constant", 0.0, -0.0),
        ("tensorflow.constant", [1, 2], (1, 2.0)),
        ("tensorflow.constant", "a", b"ab"),
        ("tensorflow.identity", known(np.array([1, 2], "int32")), known(np.array([1, 3], "int32"))),
        ("tensorflow.identity", known(np.array([1, 2], "int32")), known(np.array([1, 2], "int64"))),
        ("tensorflow.identity", tensor(2, 3), tensor(3, 2)),
        ("tensorflow.identity", tensor(2, None), tensor(2, 3)),
        ("tensorflow.identity", tensor(2), tensor(2, dtype="float64")),
        ("numpy.abs", known(np.array([1, 2]), "ndarray"), tensor(2, dtype="int64", kind="ndarray")),
        ("numpy.array", [1], [1.0]),
    ],
)
def test_what_differs_is_asked_anew(ask: Asker, name: str, first: Any, second: Any) -> None:
    a, b = ask.get(name, first), ask.get(name, second)
    assert ask.memo.hits == 0
    alone = Asker()
    assert _plain(alone.get(name, second)) == _plain(b)
    assert _plain(a) != _plain(b)


def _plain(value: Any) -> Any:
    content = None if value.content is None else (value.content.array.tolist(), str(value.content.array))
    return (value.kind, value.dtype, erased(value.shape), content)


def test_mode_keywords_and_limits_are_part_of_the_question(ask: Asker) -> None:
    ask("tensorflow.reduce_sum", tensor(2, 3), axis=0)
    ask("tensorflow.reduce_sum", tensor(2, 3), axis=1)
    ask("tensorflow.reduce_sum", tensor(2, 3), 0)
    ask("tensorflow.reduce_sum", tensor(2, 3), axis=0, mode="graph")
    assert ask.memo.hits == 0
    ask.bridge.concrete_elements = 0
    ask("tensorflow.reduce_sum", tensor(2, 3), axis=0)
    assert ask.memo.hits == 0


def test_global_state_is_part_of_the_question(ask: Asker) -> None:
    layer = ask.get("keras.layers.Dense", 3)
    assert ask.get("__call__", layer, tensor(2, 4), form="object").dtype == "float32"
    other = Asker()
    other.bridge.memo = ask.memo
    assert global_state.note("keras.backend.set_floatx", (Const("float64"),), other.heap)
    layer = other.get("keras.layers.Dense", 3)
    assert other.get("__call__", layer, tensor(2, 4), form="object").dtype == "float64"


def test_an_answer_from_the_memo_has_a_place_of_its_own(ask: Asker) -> None:
    first = ask.get("numpy.zeros", 3)
    second = ask.get("numpy.zeros", 3)
    assert ask.memo.hits == 1
    assert first.storage != second.storage
    ask.heap.written(first.storage)
    assert ask.heap.settled(first).content is None
    assert ask.heap.settled(second).content is not None


def test_two_layers_of_one_recipe_are_two_layers(ask: Asker) -> None:
    first, second = ask.get("keras.layers.Dense", 3), ask.get("keras.layers.Dense", 3)
    assert first != second
    assert ask.get("__call__", first, tensor(2, 4), form="object").shape == (2, 3)
    # `second` is not built by that: it takes another last dim.
    assert ask.get("__call__", second, tensor(2, 7), form="object").shape == (2, 3)
    assert not isinstance(ask("__call__", first, tensor(2, 7), form="object").outcome, Returned)


def test_tensors_of_a_functional_model_are_never_shared(ask: Asker) -> None:
    first = ask.get("keras.Input", (3,))
    second = ask.get("keras.Input", (3,))
    assert first.kind == second.kind == "KerasTensor"
    assert first.node != second.node
    layer = ask.get("keras.layers.Dense", 2)
    one = ask.get("__call__", layer, first, form="object")
    two = ask.get("__call__", layer, second, form="object")
    assert one.node != two.node
    model = ask("keras.Model", first, one).outcome
    assert isinstance(model, Returned)


def test_the_least_used_answers_are_dropped(ask: Asker) -> None:
    ask.memo.limit = 3
    for size in range(6):
        ask("tensorflow.zeros", [size])
    assert len(ask.memo.answers) == 3


def test_an_answer_is_the_same_with_and_without_a_memo() -> None:
    questions: list[tuple[str, tuple[Any, ...]]] = [
        ("tensorflow.add", (tensor(2, 1), tensor(3))),
        ("tensorflow.split", (tensor(4, 2), 2)),
        ("numpy.meshgrid", (np.arange(2), np.arange(3))),
        ("tensorflow.unique", (tensor(None, dtype="int32"),)),
        ("numpy.reshape", (np.arange(6), (2, 3))),
    ]
    shared = Asker()
    for _ in range(2):
        for name, args in questions:
            once = shared.get(name, *args)
            fresh = Asker()
            assert _shape(once, shared.heap) == _shape(fresh.get(name, *args), fresh.heap)
    assert shared.memo.hits == len(questions)


def _shape(value: Any, heap: Heap) -> Any:
    if isinstance(value, TensorValue):
        return _plain(value)
    items = getattr(value, "items", None)
    if items is None:
        items = heap.get(value.address).items
    return [_shape(item, heap) for item in items]
