"""Calling a layer or a model of the program: what `Layer.__call__` does around the program's `call`."""

from __future__ import annotations

import ast
import dataclasses

from ..libraries import global_state
from ..libraries.keras_hooks import keras_major
from ..libraries.outcome import Returned
from ..libraries.query import Kwargs, Query
from ..values import (
    Const,
    DictObject,
    FunctionValue,
    Heap,
    InstanceObject,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.join import join_all
from . import loss_calls, metric_calls
from .classes import bound, class_attribute
from .core import Frame, Interpreter
from .inherited import BUILT, base_kind, ran

_FLOATS = ("float16", "bfloat16", "float32", "float64")
#: What the inherited part knows of the settings it was made with.
_SETTINGS = ("dtype", "compute_dtype", "variable_dtype")
#: Methods that do nothing which matters here.
_HARMLESS = frozenset(["compile", "summary", "save", "save_weights", "get_weights", "add_loss", "add_metric", "build"])


def call(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Do what `Layer.__call__` does around the program's `call`."""
    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    assert item.cls is not None
    method = class_attribute(interp, item.cls, "call")
    if loss_calls.is_loss(item.library):
        return loss_calls.call(interp, frame, receiver, args, kwargs, node)
    if metric_calls.is_metric(item.library):
        return metric_calls.call(interp, frame, receiver, args, kwargs, node)
    if base_kind(item.library) != "layer" or not isinstance(method, FunctionValue):
        return _give_up(interp, receiver, args, kwargs, "the call of an object of a library's class")
    if is_mixed(interp, item):
        return _give_up(interp, receiver, args, kwargs, "dtypes of its own, or a mixed policy")
    if any(_holds_keras_tensor(interp.heap, value) for value in (*args, *(value for _, value in kwargs))):
        from .layer_stubs import call_symbolically

        return call_symbolically(interp, frame, receiver, args, kwargs, node)
    args = tuple(_converted(interp, frame, value) if _converts(index) else value for index, value in enumerate(args))
    if keras_major() >= 3:
        kwargs = tuple((name, _converted(interp, frame, value)) for name, value in kwargs)
    return run_call(interp, frame, receiver, args, kwargs, node)


def _converts(index: int) -> bool:
    return index == 0 or keras_major() >= 3


def run_call(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> Value:
    """Build a layer of the program where it is not built yet, and interpret its `call`."""
    from .instances import invoke

    item = interp.heap.get(receiver.address)
    if not isinstance(item, InstanceObject) or item.cls is None:
        return Unknown("a layer that is lost")
    method = class_attribute(interp, item.cls, "call")
    assert isinstance(method, FunctionValue)
    first = BUILT not in item.attributes
    if first:
        _build(interp, frame, receiver, args, kwargs, node)
    elif BUILT in item.maybe:
        # Where it is not built yet it is now; where it is, it stays as it was.
        built = interp.heap
        interp.heap = built.fork()
        _build(interp, frame, receiver, args, kwargs, node)
        interp.heap = interp.joined([built, interp.heap])
    before = interp.heap.get(receiver.address)
    if keras_major() >= 3 and not item.library.startswith("tf_keras"):
        frame = dataclasses.replace(frame, returns=[], loops=[], unconverted=True)
    result = invoke(
        interp, frame, bound(interp, method, receiver, item.cls), args, _completed(interp, method, args, kwargs), node
    )
    after = interp.heap.get(receiver.address)
    if isinstance(after, InstanceObject) and isinstance(before, InstanceObject):
        # Keras may run `call` once more than the program does, to build the layers inside.
        attributes = {
            name: value
            if before.attributes.get(name) == value or not first
            else Unknown("set while Keras builds the layer")
            for name, value in after.attributes.items()
        }
        attributes[BUILT] = Const(True)
        interp.heap.put(
            receiver.address, dataclasses.replace(after, attributes=attributes, maybe=after.maybe - {BUILT})
        )
    return result


def _build(
    interp: Interpreter, frame: Frame, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST | None
) -> None:
    from .instances import invoke

    item = interp.heap.get(receiver.address)
    assert isinstance(item, InstanceObject)
    assert item.cls is not None
    build = class_attribute(interp, item.cls, "build")
    if not isinstance(build, FunctionValue) or build.node is None:
        return
    names = [part.arg for part in (*build.node.args.posonlyargs, *build.node.args.args)][1:]
    if len(names) == 1:
        # Whatever the parameter is called: it gets the shape of the first input.
        given = [args[0] if args else next((value for name, value in kwargs), Unknown("no input"))]
    else:
        given = _by_name(interp, item.cls, names, args, kwargs)
    if names:
        shapes = tuple(_shape_argument(interp, frame, value) for value in given)
        invoke(interp, frame, bound(interp, build, receiver, item.cls), shapes, (), node)


def _by_name(interp: Interpreter, cls: Value, names: list[str], args: tuple[Value, ...], kwargs: Kwargs) -> list[Value]:
    """Return the inputs that the parameters of a `build` are named for: `query_shape` is that of the input `query`.

    Source: keras/src/layers/layer.py, `update_shapes_dict_for_target_fn` (Keras 3).
    """
    method = class_attribute(interp, cls, "call")
    assert isinstance(method, FunctionValue)
    assert method.node is not None
    parameters = [part.arg for part in (*method.node.args.posonlyargs, *method.node.args.args)][1:]
    inputs = {**dict(zip(parameters, args, strict=False)), **dict(kwargs)}
    missing = Unknown("the shapes of several inputs")
    return [inputs.get(name.removesuffix("_shape"), missing) if keras_major() >= 3 else missing for name in names]


def _shape_argument(interp: Interpreter, frame: Frame, value: Value) -> Value:
    """Return the shape of an input as `build` gets it: a tuple in Keras 3, a `TensorShape` in Keras 2."""
    if isinstance(value, TensorValue) and value.shape is not None and value.kind == "Tensor":
        if keras_major() < 3:
            return ShapeValue(value.shape)
        missing: Value = Const(None) if interp.mode(frame) != "eager" else Scalar(type="int")
        return TupleValue(tuple(Const(dim) if isinstance(dim, int) else missing for dim in value.shape))
    if isinstance(value, TupleValue) and value.names is None:
        return TupleValue(tuple(_shape_argument(interp, frame, part) for part in value.items))
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None:
        shapes = tuple(_shape_argument(interp, frame, part) for part in item.items)
        return Ref(interp.heap.allocate(ListObject(shapes)))
    if isinstance(item, DictObject) and item.items is not None:
        pairs = tuple((key, _shape_argument(interp, frame, part)) for key, part in item.items)
        return Ref(interp.heap.allocate(DictObject(pairs)))
    return Unknown("the shape of this input")


def _completed(interp: Interpreter, method: FunctionValue, args: tuple[Value, ...], kwargs: Kwargs) -> Kwargs:
    """Add what Keras fills in: `training` may be what an outer call says, `mask` what an earlier layer made."""
    assert method.node is not None
    spec = method.node.args
    names = [part.arg for part in (*spec.posonlyargs, *spec.args)][1:]
    given = {*names[: len(args)], *(name for name, _ in kwargs)}
    parameters = {*names, *(part.arg for part in spec.kwonlyargs)}
    if "training" not in parameters and spec.kwarg is None:
        kwargs = tuple((name, value) for name, value in kwargs if name != "training")  # Keras keeps it to itself
    extra: list[tuple[str, Value]] = []
    if "training" in parameters - given:
        extra.append(("training", join_all([Const(False), Const(True)])))
    if "mask" in parameters - given and _may_mask(method):
        extra.append(("mask", Unknown("a mask that an earlier layer may have made")))
    return (*kwargs, *extra)


def _may_mask(method: FunctionValue) -> bool:
    text = getattr(method.unit, "text", "")
    return "mask_zero" in text or "Masking" in text or "compute_mask" in text


def _converted(interp: Interpreter, frame: Frame, value: Value) -> Value:
    """Return an input as Keras hands it to `call`: arrays as tensors, floats in the layer's dtype."""
    if isinstance(value, TensorValue):
        floats = global_state.current(interp.heap).floatx or "float32"
        if value.kind in ("Tensor", "Variable") and (value.dtype not in _FLOATS or value.dtype == floats):
            return value
        if value.kind not in ("Tensor", "Variable", "ndarray", "npscalar"):
            return Unknown(f"a {value.kind} on its way into a layer")
        identity = LibraryObject(symbol="keras.layers.Identity", kind="Layer")
        made = Ref(interp.heap.allocate(identity))
        answer = interp.bridge.call(Query("object", "__call__", (made, value), mode=interp.mode(frame)), interp.heap)
        if isinstance(answer.outcome, Returned):
            return answer.outcome.value.made_at(value.origin)
        return Unknown("an input that Keras converts")
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_converted(interp, frame, part) for part in value.items))
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None:
        parts = tuple(_converted(interp, frame, part) for part in item.items)
        return Ref(interp.heap.allocate(dataclasses.replace(item, items=parts)))
    if isinstance(item, DictObject) and item.items is not None:
        pairs = tuple((key, _converted(interp, frame, part)) for key, part in item.items)
        return Ref(interp.heap.allocate(DictObject(pairs)))
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and keras_major() < 3:
        return value if isinstance(value.value, bool) else Unknown("a number that Keras 2 converts")
    return value


def _holds_keras_tensor(heap: Heap, value: Value, depth: int = 3) -> bool:
    if isinstance(value, TensorValue):
        return value.kind == "KerasTensor"
    if depth == 0:
        return False
    parts: tuple[Value, ...] = ()
    if isinstance(value, TupleValue):
        parts = value.items
    item = heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject):
        parts = item.items or ()
    elif isinstance(item, DictObject):
        parts = tuple(part for _, part in item.items or ())
    return any(_holds_keras_tensor(heap, part, depth - 1) for part in parts)


def is_mixed(interp: Interpreter, item: InstanceObject) -> bool:
    """Say whether a layer may compute in another dtype than its variables, or than all others."""
    policy = global_state.current(interp.heap).dtype_policy
    if policy is not None and policy.startswith("mixed"):
        return True
    shadow = interp.heap.get(item.shadow) if item.shadow is not None else None
    return not isinstance(shadow, LibraryObject) or any(
        name == "dtype" and value != Const(None) for name, value in shadow.kwargs
    )


def _give_up(interp: Interpreter, receiver: Ref, args: tuple[Value, ...], kwargs: Kwargs, why: str) -> Value:
    ran(interp, receiver)
    interp.heap.escape([*args, *(value for _, value in kwargs)], "passed to something that is not understood")
    return Unknown(why)
