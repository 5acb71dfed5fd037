"""RaggedTensors, SparseTensors and IndexedSlices: their parts, stand-ins of them, keys and joins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from server.analysis.libraries.bridge import Bridge
from server.analysis.libraries.composites import compose, example, of_any_length, of_spec, type_spec
from server.analysis.libraries.reflect import reflect, reflect_spec
from server.analysis.libraries.reify import Reifier
from server.analysis.libraries.session import Session
from server.analysis.libraries.standins import CannotReifyError
from server.analysis.values import Heap, TensorValue
from server.analysis.values.fresh import without_content
from server.analysis.values.join import join
from server.analysis.values.keys import key

from .conftest import Asker

COMPOSITES = {
    "ragged": lambda: tf.ragged.constant([[1, 2], [3], []]),
    "ragged twice": lambda: tf.ragged.constant([[[1.0], [2.0, 3.0]], [[]]]),
    "rows of vectors": lambda: tf.RaggedTensor.from_row_lengths(tf.ones([5, 2]), [2, 0, 3]),
    "uniform": lambda: tf.RaggedTensor.from_uniform_row_length(tf.ones([6]), 2),
    "int32 splits": lambda: tf.RaggedTensor.from_row_splits([1, 2], tf.constant([0, 2], tf.int32)),
    "no rows": lambda: tf.ragged.constant([], ragged_rank=1),
    "text": lambda: tf.strings.split(["a b", "c"]),
    "sparse": lambda: tf.sparse.from_dense([[1, 0], [0, 2]]),
    "an empty sparse": lambda: tf.sparse.from_dense(tf.zeros([2, 3, 4])),
    "slices": lambda: tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1]), tf.constant([5, 3])),
    "slices without a shape": lambda: tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1])),
}


@pytest.fixture(params=COMPOSITES, ids=str)
def real(request: pytest.FixtureRequest) -> Any:
    return COMPOSITES[request.param]()


def value_of(made: Any) -> TensorValue:
    value = reflect(made, Session())
    assert isinstance(value, TensorValue)
    return value


def test_what_is_known_comes_back_from_a_graph(real: Any) -> None:
    value = value_of(real)
    assert value.known
    with tf.Graph().as_default():
        back = reflect(Reifier(Heap(), Session()).reify(value), Session())
    # A graph knows the shape of slices by another way than their spec says it.
    assert back == value


def test_specs_come_back(real: Any) -> None:
    value = without_content(value_of(real))
    assert isinstance(value, TensorValue)
    assert not value.known
    with tf.Graph().as_default():
        back = reflect(Reifier(Heap(), Session()).reify(value), Session())
    assert isinstance(back, TensorValue)
    assert (back.kind, back.dtype) == (value.kind, value.dtype)
    if value.kind != "IndexedSlices":
        assert back.shape == value.shape


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_an_example_is_valid(real: Any, size: int) -> None:
    value = of_any_length(value_of(real))
    made = example(value, lambda dim: size if dim is None else dim)
    assert made is not None
    assert made.known
    parts = [tf.constant(part.content.array, part.dtype) for part in made.parts if part.content is not None]
    whole = compose(made, parts)
    if isinstance(whole, tf.RaggedTensor):
        assert whole.to_tensor().shape.rank == whole.shape.rank
        tf.RaggedTensor.from_nested_row_splits(whole.flat_values, whole.nested_row_splits, validate=True)
    if isinstance(whole, tf.SparseTensor):
        tf.sparse.to_dense(whole, validate_indices=True)


def test_an_example_keeps_what_is_known() -> None:
    value = value_of(tf.ragged.constant([[1, 2], [3], []]))
    flat, splits = value.parts
    made = example(
        TensorValue("RaggedTensor", "int32", (3, None), parts=(flat.forgotten(), splits)), lambda dim: dim or 2
    )
    assert made is not None
    assert made.parts[0].shape == (3,)
    assert made.parts[1] == splits


def test_parts_that_would_not_fit_scaled_down_have_no_example() -> None:
    value = value_of(tf.RaggedTensor.from_row_lengths(tf.ones([200]), [100, 100])).forgotten()
    assert example(value, lambda dim: 2 if dim is None else min(dim, 64)) is None
    with pytest.raises(CannotReifyError):
        Reifier(Heap(), Session(), style="eager", sizes=lambda dim: 2 if dim is None else min(dim, 64)).reify(value)


@pytest.mark.parametrize(
    "spec",
    [
        tf.RaggedTensorSpec([2, None], tf.int32),
        tf.RaggedTensorSpec([None, None, 3], tf.float32, ragged_rank=1, row_splits_dtype=tf.int32),
        tf.RaggedTensorSpec(None, tf.string, ragged_rank=2),
        tf.SparseTensorSpec([2, None], tf.int32),
        tf.SparseTensorSpec(None, tf.int32),
        tf.TensorSpec([None, 3], tf.float32),
    ],
    ids=repr,
)
def test_specs_are_values_of_their_own(spec: Any) -> None:
    value = reflect(spec, Session())
    assert isinstance(value, TensorValue)
    assert value.kind == type(spec).__name__
    assert type_spec(value) == spec
    assert of_spec(value) == reflect_spec(spec)


def test_keys_and_joins_look_at_the_parts() -> None:
    heap = Heap()
    first, second = (value_of(tf.ragged.constant(rows)) for rows in ([[1, 2], [3]], [[1], [2, 3]]))
    assert first.shape == second.shape
    assert key(first, heap) != key(second, heap)
    assert key(first.forgotten(), heap) == key(second.forgotten(), heap)
    joined = join(first, second)
    assert isinstance(joined, TensorValue)
    assert joined.parts[0] == first.parts[0]  # the flat values are the same
    assert joined.parts[1].content is None
    # Other numbers of ragged dimensions stay apart.
    assert len(join(first, value_of(tf.ragged.constant([[[1]], [[2]]]))).members()) == 2


def test_nothing_is_run_where_the_user_says_so(ask: Asker) -> None:
    rows = value_of(tf.ragged.constant([[1, 2], [3], []]))
    without = Bridge(ask.memo, concrete_elements=0)
    spec = without.call(ask.query("to_tensor", rows, form="method"), ask.heap).outcome.value
    assert spec.content is None
    assert spec.shape[0] == 3
    known = ask.get("to_tensor", rows, form="method")
    assert np.array_equal(known.content.array, [[1, 2], [3, 0], [0, 0]])


def test_what_would_be_large_is_not_run(ask: Asker) -> None:
    """A padded tensor is as wide as its longest row: with few elements, and many rows, that is much."""
    rows = value_of(tf.RaggedTensor.from_row_lengths(tf.zeros([9_000]), [9_000] + [0] * 8_999))
    assert ask.get("to_tensor", rows, form="method").content is None
    assert ask.get("tensorflow.ragged.range", [0], [10**9]).parts[0].content is None
