"""Global state of the libraries: set around each call, put back after it, and never set for the program's sake."""

from __future__ import annotations

import numpy as np
import pytest

from server.analysis.libraries import global_state, journal, keras_hooks
from server.analysis.libraries.keras_hooks import keras
from server.analysis.libraries.outcome import NotKnown, Refused, Returned
from server.analysis.values import Const, DTypeValue, Scalar, TensorValue, TupleValue

from .conftest import Asker, tensor


def settings() -> tuple[str, str, str]:
    policy = keras.mixed_precision
    current = policy.dtype_policy() if hasattr(policy, "dtype_policy") else policy.global_policy()
    return keras.backend.floatx(), keras.backend.image_data_format(), current.name


@pytest.fixture(autouse=True)
def _unchanged():
    before = settings()
    yield
    assert settings() == before


def dense_dtype(ask: Asker) -> str:
    layer = ask.get("keras.layers.Dense", 3)
    return ask.get("__call__", layer, tensor(2, 4), form="object").dtype


def test_floatx(ask: Asker) -> None:
    assert global_state.note("keras.backend.set_floatx", (Const("float64"),), ask.heap)
    assert dense_dtype(ask) == "float64"
    assert dense_dtype(Asker()) == "float32"


def test_floatx_after_a_first_layer(ask: Asker) -> None:
    # Keras 3 makes its default policy of floatx when the first layer is made, and keeps it; Keras 2 does not.
    assert dense_dtype(ask) == "float32"
    assert global_state.note("keras.backend.set_floatx", (Const("float64"),), ask.heap)
    assert dense_dtype(ask) == ("float32" if keras_hooks.keras_major() >= 3 else "float64")


def test_mixed_precision(ask: Asker) -> None:
    assert global_state.note("keras.mixed_precision.set_global_policy", (Const("mixed_float16"),), ask.heap)
    assert dense_dtype(ask) == "float16"


def test_image_data_format(ask: Asker) -> None:
    def pooled() -> tuple[int | None, ...]:
        layer = ask.get("keras.layers.GlobalAveragePooling2D")
        return ask.get("__call__", layer, tensor(1, 3, 8, 5), form="object").shape

    assert pooled() == (1, 5)
    assert global_state.note("keras.backend.set_image_data_format", (Const("channels_first"),), ask.heap)
    assert pooled() == (1, 3)


def test_state_is_put_back_after_a_refusal(ask: Asker) -> None:
    global_state.note("keras.backend.set_floatx", (Const("float64"),), ask.heap)
    assert isinstance(ask("tensorflow.matmul", tensor(2, 3), tensor(2, 3)).outcome, Refused)


def test_a_setting_that_is_not_known_ends_what_can_be_said(ask: Asker) -> None:
    assert global_state.note("keras.backend.set_floatx", (Scalar(type="str"),), ask.heap)
    assert isinstance(ask("tensorflow.zeros", [2]).outcome, NotKnown)


@pytest.mark.parametrize("switch", ["disable_tensor_equality", "disable_resource_variables"])
def test_a_switch_without_a_way_back_is_not_thrown(ask: Asker, switch: str) -> None:
    import tensorflow as tf

    assert global_state.note(f"tensorflow.compat.v1.{switch}", (), ask.heap)
    assert isinstance(ask("tensorflow.zeros", [2]).outcome, NotKnown)
    assert tf.executing_eagerly()


@pytest.mark.parametrize("switch", ["disable_eager_execution", "disable_v2_behavior"])
def test_without_eager_execution_the_program_has_a_graph(ask: Asker, switch: str) -> None:
    import tensorflow as tf

    assert global_state.note(f"tensorflow.compat.v1.{switch}", (), ask.heap)
    outcome = ask(
        "tensorflow.compat.v1.placeholder", DTypeValue("float32"), TupleValue((Const(None), Const(4)))
    ).outcome
    assert isinstance(outcome, Returned)
    assert isinstance(outcome.value, TensorValue)
    assert outcome.value.shape == (None, 4)
    assert outcome.value.node is not None
    assert tf.executing_eagerly()
    assert tf.compat.v1.resource_variables_enabled()


def test_other_calls_set_nothing(ask: Asker) -> None:
    assert not global_state.note("tensorflow.zeros", (Const(2),), ask.heap)


def test_settings_of_one_path_do_not_reach_another(ask: Asker) -> None:
    branch = ask.heap.fork()
    global_state.note("keras.backend.set_floatx", (Const("float64"),), branch)
    assert global_state.current(ask.heap).floatx is None
    assert global_state.current(branch).floatx == "float64"


def test_names_of_layers_start_anew_with_every_analysis() -> None:
    def name() -> str:
        keras_hooks.reset_names()
        return Asker().get("keras.layers.Dense", 3) and keras.layers.Dense(3).name

    assert name() == name()


# Recipes and replay ---------------------------------------------------------------------------------------------------


def test_a_layer_is_built_by_its_first_call(ask: Asker) -> None:
    layer = ask.get("keras.layers.Dense", 3)
    assert isinstance(ask("__call__", layer, tensor(2, 4), form="object").outcome, Returned)
    assert isinstance(ask("__call__", layer, tensor(9, 4), form="object").outcome, Returned)
    assert not isinstance(ask("__call__", layer, tensor(2, 5), form="object").outcome, Returned)
    assert len(ask.heap.get(layer.address).history) == 1


def test_a_layer_built_differently_on_two_branches_is_told_apart(ask: Asker) -> None:
    layer = ask.get("keras.layers.Dense", 3)
    entry = ask.heap
    first, second = entry.fork(), entry.fork()
    for heap, size in ((first, 4), (second, 5)):
        ask.heap = heap
        assert isinstance(ask("__call__", layer, tensor(2, size), form="object").outcome, Returned)
    for heap, size, other in ((first, 4, 5), (second, 5, 4), (first, 4, 5)):
        ask.heap = heap
        assert isinstance(ask("__call__", layer, tensor(7, size), form="object").outcome, Returned)
        assert not isinstance(ask("__call__", layer, tensor(7, other), form="object").outcome, Returned)


def test_a_replayed_layer_is_what_it_was(ask: Asker) -> None:
    layer = ask.get("keras.layers.Dense", 3)
    ask("__call__", layer, tensor(2, 4), form="object")
    ask.bridge.session.live.clear()
    assert ask.get("__call__", layer, tensor(7, 4), form="object").shape == (7, 3)
    assert not isinstance(ask("__call__", layer, tensor(2, 5), form="object").outcome, Returned)


def test_a_list_that_is_changed_later_does_not_change_what_was_made_of_it(ask: Asker) -> None:
    from server.analysis.values import ListObject

    shape = ask.value([4, 3])
    layer = ask.get("keras.layers.Reshape", shape)
    ask.heap.put(shape.address, ListObject((Const(6), Const(2))))
    ask.bridge.session.live.clear()
    assert ask.get("__call__", layer, tensor(1, 12), form="object").shape == (1, 4, 3)


def test_a_model_grows_by_add(ask: Asker) -> None:
    model = ask.get("keras.Sequential")
    for units in (4, 2):
        ask("add", model, ask.get("keras.layers.Dense", units), form="object")
    assert ask.get("__call__", model, tensor(3, 5), form="object").shape == (3, 2)


# The journal ----------------------------------------------------------------------------------------------------------


class Journal:
    def __init__(self) -> None:
        self.open: list[str] = []
        self.seen: list[str] = []
        self.bad: set[str] = set()

    def begin(self, key: str, description: str) -> None:
        self.open.append(key)
        self.seen.append(key)

    def end(self) -> None:
        self.open.pop()

    def poisoned(self, key: str) -> bool:
        return key in self.bad

    def avoided(self, description: str) -> bool:
        return False


@pytest.fixture
def log():
    log = Journal()
    journal.install(log)
    yield log
    journal.install(journal.SilentJournal())
    assert log.open == []


def test_every_call_is_noted_and_a_poisoned_one_is_left_out(ask: Asker, log: Journal) -> None:
    assert isinstance(ask("tensorflow.zeros", [2]).outcome, Returned)
    log.bad = set(log.seen)
    again = Asker()
    assert isinstance(again("tensorflow.zeros", [2]).outcome, NotKnown)
    assert isinstance(again("tensorflow.zeros", [3]).outcome, Returned)


def test_what_was_left_out_is_not_remembered(ask: Asker, log: Journal) -> None:
    ask("tensorflow.zeros", [2])
    log.bad = set(log.seen)
    again = Asker()
    again("tensorflow.zeros", [2])
    log.bad = set()
    assert isinstance(again("tensorflow.zeros", [2]).outcome, Returned)


def test_keys_are_the_same_in_the_next_process(log: Journal) -> None:
    keys = []
    for _ in range(2):
        log.seen.clear()
        ask = Asker()
        ask("tensorflow.matmul", tensor(2, 3), tensor(3, 4), transpose_a=False)
        ask("numpy.sum", np.arange(3), axis=0)
        layer = ask.get("keras.layers.Dense", 3)
        ask("__call__", layer, tensor(2, 4), form="object")
        keys.append(list(log.seen))
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])


def test_a_refused_call_is_closed_in_the_journal(ask: Asker, log: Journal) -> None:
    assert isinstance(ask("tensorflow.matmul", tensor(2, 3), tensor(2, 3)).outcome, Refused)
    assert log.seen
    assert log.open == []
