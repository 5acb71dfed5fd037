"""Keras without memory: variables that keep their spec and allocate nothing, for Keras 2 and for Keras 3.

Keras 3: the TensorFlow backend's variable keeps its initializer; reading it inside a graph draws from the
initializer symbolically, writing it does nothing. Keras 2 (and `tf.Variable`): a variable creator makes
`UninitializedVariable`s.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import importlib
import re
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

from . import default_dtypes

try:
    keras: Any = importlib.import_module("keras")
except ImportError:  # TensorFlow without Keras is a fair installation
    keras = None


def _keep_global_generator() -> None:
    """Let Keras 3 make its generator of seeds now: made where nothing has memory, it would stay without."""
    if keras_major() >= 3:
        from keras.src.random import seed_generator

        seed_generator.global_seed_generator()


def keras_major() -> int:
    """Return Keras's major version; 0 where there is none."""
    match = re.match(r"\d+", getattr(keras, "__version__", "") or "")
    return int(match.group()) if match else 0


_keep_global_generator()


#: Graphs that the program does not know of: those of this package, and the one that Keras 2 makes for its own symbols.
_HIDDEN_GRAPHS = ("shapewright", "replay", "keras_graph")
_numbers: dict[str, int] = collections.defaultdict(int)


def _count_names_together() -> None:
    """Let Keras 2, which numbers its names by graph, number them as if the graphs of the bridge were none."""
    if not 0 < keras_major() < 3:
        return
    backend: Any = importlib.import_module("keras.src.backend")
    of_graph, reset = backend.get_default_graph_uid_map, backend.reset_uids

    def get_default_graph_uid_map() -> Any:
        return _numbers if getattr(backend.get_graph(), "name", None) in _HIDDEN_GRAPHS else of_graph()

    def get_uid(prefix: str = "") -> int:
        numbers = get_default_graph_uid_map()
        numbers[prefix] += 1
        return int(numbers[prefix])

    def reset_uids() -> None:
        _numbers.clear()
        reset()

    backend.get_default_graph_uid_map, backend.get_uid = get_default_graph_uid_map, get_uid
    backend.reset_uids = reset_uids


_count_names_together()


@functools.cache
def variable_class() -> Any:
    """Return the class of what a layer of Keras 3 makes; None for Keras 2. `keras.Variable` was a subclass of it once."""
    if keras_major() < 3:
        return None
    return importlib.import_module("keras.src.backend.tensorflow.core").Variable


def uninitialized_variable(dtype: str, shape: Any) -> Any:
    """Return a `tf.Variable` of this spec without memory."""
    return UninitializedVariable(dtype=tf.as_dtype(dtype), shape=tf.TensorShape(shape), trainable=True)


def _creator(_next: Any, **kwargs: Any) -> Any:
    """Make a variable of the spec that its initial value would have."""
    initial, dtype, shape = kwargs.get("initial_value"), kwargs.get("dtype"), kwargs.get("shape")
    if callable(initial):
        if shape is None or dtype is None:
            initial = initial()
    if not callable(initial) and initial is not None:
        tensor = tf.convert_to_tensor(initial, dtype=dtype)
        dtype, shape = tensor.dtype, tensor.shape if shape is None else shape
        if tf.executing_eagerly() and tensor.shape.num_elements() == 1:
            # Keras 2 computes with such variables while it makes an optimizer: they are real.
            return _next(**kwargs)
    return UninitializedVariable(
        trainable=kwargs.get("trainable"),
        caching_device=None,
        name=kwargs.get("name"),
        shape=shape,
        dtype=dtype,
        constraint=kwargs.get("constraint"),
        synchronization=kwargs.get("synchronization"),
        aggregation=kwargs.get("aggregation"),
    )


@contextlib.contextmanager
def without_memory() -> Iterator[None]:
    """Let whatever Keras builds in this block keep specs only."""
    with tf.variable_creator_scope(_creator):
        if keras_major() < 3:
            yield
            return
        from keras.src.backend.tensorflow import core

        variable = core.Variable
        initialize, assign = variable._initialize_with_initializer, variable._direct_assign
        deferred = variable._deferred_initialize
        variable._initialize_with_initializer = _keep_initializer
        variable._direct_assign = _ignore_assignment
        variable._deferred_initialize = _stay_deferred
        try:
            yield
        finally:
            variable._initialize_with_initializer, variable._direct_assign = initialize, assign
            variable._deferred_initialize = deferred


@contextlib.contextmanager
def as_if_eager() -> Iterator[default_dtypes.Preference]:
    """Let Keras's layers, and the ops of TensorFlow, answer as they do outside of a graph.

    Preprocessing layers ask whether they are being traced and then convert their inputs (Keras 3,
    `TFDataLayer.__call__`); the scratch graph is no tracing that the program asked for.
    """
    with default_dtypes.as_if_eager() as seen:
        if keras_major() < 3:
            yield seen
            return
        with _layers_as_if_eager():
            yield seen


@contextlib.contextmanager
def _layers_as_if_eager() -> Iterator[None]:
    from keras.src.utils import backend_utils

    asked = backend_utils.in_tf_graph
    backend_utils.in_tf_graph = lambda: False
    try:
        yield
    finally:
        backend_utils.in_tf_graph = asked


def _keep_initializer(self: Any, initializer: Any) -> None:
    self._value = None
    self._initializer = _Unread(self, initializer)


class _Unread:
    """What a variable without memory is read by: its initializer, or a stand-in of its spec while somebody records."""

    def __init__(self, variable: Any, initializer: Any) -> None:
        self._variable, self._initializer = variable, initializer

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        if _recording is None:
            if tf.executing_eagerly():
                return self._initializer(shape, dtype=dtype)
            return tf.compat.v1.placeholder(tf.as_dtype(dtype), shape)  # one op, where an initializer takes seven
        graph, reading = _recording
        if id(self._variable) not in reading:
            with graph.as_default():
                reading[id(self._variable)] = (self._variable, tf.compat.v1.placeholder(tf.as_dtype(dtype), shape))
        return reading[id(self._variable)][1]


#: The variables of Keras 3 that were read, by identity, each with the stand-in of its value.
Reading = dict[int, tuple[Any, Any]]
_recording: tuple[Any, Reading] | None = None


@contextlib.contextmanager
def reading(graph: Any) -> Iterator[Reading]:
    """Record which variables without memory are read in a graph: gradients can then be asked for at their stand-ins."""
    global _recording
    before, read = _recording, Reading()
    _recording = (graph, read)
    try:
        yield read
    finally:
        _recording = before


def variables_of(made: Any) -> list[Any]:
    """Return the variables of a layer, a model or another object of Keras, as far as they are made."""
    try:
        return list(getattr(made, "variables", None) or ())
    except Exception:  # a Sequential of Keras 2 that is not built
        return []


def _stay_deferred(self: Any) -> None:
    """Leave a variable that was made in a stateless scope with its initializer: it gets no memory after it either."""


def _ignore_assignment(self: Any, value: Any) -> None:
    """Let an update of the state pass: Keras has checked its shape by now."""
    if self._value is not None:
        self._value.assign(tf.cast(value, self._value.dtype))


def reset_names() -> None:
    """Let automatic names (`dense`, `dense_1`) start anew, so that two analyses of one text agree."""
    if keras is None:
        return
    if keras_major() >= 3:
        from keras.src.utils.naming import reset_uids

        reset_uids()
    else:
        importlib.import_module("keras.src.backend").reset_uids()
