"""weights-mismatch: weights, or a variable, are set to what has another shape or count."""

from __future__ import annotations

import ast
import re

from ..fixes.broadcasting import broadcasting_candidates
from ..fixes.candidate import Candidate, insert_after, replace
from ..fixes.places import argument_of, calls_before, last_name
from ..fixes.way import constructor
from ..interpreter.events import Argument, LibraryCall, tensors
from ..libraries.outcome import Refused
from ..values import Heap, TensorValue
from ..values.render import text
from .base import Rule, Sentence
from .words import label

_SET = re.compile(r"(^|\.)(set_weights|Variable\.assign(_add|_sub)?|v1\.assign(_add|_sub)?|ops\.assign)$")
_COUNT = re.compile(r"with a weight list of length (\d+), but the layer was expecting (\d+) weights")
_WEIGHT = re.compile(r"weight shape \((.*?)\) is not compatible with provided weight shape \((.*?)\)")
_WITH_WEIGHTS = ("Dense", "Embedding", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU")
_ASSIGNED = re.compile(r"The variable shape \((.*?)\), and the assigned value shape \((.*?)\) are incompatible")
_VARIABLE = re.compile(
    r"Shape mismatch|The shape of the target variable and the shape of the target value|must be equal|"
    r"shapes?.*(not compatible|incompatible)|Incompatible shapes",
    re.IGNORECASE,
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refused `set_weights` or `assign` whose shapes or count do not fit."""
    if not isinstance(event.outcome, Refused) or not _SET.search(event.name):
        return None
    message = event.outcome.message
    if event.name.endswith("set_weights"):
        owner = event.name.split(".")[-2]
        count, shapes = _COUNT.search(message), _WEIGHT.search(message)
        if count is not None:
            return Sentence(f"{label(event)}: {owner} has {count.group(2)} weights, given {count.group(1)}")
        if shapes is None:
            return None
        wanted, given = (f"[{shapes.group(number).rstrip(',')}]" for number in (1, 2))
        said = f"{label(event)}: {owner} has a weight of shape {wanted}, given {given}"
        candidates = (
            *_transposed(event, shapes.group(1), shapes.group(2)),
            *_units(event, shapes.group(1), shapes.group(2)),
        )
        return Sentence(said, candidates=candidates)
    found = tensors(event)
    plain = _ASSIGNED.search(message)
    if len(found) == 1 and plain is not None:
        wanted, given = (f"[{plain.group(at).rstrip(',')}]" for at in (1, 2))
        return Sentence(f"{label(event)}: shapes do not fit: a variable of shape {wanted}, given {given}")
    if len(found) != 2 or not _VARIABLE.search(message) or found[0][1].shape == found[1][1].shape:
        return None
    variable, value = (text(item, Heap()) for _, item in found)
    given_, wanted_ = found[1][1].shape, found[0][1].shape
    turned = given_ is not None and wanted_ == given_[::-1]
    candidates = broadcasting_candidates(event)[:1] if turned else ()
    return Sentence(f"{label(event)}: shapes do not fit: {variable}, given {value}", candidates=candidates)


def _transposed(event: LibraryCall, wanted: str, given: str) -> tuple[Candidate, ...]:
    """Return the edits that transpose the arrays that would fit then."""
    dims, own = (tuple(part.strip() for part in written.split(",") if part.strip()) for written in (wanted, given))
    if len(dims) != 2 or dims != own[::-1]:
        return ()
    out: list[Candidate] = []
    for argument, value in tensors(event):
        if argument.node is not None and value.is_numpy and _shape(value) == own:
            out.append(
                Candidate(f"Transpose `{_name(event, argument)}`", (insert_after(event.unit, argument.node, ".T"),))
            )
    return tuple(out[:2])


def _units(event: LibraryCall, wanted: str, given: str) -> tuple[Candidate, ...]:
    """Return the edit that gives the layer as many units as the weights are for."""
    dims, own = (tuple(part.strip() for part in written.split(",") if part.strip()) for written in (wanted, given))
    if len(dims) != len(own) or dims[:-1] != own[:-1] or not own[-1].isdigit():
        return ()
    made = constructor(event.receiver)
    built = [call for call in calls_before(event) if last_name(call).endswith(_WITH_WEIGHTS)]
    out: list[Candidate] = []
    for call in [made] if made is not None and last_name(made).endswith(_WITH_WEIGHTS) else built:
        for keyword, position in (("units", 0), ("filters", 0), ("output_dim", 1)):
            node = argument_of(call, keyword, position)
            if isinstance(node, ast.Constant) and str(node.value) == dims[-1]:
                name = last_name(call)
                edit = replace(event.unit, node, own[-1])
                title = f"Change the {keyword} of {name} to {own[-1]} (line {node.lineno})"
                out.append(Candidate(title, (edit,), 1 + len(out)))
                break
    return tuple(out[:2])


def _shape(value: TensorValue) -> tuple[str, ...]:
    return tuple(map(str, value.shape or ()))


def _name(event: LibraryCall, argument: Argument) -> str:
    return "" if argument.node is None else event.unit.source(argument.node)


RULE = Rule("weights-mismatch", "Weights are set to what has another shape or count.", judge)
