"""Context managers and files of Python's own: what they give; nothing is opened."""

from __future__ import annotations

import dataclasses

from ...values import Const, ListObject, Ref, Scalar, Unknown, Value
from ...values.standard import ContextValue, FileValue
from ..files import opened
from .registry import StandardCall, models

_LOCKS = "threading.Lock threading.RLock threading.Semaphore threading.BoundedSemaphore threading.Condition"
_LOCKS += " multiprocessing.Lock multiprocessing.RLock"
_TEXT = Scalar(type="str")


@models(*_LOCKS.split())
def _lock(call: StandardCall) -> Value:
    return ContextValue(call.name, Scalar(type="bool"))


@models("contextlib.nullcontext", "contextlib.closing", "contextlib.aclosing")
def _given(call: StandardCall) -> Value:
    given = call.get(0, "enter_result" if call.name.endswith("nullcontext") else "thing")
    return ContextValue(call.name, given if given is not None else Const(None))


@models("contextlib.suppress")
def _suppressing(call: StandardCall) -> Value:
    return ContextValue(call.name, Const(None), swallows=True)


@models("contextlib.redirect_stdout", "contextlib.redirect_stderr", "contextlib.chdir")
def _redirected(call: StandardCall) -> Value:
    return ContextValue(call.name, Unknown("where output goes"))


@models("contextlib.ExitStack", "contextlib.AsyncExitStack")
def _stack(call: StandardCall) -> Value:
    # What is entered there may swallow.
    return ContextValue("contextlib.ExitStack", swallows=True)


@models("warnings.catch_warnings")
def _warnings(call: StandardCall) -> Value:
    record = call.get(-1, "record")
    quiet = record is None or record == Const(False)
    return ContextValue(call.name, Const(None) if quiet else Unknown("the warnings of a block"))


@models("tempfile.TemporaryDirectory")
def _folder(call: StandardCall) -> Value:
    return ContextValue(call.name, _TEXT, fields=(("name", _TEXT),))


@models("tempfile.mkdtemp", "tempfile.gettempdir", "tempfile.mktemp")
def _name(call: StandardCall) -> Value:
    return _TEXT


@models("tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile.SpooledTemporaryFile")
def _temporary(call: StandardCall) -> Value:
    made = opened(call.get(0, "mode") or Const("w+b"))
    return dataclasses.replace(made, named=call.name == "tempfile.NamedTemporaryFile")


@models("unittest.mock.patch", "unittest.mock.patch.object", "unittest.mock.patch.dict", "unittest.mock.patch.multiple")
def _patched(call: StandardCall) -> Value:
    call.interp.heap.escape([*call.args, *(value for _, value in call.kwargs)], "patched")
    return ContextValue("unittest.mock.patch", Unknown("a mock"))


@models("io.open", "gzip.open", "bz2.open", "lzma.open", "codecs.open")
def _open(call: StandardCall) -> Value:
    binary = call.name.partition(".")[0] in ("gzip", "bz2", "lzma")
    return opened(call.get(1, "mode") or Const("rb" if binary else "r"), binary)


@models("io.StringIO", "io.BytesIO")
def _memory(call: StandardCall) -> Value:
    return FileValue("str" if call.name.endswith("StringIO") else "bytes")


def file_method(call: StandardCall, receiver: FileValue) -> Value | None:
    """Return what a method of a file gives."""
    one: Value = Scalar(type=receiver.mode) if receiver.mode else Unknown("text or bytes")
    if call.name in ("read", "readline", "getvalue", "read1"):
        return one
    if call.name in ("readlines", "getbuffer"):
        return Ref(call.interp.heap.allocate(ListObject(None, one))) if call.name == "readlines" else None
    if call.name in ("write", "tell", "seek", "fileno", "truncate"):
        return Scalar(type="int")
    if call.name in ("writelines", "flush", "close"):
        return Const(None)
    if call.name in ("readable", "writable", "seekable", "isatty"):
        return Scalar(type="bool")
    return None


@models("csv.reader")
def _rows(call: StandardCall) -> Value:
    row = Ref(call.interp.heap.allocate(ListObject(None, Unknown("a field of a file"))))
    return Ref(call.interp.heap.allocate(ListObject(None, row, "generator")))


@models("json.load", "pickle.load", "pickle.loads", "csv.DictReader", "csv.writer", "csv.DictWriter")
def _read(call: StandardCall) -> Value:
    return Unknown(f"what {call.name} reads is not known")
