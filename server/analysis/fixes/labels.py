"""Repairs where labels meet predictions: another loss, labels in another encoding, another number of units, logits."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..interpreter.events import Argument, LibraryCall
from ..values import TensorValue
from .candidate import Candidate, alias, insert_after, keras, numpy, remove_keyword, replace, wrap
from .losses import Loss
from .places import argument_of, calls_before, compile_call, dense_with, last_name

_PARTNERS = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "CategoricalCrossentropy": "SparseCategoricalCrossentropy",
}
_PARTNERS |= {other: name for name, other in _PARTNERS.items()}


def encoding_candidates(
    event: LibraryCall, loss: Loss, labels: TensorValue, predictions: TensorValue, given: Argument | None
) -> tuple[Candidate, ...]:
    """Return the edits by which labels and loss mean the same: the loss that takes them, or the labels that it takes."""
    out: list[Candidate] = []
    for written in _written(event):
        name, node = _name_of(written)
        target = _PARTNERS.get(name)
        if loss.is_binary and name in ("binary_crossentropy", "BinaryCrossentropy"):
            target = "sparse_categorical_crossentropy" if name[0].islower() else "SparseCategoricalCrossentropy"
        if target is not None and node is not None:
            text = event.unit.source(node).replace(name, target)
            seen = event.training
            rank = 3 if loss.is_binary and seen is not None and seen.activations == ("sigmoid",) else 0
            out.append(Candidate(f"Change the loss to {target}", (replace(event.unit, node, text),), rank))
    classes = predictions.shape[-1] if predictions.shape else None
    if given is not None and given.node is not None:
        out += _encoded(event, loss, given.node, labels, classes)
    return tuple(out)


def _written(event: LibraryCall) -> Sequence[ast.expr]:
    """Return where the loss is named: in `compile`, where its object is made, in the call itself."""
    if event.training is not None:
        where = compile_call(event)
        written = None if where is None else argument_of(where, "loss", 1)
        if isinstance(written, ast.Name):
            return [call for call in calls_before(event) if last_name(call) in _PARTNERS][:1]
        return [] if written is None else [written]
    if event.name.endswith(".__call__"):
        own = event.name.split(".")[-2]
        return [call for call in calls_before(event) if last_name(call) == own][:1]
    return [event.node] if isinstance(event.node, ast.Call) else []


def _name_of(written: ast.AST) -> tuple[str, ast.expr | None]:
    """Return the name of a loss as it is written, and the expression that says it."""
    if isinstance(written, ast.Constant) and isinstance(written.value, str):
        return written.value, written
    called = written.func if isinstance(written, ast.Call) else written
    if isinstance(called, ast.Attribute):
        return called.attr, called
    return (called.id, called) if isinstance(called, ast.Name) else ("", None)


def _encoded(event: LibraryCall, loss: Loss, node: ast.expr, labels: TensorValue, classes: object) -> list[Candidate]:
    """Return the edits that write the labels in the other way."""
    given = event.argument(1, "y") if event.training is not None else None
    is_tensor = labels.kind == "Tensor" if given is None else not getattr(given.value, "is_numpy", False)
    name = alias(event, "tensorflow") if is_tensor else numpy(event)
    if (loss.is_categorical or loss.is_binary) and isinstance(classes, int):
        rank = 4 if loss.is_binary else 1
        title = f"Encode the labels as one-hot rows of {classes}"
        if is_tensor and name is not None:
            flat = f"{name}.one_hot({{}}, {classes})"
            squeeze = labels.shape is not None and labels.shape[-1:] == (1,)
            before, _, after = (f"{name}.squeeze({{}}, -1)" if squeeze else "{}").partition("{}")
            head, _, tail = flat.partition("{}")
            return [Candidate(title, wrap(event.unit, node, head + before, after + tail), rank)]
        home = keras(event)
        if is_tensor or home is None:
            return []
        return [Candidate(title, wrap(event.unit, node, f"{home}.utils.to_categorical(", f", {classes})"), rank)]
    if loss.is_sparse and name is not None and labels.shape:
        edits = wrap(event.unit, node, f"{name}.argmax(", ", axis=-1)")
        return [Candidate("Turn the one-hot labels into class numbers", edits, 1)]
    return []


def metric_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that compute the metric for labels in the other encoding."""
    where = compile_call(event)
    out: list[Candidate] = []
    for part in () if where is None else ast.walk(where):
        name, node = _name_of(part) if isinstance(part, (ast.Constant, ast.Call)) else ("", None)
        for ending in ("categorical_accuracy", "CategoricalAccuracy"):
            if node is None or name not in (ending, f"sparse_{ending}", f"Sparse{ending}"):
                continue
            own = f"sparse_{ending}" if ending[0].islower() else f"Sparse{ending}"
            other = ending if name == own else own
            text = event.unit.source(node).replace(name, other)
            out.append(Candidate(f"Change the metric to {other}", (replace(event.unit, node, text),), -1))
    return tuple(out)


def units_candidates(event: LibraryCall, units: int, wanted: int) -> tuple[Candidate, ...]:
    """Return the edits that give the last layers with so many units another number."""
    return tuple(
        Candidate(
            f"Change the units of Dense from {units} to {wanted}", (replace(event.unit, node, str(wanted)),), 2 + index
        )
        for index, (_, node) in enumerate(dense_with(event, units))
    )


def logits_candidates(event: LibraryCall, loss: Loss) -> tuple[Candidate, ...]:
    """Return the edits by which the model ends as the loss takes it, or the loss takes what the model gives."""
    where = compile_call(event)
    written = None if where is None else argument_of(where, "loss", 1)
    out: list[Candidate] = []
    if isinstance(written, ast.Call):
        option = argument_of(written, "from_logits", 0)
        if option is not None and loss.from_logits:
            keyword = any(item.arg == "from_logits" for item in written.keywords)
            if keyword:
                out.append(Candidate("Remove from_logits=True", (remove_keyword(event.unit, written, "from_logits"),)))
        elif option is None and not written.args and not written.keywords:
            text = f"{event.unit.source(written.func)}(from_logits=True)"
            out.append(Candidate("Add from_logits=True", (replace(event.unit, written, text),)))
    predictions = None if event.training is None else event.training.predictions
    last = predictions.shape[-1] if isinstance(predictions, TensorValue) and predictions.shape else None
    if isinstance(last, int) and not loss.from_logits:
        activation = "sigmoid" if loss.is_binary else "softmax"
        for call, node in dense_with(event, last)[:1]:
            if argument_of(call, "activation", 1) is None:
                text = f', activation="{activation}"'
                out.append(
                    Candidate(f"Let the model end with {activation}", (insert_after(event.unit, node, text),), 1)
                )
    return tuple(out)
