"""Repairs of features and labels of different length: one is sliced like the other, what a split gives is bound in its order."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from .candidate import Candidate, replace
from .places import last_name


def slice_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which arrays get one length, where the program has cut them out of others."""
    return (*_split_order(event), *_same_slice(event))


def _same_slice(event: LibraryCall) -> list[Candidate]:
    cut = []
    for argument, value in tensors(event):
        node = argument.node
        if not isinstance(node, ast.Subscript) and value.origin is not None:
            node = value.origin.node
        found = _first(node.slice) if isinstance(node, ast.Subscript) else None
        if found is not None and value.shape and value.origin is not None:
            if value.origin.location.path == event.unit.path:
                cut.append((node, found, value.shape[0]))
    out: list[Candidate] = []
    for node, part, length in reversed(cut):
        for _, other, wanted in cut:
            if length != wanted and ast.dump(part) != ast.dump(other):
                assert isinstance(node, ast.Subscript)
                text = event.unit.source(other)
                whole = f"{event.unit.source(node.value)}[{text}]"
                out.append(Candidate(f"Take {whole}", (replace(event.unit, part, text),), len(out)))
    return list({candidate.edits: candidate for candidate in reversed(out)}.values())[::-1][:4]


def _first(index: ast.expr) -> ast.Slice | None:
    """Return the slice of the first axis."""
    first = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
    return first if isinstance(first, ast.Slice) else None


def _split_order(event: LibraryCall) -> list[Candidate]:
    """Return the edit that binds what `train_test_split` gives for two arrays in its order: both parts of one, then of the other."""
    for part in ast.walk(event.unit.tree):
        if not isinstance(part, ast.Assign) or not isinstance(part.value, ast.Call) or len(part.targets) != 1:
            continue
        target = part.targets[0]
        if last_name(part.value) != "train_test_split" or len(part.value.args) != 2:
            continue
        if isinstance(target, ast.Tuple) and len(target.elts) == 4:
            second, third = target.elts[1:3]
            one, other = event.unit.source(second), event.unit.source(third)
            edits = (replace(event.unit, second, other), replace(event.unit, third, one))
            return [Candidate(f"Bind {other} before {one}", edits)]
    return []
