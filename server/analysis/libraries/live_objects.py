"""Objects of TensorFlow 1 that an analysis keeps alive: graphs, operations, optimizers, scopes, sessions.

Which of their members may be read or called, by class. All that is listed adds to a graph or looks at it; what would read or
write files, or run something, is not.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import tensorflow as tf

from . import symbols
from .sessions import ProgramSession

_v1 = tf.compat.v1

#: By class: its name in reports, what may be read, and what may be called.
_Members = tuple[str, frozenset[str], frozenset[str]]


def _members(kind: str, attributes: str, methods: str) -> _Members:
    return kind, frozenset(attributes.split()), frozenset(methods.split())


_GRAPH = """as_default get_tensor_by_name get_operation_by_name get_operations get_all_collection_keys get_collection
    get_collection_ref add_to_collection add_to_collections name_scope device control_dependencies unique_name
    as_graph_element is_feedable is_fetchable get_name_scope colocate_with"""
_LAYER = """apply zero_state get_initial_state"""


@functools.cache
def _table() -> list[tuple[type, _Members]]:
    found: list[tuple[type, _Members]] = [
        (ProgramSession, _members("Session", "graph", "run close as_default")),
        (tf.Graph, _members("Graph", "seed finalized building_function", _GRAPH)),
        (
            tf.Operation,
            _members("Operation", "name type inputs outputs graph control_inputs device", "run values get_attr"),
        ),
        (
            _v1.train.Optimizer,
            _members(
                "Optimizer", "", "minimize compute_gradients apply_gradients get_slot get_slot_names variables get_name"
            ),
        ),
        (_v1.train.ExponentialMovingAverage, _members("object", "name", "apply average average_name")),
        (
            _v1.VariableScope,
            _members(
                "object", "name original_name_scope reuse dtype", "reuse_variables global_variables trainable_variables"
            ),
        ),
    ]
    for name, attributes in (
        ("layers.Layer", "name weights trainable_weights variables trainable_variables kernel bias built"),
        ("nn.rnn_cell.RNNCell", "name state_size output_size weights trainable_weights variables"),
    ):
        entry = symbols.resolve(f"tensorflow.compat.v1.{name}")
        if entry is not None and inspect.isclass(entry.object):
            found.append((entry.object, _members("Layer", attributes, _LAYER)))
    return found


#: What is called itself, and gives a tensor.
_CALLED = ("Initializer", "Layer", "RNNCell", "_Regularizer")


def described(made: Any) -> _Members | None:
    """Return the kind of an object and its members; None for one that is not kept alive."""
    for class_, members in _table():
        if isinstance(made, class_):
            return members
    names = {base.__name__ for base in type(made).__mro__}
    if "Initializer" in names:
        return _members("Initializer", "", "")
    if hasattr(type(made), "__enter__") and (type(made).__module__ or "").startswith(("tensorflow.", "contextlib")):
        return _members("object", "name", "")
    if "Iterator" in names and (type(made).__module__ or "").startswith("tensorflow."):
        return _members("Iterator", "initializer output_shapes output_types output_classes", "get_next")
    return None


def is_called(made: Any) -> bool:
    """Say whether an object may be called: a layer, a cell, an initializer."""
    return any(base.__name__ in _CALLED for base in type(made).__mro__)
