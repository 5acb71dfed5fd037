"""Sessions of TensorFlow 1 that check everything and run nothing.

`ProgramSession` is a `tf.compat.v1.Session` without a session behind it. Looking up what is fetched, converting and checking
what is fed, and putting results into the structure of the fetches is TensorFlow's own code (`BaseSession._run`); where that
would start the computation, the shapes of the fetched tensors are inferred anew for the shapes that are fed.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import tensorflow as tf

from .inference import Dims, infer
from .standins import STAND_INS

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
        self._seen: dict[Any, tuple[list[Dims], str | None]] = {}

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
        dims = self._infer(target_list, fetch_list, fed)
        return [_fetched(tensor, shape, fed) for tensor, shape in zip(fetch_list, dims, strict=True)]

    def _infer(self, targets: list[Any], fetches: list[Any], fed: dict[str, Dims]) -> list[Dims]:
        names = (tuple(op.name for op in targets), tuple(tensor.name for tensor in fetches))
        key = (self._graph.version, names, tuple(sorted(fed.items())))
        if key not in self._seen:
            self._seen[key] = infer(self._graph, targets, fetches, fed)
        found, failure = self._seen[key]
        if failure is not None:
            raise tf.errors.InvalidArgumentError(None, None, failure)
        return found


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
