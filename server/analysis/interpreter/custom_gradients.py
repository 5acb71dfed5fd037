"""Functions that bring their own gradient: `tf.custom_gradient`, `tf.recompute_grad`, `tf.grad_pass_through`.

Source: tensorflow/python/ops/custom_gradient.py. A tape records such a call as one operation: from its tensor arguments and
the variables that were read inside, to its results. What the function is made of, and what it closes over, the tape does
not see. The gradient function gets a gradient of the spec of each result, and runs when a tape is asked.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..libraries.flows import along
from ..values import Const, Descriptor, ListObject, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.tapes import TapeObject
from ..values.traces import ANYTHING, DENSE, EITHER, NOTHING, Reach, Trace, gather, new_trace
from .core import Frame, Interpreter
from .library_calls import Arguments, lost
from .library_models import models
from .sequences import known_items

#: What such functions are made by, by the last part of its name.
KINDS = ("custom_gradient", "recompute_grad", "grad_pass_through")
_NAMES = tuple(f"tensorflow.{kind}" for kind in KINDS)


@dataclasses.dataclass(frozen=True)
class GradientFunction:
    """What a tape calls for one result: the function, a gradient of each result, and the variables it is told of."""

    function: Value
    upstream: tuple[Value, ...]
    variables: Value | None = None


@models(*_NAMES)
def _made(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    if len(arguments.all) != 1 or not isinstance(node.func, (ast.Attribute, ast.Name)):
        return None
    given = arguments.all[0].value
    name = interp.evaluate(frame, node.func)
    kind = str(getattr(name, "name", "")).rpartition(".")[2]
    return Descriptor(kind=kind, function=given) if kind in KINDS and not isinstance(given, Unknown) else given


def call_custom(interp: Interpreter, frame: Frame, node: ast.Call, function: Descriptor, arguments: Arguments) -> Value:
    """Call a function that brings its own gradient."""
    from .calls import call

    eager = interp.mode(frame) == "eager"
    if not all(_passes(item.value, eager) for item in arguments.all):
        return lost(interp, function, arguments, f"tf.{function.kind} of something that it converts")
    with _reading(interp) as read:
        result = call(interp, frame, node, function.function, arguments)
    args = [item.value for item in arguments.all if isinstance(item.value, TensorValue)]
    read = [one for one in read if one is None or not any(_same(one, arg) for arg in args)]
    if function.kind != "custom_gradient":
        return _traced(interp, result, lambda tape, inner: _recomputed(tape, inner, args, read, function.kind))
    if not isinstance(result, TupleValue) or len(result.items) != 2:
        return Unknown("what tf.custom_gradient gives is not followed")
    value, gradient = result.items
    upstream = _upstream(value)
    if upstream is None:
        return Unknown("what tf.custom_gradient gives is not followed")
    made = GradientFunction(gradient, upstream, _variables(interp, read))
    asked = _asked(interp, frame, node, made)
    found = _traced(interp, value, lambda tape, inner: _own(interp, tape, asked, arguments, read))
    if eager:
        parts = found.items if isinstance(found, TupleValue) else (found,)
        for part in parts:
            if isinstance(part, TensorValue) and part.trace is not None:
                interp.gradient_functions[part.trace.number] = made
    return found


def follow(interp: Interpreter, frame: Frame, node: ast.Call, targets: list[Trace | None], tape: TapeObject) -> None:
    """Follow the gradient functions that a tape runs on its way from these targets."""
    known = [trace for trace in targets if trace is not None]
    numbers = {trace.number for trace in known}
    via = gather(trace.reach(tape.key) for trace in known).via
    for number in sorted(numbers | {number for number, form in via.items() if form == DENSE}):
        made = interp.gradient_functions.get(number)
        if made is not None and interp.mode(frame) == "eager":
            _run(interp, frame, node, made)


def _passes(value: Value, eager: bool) -> bool:
    """Say whether an argument comes to the function as it is."""
    if isinstance(value, TensorValue):
        return value.kind == "Tensor" or (eager and value.kind in ("Variable", "ndarray"))
    return eager and isinstance(value, Const)


@contextmanager
def _reading(interp: Interpreter) -> Iterator[list[TensorValue | None]]:
    """Gather the trainable variables that are read; None stands for weights of a layer."""
    read = list[TensorValue | None]()
    interp.bridge.read.append(read)
    try:
        yield read
    finally:
        interp.bridge.read.remove(read)


def _same(one: TensorValue, other: TensorValue) -> bool:
    return one.trace is not None and other.trace is not None and one.trace.number == other.trace.number


def _variables(interp: Interpreter, read: list[TensorValue | None]) -> Value | None:
    """Return what the gradient function gets as `variables`: in which order they come is not known."""
    numbers = {id(one) if one is None or one.trace is None else one.trace.number for one in read}
    if not read:
        return None
    if len(numbers) == 1 and read[0] is not None:
        return Ref(interp.heap.allocate(ListObject((read[0],))))
    return Unknown("the order of the variables of a gradient function")


def _upstream(value: Value) -> tuple[Value, ...] | None:
    """Return gradients of the specs of the results; None where these are no tensors."""
    parts = value.items if isinstance(value, TupleValue) else (value,)
    if not all(isinstance(part, TensorValue) and part.kind == "Tensor" for part in parts):
        return None
    return tuple(
        TensorValue(dtype=part.dtype, shape=part.shape, trace=new_trace(whole=False))
        for part in parts
        if isinstance(part, TensorValue)
    )


def _run(interp: Interpreter, frame: Frame, node: ast.Call, made: GradientFunction) -> Value:
    """Follow a gradient function where nobody can say whether its faults come up."""
    from .calls import call_with

    before = interp.heap
    interp.heap = before.fork()
    named = () if made.variables is None else (("variables", made.variables),)
    with interp.guessing():
        result = call_with(interp, frame, made.function, made.upstream, named, node)
    interp.raised = False
    interp.heap = interp.joined([before, interp.heap])
    return result


def _asked(interp: Interpreter, frame: Frame, node: ast.Call, made: GradientFunction) -> Value:
    """Return what a gradient function will give; of what happens in it nothing is noted."""
    listeners, tables, called, heap = interp.listeners, interp.tables, set(interp.called), interp.heap
    interp.listeners, interp.tables, interp.heap = [], {}, heap.fork()
    try:
        result = _run(interp, frame, node, made)
        return TupleValue(tuple(_listed(interp, result)))
    finally:
        interp.listeners, interp.tables, interp.called, interp.heap = listeners, tables, called, heap


def _listed(interp: Interpreter, value: Value) -> list[Value]:
    """Return the gradients that a function gives, lists among them as tuples."""
    items = known_items(interp, value) if isinstance(value, (TupleValue, Ref)) else None
    if items is None:
        return [value]
    return [TupleValue(tuple(_listed(interp, item))) if isinstance(item, (TupleValue, Ref)) else item for item in items]


def _traced(interp: Interpreter, value: Value, reach_of: Callable[[TapeObject, Reach], Reach]) -> Value:
    """Return results as tapes see them: told from what they were inside."""
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_traced(interp, item, reach_of) for item in value.items))
    if not isinstance(value, TensorValue) or not value.is_traced:
        return value
    reaches: dict[int, Reach] = {}
    whole = True
    for address in interp.bridge.tapes:
        tape = interp.heap.get(address)
        if not isinstance(tape, TapeObject):
            whole = False
        elif tape.recording:
            reaches[tape.key] = reach_of(tape, ANYTHING if value.trace is None else value.trace.reach(tape.key))
    return dataclasses.replace(value, trace=new_trace(reaches, whole=whole))


def _own(
    interp: Interpreter, tape: TapeObject, asked: Value, arguments: Arguments, read: list[TensorValue | None]
) -> Reach:
    """Return what a tape sees of a call whose gradient function gives these gradients."""
    given = asked.items if isinstance(asked, TupleValue) else ()
    weights: tuple[Value, ...] = ()
    if read and len(given) == 2:
        first, last = given
        given = first.items if isinstance(first, TupleValue) else (first,)
        weights = last.items if isinstance(last, TupleValue) else (last,)
    parts = []
    if len(given) != len(arguments.all):
        return ANYTHING
    for argument, gradient in zip(arguments.all, given, strict=True):
        if isinstance(argument.value, TensorValue) and argument.value.is_traced:
            parts.append(_to(tape, argument.value, gradient))
    if None in read or len(weights) != len(read):
        parts += [ANYTHING for _ in read[:1]]
    else:
        parts += [_to(tape, one, gradient) for one, gradient in zip(read, weights, strict=True) if one is not None]
    return gather(parts)


def _to(tape: TapeObject, source: TensorValue, gradient: Value) -> Reach:
    if gradient == Const(None):
        return NOTHING
    if not isinstance(gradient, TensorValue):
        return ANYTHING
    return along(tape, source.trace, DENSE if gradient.kind != "IndexedSlices" else EITHER, source.kind)


def _recomputed(
    tape: TapeObject, inner: Reach, args: list[TensorValue], read: list[TensorValue | None], kind: str
) -> Reach:
    """Return what a tape sees of a function that is run again for its gradients, or whose gradient is passed on."""
    parts = []
    for source in args:
        number = None if source.trace is None else source.trace.number
        form = inner.sure.get(number or 0, inner.via.get(number or 0))
        if kind == "grad_pass_through":
            form = DENSE
        if source.is_traced:
            parts.append(along(tape, source.trace, form or EITHER, source.kind))
    for one in read:
        number = None if one is None or one.trace is None else one.trace.number
        form = inner.sure.get(number or 0)
        if one is None or form is None:
            parts.append(ANYTHING)
        elif kind != "grad_pass_through":
            parts.append(along(tape, one.trace, form, one.kind))
    return gather(parts)
