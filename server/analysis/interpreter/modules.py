"""Imports: libraries by their public names, modules of the workspace by interpreting them."""

from __future__ import annotations

import ast

from ..libraries import private, symbols
from ..source.unit import Unit
from ..values import ModuleValue, ScopeObject, Symbol, Unknown, Value
from . import known_modules, removed, standard
from .attributes import library_member
from .core import BudgetExceeded, Frame, Interpreter, executes

_OWN = ("__future__",)


@executes(ast.Import)
def _import(interp: Interpreter, frame: Frame, node: ast.Import) -> bool:
    for alias in node.names:
        gone = removed.imported(interp, frame, alias, alias.name)
        if alias.asname is not None:
            interp.heap.bind(frame.scope, alias.asname, gone or module(interp, frame.unit, alias.name))
            continue
        # `import a.b` binds `a`; that `a.b` has been imported too changes nothing for libraries.
        root = alias.name.partition(".")[0]
        value = module(interp, frame.unit, root)
        interp.heap.bind(frame.scope, root, value)
        if (
            "." in alias.name
            and isinstance(value, Unknown)
            and interp.find_module(frame.unit, alias.name, 0) is not None
        ):
            value = _namespace(interp, frame, root)
        if "." in alias.name and isinstance(value, ModuleValue):
            _bind_submodules(interp, frame.unit, value, alias.name)
    return True


def _namespace(interp: Interpreter, frame: Frame, name: str) -> Value:
    """Return the package that a folder without an __init__.py makes: it holds what is imported of it, and nothing else."""
    known = interp.modules.get(f"folder {name}")
    if known is None:
        scope = interp.heap.allocate(ScopeObject())
        known = interp.modules[f"folder {name}"] = ModuleValue(path=f"folder {name}", scope=scope)
    interp.heap.bind(frame.scope, name, known)
    return known


def _bind_submodules(interp: Interpreter, unit: Unit, package: Value, dotted: str) -> None:
    parts = dotted.split(".")
    for index in range(1, len(parts)):
        inner = ".".join(parts[: index + 1])
        child = module(interp, unit, inner)
        if isinstance(child, Unknown) and index < len(parts) - 1 and isinstance(package, ModuleValue):
            scope = interp.heap.allocate(ScopeObject())
            child = interp.modules.setdefault(f"folder {inner}", ModuleValue(path=f"folder {inner}", scope=scope))
        if isinstance(package, ModuleValue):
            interp.heap.bind(package.scope, parts[index], child)
        package = child


@executes(ast.ImportFrom)
def _import_from(interp: Interpreter, frame: Frame, node: ast.ImportFrom) -> bool:
    dotted = node.module or ""
    if dotted in _OWN and not node.level:
        return True
    gone = None if node.level else removed.imported(interp, frame, node, dotted)
    source = gone or module(interp, frame.unit, dotted, node.level)
    for alias in node.names:
        if alias.name == "*":
            _star(interp, frame, source)
            continue
        value = _member(interp, frame.unit, source, dotted, node.level, alias.name)
        if gone is None:
            value = removed.imported_name(interp, frame, alias, source, value)
        interp.heap.bind(frame.scope, alias.asname or alias.name, value)
    return True


def _member(interp: Interpreter, unit: Unit, source: Value, dotted: str, level: int, name: str) -> Value:
    if isinstance(source, Symbol):
        inner = standard.module_symbol(f"{source.name}.{name}")
        return inner or library_member(interp, source, name)
    if isinstance(source, ModuleValue):
        scope = interp.heap.get(source.scope)
        if isinstance(scope, ScopeObject) and name in scope.variables:
            return scope.variables[name]
        return module(interp, unit, f"{dotted}.{name}" if dotted else name, level)
    path = f"{dotted}.{name}" if dotted else name
    if isinstance(source, Unknown) and interp.find_module(unit, path, level) is not None:
        return module(interp, unit, path, level)  # of a folder without an __init__.py
    return source


def _star(interp: Interpreter, frame: Frame, source: Value) -> None:
    if isinstance(source, ModuleValue):
        scope = interp.heap.get(source.scope)
        if isinstance(scope, ScopeObject):
            for name, value in scope.variables.items():
                if not name.startswith("_"):
                    interp.heap.bind(frame.scope, name, value)
    elif isinstance(source, Symbol) and standard.owns(source.name):
        for name, value in standard.star(interp, source).items():
            interp.heap.bind(frame.scope, name, value)
    elif isinstance(source, Symbol) and not known_modules.owns(source.name):
        entry = symbols.resolve(source.name)
        names = [] if entry is None else getattr(entry.object, "__all__", None) or dir(entry.object)
        for name in names:
            if not name.startswith("_") and symbols.resolve(f"{source.name}.{name}") is not None:
                interp.heap.bind(frame.scope, name, library_member(interp, source, name))
    else:
        _overwritten(interp, frame)


def _overwritten(interp: Interpreter, frame: Frame) -> None:
    """Forget the values that a star import from nobody knows where may have rebound; imports are taken to stay."""
    scope = interp.heap.get(frame.scope)
    if isinstance(scope, ScopeObject):
        for name, value in scope.variables.items():
            if not isinstance(value, (Symbol, ModuleValue)):
                interp.heap.bind(frame.scope, name, Unknown("a star import may have rebound it"))


def module(interp: Interpreter, unit: Unit, dotted: str, level: int = 0) -> Value:
    """Return the module that an import names."""
    found = interp.find_module(unit, dotted, level)
    if found is not None:
        return _interpreted(interp, found)
    if not level and symbols.library_of(dotted) is not None:
        value = symbols.symbol(dotted) or private.module(dotted)
        return value if value is not None else Unknown(f"{dotted} is not a public module")
    found_standard = None if level else standard.module_symbol(dotted) or known_modules.module_symbol(dotted)
    return found_standard or Unknown(f"the module '{'.' * level}{dotted}' is not followed")


def _interpreted(interp: Interpreter, unit: Unit) -> Value:
    """Interpret a module of the workspace, once; a cycle sees what is there so far."""
    known = interp.modules.get(unit.path)
    if known is not None:
        return known
    scope = interp.heap.allocate(ScopeObject())
    interp.modules[unit.path] = ModuleValue(path=unit.path, scope=scope)
    frame = Frame(unit, scope)
    # What an exception leaves of a module nobody sees: the import gives no name to it.
    watchers, interp.watchers = interp.watchers, []
    frames = len(interp.frames)
    left, given = interp.steps_left, min(interp.steps_left, interp.import_steps_left)
    interp.steps_left = given
    try:
        with interp.framed(frame):
            interp.execute_block(frame, unit.tree.body)
    except BudgetExceeded:
        # What is imported must not cost the document that is looked at.
        interp.cut = True
        del interp.frames[frames:]
        interp.modules[unit.path] = Unknown("a module that takes too long to follow")
    finally:
        used = given - max(interp.steps_left, 0)
        interp.steps_left, interp.import_steps_left = left - used, interp.import_steps_left - used
        interp.watchers = watchers
    return interp.modules[unit.path]
