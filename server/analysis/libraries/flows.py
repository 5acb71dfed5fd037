"""What the tensors of an answer come from: the library's own gradients say through which arguments.

A call is asked in a scratch graph, so `tf.gradients` can be asked there too: where it gives none from a result to an
argument, a tape finds no way either (tensorflow/python/eager/backprop.py goes by the same registry of gradients).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from ..values import Heap, TensorValue
from ..values.tapes import TapeObject
from ..values.traces import ANYTHING, DENSE, EITHER, SLICES, Reach, Trace, gather, new_trace
from . import keras_hooks

#: Tensors of one result among which connections are looked for.
MAX_SIBLINGS = 8
#: Operations of a graph in which connections are still looked for.
MAX_OPERATIONS = 4_000


@dataclass(frozen=True, slots=True)
class Flow:
    """Where one tensor of a result comes from.

    derived: it is a gradient itself: what it comes from is among what its arguments come from, and no more is known.
    alias: the number of the argument tensor that it is. inputs, weights: the argument tensors and the variables of the
    object that is called, by number, from which gradients flow, and how they arrive there. known: whether that is all.
    trainable: of a variable. trace: of a variable that a library keeps. floats: it is of a dtype that tapes record. siblings: the
    other tensors of the result that it comes from, by number (a model may give what is inside of it, too).
    """

    alias: int | None = None
    inputs: tuple[tuple[int, str], ...] = ()
    weights: tuple[tuple[int, str], ...] = ()
    known: bool = True
    derived: bool = False
    trainable: bool | None = None
    trace: Trace | None = None
    floats: bool = True
    siblings: tuple[tuple[int, str], ...] = ()


def flows_of(
    results: Sequence[Any],
    arguments: Sequence[Any],
    graph: Any,
    reading: keras_hooks.Reading | None,
    made: Any,
) -> tuple[Flow, ...]:
    """Return where each tensor of a result comes from.

    reading: what was read of variables while the call was made; None where no tape is recording, and connections are
    not looked for. made: the object that is called.
    """
    flows = []
    sources = None if reading is None else _Sources(arguments, reading, made)
    for result in results:
        alias = next((index for index, argument in enumerate(arguments) if argument is result), None)
        trainable = bool(result.trainable) if hasattr(result, "trainable") else None
        if alias is not None or sources is None:
            flows.append(Flow(alias=alias, trainable=trainable))
        else:
            flows.append(sources.flow_to(result, graph, trainable, results if len(results) <= MAX_SIBLINGS else ()))
    return tuple(flows)


class _Sources:
    """The tensors that a call is computed from, as `tf.gradients` takes them."""

    def __init__(self, arguments: Sequence[Any], reading: keras_hooks.Reading, made: Any) -> None:
        self._tensors: list[Any] = []
        self._places: list[tuple[str, int]] = []
        self._complete = True
        for index, argument in enumerate(arguments):
            for part in _parts(argument, reading):
                self._add(part, "input", index)
        weights = keras_hooks.variables_of(made)
        for index, weight in enumerate(weights):
            for part in _parts(weight, reading):
                self._add(part, "weight", index)
        known = {id(item) for item in (*arguments, *weights)}
        self._complete = all(id(variable) in known for variable, _ in reading.values())

    def _add(self, tensor: Any, what: str, index: int) -> None:
        if _differentiable(tensor):
            self._tensors.append(tensor)
            self._places.append((what, index))

    def flow_to(self, result: Any, graph: Any, trainable: bool | None, results: Sequence[Any]) -> Flow:
        """Return what a tensor comes from."""
        targets = [part for part in _parts(result, {}) if _differentiable(part)]
        if not targets or not self._tensors:
            return Flow(known=self._complete or not targets, trainable=trainable, floats=bool(targets))
        if len(graph.get_operations()) > MAX_OPERATIONS:
            return Flow(known=False, trainable=trainable)
        others = [
            (part, ("sibling", index))
            for index, other in enumerate(results)
            if other is not result
            for part in _parts(other, {})
            if _differentiable(part) and leads(part, targets)
        ]
        places = [*self._places, *(place for _, place in others)]
        try:
            with graph.as_default():
                found = tf.gradients(targets, [*self._tensors, *(part for part, _ in others)])
        except Exception:  # an operation without a gradient, or one that cannot be asked for it in this graph
            return Flow(known=False, trainable=trainable)
        ways: dict[tuple[str, int], str] = {}
        for place, gradient in zip(places, found, strict=True):
            if gradient is not None:
                form = _form(gradient)
                ways[place] = form if ways.get(place, form) == form else EITHER
        return Flow(
            inputs=tuple((index, form) for (what, index), form in ways.items() if what == "input"),
            weights=tuple((index, form) for (what, index), form in ways.items() if what == "weight"),
            known=self._complete,
            trainable=trainable,
            siblings=tuple((index, form) for (what, index), form in ways.items() if what == "sibling"),
        )


def leads(source: Any, targets: Sequence[Any]) -> bool:
    """Say whether a target is computed from a tensor itself.

    `tf.gradients` gives zeros for a tensor that is but another output of an operation on the way.
    """
    if not isinstance(source, tf.Tensor):
        return True
    wanted = {id(target.op) for target in targets if isinstance(target, tf.Tensor)}
    todo, seen = list(source.consumers()), set[int]()
    while todo:
        op = todo.pop()
        if id(op) in wanted:
            return True
        if id(op) not in seen:
            seen.add(id(op))
            todo += [consumer for output in op.outputs for consumer in output.consumers()]
    return False


def _form(gradient: Any) -> str:
    """Return how a gradient arrives: as a tensor, or as slices with indices and a dense shape of these dtypes."""
    if not isinstance(gradient, tf.IndexedSlices):
        return DENSE
    dense = gradient.dense_shape.dtype.name if gradient.dense_shape is not None else "none"
    return f"{SLICES} {gradient.indices.dtype.name} {dense}"


def _parts(item: Any, reading: keras_hooks.Reading) -> list[Any]:
    """Return the tensors through which gradients of an argument flow."""
    if isinstance(item, tf.RaggedTensor):
        return [item.flat_values]
    if isinstance(item, (tf.SparseTensor, tf.IndexedSlices)):
        return [item.values]
    read = reading.get(id(item))
    if read is not None:
        return [read[1]]
    return [item] if isinstance(item, (tf.Tensor, tf.Variable)) else []


def _differentiable(item: Any) -> bool:
    return bool(item.dtype.is_floating or item.dtype.is_complex)


# Traces -------------------------------------------------------------------------------------------------------------


def traces_of(
    flows: tuple[Flow, ...] | None,
    arguments: Sequence[TensorValue],
    weights: Sequence[Trace],
    tapes: Sequence[int],
    heap: Heap,
) -> Iterator[Trace | None]:
    """Return the traces of the tensors of a result.

    arguments: the argument tensors, and weights: the variables of what is called, as flows number them. tapes: the
    addresses of the tapes that are recording.
    """
    found: list[Trace | None] = []
    for flow in flows or ():
        if flow.trace is not None:
            found.append(flow.trace)
        elif flow.alias is not None:
            found.append(arguments[flow.alias].trace)
        else:
            found.append(_trace(flow, arguments, weights, tapes, heap))
    for flow, trace in zip(flows or (), found, strict=True):
        yield _by_siblings(flow, trace, found) if flow.siblings and trace is not None else trace


def _by_siblings(flow: Flow, trace: Trace, found: Sequence[Trace | None]) -> Trace:
    """Return a trace with those of the other results on the way to it, where a tape has recorded them."""
    reaches = dict(trace.tapes)
    for index, form in flow.siblings:
        other = found[index]
        for key, reach in trace.tapes.items():
            if other is not None and other.reach(key).recorded:
                reaches[key] = dataclasses.replace(
                    reaches.get(key, reach), via={**reaches[key].via, other.number: form}
                )
    return dataclasses.replace(trace, tapes=reaches)


def _trace(
    flow: Flow, arguments: Sequence[TensorValue], weights: Sequence[Trace], tapes: Sequence[int], heap: Heap
) -> Trace:
    reaches: dict[int, Reach] = {}
    whole = True
    for address in tapes:
        tape = heap.get(address)
        if not isinstance(tape, TapeObject):
            whole = False
        elif tape.recording:
            parts = [along(tape, arguments[index].trace, form, arguments[index].kind) for index, form in flow.inputs]
            for index, form in flow.weights:
                parts.append(along(tape, weights[index] if index < len(weights) else None, form, "Variable"))
            if not flow.known:
                parts.append(ANYTHING)
            reach = gather(parts)
            if flow.derived:
                among = gather(along(tape, value.trace, DENSE, value.kind) for value in arguments)
                reach = Reach({}, among.may, among.sliced)
            elif flow.floats and reach.recorded is False:
                given = (along(tape, value.trace, DENSE, value.kind) for value in arguments)
                reach = dataclasses.replace(reach, open=any(part.recorded is not False for part in given))
            reaches[tape.key] = reach
    return new_trace(reaches, whole=whole, trainable=flow.trainable)


def along(tape: TapeObject, trace: Trace | None, form: str, kind: str) -> Reach:
    """Return what is reached through one argument: what that comes from, and itself where the tape watches it."""
    if trace is None:
        return ANYTHING
    before = trace.reach(tape.key)
    watched: bool | None = trace.number in tape.watched
    if not watched:
        watched = None if tape.may is None or trace.ids & tape.may else False
    if kind == "Variable" and not watched:
        if tape.accessed and trace.trainable:
            watched = True
        elif tape.accessed is not False and trace.trainable is not False:
            watched = None
    via = before.via
    if before.recorded and not watched:
        via = {**via, trace.number: form}
    if watched is False:
        return dataclasses.replace(before, via=via)
    may = None if before.may is None else before.may | trace.ids
    sliced = before.sliced
    if form != DENSE and sliced is not None:
        sliced = sliced | trace.ids
    return Reach({**before.sure, trace.number: form} if watched else before.sure, may, sliced, via, before.open)
