"""Repairs where Python takes a symbolic tensor apart: `tf.unstack`, and `tf.map_fn` in place of a comprehension."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, name_of, tensors
from .candidate import Candidate, replace, tensorflow, wrap
from .places import last_name


def takes_apart(event: LibraryCall) -> bool:
    """Say whether an event is about the items of a tensor, and these are asked for by no loop."""
    if event.name == "operator.truth":
        return False
    loops = [part for part in ast.walk(event.unit.tree) if isinstance(part, (ast.For, ast.AsyncFor))]
    return all(loop.iter is not event.node for loop in loops)


def parts_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which TensorFlow takes the tensor apart, or applies a function to each part of it."""
    node = event.node
    found = tensors(event)
    if not isinstance(node, ast.expr) or not found:
        return ()
    library, imports = tensorflow(event)
    edits = (*imports, *wrap(event.unit, node, f"{library}.unstack(", ")"))
    out = [Candidate(f"Take `{name_of(event, found[0][0])}` apart with {library}.unstack", edits)]
    for call in ast.walk(event.unit.tree):
        if not isinstance(call, ast.Call) or last_name(call) != "stack" or len(call.args) != 1 or call.keywords:
            continue
        made = call.args[0]
        if not isinstance(made, (ast.ListComp, ast.GeneratorExp)) or len(made.generators) != 1:
            continue
        each = made.generators[0]
        if each.iter is node and not each.ifs and isinstance(each.target, ast.Name):
            function = f"lambda {each.target.id}: {event.unit.source(made.elt)}"
            text = f"{library}.map_fn({function}, {event.unit.source(node)})"
            out.append(Candidate(f"Use {library}.map_fn", (*imports, replace(event.unit, call, text)), 1))
    return tuple(out)
