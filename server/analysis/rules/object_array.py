"""object-array: data that Keras does not take for data: lists of lists, arrays of objects."""

from __future__ import annotations

import re

from ..fixes.candidate import Candidate, numpy_imported, wrap
from ..interpreter.events import Argument, LibraryCall
from ..libraries.outcome import Refused
from ..values import ListObject, Ref
from .base import Rule, Sentence
from .words import label

_SAID = re.compile(
    r"Unrecognized data type|Invalid dtype: object|Failed to convert a NumPy array|Failed to find data adapter"
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take data that no adapter takes."""
    seen = event.training
    if seen is None or seen.stage != "data" or not isinstance(event.outcome, Refused):
        return None
    if not _SAID.search(event.outcome.message):
        return None
    lists = [argument for argument in event.arguments if _is_list(event, argument)]
    name, imports = numpy_imported(event)
    candidates: tuple[Candidate, ...] = ()
    if lists:
        wrapped = [wrap(event.unit, item.node, f"{name}.asarray(", ")") for item in lists if item.node]
        edits = (*imports, *(edit for pair in wrapped for edit in pair))
        candidates = (Candidate("Make arrays of the lists", edits),)
    what = "a list of plain numbers" if lists else "such data"
    return Sentence(f"{label(event)}: Keras takes arrays and data sets, not {what}", candidates=candidates)


def _is_list(event: LibraryCall, argument: Argument) -> bool:
    item = event.heap.get(argument.value.address) if isinstance(argument.value, Ref) else None
    return isinstance(item, ListObject) and argument.keyword not in ("callbacks", "validation_data")


RULE = Rule("object-array", "Keras does not take this for data.", judge)
