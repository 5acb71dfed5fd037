"""What a dim that is not known means in a shape that a library has given: a size all the same, or None."""

from __future__ import annotations

import dataclasses

from ..values import Heap, ShapeValue, TensorValue, Value
from ..values.tensors import COMPOSITE_KINDS
from .query import Query


def with_gaps(value: Value, query: Query, heap: Heap) -> Value:
    """Return what a call gave, a shape with what its open dims are in the program.

    Eagerly every tensor has its sizes: a dim that is open is only not known here. A RaggedTensor, a spec, a
    KerasTensor and whatever is traced have None there.
    """
    if not isinstance(value, ShapeValue) or all(isinstance(dim, int) for dim in value.dims or (None,)):
        return value
    return dataclasses.replace(value, gaps=_gaps(query, heap))


def _gaps(query: Query, heap: Heap) -> str:
    leaves = query.leaves(heap)
    receiver = query.args[0] if query.form in ("attribute", "method") else None
    if isinstance(receiver, TensorValue):
        if receiver.kind == "KerasTensor":
            return "none"
        if receiver.kind in COMPOSITE_KINDS:
            return "none" if receiver.known and query.mode == "eager" else "either"
        return "size" if receiver.kind == "Tensor" and query.mode == "eager" else "either"
    given = [leaf for leaf in leaves if isinstance(leaf, ShapeValue)]
    plain = not any(isinstance(leaf, TensorValue) for leaf in leaves)
    named = query.form == "symbol" or isinstance(receiver, ShapeValue)
    return "none" if plain and named and all(shape.complete for shape in given) else "either"
