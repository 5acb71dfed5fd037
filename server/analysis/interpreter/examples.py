"""`tf.train.Example` and what it is made of: messages by their recipe, or of content that is not known.

A message that is changed after it was made is not followed: whoever reads a field of it may do that.
"""

from __future__ import annotations

import ast
import functools

from ..libraries.query import Query
from ..values import BoundMethod, InstanceObject, LibraryObject, Ref, Scalar, Unknown, Value
from ..values.heap import UnknownObject
from .core import Frame, Interpreter
from .library_calls import Arguments, ask
from .library_models import models

MESSAGES = frozenset(
    [
        "Example",
        "SequenceExample",
        "Features",
        "Feature",
        "FeatureList",
        "FeatureLists",
        "BytesList",
        "FloatList",
        "Int64List",
    ]
)


def _message(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """Return a message: by its recipe where all that it holds is known."""
    if not any(isinstance(argument.value, Unknown) for argument in arguments.all):
        query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame))
        made = ask(interp, frame, node, name, query, arguments)
        if not isinstance(made, Unknown) or made.reason == "this call fails":
            return made
    return Ref(interp.heap.allocate(InstanceObject(name.rpartition(".")[2], {"message": Unknown("a message")})))


for _name in sorted(MESSAGES):
    models(f"tensorflow.train.{_name}")(functools.partial(_message, f"tensorflow.train.{_name}"))


def member(interp: Interpreter, receiver: Ref, name: str) -> Value | None:
    """Return an attribute of a message; None for any other object."""
    item = interp.heap.get(receiver.address)
    known = isinstance(item, LibraryObject) and item.symbol.removeprefix("tensorflow.train.") in MESSAGES
    opaque = isinstance(item, InstanceObject) and item.made_here in MESSAGES and "message" in item.attributes
    if not known and not opaque:
        return None
    if name == "SerializeToString":
        return BoundMethod(receiver=receiver, name=name)
    interp.heap.put(receiver.address, UnknownObject("a protocol buffer that may be changed"))
    return Unknown("a field of a protocol buffer")


def serialised(interp: Interpreter, receiver: Ref, name: str) -> Value | None:
    """Return what a message of content that is not known is written as; None for any other call."""
    item = interp.heap.get(receiver.address)
    opaque = isinstance(item, InstanceObject) and item.made_here in MESSAGES and "message" in item.attributes
    return Scalar(type="bytes") if opaque and name == "SerializeToString" else None
