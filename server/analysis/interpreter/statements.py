"""Statements: assignments, branches, functions. Loops and guarded blocks have modules of their own."""

from __future__ import annotations

import ast

from ..libraries import global_state, upkeep
from ..values import Const, Heap, ModuleValue, Ref, Symbol, TensorValue, Unknown, Value
from ..values.heap import LibraryObject, UnknownObject
from . import autograph, standard, tracking
from .checks import judge_key_of
from .classes import define_class
from .comments import with_names
from .conditions import condition
from .core import Frame, Interpreter, executes
from .functions import define
from .instances import delete_attribute, set_attribute, special
from .narrowing import narrow
from .operators import binary
from .sequences import keep_iterator, truth, unpack
from .subscripts import delete_item, set_item
from .symbolic import judge_parts
from .traced_loops import judge_condition


@executes(ast.Expr)
def _expression(interp: Interpreter, frame: Frame, node: ast.Expr) -> bool:
    interp.evaluate(frame, node.value)
    return not _exits(node.value)


def _exits(node: ast.expr) -> bool:
    """Say whether a call ends the program: `sys.exit()`, `os._exit()`, `exit()`, `quit()`."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in ("exit", "quit")
    module = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
    return isinstance(called, ast.Attribute) and (module, called.attr) in {
        ("sys", "exit"),
        ("os", "_exit"),
        ("os", "abort"),
    }


@executes(ast.Pass)
def _pass(interp: Interpreter, frame: Frame, node: ast.Pass) -> bool:
    return True


@executes(ast.Assign)
def _assign(interp: Interpreter, frame: Frame, node: ast.Assign) -> bool:
    value = interp.evaluate(frame, node.value)
    if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets):
        judge_parts(interp, frame, node.value, value)
    for target in node.targets:
        bind(interp, frame, target, with_names(frame.unit, target, value))
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
    # Made once and kept with the tree: facts and spans go by the identity of nodes.
    kept: ast.expr | None = getattr(target, "_reading", None)
    if kept is None:
        copy = type(target)(**{name: getattr(target, name) for name in target._fields})
        copy.ctx = ast.Load()  # type: ignore[attr-defined]
        kept = target._reading = ast.copy_location(copy, target)  # type: ignore[attr-defined]
    return kept


def bind(interp: Interpreter, frame: Frame, target: ast.expr, value: Value) -> None:
    """Bind a value to a target of an assignment."""
    if isinstance(target, ast.Name):
        store(interp, frame, target.id, value)
        interp.note_target(frame, target, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part, item in zip(target.elts, unpack(interp, frame, value, target.elts), strict=True):
            # The call that gave them all made each of them.
            made = item.made_at(value.origin) if isinstance(item, TensorValue) else item
            bind(interp, frame, part.value if isinstance(part, ast.Starred) else part, made)
    elif isinstance(target, ast.Subscript):
        container = interp.evaluate(frame, target.value)
        index = interp.evaluate(frame, target.slice)
        if special(interp, frame, container, "__setitem__", (index, value), target) is None:
            judge_key_of(interp, frame, target, container, index)
            set_item(interp, container, index, value)
    elif isinstance(target, ast.Attribute):
        _set_attribute(interp, frame, interp.evaluate(frame, target.value), target.attr, value)
    elif isinstance(target, ast.Starred):
        bind(interp, frame, target.value, value)


def store(interp: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Bind a name, where `global` and `nonlocal` say."""
    keep_iterator(interp, value)
    if frame.conditional:
        value = autograph.as_output(value)
    if isinstance(value, TensorValue):
        value = value.identified()
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


def _set_attribute(interp: Interpreter, frame: Frame, receiver: Value, name: str, value: Value) -> None:
    certain = len(receiver.members()) == 1
    for member in receiver.members():
        if isinstance(member, TensorValue):
            interp.heap.written(member.storage)
            if member.is_numpy and name in ("shape", "dtype", "strides"):
                interp.heap.reshaped(member.storage)
        elif isinstance(member, ModuleValue):
            interp.heap.bind(member.scope, name, value if certain else Unknown(f"{name} of one of several is set"))
        elif isinstance(member, Symbol) and standard.owns(member.name):
            standard.replace(interp, f"{member.name}.{name}", value)
        elif isinstance(member, Symbol):
            lost = global_state.LibraryState(lost=f"the program replaces {member.name}.{name}")
            interp.heap.put(global_state.ADDRESS, lost)
        elif isinstance(member, Ref) and not set_attribute(interp, frame, member, name, value, certain):
            item = interp.heap.get(member.address)
            if isinstance(item, LibraryObject) and item.of_keras and name == "trainable" and certain:
                known = truth(interp, frame, value)
                if known is not None:
                    tracking.set_trainable(interp, member, known)
                    continue
                interp.heap.put(member.address, UnknownObject("made trainable or not, nobody knows"))
            elif isinstance(item, LibraryObject) and certain and _is_setting(item, name, value):
                upkeep.set_setting(member, name, value, interp.heap, interp.bridge.session)
            elif not isinstance(item, LibraryObject) or name not in ("name", "learning_rate"):
                interp.heap.escape([member], f"its attribute {name} is set")
                interp.heap.put(member.address, UnknownObject(f"its attribute {name} is set"))


def _is_setting(item: LibraryObject, name: str, value: Value) -> bool:
    """Say whether a plain value is given to a public attribute of a layer or model: the library can be asked to do the same."""
    plain = isinstance(value, (Const, Symbol))
    return plain and item.of_keras and item.kind in ("Layer", "Model") and name[:1] != "_" and name != "name"


@executes(ast.Delete)
def _delete(interp: Interpreter, frame: Frame, node: ast.Delete) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Name):
            interp.heap.unbind(frame.scope, target.id)
        elif isinstance(target, ast.Subscript):
            container = interp.evaluate(frame, target.value)
            delete_item(interp, container, interp.evaluate(frame, target.slice))
        elif isinstance(target, ast.Attribute):
            delete_attribute(interp, interp.evaluate(frame, target.value), target.attr)
    return True


@executes(ast.Global, ast.Nonlocal)
def _outer(interp: Interpreter, frame: Frame, node: ast.Global | ast.Nonlocal) -> bool:
    for name in node.names:
        frame.outer_names[name] = "global" if isinstance(node, ast.Global) else "nonlocal"
    return True


@executes(ast.If)
def _if(interp: Interpreter, frame: Frame, node: ast.If) -> bool:
    test = interp.evaluate(frame, node.test)
    known = condition(interp, frame, node.test, test)
    if known is not None:
        return interp.execute_block(frame, node.body if known else node.orelse)
    if not autograph.decides(interp, frame, test):
        return _branch(interp, frame, node)
    judge_condition(interp, frame, node.test, test)
    entry = interp.heap.fork()
    reached = _branch(interp, frame, node)
    autograph.settle(interp, frame, entry, [*node.body, *node.orelse])
    return reached


def _branch(interp: Interpreter, frame: Frame, node: ast.If) -> bool:
    """Follow both bodies from the same state and join where they end."""
    entry, ends, raised = interp.heap, list[Heap](), list[bool]()
    for body, outcome in ((node.body, True), (node.orelse, False)):
        interp.heap = entry.fork()
        if not narrow(interp, frame, node.test, outcome):
            continue
        with interp.guessing():
            reached = interp.execute_block(frame, body)
        if reached:
            ends.append(interp.heap)
        else:
            frame.uncertain = True
        raised.append(interp.raised)
        interp.raised = False
    if not ends:
        interp.raised = bool(raised) and all(raised)
        interp.heap = entry
        return False
    interp.heap = interp.joined(ends)
    return True


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
    if condition(interp, frame, node.test, interp.evaluate(frame, node.test)) is False:
        return False
    return narrow(interp, frame, node.test, True)


@executes(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(interp: Interpreter, frame: Frame, node: ast.FunctionDef) -> bool:
    interp.heap.bind(frame.scope, node.name, define(interp, frame, node))
    return True


@executes(ast.ClassDef)
def _class(interp: Interpreter, frame: Frame, node: ast.ClassDef) -> bool:
    interp.heap.bind(frame.scope, node.name, define_class(interp, frame, node))
    return True
