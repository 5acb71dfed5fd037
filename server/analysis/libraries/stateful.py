"""Which objects of a library live on the heap by their recipe, and what tells that one has changed."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

from ..values import LibraryObject
from ..values.fresh import FreshObject
from . import symbols
from .keras_hooks import keras, variables_of

#: What a Keras object is called in reports, by the first of its bases that has a name here.
_KINDS = (
    "Model",
    "Metric",
    "Layer",
    "Loss",
    "Optimizer",
    "Initializer",
    "Regularizer",
    "Constraint",
    "SeedGenerator",
    "Schedule",
    "Quantizer",
    "QuantizationConfig",
)


def _bases() -> list[tuple[str, type]]:
    if keras is None:
        return []
    homes: dict[str, Any] = {
        "Model": keras.Model,
        "Layer": keras.layers.Layer,
        "Loss": keras.losses.Loss,
        "Metric": keras.metrics.Metric,
        "Optimizer": keras.optimizers.Optimizer,
        "Initializer": keras.initializers.Initializer,
        "Regularizer": keras.regularizers.Regularizer,
        "Constraint": keras.constraints.Constraint,
    }
    homes["Schedule"] = keras.optimizers.schedules.LearningRateSchedule
    if hasattr(keras, "random") and hasattr(keras.random, "SeedGenerator"):
        homes["SeedGenerator"] = keras.random.SeedGenerator
    quantizers = getattr(keras, "quantizers", None)  # Keras 3
    for name in ("Quantizer", "QuantizationConfig"):
        if hasattr(quantizers, name):
            homes[name] = getattr(quantizers, name)
    return [(name, homes[name]) for name in _KINDS if name in homes]


_BASES = _bases()


def is_stateful_class(made: Any) -> bool:
    """Say whether an object is one that the heap keeps a recipe of."""
    return any(isinstance(made, base) for _, base in _BASES)


def stateful_kind(made: Any) -> str:
    """Return the kind of such an object: Layer, Model, Loss and so on."""
    return next((name for name, base in _BASES if isinstance(made, base)), "object")


def part_of_another(made: Any, path: tuple[int, ...]) -> FreshObject:
    """Return what stands for a part of another object (a layer of a model), its recipe still to be filled in."""
    item = LibraryObject(
        symbol=_public_name(type(made)),
        kind=stateful_kind(made),
        title=type(made).__name__,
        life="inner",
        form="",
        path=path,
    )
    return FreshObject(item=item)


def _public_name(cls: type) -> str:
    """Return the public name of a class, or of the nearest of its bases that has one."""
    for base in cls.__mro__:
        own = base.__dict__.get("_api_export_path") or base.__dict__.get("_keras_api_names")
        for name in [own] if isinstance(own, str) else own or ():
            entry = symbols.resolve(name)
            if entry is not None:
                return entry.name
    return "keras.layers.Layer"


def class_of(symbol: str) -> Any:
    """Return the class of what a public name makes; of a function that makes models, `keras.Model`; else None."""
    entry = symbols.resolve(symbol)
    if entry is None:
        return None
    return entry.object if entry.kind == "class" else keras.Model


def object_fingerprint(made: Any) -> Hashable:
    """Return what changes when a layer or a model is built or added to."""
    weights = getattr(made, "weights", None) if _countable(made) else ()
    layers = getattr(made, "_layers", None) or getattr(made, "_self_tracked_trackables", None)  # Keras 3, Keras 2
    return (getattr(made, "built", None), len(weights or ()), len(layers or ()))


def _countable(made: Any) -> bool:
    # A Sequential of Keras 2 that is not built raises when it is asked for its weights.
    return bool(getattr(made, "built", False)) and hasattr(type(made), "weights")


def weight_count(made: Any) -> int:
    """Return how many numbers the weights of an object hold, as far as they are made."""
    try:
        return sum(math.prod(int(dim) for dim in weight.shape) for weight in made.weights)
    except Exception:  # not built, or nothing that has weights
        return 0


def weight_specs(made: Any) -> Hashable:
    """Return the specs of the variables of an object, in order."""
    return tuple((tuple(weight.shape), str(weight.dtype), weight.trainable) for weight in variables_of(made))
