"""Say a value in a few characters: `f32[2, 3]`, `ndarray i64[5]`, `int 3`, `Dense`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .base import (
    Const,
    DimensionValue,
    LiveValue,
    Ref,
    Scalar,
    ShapeValue,
    SliceValue,
    Symbol,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from .callables import BoundMethod, Builtin, Descriptor, FunctionValue, ModuleValue, Partial, SuperValue
from .dim_text import naming, render
from .dims import Dim, Sym, is_named
from .fresh import FreshDict, FreshList
from .heap import (
    ClassObject,
    DictObject,
    FrozenSetObject,
    Heap,
    InstanceObject,
    LibraryObject,
    ListObject,
    SetObject,
    UnknownObject,
)
from .standard import IteratorObject, StandardObject
from .tapes import TapeObject
from .tensor_arrays import TensorArrayObject
from .tensors import DatasetValue, DTypeValue, TensorValue

SHORT_DTYPES = {
    "float16": "f16",
    "bfloat16": "bf16",
    "float32": "f32",
    "float64": "f64",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "u8",
    "uint16": "u16",
    "uint32": "u32",
    "uint64": "u64",
    "complex64": "c64",
    "complex128": "c128",
}
MAX_TEXT = 80


def dtype_text(dtype: str) -> str:
    """Shorten a dtype's name as XLA and JAX do."""
    return SHORT_DTYPES.get(dtype, dtype)


def shape_text(shape: Sequence[int | Dim | str | None] | None) -> str:
    """Write a shape: `[2, 3]`, `[batch, 3]`, `[?, 3]`, `[...]`."""
    return "[...]" if shape is None else "[" + ", ".join("?" if dim is None else dim for dim in dim_texts(shape)) + "]"


def dim_texts(shape: Sequence[int | Dim | str | None]) -> list[str | None]:
    """Write each dim; symbols of one name that are not the same are told apart. A text stands for itself."""
    names = naming(dim for dim in shape if isinstance(dim, Dim))
    return [_dim_text(dim, names) for dim in shape]


def _dim_text(dim: int | Dim | str | None, names: Mapping[Sym, str]) -> str | None:
    if isinstance(dim, Dim):
        return render(dim, names) if is_named(dim) else None
    return None if dim is None else str(dim)


def spec_text(value: TensorValue) -> str:
    """Write dtype and shape: `f32[2, 3]`."""
    return dtype_text(value.dtype) + shape_text(value.shape)


def text(value: Value, heap: Heap, depth: int = 2) -> str:
    """Write a value."""
    if isinstance(value, TensorValue):
        return spec_text(value) if value.kind == "Tensor" else f"{value.kind} {spec_text(value)}"
    if isinstance(value, Const):
        short = constant_text(value)
        return "None" if value.value is None else f"{type(value.value).__name__} {short}"
    if isinstance(value, Scalar) and value.dim is not None and is_named(value.dim):
        return f"int {render(value.dim)}"
    if isinstance(value, TupleValue):
        if depth <= 0:
            return "tuple"
        return _cut("tuple (" + ", ".join(text(item, heap, depth - 1) for item in value.items) + ")")
    if isinstance(value, ShapeValue):
        return "TensorShape" if value.dims is None else f"TensorShape {shape_text(value.dims)}"
    if isinstance(value, DatasetValue):
        return "Dataset" if value.element is None else _cut(f"Dataset of {text(value.element, heap, depth)}")
    if isinstance(value, DTypeValue):
        return f"DType {value.name}"
    if isinstance(value, Union):
        return _cut(" | ".join(text(item, heap, depth - 1) for item in value.options))
    if isinstance(value, Ref):
        item = heap.get(value.address)
        if isinstance(item, LibraryObject):
            return item.title or item.symbol.rpartition(".")[2]
        return item.class_name if isinstance(item, InstanceObject) and item.cls is not None else kind(value, heap)
    return kind(value, heap)


def kind(value: Value, heap: Heap) -> str:
    """Name the kind of a value, by the words of the JSON contract."""
    if isinstance(value, TensorValue):
        return value.kind
    if isinstance(value, Const):
        return "ellipsis" if value.value is Ellipsis else type(value.value).__name__
    if isinstance(value, Scalar):
        return value.type
    if isinstance(value, Symbol):
        return {"module": "module", "class": "class", "function": "function"}.get(value.kind, "object")
    if isinstance(value, Union):
        kinds = {kind(item, heap) for item in value.options}
        return kinds.pop() if len(kinds) == 1 else "unknown"
    if isinstance(value, Ref):
        return _object_kind(value, heap)
    if isinstance(value, LiveValue):
        return value.kind
    if isinstance(value, Builtin):
        return "class" if value.name in _BUILTIN_TYPES else "function"
    for type_, name in _KINDS.items():
        if isinstance(value, type_):
            return name
    return "unknown"


def _object_kind(value: Ref, heap: Heap) -> str:
    item = heap.get(value.address)
    if isinstance(item, LibraryObject):
        return item.kind
    if isinstance(item, InstanceObject):
        inherited = item.library.rpartition(".")[2] if item.library.partition(".")[0] in ("keras", "tf_keras") else ""
        return inherited if inherited in ("Layer", "Model") else item.class_name
    if isinstance(item, ClassObject):
        return "class"
    if isinstance(item, TapeObject) and item.forward:
        return "ForwardAccumulator"
    if isinstance(item, ListObject):
        return item.name
    if isinstance(item, StandardObject) and item.name.partition(".")[0] in _LIBRARIES:
        return item.name.rpartition(".")[2]
    if isinstance(item, IteratorObject):
        return item.kind if item.kind in _ITERATORS else "unknown"
    for type_, name in {
        DictObject: "dict",
        FrozenSetObject: "frozenset",
        SetObject: "set",
        TapeObject: "GradientTape",
        TensorArrayObject: "TensorArray",
    }.items():
        if isinstance(item, type_):
            return name
    return "unknown"


_ITERATORS = {"zip", "map", "filter", "enumerate", "dict_keys", "dict_values", "dict_items"}
#: Whose objects are known by their class.
_LIBRARIES = ("keras", "tf_keras", "tensorflow", "sklearn", "pandas", "tensorflow_datasets")
_BUILTIN_TYPES = {"int", "float", "bool", "str", "bytes", "complex", "list", "tuple", "dict", "set", "type", "object"}
_KINDS: dict[type[Value], str] = {
    DimensionValue: "Dimension",
    FreshDict: "dict",
    FreshList: "list",
    TupleValue: "tuple",
    ShapeValue: "TensorShape",
    DTypeValue: "DType",
    DatasetValue: "Dataset",
    SliceValue: "slice",
    FunctionValue: "function",
    BoundMethod: "function",
    ModuleValue: "module",
    Partial: "function",
    SuperValue: "super",
    Descriptor: "function",
}


def reason(value: Value, heap: Heap) -> str | None:
    """Say why nothing is known of a value; None where something is."""
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Ref):
        item = heap.get(value.address)
        return item.reason if isinstance(item, UnknownObject) else None
    if isinstance(value, Union) and kind(value, heap) == "unknown":
        return "differs from path to path"
    return None


def constant_text(value: Value) -> str | None:
    """Write the content of a value in a short line; None where it is not known."""
    if isinstance(value, Const):
        content = value.value
        if isinstance(content, (str, bytes)) and len(content) > MAX_TEXT:
            content = content[:MAX_TEXT]
        return _cut(repr(content))
    if isinstance(value, TensorValue) and value.content is not None:
        array = value.content.array
        # Each dim too: an array without elements may still be a long list of empty lists.
        short = array.size <= 32 and max(array.shape, default=0) <= 32
        return _cut(_list_text(array.tolist())) if short else None
    if isinstance(value, TensorValue) and value.sizes is not None and value.shape is not None:
        inside = ", ".join("?" if dim is None else dim for dim in dim_texts(value.sizes))
        return _cut(f"[{inside}]" if value.shape else inside)
    if isinstance(value, Scalar) and value.dim is not None and is_named(value.dim):
        return render(value.dim)
    return None


def _list_text(item: Any) -> str:
    if isinstance(item, list):
        return "[" + ", ".join(_list_text(part) for part in item) + "]"
    return f"{item:.6g}" if isinstance(item, float) else repr(item)


def _cut(line: str) -> str:
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"
