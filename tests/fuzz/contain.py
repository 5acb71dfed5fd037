"""Say whether an abstract value, or a fact, admits an object that was really there."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from server.analysis.libraries.composites import components
from server.analysis.report import Fact
from server.analysis.values import (
    Const,
    DTypeValue,
    Heap,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)


def real_spec(item: Any) -> tuple[str, str, tuple[int | None, ...] | None] | None:
    """Return kind, dtype (TensorFlow's name) and shape of a real tensor-like object; None for anything else."""
    if isinstance(item, (np.ndarray, np.generic)):
        dtype = "string" if item.dtype.kind in "SU" else item.dtype.name
        return ("ndarray" if isinstance(item, np.ndarray) else "npscalar", dtype, item.shape)
    for kind, class_ in (
        ("Variable", tf.Variable),
        ("RaggedTensor", tf.RaggedTensor),
        ("SparseTensor", tf.SparseTensor),
        ("IndexedSlices", tf.IndexedSlices),
        ("Tensor", tf.Tensor),
    ):
        if isinstance(item, class_):
            shape = item.shape
            return (kind, item.dtype.name, None if shape.rank is None else tuple(shape.as_list()))
    if isinstance(item, tf.TensorSpec):
        return ("TensorSpec", item.dtype.name, None if item.shape.rank is None else tuple(item.shape.as_list()))
    return None


def same_array(claimed: np.ndarray[Any, Any], real: Any, tolerance: float = 1e-5) -> bool:
    """Compare contents; what an approximate function gives may differ in its last digits from run to run."""
    real = real.numpy() if isinstance(real, tf.Tensor) else real
    # A text that ends with zeros loses them in an array of NumPy's own texts.
    array = np.asarray(real, object) if isinstance(real, bytes) else np.asarray(real)
    if claimed.shape != array.shape:
        return False
    if array.dtype.kind in "fc":
        return bool(np.allclose(claimed.astype(array.dtype), array, rtol=tolerance, atol=1e-6, equal_nan=True))
    if array.dtype.hasobject:  # arrays of arrays, of texts
        return repr(claimed.tolist()) == repr(array.tolist())
    return bool(np.array_equal(claimed, array))


def against(value: Value, item: Any, heap: Heap) -> str | None:
    """Say what an abstract value says wrongly of a real object; None where it admits it."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Union):
        reasons = [against(option, item, heap) for option in value.options]
        return None if None in reasons else " and ".join(reason or "" for reason in reasons)
    if isinstance(value, TensorValue):
        return _tensor(heap.settled(value), item)
    if isinstance(value, Const):
        same = type(value.value) is type(item) and (value.value == item or repr(value.value) == repr(item))
        return None if same else f"claims {value.value!r}, is {item!r}"
    if isinstance(value, Scalar):
        return None if type(item).__name__ == value.type else f"claims {value.type}, is {item!r}"
    if isinstance(value, ShapeValue):
        if not isinstance(item, tf.TensorShape):
            return f"claims a TensorShape, is {item!r}"
        return _dims(value.dims, None if item.rank is None else tuple(item.as_list()))
    if isinstance(value, DTypeValue):
        return None if getattr(item, "name", None) == value.name else f"claims {value.name}, is {item!r}"
    if isinstance(value, TupleValue):
        if not isinstance(item, tuple):
            return f"claims a tuple, is {item!r}"
        return _items(value.items, item, heap)
    if isinstance(value, Ref) and isinstance(heap.get(value.address), ListObject):
        if not isinstance(item, list):
            return f"claims a list, is {item!r}"
        known = heap.get(value.address).items
        return None if known is None else _items(known, item, heap)
    return None


def _items(values: tuple[Value, ...], items: Any, heap: Heap) -> str | None:
    if len(values) != len(items):
        return f"claims {len(values)} items, are {len(items)}"
    return next((why for pair in zip(values, items, strict=True) if (why := against(*pair, heap))), None)


def _tensor(value: TensorValue, item: Any) -> str | None:
    real = real_spec(item)
    if real is None:
        return f"claims a {value.kind}, is {item!r}"
    if value.kind != real[0]:
        return f"claims a {value.kind}, is a {real[0]}"
    if value.dtype != real[1]:
        return f"claims {value.dtype}, is {real[1]}"
    made = components(item) if value.parts else ()
    if made is None or len(made) != len(value.parts):
        return f"claims {len(value.parts)} parts of {item!r}"
    wrong = next(
        (why for part, real_part in zip(value.parts, made, strict=True) if (why := _tensor(part, real_part))), None
    )
    if wrong is not None:
        return f"of a part: {wrong}"
    if value.content is not None and not same_array(value.content.array, item):
        return f"claims {value.content.array!r}, is {item!r}"
    return _dims(value.shape, real[2])


def _dims(claimed: Sequence[object] | None, real: tuple[int | None, ...] | None) -> str | None:
    if claimed is None:
        return None
    if real is None or len(claimed) != len(real):
        return f"claims shape {claimed}, is {real}"
    # A symbolic dim claims no number.
    wrong = any(isinstance(dim, int) and dim != size for dim, size in zip(claimed, real, strict=True))
    return f"claims shape {claimed}, is {real}" if wrong else None


def fact_against(fact: Fact, item: Any) -> str | None:
    """Say what a fact says wrongly of a real object."""
    if fact.kind in ("unknown", "module", "function", "class", "object"):
        return None
    real = real_spec(item)
    if real is not None:
        if fact.kind != real[0]:
            return f"claims a {fact.kind}, is a {real[0]}"
        if fact.dtype is not None and fact.dtype != real[1]:
            return f"claims {fact.dtype}, is {real[1]}"
        why = _dims(fact.shape, real[2]) if fact.shape is not None else None
        return why or _constant_of_array(fact.constant, item)
    if fact.kind == "TensorShape":
        return None if isinstance(item, tf.TensorShape) else f"claims a TensorShape, is {item!r}"
    if fact.kind == "DType":
        return None if isinstance(item, (tf.DType, np.dtype)) else f"claims a DType, is {item!r}"
    names = {class_.__name__ for class_ in type(item).__mro__}
    if fact.kind not in {"None", "Dataset", "Layer", *names}:
        return f"claims {fact.kind}, is {item!r}"
    if fact.constant is not None and not fact.constant.endswith("…") and fact.constant != repr(item):
        return f"claims {fact.constant}, is {item!r}"
    return _spec_against(fact.spec, item)


def _constant_of_array(constant: str | None, item: Any) -> str | None:
    if constant is None or constant.endswith("…"):
        return None
    names = {"nan": math.nan, "inf": math.inf}
    if str(getattr(item, "dtype", None)) == "object":  # lists, or arrays of arrays
        return None
    try:
        claimed = np.asarray(eval(compile(ast.parse(constant, mode="eval"), "constant", "eval"), {}, dict(names)))
    except (SyntaxError, NameError, ValueError):
        return f"writes a constant that cannot be read: {constant}"
    if np.asarray(item).dtype.kind in "SUO" or np.asarray(item).size == 0:
        return None
    return None if same_array(claimed, item, 1e-4) else f"claims {constant}, is {item!r}"


def _spec_against(spec: Any, item: Any) -> str | None:
    if isinstance(spec, dict) and "entries" in spec and isinstance(item, dict):
        if len(spec["entries"]) != min(len(item), 20):
            return f"claims {len(spec['entries'])} entries, are {len(item)}"
        pairs = zip(spec["entries"], item.items(), strict=False)
        parts = [(claimed, real) for entry, pair in pairs for claimed, real in zip(entry, pair, strict=True)]
        return next((why for claimed, real in parts if (why := _member_against(claimed, real))), None)
    if not isinstance(spec, dict) or "members" not in spec or not isinstance(item, (list, tuple)):
        return None
    if spec["length"] != len(item):
        return f"claims {spec['length']} items, are {len(item)}"
    parts = list(zip(spec["members"], item, strict=False))
    return next((why for claimed, real in parts if (why := _member_against(claimed, real))), None)


def _member_against(member: dict[str, Any], part: Any) -> str | None:
    if member["kind"] == "unknown":
        return None
    real = real_spec(part)
    names = {real[0]} if real else {class_.__name__ for class_ in type(part).__mro__}
    if member["kind"] not in {*names, "function", "class", "object", "module"} | ({"None"} if part is None else set()):
        return f"claims a member {member}, is {part!r}"
    if real and (member.get("dtype") not in (None, real[1]) or _dims(_tuple(member.get("shape")), real[2])):
        return f"claims a member {member}, is {part!r}"
    claimed = member.get("value")
    if claimed is not None and not claimed.endswith("…") and not real and claimed != repr(part):
        return f"claims a member {claimed}, is {part!r}"
    return _spec_against(member.get("spec"), part)


def _tuple(dims: list[int | None] | None) -> tuple[int | None, ...] | None:
    return None if dims is None else tuple(dims)
