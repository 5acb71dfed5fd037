"""`np.finfo` and `np.iinfo`: what they say of a dtype is read off NumPy."""

from __future__ import annotations

import ast

import numpy as np

from ..values import Builtin, Const, Content, TensorValue, Unknown, Value
from . import modelled_objects
from .core import Frame, Interpreter
from .library_calls import Arguments
from .library_models import models
from .loaders.given import NotKnownError
from .loaders.words import dtype_named
from .modelled_objects import Object, attributes

_NAMES = ("numpy.finfo", "numpy.iinfo")


def _limits(name: str, value: Value) -> Value:
    named = {"float": "float64", "int": "int64"}.get(value.name) if isinstance(value, Builtin) else None
    try:
        dtype = np.dtype(named or dtype_named(value))
    except NotKnownError:
        return Unknown("the limits of a dtype that is not known")
    fits = dtype.kind == "f" if name == "numpy.finfo" else dtype.kind in "iu"
    return Const(dtype.name) if fits else Unknown("the limits of another kind of dtype")


def _make(name: str, interp: Interpreter, arguments: Arguments) -> Value:
    dtype = _limits(name, arguments.values[0]) if len(arguments.all) == len(arguments.values) == 1 else None
    if not isinstance(dtype, Const):
        return dtype or Unknown("the limits of a dtype that is not known")
    return modelled_objects.make(interp, name, dtype=dtype)


@models("numpy.finfo")
def _finfo(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return _make("numpy.finfo", interp, arguments)


@models("numpy.iinfo")
def _iinfo(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return _make("numpy.iinfo", interp, arguments)


def _attribute(limits: Object, name: str) -> Value | None:
    dtype = limits.field("dtype")
    assert isinstance(dtype, Const)
    made = np.finfo(dtype.value) if limits.item.name == "numpy.finfo" else np.iinfo(dtype.value)
    found = getattr(made, name, None)
    if type(found) is int:
        return Const(found)
    if isinstance(found, np.floating):
        array = np.asarray(found)
        return TensorValue("npscalar", array.dtype.name, (), Content(array))
    return None


for _name in _NAMES:
    attributes(_name)(_attribute)
