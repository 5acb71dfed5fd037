"""Python's builtins: one function each, in a table."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

from ..libraries.query import Kwargs
from ..values import (
    Builtin,
    Const,
    DatasetValue,
    DictObject,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    SetObject,
    SliceValue,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.heap import InstanceObject, dict_items
from ..values.join import join_all
from .core import Frame, Interpreter
from .sequences import iterate, known_items, truth

Call = Callable[[Interpreter, Frame, tuple[Value, ...], Kwargs, "ast.Call | None"], "Value | None"]
_TABLE: dict[str, Call] = {}
MAX_RANGE = 10_000


def builtin(name: str) -> Value | None:
    """Return the builtin of a name."""
    return Builtin(name=name) if hasattr(builtins, name) and not name.startswith("_") else None


def models(*names: str) -> Callable[[Call], Call]:
    """Register what builtins do."""

    def register(function: Call) -> Call:
        for name in names:
            _TABLE[name] = function
        return function

    return register


def call_builtin(
    interp: Interpreter, frame: Frame, name: str, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    """Return what a builtin gives."""
    function = _TABLE.get(name)
    if node is not None and getattr(node.func, "id", None) != name:
        # Called by another name (`convert = float`): the models go by the builtin's own.
        # Kept with the tree, as everything that an event may name.
        copies: dict[str, ast.Call] = node.__dict__.setdefault("_as_builtin", {})
        if name not in copies:
            own = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node.func)
            copies[name] = ast.copy_location(ast.Call(func=own, args=node.args, keywords=node.keywords), node)
        node = copies[name]
    result = None if function is None else function(interp, frame, args, kwargs, node)
    if result is not None:
        return result
    if name not in _PURE:
        interp.heap.escape([*args, *(value for _, value in kwargs)], f"passed to {name}")
    return Unknown(f"{name}() of this is not understood")


_PURE = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "bytes",
        "callable",
        "chr",
        "complex",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "issubclass",
        "len",
        "max",
        "min",
        "oct",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "iter",
    ]
)


@models("print")
def _print(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Const(None)


@models("len")
def _len(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) != 1:
        return None
    value = args[0]
    items = known_items(interp, value)
    if items is not None:
        return Const(len(items))
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    if isinstance(value, TensorValue):
        if (
            value.kind in ("Tensor", "ndarray", "Variable")
            and value.shape
            and (frame.mode == "eager" or value.is_numpy)
        ):
            return Const(value.shape[0]) if value.shape[0] is not None else Scalar(type="int")
        return Unknown("len() of this tensor")
    if isinstance(value, Ref):
        item = interp.heap.get(value.address)
        if isinstance(item, (ListObject, DictObject, SetObject)):
            return Scalar(type="int")
    return value if isinstance(value, Unknown) else None


@models("range")
def _range(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    if all(isinstance(arg, Const) and type(arg.value) is int for arg in args) and 1 <= len(args) <= 3:
        try:
            numbers = range(*[arg.value for arg in args if isinstance(arg, Const)])
        except ValueError:
            return Unknown("range() raises")
        if len(numbers) <= MAX_RANGE:
            return Ref(interp.heap.allocate(ListObject(tuple(Const(number) for number in numbers), name="range")))
    return Ref(interp.heap.allocate(ListObject(None, Scalar(type="int"), "range")))


@models("enumerate")
def _enumerate(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if not args:
        return None
    items, element = iterate(interp, frame, args[0])
    start = args[1] if len(args) > 1 else dict(kwargs).get("start", Const(0))
    if items is not None and isinstance(start, Const) and type(start.value) is int:
        rows = tuple(TupleValue((Const(start.value + i), item)) for i, item in enumerate(items))
        return Ref(interp.heap.allocate(ListObject(rows, name="enumerate")))
    return Ref(interp.heap.allocate(ListObject(None, TupleValue((Scalar(type="int"), element)), "enumerate")))


@models("zip")
def _zip(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    columns = [iterate(interp, frame, arg) for arg in args]
    if all(items is not None for items, _ in columns):
        rows = zip(*(items or [] for items, _ in columns), strict=False)
        return Ref(interp.heap.allocate(ListObject(tuple(TupleValue(row) for row in rows), name="zip")))
    return Ref(interp.heap.allocate(ListObject(None, TupleValue(tuple(element for _, element in columns)), "zip")))


@models("reversed")
def _reversed(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    items = known_items(interp, args[0]) if args else None
    return None if items is None else Ref(interp.heap.allocate(ListObject(tuple(reversed(items)), name="reversed")))


@models("list", "tuple")
def _sequence(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    as_list = node is None or getattr(node.func, "id", "list") == "list"
    items, element = iterate(interp, frame, args[0]) if args else ([], Unknown("empty"))
    if as_list:
        return Ref(interp.heap.allocate(ListObject(None if items is None else tuple(items), element)))
    return Unknown("a tuple of unknown length") if items is None else TupleValue(tuple(items))


@models("dict")
def _dict(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    pairs: tuple[tuple[Value, Value], ...] | None = ()
    if args:
        item = interp.heap.get(args[0].address) if isinstance(args[0], Ref) else None
        pairs = item.items if isinstance(item, DictObject) else None
    if pairs is not None:
        pairs = dict_items((*pairs, *((Const(name), value) for name, value in kwargs)))
    return Ref(interp.heap.allocate(DictObject(pairs)))


@models("set", "frozenset")
def _set(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Ref(interp.heap.allocate(SetObject(() if not args else None)))


@models("slice")
def _slice(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) == 1:
        return SliceValue(Const(None), args[0], Const(None))
    return SliceValue(*args) if 2 <= len(args) <= 3 else None


@models("int", "float", "bool", "str", "complex")
def _scalar(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    name = getattr(node.func, "id", None) if node is not None else None
    if name is None or kwargs or len(args) > 1:
        return None
    if not args:
        return Const(getattr(builtins, name)())
    value = interp.heap.settled(args[0]) if isinstance(args[0], TensorValue) else args[0]
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, str)) and len(str(value.value)) < 300:
        try:
            return Const(getattr(builtins, name)(value.value))
        except (ValueError, TypeError, OverflowError):
            return Unknown(f"{name}() of this raises")
    if name == "bool":
        known = truth(interp, frame, value)
        return Scalar(type="bool") if known is None else Const(known)
    if name == "str":
        return Scalar(type="str")
    if isinstance(value, TensorValue):
        if frame.mode == "graph" and not value.is_numpy:
            return Unknown(f"{name}() of a symbolic tensor")
        if value.content is not None and value.content.array.size == 1 and value.content.array.dtype.kind in "biuf":
            try:
                return Const(getattr(builtins, name)(value.content.array.reshape(())[()]))
            except (ValueError, OverflowError):  # int() of nan or infinity
                return Unknown(f"{name}() of this raises")
    return Scalar(type=name)


@models("abs")
def _abs(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    from .operators import ask_operator

    if len(args) == 1 and isinstance(args[0], Const) and isinstance(args[0].value, (int, float)):
        return Const(abs(args[0].value))
    if len(args) == 1 and isinstance(args[0], TensorValue):
        return ask_operator(interp, frame, "abs", args, node, tuple(node.args) if node is not None else ())
    return None


@models("min", "max")
def _extremum(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if kwargs or node is None:
        return None
    items = known_items(interp, args[0]) if len(args) == 1 else list(args)
    if items and all(isinstance(item, Const) and isinstance(item.value, (int, float, str)) for item in items):
        name = getattr(node.func, "id", "max")
        try:
            return Const(getattr(builtins, name)(item.value for item in items if isinstance(item, Const)))
        except TypeError:
            return Unknown("this call raises")
    if items and all(isinstance(item, (Const, Scalar)) for item in items):
        return join_all(items)
    return None


@models("sum")
def _sum(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    from .operators import binary

    items = known_items(interp, args[0]) if args else None
    if items is None or len(items) > 64 or kwargs:
        return None
    total: Value = args[1] if len(args) > 1 else Const(0)
    for item in items:
        total = binary(interp, frame, node or ast.Pass(), ast.Add(), (total, None), (item, None))
    return total


@models("any", "all")
def _quantifier(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    return Scalar(type="bool")


@models("round")
def _round(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if args and all(isinstance(arg, Const) and isinstance(arg.value, (int, float)) for arg in args) and not kwargs:
        try:
            return Const(round(*[arg.value for arg in args if isinstance(arg, Const)]))
        except (TypeError, ValueError, OverflowError):
            return Unknown("this call raises")
    return None


@models("isinstance", "issubclass", "callable", "hasattr")
def _predicate(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value:
    return Scalar(type="bool")


@models("repr", "format", "chr", "hex", "bin", "oct", "input", "ascii")
def _text(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Scalar(type="str")


@models("id", "hash", "ord")
def _number(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Scalar(type="int")


@models("iter")
def _iter(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if len(args) == 1 and isinstance(args[0], DatasetValue) and args[0].element is not None:
        return Ref(interp.heap.allocate(InstanceObject("iterator", {"element": args[0].element})))
    return None


@models("next")
def _next(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    if args and isinstance(args[0], Ref):
        item = interp.heap.get(args[0].address)
        if isinstance(item, InstanceObject) and item.class_name == "iterator":
            return item.attributes["element"]
        if isinstance(item, LibraryObject):
            return Unknown("next() of this is not followed")
    return None


@models("sorted")
def _sorted(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    items = known_items(interp, args[0]) if args else None
    if items is None:
        return None
    if not kwargs and all(isinstance(item, Const) for item in items):
        try:
            ordered = sorted(items, key=lambda item: item.value)  # type: ignore[attr-defined]
        except TypeError:
            return Unknown("this call raises")
        return Ref(interp.heap.allocate(ListObject(tuple(ordered))))
    return Ref(interp.heap.allocate(ListObject(None, join_all(items) if items else Unknown("empty list"))))


@models("type")
def _type(interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None) -> Value:
    return Unknown("type() is not followed")


@models("bytes", "bytearray", "divmod", "pow")
def _opaque(
    interp: Interpreter, frame: Frame, args: tuple[Value, ...], kwargs: Kwargs, node: ast.Call | None
) -> Value | None:
    return None
