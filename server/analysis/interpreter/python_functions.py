"""`tf.py_function` and `tf.numpy_function`: Python of the program that runs eagerly, in graphs too.

Source: tensorflow/python/ops/script_ops.py. In eager code `numpy_function` calls the function itself and does not look
at `Tout`; `py_function` converts what it gives. In a graph nothing is known of the shapes.
"""

from __future__ import annotations

import ast
import dataclasses

import tensorflow as tf

from ..libraries.outcome import Returned
from ..libraries.query import Query
from ..libraries.reify import Reifier
from ..libraries.standins import CannotReifyError
from ..values import Const, ListObject, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.tensors import Content
from .control_flow import bound
from .core import Frame, Interpreter
from .instances import invoke
from .library_calls import Arguments, ask
from .library_models import models
from .sequences import known_items


@models("tensorflow.py_function", "tensorflow.numpy_function", "tensorflow.compat.v1.py_func")
def _called(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    given = bound(arguments, "func", "inp", "Tout", "stateful", "name")
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    arrays = name != "py_function"
    function, inputs = given.get("func"), given.get("inp", Const(None))
    items = known_items(interp, inputs) if isinstance(inputs, (Ref, TupleValue)) else None
    if function is None or items is None:
        interp.heap.escape([value for value in (function, inputs) if value is not None], "called with unknown inputs")
        return of_dtypes(interp, given.get("Tout", Const(None)))
    eager = interp.mode(frame) == "eager"
    values = [_input(interp, frame, node, item, arrays, eager) for item in items]
    inner = dataclasses.replace(frame, mode="eager", returns=[], loops=[])
    if eager:
        result = invoke(interp, inner, function, tuple(values), (), node)
        found = _results(interp, result)
        if arrays:
            return _flat(interp, inner, node, found, None)
        return _flat(interp, inner, node, found, given.get("Tout", Const(None)))
    # It runs when the graph does: whether that ever happens nobody knows.
    before = interp.heap
    interp.heap = before.fork()
    with interp.guessing():
        invoke(interp, inner, function, tuple(values), (), node)
    interp.raised = False
    interp.heap = interp.joined([before, interp.heap])
    return of_dtypes(interp, given.get("Tout", Const(None)))


def _input(interp: Interpreter, frame: Frame, node: ast.Call, value: Value, arrays: bool, eager: bool) -> Value:
    """Return what the function gets of an input: an eager tensor, or an array."""
    if not eager and isinstance(value, TensorValue) and not value.is_numpy:
        value = value.forgotten()
    query = Query("symbol", "tensorflow.convert_to_tensor", (value,), mode="eager")
    if not isinstance(value, TensorValue) or value.kind != "Tensor":
        value = ask(interp, frame, None, query.name, query, Arguments((), ()))  # type: ignore[arg-type]
    if not arrays or not isinstance(value, TensorValue):
        return value
    if value.dtype == "string" or value.shape is None:
        return Unknown("an array of unknown rank or of bytes")
    storage, version = interp.heap.new_storage()
    # Numbers too are arrays here, of rank 0.
    content = None if value.content is None else Content(value.content.array)
    return TensorValue(
        kind="ndarray", dtype=value.dtype, shape=value.shape, content=content, storage=storage, version=version
    )


def _results(interp: Interpreter, result: Value) -> list[Value] | None:
    """Return the results of the function, one or several; None where they are not known."""
    item = interp.heap.get(result.address) if isinstance(result, Ref) else None
    if isinstance(result, TupleValue) or (isinstance(item, ListObject) and item.name == "list"):
        return known_items(interp, result)
    return None if isinstance(result, (Unknown, Ref)) else [result]


def _flat(interp: Interpreter, frame: Frame, node: ast.Call, found: list[Value] | None, out: Value | None) -> Value:
    """Return results as tensors: of the dtypes of `out`, or of their own where that is not looked at."""
    several, dtypes = False, None
    if out is not None:
        listed = known_items(interp, out) if isinstance(out, (Ref, TupleValue)) else None
        several, dtypes = listed is not None, listed if listed is not None else [out]
    if found is None or (dtypes is not None and several and len(dtypes) != len(found)):
        return of_dtypes(interp, out) if out is not None else Unknown("what a function gives is not known")
    values: list[Value] = []
    for index, value in enumerate(found if several or out is None else found[:1]):
        if value == Const(None):
            values.append(value)
            continue
        args = (value,) if dtypes is None else (value, dtypes[index])
        query = Query("symbol", "tensorflow.convert_to_tensor", args, mode="eager")
        answer = interp.bridge.call(query, interp.heap)
        values.append(answer.outcome.value if isinstance(answer.outcome, Returned) else Unknown("is not converted"))
    if (out is None and len(values) == 1) or (out is not None and not several):
        return values[0] if values else Const(None)
    return Ref(interp.heap.allocate(ListObject(tuple(values))))


def of_dtypes(interp: Interpreter, out: Value) -> Value:
    """Return tensors of dtypes, in the structure in which these are asked for: all that a graph knows of such results."""
    listed = known_items(interp, out) if isinstance(out, (Ref, TupleValue)) else None
    if listed is not None:
        return Ref(interp.heap.allocate(ListObject(tuple(of_dtypes(interp, part) for part in listed))))
    try:
        return TensorValue(dtype=tf.as_dtype(Reifier(interp.heap, interp.bridge.session).reify(out)).name)
    except (CannotReifyError, TypeError):
        return Unknown("Tout is no dtype that is known")
