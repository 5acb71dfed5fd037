"""Gradients of gradients: what a gradient comes from is found by making the calls that led to it once more.

A tape inside of another one gives a gradient that the outer one has seen come about. Whether it still depends on something
(`x * x` does, `2 * x` does not) only the gradients of the calls on the way can tell. So while tapes are nested, the calls are
noted; for a gradient they are made again together, in one scratch graph, and the library's own gradients are taken there, first
those of the inner tape, then those of the outer one. What a tape did not record is cut from its gradients.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import Heap, ListObject, Ref, TensorValue, TupleValue, Value
from ..values.dims import erased
from ..values.keys import NoKeyError
from ..values.keys import key as key_of
from ..values.tapes import TapeObject
from ..values.traces import DENSE, Trace, gather
from . import global_state, keras_hooks
from .flows import along, leads
from .query import Query, leaves
from .reflect import reflect
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError, ContentNeeded, placeholder, variable

GRADIENT = "tensorflow.GradientTape.gradient"
if TYPE_CHECKING:
    from .bridge import Bridge

#: Calls that are made again for one gradient, and gradients that are remembered.
MAX_CALLS = 300
MAX_KEPT = 2_000
#: For each gradient, and each tape, what it comes from.
Connections = tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True)
class Made:
    """A call that was made while tapes were nested: the heap as it was, the tensors that it gave, who recorded it.

    key: of the tape that was asked for a gradient.
    """

    query: Query
    heap: Heap
    traces: tuple[Trace | None, ...]
    tapes: frozenset[int]
    key: int = 0


class NotReplayedError(Exception):
    """The calls cannot be made again."""


def note(query: Query, heap: Heap, value: Value, tapes: Sequence[int], session: Session) -> None:
    """Note a call, where a gradient may be taken of a gradient later."""
    around = [heap.get(address) for address in tapes]
    active = [tape for tape in around if isinstance(tape, TapeObject)]
    if len(active) < 2 and not any(tape.persistent is not False for tape in active):
        return
    traces = tuple(leaf.trace for leaf in _tensors(value, heap))
    if any(traces):
        recorded = frozenset(tape.key for tape in active if tape.recording)
        made = Made(query, heap.fork(), traces, recorded, session.asked_tape)
        for trace in traces:
            if trace is not None:
                session.made.setdefault(trace.number, made)


def retraced(query: Query, heap: Heap, value: Value, bridge: Bridge) -> Value:
    """Return the gradients that a tape gives, with what they come from as the tapes around see it."""
    session, memo = bridge.session, bridge.memo.connections
    outer = [tape for tape in map(heap.get, bridge.tapes) if isinstance(tape, TapeObject) and tape.recording]
    if not outer or query.name != GRADIENT:
        return value
    try:
        plan = Plan(session)
        plan.gradient(query, heap, session.asked_tape)
        key = plan.key([tape.key for tape in outer], heap)
        found = None if key is None else memo.get(key)
        if found is None:
            found = _connections(query, heap, outer, session, plan)
            if key is not None:
                memo[key] = found
                if len(memo) > MAX_KEPT:
                    memo.pop(next(iter(memo)))
        weights = plan.weights()
    except (NotReplayedError, CannotReifyError, ContentNeeded, Exception):
        return value
    traces = [leaf.trace for leaf in _tensors(value, heap)]
    if len(traces) != len(found):
        return value
    parts = [*plan.parts, *((trace, "Variable") for trace in weights)]
    new = {
        trace.number: dataclasses.replace(
            trace,
            tapes={
                **trace.tapes,
                **{
                    tape.key: gather(along(tape, parts[at][0], DENSE, parts[at][1]) for at in places)
                    for tape, places in zip(outer, of_gradient, strict=True)
                },
            },
        )
        for trace, of_gradient in zip(traces, found, strict=True)
        if trace is not None
    }
    return _with_traces(value, heap, new)


def _connections(query: Query, heap: Heap, outer: Sequence[TapeObject], session: Session, plan: Plan) -> Connections:
    """Return for each gradient, and each tape, the places of what it comes from: in the plan, its weights behind."""
    graph = FuncGraph("shapewright")
    replay = Replay(session)
    with (
        global_state.applied(heap),
        keras_hooks.without_memory(),
        graph.as_default(),
        keras_hooks.reading(graph) as replay.reading,
    ):
        gradients = [one for one in replay.gradients(query, heap, session.asked_tape) if one is not None]
        return tuple(tuple(replay.connected(one, tape.key, plan) for tape in outer) for one in gradients)


@dataclass
class Plan:
    """The calls that lead to a gradient, in order: what is to be made again, and a key of it that no number takes part in."""

    session: Session
    parts: list[tuple[Trace, str]] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    _receivers: dict[int, tuple[Ref, Heap]] = field(default_factory=dict)
    _tapes: dict[int, int] = field(default_factory=dict)
    _said: list[Hashable] = field(default_factory=list)
    _calls: int = 0

    def gradient(self, query: Query, heap: Heap, key: int) -> None:
        """Add what leads to the target and to the sources."""
        self._said.append((self._tape(key), query.detail))
        for leaf in _tensors_of(query, heap):
            self._said.append(self._visit(leaf, heap))

    def _tape(self, key: int) -> int:
        return self._tapes.setdefault(key, len(self._tapes))

    def _add(self, number: int, trace: Trace, kind: str) -> None:
        self.places[number] = len(self.parts)
        self.parts.append((trace, kind))

    def _visit(self, value: TensorValue, heap: Heap) -> int:
        trace = value.trace
        if trace is None or not trace.number:
            raise NotReplayedError
        if trace.number in self.places:
            return self.places[trace.number]
        made = self.session.made.get(trace.number)
        if made is None:
            self._said.append((key_of(value, heap), trace.trainable))
            self._add(trace.number, trace, value.kind)
            return self.places[trace.number]
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise NotReplayedError
        if made.query.form == "model":
            self.gradient(made.query, made.heap, made.key)
        else:
            self._said += [self._visit(leaf, made.heap) for leaf in _tensors_of(made.query, made.heap)]
        receiver = made.query.args[0] if made.query.form == "object" else None
        if isinstance(receiver, Ref):
            self._receivers.setdefault(receiver.address, (receiver, made.heap))
        self._said.append((made.query.key(made.heap), tuple(sorted(map(self._tape, made.tapes)))))
        for given in made.traces:
            if given is not None and given.number not in self.places:
                self._add(given.number, given, "Tensor")
        return self.places[trace.number]

    def key(self, outer: Sequence[int], heap: Heap) -> Hashable | None:
        """Return what tells these calls from any others; None where something in them has no key."""
        try:
            return (tuple(self._said), tuple(map(self._tape, outer)), global_state.key(heap))
        except NoKeyError:
            return None

    def weights(self) -> list[Trace]:
        """Return the traces of the weights of what is called, in order."""
        found: dict[int, Trace] = {}
        for receiver, heap in self._receivers.values():
            with keras_hooks.without_memory():
                made = Reifier(heap, self.session).reify(receiver)
            for weight in keras_hooks.variables_of(made):
                found[id(weight)] = self.session.trace_of(weight)
        return list(found.values())


def _with_traces(value: Value, heap: Heap, traces: dict[int, Trace]) -> Value:
    if isinstance(value, TensorValue) and value.trace is not None and value.trace.number in traces:
        return dataclasses.replace(value, trace=traces[value.trace.number])
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_with_traces(part, heap, traces) for part in value.items))
    item = heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(value, Ref) and isinstance(item, ListObject) and item.items is not None:
        items = tuple(_with_traces(part, heap, traces) for part in item.items)
        heap.put(value.address, dataclasses.replace(item, items=items))
    return value


@dataclass
class Replay:
    """Calls that are made again in the current graph.

    known: the tensors by number. made: the results of calls, with the tapes that recorded them. weights: of what is called, by
    their ids.
    """

    session: Session
    reading: Any = None
    known: dict[int, Any] = field(default_factory=dict)
    made: list[tuple[Any, frozenset[int]]] = field(default_factory=list)
    weights: dict[int, Any] = field(default_factory=dict)

    def gradients(self, query: Query, heap: Heap, key: int) -> list[Any]:
        """Return what a tape gives for each source; None where nothing leads there."""
        given = dict(zip(("target", "sources"), query.args, strict=False)) | dict(query.kwargs)
        if set(given) != {"target", "sources"} or not isinstance(query.detail, tuple):
            raise NotReplayedError
        states = [state for state, _ in query.detail[2]]
        targets = [self.tensor(leaf, heap) for leaf in _tensors(given["target"], heap)]
        sources = [self.tensor(leaf, heap) for leaf in _tensors(given["sources"], heap)]
        if len(sources) != len(states) or not targets:
            raise NotReplayedError
        found = tf.gradients(targets, sources, stop_gradients=self._unseen(key))
        out: list[Any] = []
        for gradient, state in zip(found, states, strict=True):
            if state == "not":
                out.append(None)
            elif state == "sure" and isinstance(gradient, tf.Tensor):
                out.append(gradient)
            else:
                raise NotReplayedError
        return out

    def _unseen(self, key: int) -> list[Any] | None:
        """Return the tensors that a tape has not seen come about."""
        return [tensor for tensor, tapes in self.made if key not in tapes] or None

    def tensor(self, value: TensorValue, heap: Heap) -> Any:
        """Return the tensor that stands for a value, its calls made again where they were noted."""
        trace = value.trace
        if trace is None or value.parts or value.node is not None or not trace.number:
            raise NotReplayedError
        if trace.number not in self.known:
            made = self.session.made.get(trace.number)
            if made is None:
                self.known[trace.number] = self._leaf(value, heap)
            else:
                self._make(made)
            if trace.number not in self.known:
                raise NotReplayedError
        return self.known[trace.number]

    def _leaf(self, value: TensorValue, heap: Heap) -> Any:
        if value.library == "keras":
            raise NotReplayedError  # its weights are found by their layer
        if value.kind == "Variable":
            return variable(value.dtype, erased(value.shape))
        settled = heap.settled(value)
        if settled.content is not None:
            return tf.constant(settled.content.array, dtype=tf.as_dtype(value.dtype))
        return placeholder(value.dtype, erased(value.shape))

    def _make(self, made: Made) -> None:
        query, heap = made.query, made.heap
        if query.callback is not None:
            raise NotReplayedError
        for leaf in _tensors_of(query, heap):
            self.tensor(leaf, heap)
        if query.form == "model":
            if query.name != GRADIENT:
                raise NotReplayedError
            seen = [gradient for gradient in self.gradients(query, heap, made.key) if gradient is not None]
        else:
            seen = self._asked(query, heap)
        if len(seen) != len(made.traces):
            raise NotReplayedError
        for trace, tensor in zip(made.traces, seen, strict=True):
            if trace is not None and trace.number not in self.known and isinstance(tensor, (tf.Tensor, tf.Variable)):
                self.known[trace.number] = tensor
                self.made.append((tensor, made.tapes))

    def _asked(self, query: Query, heap: Heap) -> list[Any]:
        reifier = _Substituting(heap, self.session, replay=self)
        receiver = query.args[0] if query.form == "object" else None
        with keras_hooks.as_if_eager() if query.mode == "eager" else contextlib.nullcontext():
            result = query.prepare(reifier)()
        if isinstance(receiver, Ref):
            for weight in keras_hooks.variables_of(Reifier(heap, self.session).reify(receiver)):
                self.weights[id(weight)] = weight
        seen: list[Any] = []
        reflect(result, self.session, seen=seen)
        return seen

    def connected(self, gradient: Any, tape: int, plan: Plan) -> tuple[int, ...]:
        """Return the places in the plan of what a gradient comes from, as a tape has seen it; those of weights come last."""
        parts = [(tensor, plan.places[number]) for number, tensor in self.known.items() if number in plan.places]
        for place, weight in enumerate(self.weights.values(), len(plan.parts)):
            read = self.reading.get(id(weight)) if self.reading is not None else None
            parts.append((weight if read is None else read[1], place))
        parts = [part for part in parts if part[0].dtype.is_floating or part[0].dtype.is_complex]
        parts = [part for part in parts if leads(part[0], [gradient])]
        found = tf.gradients(gradient, [tensor for tensor, _ in parts], stop_gradients=self._unseen(tape))
        if any(isinstance(one, tf.IndexedSlices) for one in found):
            raise NotReplayedError
        return tuple(place for one, (_, place) in zip(found, parts, strict=True) if one is not None)


@dataclass
class _Substituting(Reifier):
    """Hands out the tensors of a replay for the values that they stand for."""

    replay: Replay | None = None

    def _tensor(self, value: TensorValue) -> Any:
        if self.replay is not None and value.is_traced and value.trace is not None and not value.parts:
            known = self.replay.known.get(value.trace.number)
            if known is not None:
                return known
        return super()._tensor(value)


def _tensors(value: Value, heap: Heap) -> list[TensorValue]:
    return [leaf for leaf in leaves((value,), heap) if isinstance(leaf, TensorValue) and leaf.is_traced]


def _tensors_of(query: Query, heap: Heap) -> list[TensorValue]:
    found = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue) and leaf.is_traced]
    return [leaf for leaf in found if leaf.library != "keras"]
