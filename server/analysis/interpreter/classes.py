"""Classes of the program: defined, put in the order in which attributes are looked up, and asked for them.

A class is an object on the heap; its body runs once, in a scope of its own that functions in it do not see.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from ..libraries import symbols
from ..values import (
    Builtin,
    ClassObject,
    Const,
    Descriptor,
    FunctionValue,
    InstanceObject,
    Ref,
    ScopeObject,
    Symbol,
    Unknown,
    Value,
)
from .core import Frame, Interpreter

#: Bases and metaclasses that add nothing to what a class does here.
_PLAIN = frozenset(
    [
        "abc.ABC",
        "abc.ABCMeta",
        "object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "enum.EnumMeta",
        "enum.EnumType",
    ]
)
_ENUMS = frozenset(["enum.Enum", "enum.IntEnum", "enum.StrEnum"])
_TUPLES = frozenset(["typing.NamedTuple"])
#: Decorators of classes after which the class is the same.
_HARMLESS = ("register_keras_serializable", "total_ordering", "unique", "final", "runtime_checkable")


def define_class(interp: Interpreter, frame: Frame, node: ast.ClassDef) -> Value:
    """Run the body of a class; returns the class, its decorators applied."""
    bases = [interp.evaluate(frame, base) for base in node.bases]
    flavour = ""
    for keyword in node.keywords:
        given = interp.evaluate(frame, keyword.value)
        if keyword.arg == "metaclass" and public_name(given) not in _PLAIN:
            bases.append(Unknown("a metaclass that is not understood"))
    for base in bases:
        if public_name(base) in _ENUMS:
            flavour = "enum"
        elif public_name(base) in _TUPLES:
            flavour = "namedtuple"
        elif isinstance(base, Ref):
            inherited = interp.heap.get(base.address)
            flavour = flavour or (inherited.flavour if isinstance(inherited, ClassObject) else "")
    empty = ClassObject(node.name, tuple(bases), {}, flavour, node, frame.unit)
    address = interp.heap.allocate(empty)
    scope = interp.heap.allocate(ScopeObject({}, frame.closure))
    body = Frame(frame.unit, scope, frame.mode, outer_names=dict(frame.outer_names), outer=frame.closure, owner=address)
    with interp.framed(body):
        interp.execute_block(body, node.body)
    variables = interp.heap.get(scope)
    attributes = dict(variables.variables) if isinstance(variables, ScopeObject) else {}
    interp.heap.put(address, dataclasses.replace(empty, attributes=attributes))
    value: Value = Ref(address, origin=interp.origin(frame, node))
    hook = class_attribute(interp, value, "__init_subclass__", after=address)
    if isinstance(hook, Descriptor):
        hook = hook.function
    if isinstance(hook, FunctionValue):
        from .calls import call_with

        named = tuple((part.arg or "**", interp.evaluate(frame, part.value)) for part in node.keywords)
        call_with(interp, frame, dataclasses.replace(hook, receiver=Ref(address)), (), named, node)
    for decorator in reversed(node.decorator_list):
        value = _decorated(interp, frame, decorator, value, address)
    if flavour not in ("enum", "namedtuple"):
        interp.pending_classes.append(address)
    return value


def _decorated(interp: Interpreter, frame: Frame, decorator: ast.expr, value: Value, address: int) -> Value:
    called = interp.evaluate(frame, decorator.func if isinstance(decorator, ast.Call) else decorator)
    name = public_name(called)
    keywords: dict[str | None, Value] = {}
    if isinstance(decorator, ast.Call):
        for argument in decorator.args:
            interp.evaluate(frame, argument)
        keywords = {keyword.arg: interp.evaluate(frame, keyword.value) for keyword in decorator.keywords}
    item = interp.heap.get(address)
    if name == "dataclasses.dataclass" and isinstance(item, ClassObject) and None not in keywords:
        takes_part = keywords.get("init", Const(True))
        if isinstance(takes_part, Const) and takes_part.value:
            flavour = "dataclass_kw" if keywords.get("kw_only") == Const(True) else "dataclass"
            interp.heap.put(address, dataclasses.replace(item, flavour=flavour))
            return value
    if name.rpartition(".")[2] in _HARMLESS:
        return value
    return Unknown("a class decorator that is not understood")


def public_name(value: Value) -> str:
    """Return the public name of a library's or Python's own object, or nothing."""
    return value.name if isinstance(value, (Symbol, Builtin)) else ""


# The order of look-ups -----------------------------------------------------------------------------------------------


def linearised(interp: Interpreter, cls: Value, depth: int = 0) -> list[Value]:
    """Return a class and its bases in the order of Python's C3; what is no class of the program is a leaf."""
    item = interp.heap.get(cls.address) if isinstance(cls, Ref) else None
    if not isinstance(item, ClassObject) or depth > 20:
        return [cls]
    rows = [linearised(interp, base, depth + 1) for base in item.bases]
    rows.append(list(item.bases))
    out: list[Value] = [cls]
    while any(rows):
        rows = [row for row in rows if row]
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), None)
        if head is None:
            return [*out, Unknown("bases in an order that does not work")]
        out.append(head)
        rows = [row[1:] if row and row[0] == head else row for row in rows]
    return out


def classes_of(interp: Interpreter, cls: Value) -> Iterator[tuple[Value, ClassObject | None]]:
    """Iterate over a class and its bases, with the objects of those that are the program's."""
    for base in linearised(interp, cls):
        item = interp.heap.get(base.address) if isinstance(base, Ref) else None
        yield base, item if isinstance(item, ClassObject) else None


def library_base(interp: Interpreter, cls: Value) -> str:
    """Return the public name of the library class that a class inherits from; `?` where a base is not known."""
    found = ""
    for base, item in classes_of(interp, cls):
        if item is not None or public_name(base) in _PLAIN | _ENUMS | _TUPLES:
            continue
        if isinstance(base, Builtin) and (base.name in ("Exception", "type") or base.name.endswith("Error")):
            continue
        name = public_name(base) if isinstance(base, Symbol) else ""
        if not name or symbols.resolve(name) is None:
            return "?"
        if found:
            return "?"  # two at once: what they do together is not followed
        found = name
    return found


def class_attribute(interp: Interpreter, cls: Value, name: str, after: int | None = None) -> Value | None:
    """Find an attribute in the program's own classes of a class; `after`: only in those after that one (`super()`).

    Returns None where none has it, and an unknown value where a class that nobody knows comes first.
    """
    passed = after is None
    for base, item in classes_of(interp, cls):
        if not passed:
            passed = isinstance(base, Ref) and base.address == after
            continue
        if item is not None:
            if name in item.attributes:
                return item.attributes[name]
        elif isinstance(base, Unknown) or (isinstance(base, Ref) and item is None):
            return Unknown("a base class is not known")
        elif public_name(base) not in _PLAIN | _ENUMS | _TUPLES and isinstance(base, Symbol):
            entry = symbols.resolve(base.name)
            if entry is None:
                return Unknown(f"the base class {base.name} is not understood")
            if hasattr(entry.object, name):
                return None  # the library's own comes first
    return None


def bound(interp: Interpreter, value: Value, receiver: Value | None, cls: Value) -> Value:
    """Return what an attribute that was found in a class is when it is read on an instance (None: on the class)."""
    if isinstance(value, FunctionValue):
        # A function that was taken from an instance elsewhere is bound already.
        free = value.receiver is None and receiver is not None
        return dataclasses.replace(value, receiver=receiver) if free else value
    if isinstance(value, Descriptor):
        if value.kind == "staticmethod":
            return value.function
        if value.kind == "classmethod":
            return bound(interp, value.function, cls, cls)
        if value.kind in ("custom_gradient", "contextmanager"):
            return dataclasses.replace(value, function=bound(interp, value.function, receiver, cls))
        return value
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, InstanceObject) and item.cls is not None:
        if class_attribute(interp, item.cls, "__get__") is not None:
            return Unknown("a descriptor of the program")
    return value


def is_class(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is a class of the program."""
    return isinstance(value, Ref) and isinstance(interp.heap.get(value.address), ClassObject)


def methods_of(interp: Interpreter, cls: Value) -> list[ast.FunctionDef]:
    """Return the definitions of all methods that a class of the program has, those of its bases too."""
    out: list[ast.FunctionDef] = []
    for _, item in classes_of(interp, cls):
        if item is not None and item.node is not None:
            out += [part for part in item.node.body if isinstance(part, ast.FunctionDef)]
    return out
