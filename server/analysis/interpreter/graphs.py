"""Programs of TensorFlow 1: the mode they are in, calls that need a graph, and the contexts that they open.

In mode `v1` a library is asked in the program's own graph (`libraries.graphs`). A program gets there by
`disable_eager_execution`, inside of `with graph.as_default()` and `with Session()`, or, as far as the rest of the analysis goes, by
a call that does not work otherwise: what it says from there on holds once that call has been repaired.
"""

from __future__ import annotations

import ast
import contextlib

import tensorflow as tf

from ..libraries import global_state, graphs, live_objects
from ..libraries.outcome import NotKnown, Refused, Returned
from ..libraries.query import Query
from ..values import BoundMethod, Const, LiveValue, TensorValue, Unknown, Value
from .asking import report
from .core import Frame, Interpreter
from .events import Argument

#: Attributes of tensors and variables that only a graph has.
_ATTRIBUTES = frozenset(["op", "name", "graph", "device", "value_index", "initializer", "initial_value"])
_EVERYWHERE = ("Session", "Graph", "Operation")
#: What a program writes that disables eager execution in a way of its own.
_HINTS = ("disable_eager", "disable_v2", "run_deprecated_v1", "run_in_graph", "executing_eagerly", "as_default")


def assume(interp: Interpreter, name: str) -> None:
    """Take a program that reads a name of TensorFlow 1 for one that has a graph."""
    if graphs.of_graphs(name):
        global_state.assume_graph(interp.heap)


def judge_in_eager_code(
    interp: Interpreter, frame: Frame, node: ast.Call, query: Query, arguments: tuple[Argument, ...]
) -> None:
    """Judge a call, made in eager code, of what works in graphs alone."""
    if not graphs.works_in_graphs_alone(query.name) or not _certainly_eager(interp, frame):
        return
    answer = graphs.refused_eagerly(query, interp.heap, interp.bridge.session)
    if not isinstance(answer.outcome, Refused):
        return
    if node is not None:
        report(interp, frame, node, query.name, query, arguments, answer)
    if not interp.expects(answer.outcome.types):
        global_state.assume_graph(interp.heap)


def _certainly_eager(interp: Interpreter, frame: Frame) -> bool:
    """Say whether nothing that is not followed may have made a graph."""
    units = {running.unit for running in interp.frames} | {frame.unit}
    said = any(hint in unit.text for unit in units for hint in _HINTS)
    return not (said or interp.uncalled or interp.doubtful_contexts or interp.bridge.session.graphs.hidden)


def member(interp: Interpreter, frame: Frame, receiver: LiveValue, name: str) -> Value:
    """Return an attribute or a method of a live object."""
    made = interp.bridge.session.nodes.get(receiver.node)
    known = live_objects.described(made)
    if known is None or name.startswith("_"):
        return Unknown(f"the attribute '{name}' is not followed")
    if name in known[2]:
        return BoundMethod(receiver=receiver, name=name)
    if name not in known[1]:
        interp.bridge.session.graphs.hidden = True
        return Unknown(f"{receiver.kind}.{name} is not followed")
    return ask(interp, Query("attribute", name, (receiver,), mode=interp.mode(frame)))


def ask(interp: Interpreter, query: Query) -> Value:
    """Ask without telling anybody."""
    outcome = interp.bridge.call(query, interp.heap).outcome
    if isinstance(outcome, Returned):
        return outcome.value
    return Unknown(outcome.reason if isinstance(outcome, NotKnown) else "this attribute fails")


def tensor_attribute(interp: Interpreter, frame: Frame, receiver: TensorValue, name: str) -> Value | None:
    """Return what only tensors in a graph have; None for anything else."""
    if receiver.node is None or name not in _ATTRIBUTES or interp.mode(frame) != "v1":
        return None
    return ask(interp, Query("attribute", name, (receiver,), mode="v1"))


def why_not_called(interp: Interpreter, frame: Frame, receiver: LiveValue) -> str | None:
    """Say why a method of a live object is not called here: eager code does something else with it."""
    if interp.mode(frame) == "eager" and receiver.kind not in _EVERYWHERE:
        return f"{receiver.kind} in eager code"
    return None


def reset(interp: Interpreter) -> None:
    """Do what `reset_default_graph` does."""
    program = interp.bridge.session.graphs
    program.unsure |= program.doubt()
    program.default = graphs.new_graph()


def enter(interp: Interpreter, frame: Frame, context: Value, held: contextlib.ExitStack) -> Value | None:
    """Enter a context of TensorFlow 1 for the length of a block; None where `context` is none."""
    if not isinstance(context, LiveValue):
        return None
    program = interp.bridge.session.graphs
    made = interp.bridge.session.nodes[context.node]
    if any(running.yields is not None for running in interp.frames):
        program.hidden = True  # a generator stays in it between its items
    if not hasattr(type(made), "__enter__"):
        return Unknown("no context manager")
    if interp.mode(frame) == "v1":
        held.enter_context(graphs.entered(program.current(), False))
    try:
        given = held.enter_context(made)
    except Exception:  # scopes that do not fit
        return Unknown("a context that fails")
    if frame.mode == "eager" and graphs.is_program_graph(tf.compat.v1.get_default_graph()):
        frame.mode = "v1"
        held.callback(setattr, frame, "mode", "eager")
    return graphs.reflect_live(given, interp.bridge.session)


def set_shape(interp: Interpreter, frame: Frame, node: ast.Call, receiver: TensorValue, shape: Argument) -> Value:
    """State the shape of a tensor in its graph; not where that may not come to pass."""
    program = interp.bridge.session.graphs
    if receiver.node is not None and interp.mode(frame) == "v1" and not program.doubt():
        query = Query("method", "set_shape", (receiver, shape.value), mode="v1")
        answer = interp.bridge.call(query, interp.heap)
        report(interp, frame, node, "Tensor.set_shape", query, (shape,), answer)
    return Const(None)
