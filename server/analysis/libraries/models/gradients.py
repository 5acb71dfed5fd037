"""`tf.GradientTape`: a real tape is asked, on a target that is connected to the sources as the program's is.

The tape decides structure, dtype, shape, None, and what it refuses. Which sources the target comes from was found out
while the program was followed (`libraries/flows.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe

from ...values import Unknown
from ...values.traces import EITHER
from ..classification import modelled
from ..outcome import Either
from ..query import asks
from ..reflect import is_keras_variable

_PARAMETERS = {
    "gradient": ("target", "sources", "output_gradients", "unconnected_gradients"),
    "jacobian": ("target", "sources", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"),
    "batch_jacobian": ("target", "source", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"),
}
#: How sure it is that a target comes from a source.
NOT, MAYBE, SURE = "not", "maybe", "sure"

modelled.register("tensorflow.GradientTape", "tensorflow.GradientTape.*", by="a tape that records what is followed")


def _asking(method: str) -> Callable[[Any], Callable[..., Any]]:
    def model(detail: tuple[bool, bool, tuple[tuple[str, str], ...]]) -> Callable[..., Any]:
        persistent, used, ways = detail

        def ask(*args: Any, **kwargs: Any) -> Any:
            bound = dict(zip(_PARAMETERS[method], args, strict=False)) | kwargs
            sources = bound[_PARAMETERS[method][1]] = _plain(bound.get(_PARAMETERS[method][1]))
            target = bound.get("target")
            traced = _tensors(sources)
            with _recording(), tf.GradientTape(persistent=persistent or used, watch_accessed_variables=False) as tape:
                for source in traced:
                    tape.watch(source)
                bound["target"] = _connected(target, traced, ways)
            if used and not persistent:
                tape._persistent, tape._tape = False, None  # as the first set of gradients has left it
            found = getattr(tape, method)(**bound)
            zeros = tf.UnconnectedGradients(bound.get("unconnected_gradients", "none")) != tf.UnconnectedGradients.NONE
            return _doubted(sources, traced, found, ways, zeros)

        return ask

    return model


@asks("tensorflow.autodiff.ForwardAccumulator")
def _accumulator(detail: None) -> Callable[..., Any]:
    def ask(primals: Any, tangents: Any) -> None:
        tf.autodiff.ForwardAccumulator(_plain(primals), _plain(tangents))

    return ask


for _method in _PARAMETERS:
    asks(f"tensorflow.GradientTape.{_method}")(_asking(_method))


@contextlib.contextmanager
def _recording() -> Iterator[None]:
    """Let tapes record: where a library calls a function of the program it may have paused them (`tf.init_scope` does)."""
    stopped = pywrap_tfe.TFE_Py_TapeSetIsStopped()
    if stopped:
        pywrap_tfe.TFE_Py_TapeSetRestartOnThread()
    try:
        yield
    finally:
        if stopped:
            pywrap_tfe.TFE_Py_TapeSetStopOnThread()


def _plain(structure: Any) -> Any:
    """Return a structure with tensors in the place of Keras's variables, which have no memory here."""
    return tf.nest.map_structure(lambda part: part.value if is_keras_variable(part) else part, structure)


def _tensors(structure: Any) -> list[Any]:
    """Return the tensors in a structure, in the order in which it is written (as `query.leaves` has them)."""
    if isinstance(structure, (list, tuple)):
        return [tensor for part in structure for tensor in _tensors(part)]
    if isinstance(structure, dict):
        return [tensor for part in structure.values() for tensor in _tensors(part)]
    kinds = (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.IndexedSlices)
    return [structure] if isinstance(structure, kinds) else []


def _connected(target: Any, sources: list[Any], ways: tuple[tuple[str, str], ...]) -> Any:
    """Return a target of the same spec that comes from those sources that the program's may come from."""
    link = None
    for source, (state, form) in zip(sources, ways, strict=True):
        if state == NOT:
            continue
        values = _values(source)
        if form.startswith("slices"):
            values = tf.gather(values, tf.zeros([0], form.split()[1]))
        total = tf.reduce_sum(values)
        zero = tf.cast(tf.math.real(total) if total.dtype.is_complex else total, tf.float64) * 0
        link = zero if link is None else link + zero
    done = False

    def join(part: Any) -> Any:
        nonlocal done
        if link is None or done or not _differentiable(part):
            return part
        done = True
        if isinstance(part, tf.RaggedTensor):
            return part.with_flat_values(part.flat_values + tf.cast(link, part.dtype))
        if isinstance(part, tf.SparseTensor):
            return tf.SparseTensor(part.indices, part.values + tf.cast(link, part.dtype), part.dense_shape)
        return part + tf.cast(link, part.dtype)

    return tf.nest.map_structure(join, target)


def _differentiable(part: Any) -> bool:
    dtype = getattr(part, "dtype", None)
    if not isinstance(part, (tf.Tensor, tf.RaggedTensor, tf.SparseTensor, tf.Variable)):
        return False
    return isinstance(dtype, tf.DType) and (dtype.is_floating or dtype.is_complex)


def _values(source: Any) -> Any:
    if isinstance(source, tf.RaggedTensor):
        return source.flat_values
    return source.values if isinstance(source, (tf.SparseTensor, tf.IndexedSlices)) else source


def _doubted(sources: Any, traced: list[Any], found: Any, ways: tuple[tuple[str, str], ...], zeros: bool) -> Any:
    """Return the gradients with the alternatives that the program may see: None, or another form."""
    by_source = {id(source): way for source, way in zip(traced, ways, strict=True)}

    def judge(source: Any, gradient: Any) -> Any:
        state, form = by_source.get(id(source), (MAYBE, EITHER))
        if gradient is None:
            return None
        options = [gradient]
        if isinstance(gradient, tf.IndexedSlices):
            options = [_slices(source, form)]
        elif form == EITHER:
            return Either([Unknown("a gradient, as a tensor or as IndexedSlices")])
        if state == MAYBE and not zeros:
            options.append(None)
        return options[0] if len(options) == 1 else Either(options)

    flat = [judge(*pair) for pair in zip(tf.nest.flatten(sources), tf.nest.flatten(found), strict=True)]
    return tf.nest.pack_sequence_as(sources, flat)


def _slices(source: Any, form: str) -> Any:
    """Return IndexedSlices of a source's spec; how many slices there are nobody knows."""
    _, indices, dense = form.split()
    shape = tf.TensorShape(source.shape)
    values = tf.compat.v1.placeholder(source.dtype, tf.TensorShape([None]).concatenate(shape[1:]))
    places = tf.compat.v1.placeholder(indices, [None])
    if shape.is_fully_defined():
        return tf.IndexedSlices(values, places, tf.constant(shape.as_list(), dense))
    return tf.IndexedSlices(values, places, tf.compat.v1.placeholder(dense, [shape.rank]))
