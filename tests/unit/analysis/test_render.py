"""How values are said in a few characters."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from server.analysis.values import (
    BoundMethod,
    Builtin,
    ClassObject,
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
    ModuleValue,
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
from server.analysis.values.heap import UnknownObject
from server.analysis.values.render import MAX_TEXT, constant_text, dtype_text, kind, reason, shape_text, text
from server.analysis.values.standard import IteratorObject

HEAP = Heap()
ONE = Const(1)


def put(item: HeapObject) -> Ref:
    return Ref(address=HEAP.allocate(item))


def tensor(*shape: int | None, dtype: str = "float32", kind: str = "Tensor", array: Any = None) -> TensorValue:
    return TensorValue(kind=kind, dtype=dtype, shape=shape, content=None if array is None else Content(np.array(array)))


@pytest.mark.parametrize(
    ("shape", "said"),
    [((), "[]"), ((2,), "[2]"), ((2, 3), "[2, 3]"), ((None, 0), "[?, 0]"), (None, "[...]")],
)
def test_shapes(shape: tuple[int | None, ...] | None, said: str) -> None:
    assert shape_text(shape) == said


@pytest.mark.parametrize(
    ("dtype", "said"),
    [("float32", "f32"), ("bfloat16", "bf16"), ("int64", "i64"), ("uint8", "u8"), ("complex128", "c128"),
     ("bool", "bool"), ("string", "string"), ("qint8", "qint8"), ("float8_e4m3fn", "float8_e4m3fn")],
)  # fmt: skip
def test_dtypes(dtype: str, said: str) -> None:
    assert dtype_text(dtype) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (tensor(2, 3), "f32[2, 3]"),
        (tensor(None, dtype="int64", kind="ndarray"), "ndarray i64[?]"),
        (TensorValue(kind="Variable", shape=None), "Variable f32[...]"),
        (Const(3), "int 3"),
        (Const(True), "bool True"),
        (Const(-0.0), "float -0.0"),
        (Const("é\n"), "str 'é\\n'"),
        (Const(b"a"), "bytes b'a'"),
        (Const(None), "None"),
        (Scalar(type="float"), "float"),
        (TupleValue(), "tuple ()"),
        (TupleValue((tensor(2), ONE)), "tuple (f32[2], int 1)"),
        (TupleValue((TupleValue((TupleValue((ONE,)),)),)), "tuple (tuple (tuple))"),
        (ShapeValue(dims=(None, 3)), "TensorShape [?, 3]"),
        (ShapeValue(dims=None), "TensorShape"),
        (DatasetValue(TupleValue((tensor(2), tensor(dtype="int64")))), "Dataset of tuple (f32[2], i64[])"),
        (DatasetValue(None), "Dataset"),
        (DTypeValue(name="float32"), "DType float32"),
        (Union((tensor(2), tensor(2, 2))), "f32[2] | f32[2, 2]"),
        (SliceValue(), "slice"),
        (Symbol(name="tensorflow.matmul", kind="function"), "function"),
        (Symbol(name="numpy.pi", kind="object"), "object"),
        (Builtin(name="int"), "class"),
        (Builtin(name="len"), "function"),
        (BoundMethod(receiver=ONE, name="bit_length"), "function"),
        (ModuleValue(path="/projects/a.py"), "module"),
        (Unknown("why"), "unknown"),
        (put(ListObject((ONE,))), "list"),
        (put(ListObject((ONE,), name="range")), "range"),
        (put(DictObject()), "dict"),
        (put(SetObject()), "set"),
        (put(IteratorObject("zip")), "zip"),
        (put(IteratorObject("generator")), "unknown"),
        (put(ClassObject("Net")), "class"),
        (put(InstanceObject("Net")), "Net"),
        (put(UnknownObject()), "unknown"),
        (put(LibraryObject("keras.layers.Dense", "Layer")), "Dense"),
    ],
)  # fmt: skip
def test_values(value: Value, said: str) -> None:
    assert text(value, HEAP) == said


def test_functions_of_the_program() -> None:
    node = ast.parse("def f(): pass").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert text(FunctionValue(node=node), HEAP) == "function"


def test_an_instance_of_a_layer_of_the_program_is_said_by_its_class_and_is_of_the_kind_layer() -> None:
    cls = put(ClassObject("Block"))
    value = put(InstanceObject("Block", cls=cls, library="keras.layers.Layer"))
    assert (text(value, HEAP), kind(value, HEAP)) == ("Block", "Layer")
    other = put(InstanceObject("Block", cls=cls, library="keras.callbacks.Callback"))
    assert kind(other, HEAP) == "Block"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Const(...), "ellipsis"),
        (Const(None), "NoneType"),
        (Union((tensor(2), tensor(2, 2))), "Tensor"),
        (Union((tensor(2), ONE)), "unknown"),
        (Union((Const(1), Scalar(type="int"))), "int"),
        (put(LibraryObject("keras.layers.Dense", "Layer")), "Layer"),
    ],
)
def test_kinds(value: Value, name: str) -> None:
    assert kind(value, HEAP) == name


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (Unknown("the module is not followed"), "the module is not followed"),
        (put(UnknownObject("passed to plot")), "passed to plot"),
        (Ref(address=-1), "created on another path"),
        (Union((ONE, Const("a"))), "differs from path to path"),
        (Union((ONE, Const(2))), None),
        (ONE, None),
        (put(ListObject()), None),
    ],
)
def test_only_what_is_unknown_has_a_reason(value: Value, why: str | None) -> None:
    assert reason(value, HEAP) == why


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Const("a'b"), '"a\'b"'),
        (Const(...), "Ellipsis"),
        (tensor(array=1.5), "1.5"),
        (tensor(2, 2, array=[[1, 2], [3, 4]], dtype="int64"), "[[1, 2], [3, 4]]"),
        (tensor(2, array=[1 / 3, 1e-9]), "[0.333333, 1e-09]"),
        (tensor(1, array=[float("nan")]), "[nan]"),
        (tensor(0, array=[]), "[]"),
        (tensor(2, array=[b"a", b"b"], dtype="string"), "[b'a', b'b']"),
        (tensor(1, array=[True], dtype="bool"), "[True]"),
        (tensor(33, array=[0] * 33), None),
        (tensor(2), None),
        (Scalar(type="int"), None),
        (Unknown(), None),
    ],
)
def test_contents(value: Value, said: str | None) -> None:
    assert constant_text(value) == said


@pytest.mark.parametrize(
    "value",
    [
        Const("a" * 10_000),
        Const(b"\0" * 10_000),
        Const(10**3000),
        TupleValue((ONE,) * 1000),
        TupleValue((Const("a" * 79),) * 3),
        Union(tuple(Const("a" * number) for number in range(60, 64))),
        DatasetValue(TupleValue((tensor(2, 3),) * 50)),
        tensor(32, array=[1 / 3] * 32),
    ],
    ids=lambda value: type(value).__name__,
)
def test_long_values_are_cut(value: Value) -> None:
    said = [line for line in (text(value, HEAP), constant_text(value)) if line is not None and len(line) >= MAX_TEXT]
    assert said
    for line in said:
        assert len(line) <= MAX_TEXT + len("bytes ")
        assert line.endswith("…")


def test_what_fits_is_not_cut() -> None:
    assert constant_text(Const("a" * (MAX_TEXT - 2))) == "'" + "a" * (MAX_TEXT - 2) + "'"
    assert constant_text(Const("a" * (MAX_TEXT - 1))) == "'" + "a" * (MAX_TEXT - 2) + "…"
