"""What gradient tapes learn of a library call: what its results come from, and which variables it has read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf

from ..values import Heap, Ref, TensorValue
from ..values.tapes import TapeObject
from ..values.traces import Trace
from . import keras_hooks
from .flows import Flow, flows_of, traces_of
from .query import Query
from .reflect import is_keras_variable
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError, ContentNeeded


def recorded(tapes: Sequence[int], heap: Heap) -> bool:
    """Say whether one of the tapes around the running code records what is called."""
    around = [heap.get(address) for address in tapes]
    return any(not isinstance(tape, TapeObject) or tape.recording for tape in around)


def flows_in(
    query: Query, seen: list[Any], reifier: Reifier, graph: Any, reading: keras_hooks.Reading | None, made: Any
) -> tuple[Flow, ...] | None:
    """Return what the tensors of a result come from; None where nobody knows.

    seen: the tensors in the result. reifier: made the arguments. reading: the variables read, while a tape records.
    made: the object that was called.
    """
    session = reifier.session
    if query.form in ("object", "attribute") and isinstance(query.args[0], Ref):
        kept = [isinstance(item, tf.Variable) or is_keras_variable(item) for item in seen]
        if any(kept):
            # Variables that the object keeps: each is itself, whenever it is asked for.
            return tuple(
                Flow(known=False, trace=session.trace_of(item) if keep else None)
                for item, keep in zip(seen, kept, strict=True)
            )
    if query.form == "model":
        return tuple(Flow(derived=reading is not None) for _ in seen)
    count = sum(isinstance(leaf, TensorValue) and leaf.is_traced for leaf in query.leaves(reifier.heap))
    if session.called_back or count != len(reifier.tensors):
        return None
    return flows_of(seen, reifier.tensors, graph, reading, made)


def traces(
    query: Query, heap: Heap, flows: tuple[Flow, ...] | None, tapes: Sequence[int], session: Session
) -> Iterator[Trace | None] | None:
    """Return the traces of the tensors in a result, in order."""
    if flows is None:
        return None
    weights: list[Trace] = []
    if any(flow.weights for flow in flows) and isinstance(query.args[0], Ref):
        try:
            with keras_hooks.without_memory():
                made = Reifier(heap, session).reify(query.args[0])
            weights = [session.trace_of(variable) for variable in keras_hooks.variables_of(made)]
        except (CannotReifyError, ContentNeeded):
            pass  # weights that are not found are taken for any
    leaves = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue) and leaf.is_traced]
    return traces_of(flows, leaves, weights, tapes, heap)
