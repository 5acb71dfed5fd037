"""Builtins that ask what an object is: `isinstance`, `type`, `hasattr`, `getattr`, `callable`.

They are answered by the real classes: a value stands for an object of a class that is known, or of one derived from it.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import types
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

from ...libraries import absent, global_state, symbols
from ...libraries.keras_hooks import keras
from ...libraries.query import Kwargs
from ...values import (
    Builtin,
    Const,
    DatasetValue,
    DictObject,
    DTypeValue,
    FunctionValue,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ...values.heap import FrozenSetObject, InstanceObject
from ...values.standard import StandardDict
from ..core import Frame, Interpreter
from .table import models


@dataclass(frozen=True)
class Classes:
    """The classes that an object may be of; exact: of no class derived from them."""

    options: tuple[type, ...]
    exact: bool = False


_TENSOR_CLASSES: dict[str, tuple[type, ...]] = {
    "Tensor": tuple(
        dict.fromkeys(getattr(ops, name) for name in ("EagerTensor", "SymbolicTensor", "Tensor") if hasattr(ops, name))
    ),
    "ndarray": (np.ndarray,),
    "RaggedTensor": (tf.RaggedTensor,),
    "SparseTensor": (tf.SparseTensor,),
    "IndexedSlices": (tf.IndexedSlices,),
    "TensorSpec": (tf.TensorSpec,),
}

#: Classes of which every object is seen as one kind of tensor.
_KINDS: dict[type, str] = {
    tf.Tensor: "Tensor",
    tf.Variable: "Variable",
    np.ndarray: "ndarray",
    tf.RaggedTensor: "RaggedTensor",
    tf.SparseTensor: "SparseTensor",
    tf.IndexedSlices: "IndexedSlices",
}


def classes_of(interp: Interpreter, value: Value) -> Classes | None:
    """Return the classes that a value's object may be of; None where they are not known."""
    if isinstance(value, Const):
        return Classes((type(value.value),), exact=True)
    if isinstance(value, Scalar):
        return Classes((getattr(builtins, value.type),), exact=True)
    if isinstance(value, TupleValue):
        return Classes((tuple,))
    if isinstance(value, TensorValue):
        return _of_tensor(value)
    if isinstance(value, ShapeValue):
        return Classes((tf.TensorShape,))
    if isinstance(value, DTypeValue):
        return Classes((tf.DType if value.library == "tensorflow" else np.dtype,))
    if isinstance(value, DatasetValue):
        return Classes((tf.data.Dataset,))
    if isinstance(value, FunctionValue) and not value.graph and value.receiver is None:
        return Classes((types.FunctionType,), exact=True)
    if isinstance(value, Ref):
        return _of_object(interp, value)
    return None


def _of_tensor(value: TensorValue) -> Classes | None:
    if value.kind == "npscalar":
        name = value.numpy_dtype or value.dtype
        scalar = getattr(np.dtype(name), "type", None) if value.dtype in np.sctypeDict else None
        return None if scalar is None else Classes((scalar,), exact=True)
    if value.kind == "Variable":
        own = getattr(keras, "Variable", None)
        return Classes((tf.Variable, own)) if isinstance(own, type) else Classes((tf.Variable,))
    found = _TENSOR_CLASSES.get(value.kind)
    return None if found is None else Classes(found)


def _of_object(interp: Interpreter, value: Ref) -> Classes | None:
    item = interp.heap.get(value.address)
    if isinstance(item, ListObject):
        own = {"list": list, "range": range, "generator": types.GeneratorType}.get(item.name)
        return None if own is None else Classes((own,), exact=own is not list)
    if isinstance(item, DictObject) and not isinstance(item, StandardDict):
        return Classes((dict,))
    if isinstance(item, FrozenSetObject):
        return Classes((frozenset,))
    if isinstance(item, SetObject):
        return Classes((set,))
    if isinstance(item, LibraryObject):
        entry = symbols.resolve(item.symbol)
        return Classes((entry.object,)) if entry is not None and inspect.isclass(entry.object) else None
    return None


def class_object(value: Value) -> type | None:
    """Return the class that a value is: a builtin or a public one of a library."""
    if isinstance(value, Builtin):
        found = getattr(builtins, value.name, None)
        return found if isinstance(found, type) else None
    if isinstance(value, Symbol) and value.kind == "class":
        entry = symbols.resolve(value.name)
        return entry.object if entry is not None and inspect.isclass(entry.object) else None
    return None


def instance_of(interp: Interpreter, value: Value, class_: Value) -> bool | None:
    """Return what `isinstance(value, class_)` is; None where that is not known."""
    if isinstance(class_, TupleValue):
        answers = [instance_of(interp, value, item) for item in class_.items]
        return True if True in answers else None if None in answers else False
    answers = [_one(interp, member, class_) for member in value.members()]
    return answers[0] if len(set(answers)) == 1 else None


def _one(interp: Interpreter, value: Value, class_: Value) -> bool | None:
    asked = class_object(class_)
    if asked is None:
        return None
    if asked is object:
        return True
    if isinstance(value, TensorValue) and asked in _KINDS and value.kind in _KINDS.values():
        # A variable may be one of Keras 3, which is none of TensorFlow's.
        same = _KINDS[asked] == value.kind
        return None if same and value.kind == "Variable" and hasattr(keras, "Variable") else same
    known = classes_of(interp, value)
    if known is None:
        return None
    found: set[bool | None] = set()
    for option in known.options:
        if issubclass(option, asked):
            found.add(True)
        elif known.exact or not _related(option, asked):
            found.add(False)
        else:
            found.add(None)
    return found.pop() if len(found) == 1 else None


def _related(option: type, asked: type) -> bool:
    """Say whether a class derived from `option` may be derived from `asked`, or be registered with it."""
    if issubclass(asked, option) or type(asked) not in (type, type(option)):
        return True
    # A class of a library may be derived from `option` and a mixin.
    plain = asked.__module__ == "builtins" or option.__module__ == "builtins"
    return not plain and asked.__module__.partition(".")[0] == option.__module__.partition(".")[0] and _mixes(option)


def _mixes(option: type) -> bool:
    return option not in (tf.TensorShape, tf.DType, np.dtype, np.ndarray) and not issubclass(option, tf.Tensor)


@models("isinstance")
def _isinstance(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    known = instance_of(interp, args[0], args[1]) if len(args) == 2 else None
    return Scalar(type="bool") if known is None else Const(known)


@models("issubclass")
def _issubclass(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    classes = [class_object(arg) for arg in args]
    if len(classes) == 2 and classes[0] is not None and classes[1] is not None:
        return Const(issubclass(classes[0], classes[1]))
    return Scalar(type="bool")


@models("callable")
def _callable(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    value = args[0] if args else Unknown("nothing")
    if isinstance(value, (FunctionValue, Builtin)) or (
        isinstance(value, Symbol) and value.kind in ("class", "function")
    ):
        return Const(True)
    plain = isinstance(value, (Const, Scalar, TupleValue, ShapeValue)) or (
        isinstance(value, TensorValue) and value.kind in ("Tensor", "ndarray", "npscalar")
    )
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if plain or isinstance(item, (ListObject, DictObject, SetObject)):
        return Const(False)
    if isinstance(item, LibraryObject) and item.kind in ("Layer", "Model", "Loss", "Metric"):
        return Const(True)
    return Scalar(type="bool")


@models("type")
def _type(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return type_of(interp, args[0]) if len(args) == 1 else Unknown("a class made by type() is not followed")


def type_of(interp: Interpreter, value: Value) -> Value:
    """Return the class of a value."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, InstanceObject):
        own: Value | None = getattr(item, "cls", None)
        return own if own is not None else Unknown("the class of this is not known")
    if isinstance(value, TensorValue) and value.kind == "ndarray":
        return Symbol(name="numpy.ndarray", kind="class")
    known = classes_of(interp, value)
    tracked = isinstance(value, TupleValue) or (isinstance(value, Ref) and _may_be_wrapped(interp, value))
    if known is None or len(known.options) > 1 or tracked:
        return Unknown("the exact class of this is not known")
    class_ = known.options[0]
    if getattr(builtins, class_.__name__, None) is class_:
        return Builtin(name=class_.__name__)
    if known.exact:
        return symbols.symbol(f"{class_.__module__}.{class_.__name__}") or Unknown(f"{class_.__name__} is not public")
    return Unknown("the exact class of this is not known")


def _may_be_wrapped(interp: Interpreter, value: Ref) -> bool:
    """Say whether a container is an attribute of a library's object, which keeps it in a wrapper of its own."""
    holders = (item for item in interp.heap.objects.values() if isinstance(item, InstanceObject))
    return any(value in item.attributes.values() for item in holders)


@models("hasattr", "getattr")
def _attribute(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    asks = node is not None and getattr(node.func, "id", "") == "hasattr"
    if len(args) < 2 or not isinstance(args[1], Const) or not isinstance(args[1].value, str):
        return Scalar(type="bool") if asks else None
    from ..attributes import attribute

    name = args[1].value
    there = has_attribute(interp, args[0], name)
    if asks:
        return Scalar(type="bool") if there is None else Const(there)
    if there is False:
        return args[2] if len(args) > 2 else Unknown(f"there is no attribute '{name}'")
    found = attribute(interp, frame, args[0], name)
    if there or len(args) == 2 or isinstance(found, Unknown):
        return found
    from ...values.join import join

    return join(found, args[2])


def has_attribute(interp: Interpreter, value: Value, name: str) -> bool | None:
    """Say whether an object has an attribute; None where that is not known."""
    answers = {_has(interp, member, name) for member in value.members()}
    return answers.pop() if len(answers) == 1 else None


def _has(interp: Interpreter, value: Value, name: str) -> bool | None:
    if isinstance(value, TupleValue) and value.names is not None and name in value.names:
        return True
    if isinstance(value, Symbol) and value.kind == "module":
        if symbols.library_of(value.name) and symbols.resolve(f"{value.name}.{name}"):
            return True
        replaced = global_state.current(interp.heap).lost is not None
        return False if not replaced and absent.absence(value.name, name) is not None else None
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, InstanceObject):
        known = item.attributes.get(name)
        return True if known is not None and not isinstance(known, Unknown) and name not in item.maybe else None
    known_classes = classes_of(interp, value)
    if known_classes is None:
        return None
    members = [inspect.getattr_static(option, name, None) for option in known_classes.options]
    # A property may raise: an eager tensor has no `op`.
    if all(inspect.isfunction(member) or inspect.isroutine(member) for member in members):
        return True
    plain = known_classes.exact or all(option in (list, dict, set, np.ndarray) for option in known_classes.options)
    if plain and not any(hasattr(option, name) for option in known_classes.options):
        return False
    always = ("shape", "dtype", "ndim") if isinstance(value, TensorValue) else ()
    return True if name in always and all(hasattr(option, name) for option in known_classes.options) else None


@models("setattr", "delattr")
def _replace(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    """Note where a library's attribute is set; what becomes of other objects is for whoever knows them."""
    for member in args[0].members() if args else ():
        if isinstance(member, Symbol) and symbols.library_of(member.name) is not None:
            lost = global_state.LibraryState(lost=f"the program replaces an attribute of {member.name}")
            interp.heap.put(global_state.ADDRESS, lost)
            return Const(None)
    return None


@models("dir")
def _names(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Ref(interp.heap.allocate(ListObject(None, Scalar(type="str"))))


@models("input")
def _input(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Scalar(type="str")
