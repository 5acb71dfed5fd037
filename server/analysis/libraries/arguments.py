"""Calls of pure names whose arguments make them touch files or load code."""

from __future__ import annotations

from ..values import Const, DictObject, Heap, Ref, Scalar, Value
from ..values.fresh import FreshDict
from .classification.keras_rules import is_keras, makes_models
from .keras_files import fetches_nothing, weights_argument
from .query import Query

#: Layers that read their vocabulary from a file where it is given as a path, and where it stands by position.
_VOCABULARIES = {"StringLookup": 4, "IntegerLookup": 4, "TextVectorization": 7}


def reads_outside(query: Query, heap: Heap) -> str | None:
    """Say why a call is not made: it would read a file, or make objects (and import modules) by a config."""
    if not is_keras(query.name):
        return None
    if query.form == "symbol" and makes_models(query.name) and "applications" in query.name:
        weights = weights_argument(query.name, query.args, dict(query.kwargs))
        if isinstance(weights, Const):
            weights = weights.value
        if isinstance(weights, Value) or not fetches_nothing(weights):
            return "weights are not read from a file"
    place = _VOCABULARIES.get(query.name.rpartition(".")[2])
    if place is not None:
        given = [value for name, value in query.kwargs if name == "vocabulary"]
        given += query.args[place : place + 1]
        for value in given:
            if isinstance(value, Scalar) or (isinstance(value, Const) and value.value is not None):
                return "a vocabulary is not read from a file"
    for leaf in query.leaves(heap):
        item = heap.get(leaf.address) if isinstance(leaf, Ref) else leaf
        if isinstance(item, (DictObject, FreshDict)) and item.items is not None:
            if any(isinstance(key, Const) and key.value == "class_name" for key, _ in item.items):
                return "objects are not made from a config"
    return None
