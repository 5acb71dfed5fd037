"""Statements: assignments, branches, loops, functions, `with`, `try`."""

from __future__ import annotations

import ast

from ..values import Const, FunctionValue, Heap, Ref, Symbol, TensorValue, Unknown, Value
from ..values.heap import InstanceObject
from ..values.join import join, widen
from .core import Frame, Interpreter, Loop, executes
from .functions import define
from .operators import binary
from .sequences import iterate, truth, unpack
from .subscripts import set_item

MAX_TURNS = 64
MAX_ROUNDS = 6


@executes(ast.Expr)
def _expression(interp: Interpreter, frame: Frame, node: ast.Expr) -> bool:
    interp.evaluate(frame, node.value)
    return True


@executes(ast.Pass)
def _pass(interp: Interpreter, frame: Frame, node: ast.Pass) -> bool:
    return True


@executes(ast.Assign)
def _assign(interp: Interpreter, frame: Frame, node: ast.Assign) -> bool:
    value = interp.evaluate(frame, node.value)
    for target in node.targets:
        bind(interp, frame, target, value)
    return True


@executes(ast.AnnAssign)
def _annotated(interp: Interpreter, frame: Frame, node: ast.AnnAssign) -> bool:
    if node.value is not None:
        bind(interp, frame, node.target, interp.evaluate(frame, node.value))
    return True


@executes(ast.AugAssign)
def _augmented(interp: Interpreter, frame: Frame, node: ast.AugAssign) -> bool:
    target = node.target
    # The target is read first: as an expression of its own, with its own position.
    reading = _as_load(target)
    old = interp.evaluate(frame, reading)
    value = interp.evaluate(frame, node.value)
    result = binary(interp, frame, node, node.op, (old, reading), (value, node.value), in_place=True)
    bind(interp, frame, target, result)
    return True


def _as_load(target: ast.expr) -> ast.expr:
    copy = type(target)(**{name: getattr(target, name) for name in target._fields})
    copy.ctx = ast.Load()  # type: ignore[attr-defined]
    return ast.copy_location(copy, target)


def bind(interp: Interpreter, frame: Frame, target: ast.expr, value: Value) -> None:
    """Bind a value to a target of an assignment."""
    if isinstance(target, ast.Name):
        store(interp, frame, target.id, value)
        interp.note_target(frame, target, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part, item in zip(target.elts, unpack(interp, frame, value, target.elts), strict=True):
            bind(interp, frame, part.value if isinstance(part, ast.Starred) else part, item)
    elif isinstance(target, ast.Subscript):
        container = interp.evaluate(frame, target.value)
        index = interp.evaluate(frame, target.slice)
        set_item(interp, container, index, value)
    elif isinstance(target, ast.Attribute):
        _set_attribute(interp, interp.evaluate(frame, target.value), target.attr, value)
    elif isinstance(target, ast.Starred):
        bind(interp, frame, target.value, value)


def store(interp: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Bind a name, where `global` and `nonlocal` say."""
    where = frame.outer_names.get(name)
    scope = frame.scope
    if where is not None:
        found = interp.heap.lookup(_parent(interp, frame.scope), name)
        scope = _module_scope(interp, frame.scope) if where == "global" or found is None else found[0]
    interp.heap.bind(scope, name, value)


def _parent(interp: Interpreter, scope: int) -> int | None:
    return getattr(interp.heap.get(scope), "parent", None)


def _module_scope(interp: Interpreter, scope: int) -> int:
    while True:
        parent = _parent(interp, scope)
        if parent is None:
            return scope
        scope = parent


def _set_attribute(interp: Interpreter, receiver: Value, name: str, value: Value) -> None:
    if isinstance(receiver, Ref):
        item = interp.heap.get(receiver.address)
        if isinstance(item, InstanceObject):
            interp.heap.put(receiver.address, InstanceObject(item.class_name, {**item.attributes, name: value}))
            return
        interp.heap.escape([receiver], f"its attribute {name} is set")
    elif isinstance(receiver, TensorValue):
        interp.heap.written(receiver.storage)


@executes(ast.Delete)
def _delete(interp: Interpreter, frame: Frame, node: ast.Delete) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Name):
            interp.heap.unbind(frame.scope, target.id)
        elif isinstance(target, ast.Subscript):
            container = interp.evaluate(frame, target.value)
            interp.evaluate(frame, target.slice)
            interp.heap.escape([container], "an item is deleted")
    return True


@executes(ast.Global, ast.Nonlocal)
def _outer(interp: Interpreter, frame: Frame, node: ast.Global | ast.Nonlocal) -> bool:
    for name in node.names:
        frame.outer_names[name] = "global" if isinstance(node, ast.Global) else "nonlocal"
    return True


@executes(ast.If)
def _if(interp: Interpreter, frame: Frame, node: ast.If) -> bool:
    known = truth(interp, frame, interp.evaluate(frame, node.test))
    if known is not None:
        return interp.execute_block(frame, node.body if known else node.orelse)
    return branch(interp, frame, [node.body, node.orelse])


def branch(interp: Interpreter, frame: Frame, bodies: list[list[ast.stmt]]) -> bool:
    """Follow several bodies from the same state and join where they end."""
    entry, ends, raised = interp.heap, list[Heap](), list[bool]()
    for body in bodies:
        interp.heap = entry.fork()
        if interp.execute_block(frame, body):
            ends.append(interp.heap)
        raised.append(interp.raised)
        interp.raised = False
    if not ends:
        interp.raised = all(raised)
        interp.heap = entry
        return False
    interp.heap = interp.joined(ends)
    return True


@executes(ast.For, ast.AsyncFor)
def _for(interp: Interpreter, frame: Frame, node: ast.For) -> bool:
    iterable = interp.evaluate(frame, node.iter)
    items, element = iterate(interp, frame, iterable, node.iter)
    loop = Loop()
    frame.loops.append(loop)
    try:
        if items is not None and len(items) <= MAX_TURNS:
            ended = _turns(interp, frame, node, items, loop)
        else:
            ended = _fixpoint(interp, frame, node, element, loop)
    finally:
        frame.loops.pop()
    return _leave(interp, frame, node, ended, loop)


def _turns(interp: Interpreter, frame: Frame, node: ast.For, items: list[Value], loop: Loop) -> bool:
    """Follow a loop over known items step by step; says whether its end is reached without `break`."""
    for item in items:
        bind(interp, frame, node.target, item)
        reached = interp.execute_block(frame, node.body)
        ends = [interp.heap] if reached else []
        ends += loop.continues
        loop.continues = []
        if not ends:
            return False
        interp.heap = interp.joined(ends)
    return True


def _fixpoint(interp: Interpreter, frame: Frame, node: ast.For | ast.While, element: Value | None, loop: Loop) -> bool:
    """Follow a loop of unknown length until its state no longer changes; it may also not run at all."""
    entry = interp.heap
    state = entry
    for turn in range(MAX_ROUNDS):
        interp.heap = state.fork()
        if isinstance(node, ast.While):
            interp.evaluate(frame, node.test)
        elif element is not None:
            bind(interp, frame, node.target, element)
        reached = interp.execute_block(frame, node.body)
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
    return all(new.objects.get(address) == item for address, item in old.objects.items())


def _forget(state: Heap, entry: Heap) -> None:
    """Give up on what still changes from turn to turn."""
    from ..values.heap import ScopeObject, UnknownObject

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
            state.objects[address] = ScopeObject(kept, now.parent)
        else:
            state.objects[address] = UnknownObject(why)


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
    ended = True
    try:
        for _ in range(MAX_TURNS):
            known = truth(interp, frame, interp.evaluate(frame, node.test))
            if known is None or (known and len(loop.breaks) > 3):
                ended = _fixpoint(interp, frame, node, None, loop) and not _endless(node.test)
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
        else:
            ended = _fixpoint(interp, frame, node, None, loop) and not _endless(node.test)
    finally:
        frame.loops.pop()
    return _leave(interp, frame, node, ended, loop)


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


@executes(ast.Return)
def _return(interp: Interpreter, frame: Frame, node: ast.Return) -> bool:
    value = Const(None) if node.value is None else interp.evaluate(frame, node.value)
    frame.returns.append((value, interp.heap))
    return False


@executes(ast.Raise)
def _raise(interp: Interpreter, frame: Frame, node: ast.Raise) -> bool:
    for part in (node.exc, node.cause):
        if part is not None:
            interp.evaluate(frame, part)
    return False


@executes(ast.Assert)
def _assert(interp: Interpreter, frame: Frame, node: ast.Assert) -> bool:
    return truth(interp, frame, interp.evaluate(frame, node.test)) is not False


@executes(ast.With, ast.AsyncWith)
def _with(interp: Interpreter, frame: Frame, node: ast.With) -> bool:
    names = frozenset[str]()
    for item in node.items:
        context = interp.evaluate(frame, item.context_expr)
        if _suppresses(item.context_expr):
            names = frozenset("*")
        if item.optional_vars is not None:
            bind(interp, frame, item.optional_vars, _entered(context))
    if not names:
        return interp.execute_block(frame, node.body)
    return _guarded(interp, frame, node.body, names, [[]])


def _suppresses(node: ast.expr) -> bool:
    """Say whether a context manager catches what its block raises (`pytest.raises`, `assertRaises`, `suppress`)."""
    called = node.func if isinstance(node, ast.Call) else node
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("raises", "assertRaises", "assertRaisesRegex", "suppress", "assertRaisesWithPredicateMatch")


def _entered(context: Value) -> Value:
    return context if isinstance(context, (Symbol, Ref)) else Unknown("what a context manager gives is not followed")


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
    raised = interp.joined(seen)
    for index, handled in enumerate(bodies):
        interp.heap = raised.fork()
        name = handlers[index].name if handlers else None
        if name:
            interp.heap.bind(frame.scope, name, Unknown("an exception"))
        if interp.execute_block(frame, handled):
            ends.append(interp.heap)
    if not ends:
        return False
    interp.heap = interp.joined(ends)
    return True


def _caught(node: ast.expr | None) -> list[str]:
    """Return the names of the exceptions that a handler catches; `*` for all."""
    if node is None:
        return ["*"]
    if isinstance(node, ast.Tuple):
        return [name for part in node.elts for name in _caught(part)]
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "*")
    return ["*"] if name in ("Exception", "BaseException") else [name]


@executes(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(interp: Interpreter, frame: Frame, node: ast.FunctionDef) -> bool:
    interp.heap.bind(frame.scope, node.name, define(interp, frame, node))
    return True


@executes(ast.ClassDef)
def _class(interp: Interpreter, frame: Frame, node: ast.ClassDef) -> bool:
    """Classes are not followed yet: what they make is unknown, what their methods say is judged without callers."""
    for base in node.bases:
        interp.evaluate(frame, base)
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = define(interp, frame, statement)
            if isinstance(function, FunctionValue):
                interp.pending.append((frame.unit, function))
    interp.heap.bind(frame.scope, node.name, Unknown("classes are not followed yet"))
    return True


@executes(ast.Match)
def _match(interp: Interpreter, frame: Frame, node: ast.Match) -> bool:
    """Patterns are not followed yet: every case may be taken, and what it binds is unknown."""
    interp.evaluate(frame, node.subject)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                interp.heap.bind(frame.scope, name, Unknown("bound by a pattern"))
    return branch(interp, frame, [*[case.body for case in node.cases], []])
