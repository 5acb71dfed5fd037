"""Repairs of loops whose tensors change their shapes: shape invariants."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall, single
from ..report import Edit, Span
from ..values import ListObject, Ref, TensorValue, TupleValue, Value
from .candidate import Candidate, insert_after, tensorflow
from .places import argument_of

_GROWS = re.compile(r"enters the loop with shape \((.*?)\), but has shape (\((.*?)\)|<unknown>) after one iteration")

_CHANGES = re.compile(r"'(\w+)' has shape .* before the loop, but shape .* after one iteration")


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


def loop_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edit that lets the sizes vary of a variable of a loop that AutoGraph makes an operation of."""
    found = _CHANGES.search(getattr(event.outcome, "message", ""))
    loop = _loop_at(event)
    given = [single(argument.value) for argument in event.arguments]
    if found is None or loop is None or len(given) != 2 or given[0] is None or given[1] is None:
        return ()
    before, after = given[0].shape, given[1].shape
    library, imports = tensorflow(event)
    shape = "None"
    if before is not None and after is not None and len(before) == len(after):
        pairs = zip(before, after, strict=True)
        shape = f"[{', '.join(str(one) if one == two and isinstance(one, int) else 'None' for one, two in pairs)}]"
    options = f"{library}.autograph.experimental.set_loop_options"
    text = f"{options}(shape_invariants=[({found.group(1)}, {library}.TensorShape({shape}))])"
    start = event.unit.span(loop.body[0]).start
    edit = Edit(event.unit.path, Span(start, start), f"{text}\n{' ' * start.column}")
    return (Candidate(f"Let the size of `{found.group(1)}` vary: set_loop_options", (*imports, edit)),)


def _loop_at(event: LibraryCall) -> ast.For | ast.While | None:
    """Return the loop whose test, or what it goes through, an event is about; one whose body has lines of its own."""
    for part in ast.walk(event.unit.tree):
        if isinstance(part, (ast.For, ast.While)) and event.node in (
            getattr(part, "test", None),
            getattr(part, "iter", None),
        ):
            return part if part.body[0].lineno > part.lineno else None
    return None


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
