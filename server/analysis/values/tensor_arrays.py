"""`tf.TensorArray` on the heap."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from .base import Shape, Value
from .heap import HeapObject


@dataclass(frozen=True, slots=True)
class TensorArrayObject(HeapObject):
    """A `tf.TensorArray`: the spec of its elements, and the elements themselves where it is known which are where.

    shape: of an element, as far as it is known; None is an unknown rank. size: how many there are, None where that is
    not known. dynamic: it grows. infer: elements have one shape. clear: reading an element takes it out. items: None
    for an element that is not there, None as a whole where it is not known which are where. gone: those taken out.
    graph: it is one of a graph: what it learns of its elements' shape while a body is traced it knows after it, too. sure: whether
    the library knows as little of that shape as is known here.
    """

    dtype: str = "float32"
    shape: Shape = None
    size: int | None = None
    dynamic: bool = False
    infer: bool = True
    clear: bool = True
    items: tuple[Value | None, ...] | None = None
    gone: frozenset[int] = frozenset()
    graph: bool = False
    sure: bool = True


def join_tensor_arrays(first: TensorArrayObject, second: TensorArrayObject) -> TensorArrayObject | None:
    """Return a TensorArray as two paths have left it; None where it is another one."""
    from .join import join, join_shapes

    settings = [(one.dtype, one.dynamic, one.infer, one.clear, one.graph) for one in (first, second)]
    if settings[0] != settings[1]:
        return None
    shape = join_shapes(first.shape, second.shape)
    if first.shape is None or second.shape is None:
        # Nothing was written there yet: what is written here decides.
        shape = (second.shape if first.shape is None else first.shape) if first.graph and first.infer else None
    ranks = {len(one.shape) for one in (first, second) if one.shape is not None}
    items: tuple[Value | None, ...] | None = None
    if first.items is not None and second.items is not None and len(first.items) == len(second.items):
        pairs = list(zip(first.items, second.items, strict=True))
        if all((a is None) == (b is None) for a, b in pairs):
            items = tuple(None if a is None or b is None else join(a, b) for a, b in pairs)
    same = first.gone == second.gone and items is not None
    return dataclasses.replace(
        first,
        shape=shape,
        size=first.size if first.size == second.size else None,
        items=items,
        gone=first.gone if same else frozenset(),
        sure=first.sure and second.sure and len(ranks) < 2,
    )
