"""Open dims in eager code: the tensor has a size, though nobody knows which, so Python may ask for it.

In a scratch graph the size is None. Keras's ops go another way there (`keras.ops.shape` gives a tensor, `searchsorted`
another dtype), and a few shape functions of TensorFlow's compute with the -1 that stands for it. So the call is asked
again with sizes for what is open: what kind of thing comes out, and its dtype, is what those runs say; a size holds only
where they say the same as the graph did.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from ..values import Const, Heap, Scalar, ShapeValue, TensorValue, TupleValue, Unknown, Value
from ..values.dims import erased
from ..values.fresh import FreshArray, FreshDict, FreshList
from .query import Query

#: What the unknown dims are taken to be, one after the other.
SIZES = (2, 5)
#: A composite has sizes that differ from row to row, and a KerasTensor is symbolic in eager code too.
_KINDS = ("Tensor", "Variable", "ndarray", "npscalar")


def takes_part(query: Query, heap: Heap) -> bool:
    """Say whether a dim that is not known takes part in a call."""
    return any(
        isinstance(leaf, TensorValue) and leaf.kind in _KINDS and None in (erased(leaf.shape) or ())
        for leaf in query.leaves(heap)
    )


def checked(value: Value, sample: Callable[[int], Value | None]) -> Value:
    """Return what is left of an answer in the light of others, with sizes for the open dims (None: it raised)."""
    samples = [found for size in SIZES if (found := sample(size)) is not None]
    return agreed(value, samples) if samples else value


def agreed(value: Value, samples: Sequence[Value]) -> Value:
    """Return what an answer and its samples have in common."""
    first = samples[0]
    if any(type(other) is not type(first) for other in samples) or isinstance(value, Unknown):
        return value if isinstance(value, Unknown) else Unknown("depends on sizes that are not known")
    if isinstance(first, Const):
        if all(other == first for other in (*samples, value)):
            return value
        kinds = {type(other.value).__name__ for other in samples if isinstance(other, Const)}
        return Scalar(type=kinds.pop()) if len(kinds) == 1 else Unknown("depends on sizes that are not known")
    if isinstance(first, FreshArray):
        inner = value.value if isinstance(value, FreshArray) else value
        merged = agreed(inner, [other.value for other in samples if isinstance(other, FreshArray)])
        return dataclasses.replace(first, value=merged) if isinstance(merged, TensorValue) else merged
    if isinstance(first, TensorValue):
        return _tensors(value, [other for other in samples if isinstance(other, TensorValue)])
    if type(value) is not type(first):
        return Unknown("depends on sizes that are not known")
    if isinstance(value, (TupleValue, FreshList)):
        rows = [other.items for other in samples if isinstance(other, (TupleValue, FreshList))]
        if any(len(row) != len(value.items) for row in rows):
            return Unknown("as many as a size says that is not known")
        items = tuple(agreed(item, column) for item, column in zip(value.items, zip(*rows, strict=True), strict=True))
        return dataclasses.replace(value, items=items)
    if isinstance(value, FreshDict):
        maps = [dict(other.items) for other in samples if isinstance(other, FreshDict)]
        if any(set(found) != {key for key, _ in value.items} for found in maps):
            return Unknown("depends on sizes that are not known")
        return FreshDict(tuple((key, agreed(item, [found[key] for found in maps])) for key, item in value.items))
    if isinstance(value, ShapeValue):
        return value
    return value if all(other == value for other in samples) else Unknown("depends on sizes that are not known")


def _tensors(value: Value, samples: Sequence[TensorValue]) -> Value:
    first = samples[0]
    if len({(other.kind, other.dtype, other.numpy_dtype) for other in samples}) > 1:
        return Unknown("depends on sizes that are not known")
    if not isinstance(value, TensorValue):
        return Unknown("depends on sizes that are not known")
    same = (value.kind, value.dtype, value.numpy_dtype) == (first.kind, first.dtype, first.numpy_dtype)
    if not same and value.parts:
        return Unknown("depends on sizes that are not known")
    shape = value.shape
    for other in samples:
        if shape is None or other.shape is None:
            continue
        if len(shape) != len(other.shape):
            shape = None
        else:
            shape = tuple(
                None if isinstance(ours, int) and theirs is not None and ours != theirs else ours
                for ours, theirs in zip(shape, other.shape, strict=True)
            )
    content = (
        value.content
        if same and all((other.shape, other.content) == (value.shape, value.content) for other in samples)
        else None
    )
    if same:
        return dataclasses.replace(value, shape=shape, content=content)
    return dataclasses.replace(first, shape=shape, content=None)
