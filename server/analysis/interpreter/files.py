"""Files that a program opens: nothing of them is read, and what they give is text or bytes."""

from __future__ import annotations

from ..values import Const, Value
from ..values.standard import FileValue


def opened(mode: Value, binary: bool = False) -> FileValue:
    """Return a file that is opened in a mode; binary: it is, where the mode does not say that it is text."""
    if not isinstance(mode, Const) or not isinstance(mode.value, str):
        return FileValue("")
    text = "t" in mode.value or not (binary or "b" in mode.value)
    return FileValue("str" if text else "bytes")
