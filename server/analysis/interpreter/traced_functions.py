"""Functions that `tf.function` traces: called, and the concrete functions that are made of them.

Source: tensorflow/python/eager/polymorphic_function (polymorphic_function.py, concrete_function.py). Inside, a tensor
argument is a placeholder of its spec; what comes out has the sizes that the arguments of this very call have.
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries.composites import of_any_length, of_spec
from ..libraries.query import Kwargs
from ..values import Const, DTypeValue, FunctionValue, Scalar, ShapeValue, TensorValue, TupleValue, Unknown, Value
from ..values.dims import Dim, Size, Sym, replaced, symbols
from .checks import binds
from .core import Frame, Interpreter
from .functions import call_function
from .library_calls import Arguments, lost

_PLAIN = (Const, Scalar, DTypeValue, ShapeValue)


def call_traced(
    interp: Interpreter, frame: Frame, function: FunctionValue, args: tuple[Value, ...], kwargs: Kwargs, node: ast.AST
) -> Value:
    """Call a function that is traced from eager code: on what its signature says, else on specs of its arguments."""
    session = interp.bridge.session
    names = _names(function)
    stated = dict(function.concrete or zip(names, function.signature or (), strict=False))
    sizes: dict[Sym, Size] = {}
    if not binds(interp, frame, node, function, stated, names, args, kwargs):
        return Unknown("this call fails")

    def given(name: str, value: Value) -> Value:
        spec = stated.get(name)
        if spec is None:
            return traced_argument(value)
        inside = session.with_symbols(spec, static=False)
        _measure(spec, inside, value, sizes)
        return inside

    if function.concrete is not None:
        placed = _placed(function, args, kwargs)
        if placed is None:
            return lost(interp, function, _arguments(args, kwargs), "the arguments do not fit the concrete function")
        kwargs = tuple((name, given(name, placed.get(name, spec))) for name, spec in function.concrete)
        args = ()
    else:
        args = (
            *(given(name, value) for name, value in zip(names, args, strict=False)),
            *map(traced_argument, args[len(names) :]),
        )
        kwargs = tuple((name, given(name, value)) for name, value in kwargs)
    promises = interp.promises
    result = session.out_of_graph(call_function(interp, frame, function, args, kwargs, node))
    return _sized(result, sizes) if promises == interp.promises else _checked(result)


def concrete_function(
    interp: Interpreter, frame: Frame, node: ast.Call, function: FunctionValue, name: str, arguments: Arguments
) -> Value:
    """Trace a function on specs (`f.get_concrete_function(spec, …)`); returns what can be called with such tensors."""
    names = _names(function)
    if not arguments.complete or len(arguments.values) > len(names) or function.concrete is not None:
        return lost(interp, function, arguments, f"{name} is not followed")
    specs = dict(zip(names, (_of_argument(value) for value in arguments.values), strict=False))
    specs.update((key, _of_argument(value)) for key, value in arguments.named)
    if not arguments.all and function.signature:
        specs = dict(zip(names, function.signature, strict=False))
    stated = dict(zip(names, function.signature or (), strict=False))
    if not binds(interp, frame, node, function, stated, list(specs), tuple(v for v in specs.values() if v), (), "get"):
        return Unknown("this call fails")
    specs = {key: stated.get(key, spec) for key, spec in specs.items()}
    if "**" in specs or any(spec is None for spec in specs.values()):
        return lost(interp, function, arguments, f"{name} of something that is not followed")
    concrete = dataclasses.replace(
        function, graph=True, signature=None, concrete=tuple((key, spec) for key, spec in specs.items() if spec)
    )
    if interp.mode(frame) == "eager":
        call_traced(interp, frame, concrete, (), (), node)
    return concrete if name == "get_concrete_function" else Unknown(f"what {name} gives is not followed")


def traced_argument(value: Value) -> Value:
    """Return what a tensor or array argument is inside a `tf.function`: a placeholder of its spec."""
    if isinstance(value, TensorValue) and value.kind in ("Tensor", "ndarray", "npscalar"):
        return TensorValue(dtype=value.dtype, shape=value.shape, trace=value.trace, origin=value.origin)
    if isinstance(value, TensorValue) and value.parts:
        return dataclasses.replace(of_any_length(value), origin=value.origin)
    return value


def _names(function: FunctionValue) -> list[str]:
    """Return the names of the parameters that a call gives by position."""
    if function.node is None:
        return []
    spec = function.node.args
    names = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]
    return names[function.receiver is not None :]


def _of_argument(value: Value) -> Value | None:
    """Return what an argument of `get_concrete_function` stands for; None where that is not followed."""
    if isinstance(value, TensorValue):
        return of_spec(value) if value.kind.endswith("Spec") else traced_argument(value)
    return value if isinstance(value, _PLAIN) else None


def _placed(function: FunctionValue, args: tuple[Value, ...], kwargs: Kwargs) -> dict[str, Value] | None:
    """Return the arguments of a call of a concrete function by parameter; None where they do not fit what was traced.

    Numbers of Python are part of the trace: they may be left out.
    """
    stated = dict(function.concrete or ())
    names = [name for name in _names(function) if name in stated]
    if len(args) > len(names):
        return None
    placed = dict(zip(names, args, strict=False)) | dict(kwargs)
    for name, value in placed.items():
        spec = stated.get(name)
        if isinstance(spec, TensorValue) and isinstance(value, TensorValue) and not value.is_numpy:
            if not fits(value, spec):
                return None
        elif spec is None or (not isinstance(spec, TensorValue) and spec != value):
            return None
    missing = [name for name, spec in stated.items() if isinstance(spec, TensorValue) and name not in placed]
    return None if missing and placed else placed


def fits(value: TensorValue, spec: TensorValue) -> bool:
    """Say whether a tensor may be what a spec describes."""
    if value.dtype is not None and spec.dtype is not None and value.dtype != spec.dtype:
        return False
    if value.shape is None or spec.shape is None:
        return True
    return len(value.shape) == len(spec.shape) and not any(
        isinstance(one, int) and isinstance(other, int) and one != other
        for one, other in zip(value.shape, spec.shape, strict=True)
    )


def _measure(spec: Value, inside: Value, value: Value, sizes: dict[Sym, Size]) -> None:
    """Note which sizes the symbols of a placeholder have in this call."""
    if not isinstance(spec, TensorValue) or not isinstance(inside, TensorValue) or not isinstance(value, TensorValue):
        return
    if (
        spec.parts
        or value.parts
        or inside.shape is None
        or value.shape is None
        or len(value.shape) != len(inside.shape)
    ):
        return
    for open_dim, named, dim in zip(spec.shape or (), inside.shape, value.shape, strict=True):
        found = symbols(named)
        if open_dim is None and len(found) == 1 and isinstance(dim, (int, Dim)):
            sizes[found[0]] = dim


def _sized(value: Value, sizes: dict[Sym, Size]) -> Value:
    """Return what a traced function gives, with the sizes of one call in place of the symbols."""
    if isinstance(value, TensorValue) and value.kind == "Tensor" and value.shape is not None and sizes:
        counts = None if value.sizes is None else tuple(replaced(dim, sizes) for dim in value.sizes)
        return dataclasses.replace(value, shape=tuple(replaced(dim, sizes) for dim in value.shape), sizes=counts)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_sized(item, sizes) for item in value.items))
    return value


def _checked(value: Value) -> Value:
    """Return what a traced function gives that has called `set_shape`: what runs does not ask whether that is true."""
    if isinstance(value, TensorValue) and value.kind == "Tensor" and value.content is None:
        return dataclasses.replace(value, shape=None, sizes=None)
    if isinstance(value, TupleValue):
        return dataclasses.replace(value, items=tuple(_checked(item) for item in value.items))
    return value


def _arguments(args: tuple[Value, ...], kwargs: Kwargs) -> Arguments:
    from .events import Argument

    return Arguments(
        tuple(Argument(value) for value in args), tuple(Argument(value, None, name) for name, value in kwargs)
    )
