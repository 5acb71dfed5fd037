"""Nothing is allocated for the analysed program, however large its tensors are."""

from __future__ import annotations

import resource
import sys

import numpy as np
import pytest

from server.analysis.libraries.outcome import Refused, Returned

from .conftest import Asker, tensor

#: Far below what any of these programs would allocate, far above what asking takes.
BOUND = 400_000_000


def peak() -> int:
    """Return the highest resident size of this process so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        ("tensorflow.zeros", ([100_000, 100_000],), (100_000, 100_000)),
        ("tensorflow.ones", ([100_000, 100_000],), (100_000, 100_000)),
        ("tensorflow.fill", ([100_000, 100_000], 1.5), (100_000, 100_000)),
        ("tensorflow.random.normal", ([100_000, 400_000],), (100_000, 400_000)),
        ("tensorflow.one_hot", ([0], 10**9), (1, 10**9)),
        ("tensorflow.eye", (100_000,), (100_000, 100_000)),
        ("tensorflow.tile", (tensor(1000, 1000), [1000, 1000]), (1_000_000, 1_000_000)),
        ("tensorflow.constant", (tensor(10**5, 10**5, kind="ndarray", dtype="float64"),), (10**5, 10**5)),
        ("tensorflow.matmul", (tensor(10**6, 10), tensor(10, 10**6)), (10**6, 10**6)),
        ("numpy.zeros", ((10**6, 10**5),), (10**6, 10**5)),
        ("numpy.ones", ((10**6, 10**5),), (10**6, 10**5)),
        ("numpy.full", ((10**6, 10**5), 7), (10**6, 10**5)),
        ("numpy.random.rand", (10**6, 10**4), (10**6, 10**4)),
        ("numpy.random.randint", (0, 10, (10**6, 10**4)), (10**6, 10**4)),
        ("numpy.transpose", (tensor(10**6, 10**4, kind="ndarray"),), (10**4, 10**6)),
        ("numpy.sum", (tensor(10**6, 10**4, kind="ndarray"), 0), (10**4,)),
        ("numpy.add", (tensor(10**6, 10**4, kind="ndarray"), 1.0), (10**6, 10**4)),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_large_results_have_a_shape_and_no_memory(ask: Asker, name: str, args: tuple, shape: tuple[int, ...]) -> None:
    before = peak()
    value = ask.get(name, *args)
    assert (value.shape, value.content) == (shape, None)
    assert peak() - before < BOUND


@pytest.mark.parametrize(
    ("layer", "args", "spec", "shape"),
    [
        ("Embedding", (10**8, 1024), tensor(2, 7, dtype="int32"), (2, 7, 1024)),
        ("Dense", (10**6,), tensor(2, 10**5), (2, 10**6)),
        ("LSTM", (20_000,), tensor(2, 3, 10_000), (2, 20_000)),
        ("Conv2D", (10_000, 9), tensor(1, 32, 32, 10_000), (1, 24, 24, 10_000)),
    ],
)
def test_weights_are_specs(ask: Asker, layer: str, args: tuple, spec: object, shape: tuple[int, ...]) -> None:
    before = peak()
    made = ask.get(f"keras.layers.{layer}", *args)
    assert ask.get("__call__", made, spec, form="object").shape == shape
    assert peak() - before < BOUND


def test_a_failure_of_large_arguments_is_confirmed_without_memory(ask: Asker) -> None:
    before = peak()
    assert isinstance(ask("tensorflow.matmul", tensor(10**6, 10**5), tensor(10**6, 10**5)).outcome, Refused)
    assert peak() - before < BOUND


def test_a_layer_of_large_weights_is_not_built_to_confirm_a_failure(ask: Asker) -> None:
    before = peak()
    layer = ask.get("keras.layers.Dense", 30_000)
    assert ask.get("__call__", layer, tensor(2, 30_000), form="object").shape == (2, 30_000)
    assert not isinstance(ask("__call__", layer, tensor(2, 20_000), form="object").outcome, Returned)
    assert peak() - before < BOUND


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("numpy.eye", (10**6,)),
        ("numpy.repeat", (np.zeros(1000), 10**6)),
        ("numpy.arange", (10**9,)),
        ("numpy.linspace", (0, 1, 10**9)),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_small_arguments_may_mean_large_arrays(ask: Asker, name: str, args: tuple) -> None:
    before = peak()
    outcome = ask(name, *args).outcome
    assert not isinstance(outcome, Refused)
    assert peak() - before < BOUND
