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
Attribute = Callable[[Object, str], "Value | None"]
_METHODS: dict[tuple[str, str], Method] = {}
_ATTRIBUTES: dict[str, Attribute] = {}


def methods(names: tuple[str, ...], *found: str) -> Callable[[Method], Method]:
    """Register what methods of classes give; None where it is not followed."""

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


def make(interp: Interpreter, name: str, **fields: Value) -> Ref:
    """Return a new object of a class."""
    return Ref(interp.heap.allocate(StandardObject(name, tuple(fields.items()))))


def modelled(interp: Interpreter, frame: Frame, value: Value, *names: str) -> Object | None:
    """Return an object of one of these classes; None for anything else."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if not isinstance(value, Ref) or not isinstance(item, StandardObject) or item.name not in names:
        return None
    return Object(interp, frame, value, item)


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
    model = _METHODS.get((item.name, name))
    return None if model is None else model(Object(interp, frame, receiver, item), node, arguments)
