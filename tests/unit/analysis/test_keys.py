"""Keys of the memo: alike where a library would answer alike, different wherever it might not."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable

import numpy as np
import pytest

from server.analysis.values import (
    BoundMethod,
    Builtin,
    Const,
    Content,
    DatasetValue,
    DictObject,
    DTypeValue,
    FunctionValue,
    Heap,
    HeapObject,
    InstanceObject,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    ShapeValue,
    SliceValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from server.analysis.values.fresh import FreshDict, FreshList, freeze
from server.analysis.values.keys import NoKeyError, call_key, key, library_object_key

ONE, TWO = Const(1), Const(2)
HEAP = Heap()


def put(item: HeapObject) -> Ref:
    return Ref(address=HEAP.allocate(item))


def tensor(*shape: int | None, dtype: str = "float32", kind: str = "Tensor", array: object = None) -> TensorValue:
    return TensorValue(kind=kind, dtype=dtype, shape=shape, content=None if array is None else Content(np.array(array)))


def dense(*args: Value, **kwargs: Value) -> LibraryObject:
    return LibraryObject("keras.layers.Dense", "Layer", args, tuple(kwargs.items()))


#: A library may answer differently to any two of these.
DIFFERENT: dict[str, Callable[[], Value]] = {
    "1": lambda: Const(1),
    "True": lambda: Const(True),
    "1.0": lambda: Const(1.0),
    "0.0": lambda: Const(0.0),
    "-0.0": lambda: Const(-0.0),
    "None": lambda: Const(None),
    "'int'": lambda: Const("int"),
    "b'int'": lambda: Const(b"int"),
    "some int": lambda: Scalar(type="int"),
    "some float": lambda: Scalar(type="float"),
    "the type int": lambda: Builtin(name="int"),
    "the symbol int": lambda: Symbol(name="int"),
    "f32[2, 3]": lambda: tensor(2, 3),
    "f32[3, 2]": lambda: tensor(3, 2),
    "f32[6]": lambda: tensor(6),
    "f32[?, 3]": lambda: tensor(None, 3),
    "f32[...]": lambda: TensorValue(shape=None),
    "f64[2, 3]": lambda: tensor(2, 3, dtype="float64"),
    "Variable": lambda: tensor(2, 3, kind="Variable"),
    "Variable of Keras": lambda: TensorValue(kind="Variable", shape=(2, 3), library="keras"),
    "ndarray": lambda: tensor(2, 3, kind="ndarray"),
    "f32[2] of zeros": lambda: tensor(2, array=[0.0, 0.0]),
    "f32[2] of ones": lambda: tensor(2, array=[1.0, 1.0]),
    "f32[1, 2] of zeros": lambda: tensor(1, 2, array=[[0.0, 0.0]]),
    "f32[2]": lambda: tensor(2),
    "<U3": lambda: TensorValue(kind="ndarray", dtype="string", shape=(2,), numpy_dtype="<U3"),
    "S3": lambda: TensorValue(kind="ndarray", dtype="string", shape=(2,), numpy_dtype="|S3"),
    "()": lambda: TupleValue(),
    "(1,)": lambda: TupleValue((ONE,)),
    "((1,),)": lambda: TupleValue((TupleValue((ONE,)),)),
    "(1, 2)": lambda: TupleValue((ONE, TWO)),
    "((1, 2),)": lambda: TupleValue((TupleValue((ONE, TWO)),)),
    "[]": lambda: put(ListObject()),
    "[1]": lambda: put(ListObject((ONE,))),
    "[[1]]": lambda: put(ListObject((put(ListObject((ONE,))),))),
    "[1, 2]": lambda: put(ListObject((ONE, TWO))),
    "[2, 1]": lambda: put(ListObject((TWO, ONE))),
    "{}": lambda: put(DictObject()),
    "{1: 2}": lambda: put(DictObject(((ONE, TWO),))),
    "{2: 1}": lambda: put(DictObject(((TWO, ONE),))),
    "1:2": lambda: SliceValue(lower=ONE, upper=TWO),
    "1::2": lambda: SliceValue(lower=ONE, step=TWO),
    ":": lambda: SliceValue(),
    "TensorShape([2])": lambda: ShapeValue(dims=(2,)),
    "TensorShape(None)": lambda: ShapeValue(dims=None),
    "TensorShape([None])": lambda: ShapeValue(dims=(None,)),
    "tf.float32": lambda: DTypeValue(name="float32"),
    "np.float32": lambda: DTypeValue(name="float32", library="numpy"),
    "Dataset of f32[2]": lambda: DatasetValue(tensor(2)),
    "Dataset of (f32[2],)": lambda: DatasetValue(TupleValue((tensor(2),))),
    "Dense(1)": lambda: put(dense(ONE)),
    "Dense(units=1)": lambda: put(dense(units=ONE)),
    "Dense(2)": lambda: put(dense(TWO)),
    "Conv1D(1)": lambda: put(LibraryObject("keras.layers.Conv1D", "Layer", (ONE,))),
    "Dense(1), built": lambda: put(
        LibraryObject("keras.layers.Dense", "Layer", (ONE,), history=(("build", (ONE,), ()),))
    ),
    "Dense(1), built otherwise": lambda: put(
        LibraryObject("keras.layers.Dense", "Layer", (ONE,), history=(("build", (TWO,), ()),))
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_the_same_made_twice_has_one_key(name: str) -> None:
    first, second = DIFFERENT[name](), DIFFERENT[name]()
    assert key(first, HEAP) == key(second, HEAP)
    assert hash(key(first, HEAP)) == hash(key(second, HEAP))


def test_what_a_library_may_tell_apart_has_different_keys() -> None:
    keys = {name: key(make(), HEAP) for name, make in DIFFERENT.items()}
    assert [(a, b) for a, b in itertools.combinations(keys, 2) if keys[a] == keys[b]] == []


def test_a_key_follows_changes() -> None:
    made = put(ListObject((ONE,)))
    before = key(made, HEAP)
    HEAP.put(made.address, ListObject((TWO,)))
    assert key(made, HEAP) != before


def test_a_frozen_container_has_the_key_of_the_live_one() -> None:
    made = put(DictObject(((ONE, put(ListObject((TWO,)))),)))
    assert key(freeze(made, HEAP), HEAP) == key(made, HEAP)
    assert key(FreshList((ONE,)), HEAP) == key(put(ListObject((ONE,))), HEAP)
    assert key(FreshDict(), HEAP) != key(FreshList(), HEAP)


def test_an_array_that_was_written_has_the_key_of_one_whose_content_is_unknown() -> None:
    storage, version = HEAP.new_storage()
    array = TensorValue(kind="ndarray", shape=(2,), content=Content(np.zeros(2)), storage=storage, version=version)
    before = key(array, HEAP)
    HEAP.written(storage)
    assert before != key(array, HEAP) == key(TensorValue(kind="ndarray", shape=(2,)), HEAP)


def test_memory_at_different_addresses_makes_no_difference() -> None:
    first, second = HEAP.new_storage()[0], HEAP.new_storage()[0]
    arrays = [TensorValue(kind="ndarray", shape=(2,), storage=storage) for storage in (first, second)]
    assert key(arrays[0], HEAP) == key(arrays[1], HEAP)


LAMBDA = ast.parse("lambda: 0", mode="eval").body


@pytest.mark.parametrize(
    "value",
    [
        Unknown(),
        Union((ONE, TWO)),
        TensorValue(kind="KerasTensor", shape=(None, 3)),
        TensorValue(node=7),
        DatasetValue(None),
        BoundMethod(receiver=ONE, name="bit_length"),
        FunctionValue(node=LAMBDA),  # type: ignore[arg-type]
        put(ListObject(None, ONE)),
        put(DictObject(None)),
        put(SetObject((ONE,))),
        put(InstanceObject("A")),
        Ref(address=-1),
        TupleValue((ONE, Unknown())),
        put(ListObject((TupleValue((Unknown(),)),))),
        put(dense(Unknown())),
        SliceValue(upper=Unknown()),
    ],
    ids=str,
)
def test_what_is_not_all_known_has_no_key(value: Value) -> None:
    with pytest.raises(NoKeyError):
        key(value, HEAP)


def test_arguments_by_position_and_by_name_have_different_keys() -> None:
    assert call_key((ONE,), (), HEAP) != call_key((), (("units", ONE),), HEAP)
    assert call_key((), (("a", ONE),), HEAP) != call_key((), (("b", ONE),), HEAP)
    assert call_key((ONE, TWO), (), HEAP) != call_key((TWO, ONE), (), HEAP)


def test_a_recipe_has_the_key_of_the_object_it_makes() -> None:
    assert library_object_key(dense(ONE), HEAP) == key(put(dense(ONE)), HEAP)
