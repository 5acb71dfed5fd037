"""What instances inherit from the libraries' classes: `keras.layers.Layer`, `keras.Model`, `tf.Module`, losses, metrics.

The program's own methods are interpreted. What Keras does around `call` (conversion of the inputs, `build`, the
`training` argument) follows Keras; conversion is asked of Keras itself, weights of a plain layer that stands for the
inherited part (`shadow`).
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re

import tensorflow as tf

from ..libraries import symbols, upkeep
from ..libraries.keras_hooks import keras, keras_major
from ..libraries.models.training import METHODS
from ..libraries.outcome import Refused, Returned
from ..libraries.query import Kwargs, Query
from ..values import (
    BoundMethod,
    Const,
    DictObject,
    InstanceObject,
    LibraryObject,
    ListObject,
    Ref,
    TupleValue,
    Unknown,
    Value,
)
from ..values.compiled import keep, settings_of
from ..values.heap import UnknownObject
from . import loss_calls, metric_calls, modules_of_tensorflow, tracking
from .asking import report
from .classes import methods_of
from .core import Frame, Interpreter
from .events import Argument

#: A mark of an instance, beside its attributes: no attribute of Python's has such a name.
BUILT = "$built"
_FLOATS = ("float16", "bfloat16", "float32", "float64")
#: What the inherited part knows of the settings it was made with.
_SETTINGS = ("dtype", "compute_dtype", "variable_dtype")
#: Methods that do nothing which matters here.
#: How a layer that has no weights yet says that one cannot be made.
_OF_SHAPES = re.compile(r"Shapes used to initialize variables|partially known TensorShape")
_HARMLESS = frozenset(["summary", "save", "save_weights", "get_weights", "add_loss", "add_metric", "build"])


def base_kind(library: str) -> str:
    """Return what a library base is: layer (models too), metric, module, other, or unknown."""
    entry = None if library in ("", "?") else symbols.resolve(library)
    if entry is None:
        return "unknown"
    if keras is not None and entry.object in (keras.layers.Layer, keras.Model):
        return "layer"
    if metric_calls.is_metric(library):
        return "metric"
    if library == "tensorflow.Module":
        return "module"
    return "other"


def has_attribute(library: str, name: str) -> bool:
    """Say whether an object has an attribute from its library class, or may have one."""
    kind = base_kind(library)
    if not library:
        return False
    if kind == "module":
        return hasattr(tf.Module, name) or name.startswith("_")
    if kind == "layer":
        return hasattr(keras.Model, name) or name in _plain_attributes() or name.startswith("_")
    return True


@functools.cache
def _plain_attributes() -> frozenset[str]:
    """Return the attributes that Keras sets on a layer that is just made."""
    return frozenset(dir(keras.layers.Layer()))


def initialise(interp: Interpreter, frame: Frame, made: Ref, args: tuple[Value, ...], kwargs: Kwargs) -> None:
    """Do what the inherited `__init__` does."""
    item = interp.heap.get(made.address)
    if not isinstance(item, InstanceObject):
        return
    kind = base_kind(item.library)
    if kind in ("module", "other"):
        # A module keeps its name: nothing that is spoken of here.
        if loss_calls.is_loss(item.library):
            loss_calls.initialise(interp, made, item, args, kwargs)
        return
    if kind == "metric":
        metric_calls.initialise(interp, made, item, args, kwargs)
        return
    if kind == "layer" and not args and not {name for name, _ in kwargs} & {"inputs", "outputs", "**"}:
        settings = tuple((name, value) for name, value in kwargs if name in ("dtype", "trainable"))
        plain = LibraryObject(symbol=_layer_symbol(), kind="Layer", kwargs=settings)
        shadow = interp.heap.allocate(plain)
        interp.heap.put(made.address, dataclasses.replace(item, shadow=shadow))
        return
    # A functional model that is made by its class's own __init__, or a base that does more: not followed.
    interp.heap.put(made.address, dataclasses.replace(item, lost=True, library="?"))


def initialise_vaguely(interp: Interpreter, made: Ref) -> None:
    """Do what the inherited `__init__` does with arguments that are not known (`super().__init__(**kwargs)`).

    They may name a dtype or a policy: such a layer is not called. A functional model would be made by `inputs`.
    """
    item = interp.heap.get(made.address)
    if isinstance(item, InstanceObject) and base_kind(item.library) == "unknown" and item.library:
        interp.heap.escape([made], "made by a base class that is not known")


def _is_model(item: InstanceObject) -> bool:
    return item.library.rpartition(".")[2] == "Model"


def _layer_symbol() -> str:
    entry = symbols.resolve("keras.layers.Layer")
    assert entry is not None
    return entry.name


def tracked(interp: Interpreter, item: InstanceObject, value: Value) -> Value:
    """Return what an attribute holds after assignment: Keras 3 copies lists and dicts into containers of its own."""
    if base_kind(item.library) != "layer" or keras_major() < 3:
        return value
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(tracked(interp, item, part) for part in value.items))
    inner = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(inner, ListObject) and inner.name == "list":
        items = inner.items
        if items is not None:
            items = tuple(tracked(interp, item, part) for part in items)
        return Ref(interp.heap.allocate(dataclasses.replace(inner, items=items)))
    if isinstance(inner, DictObject) and inner.items is not None:
        pairs = tuple((key, tracked(interp, item, part)) for key, part in inner.items)
        return Ref(interp.heap.allocate(DictObject(pairs)))
    return value


def read(interp: Interpreter, frame: Frame, receiver: Ref, item: InstanceObject, name: str) -> Value:
    """Return an attribute that the program's classes do not define."""
    entry = symbols.resolve(item.library)
    member = None if entry is None else getattr(entry.object, name, None)
    if callable(member) and not isinstance(member, property):
        return BoundMethod(receiver=receiver, name=name)
    kind = base_kind(item.library)
    if kind == "layer" and name in {*tracking.NAMES, "layers"} and (name != "layers" or _is_model(item)):
        return tracking.read(interp, frame, receiver, name)
    if kind == "metric":
        known = metric_calls.read(interp, frame, item, name)
        if known is not None:
            return known
    if kind == "module" and name in ("variables", "trainable_variables", "non_trainable_variables", "submodules"):
        return modules_of_tensorflow.of_module(interp, receiver, name)
    if kind == "layer" and name in ("optimizer", "loss"):
        settings = settings_of(receiver.address, interp.heap) or {}
        if isinstance(settings.get(name), Ref):
            return settings[name]
    if kind == "layer" and name == "trainable" and item.shadow is not None:
        return Const(True)
    if name in _SETTINGS and item.shadow is not None:
        answer = interp.bridge.call(Query("attribute", name, (Ref(item.shadow),), mode=interp.mode(frame)), interp.heap)
        if isinstance(answer.outcome, Returned):
            return answer.outcome.value
    return Unknown(f"the attribute '{name}' that {item.library} gives it")


def call_inherited(
    interp: Interpreter,
    frame: Frame,
    receiver: Ref,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None = None,
    *,
    through_super: bool = False,
) -> Value:
    """Call a method of the library's on an instance of the program's class."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    kind = base_kind(item.library)
    if name == "__init__" and through_super:
        initialise(interp, frame, receiver, args, kwargs)
        return Const(None)
    if kind == "layer" and name == "add_weight" and item.shadow is not None:
        query = Query("object", "add_weight", (Ref(item.shadow), *args), kwargs, interp.mode(frame))
        answer = interp.bridge.call(query, interp.heap)
        if isinstance(answer.outcome, Returned):
            tracking.track(interp, receiver, answer.outcome.value)
            return answer.outcome.value
        tracking.track(interp, receiver, Unknown("a weight"))
        if isinstance(answer.outcome, Refused) and node is not None and _OF_SHAPES.search(answer.outcome.message):
            written = (*(Argument(value) for value in args), *(Argument(value, None, name) for name, value in kwargs))
            report(interp, frame, node, "keras.Layer.add_weight", query, written, answer)
        return Unknown(getattr(answer.outcome, "reason", "add_weight fails"))
    if kind == "layer" and name == "count_params" and not args:
        return tracking.count_params(interp, frame, receiver)
    if kind == "layer" and name == "get_weights" and not args:
        return tracking.get_weights(interp, frame, receiver)
    if kind == "metric" and name in ("add_weight", "add_variable"):
        return metric_calls.add_weight(interp, frame, receiver, name, args, kwargs)
    if kind == "metric" and metric_calls.reset(name) is not None:
        return Const(None)
    if kind == "other" and name in ("add_weight", "add_variable"):
        return Unknown(f"what {name} of {item.library} gives is not followed")
    if kind in ("layer", "metric", "module", "other") and (
        name in _HARMLESS or name in ("get_config", "with_name_scope")
    ):
        if name == "build" and not through_super:
            return _build_from_outside(interp, frame, receiver, args)
        return Unknown(f"what {name} of {item.library} gives is not followed")
    if kind == "layer" and (name in METHODS or name in ("compile", "adapt", "compute_loss")):
        return _trained(interp, frame, receiver, name, args, kwargs, node)
    if name == "__setattr__" and len(args) == 2 and isinstance(args[0], Const):
        from .instances import set_attribute

        set_attribute(interp, frame, receiver, str(args[0].value), args[1], True)
        return Const(None)
    why = f"{name} of the base class is not followed"
    interp.heap.escape([receiver, *args, *(value for _, value in kwargs)], why)
    return Unknown(why)


def _trained(
    interp: Interpreter,
    frame: Frame,
    receiver: Ref,
    name: str,
    args: tuple[Value, ...],
    kwargs: Kwargs,
    node: ast.AST | None,
) -> Value:
    """Compile a model of the program's, or run its methods on data."""
    from . import trainable, training

    given: Value = Unknown(f"what {name} gives is not followed")
    model = trainable.of_instance(interp, receiver, node) if name != "adapt" else None
    arguments = _arguments(args, kwargs, node)
    if name == "compile":
        if model is not None and interp.mode(frame) == "eager":
            training.compiled(interp, frame, node, model, arguments)
        else:
            keep(receiver.address, None, interp.heap)
        return Const(None)
    if name == "compute_loss":
        return given if model is None else training.loss_of_step(interp, frame, node, model, arguments)
    if model is not None and interp.mode(frame) == "eager" and "run_functions_eagerly" not in frame.unit.text:
        given = training.result(interp, name, training.trained(interp, frame, node, model, name, arguments))
    ran(interp, receiver)
    return given


def _arguments(args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None) -> tuple[Argument, ...]:
    """Return the arguments of a call with the expressions that give them, where each has one."""
    plain: list[ast.expr | None] = [None] * len(args)
    named: dict[str, ast.expr] = {}
    if isinstance(node, ast.Call):
        if len(node.args) == len(args) and not any(isinstance(part, ast.Starred) for part in node.args):
            plain = list(node.args)
        named = {item.arg: item.value for item in node.keywords if item.arg is not None}
    found = [Argument(value, part) for value, part in zip(args, plain, strict=True)]
    return (*found, *(Argument(value, named.get(name), name) for name, value in kwargs))


def _build_from_outside(interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...]) -> Value:
    # `model.build(shape)` runs `call` on that shape, in ways that differ from version to version.
    ran(interp, receiver)
    return Const(None)


def ran(interp: Interpreter, receiver: Ref) -> None:
    """Note that a library has run the methods of an instance on data that is not followed."""
    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject) or item.cls is None:
        return
    settled = _set_once(interp, item)
    why = "may have changed while Keras ran it"
    kept = {name: value if name in settled else Unknown(why) for name, value in item.attributes.items()}
    for value in item.attributes.values():
        _built_elsewhere(interp, value, set())
    interp.heap.put(receiver.address, dataclasses.replace(item, attributes=kept))


def forget_changing(interp: Interpreter, receiver: Value) -> None:
    """Give up on the attributes of an instance that its methods change, beside `__init__`."""
    item = interp.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if isinstance(receiver, Ref) and isinstance(item, InstanceObject) and item.cls is not None:
        settled = _set_once(interp, item)
        why = "changes from call to call"
        kept = {name: value if name in settled else Unknown(why) for name, value in item.attributes.items()}
        interp.heap.put(receiver.address, dataclasses.replace(item, attributes=kept))


def _built_elsewhere(interp: Interpreter, value: Value, seen: set[int]) -> None:
    """Give up on layers that are not built yet: they were built on inputs that nobody knows."""
    if isinstance(value, TupleValue):
        for part in value.items:
            _built_elsewhere(interp, part, seen)
    if not isinstance(value, Ref) or value.address in seen:
        return
    seen.add(value.address)
    item = interp.heap.get(value.address)
    if isinstance(item, LibraryObject) and item.kind in ("Layer", "Model"):
        if not upkeep.is_built(value, interp.heap, interp.bridge.session):
            interp.heap.put(value.address, UnknownObject("built while Keras ran a model, which is not followed"))
    elif isinstance(item, ListObject):
        for part in item.items or ():
            _built_elsewhere(interp, part, seen)
    elif isinstance(item, DictObject):
        for _, part in item.items or ():
            _built_elsewhere(interp, part, seen)
    elif isinstance(item, InstanceObject) and item.cls is not None:
        ran(interp, value)


def _set_once(interp: Interpreter, item: InstanceObject) -> set[str]:
    """Return the attributes that only `__init__` and `build` assign."""
    assert item.cls is not None
    changed: set[str] = set()
    for method in methods_of(interp, item.cls):
        if method.name in ("__init__", "build"):
            continue
        for part in ast.walk(method):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, (ast.Store, ast.Del)):
                changed.add(part.attr)
    return set(item.attributes) - changed
