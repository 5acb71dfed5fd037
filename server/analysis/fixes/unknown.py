"""Repairs of sizes that are not known: a global pooling instead of Flatten, an input that says its sizes."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall
from .candidate import Candidate, replace
from .layers import layer_class
from .places import argument_of, last_name
from .way import Step

_IMAGE, _CHANNELS = 224, 3


def unknown_candidates(event: LibraryCall, steps: list[Step]) -> tuple[Candidate, ...]:
    """Return the edits by which the size is known; which of them do, the proof shows."""
    out: list[Candidate] = []
    for step in steps:
        if step.unit.path != event.unit.path:
            continue
        given = step.inputs[0].shape if step.inputs else None
        flat = step.output is not None and step.output.shape is not None and len(step.output.shape) == 2
        if (
            (step.name == "Flatten" or (step.name == "Reshape" and flat))
            and step.made is not None
            and given is not None
            and len(given) in (3, 4, 5)
        ):
            name = f"GlobalAveragePooling{len(given) - 2}D"
            written = layer_class(event, name)
            if written is not None and isinstance(given[-1], int):
                edits = (replace(event.unit, step.made, f"{written}()"),)
                out.append(Candidate(f"Use {name} instead of {step.name} (line {step.made.lineno})", edits))
        for call in (step.node, step.made):
            out += _declared(event, call)
    return tuple(dict.fromkeys(out))


def _declared(event: LibraryCall, call: ast.AST | None) -> list[Candidate]:
    """Return the edit that gives an `Input` the sizes of an image, where it leaves them open."""
    if not isinstance(call, ast.Call):
        return []
    node = argument_of(call, "shape", 0) if last_name(call) == "Input" else argument_of(call, "input_shape", 99)
    if not isinstance(node, (ast.Tuple, ast.List)) or len(node.elts) != 3:
        return []
    written = [item.value if isinstance(item, ast.Constant) else 0 for item in node.elts]
    if None not in written:
        return []
    sizes = [_CHANNELS if index == 2 else _IMAGE for index in range(3)]
    edits = tuple(
        replace(event.unit, item, str(size))
        for item, value, size in zip(node.elts, written, sizes, strict=True)
        if value is None
    )
    what = "channels" if written[2] is None and written[:2] != [None, None] else "sizes"
    said = ", ".join(edit.new_text for edit in edits)
    return [Candidate(f"Give the input its {what} ({said})", edits, 1)]
