"""Repairs of loops whose tensors change their shapes: shape invariants."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall
from ..values import ListObject, Ref, TensorValue, TupleValue, Value
from .candidate import Candidate, insert_after, tensorflow
from .places import argument_of

_GROWS = re.compile(r"enters the loop with shape \((.*?)\), but has shape (\((.*?)\)|<unknown>) after one iteration")


def invariant_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that lets the sizes vary that a `tf.while_loop` changes."""
    found = _GROWS.search(getattr(event.outcome, "message", ""))
    call = event.node
    if found is None or not isinstance(call, ast.Call) or argument_of(call, "shape_invariants", 3) is not None:
        return ()
    node, given = argument_of(call, "loop_vars", 2), event.argument(2, "loop_vars")
    if not isinstance(node, (ast.List, ast.Tuple)) or given is None:
        return ()
    before, after = _dims(found.group(1)), _dims(found.group(3))
    items = _items(event, given.value)
    if len(items) != len(node.elts):
        return ()
    library, imports = tensorflow(event)
    texts: list[str] = []
    grown = False
    for item in items:
        dims = _written(item)
        if dims is None:
            texts.append(f"{library}.TensorShape(None)")
            continue
        if not grown and before == dims:
            grown = True
            if after is None or len(after) != len(dims):
                texts.append(f"{library}.TensorShape(None)")
                continue
            dims = [one if one == other else "None" for one, other in zip(dims, after, strict=True)]
        texts.append(f"{library}.TensorShape([{', '.join(dims)}])")
    if not grown:
        return ()
    written = ", ".join(texts)
    whole = f"[{written}]" if isinstance(node, ast.List) else f"({written}{',' if len(texts) == 1 else ''})"
    last = max((*call.args, *(item.value for item in call.keywords)), key=lambda part: event.unit.span(part).end)
    edit = insert_after(event.unit, last, f", shape_invariants={whole}")
    return (Candidate("Let the size vary: shape_invariants", (*imports, edit)),)


def _dims(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _items(event: LibraryCall, value: Value) -> tuple[Value, ...]:
    item = event.heap.get(value.address) if isinstance(value, Ref) else value
    return item.items or () if isinstance(item, (ListObject, TupleValue)) else ()


def _written(value: Value) -> list[str] | None:
    if not isinstance(value, TensorValue):
        return []  # a plain number
    if value.shape is None:
        return None
    return [str(dim) if isinstance(dim, int) else "None" for dim in value.shape]
