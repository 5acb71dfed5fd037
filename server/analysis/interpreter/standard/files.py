"""Modules of text, files and messages: `re`, `json`, `copy`, `typing`, `warnings`, `logging`, `glob` and their like."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Callable
from typing import Any

from ...values import (
    Const,
    DictObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ...values.standard import PathValue
from ..constants import fold
from ..core import Interpreter
from .registry import StandardCall, find, models

_NOTHING_NAMES = """
warnings.warn warnings.filterwarnings warnings.simplefilter warnings.resetwarnings logging.debug logging.info
logging.warning logging.error logging.critical logging.exception logging.log logging.basicConfig logging.disable
logging.warn pprint.pprint traceback.print_exc traceback.print_stack json.dump pickle.dump shutil.rmtree
"""
_NOTHING = _NOTHING_NAMES.split()


@models(*_NOTHING)
def _nothing(call: StandardCall) -> Value | None:
    # What is pickled or formatted may run methods of the program.
    return Const(None)


@models("re.sub", "re.escape")
def _text(call: StandardCall) -> Value | None:
    known = all(isinstance(arg, Scalar) or (isinstance(arg, Const) and type(arg.value) is str) for arg in call.args)
    bytes_ = any(isinstance(arg, Scalar) and arg.type != "str" for arg in call.args)
    return Scalar(type="str") if known and not bytes_ else None


def _atom(value: Value) -> bool:
    return isinstance(value, (Const, Scalar))


@models("json.dumps")
def _dumped(call: StandardCall) -> Value | None:
    if not call.kwargs and len(call.args) == 1:
        return fold(call.interp, json.dumps, call.args) or Scalar(type="str")
    return Scalar(type="str")


@models("json.loads")
def _loaded(call: StandardCall) -> Value | None:
    return fold(call.interp, json.loads, call.args) if len(call.args) == 1 and not call.kwargs else None


@models("textwrap.dedent", "textwrap.indent", "os.fspath")
def _pure(call: StandardCall) -> Value | None:
    if call.name == "os.fspath":
        first = call.args[0] if call.args else None
        if isinstance(first, PathValue):
            return Scalar(type="str") if first.text is None else Const(first.text)
        return first if isinstance(first, (Const, Scalar)) else None
    function: Callable[..., Any] = getattr(textwrap, call.name.rpartition(".")[2])
    return fold(call.interp, function, call.args, call.kwargs)


@models("pickle.dumps")
def _pickled(call: StandardCall) -> Value:
    return Scalar(type="bytes")


@models("glob.glob")
def _found(call: StandardCall) -> Value | None:
    pattern = call.get(0, "pathname")
    if not isinstance(pattern, (Const, Scalar)) or (isinstance(pattern, Const) and not isinstance(pattern.value, str)):
        return None
    return Ref(call.interp.heap.allocate(ListObject(None, Scalar(type="str"))))


@models("typing.cast")
def _cast(call: StandardCall) -> Value | None:
    return call.args[1] if len(call.args) == 2 else None


@models("copy.copy", "copy.deepcopy")
def _copied(call: StandardCall) -> Value | None:
    if len(call.args) != 1 or call.kwargs:
        return None
    return copied(call.interp, call.args[0], {}, deep=call.name == "copy.deepcopy")


def copied(interp: Interpreter, value: Value, made: dict[int, Value], deep: bool) -> Value | None:
    """Return a copy of a container of Python's own; None where what is copied is not understood."""
    if isinstance(value, (Const, Scalar, Symbol, PathValue)):
        return value
    if isinstance(value, TensorValue):
        if value.kind in ("Tensor", "npscalar"):
            return value
        if value.kind != "ndarray":
            return None
        array = interp.heap.settled(value)
        storage, version = interp.heap.new_storage()
        return dataclasses.replace(array, storage=storage, version=version)
    if isinstance(value, TupleValue):
        if not deep:
            return value
        parts = [copied(interp, item, made, deep) for item in value.items]
        known = tuple(part for part in parts if part is not None)
        return TupleValue(known, value.names) if len(known) == len(parts) else None
    return _copied_object(interp, value, made, deep) if isinstance(value, Ref) else None


def _copied_object(interp: Interpreter, value: Ref, made: dict[int, Value], deep: bool) -> Value | None:
    if value.address in made:
        return made[value.address]
    item = interp.heap.get(value.address)
    if not isinstance(item, (ListObject, DictObject, SetObject)):
        return None
    if isinstance(item, ListObject) and item.name not in ("list", "range"):
        return None
    result = made[value.address] = Ref(interp.heap.allocate(item))
    if not deep:
        return result
    if item.items is None:
        loose = isinstance(item, ListObject) and isinstance(item.element, (Const, Scalar))
        return result if loose else None
    parts: list[Any] = []
    for part in item.items:
        pair = part if isinstance(part, tuple) else (part,)
        new = [copied(interp, each, made, deep) for each in pair]
        if any(each is None for each in new):
            return None
        parts.append(tuple(new) if isinstance(part, tuple) else new[0])
    content: Any = tuple(parts)
    interp.heap.put(result.address, dataclasses.replace(item, items=content))
    return result


@models("dataclasses.field", "typing.TypeVar", "typing.NewType", "re.compile", "re.match")
@models("re.search", "re.findall", "re.split", "re.fullmatch")
def _opaque(call: StandardCall) -> Value | None:
    if call.name in ("re.findall", "re.split") and all(_atom(arg) for arg in call.args) and not call.kwargs:
        there, function = find(call.name)
        folded = fold(call.interp, function, call.args, largest=1000) if there and _harmless(call) else None
        return folded or Ref(call.interp.heap.allocate(ListObject(None, Unknown(f"what {call.name} gives"))))
    return Unknown(f"{call.name}() is not followed")


def _harmless(call: StandardCall) -> bool:
    """Say whether a pattern cannot make matching slow: no repetition of a repetition."""
    pattern = call.args[0].value if isinstance(call.args[0], Const) else None
    text = call.args[1].value if len(call.args) > 1 and isinstance(call.args[1], Const) else None
    plain = isinstance(pattern, str) and isinstance(text, str) and "(" not in pattern and len(text) <= 1000
    return plain and sum(pattern.count(sign) for sign in "*+{") <= 2 if isinstance(pattern, str) else False
