"""Repairs of an input of the wrong rank: sequences returned further up, a layer that flattens or reshapes, an axis added."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from ..values import TensorValue
from .candidate import Candidate, remove_keyword, tensorflow, wrap
from .layers import layer_class, put_before, set_argument
from .places import layers
from .way import Step

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


def rank_candidates(
    event: LibraryCall, step: Step, steps: list[Step], value: TensorValue, expected: int
) -> tuple[Candidate, ...]:
    """Return the edits that may give a layer the rank that it takes; which of them does, the proof shows."""
    given = len(value.shape or ())
    out: list[Candidate] = []
    if given < expected:
        out += sequences(event, steps, True) or _more(event, step, value, expected)
    else:
        out += sequences(event, steps, False)
        out += _less(event, step, value, expected)
    return tuple(out)


def recurrent(call: ast.Call | None) -> ast.Call | None:
    """Return the constructor of the recurrent layer that a layer is, or wraps."""
    if call is None:
        return None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in RECURRENT:
        return call
    inner = call.args[0] if name == "Bidirectional" and call.args else None
    return recurrent(inner) if isinstance(inner, ast.Call) else None


def sequences(event: LibraryCall, steps: list[Step], wanted: bool) -> list[Candidate]:
    """Return the edits that let recurrent layers further up return what they give at each time, or at the last alone."""
    for step in steps:
        call = recurrent(step.made)
        if call is None or step.unit.path != event.unit.path:
            continue
        where = f"line {call.lineno}"
        if wanted:
            edit = set_argument(step.unit, call, "return_sequences", "True")
            return [] if edit is None else [Candidate(f"Set return_sequences=True ({where})", (edit,))]
        if any(item.arg == "return_sequences" for item in call.keywords):
            removed = remove_keyword(step.unit, call, "return_sequences")
            return [Candidate(f"Remove return_sequences ({where})", (removed,))]
        return []
    return []


def recurrent_candidates(event: LibraryCall) -> list[Candidate]:
    """Return the edit by which the recurrent layer nearest to an event gives its last step alone."""
    for call in layers(event, *RECURRENT):
        if any(item.arg == "return_sequences" for item in call.keywords):
            removed = remove_keyword(event.unit, call, "return_sequences")
            return [Candidate(f"Remove return_sequences (line {call.lineno})", (removed,))]
        return []
    return []


def _more(event: LibraryCall, step: Step, value: TensorValue, expected: int) -> list[Candidate]:
    """Return the edits that add the axes that are missing."""
    out: list[Candidate] = []
    shape = value.shape or ()
    missing = expected - len(shape)
    if missing == 1 and shape and all(isinstance(dim, int) for dim in shape[1:]):
        reshape = layer_class(event, "Reshape")
        target = ", ".join(map(str, (*shape[1:], 1))) + ("," if len(shape) == 1 else "")
        if reshape is not None and (value.kind == "KerasTensor" or step.event is None):
            edits = put_before(event, step, f"{reshape}(({target}))")
            if edits:
                out.append(Candidate(f"Add an axis with Reshape(({target}))", edits, 1))
    node = _argument(event)
    if node is not None and missing == 1 and not (value.kind == "KerasTensor" or value.shape is None):
        library, imports = tensorflow(event)
        image = expected == 4 and shape and shape[-1] in (1, 3, 4)
        for title, axis, rank in (("Add the batch axis", 0, 1 if image else 3), ("Add an axis at the end", -1, 2)):
            edits = (*imports, *wrap(event.unit, node, f"{library}.expand_dims(", f", {axis})"))
            out.append(Candidate(title, edits, rank))
    return out


def _less(event: LibraryCall, step: Step, value: TensorValue, expected: int) -> list[Candidate]:
    """Return the edits that fold axes into one."""
    out: list[Candidate] = []
    shape = value.shape or ()
    texts: list[tuple[str, str]] = []
    if expected == 2:
        texts.append(("Flatten", "()"))
        if len(shape) in (3, 4, 5):
            texts.append((f"GlobalAveragePooling{len(shape) - 2}D", "()"))
    elif isinstance(shape[-1], int) and expected > 2:
        kept = shape[1 : expected - 2]
        if all(isinstance(dim, int) for dim in kept):
            texts.append(("Reshape", f"(({', '.join(map(str, (*kept, -1, shape[-1])))}))"))
        if expected == 3 and len(shape) == 4:
            home = layer_class(event, "Flatten")
            if home is not None:
                texts.append(("TimeDistributed", f"({home}())"))
    for rank, (name, arguments) in enumerate(texts):
        written = layer_class(event, name)
        edits = None if written is None else put_before(event, step, f"{written}{arguments}")
        if edits:
            out.append(Candidate(f"Insert {name}{arguments}", edits, 1 + rank))
    node = _argument(event)
    if node is not None and value.kind != "KerasTensor" and len(shape) == expected + 1 and 1 in shape:
        library, imports = tensorflow(event)
        edits = (*imports, *wrap(event.unit, node, f"{library}.squeeze(", f", {shape.index(1)})"))
        out.append(Candidate(f"Squeeze the axis {shape.index(1)}", edits, 1))
    return out


def _argument(event: LibraryCall) -> ast.expr | None:
    given = tensors(event)
    return given[0][0].node if len(given) == 1 else None
