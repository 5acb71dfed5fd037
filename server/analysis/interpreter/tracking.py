"""What Keras keeps track of in layers and models of the program: layers and variables, in its order.

Sources: keras/src/utils/tracking.py and keras/src/layers/layer.py (Keras 3), keras/src/engine/base_layer.py and
training.py (Keras 2).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from ..libraries import upkeep
from ..libraries.keras_hooks import keras_major
from ..libraries.outcome import Returned
from ..libraries.query import Query
from ..values import (
    BoundMethod,
    Builtin,
    ClassObject,
    Const,
    DatasetValue,
    DictObject,
    DTypeValue,
    FunctionValue,
    InstanceObject,
    LibraryObject,
    ListObject,
    Partial,
    Ref,
    Scalar,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.standard import IteratorObject, StandardObject
from .core import Frame, Interpreter

#: Marks of an instance, beside its attributes: what was tracked, in order, and the containers that are watched.
TRACKED, CONTAINERS = "$tracked", "$containers"
NAMES = frozenset(
    [
        "variables",
        "weights",
        "trainable_variables",
        "trainable_weights",
        "non_trainable_variables",
        "non_trainable_weights",
    ]
)
#: Stands for something that may be a layer or a variable, or for an order that is not known.
_UNKNOWN = Const("?")
PLAIN = (Const, Scalar, ShapeValue, FunctionValue, BoundMethod, Symbol, Builtin, DTypeValue, DatasetValue, Partial)


# Tracking -------------------------------------------------------------------------------------------------------------


def track(interp: Interpreter, receiver: Ref, value: Value) -> None:
    """Note what an instance of a Keras class gets, as an attribute or from `add_weight`."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject):
        return
    tracked, containers = _marks(item)
    if keras_major() >= 3:
        tracked = _flushed(interp, tracked, containers)
        found, inside = list[Value](), list[Value]()
        _collect(interp, value, found, inside)
        tracked += [part for part in found if not known_among(part, tracked) or part == _UNKNOWN]
        containers += inside
    elif _matters(interp, value):
        tracked += [] if known_among(value, tracked) else [value]
    attributes = {**item.attributes, TRACKED: TupleValue(tuple(tracked)), CONTAINERS: TupleValue(tuple(containers))}
    interp.heap.put(receiver.address, dataclasses.replace(item, attributes=attributes))


def _marks(item: InstanceObject) -> tuple[list[Value], list[Value]]:
    out: list[list[Value]] = []
    for name in (TRACKED, CONTAINERS):
        mark = item.attributes.get(name, TupleValue())
        out.append(list(mark.items) if isinstance(mark, TupleValue) and name not in item.maybe else [_UNKNOWN])
    return out[0], out[1]


def _flushed(interp: Interpreter, tracked: list[Value], containers: list[Value]) -> list[Value]:
    """Return what is tracked, with what was put into its containers since (Keras 3 tracks that when it is put in)."""
    grown = 0
    for container in containers:
        found = list[Value]()
        if container != _UNKNOWN:
            _collect(interp, container, found, [])
        else:
            found = [_UNKNOWN]
        new = [part for part in found if not known_among(part, tracked)]
        grown += bool(new)
        tracked = [*tracked, *new]
    return tracked if grown < 2 else [*tracked, _UNKNOWN]


def _collect(interp: Interpreter, value: Value, found: list[Value], containers: list[Value]) -> None:
    """Gather the layers and variables in a value, and the lists and dicts that hold them."""
    if isinstance(value, TensorValue):
        if value.kind == "Variable" and (value.library == "keras" or keras_major() < 3):
            found.append(value)
    elif isinstance(value, TupleValue):
        for part in value.items:
            _collect(interp, part, found, containers)
    elif isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, LibraryObject):
            if item.kind in ("Layer", "Model"):
                found.append(value)
            elif item.kind in ("Metric", "SeedGenerator"):
                found.append(TupleValue((Const(item.kind), value)))
        elif isinstance(item, InstanceObject) and item.cls is not None:
            _collect_instance(value, item, found)
        elif isinstance(item, ListObject) and item.items is not None:
            containers.append(value)
            for part in item.items:
                _collect(interp, part, found, containers)
        elif isinstance(item, DictObject) and item.items is not None:
            containers.append(value)
            for _, part in item.items:
                _collect(interp, part, found, containers)
        elif not isinstance(item, (ClassObject, IteratorObject, StandardObject, InstanceObject)):
            found.append(_UNKNOWN)
    elif not isinstance(value, PLAIN) and not all(isinstance(member, PLAIN) for member in value.members()):
        found.append(_UNKNOWN)


def _collect_instance(value: Ref, item: InstanceObject, found: list[Value]) -> None:
    from .inherited import base_kind

    if base_kind(item.library) == "layer":
        found.append(value)
    elif item.library == "?" or (item.library and base_kind(item.library) != "module") or item.lost:
        found.append(_UNKNOWN)
    elif item.library and keras_major() < 3:
        found.append(_UNKNOWN)  # Keras 2 looks into modules


def _matters(interp: Interpreter, value: Value) -> bool:
    found = list[Value]()
    _collect(interp, value, found, [])
    return bool(found) or _is_container(interp, value)


def _is_container(interp: Interpreter, value: Value) -> bool:
    return isinstance(value, Ref) and isinstance(interp.heap.get(value.address), (ListObject, DictObject))


def known_among(value: Value, tracked: Iterable[Value]) -> bool:
    """Say whether a layer or a variable is one of several."""
    for other in tracked:
        if isinstance(value, TensorValue) and isinstance(other, TensorValue):
            if value.trace is not None and other.trace is not None and value.trace.number == other.trace.number:
                return True
        elif not isinstance(value, TensorValue) and value == other:
            return True
    return False


# Reading --------------------------------------------------------------------------------------------------------------


def read(interp: Interpreter, frame: Frame, receiver: Ref, name: str) -> Value:
    """Return `layer.trainable_variables` and its like, or `model.layers`, of an instance of the program's class."""
    if name == "layers":
        parts = _parts(interp, receiver)
        layers: list[Value] | None = None if parts is None else [part for part in parts if isinstance(part, Ref)]
        found = layers
    else:
        found = variables(interp, frame, receiver, name)
    if found is None:
        return Unknown(f"not all that makes up its {name} is known")
    return Ref(interp.heap.allocate(ListObject(tuple(found))))


def variables(interp: Interpreter, frame: Frame, receiver: Ref, name: str) -> list[Value] | None:
    """Return variables of a layer or a model, in the order of Keras; None where they are not all known."""
    item = interp.heap.get(receiver.address)
    if isinstance(item, LibraryObject):
        return _of_library(interp, frame, receiver, item, name)
    parts = _parts(interp, receiver)
    if parts is None or not isinstance(item, InstanceObject):
        return None
    return (
        _of_keras_3(interp, frame, item, parts, name)
        if keras_major() >= 3
        else _of_keras_2(interp, frame, item, parts, name)
    )


def _of_library(interp: Interpreter, frame: Frame, receiver: Ref, item: LibraryObject, name: str) -> list[Value] | None:
    if item.unsure:
        return None
    answer = interp.bridge.call(Query("attribute", name, (receiver,), mode=frame.mode), interp.heap)
    value = answer.outcome.value if isinstance(answer.outcome, Returned) else None
    found = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return list(found.items) if isinstance(found, ListObject) and found.items is not None else None


def _parts(interp: Interpreter, receiver: Ref) -> list[Value] | None:
    """Return the layers and variables that an instance keeps, in order; None where they are not all known."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject) or item.lost or item.shadow is None:
        return None
    tracked, containers = _marks(item)
    if keras_major() >= 3:
        tracked = _flushed(interp, tracked, containers)
        kept = list[Value]()
        for container in containers:
            _collect(interp, container, kept, [])
        for value in item.attributes.values():
            _collect(interp, value, kept, [])
        # What was taken out of its list is tracked no more, or still is: that depends on how.
        if any(isinstance(part, Ref) and not known_among(part, kept) for part in tracked):
            return None
        parts = tracked
    else:
        parts = []
        for value in tracked:
            _collect(interp, value, parts, [])
    return None if _UNKNOWN in parts else parts


def _trainable(item: InstanceObject, interp: Interpreter) -> bool | None:
    """Say whether an instance is trainable; None where that is not known."""
    said = item.attributes.get("trainable")
    shadow = interp.heap.get(item.shadow) if item.shadow is not None else None
    if said is None and isinstance(shadow, LibraryObject):
        said = dict(shadow.kwargs).get("trainable", Const(True))
    return said.value if isinstance(said, Const) and isinstance(said.value, bool) else None


def _own(parts: list[Value], trainable: bool) -> list[Value] | None:
    own = [part for part in parts if isinstance(part, TensorValue)]
    if any(part.trace is None or part.trace.trainable is None for part in own):
        return None
    return [part for part in own if part.trace is not None and part.trace.trainable == trainable]


def _of_keras_3(
    interp: Interpreter, frame: Frame, item: InstanceObject, parts: list[Value], name: str
) -> list[Value] | None:
    trainable = _trainable(item, interp)
    yes, no = _own(parts, True), _own(parts, False)
    if trainable is None or yes is None or no is None:
        return None
    every = "weights" if name.endswith("weights") else "variables"
    if every == "variables" and any(
        isinstance(part, TupleValue) and part.items[0] == Const("SeedGenerator") for part in parts
    ):
        return None
    found = [(part, trainable) for part in yes] + [(part, False) for part in no]
    for part in parts:
        if not isinstance(part, Ref):
            continue
        inner = variables(interp, frame, part, every)
        learned = variables(interp, frame, part, f"trainable_{every}")
        if inner is None or learned is None:
            return None
        found += [(one, known_among(one, learned)) for one in inner]
    unique = list[tuple[Value, bool]]()
    for one, learns in found:
        if not known_among(one, [other for other, _ in unique]):
            unique.append((one, learns))
    if name.startswith("trainable"):
        return [one for one, learns in unique if learns] if trainable else []
    if name.startswith("non_trainable"):
        return [one for one, learns in unique if not learns or not trainable]
    return [one for one, _ in unique]


def _of_keras_2(
    interp: Interpreter, frame: Frame, item: InstanceObject, parts: list[Value], name: str
) -> list[Value] | None:
    trainable = _trainable(item, interp)
    yes, no = _own(parts, True), _own(parts, False)
    if trainable is None or yes is None or no is None:
        return None
    model = item.library.rpartition(".")[2] == "Model"
    if any(isinstance(part, TupleValue) for part in parts) and not name.startswith("trainable"):
        return None  # metrics are layers there
    if name in ("weights", "variables") and not model:
        first = _of_keras_2(interp, frame, item, parts, "trainable_weights")
        second = _of_keras_2(interp, frame, item, parts, "non_trainable_weights")
        return None if first is None or second is None else [*first, *second]
    if name.startswith("trainable") and not trainable:
        return []
    inner = list[Value]()
    asked = name.replace("weights", "variables") if name not in ("weights", "variables") else "variables"
    if not trainable:
        asked = "variables"
    for part in parts:
        found = variables(interp, frame, part, asked) if isinstance(part, Ref) else []
        if found is None:
            return None
        inner += found
    own = {"t": yes, "n": no}.get(name[0], [*yes, *no]) if trainable else [*yes, *no]
    unique = list[Value]()
    for one in [*inner, *own] if model else [*own, *inner]:
        if not known_among(one, unique):
            unique.append(one)
    return unique


def set_trainable(interp: Interpreter, receiver: Ref, value: bool) -> None:
    """Do what `layer.trainable = …` does: it holds for the layers inside too."""
    item = interp.heap.get(receiver.address)
    if isinstance(item, LibraryObject):
        upkeep.set_setting(receiver, "trainable", Const(value), interp.heap, interp.bridge.session)
        return
    for part in _parts(interp, receiver) or []:
        if isinstance(part, Ref):
            set_trainable(interp, part, value)
    item = interp.heap.get(receiver.address)
    if isinstance(item, InstanceObject):
        attributes = {**item.attributes, "trainable": Const(value)}
        interp.heap.put(receiver.address, dataclasses.replace(item, attributes=attributes))


def count_params(interp: Interpreter, frame: Frame, receiver: Ref) -> Value:
    """Return how many numbers the weights of a layer hold."""
    found = variables(interp, frame, receiver, "weights")
    if found is None or not all(isinstance(one, TensorValue) and one.fully_defined for one in found):
        return Scalar(type="int")
    shapes = [one.shape or () for one in found if isinstance(one, TensorValue)]
    return Const(sum(math.prod(dim for dim in shape if isinstance(dim, int)) for shape in shapes))


def get_weights(interp: Interpreter, frame: Frame, receiver: Ref) -> Value:
    """Return what `get_weights` gives: an array for each weight."""
    found = variables(interp, frame, receiver, "weights")
    if found is None:
        return Unknown("not all of its weights are known")
    arrays = []
    for one in found:
        assert isinstance(one, TensorValue)
        storage, version = interp.heap.new_storage()
        arrays.append(TensorValue(kind="ndarray", dtype=one.dtype, shape=one.shape, storage=storage, version=version))
    return Ref(interp.heap.allocate(ListObject(tuple(arrays))))
