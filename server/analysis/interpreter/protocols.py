"""Special methods: what builtins, operators, subscripts and `with` do with instances of the program's classes."""

from __future__ import annotations

import ast

from ..values import (
    Builtin,
    Const,
    FunctionValue,
    InstanceObject,
    Ref,
    Scalar,
    SuperValue,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.join import join_all
from . import inherited
from .classes import class_attribute, is_class, linearised, public_name
from .core import Frame, Interpreter
from .instances import instance, special

_SPECIAL = {
    "len": "__len__",
    "abs": "__abs__",
    "iter": "__iter__",
    "next": "__next__",
    "int": "__int__",
    "float": "__float__",
    "str": "__str__",
    "repr": "__repr__",
    "reversed": "__reversed__",
    "hash": "__hash__",
    "round": "__round__",
}
_REFLECTED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
MAX_ITERATIONS = 64


def call_on_instance(
    interp: Interpreter, frame: Frame, name: str, args: tuple[Value, ...], node: ast.AST | None
) -> Value | None:
    """Return what a builtin gives of an instance; None where no instance takes part, or Python's default applies."""
    if name == "super":
        return _super(interp, frame, args)
    if name == "isinstance" and len(args) == 2:
        known = is_instance_of(interp, args[0], args[1])
        return None if known is None else Const(known)
    if name == "type" and len(args) == 1:
        item = instance(interp, args[0])
        return None if item is None else item.cls
    if not args or instance(interp, args[0]) is None:
        return None
    if name == "getattr" and len(args) >= 2 and isinstance(args[1], Const) and isinstance(args[1].value, str):
        from .attributes import attribute

        value = attribute(interp, frame, args[0], args[1].value)
        return (
            value if len(args) == 2 or not isinstance(value, Unknown) else Unknown("an attribute that may be missing")
        )
    if name == "setattr" and len(args) == 3:
        from .instances import set_attribute

        if isinstance(args[1], Const) and isinstance(args[0], Ref):
            set_attribute(interp, frame, args[0], str(args[1].value), args[2], True)
        else:
            interp.heap.escape([args[0]], "an attribute of a name that is not known is set")
        return Const(None)
    if name == "hasattr" and len(args) == 2 and isinstance(args[1], Const):
        item = instance(interp, args[0])
        assert item is not None
        assert item.cls is not None
        return _has_attribute(interp, item, str(args[1].value))
    if name == "bool":
        return special(interp, frame, args[0], "__bool__", (), node) or Scalar(type="bool")
    if name == "callable":
        return Scalar(type="bool")
    if name in _SPECIAL:
        result = special(interp, frame, args[0], _SPECIAL[name], args[1:], node)
        if result is None and name in ("str", "repr"):
            return Scalar(type="str")
        return result
    return None


def _has_attribute(interp: Interpreter, item: InstanceObject, name: str) -> Value:
    assert item.cls is not None
    found = class_attribute(interp, item.cls, name)
    if isinstance(found, Unknown) or name in item.maybe:
        return Scalar(type="bool")
    if found is not None or name in item.attributes:
        return Const(True)
    if item.lost or class_attribute(interp, item.cls, "__getattr__") is not None:
        return Scalar(type="bool")
    return Scalar(type="bool") if inherited.has_attribute(item.library, name) else Const(False)


def _super(interp: Interpreter, frame: Frame, args: tuple[Value, ...]) -> Value:
    """Return `super()`, or `super(Class, self)`."""
    if len(args) == 2:
        if is_class(interp, args[0]) and isinstance(args[0], Ref):
            return SuperValue(receiver=args[1], owner=args[0].address)
        return Unknown("super() of a class that is not known")
    function = frame.function
    if args or function is None or function.owner is None or function.node is None:
        return Unknown("super() outside of a method")
    parameters = [*function.node.args.posonlyargs, *function.node.args.args]
    found = interp.heap.lookup(frame.scope, parameters[0].arg) if parameters else None
    if found is None:
        return Unknown("super() outside of a method")
    return SuperValue(receiver=found[1], owner=function.owner)


def is_instance_of(interp: Interpreter, value: Value, cls: Value) -> bool | None:
    """Say whether an instance of a class of the program is one of a class; None where that is not known."""
    item = instance(interp, value)
    if isinstance(cls, TupleValue):
        answers = [is_instance_of(interp, value, part) for part in cls.items]
        return True if True in answers else None if None in answers else False
    if item is None or item.cls is None:
        # Something of Python's or a library's is no instance of a class of the program that inherits from nothing.
        plain = isinstance(value, (Const, Scalar, TupleValue, TensorValue))
        return False if plain and is_class(interp, cls) else None
    order = linearised(interp, item.cls)
    if any(isinstance(base, Unknown) for base in order):
        return None
    if any(base == cls for base in order):
        return True
    if is_class(interp, cls):
        return False
    if isinstance(cls, Symbol):
        return _inherits_from_library(order, cls)
    if isinstance(cls, Builtin):
        return True if cls.name == "object" else None
    return None


def _inherits_from_library(order: list[Value], cls: Symbol) -> bool | None:
    from ..libraries import symbols

    wanted = symbols.resolve(cls.name)
    if wanted is None or not isinstance(wanted.object, type):
        return None
    for base in order:
        entry = symbols.resolve(public_name(base)) if isinstance(base, Symbol) else None
        if entry is not None and isinstance(entry.object, type) and issubclass(entry.object, wanted.object):
            return True
    return False


def binary_special(
    interp: Interpreter, frame: Frame, name: str, left: Value, right: Value, node: ast.AST | None
) -> Value | None:
    """Return what an operator gives where an instance takes part; None where none does."""
    plain = name.rstrip("_")
    for receiver, other, method in ((left, right, f"__{plain}__"), (right, left, f"__r{plain}__")):
        if instance(interp, receiver) is None:
            continue
        result = special(interp, frame, receiver, method, (other,), node)
        if result is not None:
            return result
    if instance(interp, left) is not None or instance(interp, right) is not None:
        return Unknown("an operator that the class does not define")
    return None


def compare_special(
    interp: Interpreter, frame: Frame, name: str, left: Value, right: Value, node: ast.AST | None
) -> Value | None:
    """Return what a comparison gives where an instance takes part; None where none does."""
    for receiver, other, method in ((left, right, f"__{name}__"), (right, left, f"__{_REFLECTED[name]}__")):
        if instance(interp, receiver) is not None:
            result = special(interp, frame, receiver, method, (other,), node)
            if result is not None:
                return result
    if instance(interp, left) is None and instance(interp, right) is None:
        return None
    if name in ("eq", "ne") and left == right and isinstance(left, Ref):
        return Const(name == "eq")
    return Scalar(type="bool") if name in ("eq", "ne") else Unknown("a comparison that the class does not define")


def items_of(interp: Interpreter, frame: Frame, value: Value, node: ast.AST | None) -> tuple[list[Value] | None, Value]:
    """Return what a loop over an instance sees."""
    from .sequences import iterate

    made = special(interp, frame, value, "__iter__", (), node)
    if made is not None:
        if instance(interp, made) is None:
            return (None, made) if isinstance(made, Unknown) else iterate(interp, frame, made)
        # How often it has been called by now nobody knows: what it changes is not known when it is called.
        inherited.forget_changing(interp, made)
        element = special(interp, frame, made, "__next__", (), node)
        interp.heap.escape([made], "an iterator that was drawn from")
        return None, element or Unknown("an iterator without __next__")
    length = special(interp, frame, value, "__len__", (), node)
    if length is None and special(interp, frame, value, "__getitem__", (Const(0),), node) is None:
        return None, Unknown("an instance that is not iterated over")
    # The old protocol: indexed until IndexError. How long it is nobody says.
    return None, special(interp, frame, value, "__getitem__", (Scalar(type="int"),), node) or Unknown("no items")


def entered(interp: Interpreter, frame: Frame, context: Value, node: ast.AST | None) -> Value | None:
    """Return what `with context as name` binds for an instance; None where it is none."""
    item = interp.heap.get(context.address) if isinstance(context, Ref) else None
    if isinstance(item, InstanceObject) and item.made_here == "_GeneratorContextManager":
        # Its body runs up to the yield; when the rest runs, and whether, the block decides.
        from .sequences import iterate

        return iterate(interp, frame, item.attributes["generator"])[1]
    if instance(interp, context) is None:
        return None
    return special(interp, frame, context, "__enter__", (), node) or Unknown("no context manager")


def may_swallow(interp: Interpreter, context: Value) -> bool:
    """Say whether `__exit__` of an instance may swallow what the block raises: it returns something."""
    item = instance(interp, context)
    method = None if item is None or item.cls is None else class_attribute(interp, item.cls, "__exit__")
    if not isinstance(method, FunctionValue) or method.node is None:
        return item is not None
    returns = [part.value for part in ast.walk(method.node) if isinstance(part, ast.Return)]
    return any(value is not None and getattr(value, "value", value) not in (None, False) for value in returns)


def left_behind(interp: Interpreter, frame: Frame, context: Value, node: ast.AST | None) -> bool:
    """Run `__exit__` of an instance; says whether it may swallow what the block raises."""
    if instance(interp, context) is None:
        return False
    nothing: Value = Const(None)
    error: Value = join_all([nothing, Unknown("an exception")])
    result = special(interp, frame, context, "__exit__", (error, error, error), node)
    return result is not None and result not in (Const(None), Const(False))
