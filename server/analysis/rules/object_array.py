"""object-array: data that Keras does not take for data: lists of lists, arrays of objects."""

from __future__ import annotations

import ast
import re

from ..fixes.candidate import Candidate, numpy_imported, wrap
from ..interpreter.events import Argument, LibraryCall, tensors
from ..libraries.outcome import Refused
from ..values import Heap, ListObject, Ref, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .words import label

_SAID = re.compile(
    r"Unrecognized data type|Invalid dtype: object|Failed to convert a NumPy array|Failed to find data adapter"
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take data that no adapter takes."""
    seen = event.training
    if seen is None:
        return _converted(event)
    if seen.stage != "data" or not isinstance(event.outcome, Refused):
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
    objects = [pair for pair in tensors(event) if pair[1].dtype == "object"]
    if objects and not lists:
        said = ", ".join(text(value, Heap()) for _, value in objects)
        return Sentence(f"{label(event)}: Keras takes no array of objects: {said}", candidates=_numbers(event, objects))
    what = "a list of plain numbers" if lists else "such data"
    return Sentence(f"{label(event)}: Keras takes arrays and data sets, not {what}", candidates=candidates)


def _converted(event: LibraryCall) -> Sentence | None:
    """Take an array of known objects of which TensorFlow makes no tensor."""
    if not isinstance(event.outcome, Refused) or "Unsupported object type" not in event.outcome.message:
        return None
    objects = [pair for pair in tensors(event) if pair[1].dtype == "object" and event.heap.settled(pair[1]).known]
    if not objects:
        return None
    said = ", ".join(text(value, Heap()) for _, value in objects)
    return Sentence(f"{label(event)}: no tensor is made of objects: {said}", candidates=_numbers(event, objects))


def _numbers(event: LibraryCall, objects: list[tuple[Argument, TensorValue]]) -> tuple[Candidate, ...]:
    """Return the edit that makes numbers of arrays of objects."""
    contents = [value.content for _, value in objects]
    numbers = [
        content is not None and all(isinstance(item, (int, float)) for item in content.array.flat)
        for content in contents
    ]
    if not all(numbers):
        return ()
    found = [argument.node for argument, _ in objects if argument.node is not None]
    edits = tuple(edit for node in found for edit in wrap(event.unit, node, *_places(node)) if edit.new_text)
    return (Candidate('Make numbers of the objects: .astype("float32")', edits),) if found else ()


def _places(node: ast.expr) -> tuple[str, str]:
    plain = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    return ("", '.astype("float32")') if plain else ("(", ').astype("float32")')


def _is_list(event: LibraryCall, argument: Argument) -> bool:
    item = event.heap.get(argument.value.address) if isinstance(argument.value, Ref) else None
    return isinstance(item, ListObject) and argument.keyword not in ("callbacks", "validation_data")


RULE = Rule("object-array", "Keras does not take this for data.", judge)
