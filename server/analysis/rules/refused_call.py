"""refused-call: whatever the library refuses for a reason other than shapes and dtypes, and no rule knows more about."""

from __future__ import annotations

import re

from ..interpreter.events import AbsentName, LibraryCall
from ..libraries.query import leaves
from ..values import (
    Const,
    DictObject,
    DTypeValue,
    Heap,
    LibraryObject,
    ListObject,
    Ref,
    ShapeValue,
    SliceValue,
    Symbol,
    TensorValue,
    TupleValue,
    Value,
)
from ..values.fresh import FreshDict, FreshList
from .base import Rule, Sentence
from .words import label, library_words, refuses, specs

#: What TensorFlow has no kernel for, on any machine.
_NO_CAST = re.compile(r"Cast (string to \w+|\w+ to string) is not supported")
#: What is said of a stand-in, of an object that the analysis took for None, or of how Python computes with what an array holds.
_OF_STAND_INS = re.compile(
    r"\(None\)|NoneType|object at 0x|has no attribute|not supported between|bad operand type|unsupported operand|"
    r"can't (multiply|concat)|cannot be interpreted as|safely coerced"
)
#: Of numbers that are drawn: where none is drawn, they may be bounded by anything.
_BOUNDS = re.compile(r"\b(low|high)\b")
_PLAIN = (Const, TupleValue, FreshList, FreshDict, ShapeValue, DTypeValue, SliceValue, Symbol)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that no other rule has taken."""
    if isinstance(event, AbsentName) or not (refuses(event) or _NO_CAST.match(library_words(event))):
        return None
    words = library_words(event)
    if not words or _OF_STAND_INS.search(words) or (_BOUNDS.search(words) and len(event.arguments) > 2):
        return None
    if event.name.startswith("numpy.") and "required positional argument" in words:
        return None  # functions of NumPy are often replaced by others of the same name
    given = tuple(argument.value for argument in event.arguments)
    receiver = () if event.receiver is None else (event.receiver,)
    if not all(_is_plain(leaf, event.heap) for leaf in leaves((*receiver, *given), event.heap)):
        return None
    shown = specs(event, ", ")
    return Sentence(f"{label(event)}: {words}" + (f" ({shown})" if shown else ""))


def _is_plain(value: Value, heap: Heap) -> bool:
    """Say whether a library gets of a value what the program passes: no stand-in of a function or an object of the program."""
    if isinstance(value, TensorValue):
        return not any((name or "").startswith(("object", "void")) for name in (value.dtype, value.numpy_dtype))
    if isinstance(value, Ref):
        item = heap.get(value.address)
        return isinstance(item, (ListObject, DictObject)) or (isinstance(item, LibraryObject) and item.of_keras)
    return isinstance(value, _PLAIN)


RULE = Rule("refused-call", "The library refuses an argument of a call.", judge)
