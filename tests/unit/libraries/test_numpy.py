"""NumPy: what depends on values is unknown, views share memory, writes are seen, large arrays are scaled down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from server.analysis.libraries.outcome import NotKnown, Refused, Returned
from server.analysis.values import Const, Scalar, TensorValue
from server.analysis.values.dims import erased

from .conftest import Asker, tensor


def array(*shape: int | None, dtype: str = "float64") -> TensorValue:
    return TensorValue(kind="ndarray", dtype=dtype, shape=shape)


@pytest.mark.parametrize("name", ["unique", "nonzero", "flatnonzero", "argwhere", "trim_zeros"])
def test_shapes_that_depend_on_values_are_not_claimed(ask: Asker, name: str) -> None:
    for dtype in ("float64", "int64"):
        outcome = ask(f"numpy.{name}", array(5, dtype=dtype)).outcome
        assert isinstance(outcome, Returned)
        value = outcome.value.items[0] if name == "nonzero" else outcome.value
        real = getattr(np, name)(np.arange(5).astype(dtype))
        expected = real[0] if name == "nonzero" else real
        assert (value.kind, value.dtype, value.content) == ("ndarray", expected.dtype.name, None)
        assert erased(value.shape) == ((None, 1) if name == "argwhere" else (None,))


def test_values_that_are_known_decide_a_shape(ask: Asker) -> None:
    assert ask.get("numpy.unique", np.array([3, 1, 3])).content.array.tolist() == [1, 3]


def test_a_boolean_mask_has_no_known_length(ask: Asker) -> None:
    assert ask.get("getitem", array(5), array(5, dtype="bool"), form="operator").shape != (5,)
    mask = np.array([True, False, True])
    assert ask.get("getitem", np.arange(3), mask, form="operator").shape == (2,)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("sum", (np.ones((2, 3), "int32"),), {}),
        ("mean", (np.ones((2, 3), "int32"),), {"axis": 0}),
        ("divide", (np.ones(2, "uint8"), 255), {}),
        ("add", (np.ones(2, "uint8"), np.ones(2, "int8")), {}),
        ("concatenate", ([np.ones(2, "int32"), np.ones(3)],), {}),
        ("stack", ([np.ones(2), np.ones(2)],), {"axis": 1}),
        ("expand_dims", (np.ones((2, 3)), -1), {}),
        ("argmax", (np.ones((2, 3)),), {"axis": 1}),
        ("matmul", (np.ones((2, 3)), np.ones((3, 4))), {}),
        ("linspace", (0, 1, 5), {}),
        ("arange", (0, 1, 0.25), {}),
        ("array", ([[1, 2], [3, 4]],), {"dtype": "float32"}),
        ("array", (["a", "bc"],), {}),
        ("zeros", ((2, 3),), {"dtype": "int64"}),
        ("abs", (np.array([-1, 2]),), {}),
        ("max", (np.array([-1, 2]),), {}),
        ("round", (np.array([1.5]),), {}),
        ("linalg.inv", (np.eye(3),), {}),
    ],
)
def test_answers_are_numpys_own(ask: Asker, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    real: Any = np
    for part in name.split("."):
        real = getattr(real, part)
    real = real(*args, **kwargs)
    value = ask.get(f"numpy.{name}", *args, **kwargs)
    assert value.kind == ("ndarray" if isinstance(real, np.ndarray) else "npscalar")
    assert value.dtype == ("string" if real.dtype.kind in "SU" else real.dtype.name)
    assert value.shape == real.shape
    assert value.content.array.tolist() == real.tolist()


def test_numpy_and_tensorflow_promote_differently(ask: Asker) -> None:
    assert ask.get("truediv", array(2, dtype="uint8"), 255, form="operator").dtype == "float64"
    assert ask.get("truediv", tensor(2, dtype="uint8"), 255, form="operator").dtype == "float32"


def test_views_share_memory_and_lose_their_content_on_a_write(ask: Asker) -> None:
    base = ask.get("numpy.zeros", (2, 3))
    row = ask.get("getitem", base, 0, form="operator")
    turned = ask.get("numpy.transpose", base)
    copied = ask.get("copy", base, form="method")
    assert row.storage == turned.storage == base.storage
    assert copied.storage != base.storage
    ask.heap.written(row.storage)
    settled = [ask.heap.settled(value).content for value in (base, row, turned, copied)]
    assert [content is None for content in settled] == [True, True, True, False]


def test_reading_after_a_write_is_unknown_too(ask: Asker) -> None:
    base = ask.get("numpy.zeros", 3)
    ask.heap.written(base.storage)
    assert ask.get("numpy.add", base, 1).content is None


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("numpy.add", (np.zeros(3), np.ones(3)), {"out": "target"}),
        ("numpy.add", (np.zeros(3), np.ones(3), "target"), {}),
        ("numpy.clip", ("target", 1, 2), {"out": "target"}),
        ("numpy.nan_to_num", ("target",), {"copy": False, "nan": 7.0}),
        ("numpy.cumsum", (np.ones(3),), {"out": "target"}),
    ],
)
def test_what_is_written_into_is_forgotten(ask: Asker, name: str, args: Any, kwargs: Any) -> None:
    for _ in range(2):  # the second time from the memo
        target = ask.value(np.array([0.0, np.nan, 5.0]))
        given = [target if isinstance(item, str) else item for item in args]
        named = {key: target if isinstance(item, str) else item for key, item in kwargs.items()}
        assert isinstance(ask(name, *given, **named).outcome, Returned)
        assert ask.heap.settled(target).content is None


def test_what_is_only_read_is_kept(ask: Asker) -> None:
    target = ask.value(np.array([3.0, 1.0]))
    for name in ("numpy.sort", "numpy.array", "numpy.clip"):
        ask(name, target, *((0, 1) if name.endswith("clip") else ()))
    assert ask.heap.settled(target).content is not None


@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        ("numpy.add", (array(5000, 300), array(300)), (5000, 300)),
        ("numpy.sum", (array(5000, 300), 0), (300,)),
        ("numpy.matmul", (array(5000, 300), array(300, 70_000)), (5000, 70_000)),
        ("numpy.transpose", (array(5000, 300, 3),), (3, 300, 5000)),
        ("numpy.expand_dims", (array(5000, 30_000), 0), (1, 5000, 30_000)),
        ("numpy.squeeze", (array(5000, 1, 30_000),), (5000, 30_000)),
        ("numpy.mean", (array(5000, 30_000),), ()),
    ],
)
def test_large_arrays_are_scaled_down(ask: Asker, name: str, args: Any, shape: tuple[int, ...]) -> None:
    assert ask.get(name, *args).shape == shape


def test_large_arrays_of_unequal_size_stay_unequal(ask: Asker) -> None:
    assert not isinstance(ask("numpy.add", array(5000, 300), array(5000, 301)).outcome, Returned)


@pytest.mark.parametrize("name", ["numpy.squeeze", "numpy.add"])
def test_a_dim_that_is_not_known_may_be_one(ask: Asker, name: str) -> None:
    args = (array(None),) if name == "numpy.squeeze" else (array(None), array(3))
    outcome = ask(name, *args).outcome
    assert isinstance(outcome, NotKnown) or outcome.value.shape in (None, (None,), (3,))
    if name == "numpy.squeeze":
        assert isinstance(outcome, NotKnown)


def test_known_shapes_that_do_not_fit_are_refused_with_numpys_words(ask: Asker) -> None:
    outcome = ask("numpy.add", array(2, 3), array(2, 4)).outcome
    with pytest.raises(ValueError, match="broadcast") as raised:
        np.add(np.zeros((2, 3)), np.zeros((2, 4)))
    assert isinstance(outcome, Refused)
    assert (outcome.type, outcome.message) == ("ValueError", str(raised.value).strip())


def test_failures_that_depend_on_values_are_not_certain(ask: Asker) -> None:
    assert not isinstance(ask("numpy.linalg.inv", array(3, 3)).outcome, Refused)
    assert not isinstance(ask("getitem", array(5), array(2, dtype="int64"), form="operator").outcome, Refused)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("copyto", (np.zeros(3), np.ones(3))),
        ("put", (np.zeros(3), [0], 1)),
        ("place", (np.zeros(3), np.array([True, False, True]), [1, 2])),
        ("putmask", (np.zeros(3), np.array([True, False, True]), 1)),
        ("fill_diagonal", (np.zeros((3, 3)), 1)),
        ("random.shuffle", (np.zeros(3),)),
    ],
)
def test_what_writes_into_its_argument_says_so(ask: Asker, name: str, args: tuple[Any, ...]) -> None:
    answer = ask(f"numpy.{name}", *args)
    assert answer.outcome == Returned(Const(None))
    assert answer.wrote
    assert (np.asarray(args[0]) == 0).all()


def test_what_cannot_be_written_is_refused(ask: Asker) -> None:
    assert isinstance(ask("numpy.copyto", np.zeros(3), np.ones(4)).outcome, Refused)
    assert isinstance(ask("sort", np.zeros(3), 5, form="method").outcome, Refused)


@pytest.mark.parametrize("name", ["inv", "cholesky", "pinv", "det", "solve"])
def test_matrices_that_are_not_known_are_taken_to_be_regular(ask: Asker, name: str) -> None:
    more = (array(3, 2),) if name == "solve" else ()
    value = ask.get(f"numpy.linalg.{name}", array(3, 3), *more)
    real = getattr(np.linalg, name)(np.eye(3), *(np.ones((3, 2)) for _ in more))
    assert (value.dtype, value.shape, value.content) == (real.dtype.name, real.shape, None)


def test_a_number_of_unknown_value_is_not_guessed(ask: Asker) -> None:
    assert isinstance(ask("numpy.ones", Scalar(type="int")).outcome, (NotKnown, Returned))
    value = ask("numpy.arange", Scalar(type="int")).outcome
    assert isinstance(value, NotKnown) or erased(value.value.shape) in (None, (None,))


@pytest.mark.parametrize("name", ["tofile", "dump", "dumps", "ctypes", "byteswap", "newbyteorder"])
def test_methods_that_are_not_listed_are_not_run(ask: Asker, name: str) -> None:
    assert isinstance(ask(name, np.zeros(3), form="method").outcome, NotKnown)


def test_a_scalar_of_numpy_is_no_array(ask: Asker) -> None:
    value = ask.get("getitem", np.arange(3.0), 0, form="operator")
    assert (value.kind, value.dtype, value.shape) == ("npscalar", "float64", ())
