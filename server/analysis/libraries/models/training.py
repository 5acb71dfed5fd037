"""Training: what `fit`, `evaluate` and their like do with data, losses and metrics, asked of Keras itself.

Three questions. What the data adapter makes of the arrays that are passed: whether it takes them, and which dtypes a batch
then has. What the losses and metrics given to `compile` say of labels and predictions: they are compiled into a model
without layers, and computed on symbolic tensors, as `Model._symbolic_build` and the first traced step do. And of a model that
is made by Keras, how its outputs are called and activated.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from ..keras_hooks import keras, keras_major
from ..query import asks
from ..standins import ArraySpec, CannotReifyError

DATA = "keras.Model data"
LOSS = "keras.Model losses"
METRICS = "keras.Model metrics"
COMPILE = "keras.Model.compile"
OUTPUTS = "keras.Model outputs"
#: Methods that are given data, and whether they train.
METHODS = {
    "fit": True,
    "train_on_batch": True,
    "evaluate": False,
    "test_on_batch": False,
    "predict": False,
    "predict_on_batch": False,
}


def parameters(name: str) -> inspect.Signature | None:
    """Return the signature of a method of `keras.Model`, without `self`."""
    method = getattr(getattr(keras, "Model", None), name, None)
    if method is None:
        return None
    signature = inspect.signature(method)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


# Data ----------------------------------------------------------------------------------------------------------------


@asks(DATA)
def _data(detail: Any) -> Callable[..., Any]:
    _name, in_batches = detail

    def ask(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
        given = _of_one_length((x, y, sample_weight))
        return _adapted(*given) if in_batches else _one_batch(*given)

    return ask


def _flat(structure: Any) -> list[Any]:
    return list(tf.nest.flatten(structure))


def _of_one_length(data: Any) -> Any:
    """Return data with the common length where one is not known: a length that nobody knows is no fault."""
    lengths = [leaf.shape[0] for leaf in _flat(data) if isinstance(leaf, ArraySpec) and leaf.shape]
    lengths += [leaf.shape[0] for leaf in _flat(data) if isinstance(leaf, tf.Tensor) and leaf.shape.rank]
    known = [length for length in lengths if length is not None]
    common = known[0] if known else 1

    def filled(leaf: Any) -> Any:
        if isinstance(leaf, ArraySpec) and leaf.shape and leaf.shape[0] is None:
            return ArraySpec(leaf.dtype, (common, *leaf.shape[1:]))
        if tf.is_tensor(leaf):
            if not isinstance(leaf, tf.Tensor) or leaf.shape.rank is None:
                raise CannotReifyError("data of unknown rank, or that is no plain tensor")
            if leaf.shape.rank and leaf.shape[0] is None:
                return tf.compat.v1.placeholder(leaf.dtype, (common, *leaf.shape[1:]))
        return leaf

    return tf.nest.map_structure(filled, data)


def _adapted(x: Any, y: Any, sample_weight: Any) -> Any:
    """Return a batch of arrays as the adapter makes it: (x,), (x, y) or (x, y, sample_weight).

    Raises:
        ValueError: the adapter does not take them.
    """
    if keras_major() >= 3:
        from keras.src.trainers import data_adapters

        adapter = data_adapters.get_data_adapter(x=x, y=y, sample_weight=sample_weight)
        if not isinstance(adapter, data_adapters.ArrayDataAdapter):
            raise CannotReifyError("data that is no array")
        given = (x,) if y is None else adapter._inputs
        return keras.tree.map_structure(_batch, tuple(given))
    from keras.src.engine import data_adapter

    if data_adapter.select_data_adapter(x, y) is not data_adapter.TensorLikeDataAdapter:
        raise CannotReifyError("data that is no array")
    given = (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)
    data_adapter._check_data_cardinality(given)
    return tf.nest.map_structure(_batch, given)


def _batch(array: Any) -> Any:
    """Return one batch of an array, its size open, in the dtype that the adapter gives it."""
    if array is None:
        return None
    return tf.compat.v1.placeholder(_converted(array), (None, *array.shape[1:]))


def _converted(array: Any) -> tf.DType:
    if keras_major() >= 3:
        from keras.src.trainers.data_adapters import array_slicing

        if isinstance(array, tf.Tensor):
            other = array.dtype.is_floating and array.dtype.name != keras.config.floatx()
            return tf.as_dtype(keras.config.floatx()) if other else array.dtype
        sample = array.tiny() if isinstance(array, ArraySpec) else array[:1]
        if sample.dtype == object:
            if isinstance(array, np.ndarray):
                array_slicing.convert_to_sliceable(array, target_backend="tensorflow")  # which may refuse it
            raise CannotReifyError("an array of objects")
        return tf.as_dtype(array_slicing.convert_to_sliceable(sample, target_backend="tensorflow").dtype)
    floats = isinstance(array, (ArraySpec, np.ndarray)) and issubclass(array.dtype.type, np.floating)
    return tf.as_dtype(keras.backend.floatx()) if floats else tf.as_dtype(array.dtype)


def _one_batch(x: Any, y: Any, sample_weight: Any) -> Any:
    """Return the batch that `train_on_batch` and its like are given: the arrays as they are."""
    parts = (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)
    if any(not isinstance(leaf, (ArraySpec, np.ndarray, tf.Tensor)) for leaf in _flat(parts)):
        raise CannotReifyError("data that is no array")
    if keras_major() < 3:
        raise CannotReifyError("a batch by itself, in Keras 2")
    return tf.nest.map_structure(lambda leaf: tf.compat.v1.placeholder(tf.as_dtype(leaf.dtype), leaf.shape), parts)


# Losses and metrics --------------------------------------------------------------------------------------------------


def _compiled(output_names: Any, **settings: Any) -> Any:
    """Return a model without layers that is compiled in this way."""
    judge = keras.Model()
    if output_names is not None and keras_major() >= 3:
        judge.output_names = list(output_names)
    judge.compile(**settings)
    return judge


@asks(COMPILE)
def _compile(_detail: Any) -> Callable[..., Any]:
    def ask(**settings: Any) -> Any:
        keras.Model().compile(**settings)

    return ask


@asks(LOSS)
def _losses(detail: Any) -> Callable[..., Any]:
    training, output_names = detail

    def ask(loss: Any, loss_weights: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        judge = _compiled(output_names, loss=loss, loss_weights=loss_weights)
        if keras_major() >= 3:
            return judge._compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
        return judge.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)

    return ask


@asks(METRICS)
def _metrics(detail: Any) -> Callable[..., Any]:
    (output_names,) = detail

    def ask(metrics: Any, weighted: Any, loss: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        judge = _compiled(output_names, metrics=metrics, weighted_metrics=weighted, loss=loss)
        judge.compute_metrics(None, y, y_pred, sample_weight)

    return ask


# Outputs -------------------------------------------------------------------------------------------------------------


@asks(OUTPUTS)
def _outputs(_detail: Any) -> Callable[..., Any]:
    def ask(model: Any) -> Any:
        """Return the names of a model's outputs (None where it has none yet) and the activations that make them."""
        names = getattr(model, "output_names", None)
        return (tuple(names) if names else None, tuple(_activations(model)))

    return ask


def _activations(model: Any) -> list[str | None]:
    outputs = getattr(model, "outputs", None)
    if not outputs:
        layers = getattr(model, "layers", None) or []
        return [_activation(layers[-1])] if isinstance(model, keras.Sequential) and layers else []
    found = []
    for output in tf.nest.flatten(outputs):
        history = getattr(output, "_keras_history", None)
        found.append(None if history is None else _activation(history[0]))
    return found


def _activation(layer: Any) -> str | None:
    """Return the name of the activation that a layer ends with: `linear` for none, None where it is no plain one."""
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    if isinstance(layer, keras.Model):
        inner = _activations(layer)
        return inner[0] if len(inner) == 1 else None
    return getattr(getattr(layer, "activation", None), "__name__", None)
