"""Objects of libraries of which this package knows what they do, without asking: tokenizers, scalers, tables.

Such an object is a `StandardObject` by the public name of its class. Its class is registered here with what its attributes
are and what its methods give; what the class does not say is unknown, and a method that is not followed loses the object.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..values import Const, Ref, Value
from ..values.standard import StandardObject
from .core import Frame, Interpreter

if TYPE_CHECKING:
    from .library_calls import Arguments


@dataclass(frozen=True)
class Object:
    """An object that is asked something, and where it stands."""

    interp: Interpreter
    frame: Frame
    ref: Ref
    item: StandardObject

    def field(self, name: str) -> Value:
        """Return what is known of the object by a name of ours."""
        return dict(self.item.fields).get(name, Const(None))

    def set(self, **fields: Value) -> None:
        """Note what a method has changed."""
        found = {**dict(self.item.fields), **fields}
        self.interp.heap.put(self.ref.address, dataclasses.replace(self.item, fields=tuple(found.items())))


Method = Callable[[Object, ast.Call, "Arguments"], "Value | None"]
Getter = Callable[[Object, Value], "Value | None"]
Setter = Callable[[Object, Value, Value], bool]
Draw = Callable[[Object], Value]
Length = Callable[[Object], "Value | None"]
Attribute = Callable[[Object, str], "Value | None"]
_METHODS: dict[tuple[str, str], Method] = {}
_ATTRIBUTES: dict[str, Attribute] = {}
_GETTERS: dict[str, Getter] = {}
_SETTERS: dict[str, Setter] = {}
_LENGTHS: dict[str, Length] = {}
_DRAWS: dict[str, Draw] = {}


def methods(names: tuple[str, ...], *found: str) -> Callable[[Method], Method]:
    """Register what methods of classes give (`*`: all others); None where it is not followed."""

    def register(function: Method) -> Method:
        _METHODS.update({(name, method): function for name in names for method in found})
        return function

    return register


def attributes(*names: str) -> Callable[[Attribute], Attribute]:
    """Register what the attributes of classes are; None for methods, and what is not known."""

    def register(function: Attribute) -> Attribute:
        _ATTRIBUTES.update(dict.fromkeys(names, function))
        return function

    return register


def items(*names: str, set_by: Setter | None = None) -> Callable[[Getter], Getter]:
    """Register what `object[index]` is of classes, and what `object[index] = value` does; None for what is not known."""

    def register(function: Getter) -> Getter:
        _GETTERS.update(dict.fromkeys(names, function))
        if set_by is not None:
            _SETTERS.update(dict.fromkeys(names, set_by))
        return function

    return register


def lengths(*names: str) -> Callable[[Length], Length]:
    """Register how long objects of classes are; None where that is not known."""

    def register(function: Length) -> Length:
        _LENGTHS.update(dict.fromkeys(names, function))
        return function

    return register


def draws(*names: str) -> Callable[[Draw], Draw]:
    """Register what `next` gives of objects of classes, and what a loop over them sees; they have no end."""

    def register(function: Draw) -> Draw:
        _DRAWS.update(dict.fromkeys(names, function))
        return function

    return register


def make(interp: Interpreter, name: str, /, **fields: Value) -> Ref:
    """Return a new object of a class."""
    return Ref(interp.heap.allocate(StandardObject(name, tuple(fields.items()))))


def of_class(interp: Interpreter, frame: Frame, value: Value, name: str) -> Object | None:
    """Return an object of a class; None for anything else."""
    found = _object(interp, frame, value)
    return found if found is not None and found.item.name == name else None


def attribute_of(interp: Interpreter, frame: Frame, receiver: Ref, item: StandardObject, name: str) -> Value | None:
    """Return an attribute of such an object that is no method; None where there is no rule for it."""
    model = _ATTRIBUTES.get(item.name)
    return None if model is None else model(Object(interp, frame, receiver, item), name)


def call_method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, name: str, arguments: Arguments
) -> Value | None:
    """Return what a method of such an object gives; None where it is not followed."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, StandardObject):
        return None
    model = _METHODS.get((item.name, name)) or _METHODS.get((item.name, "*"))
    return None if model is None else model(Object(interp, frame, receiver, item), node, arguments)


def get_item(interp: Interpreter, frame: Frame, receiver: Value, index: Value) -> Value | None:
    """Return `receiver[index]` of such an object; None where there is no rule for it."""
    found = _object(interp, frame, receiver)
    model = None if found is None else _GETTERS.get(found.item.name)
    return None if model is None or found is None else model(found, index)


def set_item(interp: Interpreter, receiver: Ref, index: Value, value: Value) -> bool:
    """Do what `receiver[index] = value` does; says whether that was followed."""
    found = _object(interp, interp.frames[-1], receiver) if interp.frames else None
    model = None if found is None else _SETTERS.get(found.item.name)
    return model is not None and found is not None and model(found, index, value)


def length(interp: Interpreter, frame: Frame, receiver: Value) -> Value | None:
    """Return `len(receiver)`; None where there is no rule for it."""
    found = _object(interp, frame, receiver)
    model = None if found is None else _LENGTHS.get(found.item.name)
    return None if model is None or found is None else model(found)


def drawn(interp: Interpreter, frame: Frame, receiver: Value) -> Value | None:
    """Return what `next(receiver)` gives; None where there is no rule for it."""
    found = _object(interp, frame, receiver)
    model = None if found is None else _DRAWS.get(found.item.name)
    return None if model is None or found is None else model(found)


def is_drawn_from(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is an object that gives batches without end: drawing from it changes nothing that is known of it."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, StandardObject) and item.name in _DRAWS


def _object(interp: Interpreter, frame: Frame, value: Value) -> Object | None:
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return Object(interp, frame, value, item) if isinstance(value, Ref) and isinstance(item, StandardObject) else None
