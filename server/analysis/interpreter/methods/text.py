"""Methods of `str`, `bytes` and numbers: the real, pure method is run on what is known, within bounds."""

from __future__ import annotations

import builtins
import re

from ...libraries.query import Kwargs
from ...values import Const, ListObject, Ref, Scalar, TupleValue, Unknown, Value
from ..constants import MAX_TEXT, NotConstantError, from_python, to_python
from ..core import Frame, Interpreter
from ..sequences import iterate

_BOOLS = [
    "startswith",
    "endswith",
    "isdigit",
    "isalpha",
    "isalnum",
    "isupper",
    "islower",
    "isspace",
    "istitle",
    "isnumeric",
    "isdecimal",
    "isidentifier",
    "isprintable",
    "isascii",
]
_TEXTS = [
    "lower",
    "upper",
    "strip",
    "lstrip",
    "rstrip",
    "title",
    "capitalize",
    "casefold",
    "swapcase",
    "replace",
    "format",
    "format_map",
    "join",
    "zfill",
    "ljust",
    "rjust",
    "center",
    "expandtabs",
    "removeprefix",
    "removesuffix",
    "translate",
]
#: What a method of `str` (or of `bytes`, but for `encode`) gives, whatever the text.
_RESULTS = {
    **dict.fromkeys(_TEXTS, "same"),
    **dict.fromkeys(_BOOLS, "bool"),
    **dict.fromkeys(["find", "rfind", "count", "index", "rindex"], "int"),
    **dict.fromkeys(["split", "rsplit", "splitlines"], "list"),
    **dict.fromkeys(["partition", "rpartition"], "tuple"),
    "encode": "bytes",
    "decode": "str",
    "hex": "str",
}
#: A width in a format that could make a long text.
_WIDE = re.compile(r"\d{5,}")
_NUMBERS = {"bit_length": "int", "bit_count": "int", "is_integer": "bool", "hex": "str", "conjugate": "same"}
_PURE = frozenset(["as_integer_ratio", "to_bytes", *_NUMBERS])


def method(
    interp: Interpreter, frame: Frame, receiver: Const, name: str, args: tuple[Value, ...], kwargs: Kwargs
) -> Value | None:
    """Return what a method of a known text gives."""
    kind = type(receiver.value).__name__
    if name not in _RESULTS or not hasattr(receiver.value, name):
        return None
    if name == "join" and len(args) == 1:
        items, _ = iterate(interp, frame, args[0], eager=True)
        if items is None:
            return Scalar(type=kind)
        args = (TupleValue(tuple(items)),)
    try:
        real = [to_python(interp, arg) for arg in args]
        named = {key: to_python(interp, arg) for key, arg in kwargs}
    except NotConstantError:
        return _result(interp, name, kind)
    if not _bounded(receiver.value, name, [*real, *named.values()]):
        return _result(interp, name, kind)
    try:
        result = getattr(receiver.value, name)(*real, **named)
    except Exception:
        return Unknown("this call raises")
    return from_python(interp, result)


def _bounded(text: str | bytes, name: str, args: list[object]) -> bool:
    """Say whether a method gives no more than a few times what it is given."""
    if len(text) > MAX_TEXT:
        return False
    if name in ("format", "format_map"):
        pattern = text if isinstance(text, str) else ""
        nested = any("{" in part for part in re.findall(r":([^}]*)", pattern))
        return not _WIDE.search(pattern) and not nested
    lengths = [len(arg) for arg in args if isinstance(arg, (str, bytes))]
    if name in ("replace", "join", "translate", "expandtabs"):
        held = [len(part) for arg in args if isinstance(arg, tuple) for part in arg if isinstance(part, (str, bytes))]
        count = max((len(arg) for arg in args if isinstance(arg, tuple)), default=0)
        if len(text) * max([1, count, *lengths]) + sum(held) > 10 * MAX_TEXT:
            return False
    widest = 100 if name == "expandtabs" else MAX_TEXT
    return all(abs(arg) <= widest for arg in args if isinstance(arg, int) and not isinstance(arg, bool))


def _result(interp: Interpreter, name: str, kind: str) -> Value | None:
    """Return what a method gives of a text that is not known."""
    found = _RESULTS.get(name)
    if found is None:
        return None
    if found == "list":
        return Ref(interp.heap.allocate(ListObject(None, Scalar(type=kind))))
    if found == "tuple":
        return TupleValue((Scalar(type=kind),) * 3)
    return Scalar(type=kind if found == "same" else found)


def of_scalar(
    interp: Interpreter, receiver: Const | Scalar, name: str, args: tuple[Value, ...], kwargs: Kwargs
) -> Value | None:
    """Return what a method of a number, or of a text that is not known, gives."""
    kind = receiver.type if isinstance(receiver, Scalar) else type(receiver.value).__name__
    own = getattr(builtins, kind, None)
    if not hasattr(own, name):
        return None
    if kind in ("str", "bytes"):
        return _result(interp, name, kind)
    if name not in _PURE or kind not in ("int", "float", "bool"):
        return None
    if isinstance(receiver, Const) and name != "to_bytes" and not args and not kwargs:
        try:
            return from_python(interp, getattr(receiver.value, name)())
        except Exception:
            return Unknown("this call raises")
    found = _NUMBERS.get(name)
    if found is None:
        return None
    return Scalar(type=("int" if kind == "bool" else kind) if found == "same" else found)


def percent(interp: Interpreter, pattern: str | bytes, value: Value) -> Value:
    """Return `pattern % value`."""
    kind = type(pattern).__name__
    shown = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    if _WIDE.search(shown) or "*" in shown or len(shown) > MAX_TEXT:
        return Scalar(type=kind)
    try:
        result = pattern % to_python(interp, value)
    except NotConstantError:
        return Scalar(type=kind)
    except Exception:
        return Unknown("formatting this raises")
    return from_python(interp, result)
