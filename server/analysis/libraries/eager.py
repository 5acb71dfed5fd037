"""Run a call for real: to confirm that it fails, and to fold constants.

A FuncGraph is no eager execution: some calls raise in a graph alone. A symbolic failure in eager code is therefore only
a candidate until the same call, made eagerly on zeros of the same spec, raises too; the exception reported is that one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import numpy as np
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import Const, Heap, LibraryObject, Ref, ShapeValue, TensorValue, Value
from ..values.dims import erased
from ..values.fresh import FreshDict
from ..values.join import join_all
from . import filling
from .filling import scaling
from .numpy_calls import merge
from .outcome import CallbackUnknown, Refused, is_own_fault, refusal
from .query import Query
from .recipes import moves
from .reflect import reflect
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError

#: Elements that a confirmation may allocate as they are; more is scaled down.
MAX_EXACT = 20_000_000
#: A scaled confirmation says nothing where an argument names a size.
MAX_PLAIN_INTEGER = 8
#: Dims that a result of unknown rank is taken to have, and the elements that open dims may come to.
UNKNOWN_DIMS = 3
MAX_OPEN = 10_000_000
#: Ops that run functions.
_OF_FUNCTIONS = frozenset(
    [
        "If",
        "StatelessIf",
        "While",
        "StatelessWhile",
        "Case",
        "StatelessCase",
        "PartitionedCall",
        "StatefulPartitionedCall",
    ]
)
_NOT_A_REFUSAL = (
    "ResourceExhaustedError",
    "MemoryError",
    "UnimplementedError",
    "NotFoundError",
    "CannotReifyError",
    "RecursionError",
)
#: What no device has a kernel for.
_NO_CAST = re.compile(r"^Cast (string to \w+|\w+ to string) is not supported")

#: What a library raises where it does not take its arguments.
_REFUSALS = frozenset(
    {"InvalidArgumentError", "OutOfRangeError", "FailedPreconditionError", "ValueError", "TypeError", "IndexError"}
)


def confirm(query: Query, heap: Heap, session: Session, *, failing: bool = False) -> Refused | Value | None:
    """Return the exception that the call raises eagerly, whatever the unknown dims are.

    Where it runs after all, on sizes that are all known, return what it gives; else None. failing: only the exception is
    asked for.
    """
    given = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    tensors = [part for leaf in given for part in leaf.parts or (leaf,)]
    open_dims = (
        any(not tensor.fully_defined for tensor in tensors)
        or any(leaf.parts and not leaf.known for leaf in given)
        or unknown_sizes(query, heap)
    )
    total = sum(int(np.prod([dim or 2 for dim in erased(tensor.shape) or ()], dtype=np.float64)) for tensor in tensors)
    large = total > filling.MAX_ELEMENTS
    attempts: list[tuple[Callable[[int | None], int], int]]
    if total > MAX_EXACT:
        if any(abs(number) > MAX_PLAIN_INTEGER for number in _integers(query, heap)):
            return None
        attempts = [(scaling(), number) for number in range(filling.FILLINGS)]
    elif open_dims:
        attempts = [(functools.partial(_size, size), number) for number, size in enumerate((1, 2, 3, 7))]
    else:
        attempts = [(functools.partial(_size, 0), number) for number in range(2 if large else filling.FILLINGS)]
    found: Refused | None = None
    values: list[Value] = []
    for sizes, number in attempts:
        reifier = Reifier(heap, session, style="eager", sizes=sizes, callback=query.callback, filling=number)
        try:
            call = query.prepare(reifier)
        except Exception:  # no stand-in: nothing can be confirmed
            return None
        try:
            result = call()
        except (CannotReifyError, CallbackUnknown, MemoryError, RecursionError):
            return None
        except Exception as error:
            if is_own_fault(error):
                return None
            found = refusal(error)
            if values or (found.types[0] in _NOT_A_REFUSAL and not _NO_CAST.search(found.message)):
                return None
        else:
            if failing or found is not None or total > MAX_EXACT or open_dims:
                return None  # values or sizes decide
            # What a composite cannot tell in a graph (`RaggedTensor.to_list`) it tells here.
            keep = query.form == "method" and bool(given) and bool(given[0].parts) and all_known(query, heap)
            values.append(reflect(result, session, keep=keep, numbers=True))
        if not reifier.guessed:
            break  # nothing was filled in
    return merge(values, set(), True) if values else found


def _size(unknown: int, dim: int | None) -> int:
    return unknown if dim is None else dim


def fold(query: Query, heap: Heap, session: Session) -> Value | Refused | None:
    """Return what a pure call on known values gives, or raises, run for real; None where it could not be run."""
    reifier = Reifier(heap, session, style="eager")
    try:
        call = query.prepare(reifier)
    except Exception:  # no stand-in: the symbolic answer stands
        return None
    if reifier.guessed:
        return None
    try:
        return reflect(call(), session)
    except (CannotReifyError, MemoryError, RecursionError):
        return None
    except Exception as error:
        found = refusal(error)
        refuses = _REFUSALS & set(found.types) and found.type not in _NOT_A_REFUSAL
        return found if refuses or _NO_CAST.search(found.message) else None


def tried(query: Query, heap: Heap, session: Session) -> Value | None:
    """Return the spec of what a call gives where a graph does not tell it: two runs on small stand-ins, joined."""
    found: list[Value] = []
    for size in (2, 3):
        reifier = Reifier(heap, session, style="eager", sizes=functools.partial(_size, size))
        try:
            found.append(reflect(query.prepare(reifier)(), session, keep=False))
        except Exception:  # it is not to be had in this way
            return None
    return join_all(found)


def op_types(graph: FuncGraph) -> set[str]:
    """Return the types of the ops in a graph, those inside of its functions (branches, loops) too."""
    types = {operation.type for operation in graph.get_operations()}
    if types & _OF_FUNCTIONS:
        types |= {node.op for function in graph.as_graph_def().library.function for node in function.node_def}
    return types


def unknown_sizes(query: Query, heap: Heap) -> bool:
    """Say whether a shape takes part whose sizes are not all known; to a library it would seem to be open."""
    return any(isinstance(leaf, ShapeValue) and not leaf.complete for leaf in query.leaves(heap))


def all_known(query: Query, heap: Heap) -> bool:
    """Say whether the content of every tensor that takes part is known."""
    leaves = query.leaves(heap)
    for leaf in leaves:
        item = heap.get(leaf.address) if isinstance(leaf, Ref) else None
        if isinstance(item, LibraryObject) and not item.of_keras and moves(item):
            return False
    given = [leaf for leaf in leaves if isinstance(leaf, TensorValue)]
    return all(heap.settled(leaf).known and leaf.kind not in ("Variable", "KerasTensor") for leaf in given)


def gains(value: Value) -> bool:
    """Say whether a symbolic result consists of tensors, of which not all are known."""
    parts = _items(value)
    if parts is not None:
        tensors = [part for part in parts if isinstance(part, TensorValue) or _items(part) is not None]
        return len(tensors) == len(parts) and any(gains(part) for part in parts)
    return isinstance(value, TensorValue) and (value.kind == "Tensor" or bool(value.parts)) and not value.known


def is_small(value: Value, query: Query, heap: Heap, limit: int) -> bool:
    """Say whether all that a call on known values gives, and makes on its way, is known to be small.

    A dim that a graph leaves open follows the content of the arguments: of how many elements there are, of how long a
    text is, or of a number among them.
    """
    parts = _items(value)
    if parts is not None:
        return all(is_small(part, query, heap, limit) for part in parts)
    if not isinstance(value, TensorValue):
        return False
    if value.parts and (value.shape is None or any(part.shape is None for part in value.parts)):
        return False
    if value.shape is None:
        return _open_size(query, heap) ** UNKNOWN_DIMS <= MAX_OPEN
    sizes, unknown = 1.0, 0
    for dim in value.shape:
        if isinstance(dim, int):
            sizes *= dim
        else:
            unknown += 1
    return sizes <= limit if unknown == 0 else sizes * _open_size(query, heap) ** unknown <= MAX_OPEN


def elements(value: TensorValue) -> float:
    """Return how many elements a result has, dims that are not known left out."""
    return float(
        np.prod([dim for part in value.parts or (value,) for dim in erased(part.shape) or () if dim], dtype=np.float64)
    )


def _open_size(query: Query, heap: Heap) -> float:
    """Return what bounds a dim that follows the content of the arguments."""
    elements, number = 1.0, 1.0
    for leaf in query.leaves(heap):
        if isinstance(leaf, Const):
            array = np.asarray(leaf.value) if isinstance(leaf.value, (bool, int, float, str, bytes)) else np.zeros(())
            arrays = [array]
        elif isinstance(leaf, TensorValue):
            known = heap.settled(leaf)
            arrays = [part.content.array for part in known.parts or (known,) if part.content is not None]
        else:
            arrays = []
        for array in arrays:
            elements += array.size
            if array.dtype.kind in "OSU":
                elements += sum(len(item) for item in array.reshape(-1).tolist() if isinstance(item, (str, bytes)))
            elif array.dtype.kind in "iu" and array.size:
                number = max(number, abs(float(array.max())), abs(float(array.min())))
            elif array.dtype.kind == "f" and "range" in query.name and array.size:
                positive = np.abs(array[np.nonzero(array)].astype("float64"))
                number = max(number, float(positive.max(initial=1)), float((1 / positive).max(initial=1)))
    return elements * number


def _items(value: Value) -> tuple[Value, ...] | None:
    parts = getattr(value, "items", None)
    if isinstance(value, FreshDict):
        parts = tuple(part for _, part in value.items)
    return parts if isinstance(parts, tuple) and parts and all(isinstance(part, Value) for part in parts) else None


def _integers(query: Query, heap: Heap) -> list[int]:
    return [leaf.value for leaf in query.leaves(heap) if isinstance(leaf, Const) and type(leaf.value) is int]
