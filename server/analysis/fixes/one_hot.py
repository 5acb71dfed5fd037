"""Correct the `depth` of `tf.one_hot`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..interpreter.events import Argument, LibraryCall
from ..report import Location
from ..source.unit import Unit
from ..values import Const, Ref, TensorValue, TupleValue, Value
from ..values.heap import Heap, ListObject
from .candidate import Candidate, replace
from .places import argument_of, calls_before, last_name


@dataclass(frozen=True)
class OneHot:
    """A call of `one_hot` of which the labels and the depth are known."""

    unit: Unit
    depth_node: ast.expr | None
    labels: np.ndarray[Any, Any]
    depth: int


def one_hot_arguments(event: LibraryCall) -> OneHot | None:
    """Return the labels and the depth of a `one_hot` call; None where they are not known."""
    indices = event.argument(0, "indices") or event.argument(0, "x")
    depth = event.argument(1, "depth") or event.argument(1, "num_classes")
    if indices is None or depth is None:
        return None
    labels, size = _array(indices.value, event.heap), _size(depth.value, event.heap)
    if labels is None or size is None:
        return None
    return OneHot(event.unit, depth.node, labels, size)


def _size(value: Value, heap: Heap) -> int | None:
    if isinstance(value, Const) and type(value.value) is int:
        return value.value
    array = _array(value, heap)
    return int(array) if array is not None and array.shape == () else None


def _array(value: Value, heap: Heap) -> np.ndarray[Any, Any] | None:
    """Return the integers that a value holds."""
    if isinstance(value, TensorValue):
        content = heap.settled(value).content
        return content.array if content is not None and content.array.dtype.kind in "iu" else None
    items: tuple[Value, ...] | None = None
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(value, Ref):
        item = heap.get(value.address)
        items = item.items if isinstance(item, ListObject) else None
    if isinstance(value, Const) and type(value.value) is int:
        return np.asarray(value.value)
    if items is None:
        return None
    parts = [_array(item, heap) for item in items]
    if any(part is None for part in parts):
        return None
    try:
        return np.asarray([part for part in parts if part is not None])
    except ValueError:
        return None


def one_hot_behind(event: LibraryCall, argument: Argument) -> tuple[OneHot, Location] | None:
    """Return the `one_hot` call that made an argument, and where it stands; None where something else made it."""
    origin = argument.value.origin
    made = event.made_by(origin.node) if origin is not None else None
    if origin is None or made is None:
        return None
    known = one_hot_arguments(made)
    return (known, origin.location) if known is not None and made.name.endswith(("one_hot", "to_categorical")) else None


def depth_candidates(event: LibraryCall, known: OneHot, depth: int) -> tuple[Candidate, ...]:
    """Return the edit that writes another depth."""
    if known.depth_node is None or known.unit.path != event.unit.path:
        return ()
    return (Candidate(f"Change depth to {depth}", (replace(known.unit, known.depth_node, str(depth)),)),)


def written_depths(event: LibraryCall, depth: int, wanted: int) -> tuple[Candidate, ...]:
    """Return the edits that write another depth where some `one_hot` further up has this one: in a function of a data set, say."""
    out: list[Candidate] = []
    for call in calls_before(event):
        if last_name(call) not in ("one_hot", "to_categorical"):
            continue
        node = argument_of(call, "depth" if last_name(call) == "one_hot" else "num_classes", 1)
        if isinstance(node, ast.Constant) and node.value == depth:
            title = f"Change depth to {wanted} (line {node.lineno})"
            out.append(Candidate(title, (replace(event.unit, node, str(wanted)),), len(out)))
    return tuple(out[:2])
