"""Blocks that an exception may leave: `try`, and `with` where the context manager catches."""

from __future__ import annotations

import ast
import builtins
import contextlib

import tensorflow as tf

from ..libraries.global_state import LibraryState
from ..values import Heap, Ref, ScopeObject, StorageObject, Symbol, Union, Unknown, Value
from ..values.heap import UnknownObject
from ..values.standard import FileValue
from . import contexts, graphs, tapes
from .core import MAX_WATCHED, Frame, Interpreter, executes
from .protocols import entered, left_behind, may_swallow
from .statements import bind

_SUPPRESSING = frozenset(
    [
        "raises",
        "assertRaises",
        "assertRaisesRegex",
        "assertRaisesWithPredicateMatch",
        "assertRaisesRegexp",
        "suppress",
        "assert_raises",
        "assert_raises_regex",
        "assertRaisesOpError",
        "assertRaisesIncompatibleShapesError",
    ]
)


@executes(ast.With, ast.AsyncWith)
def _with(interp: Interpreter, frame: Frame, node: ast.With) -> bool:
    doubts = interp.doubtful_contexts
    with contextlib.ExitStack() as held:
        try:
            return _entered_block(interp, frame, node, held)
        finally:
            interp.doubtful_contexts = doubts


def _entered_block(interp: Interpreter, frame: Frame, node: ast.With, held: contextlib.ExitStack) -> bool:
    names = frozenset[str]()
    managed: list[Value] = []
    recording: list[Value] = []
    for item in node.items:
        context = interp.evaluate(frame, item.context_expr)
        interp.doubtful_contexts += isinstance(context, (Unknown, Union))
        # A context manager that comes from elsewhere under a name may well be one that swallows exceptions.
        named = isinstance(item.context_expr, ast.Name) and isinstance(context, (Unknown, Union))
        if named or contexts.swallows(context) or _suppresses(item.context_expr):
            names = frozenset("*")
        given = graphs.enter(interp, frame, context, held)
        if given is None:
            given = contexts.enter(interp, frame, context, held)
        if given is None:
            given = tapes.enter(interp, context)
        recording.append(context)
        if given is None:
            given = entered(interp, frame, context, item.context_expr)
            if given is not None:
                managed.append(context)
                if may_swallow(interp, context):
                    names = frozenset("*")
        if item.optional_vars is not None:
            bind(interp, frame, item.optional_vars, _entered(context) if given is None else given)
    try:
        reached = _guarded(interp, frame, node.body, names, [[]]) if names else interp.execute_block(frame, node.body)
    finally:
        for context in reversed(recording):
            tapes.leave(interp, context)
    swallows = [left_behind(interp, frame, context, node) for context in reversed(managed)]
    return reached or any(swallows)


def _suppresses(node: ast.expr) -> bool:
    """Say whether a context manager catches what its block raises (`pytest.raises`, `assertRaises`, `suppress`)."""
    called = node.func if isinstance(node, ast.Call) else node
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _SUPPRESSING


def _entered(context: Value) -> Value:
    return (
        context
        if isinstance(context, (Symbol, Ref, FileValue))
        else Unknown("what a context manager gives is not followed")
    )


@executes(ast.Try, *([ast.TryStar] if hasattr(ast, "TryStar") else []))
def _try(interp: Interpreter, frame: Frame, node: ast.Try) -> bool:
    names = frozenset(name for handler in node.handlers for name in _caught(handler.type))
    bodies: list[list[ast.stmt]] = [handler.body for handler in node.handlers]
    for handler in node.handlers:
        if handler.type is not None:
            interp.evaluate(frame, handler.type)
    reached = _guarded(interp, frame, node.body, names, bodies, node.handlers, node.orelse)
    if not node.finalbody:
        return reached
    return interp.execute_block(frame, node.finalbody) and reached


def _guarded(
    interp: Interpreter,
    frame: Frame,
    body: list[ast.stmt],
    names: frozenset[str],
    bodies: list[list[ast.stmt]],
    handlers: list[ast.ExceptHandler] | None = None,
    orelse: list[ast.stmt] | None = None,
) -> bool:
    """Follow a block that may be left by an exception at any of its statements, and then each of its handlers."""
    entry = interp.heap
    seen: list[Heap] = [entry.fork()]
    interp.watchers.append(seen)
    frame.handlers.append(names)
    try:
        interp.heap = entry.fork()
        reached = interp.execute_block(frame, body)
    finally:
        frame.handlers.pop()
        interp.watchers.pop()
    interp.raised = False
    ends: list[Heap] = []
    if reached and interp.execute_block(frame, orelse or []):
        ends.append(interp.heap)
    if len(seen) > MAX_WATCHED:
        _forget_since(interp, entry, seen)
    raised = interp.joined(seen)
    for index, handled in enumerate(bodies):
        interp.heap = raised.fork()
        name = handlers[index].name if handlers else None
        if name:
            interp.heap.bind(frame.scope, name, Unknown("an exception"))
        with interp.guessing():
            caught = interp.execute_block(frame, handled)
        if caught:
            ends.append(interp.heap)
        else:
            frame.uncertain = True
    if not ends:
        return False
    interp.heap = interp.joined(ends)
    return True


def _forget_since(interp: Interpreter, entry: Heap, seen: list[Heap]) -> None:
    """Leave of many states the first one, without what the block has changed: too many to be joined one by one."""
    why = "changed in a long block that an exception may leave"
    end = interp.heap
    state = entry.fork()
    for address, old in entry.objects.items():
        now = end.objects.get(address)
        changed = any(heap.objects.get(address) is not old for heap in seen[-1:]) or now is not old
        if not changed:
            continue
        if isinstance(old, ScopeObject) and isinstance(now, ScopeObject):
            kept = {
                name: value if old.variables.get(name) is value is now.variables.get(name) else Unknown(why)
                for name, value in {**now.variables, **old.variables}.items()
            }
            state.put(address, ScopeObject(kept, old.parent))
        elif isinstance(old, StorageObject):
            state.written(address)
        elif not isinstance(old, LibraryState):
            state.put(address, UnknownObject(why))
    for address, item in end.objects.items():
        if address not in entry.objects:
            state.put(address, item)
    seen[:] = [state]


def _caught(node: ast.expr | None) -> list[str]:
    """Return the names of the exceptions that a handler catches; `*` for all, and for what is no exception we know."""
    if node is None:
        return ["*"]
    if isinstance(node, ast.Tuple):
        return [name for part in node.elts for name in _caught(part)]
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "*")
    known = (
        hasattr(tf.errors, name) if isinstance(node, ast.Attribute) else isinstance(getattr(builtins, name, None), type)
    )
    return [name] if known and name not in ("Exception", "BaseException") else ["*"]
