"""Attributes: of libraries by their public names, of tensors and layers by asking, of Python's objects by rule."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops.resource_variable_ops import ResourceVariable

from ..libraries import absent, private, symbols
from ..libraries.keras_hooks import keras
from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..libraries.reflect import reflect
from ..libraries.stateful import class_of
from ..values import (
    BoundMethod,
    Builtin,
    ClassObject,
    Const,
    DatasetValue,
    DimensionValue,
    DTypeValue,
    InstanceObject,
    LibraryObject,
    ListObject,
    LiveValue,
    ModuleValue,
    Ref,
    Scalar,
    ScopeObject,
    ShapeValue,
    SuperValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.dims import Dim, eager, is_static
from ..values.fresh import FreshDict, materialise
from ..values.heap import UnknownObject
from ..values.join import join_all
from ..values.standard import StandardObject
from ..values.tensor_arrays import TensorArrayObject
from . import graphs, known_modules, modelled_objects, removed, specs, standard
from .core import Frame, Interpreter, evaluates
from .instances import read_attribute, read_class_attribute, read_super
from .sequences import size_value
from .standard.objects import context_attribute, data_attribute

#: What an object is made with, whether it has been built or not.
_LASTING = frozenset(
    ["name", "units", "filters", "activation", "learning_rate", "iterations", "momentum", "beta_1", "beta_2", "rho"]
)
_CLASSES: dict[str, type] = {
    "Tensor": tf.Tensor,
    "Variable": ResourceVariable,
    "ndarray": np.ndarray,
    "npscalar": np.ndarray,
    "RaggedTensor": tf.RaggedTensor,
    "SparseTensor": tf.SparseTensor,
    "IndexedSlices": tf.IndexedSlices,
    "TensorSpec": tf.TensorSpec,
    "RaggedTensorSpec": tf.RaggedTensorSpec,
    "SparseTensorSpec": tf.SparseTensorSpec,
}


@evaluates(ast.Attribute)
def _attribute(interp: Interpreter, frame: Frame, node: ast.Attribute) -> Value:
    receiver = interp.evaluate(frame, node.value)
    return removed.read(interp, frame, node, receiver, attribute(interp, frame, receiver, node.attr))


def attribute(interp: Interpreter, frame: Frame, receiver: Value, name: str) -> Value:
    """Return what `receiver.name` is."""
    if isinstance(receiver, Union):
        return join_all(attribute(interp, frame, option, name) for option in receiver.options)
    if isinstance(receiver, Symbol):
        return library_member(interp, receiver, name)
    if isinstance(receiver, LiveValue):
        return graphs.member(interp, frame, receiver, name)
    if isinstance(receiver, TensorValue):
        return _of_tensor(interp, frame, receiver, name)
    if isinstance(receiver, Ref):
        return _of_object(interp, frame, receiver, name)
    if isinstance(receiver, SuperValue):
        return read_super(interp, frame, receiver, name)
    if isinstance(receiver, ModuleValue):
        scope = interp.heap.get(receiver.scope)
        found = scope.variables.get(name) if isinstance(scope, ScopeObject) else None
        return found if found is not None else submodule(interp, receiver, name)
    if isinstance(receiver, ShapeValue):
        return specs.shape_attribute(receiver, name)
    if isinstance(receiver, DimensionValue):
        return receiver.size if name == "value" else Unknown(f"Dimension.{name} is not followed")
    if isinstance(receiver, DTypeValue):
        if specs.is_method_of_dtype(receiver, name):
            return BoundMethod(receiver=receiver, name=name)
        return _ask(interp, frame, receiver, name)
    if isinstance(receiver, TupleValue) and name not in ("index", "count", "_replace", "_asdict"):
        if receiver.names is not None and name in receiver.names:
            return receiver.items[receiver.names.index(name)]
        return Unknown(f"the attribute '{name}' of a tuple")
    if isinstance(receiver, DatasetValue):
        return _of_dataset(interp, receiver, name)
    special = data_attribute(interp, receiver, name) or context_attribute(receiver, name)
    if special is not None:
        return special
    if isinstance(receiver, (Const, Scalar)):
        known = getattr(builtins, receiver.type, None) if isinstance(receiver, Scalar) else type(receiver.value)
        if not callable(getattr(known, name, None)):
            return Unknown(f"the attribute '{name}' is not followed")
    if isinstance(receiver, (Const, Scalar, TupleValue, Builtin)):
        return BoundMethod(receiver=receiver, name=name)
    return receiver if isinstance(receiver, Unknown) else Unknown(f"the attribute '{name}' is not understood")


def library_member(interp: Interpreter, module: Symbol, name: str) -> Value:
    """Return a public member of a library's module or class."""
    if standard.owns(module.name):
        return standard.member(interp, module, name)
    if known_modules.owns(module.name):
        return known_modules.member(f"{module.name}.{name}")
    entry = symbols.resolve(f"{module.name}.{name}")
    if entry is None:
        behind = private.member(module.name, name)
        if behind is not None:
            return behind if isinstance(behind, Symbol) else DTypeValue(behind.name)
        version = absent.version(module.name) if name == "__version__" and "." not in module.name else None
        return Const(version) if version else Unknown(f"{module.name}.{name} is not a public name")
    if entry.kind == "object":
        value = materialise(reflect(entry.object, interp.bridge.session), interp.heap)
        if not isinstance(value, Unknown):
            return value
    return Symbol(name=entry.name, kind=entry.kind)


def submodule(interp: Interpreter, package: ModuleValue, name: str) -> Value:
    """Return a module of a package of the workspace."""
    return interp.modules.get(f"{package.path}:{name}", Unknown(f"'{name}' is not defined in that module"))


def _of_tensor(interp: Interpreter, frame: Frame, receiver: TensorValue, name: str) -> Value:
    if name.startswith("_"):
        return Unknown("a private attribute")
    if receiver.kind == "KerasTensor":
        return (
            _ask(interp, frame, receiver, name)
            if name in ("shape", "dtype", "ndim")
            else BoundMethod(receiver=receiver, name=name)
        )
    in_graph = graphs.tensor_attribute(interp, frame, receiver, name)
    if in_graph is not None:
        return in_graph
    if name == "shape" and receiver.kind in ("Tensor", "ndarray") and not receiver.fully_defined:
        if receiver.shape is not None and receiver.node is None:
            return _shape_of(interp, frame, receiver)
    owner = _CLASSES.get(receiver.kind, tf.Tensor)
    if receiver.library == "keras":
        owner = keras.Variable
    member = getattr(owner, name, None)
    if receiver.library == "keras" and name == "value" and interp.mode(frame) == "eager":
        return dataclasses.replace(receiver, library="tensorflow")  # the variable that it is made of
    if member is None and receiver.kind == "Variable" and name != "numpy":
        return Unknown(f"the attribute '{name}' is not understood")
    if name in ("numpy", "assign", "assign_add", "assign_sub") or callable(member):
        return BoundMethod(receiver=receiver, name=name)
    if receiver.kind.endswith("Spec") and name == "name":
        return Unknown("the name of a spec is not kept")
    if receiver.kind in ("Tensor", "Variable") and name in ("cpu", "experimental_ref", "ref"):
        return BoundMethod(receiver=receiver, name=name)
    if receiver.kind == "Tensor" and name in ("device", "backing_device") and interp.mode(frame) == "eager":
        return Scalar(type="str")
    if receiver.kind == "Tensor" and name not in ("shape", "dtype", "ndim"):
        return Unknown(f"the attribute '{name}' is not followed")
    return _ask(interp, frame, receiver, name)


def _shape_of(interp: Interpreter, frame: Frame, value: TensorValue) -> Value:
    """Return `x.shape` where not all is known: while a graph is traced, symbols that are not static are None there."""
    dims, gaps = value.shape or (), "size"
    if interp.mode(frame) == "eager" or value.is_numpy:
        dims = interp.bridge.session.named(tuple(eager(dim) for dim in dims)) or ()
    if value.is_numpy:
        return TupleValue(tuple(size_value(dim) for dim in dims))
    if interp.mode(frame) != "eager":
        gaps = "either" if None in dims else "none"
        dims = tuple(None if isinstance(dim, Dim) and not is_static(dim) else dim for dim in dims)
    return ShapeValue(dims, gaps)


def _of_object(interp: Interpreter, frame: Frame, receiver: Ref, name: str) -> Value:
    item = interp.heap.get(receiver.address)
    from .examples import member as message_member

    message = message_member(interp, receiver, name)
    if message is not None:
        return message
    if isinstance(item, StandardObject):
        known_attribute = modelled_objects.attribute_of(interp, frame, receiver, item, name)
        if known_attribute is not None:
            return known_attribute
    if isinstance(item, InstanceObject) and item.made_here in ("OwnedIterator", "NumpyIterator", "Optional"):
        dataset = item.attributes["dataset"]
        known = name == "element_spec" and isinstance(dataset, DatasetValue) and item.made_here != "NumpyIterator"
        return attribute(interp, frame, dataset, name) if known else BoundMethod(receiver=receiver, name=name)
    if isinstance(item, InstanceObject):
        return read_attribute(interp, frame, receiver, item, name)
    if isinstance(item, ClassObject):
        return read_class_attribute(interp, receiver, item, name)
    if isinstance(item, UnknownObject):
        return Unknown(item.reason)
    if isinstance(item, TensorArrayObject):
        from .tensor_arrays import attribute_of

        return attribute_of(item, name) or BoundMethod(receiver=receiver, name=name)
    if not isinstance(item, LibraryObject):
        return BoundMethod(receiver=receiver, name=name)
    if name.startswith("_"):
        return Unknown("a private attribute")
    if item.unsure and name not in _LASTING:
        return _of_unsure(receiver, item, name)
    member: Any = inspect.getattr_static(class_of(item.symbol), name, None)
    if inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)):
        return BoundMethod(receiver=receiver, name=name)
    if callable(member) and item.symbol.startswith("numpy."):  # written in C
        return BoundMethod(receiver=receiver, name=name)
    return _ask(interp, frame, receiver, name)


def _of_unsure(receiver: Ref, item: LibraryObject, name: str) -> Value:
    """Return an attribute of an object that some paths have built: its methods, and no more."""
    member: Any = inspect.getattr_static(class_of(item.symbol), name, None)
    if inspect.isfunction(member):
        return BoundMethod(receiver=receiver, name=name)
    return Unknown("built on some paths only")


def _of_dataset(interp: Interpreter, receiver: DatasetValue, name: str) -> Value:
    if name == "element_spec" and receiver.element is not None:
        return _specs(interp, receiver.element)
    if name == "class_names" and receiver.class_names is not None:
        return receiver.class_names
    if name == "file_paths" and receiver.class_names is not None:
        return Ref(interp.heap.allocate(ListObject(None, Scalar(type="str"))))
    if not callable(getattr(tf.data.Dataset, name, None)):
        return Unknown(f"the attribute '{name}' of a dataset")
    return BoundMethod(receiver=receiver, name=name)


def _specs(interp: Interpreter, element: Value) -> Value:
    """Return the structure of `tf.TensorSpec`s of a dataset's element."""
    if isinstance(element, TensorValue):
        return dataclasses.replace(element.forgotten(), kind=f"{element.kind}Spec")
    if isinstance(element, TupleValue):
        return dataclasses.replace(element, items=tuple(_specs(interp, item) for item in element.items))
    if isinstance(element, FreshDict):
        return materialise(FreshDict(tuple((key, _specs(interp, part)) for key, part in element.items)), interp.heap)
    return Unknown("a spec that is not followed")


def _ask(interp: Interpreter, frame: Frame, receiver: Value, name: str) -> Value:
    answer = interp.bridge.call(Query("attribute", name, (receiver,), mode=interp.mode(frame)), interp.heap)
    if isinstance(answer.outcome, Returned):
        value = answer.outcome.value
        if isinstance(value, TensorValue) and value.kind == "ndarray" and not isinstance(receiver, TensorValue):
            return Unknown("an array of the library's own")
        return value
    return Unknown("this attribute fails" if isinstance(answer.outcome, Refused) else answer.outcome.reason)
