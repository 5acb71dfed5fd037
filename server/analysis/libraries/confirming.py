"""What a scratch graph has refused, or computed, is tried for real: where the program runs eagerly, and where that is small."""

from __future__ import annotations

from tensorflow.python.framework.func_graph import FuncGraph

from ..values import DatasetValue, Heap, TensorValue, Value
from . import eager, kernels, recipes
from .classify import may_execute, verdict
from .models.datasets import is_about_datasets
from .natures import runnable
from .outcome import NotKnown, Outcome, Refused, Returned
from .query import Query
from .session import Session

#: Data sets that are made of tensors: nothing is drawn from one where it is made.
_MADE_EAGERLY = ("tensorflow.data.Dataset.from_tensor_slices", "tensorflow.data.Dataset.from_tensors")


def judged(query: Query, heap: Heap, refused: Refused, large: bool, session: Session) -> Outcome:
    """Confirm a symbolic failure where the program runs eagerly; not with a layer of large weights."""
    if query.form == "method" and isinstance(query.args[0], DatasetValue):
        return refused  # a dataset traces what it is given, in eager code too
    if query.form == "model" and is_about_datasets(query.name):
        return refused
    symbolic = any(isinstance(leaf, TensorValue) and leaf.kind == "KerasTensor" for leaf in query.leaves(heap))
    if query.mode == "graph" or symbolic:
        return NotKnown("a size is not known") if eager.unknown_sizes(query, heap) else refused
    if query.name == "tensorflow.data.Dataset.from_tensor_slices" and "not compatible" in refused.message:
        return refused  # lengths are compared in Python, in a graph or not
    if query.name == "tensorflow.data.experimental.DatasetInitializer":
        return refused  # so are the specs of elements
    if query.form == "object" and query.name == "set_weights":
        return refused  # and shapes of weights; run for real, the layer would be one that no model has built
    if query.form == "symbol" and query.name not in _MADE_EAGERLY and not verdict(query.name).may_confirm:
        return NotKnown("fails in a graph; it is not run for real")
    live = recipes.receiver_of(query, heap)
    if live is not None and recipes.waits(live):
        return NotKnown("fails in a graph; it might wait, run for real")
    if large:
        return NotKnown("fails in a graph; the layer is too large to be run")
    confirmed = eager.confirm(query, heap, session)
    if isinstance(confirmed, Value) and query.name == "tensorflow.Variable":
        return NotKnown("fails in a graph alone")
    if isinstance(confirmed, Value):
        # An object of Keras would have to be kept as that run has left it.
        return Returned(confirmed) if query.form != "object" else NotKnown("fails in a graph alone")
    return NotKnown("fails in a graph alone") if confirmed is None else confirmed


def fits_in(value: Value) -> bool:
    """Say whether a result is small."""
    return not isinstance(value, TensorValue) or eager.elements(value) <= kernels.MAX_ELEMENTS


def folded(
    query: Query, heap: Heap, graph: FuncGraph, value: Value, session: Session, limit: int
) -> Value | Refused | None:
    """Run a pure call on known values for real, where its results are known to be small."""
    if query.mode != "eager" or limit <= 0 or not runnable(query, heap):
        return None
    ops = eager.op_types(graph)
    if len(graph.get_operations()) > kernels.MAX_OPERATIONS and "Assert" not in ops:
        return None
    # A graph only holds an assertion; run, it fails.
    if not (eager.gains(value) or "Assert" in ops) or not eager.all_known(query, heap):
        return None
    if not eager.is_small(value, query, heap, limit) or not may_execute(ops):
        return None
    found = eager.fold(query, heap, session)
    return None if isinstance(found, Value) and ops & kernels.LEAVES_MEMORY else found
