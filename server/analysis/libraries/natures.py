"""Of what nature a call is: whether Keras takes part, whether it only computes, whether it makes an object of Keras."""

from __future__ import annotations

from ..values import Heap, LibraryObject, Ref, Symbol, TensorValue
from ..values.tensors import COMPOSITE_KINDS
from . import recipes, symbols
from .classification.keras_rules import is_keras, makes_models
from .classify import classify
from .query import Query

#: Classes of Keras whose objects are tensors to the analysis.
_SPECS = ("keras.Variable", "keras.KerasTensor")


def of_keras(query: Query, heap: Heap) -> bool:
    """Say whether Keras takes part in a call."""
    if is_keras(query.name):
        return True
    for leaf in query.leaves(heap):
        item = heap.get(leaf.address) if isinstance(leaf, Ref) else None
        if isinstance(item, LibraryObject) and is_keras(item.symbol):
            return True
        if isinstance(leaf, TensorValue) and (leaf.kind == "KerasTensor" or leaf.library == "keras"):
            return True
        if isinstance(leaf, Symbol) and is_keras(leaf.name):
            return True
    return False


def runnable(query: Query, heap: Heap) -> bool:
    """Say whether a call is one that computes and does nothing else."""
    live = recipes.receiver_of(query, heap)
    if live is not None:
        return not recipes.moves(live)
    if query.form == "symbol":
        return classify(query.name) == "executable"
    if query.form in ("method", "attribute"):
        receiver = query.args[0]
        return isinstance(receiver, TensorValue) and receiver.kind in COMPOSITE_KINDS
    return query.form == "operator"


def constructs(query: Query) -> bool:
    """Say whether the call makes a layer, a model, a loss: an object of Keras that keeps state."""
    if query.form != "symbol" or not is_keras(query.name) or query.name in _SPECS:
        return False
    entry = symbols.resolve(query.name)
    return entry is not None and (entry.kind == "class" or makes_models(query.name))
