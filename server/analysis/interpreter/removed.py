"""Names of libraries that the installed version does not have: said once, and followed by their TensorFlow 1 meaning."""

from __future__ import annotations

import ast

from ..libraries import absent, symbols
from ..libraries.outcome import Refused
from ..values import Symbol, Unknown, Value
from . import graphs
from .core import Frame, Interpreter
from .events import AbsentName


def read(interp: Interpreter, frame: Frame, node: ast.Attribute, receiver: Value, value: Value) -> Value:
    """Judge `receiver.name` that is `value` so far; returns what the analysis goes on with."""
    if not isinstance(receiver, Symbol) or not isinstance(value, Unknown) or receiver.kind != "module":
        return value
    name = f"{receiver.name}.{node.attr}"
    if isinstance(interp.calls.get(id(node.value)), AbsentName):
        return value  # `tf.layers` is gone: what there is no `dense` in either has been said
    refused = absent.absence(receiver.name, node.attr)
    if refused is None:
        return Symbol(name=name, kind="module") if absent.unloadable(name) else value
    _emit(interp, frame, node, name, refused)
    return meaning(interp, name) or value


def meaning(interp: Interpreter, name: str) -> Value | None:
    """Return what a name meant in TensorFlow 1, where TensorFlow 2 still knows it."""
    from .attributes import library_member

    kept = absent.compatible(name)
    if kept is None:
        return None
    graphs.assume(interp, name)
    module, _, last = kept.rpartition(".")
    value = library_member(interp, Symbol(name=module, kind="module"), last)
    if isinstance(value, Unknown) and absent.unloadable(kept):
        return Symbol(name=kept, kind="module")
    return value


def imported(interp: Interpreter, frame: Frame, node: ast.stmt | ast.alias, module: str) -> Value | None:
    """Judge the import of a library's module; returns what it meant where it is gone, None where it is there."""
    if symbols.library_of(module) is None or interp.find_module(frame.unit, module, 0) is not None:
        return None
    refused = absent.import_failure(module)
    if refused is None:
        return None
    _emit(interp, frame, node, module, refused)
    return meaning(interp, module) or Unknown(f"there is no module {module}")


def imported_name(interp: Interpreter, frame: Frame, node: ast.alias, source: Value, value: Value) -> Value:
    """Judge a name that is imported from a library's module, and is `value` so far."""
    if not isinstance(source, Symbol) or not isinstance(value, Unknown) or source.kind != "module":
        return value
    refused = absent.name_failure(source.name, node.name)
    if refused is None:
        return value
    name = f"{source.name}.{node.name}"
    _emit(interp, frame, node, name, refused)
    return meaning(interp, name) or value


def _emit(interp: Interpreter, frame: Frame, node: ast.AST, name: str, refused: Refused) -> None:
    interp.emit(
        AbsentName(
            unit=frame.unit,
            node=node,
            name=name,
            arguments=(),
            outcome=refused,
            heap=interp.heap,
            mode=interp.mode(frame),
            expected=interp.expects(refused.types),
            chain=interp.chain(),
            scope=frame.scope,
        )
    )
