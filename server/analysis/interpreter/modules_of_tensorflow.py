"""Variables and modules in a `tf.Module` of the program, in the order in which TensorFlow walks them.

Source: tensorflow/python/module/module.py (`_flatten_module`).
"""

from __future__ import annotations

from ..libraries.keras_hooks import keras_major
from ..values import (
    ClassObject,
    Const,
    DictObject,
    InstanceObject,
    LibraryObject,
    ListObject,
    Ref,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.standard import IteratorObject, StandardObject
from .core import Interpreter
from .tracking import PLAIN, known_among


def of_module(interp: Interpreter, receiver: Ref, name: str) -> Value:
    """Return `module.trainable_variables`, `module.variables` or `module.submodules`: by attribute name, a tuple."""
    found = list[Value]()
    if not _walk_module(interp, receiver, found, []):
        return Unknown(f"not all that makes up its {name} is known")
    if name == "submodules":
        inside = [part for part in found if isinstance(part, Ref)]
        return TupleValue(tuple(inside))
    learned = [part for part in found if isinstance(part, TensorValue)]
    if name != "variables":
        if any(part.trace is None or part.trace.trainable is None for part in learned):
            return Unknown("not known to be trainable or not")
        wanted = name == "trainable_variables"
        learned = [part for part in learned if part.trace is not None and part.trace.trainable == wanted]
    return TupleValue(tuple(learned))


def _walk_module(interp: Interpreter, receiver: Ref, found: list[Value], seen: list[Value]) -> bool:
    """Gather variables and modules as `tf.Module` does: its own first, then those of the modules inside."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject) or item.lost or item.maybe:
        return False
    seen.append(receiver)
    modules = list[Ref]()
    for name in sorted(item.attributes):
        if name.startswith("$"):
            continue
        if not _walk_value(interp, item.attributes[name], found, modules):
            return False
    return all(module in seen or _walk_module(interp, module, found, seen) for module in modules)


def _walk_value(interp: Interpreter, value: Value, found: list[Value], modules: list[Ref]) -> bool:
    from .inherited import base_kind

    if isinstance(value, TensorValue):
        if value.kind == "Variable" and value.library == "tensorflow" and not known_among(value, found):
            found.append(value)
        return True
    if isinstance(value, TupleValue):
        return all(_walk_value(interp, part, found, modules) for part in value.items)
    if not isinstance(value, Ref):
        return isinstance(value, PLAIN) or all(isinstance(member, PLAIN) for member in value.members())
    item = interp.heap.get(value.address)
    if isinstance(item, ListObject) and item.items is not None:
        return all(_walk_value(interp, part, found, modules) for part in item.items)
    if isinstance(item, DictObject) and item.items is not None:
        keys = [key.value for key, _ in item.items if isinstance(key, Const)]
        try:
            order = sorted(range(len(keys)), key=lambda index: keys[index])
        except TypeError:
            return False
        return len(keys) == len(item.items) and all(
            _walk_value(interp, item.items[index][1], found, modules) for index in order
        )
    if isinstance(item, InstanceObject) and item.cls is not None:
        if base_kind(item.library) == "module":
            if value not in found:
                found.append(value)
                modules.append(value)
            return True
        return (not item.library and not item.lost) or (base_kind(item.library) == "layer" and keras_major() >= 3)
    if isinstance(item, LibraryObject):
        return keras_major() >= 3 or item.kind not in ("Layer", "Model", "Metric", "Optimizer")
    return isinstance(item, (ClassObject, IteratorObject, StandardObject))
