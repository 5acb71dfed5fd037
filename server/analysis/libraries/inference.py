"""Shapes in a graph of TensorFlow 1 where some tensors have the shapes that are fed.

The part of the graph that leads to what is fetched is imported into another one (`tf.import_graph_def`), the fed tensors replaced
by placeholders of their shapes: TensorFlow's shape functions do the rest. Where one of them refuses, the operation is run once
for real, on zeros: only what fails then too is a failure.
"""

from __future__ import annotations

import contextlib
import math
import re
from typing import Any

import numpy as np
import tensorflow as tf

from .classify import may_execute
from .reflect import dims_of

Dims = tuple[int | None, ...] | None
#: Elements of what is fed, and of the variables, that a failure may be confirmed with.
MAX_ELEMENTS = 5_000_000
_NODE = re.compile(r"\{\{node (?:import/)?([^}]+)\}\}")
_READS = ("ReadVariableOp", "Identity")
_VARIABLES = ("VarHandleOp", "VariableV2", "Variable")


def infer(graph: Any, targets: list[Any], fetches: list[Any], fed: dict[str, Dims]) -> tuple[list[Dims], str | None]:
    """Return the shapes of tensors where others have the shapes that are fed, and what TensorFlow says if those do not fit.

    What was stated by `set_shape` is taken from the graph itself: an import does not know of it.
    """
    static = [dims_of(tensor.shape) for tensor in fetches]
    found: dict[str, Dims] = dict(fed)
    says_more = any(dims is not None for dims in fed.values())
    if says_more and (targets or any(dims is None or None in dims for dims in static)):
        wanted = [tensor for tensor in fetches if tensor.name not in fed]
        try:
            found.update(_imported(graph, targets, wanted, fed))
        except ValueError as error:
            return static, _confirmed(graph, str(error), fed)
        except Exception:  # a graph that cannot be imported: what it says itself holds
            return static, None
    return [_merged(dims, found.get(tensor.name, dims)) for tensor, dims in zip(fetches, static, strict=True)], None


def _imported(graph: Any, targets: list[Any], fetches: list[Any], fed: dict[str, Dims]) -> dict[str, Dims]:
    names = sorted({*(op.name for op in targets), *(tensor.op.name for tensor in fetches)})
    if not names:
        return {}
    part = _part(graph, names)
    nodes = {node.name for node in part.node}
    with tf.Graph().as_default():
        inputs = {}
        for name, dims in fed.items():
            tensor = graph.get_tensor_by_name(name)
            if tensor.op.name in nodes:
                inputs[name] = tf.compat.v1.placeholder(tensor.dtype.base_dtype, dims)
        results = tf.import_graph_def(part, inputs, [tensor.name for tensor in fetches])
    return {tensor.name: dims_of(made.shape) for tensor, made in zip(fetches, results, strict=True)}


def _part(graph: Any, names: list[str]) -> Any:
    return tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), names)


def _merged(static: Dims, found: Dims) -> Dims:
    """Return what two shapes say together; where they differ, the program's own graph is believed."""
    if static is None or found is None:
        return found if static is None else static
    if len(static) != len(found):
        return static
    return tuple(b if a is None else a for a, b in zip(static, found, strict=True))


# Failures -----------------------------------------------------------------------------------------------------------


def _confirmed(graph: Any, message: str, fed: dict[str, Dims]) -> str | None:
    """Return what the operation that a shape function refuses says when it is run; None where it runs, or may not be run."""
    named = _NODE.search(message)
    if named is None:
        return None
    name = named[1]
    with contextlib.suppress(Exception):
        part = _part(graph, [name])
        zeros = _zeros(graph, part, fed)
        if zeros is None:
            return None
        scratch = tf.Graph()
        with scratch.as_default():
            inputs = {at: tf.compat.v1.placeholder(array.dtype) for at, array in zeros.items()}
            (op,) = tf.import_graph_def(part, inputs, [name])
        if not may_execute(_computed(op)):
            return None
        config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        with tf.compat.v1.Session(graph=scratch, config=config) as session:
            try:
                session.run(op, {inputs[at]: array for at, array in zeros.items()})
            except tf.errors.InvalidArgumentError as error:
                same = error.op is None or error.op is op or error.op.name == op.name
                return _words(error.message, name) if same else None
    return None


def _zeros(graph: Any, part: Any, fed: dict[str, Dims]) -> dict[str, Any] | None:
    """Return zeros for all that a part of a graph gets from outside: what is fed, stand-ins, and the values of variables."""
    wanted: dict[str, Dims] = {}
    nodes = {node.name: node for node in part.node}
    for name, dims in fed.items():
        if graph.get_tensor_by_name(name).op.name in nodes:
            wanted[name] = dims
    for node in part.node:
        reads = node.op in _READS and any(nodes[at.split(":")[0]].op in _VARIABLES for at in node.input if at in nodes)
        if (node.op == "Placeholder" or reads) and f"{node.name}:0" not in wanted:
            wanted[f"{node.name}:0"] = dims_of(graph.get_tensor_by_name(f"{node.name}:0").shape)
    zeros: dict[str, Any] = {}
    total = 0
    for name, dims in wanted.items():
        dtype = graph.get_tensor_by_name(name).dtype.base_dtype
        sizes = [dim for dim in dims or () if dim is not None]
        total += math.prod(sizes)
        if dims is None or len(sizes) < len(dims) or total > MAX_ELEMENTS or not dtype.is_numpy_compatible:
            return None
        zeros[name] = np.full(sizes, b"", object) if dtype == tf.string else np.zeros(sizes, dtype.as_numpy_dtype)
    return zeros


def _computed(op: Any) -> set[str]:
    """Return the types of the operations that running one of them runs."""
    seen, todo = {op}, [op]
    while todo:
        before = todo.pop()
        for other in [*(tensor.op for tensor in before.inputs), *before.control_inputs]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return {each.type for each in seen}


def _words(message: str, name: str) -> str:
    """Return the complaint itself, without the places where the graph was built."""
    lines = [line.strip() for line in message.splitlines()]
    behind = next((index for index, line in enumerate(lines) if line.startswith("Node:")), -1)
    said = next((line for line in lines[behind + 1 :] if line), message)
    return f"{said} ({name})"
