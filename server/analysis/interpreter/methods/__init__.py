"""Methods of Python's own objects: lists, dicts, sets, tuples, text."""

from __future__ import annotations

import ast

from ...libraries.query import Kwargs
from ...values import Builtin, Const, DictObject, ListObject, Ref, Scalar, SetObject, TupleValue, Value
from ...values.standard import FileValue, IteratorObject, NamedTupleType, PathValue
from ..core import Frame, Interpreter
from ..standard import call_object, collecting
from ..standard.contexts import file_method
from ..standard.registry import StandardCall
from . import dicts, lists, sets, text


def call_method_of_python(
    interp: Interpreter,
    frame: Frame,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None = None,
) -> Value | None:
    """Return what a method gives; None where it is not understood."""
    if isinstance(receiver, Ref):
        item = interp.heap.get(receiver.address)
        if isinstance(item, ListObject):
            return lists.method(interp, frame, receiver, item, name, args, kwargs, node)
        if isinstance(item, DictObject):
            return dicts.method(interp, frame, receiver, item, name, args, kwargs)
        if isinstance(item, SetObject):
            return sets.method(interp, frame, receiver, item, name, args)
        if isinstance(item, IteratorObject) and item.kind == "dict_keys" and name == "isdisjoint":
            return Scalar(type="bool")
        return call_object(interp, frame, receiver, name, args, kwargs, node)
    if isinstance(receiver, FileValue):
        return file_method(StandardCall(interp, frame, name, args, kwargs, node), receiver)
    if isinstance(receiver, (PathValue, NamedTupleType)):
        return call_object(interp, frame, receiver, name, args, kwargs, node)
    if isinstance(receiver, Builtin):
        return _of_type(interp, frame, receiver.name, name, args, kwargs)
    if isinstance(receiver, Const) and isinstance(receiver.value, (str, bytes)):
        return text.method(interp, frame, receiver, name, args, kwargs)
    if isinstance(receiver, (Const, Scalar)):
        return text.of_scalar(interp, receiver, name, args, kwargs)
    if isinstance(receiver, TupleValue):
        if receiver.names is not None and name in ("_replace", "_asdict"):
            return collecting.tuple_method(StandardCall(interp, frame, name, args, kwargs, node), receiver)
        return lists.of_tuple(interp, receiver, name, args) if not kwargs else None
    return None


def _of_type(
    interp: Interpreter, frame: Frame, type_: str, name: str, args: tuple[Value, ...], kwargs: Kwargs
) -> Value | None:
    """Return what a method of a builtin type gives: `dict.fromkeys(keys)`, `str.lower(text)`."""
    if (type_, name) == ("dict", "fromkeys") and not kwargs:
        return dicts.fromkeys(interp, frame, args)
    if type_ == "str" and args and isinstance(args[0], (Const, Scalar)) and name != "maketrans":
        known = args[0].type if isinstance(args[0], Scalar) else type(args[0].value).__name__
        return call_method_of_python(interp, frame, args[0], name, args[1:], kwargs) if known == "str" else None
    return None
