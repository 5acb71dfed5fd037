"""Preprocessing layers that learn from data: `adapt`, `set_vocabulary`, and what they say of it.

The real layer learns from the real data where that is known (a list of texts), else from an example of its spec: what
then depends on the values of the data is not known. Of a layer whose outputs are as wide as its vocabulary nothing is said
in that case.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np

from ..libraries import remaking, upkeep
from ..libraries.query import leaves
from ..values import (
    Const,
    Content,
    DatasetValue,
    FunctionValue,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.fresh import FreshList
from ..values.heap import UnknownObject
from .core import Frame, Interpreter

if TYPE_CHECKING:
    from .library_calls import Arguments

NAMES = frozenset(["adapt", "set_vocabulary", "get_vocabulary", "vocabulary_size", "vocab_size"])
#: Elements of data that a layer learns from, or of the example that stands for them.
MAX_ELEMENTS = 10_000


def call(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, name: str, arguments: Arguments
) -> Value | None:
    """Call one of these methods; None where the library is to be asked as it stands."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, LibraryObject)
    if name not in ("adapt", "set_vocabulary"):
        if not remaking.is_vague(receiver, interp.heap):
            return None if arguments.all else upkeep.told(receiver, name, interp.heap, interp.bridge.session)
        return Scalar(type="int") if name.endswith("size") else Unknown("what a layer has learned from data")
    # The layer calls them on the data, in ways that are not followed.
    functions = [
        leaf.node for leaf in (*item.args, *(value for _, value in item.kwargs)) if isinstance(leaf, FunctionValue)
    ]
    interp.elsewhere += [node for node in functions if isinstance(node, ast.FunctionDef)]
    given = dict(zip(("data", "batch_size", "steps"), arguments.values, strict=False)) | dict(arguments.named)
    data = given.get("data", given.get("vocabulary"))
    known = data is not None and len(arguments.all) == 1 and _known(interp, data)
    if name == "adapt" and data is not None and not known:
        example = _example(interp, data)
        if example is not None and interp.mode(frame) == "eager":
            upkeep.adapt(receiver, name, example, interp.heap, interp.bridge.session, vaguely=True)
            return Const(None)
    if not known or data is None or interp.mode(frame) != "eager":
        interp.heap.put(receiver.address, UnknownObject(f"{name} on data that are not known"))
        interp.heap.escape([argument.value for argument in arguments.all], "passed to something that is not understood")
        return Const(None)
    upkeep.adapt(receiver, name, data, interp.heap, interp.bridge.session, vaguely=False)
    return Const(None)


def _known(interp: Interpreter, data: Value) -> bool:
    """Say whether the numbers or texts are all known, and few."""
    found = leaves((data,), interp.heap)
    size = 0
    for leaf in found:
        if isinstance(leaf, TensorValue):
            leaf = interp.heap.settled(leaf)
            size += MAX_ELEMENTS + 1 if leaf.content is None else leaf.content.array.size
        elif isinstance(leaf, Const):
            size += 1
        elif isinstance(leaf, Ref):
            item = interp.heap.get(leaf.address)
            if not isinstance(item, ListObject) or item.items is None or item.name != "list":
                return False
        elif not isinstance(leaf, TupleValue):
            return False
    return size <= MAX_ELEMENTS


def _example(interp: Interpreter, data: Value) -> Value | None:
    """Return an array of the spec of the data, a batch of them."""
    if isinstance(data, DatasetValue):
        data = data.element or data
    item = interp.heap.get(data.address) if isinstance(data, Ref) else None
    if isinstance(item, ListObject):
        data = item.items[0] if item.items else item.element
    if isinstance(data, (Const, Scalar)):
        text = isinstance(data.value, str) if isinstance(data, Const) else data.type == "str"
        return FreshList((Const("a"),)) if text else None
    if not isinstance(data, TensorValue) or data.parts or data.shape is None:
        return None
    sizes = [dim if isinstance(dim, int) else (1 if axis == 0 else 0) for axis, dim in enumerate(data.shape)]
    if sizes and int(np.prod(sizes, dtype=np.float64)) > MAX_ELEMENTS:
        sizes[0] = 1
    if 0 in sizes or int(np.prod(sizes, dtype=np.float64)) > MAX_ELEMENTS:
        return None
    if data.dtype == "string":
        texts: Value = Const("a")
        for size in reversed(sizes):
            texts = FreshList((texts,) * size)
        return texts
    if data.dtype in ("bfloat16", "bool") or "complex" in data.dtype:
        return None
    content = Content(np.zeros(sizes, data.dtype))
    return TensorValue("ndarray", data.dtype, tuple(sizes), content)
