"""Methods of Python's own objects: lists, dicts, strings."""

from __future__ import annotations

from ..libraries.query import Kwargs
from ..values import Const, DictObject, ListObject, Ref, Scalar, SetObject, TupleValue, Unknown, Value
from ..values.heap import UnknownObject, dict_items, inner_values, python_key
from ..values.join import join_all
from .core import Frame, Interpreter
from .sequences import known_items

#: String methods whose result is a string, an int or a bool whatever the string.
_STRING_RESULTS = {
    **dict.fromkeys(
        [
            "lower",
            "upper",
            "strip",
            "lstrip",
            "rstrip",
            "title",
            "capitalize",
            "replace",
            "format",
            "join",
            "zfill",
            "ljust",
            "rjust",
            "center",
        ],
        "str",
    ),
    **dict.fromkeys(
        ["startswith", "endswith", "isdigit", "isalpha", "isalnum", "isupper", "islower", "isspace"], "bool"
    ),
    **dict.fromkeys(["find", "rfind", "count", "index"], "int"),
}
MAX_TEXT = 10_000
MAX_ARGUMENT = 200


def call_method_of_python(
    interp: Interpreter, frame: Frame, receiver: Value, name: str, args: tuple[Value, ...], kwargs: Kwargs
) -> Value | None:
    """Return what a method gives; None where it is not understood."""
    if isinstance(receiver, Ref):
        item = interp.heap.get(receiver.address)
        if isinstance(item, ListObject):
            return _list_method(interp, receiver, item, name, args)
        if isinstance(item, DictObject):
            return _dict_method(interp, receiver, item, name, args)
        if isinstance(item, SetObject) and name in ("add", "discard", "remove", "update", "clear"):
            interp.heap.put(receiver.address, SetObject(None))
            return Const(None)
        return None
    if isinstance(receiver, Const) and isinstance(receiver.value, str):
        return _string_method(receiver.value, name, args, kwargs)
    if isinstance(receiver, Scalar) and receiver.type == "str" and name in _STRING_RESULTS:
        return Scalar(type=_STRING_RESULTS[name])
    if isinstance(receiver, TupleValue) and name in ("index", "count"):
        return Scalar(type="int")
    return None


def _list_method(
    interp: Interpreter, receiver: Ref, item: ListObject, name: str, args: tuple[Value, ...]
) -> Value | None:
    heap = interp.heap
    if name == "append" and len(args) == 1:
        if item.items is None:
            heap.put(receiver.address, ListObject(None, join_all([item.element, args[0]])))
        else:
            heap.put(receiver.address, ListObject((*item.items, args[0])))
        return Const(None)
    if name == "extend" and len(args) == 1:
        more = known_items(interp, args[0])
        if item.items is not None and more is not None:
            heap.put(receiver.address, ListObject((*item.items, *more)))
        else:
            heap.put(receiver.address, ListObject(None, Unknown("the items of a list of unknown length")))
        return Const(None)
    if name == "copy":
        return Ref(heap.allocate(item))
    if name == "clear":
        heap.put(receiver.address, ListObject(()))
        return Const(None)
    if item.items is None:
        return _unknown_list_method(interp, receiver, item, name)
    items = list(item.items)
    if name == "pop" and items and (not args or _is_int(args[0])):
        index = args[0].value if args and isinstance(args[0], Const) else -1
        if -len(items) <= index < len(items):
            popped = items.pop(index)
            heap.put(receiver.address, ListObject(tuple(items)))
            return popped
    if name == "insert" and len(args) == 2 and _is_int(args[0]) and isinstance(args[0], Const):
        items.insert(args[0].value, args[1])
        heap.put(receiver.address, ListObject(tuple(items)))
        return Const(None)
    if name == "reverse":
        heap.put(receiver.address, ListObject(tuple(reversed(items))))
        return Const(None)
    if name in ("index", "count"):
        return Scalar(type="int")
    if name in ("sort", "remove"):
        heap.put(receiver.address, ListObject(None, join_all(items) if items else Unknown("empty list")))
        return Const(None)
    return None


def _unknown_list_method(interp: Interpreter, receiver: Ref, item: ListObject, name: str) -> Value | None:
    if name == "pop":
        return item.element
    if name in ("sort", "reverse", "remove"):
        return Const(None)
    if name in ("index", "count"):
        return Scalar(type="int")
    if name == "insert":
        interp.heap.put(receiver.address, ListObject(None, Unknown("the items of a list of unknown length")))
        return Const(None)
    return None


def _dict_method(
    interp: Interpreter, receiver: Ref, item: DictObject, name: str, args: tuple[Value, ...]
) -> Value | None:
    heap = interp.heap
    if name in ("keys", "values", "items"):
        if item.items is None:
            return Ref(heap.allocate(ListObject(None, Unknown("the items of this dict are not known"), f"dict_{name}")))
        parts: dict[str, tuple[Value, ...]] = {
            "keys": tuple(key for key, _ in item.items),
            "values": tuple(value for _, value in item.items),
            "items": tuple(TupleValue(pair) for pair in item.items),
        }
        return Ref(heap.allocate(ListObject(parts[name], name=f"dict_{name}")))
    if name == "copy":
        return Ref(heap.allocate(item))
    constant = item.items is not None and all(isinstance(key, Const) for key, _ in item.items)
    if name == "get" and args:
        default = args[1] if len(args) > 1 else Const(None)
        if constant and item.items is not None and isinstance(args[0], Const):
            return next((value for key, value in item.items if python_key(key) == python_key(args[0])), default)
        return Unknown("the items of this dict are not known")
    if name == "update" and len(args) == 1 and constant and isinstance(args[0], Ref):
        other = heap.get(args[0].address)
        if isinstance(other, DictObject) and other.items is not None and item.items is not None:
            heap.put(receiver.address, DictObject(dict_items((*item.items, *other.items))))
            return Const(None)
    if name in ("update", "pop", "popitem", "setdefault", "clear"):
        heap.escape(inner_values(item), "kept in a dict that is not known")
        heap.put(receiver.address, UnknownObject(f"dict.{name} is not followed"))
        return Unknown(f"dict.{name} is not followed")
    return None


def _string_method(text: str, name: str, args: tuple[Value, ...], kwargs: Kwargs) -> Value | None:
    if name in ("split", "splitlines", "encode"):
        return Unknown(f"str.{name} is not followed")
    if name not in _STRING_RESULTS:
        return None
    constants = [arg.value for arg in args if isinstance(arg, Const)]
    if (
        len(constants) == len(args)
        and not kwargs
        and len(text) <= MAX_TEXT
        and all(len(part) <= MAX_ARGUMENT for part in constants if isinstance(part, str))
        and name not in ("format", "zfill", "ljust", "rjust", "center")
    ):
        try:
            result = getattr(text, name)(*constants)
        except Exception:
            return Unknown("this call raises")
        if isinstance(result, (str, int)) and len(str(result)) <= MAX_TEXT:
            return Const(result)
    return Scalar(type=_STRING_RESULTS[name])


def _is_int(value: Value) -> bool:
    return isinstance(value, Const) and type(value.value) is int
