"""Instances of the program's classes: made, their attributes read and set, called, and used with operators."""

from __future__ import annotations

import ast
import dataclasses

from ..libraries.query import Kwargs
from ..values import (
    BoundMethod,
    ClassObject,
    Const,
    Descriptor,
    DictObject,
    FunctionValue,
    InstanceObject,
    ListObject,
    Ref,
    SetObject,
    SuperValue,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.extent import WHY, too_large
from ..values.heap import UnknownObject
from ..values.join import join
from . import inherited, layer_calls, tracking
from .classes import bound, class_attribute, classes_of, library_base, public_name
from .core import Frame, Interpreter

MAX_FIELDS = 200


def instance(interp: Interpreter, value: Value) -> InstanceObject | None:
    """Return the instance of a class of the program that a value points to."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item if isinstance(item, InstanceObject) and item.cls is not None else None


# Making --------------------------------------------------------------------------------------------------------------


def instantiate(
    interp: Interpreter, frame: Frame, cls: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Return what calling a class gives."""
    item = interp.heap.get(cls.address)
    assert isinstance(item, ClassObject)
    if item.flavour == "enum":
        return _enum_member(interp, item, cls, args)
    if item.flavour == "namedtuple":
        return _named_tuple(item, args, kwargs)
    if class_attribute(interp, cls, "__new__") is not None:
        interp.heap.escape([*args, *(value for _, value in kwargs)], "passed to __new__")
        return Unknown("a class with __new__")
    made = prepare(interp, cls)
    library = library_base(interp, cls)
    init = class_attribute(interp, cls, "__init__")
    if isinstance(init, FunctionValue):
        result = invoke(interp, frame, bound(interp, init, made, cls), args, kwargs, node)
        if isinstance(result, Unknown):
            _lose(interp, made)
    elif init is not None:
        _lose(interp, made)
    elif item.flavour.startswith("dataclass"):
        _dataclass_init(interp, frame, made, cls, args, kwargs, node)
    elif library:
        inherited.initialise(interp, frame, made, args, kwargs)
    return made


def prepare(interp: Interpreter, cls: Ref) -> Ref:
    """Return an instance before its `__init__`."""
    item = interp.heap.get(cls.address)
    name = item.name if isinstance(item, ClassObject) else "object"
    library = library_base(interp, cls)
    return Ref(interp.heap.allocate(InstanceObject(name, {}, cls, library, lost=library == "?")))


def _lose(interp: Interpreter, made: Ref) -> None:
    """Note that an instance may have other attributes than those that are known."""
    item = interp.heap.get(made.address)
    if isinstance(item, InstanceObject):
        interp.heap.put(made.address, dataclasses.replace(item, lost=True, attributes={}))


def _enum_member(interp: Interpreter, item: ClassObject, cls: Ref, args: tuple[Value, ...]) -> Value:
    if len(args) == 1 and isinstance(args[0], Const):
        for name, value in item.attributes.items():
            if value == args[0]:
                return enum_member(interp, item, cls, name, value)
    return Unknown("a member of an enumeration")


def enum_member(interp: Interpreter, item: ClassObject, cls: Ref, name: str, value: Value) -> Value:
    """Return a member of an enumeration: the same object at every reading."""
    kept = interp.enum_members.get((cls.address, name))
    if kept is None or not isinstance(interp.heap.get(kept), InstanceObject):
        auto = isinstance(value, Unknown)
        content: Value = Unknown("numbered by auto()") if auto else value
        kept = interp.heap.allocate(InstanceObject(item.name, {"name": Const(name), "value": content}, cls))
        interp.enum_members[(cls.address, name)] = kept
    return Ref(kept)


def _fields(item: ClassObject) -> list[str]:
    """Return the annotated names of a class body, in order: the fields of a dataclass or a named tuple."""
    if item.node is None:
        return []
    return [
        part.target.id
        for part in item.node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and "ClassVar" not in ast.dump(part.annotation)
    ][:MAX_FIELDS]


def field_names(interp: Interpreter, cls: Value) -> list[str]:
    """Return the fields of a dataclass, those of its bases first; none for another class."""
    names: dict[str, None] = {}
    for _, item in reversed(list(classes_of(interp, cls))):
        if item is not None and item.flavour.startswith("dataclass"):
            names.update(dict.fromkeys(_fields(item)))
    return list(names)


def _named_tuple(item: ClassObject, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
    names = _fields(item)
    values = dict(zip(names, args, strict=False))
    values.update(kwargs)
    for name in names:
        values.setdefault(name, item.attributes.get(name, Unknown("a field without a value")))
    if len(args) > len(names) or set(values) != set(names):
        return Unknown("the arguments do not fit the named tuple")
    return TupleValue(tuple(values[name] for name in names), tuple(names))


def _dataclass_init(
    interp: Interpreter,
    frame: Frame,
    made: Ref,
    cls: Ref,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> None:
    defaults: dict[str, Value | None] = {}
    for _, item in reversed(list(classes_of(interp, cls))):
        if item is None or not item.flavour.startswith("dataclass"):
            continue
        if item.flavour == "dataclass_kw" and args:
            return _lose(interp, made)
        for name in _fields(item):
            defaults[name] = _default(interp, frame, item, name)
    values: dict[str, Value] = dict(zip(defaults, args, strict=False))
    values.update(kwargs)
    for name, default in defaults.items():
        if name not in values:
            values[name] = Unknown("a field without a value") if default is None else default
    if len(args) > len(defaults) or set(values) != set(defaults):
        return _lose(interp, made)
    old = interp.heap.get(made.address)
    assert isinstance(old, InstanceObject)
    interp.heap.put(made.address, dataclasses.replace(old, attributes=values))
    after = class_attribute(interp, cls, "__post_init__")
    if isinstance(after, FunctionValue):
        invoke(interp, frame, bound(interp, after, made, cls), (), (), node)
    elif after is not None:
        _lose(interp, made)
    return None


def _default(interp: Interpreter, frame: Frame, item: ClassObject, name: str) -> Value | None:
    """Return the default of a field; `field(default=…)` and `field(default_factory=list)` are read from the tree."""
    assert item.node is not None
    for part in item.node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id == name:
            called = part.value.func if isinstance(part.value, ast.Call) else None
            if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) != "field":
                break
            assert isinstance(part.value, ast.Call)
            for keyword in part.value.keywords:
                if keyword.arg == "default":
                    return interp.evaluate(_class_frame(item, frame), keyword.value)
                if keyword.arg == "default_factory":
                    factory = interp.evaluate(_class_frame(item, frame), keyword.value)
                    if public_name(factory) in ("list", "dict", "set"):
                        empty = {"list": ListObject(()), "dict": DictObject(()), "set": SetObject(())}
                        return Ref(interp.heap.allocate(empty[public_name(factory)]))
                    if isinstance(factory, FunctionValue):
                        return invoke(interp, frame, factory, (), (), part)
                    return Unknown("what a default factory makes is not followed")
                if keyword.arg == "init":
                    return Unknown("a field that is set elsewhere")
            return None
    return item.attributes.get(name)


def _class_frame(item: ClassObject, frame: Frame) -> Frame:
    # Where the class was defined; its scope is gone, what a default names is nearly always of the module.
    return dataclasses.replace(frame, unit=item.unit) if item.unit is frame.unit else frame


# Calling -------------------------------------------------------------------------------------------------------------


def invoke(
    interp: Interpreter,
    frame: Frame,
    function: Value,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> Value:
    """Call a value with values, where there is no expression for each of them."""
    from .calls import call_with

    return call_with(interp, frame, function, args, kwargs, node)


def call_instance(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value | None:
    """Call an instance; None where it has no `__call__` of the program's."""
    item = instance(interp, receiver)
    assert item is not None
    assert item.cls is not None
    method = class_attribute(interp, item.cls, "__call__")
    if method is not None:
        return invoke(interp, frame, bound(interp, method, receiver, item.cls), args, kwargs, node)
    if item.library:
        return layer_calls.call(interp, frame, receiver, args, kwargs, node)
    return None


def special(
    interp: Interpreter, frame: Frame, receiver: Value, name: str, args: tuple[Value, ...], node: ast.AST | None
) -> Value | None:
    """Call a special method (`__getitem__`, `__add__`, …) of an instance; None where its class has none."""
    item = instance(interp, receiver)
    if item is None or item.cls is None:
        return None
    method = class_attribute(interp, item.cls, name)
    if method is None:
        return Unknown(f"{name} of a base class is not followed") if item.library or item.lost else None
    if isinstance(method, Unknown):
        return method
    return invoke(interp, frame, bound(interp, method, receiver, item.cls), args, (), node)


# Attributes ----------------------------------------------------------------------------------------------------------


def read_attribute(interp: Interpreter, frame: Frame, receiver: Ref, item: InstanceObject, name: str) -> Value:
    """Return an attribute of an instance."""
    cls = item.cls
    if cls is None:
        return item.attributes.get(name, Unknown(f"the attribute '{name}' is not known"))
    if name == "__class__":
        return cls
    found = class_attribute(interp, cls, name)
    if isinstance(found, Descriptor) and found.kind == "property":
        return invoke(interp, frame, bound(interp, found.function, receiver, cls), (), (), None)
    if name in item.attributes:
        value = item.attributes[name]
        if name not in item.maybe:
            return value
        if isinstance(found, Unknown) or item.lost or class_attribute(interp, cls, "__getattr__") is not None:
            return Unknown("set on some paths only")
        return value if found is None else join(value, bound(interp, found, receiver, cls))
    if found is not None and not isinstance(found, Unknown):
        return bound(interp, found, receiver, cls)
    if item.library and item.library != "?":
        return inherited.read(interp, frame, receiver, item, name)
    if item.lost or isinstance(found, Unknown):
        return BoundMethod(receiver=receiver, name=name) if item.lost else found or Unknown("not known")
    if class_attribute(interp, cls, "__getattr__") is not None:
        return Unknown("an attribute that __getattr__ makes")
    return Unknown(f"the attribute '{name}' is not known")


def read_class_attribute(interp: Interpreter, receiver: Ref, item: ClassObject, name: str) -> Value:
    """Return an attribute of a class."""
    if name == "__name__":
        return Const(item.name)
    found = class_attribute(interp, receiver, name)
    if item.flavour == "enum" and name in item.attributes and not isinstance(found, (FunctionValue, Descriptor)):
        return enum_member(interp, item, receiver, name, item.attributes[name])
    if isinstance(found, Descriptor) and found.kind == "property":
        return Unknown("a property read on its class")
    if found is not None:
        return bound(interp, found, None, receiver)
    base = library_base(interp, receiver)
    return (
        Symbol(name=f"{base}.{name}", kind="function") if base not in ("", "?") else Unknown(f"the attribute '{name}'")
    )


def read_super(interp: Interpreter, frame: Frame, value: SuperValue, name: str) -> Value:
    """Return what `super().name` is."""
    item = instance(interp, value.receiver)
    cls = value.receiver if item is None else item.cls
    if cls is None:
        return Unknown("super() of something unknown")
    found = class_attribute(interp, cls, name, after=value.owner)
    if isinstance(found, Descriptor) and found.kind == "property":
        return invoke(interp, frame, bound(interp, found.function, value.receiver, cls), (), (), None)
    if isinstance(found, Unknown):
        return BoundMethod(receiver=value, name=name)
    if found is not None:
        return bound(interp, found, None if item is None else value.receiver, cls)
    return BoundMethod(receiver=value, name=name)


def delete_attribute(interp: Interpreter, receiver: Value, name: str) -> None:
    """Do what `del receiver.name` does."""
    item = interp.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if isinstance(receiver, Ref) and isinstance(item, InstanceObject) and item.cls is not None:
        if class_attribute(interp, item.cls, name) is None and class_attribute(interp, item.cls, "__delattr__") is None:
            rest = {key: value for key, value in item.attributes.items() if key != name}
            interp.heap.put(receiver.address, dataclasses.replace(item, attributes=rest))
            return
    if isinstance(receiver, Ref) and isinstance(item, ClassObject):
        rest = {key: value for key, value in item.attributes.items() if key != name}
        interp.heap.put(receiver.address, dataclasses.replace(item, attributes=rest))
        return
    interp.heap.escape([receiver], "an attribute is deleted")


def set_attribute(interp: Interpreter, frame: Frame, receiver: Ref, name: str, value: Value, certain: bool) -> bool:
    """Set an attribute of an instance or a class of the program; False where it is neither."""
    item = interp.heap.get(receiver.address)
    value = Unknown(WHY) if too_large(value, interp.heap) else value
    if isinstance(item, ClassObject):
        old = item.attributes.get(name)
        new = value if certain or old is None else join(old, value)
        interp.heap.put(receiver.address, dataclasses.replace(item, attributes={**item.attributes, name: new}))
        return True
    if not isinstance(item, InstanceObject):
        return False
    if item.cls is not None:
        if class_attribute(interp, item.cls, "__setattr__") is not None:
            interp.heap.escape([value], "kept by __setattr__")
            interp.heap.put(receiver.address, UnknownObject("a class with __setattr__"))
            return True
        found = class_attribute(interp, item.cls, name)
        if isinstance(found, Descriptor) and found.kind == "property":
            if found.setter is not None:
                invoke(interp, frame, bound(interp, found.setter, receiver, item.cls), (value,), (), None)
            return True
        if isinstance(found, Ref) and isinstance(bound(interp, found, receiver, item.cls), Unknown):
            interp.heap.escape([receiver, found, value], "set through a descriptor")
            return True
        if item.library:
            value = inherited.tracked(interp, item, value)
    if isinstance(value, TensorValue):
        value = value.identified()
    old = item.attributes.get(name)
    new = value if certain else join(old, value) if old is not None else Unknown("set on some of several objects")
    settled = item.maybe - {name} if certain else item.maybe
    attributes = {**item.attributes, name: new}
    interp.heap.put(receiver.address, dataclasses.replace(item, attributes=attributes, maybe=settled))
    if item.library and inherited.base_kind(item.library) == "layer":
        if name == "trainable" and isinstance(new, Const):
            tracking.set_trainable(interp, receiver, bool(new.value))
        else:
            tracking.track(interp, receiver, new)
    return True
