"""Sessions of TensorFlow 1 that check everything and run nothing.

`ProgramSession` is a `tf.compat.v1.Session` without a session behind it. Looking up what is fetched, converting and checking
what is fed, and putting results into the structure of the fetches is TensorFlow's own code (`BaseSession._run`); where that
would start the computation, the shapes of the fetched tensors are inferred anew for the shapes that are fed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from typing import Any

import tensorflow as tf

from .reflect import dims_of
from .standins import STAND_INS

Dims = tuple[int | None, ...] | None

#: Ops after which it is not certain that their inputs are computed: branches, functions, and what looks at shapes alone.
_OPAQUE = frozenset(
    [
        "If",
        "StatelessIf",
        "While",
        "StatelessWhile",
        "Case",
        "StatelessCase",
        "PartitionedCall",
        "StatefulPartitionedCall",
        "Merge",
        "RefMerge",
        "Exit",
        "RefExit",
        "Shape",
        "ShapeN",
        "Size",
        "Rank",
        "ZerosLike",
        "OnesLike",
        "PlaceholderWithDefault",
    ]
)


@dataclasses.dataclass(frozen=True)
class Fetched:
    """The result of a fetched tensor: an array, or what NumPy makes of a scalar."""

    dtype: Any
    dims: Dims
    content: Any = None


class ProgramSession(tf.compat.v1.Session):  # type: ignore[misc]
    """A session of the program."""

    def __init__(self, target: Any = "", graph: Any = None, config: Any = None) -> None:
        del target, config
        if graph is not None and not isinstance(graph, tf.Graph):
            raise TypeError(f'Argument `graph` must be a tf.Graph, but got "{type(graph).__name__}"')
        self._graph = tf.compat.v1.get_default_graph() if graph is None else graph
        self._closed = False
        self._session = None
        self._default_graph_context_manager = None
        self._default_session_context_manager = None
        #: What is known of the shapes of what is fed, by the names of tensors; every feed stands here during `run`.
        self.fed: dict[str, Dims] | None = {}
        self._seen: dict[Any, list[Dims]] = {}

    def __del__(self) -> None:
        """Do nothing: there is nothing to be closed."""

    def close(self) -> None:
        """Do nothing: whether the program closes it first is not followed."""

    def _do_run(
        self, handle: Any, target_list: Any, fetch_list: Any, feed_dict: Any, options: Any, run_metadata: Any
    ) -> list[Any]:
        """Return what the fetched tensors are; nothing is computed."""
        del handle, options, run_metadata
        fed = {
            ref.deref().name: (self.fed or {}).get(ref.deref().name, array.shape) for ref, array in feed_dict.items()
        }
        if self.fed is not None:
            _demand_feeds([*target_list, *(tensor.op for tensor in fetch_list)], fetch_list, fed)
        dims = self._infer(fetch_list, fed)
        return [_fetched(tensor, shape, fed) for tensor, shape in zip(fetch_list, dims, strict=True)]

    def _infer(self, fetches: list[Any], fed: dict[str, Dims]) -> list[Dims]:
        key = (self._graph.version, tuple(t.name for t in fetches), tuple(sorted(fed.items())))
        if key not in self._seen:
            self._seen[key] = infer(self._graph, fetches, fed)
        return self._seen[key]


def _fetched(tensor: Any, dims: Dims, fed: dict[str, Dims]) -> Fetched:
    content = None
    if (
        tensor.name not in fed
        and dims is not None
        and None not in dims
        and math.prod(dim or 0 for dim in dims) <= 10_000
    ):
        content = tf.get_static_value(tensor)
    return Fetched(tensor.dtype.base_dtype, dims, content)


def _demand_feeds(targets: list[Any], fetches: list[Any], fed: dict[str, Dims]) -> None:
    """Raise what TensorFlow raises for a placeholder that is certainly needed and not fed.

    Raises:
        InvalidArgumentError: "You must feed a value for placeholder tensor".
    """
    computed = {tensor.op for tensor in fetches if tensor.name not in fed}
    todo = [op for op in targets if op in computed or all(tensor.op is not op for tensor in fetches)]
    seen = set(todo)
    while todo:
        op = todo.pop()
        if op.type == "Placeholder" and not op.name.startswith(STAND_INS) and op.outputs[0].name not in fed:
            shape = "" if op.outputs[0].shape.rank is None else f" and shape {_written(op.outputs[0].shape)}"
            name = {"float32": "float", "float64": "double"}.get(op.outputs[0].dtype.name, op.outputs[0].dtype.name)
            message = f"You must feed a value for placeholder tensor '{op.name}' with dtype {name}{shape}"
            raise tf.errors.InvalidArgumentError(None, op, message)
        if op.type in _OPAQUE:
            continue
        before = [tensor.op for tensor in op.inputs if tensor.name not in fed] + list(op.control_inputs)
        for other in before:
            if other not in seen:
                seen.add(other)
                todo.append(other)


def _written(shape: Any) -> str:
    return "[" + ",".join("?" if dim is None else str(dim) for dim in shape.as_list()) + "]"


def infer(graph: Any, fetches: list[Any], fed: dict[str, Dims]) -> list[Dims]:
    """Return the shapes of tensors where others have the shapes that are fed.

    The part of the graph that leads to them is imported into another one (`tf.import_graph_def`), the fed tensors replaced by
    placeholders: TensorFlow's shape functions do the rest. What was stated by `set_shape` is taken from the graph itself.
    """
    static = [dims_of(tensor.shape) for tensor in fetches]
    open_ = [
        tensor
        for tensor, dims in zip(fetches, static, strict=True)
        if (dims is None or None in dims) and tensor.name not in fed
    ]
    found: dict[str, Dims] = dict(fed)
    if open_ and fed:
        # A graph that cannot be imported, or shapes that do not fit: what is known holds.
        with contextlib.suppress(Exception):
            found.update(_imported(graph, open_, fed))
    return [_merged(dims, found.get(tensor.name, dims)) for tensor, dims in zip(fetches, static, strict=True)]


def _imported(graph: Any, fetches: list[Any], fed: dict[str, Dims]) -> dict[str, Dims]:
    names = sorted({tensor.op.name for tensor in fetches})
    part = tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), names)
    nodes = {node.name for node in part.node}
    scratch = tf.Graph()
    with scratch.as_default():
        inputs = {}
        for name, dims in fed.items():
            tensor = graph.get_tensor_by_name(name)
            if tensor.op.name in nodes:
                inputs[name] = tf.compat.v1.placeholder(tensor.dtype.base_dtype, dims)
        results = tf.import_graph_def(part, inputs, [tensor.name for tensor in fetches])
    return {tensor.name: dims_of(made.shape) for tensor, made in zip(fetches, results, strict=True)}


def _merged(static: Dims, found: Dims) -> Dims:
    """Return what two shapes say together; where they differ, the program's own graph is believed."""
    if static is None or found is None:
        return found if static is None else static
    if len(static) != len(found):
        return static
    return tuple(b if a is None else a for a, b in zip(static, found, strict=True))
