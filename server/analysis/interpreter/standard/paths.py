"""`pathlib` and `os.path`: names of files, as text. Nothing looks at the disk."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable

from ...values import Const, ListObject, Ref, Scalar, TupleValue, Unknown, Value
from ...values.standard import PathValue
from ..constants import fold, from_python
from .registry import StandardCall, models

_TEXTS = frozenset(["basename", "dirname", "join", "normpath", "normcase"])
_PAIRS = frozenset(["split", "splitext", "splitdrive"])
_ON_DISK = {
    **dict.fromkeys(["exists", "isfile", "isdir", "islink", "ismount", "lexists", "samefile"], "bool"),
    **dict.fromkeys(["abspath", "realpath", "expanduser", "expandvars", "relpath"], "str"),
    **dict.fromkeys(["getmtime", "getctime", "getatime"], "float"),
    "getsize": "int",
}


@models("os.path.*")
def _os_path(call: StandardCall) -> Value | None:
    name = call.name.rpartition(".")[2]
    args = tuple(_as_text(arg) for arg in call.args)
    text = all(isinstance(arg, (Const, Scalar)) and _kind(arg) == "str" for arg in args)
    if name in _TEXTS | _PAIRS | {"isabs"}:
        result = fold(call.interp, getattr(os.path, name), args, call.kwargs)
        if result is not None:
            return result
        if name == "isabs":
            return Scalar(type="bool")
        # Of bytes they give bytes.
        if not text:
            return Unknown(f"{call.name}() of something unknown")
        return Scalar(type="str") if name in _TEXTS else TupleValue((Scalar(type="str"), Scalar(type="str")))
    kind = _ON_DISK.get(name)
    if kind is None:
        return None
    return Scalar(type=kind) if kind != "str" or text else Unknown(f"{call.name}() of something unknown")


def _as_text(value: Value) -> Value:
    if isinstance(value, PathValue):
        return Scalar(type="str") if value.text is None else Const(value.text)
    return value


def _kind(value: Const | Scalar) -> str:
    return value.type if isinstance(value, Scalar) else type(value.value).__name__


@models("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath")
def _path(call: StandardCall) -> Value | None:
    if call.kwargs:
        return None
    pure = "Pure" in call.name
    parts = [_as_text(arg) for arg in call.args]
    if all(isinstance(part, Const) and isinstance(part.value, str) for part in parts):
        made = pathlib.PurePath(*[part.value for part in parts if isinstance(part, Const)])
        return PathValue(str(made), pure)
    return PathValue(None, pure)


@models("pathlib.Path.cwd", "pathlib.Path.home")
def _here(call: StandardCall) -> Value:
    return PathValue(None)


def joined_path(name: str, a: Value, b: Value) -> Value | None:
    """Return `path / name`; None where neither is a path."""
    if name != "truediv" or not (isinstance(a, PathValue) or isinstance(b, PathValue)):
        return None
    pure = any(isinstance(part, PathValue) and part.pure for part in (a, b))
    parts = [_as_text(a), _as_text(b)]
    if all(isinstance(part, Const) and isinstance(part.value, str) for part in parts):
        made = pathlib.PurePath(*[part.value for part in parts if isinstance(part, Const)])
        return PathValue(str(made), pure)
    if all(isinstance(part, (Const, Scalar)) and _kind(part) == "str" for part in parts):
        return PathValue(None, pure)
    return Unknown("a path and something unknown")


_ATTRIBUTES = frozenset(["name", "stem", "suffix", "anchor", "drive", "root"])


def path_attribute(receiver: PathValue, name: str) -> Value | None:
    """Return an attribute of a path; None where it is a method."""
    if name in _ATTRIBUTES:
        return Scalar(type="str") if receiver.text is None else Const(getattr(pathlib.PurePath(receiver.text), name))
    if name == "parent":
        text = None if receiver.text is None else str(pathlib.PurePath(receiver.text).parent)
        return PathValue(text, receiver.pure)
    if name in ("parts", "suffixes", "parents"):
        return Unknown(f"Path.{name} is not followed")
    return None


_METHODS = {
    **dict.fromkeys(["exists", "is_file", "is_dir", "is_symlink", "is_absolute", "match"], "bool"),
    **dict.fromkeys(["as_posix", "as_uri", "read_text", "__str__", "__fspath__"], "str"),
    **dict.fromkeys(["mkdir", "unlink", "rmdir", "touch", "chmod"], "none"),
    **dict.fromkeys(["write_text", "write_bytes"], "int"),
    "read_bytes": "bytes",
}
_PATHS = frozenset(["resolve", "absolute", "expanduser"])


def method(call: StandardCall, receiver: Value) -> Value | None:
    """Return what a method of a path gives."""
    if not isinstance(receiver, PathValue):
        return None
    if call.name in ("with_suffix", "with_name", "with_stem", "joinpath", "relative_to"):
        parts = [_as_text(arg) for arg in call.args]
        known = all(isinstance(part, Const) and isinstance(part.value, str) for part in parts) and not call.kwargs
        if receiver.text is None or not known:
            return PathValue(None, receiver.pure)
        function: Callable[..., object] = getattr(pathlib.PurePath(receiver.text), call.name)
        try:
            return PathValue(str(function(*[part.value for part in parts if isinstance(part, Const)])), receiver.pure)
        except (ValueError, TypeError):
            return Unknown(f"Path.{call.name} raises here")
    if call.name in ("as_posix", "__str__", "__fspath__", "is_absolute") and receiver.text is not None:
        return from_python(call.interp, getattr(pathlib.PurePath(receiver.text), call.name)())
    if call.name in _PATHS:
        return PathValue(None, receiver.pure)
    if call.name in ("glob", "rglob", "iterdir"):
        return Ref(call.interp.heap.allocate(ListObject(None, PathValue(None), "generator")))
    kind = _METHODS.get(call.name)
    if kind is None:
        return None
    return Const(None) if kind == "none" else Scalar(type=kind)
