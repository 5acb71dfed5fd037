"""What comes of asking a library: a value, a refusal, or nothing that may be said."""

from __future__ import annotations

import dis
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..values import Value


class CallbackUnknown(BaseException):
    """The user's function, called back by the library, gave nothing that could be handed back.

    A BaseException: Keras re-wraps Exceptions.
    """


@dataclass(frozen=True, slots=True)
class Returned:
    """The call returns, and this is known of what it returns."""

    value: Value


@dataclass(frozen=True, slots=True)
class Refused:
    """The call raises, on every execution that reaches it with these arguments.

    types: the names of the exception's class and its bases, most specific first. message: the library's own words.
    """

    types: tuple[str, ...]
    message: str

    @property
    def type(self) -> str:
        """The name of the exception's class."""
        return self.types[0]


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nothing may be said, and why."""

    reason: str


Outcome = Returned | Refused | NotKnown


class Either:
    """One of several objects, nobody knows which: what a model gives where the program's state decides."""

    def __init__(self, options: Sequence[Any]) -> None:
        self.options = tuple(options)


def refusal(error: BaseException) -> Refused:
    """Describe an exception of the library's."""
    types = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException))
    return Refused(types, clean_message(str(error)))


def is_own_fault(error: BaseException) -> bool:
    """Say whether an exception comes from a mistake in a model of ours: a library did not raise it, and no `raise` of ours did."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or Path(trace.tb_frame.f_code.co_filename).parent != _MODELS:
        return False
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] != _RAISE


_MODELS = Path(__file__).parent / "models"
_RAISE = dis.opmap["RAISE_VARARGS"]


def clean_message(message: str) -> str:
    """Return a message without what belongs to this call's stand-ins: graph names, values, terminal colours."""
    for pattern, replacement in _CLEANING:
        message = pattern.sub(replacement, message)
    return message.strip()[:2000]


_CLEANING = tuple(
    (re.compile(pattern, re.DOTALL), replacement)
    for pattern, replacement in (
        (r"\x1b\[\d*m", ""),
        (r"\{\{function_node \S+\}\}\s*", ""),
        (r"__inference_(\S+?)_\d+\b", r"\1"),
        (r"\{\{node (\S+?)\}\}", r"\1"),
        # The values of a stand-in are not the program's.
        (r",\s*numpy=\s*array\(.*?(dtype=\w+)\)(?=>)", ""),
        (r",\s*numpy=[^>\n]*(?=>)", ""),
        (r"\s*\[Op:\w+\](\s*name:\s*\S*)?", ""),
        (r"\n\nArguments received by .*$", ""),
        # Where in the library it was, and where a graph was made: neither is a place of the program.
        (r"\nTraceback \(most recent call last\):.*$", ""),
        (r"\n+Detected at node .*$", ""),
        (r"\n{2,}", "\n"),
    )
)
