"""Loops: over known items step by step, all others to a widened fixpoint."""

from __future__ import annotations

import ast

from ..values import Heap, ListObject, Ref, Unknown, Value
from ..values.heap import ScopeObject, UnknownObject
from ..values.join import join, widen
from . import autograph, batch_sizes, draws, traced_loops
from .checks import judge_python
from .conditions import condition
from .core import Frame, Interpreter, Loop, executes
from .sequences import iterate
from .statements import bind
from .symbolic import judge_items

MAX_TURNS = 64
#: Of a loop inside of others, all their turns together.
MAX_NESTED_TURNS = 512
MAX_ROUNDS = 6


@executes(ast.For, ast.AsyncFor)
def _for(interp: Interpreter, frame: Frame, node: ast.For) -> bool:
    iterable = interp.evaluate(frame, node.iter)
    source = draws.source_of(interp, iterable)
    if source is not None:
        draws.judge(interp, frame, node.iter, source, whole=not _may_leave(node))
    judge_python(interp, frame, node.iter, "iter", iterable)
    judge_items(interp, frame, node.iter, iterable)
    items, element = iterate(interp, frame, iterable, node.iter)
    loop = Loop()
    frame.loops.append(loop)
    sure = interp.unsure
    traced = items is None and autograph.decides(interp, frame, iterable)
    before = interp.heap.fork()
    if traced:
        autograph.enter_loop(interp, frame, [node, *node.body])
    try:
        if items is not None and len(items) <= MAX_TURNS and interp.turns * len(items) <= MAX_NESTED_TURNS:
            around = interp.turns
            interp.turns *= max(len(items), 1)
            try:
                ended = _turns(interp, frame, node, items, loop, iterable)
            finally:
                interp.turns = around
        else:
            ended = _fixpoint(interp, frame, node, element, loop, iterable if traced else None)
            if ended and not _may_leave(node):
                batch_sizes.follow_loop(interp, frame, node, iterable)
    finally:
        frame.loops.pop()
        interp.unsure = sure
    reached = _leave(interp, frame, node, ended, loop)
    if traced:
        autograph.settle(interp, frame, before, [*_returns(node)])
    return reached


def _returns(node: ast.For | ast.While) -> list[ast.stmt]:
    """Return the statements of a loop that leave its function: its breaks stay inside of it."""
    return [part for statement in node.body for part in ast.walk(statement) if isinstance(part, ast.Return)]


def _turns(interp: Interpreter, frame: Frame, node: ast.For, items: list[Value], loop: Loop, iterable: Value) -> bool:
    """Follow a loop over known items step by step; says whether its end is reached without `break`."""
    address = iterable.address if isinstance(iterable, Ref) else None
    source = None if address is None else interp.heap.get(address)

    def changed() -> bool:
        return address is not None and isinstance(source, ListObject) and interp.heap.get(address) != source

    may_leave = _may_leave(node)
    for item in items:
        if changed():
            break
        bind(interp, frame, node.target, item)
        reached = interp.execute_block(frame, node.body)
        ends = [interp.heap] if reached else []
        ends += loop.continues
        loop.continues = []
        if not ends:
            return False
        interp.heap = interp.joined(ends)
        interp.unsure += may_leave
    if changed():
        # Its own body changes the list: what comes next, and how often, is another matter.
        return _fixpoint(interp, frame, node, Unknown("an item of a list that the loop changes"), loop)
    return True


def _may_leave(node: ast.For | ast.While) -> bool:
    """Say whether something in the body of a loop may end it."""
    kinds = (ast.Break, ast.Return, ast.Raise, ast.Assert, ast.Continue)
    return any(isinstance(part, kinds) for statement in node.body for part in ast.walk(statement))


def _fixpoint(
    interp: Interpreter,
    frame: Frame,
    node: ast.For | ast.While,
    element: Value | None,
    loop: Loop,
    over: Value | None = None,
) -> bool:
    """Follow a loop of unknown length until its state no longer changes; it may also not run at all.

    over: what decides it, where a graph is traced.
    """
    interp.repeats += 1
    try:
        return _rounds(interp, frame, node, element, loop, over)
    finally:
        interp.repeats -= 1


def _rounds(
    interp: Interpreter, frame: Frame, node: ast.For | ast.While, element: Value | None, loop: Loop, over: Value | None
) -> bool:
    entry = interp.heap
    state = entry
    for turn in range(MAX_ROUNDS):
        interp.heap = state.fork()
        if isinstance(node, ast.While):
            interp.evaluate(frame, node.test)
        elif element is not None:
            bind(interp, frame, node.target, element)
        reached = interp.execute_block(frame, node.body)
        if turn == 0 and reached and over is not None and not interp.raised:
            traced_loops.judge(interp, frame, node, entry, over)
        interp.raised = False  # the loop may not run at all
        ends = [interp.heap] if reached else []
        ends += loop.continues
        loop.continues = []
        if not ends:
            break
        new = interp.joined([state, *ends], join if turn < 2 else widen)
        if _same(state, new):
            state = new
            break
        state = new
    else:
        _forget(state, entry)
    interp.heap = state
    return True


def _same(old: Heap, new: Heap) -> bool:
    # A join differs from the first of its heaps in what it says was written; where it does not say that, anywhere.
    for address in new.touched or old.objects:
        item, now = old.objects.get(address), new.objects.get(address)
        if item is not None and now is not item and now != item:
            return False
    return True


def _forget(state: Heap, entry: Heap) -> None:
    """Give up on what still changes from turn to turn."""
    why = "changes from turn to turn of a loop"
    for address, item in entry.objects.items():
        now = state.objects.get(address)
        if now is None or now == item:
            continue
        if isinstance(now, ScopeObject) and isinstance(item, ScopeObject):
            kept = {
                name: value if item.variables.get(name) == value else Unknown(why)
                for name, value in now.variables.items()
            }
            state.put(address, ScopeObject(kept, now.parent))
        else:
            state.put(address, UnknownObject(why))


def _leave(
    interp: Interpreter, frame: Frame, node: ast.For | ast.While | ast.AsyncFor, ended: bool, loop: Loop
) -> bool:
    """Join the ways out of a loop: its end (through `else`) and its breaks."""
    ends = list(loop.breaks)
    if ended and interp.execute_block(frame, node.orelse):
        ends.append(interp.heap)
    if not ends:
        return False
    interp.heap = interp.joined(ends)
    return True


@executes(ast.While)
def _while(interp: Interpreter, frame: Frame, node: ast.While) -> bool:
    loop = Loop()
    frame.loops.append(loop)
    sure = interp.unsure
    ended = True
    before = interp.heap.fork()
    traced = False
    try:
        for _ in range(MAX_TURNS):
            test = interp.evaluate(frame, node.test)
            known = condition(interp, frame, node.test, test)
            if known is None and autograph.decides(interp, frame, test):
                traced = True
                autograph.enter_loop(interp, frame, node.body)
            if known is None or (known and len(loop.breaks) > 3):
                over = test if traced else None
                ended = _fixpoint(interp, frame, node, None, loop, over) and not _endless(node.test)
                break
            if not known:
                break
            reached = interp.execute_block(frame, node.body)
            ends = [interp.heap] if reached else []
            ends += loop.continues
            loop.continues = []
            if not ends:
                ended = False
                break
            interp.heap = interp.joined(ends)
            interp.unsure += _may_leave(node)
        else:
            ended = _fixpoint(interp, frame, node, None, loop) and not _endless(node.test)
    finally:
        frame.loops.pop()
        interp.unsure = sure
    reached = _leave(interp, frame, node, ended, loop)
    if traced:
        autograph.settle(interp, frame, before, [*_returns(node)])
    return reached


def _endless(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


@executes(ast.Break)
def _break(interp: Interpreter, frame: Frame, node: ast.Break) -> bool:
    if frame.loops:
        frame.loops[-1].breaks.append(interp.heap)
    return False


@executes(ast.Continue)
def _continue(interp: Interpreter, frame: Frame, node: ast.Continue) -> bool:
    if frame.loops:
        frame.loops[-1].continues.append(interp.heap)
    return False
