"""Round trips: what is reified and reflected again says the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from server.analysis.libraries.reflect import reflect, reflect_spec
from server.analysis.libraries.reify import Reifier
from server.analysis.libraries.session import Session
from server.analysis.libraries.standins import ArraySpec, CannotReifyError, ContentNeeded
from server.analysis.values import (
    BoundMethod,
    Const,
    Content,
    DTypeValue,
    Heap,
    Ref,
    ShapeValue,
    SliceValue,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
)
from server.analysis.values.fresh import freeze, materialise

from .conftest import Asker

CONSTANTS = [None, True, 1, 1.5, 1j, "a", b"a", ...]


def there_and_back(value: Any, style: str = "graph") -> Any:
    heap, session = Heap(), Session()
    with tf.Graph().as_default():
        return materialise(reflect(Reifier(heap, session, style=style).reify(value), session), heap)


@pytest.mark.parametrize("item", CONSTANTS, ids=repr)
def test_constants(item: Any) -> None:
    assert there_and_back(Const(item)) == Const(item)


@pytest.mark.parametrize(
    "dtype", ["float16", "bfloat16", "float32", "float64", "int8", "uint8", "int64", "bool", "string"]
)
@pytest.mark.parametrize("shape", [None, (), (2, 3), (None, 3), (0,)])
def test_tensors(dtype: str, shape: Any) -> None:
    value = TensorValue(dtype=dtype, shape=shape)
    assert there_and_back(value) == value


@pytest.mark.parametrize("shape", [(), (2, 3)])
def test_variables(shape: Any) -> None:
    value = TensorValue(kind="Variable", dtype="float32", shape=shape)
    assert there_and_back(value) == value


def test_known_content_comes_back() -> None:
    value = TensorValue(dtype="int32", shape=(2,), content=Content(np.array([3, 4], "int32")))
    assert there_and_back(value) == value


@pytest.mark.parametrize("array", [np.zeros((2, 3)), np.array(["a", "bcd"]), np.array([1 + 2j]), np.zeros(0, "uint8")])
def test_arrays(array: Any) -> None:
    ask = Asker()
    value = ask.value(array)
    made = Reifier(ask.heap, Session(), style="numpy").reify(value)
    assert isinstance(made, np.ndarray)
    assert (made.dtype, made.tolist()) == (array.dtype, array.tolist())
    back = materialise(reflect(made, Session()), ask.heap)
    assert (back.kind, back.dtype, back.shape, back.numpy_dtype) == (
        value.kind,
        value.dtype,
        value.shape,
        value.numpy_dtype,
    )


def test_structures() -> None:
    value = TupleValue((Const(1), TupleValue((TensorValue(dtype="int32", shape=(2,)), Const("x")))))
    assert there_and_back(value) == value
    assert there_and_back(SliceValue(Const(1), Const(None), Const(2))).__class__ in (SliceValue, Unknown)
    assert there_and_back(ShapeValue((2, None))) == ShapeValue((2, None))
    assert there_and_back(ShapeValue(None)) == ShapeValue(None)
    assert there_and_back(DTypeValue("float32")) == DTypeValue("float32")
    assert there_and_back(DTypeValue("float32", "numpy")) == DTypeValue("float32", "numpy")


def test_lists_and_dicts_come_back_as_new_ones() -> None:
    ask = Asker()
    made = Reifier(ask.heap, Session()).reify(ask.value([1, {"a": (2, 3)}]))
    assert made == [1, {"a": (2, 3)}]
    back = materialise(reflect(made, Session()), ask.heap)
    assert isinstance(back, Ref)
    assert ask.heap.get(back.address).items[0] == Const(1)


@pytest.mark.parametrize("value", [Unknown("why"), Union((Const(1), Const(2))), BoundMethod(), Ref(12345)])
def test_what_is_not_known_has_no_stand_in(value: Any) -> None:
    with pytest.raises(CannotReifyError):
        Reifier(Heap(), Session()).reify(value)


def test_the_reason_of_an_unknown_is_kept() -> None:
    with pytest.raises(CannotReifyError, match="because"):
        Reifier(Heap(), Session()).reify(Unknown("because"))


def test_an_array_of_unknown_content_gives_no_values_away() -> None:
    spec = ArraySpec(np.dtype("float32"), (2, 3))
    assert isinstance(spec, np.ndarray)
    assert (spec.shape, spec.ndim, spec.size, len(spec)) == ((2, 3), 2, 6, 2)
    for read in (np.asarray, list, bool, np.sum, lambda item: item[0], lambda item: 1.0 in item, lambda i: i.tolist()):
        with pytest.raises(ContentNeeded):
            read(spec)
    with tf.Graph().as_default():
        tensor = tf.convert_to_tensor(spec)
        assert (tensor.dtype, tensor.shape.as_list()) == (tf.float32, [2, 3])
        assert tf.get_static_value(tensor) is None


@pytest.mark.parametrize(
    "dataset",
    [
        tf.data.Dataset.range(3),
        tf.data.Dataset.from_tensor_slices((np.zeros((4, 2)), np.zeros(4, "int32"))).batch(2),
        tf.data.Dataset.from_tensor_slices({"a": [1, 2], "b": [1.0, 2.0]}),
        tf.data.Dataset.from_tensor_slices([1, 2, 3]).window(2),
    ],
)
def test_datasets(dataset: Any) -> None:
    heap, session = Heap(), Session()
    value = materialise(reflect(dataset, session), heap)
    assert freeze(value.element, heap) == freeze(materialise(reflect_spec(dataset.element_spec), heap), heap)
    with tf.Graph().as_default():
        try:
            back = Reifier(heap, session).reify(value)
        except CannotReifyError:
            return
        assert back.element_spec == dataset.element_spec


def test_whatever_else_a_library_gives_is_unknown() -> None:
    assert isinstance(reflect(object(), Session()), Unknown)
    assert isinstance(reflect(tf.Graph(), Session()), Unknown)
