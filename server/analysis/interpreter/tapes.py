"""`tf.GradientTape`: what it watches while it records, and what it is asked for.

The bridge notes what each tensor comes from while a tape is recording (`values/traces.py`); here a tape is made,
entered and left, and asked. `tf.autodiff.ForwardAccumulator` is a tape that is asked the other way round.
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries import replay
from ..libraries.alternatives import alternatives
from ..libraries.memo import Answer
from ..libraries.models.gradients import MAYBE, NOT, SURE
from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query, leaves
from ..values import Const, ListObject, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.heap import HeapObject
from ..values.join import join, join_all
from ..values.standard import StandardObject
from ..values.tapes import TapeObject
from ..values.traces import DENSE, EITHER, Trace, gather, new_number, new_trace
from .asking import report
from .core import Frame, Interpreter
from .custom_gradients import follow
from .library_calls import Arguments, ask, lost
from .library_models import models

_PAUSE = "tensorflow.GradientTape.stop_recording"
_GRADIENTS = ("gradient", "jacobian", "batch_jacobian")


@models("tensorflow.GradientTape")
def _make(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    given = dict(zip(("persistent", "watch_accessed_variables"), arguments.values, strict=False))
    given.update(arguments.named)
    persistent = _flag(given.get("persistent", Const(False)))
    accessed = _flag(given.get("watch_accessed_variables", Const(True)))
    return Ref(interp.heap.allocate(TapeObject(new_number(), persistent, accessed)))


@models("tensorflow.autodiff.ForwardAccumulator")
def _make_forward(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    given = dict(zip(("primals", "tangents"), arguments.values, strict=False)) | dict(arguments.named)
    if set(given) != {"primals", "tangents"} or not arguments.complete:
        return lost(interp, Const(None), arguments, "an accumulator of something that is not understood")
    query = Query("model", "tensorflow.autodiff.ForwardAccumulator", (given["primals"], given["tangents"]))
    outcome = interp.bridge.run(query, interp.heap)
    if isinstance(outcome, Refused):
        report(interp, frame, node, query.name, query, arguments.all, Answer(outcome))
        return Unknown("this call fails")
    tape = Ref(interp.heap.allocate(TapeObject(new_number(), True, False, forward=True)))
    item = tape_of(interp, tape)
    assert item is not None
    _watch(interp, tape, item, given["primals"])
    return tape


def _flag(value: Value) -> bool | None:
    return bool(value.value) if isinstance(value, Const) else None


def tape_of(interp: Interpreter, value: Value) -> TapeObject | None:
    """Return the tape that a value points to."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item if isinstance(item, TapeObject) else None


def _put(interp: Interpreter, tape: Ref, item: HeapObject) -> None:
    interp.heap.put(tape.address, item)


# Recording ------------------------------------------------------------------------------------------------------------


def enter(interp: Interpreter, context: Value) -> Value | None:
    """Let a tape record from here on, or pause; returns what `with … as name` binds, None for anything else."""
    if not isinstance(context, Ref):
        return None
    paused = _paused(interp, context)
    if paused is not None:
        _record(interp, paused, False)
        return Const(None)
    if tape_of(interp, context) is None:
        return None
    _record(interp, context, True)
    interp.bridge.tapes.append(context.address)
    return context


def leave(interp: Interpreter, context: Value) -> None:
    """Undo what `enter` has done."""
    if not isinstance(context, Ref):
        return
    paused = _paused(interp, context)
    if paused is not None:
        _record(interp, paused, True)
    elif interp.bridge.tapes and context.address in interp.bridge.tapes:
        interp.bridge.tapes.remove(context.address)


def _paused(interp: Interpreter, context: Ref) -> Ref | None:
    item = interp.heap.get(context.address)
    if isinstance(item, StandardObject) and item.name == _PAUSE:
        tape = dict(item.fields)["tape"]
        return tape if isinstance(tape, Ref) else None
    return None


def _record(interp: Interpreter, tape: Ref, recording: bool) -> None:
    item = tape_of(interp, tape)
    if item is not None and item.recording != recording:
        _put(interp, tape, dataclasses.replace(item, recording=recording))


# Methods --------------------------------------------------------------------------------------------------------------


def call_tape(
    interp: Interpreter, frame: Frame, node: ast.Call, tape: Ref, name: str, arguments: Arguments
) -> Value | None:
    """Call a method of a tape; None where what is called on is none."""
    item = tape_of(interp, tape)
    if item is None:
        return None
    if item.forward:
        if name == "jvp":
            return _products(interp, tape, item, arguments)
        if name not in ("__enter__", "__exit__"):
            return lost(interp, tape, arguments, f"ForwardAccumulator.{name} is not followed")
    if name in _GRADIENTS:
        return _gradient(interp, frame, node, tape, item, name, arguments)
    if name == "watch" and len(arguments.all) == 1:
        return _watch(interp, tape, item, arguments.all[0].value)
    if name == "reset":
        _put(interp, tape, TapeObject(new_number(), item.persistent, item.accessed))
        return Const(None)
    if name == "stop_recording":
        return Ref(interp.heap.allocate(StandardObject(name=_PAUSE, fields=(("tape", tape),))))
    if name == "__enter__":
        return enter(interp, tape) or tape
    if name == "__exit__":
        leave(interp, tape)
        return Const(None)
    if name == "watched_variables":
        return Unknown("which variables were watched is not told")
    return lost(interp, tape, arguments, f"GradientTape.{name} is not followed")


def _watch(interp: Interpreter, tape: Ref, item: TapeObject, what: Value) -> Value:
    watched, may = item.watched, item.may
    for leaf in leaves((what,), interp.heap):
        if isinstance(leaf, Unknown) or (isinstance(leaf, TensorValue) and leaf.is_traced and leaf.trace is None):
            may = None
        elif isinstance(leaf, TensorValue) and leaf.trace is not None:
            sure = not any(len(member.members()) > 1 for member in (what,))
            watched = watched | {leaf.trace.number} if sure else watched
            may = None if may is None else may | leaf.trace.ids
    _put(interp, tape, dataclasses.replace(item, watched=watched, may=may))
    return Const(None)


def _gradient(
    interp: Interpreter, frame: Frame, node: ast.Call, tape: Ref, item: TapeObject, name: str, arguments: Arguments
) -> Value:
    values = arguments.values
    given = dict(arguments.named)
    target = values[0] if values else given.get("target")
    sources = values[1] if len(values) > 1 else given.get("sources", given.get("source"))
    if target is None or sources is None or "**" in given:
        return lost(interp, tape, arguments, "a tape is asked for something that is not understood")
    found = alternatives(Query("model", f"tensorflow.GradientTape.{name}", values, arguments.named), interp.heap)
    if found is None:
        return lost(interp, tape, arguments, "too many things that the sources may be")
    results = [_asked(interp, frame, node, item, query, arguments, alone=len(found) == 1) for query in found]
    if not item.persistent:
        _put(interp, tape, dataclasses.replace(item, used=True, recording=False))
    return join_all(results)


def _asked(
    interp: Interpreter,
    frame: Frame,
    node: ast.Call,
    item: TapeObject,
    query: Query,
    arguments: Arguments,
    *,
    alone: bool,
) -> Value:
    """Ask a tape for one alternative of what it is given; the listeners are told where there is no other."""
    given = dict(zip(("target", "sources"), query.args, strict=False)) | dict(query.kwargs)
    target, sources = given["target"], given.get("sources", given.get("source"))
    assert sources is not None
    ways = tuple(_ways(interp, item, target, sources))
    if any(state != NOT for state, _ in ways):
        follow(interp, frame, node, _traces(interp, target), item)
    detail = (item.persistent is not False, item.used is True, ways)
    query = dataclasses.replace(query, mode=interp.mode(frame), detail=detail)
    interp.bridge.session.asked_tape = item.key
    if alone:
        given_back = ask(interp, frame, node, query.name, query, arguments)
        return replay.retraced(query, interp.heap, given_back, interp.bridge) if interp.bridge.tapes else given_back
    outcome = interp.bridge.call(query, interp.heap).outcome
    return outcome.value if isinstance(outcome, Returned) else Unknown("a gradient of one of several things")


def _products(interp: Interpreter, tape: Ref, item: TapeObject, arguments: Arguments) -> Value:
    """Return what `ForwardAccumulator.jvp` gives: for each tensor one of its spec, or None where it comes from no primal.

    Source: tensorflow/python/eager/forwardprop.py.
    """
    given = dict(zip(("primals", "unconnected_gradients"), arguments.values, strict=False)) | dict(arguments.named)
    zeros = given.get("unconnected_gradients", Const("none")) != Const("none")

    def product(value: Value) -> Value:
        held = interp.heap.get(value.address) if isinstance(value, Ref) else None
        if isinstance(value, TupleValue):
            return dataclasses.replace(value, items=tuple(product(part) for part in value.items))
        if isinstance(held, ListObject) and held.items is not None:
            return Ref(interp.heap.allocate(ListObject(tuple(product(part) for part in held.items))))
        if not isinstance(value, TensorValue) or not value.is_traced or value.parts or value.trace is None:
            return Unknown("a product of something that is not understood")
        made = TensorValue(dtype=value.dtype, shape=value.shape, trace=new_trace(whole=False))
        state = SURE if value.trace.number in item.watched else _state(item, value.trace)
        if state == SURE or zeros:
            return made
        return Const(None) if state == NOT else join(made, Const(None))

    if "primals" not in given:
        return lost(interp, tape, arguments, "an accumulator is asked for something that is not understood")
    return product(given["primals"])


def _state(item: TapeObject, trace: Trace) -> str:
    reach = trace.reach(item.key)
    if reach.recorded:
        return SURE
    return NOT if reach.recorded is False and (item.may is not None and not trace.ids & item.may) else MAYBE


def _ways(interp: Interpreter, item: TapeObject, target: Value, sources: Value) -> list[tuple[str, str]]:
    """Return for each tensor among the sources how sure it is that the target comes from it, and in what form."""
    targets = _traces(interp, target)
    known = [trace.reach(item.key) for trace in targets if trace is not None]
    reach = gather(known)
    ways = []
    for trace in _traces(interp, sources):
        if trace is None:
            ways.append((MAYBE, EITHER))
            continue
        form = reach.sure.get(trace.number, reach.via.get(trace.number))
        recorded = trace.number in item.watched or trace.reach(item.key).recorded
        if recorded and any(other is not None and other.number == trace.number for other in targets):
            ways.append((SURE, DENSE))
        elif form is not None:
            ways.append((SURE, form if None not in targets or form == DENSE else EITHER))
        elif reach.may is None or trace.ids & reach.may or None in targets or _same(targets, trace):
            dense = None not in targets and reach.sliced is not None and not trace.ids & reach.sliced
            ways.append((MAYBE, DENSE if dense else EITHER))
        elif trace.number not in item.watched and recorded is not False:
            ways.append((MAYBE, EITHER))
        else:
            ways.append((NOT, DENSE))
    return ways


def _traces(interp: Interpreter, structure: Value) -> list[Trace | None]:
    """Return the traces of the tensors in a structure, in the order of `query.leaves`."""
    found = leaves((structure,), interp.heap)
    return [leaf.trace for leaf in found if isinstance(leaf, TensorValue) and leaf.is_traced]


def _same(targets: list[Trace | None], trace: Trace) -> bool:
    return any(other is None or other.ids & trace.ids for other in targets)
