"""Words that several rules use: what a call is called, and the library's own sentence in one line."""

from __future__ import annotations

import re

from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..values import Heap
from ..values.render import text

OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "getitem": "[…]",
    "truth": "bool",
}
#: Words by which the libraries complain about shapes; dtypes are told apart by asking again with other dtypes.
SHAPE_WORDS = re.compile(
    r"shape|\bdims?\b|dimension|\brank|ndim|\bax[ei]s|broadcast|\bsizes?\b|incompatible|must be equal|same length|align|"
    r"channels|depth|\b\d-D\b|num_or_size_splits|out of (bounds|range)|requested|elements|matri[cx]|values|"
    r"row_splits|truth value of an array|RaggedTensor|nesting depth|out of order",
    re.IGNORECASE,
)
_REFUSALS = frozenset({"ValueError", "InvalidArgumentError", "TypeError", "IndexError", "OutOfRangeError"})
#: Variables, tables and iterators that nobody has filled.
_NOT_READY = re.compile(r"initiali[sz]ed|resource|container|table|iterator|variable", re.IGNORECASE)
#: A tensor as it shows itself, with a shape that nobody complains about.
_SHOWN = re.compile(r"<(?:tf\.)?(?:Tensor|Variable|KerasTensor|EagerTensor)\b[^>]*>")


def label(event: LibraryCall) -> str:
    """Return what a person calls the call: `matmul`, `+`, `Dense`."""
    root, _, last = event.name.rpartition(".")
    if root == "operator":
        return OPERATORS.get(last.removeprefix("i") if last.startswith("i") and last[1:] in OPERATORS else last, last)
    if last == "__call__":
        return root.rpartition(".")[2]
    return last


def specs(event: LibraryCall, word: str = " and ") -> str:
    """Return the tensors of a call by dtype and shape: `f32[2, 3] and f32[4]`."""
    return word.join(text(value, Heap()) for _, value in tensors(event))


def library_words(event: LibraryCall) -> str:
    """Return the library's complaint as one short line."""
    if not isinstance(event.outcome, Refused):
        return ""
    message = re.sub(r"^Exception encountered when calling [^\n]*\n+", "", event.outcome.message).strip()
    message = re.sub(r"^(.*?) for '.*$", r"\1", message.splitlines()[0] if message else "", flags=re.DOTALL)
    message = message.strip().rstrip(".")
    return message if len(message) <= 200 else message[:199] + "…"


def refuses(event: LibraryCall) -> bool:
    """Say whether a library refuses its arguments: not that something is missing around them, or on this machine."""
    if not isinstance(event.outcome, Refused):
        return False
    if "FailedPreconditionError" in event.outcome.types:
        return _NOT_READY.search(event.outcome.message) is None
    return bool(_REFUSALS & set(event.outcome.types))


def about_shapes(event: LibraryCall) -> bool:
    """Say whether a refusal speaks of shapes."""
    if not isinstance(event.outcome, Refused):
        return False
    if not refuses(event):
        return False
    return SHAPE_WORDS.search(_SHOWN.sub("", event.outcome.message)) is not None
