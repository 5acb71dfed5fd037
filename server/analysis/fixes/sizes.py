"""Repairs where a size is None: it is known when the program runs, and `tf.shape` gives it."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..report import Edit
from ..values import Const, ListObject, Ref, TupleValue, Value
from .candidate import Candidate, alias, keras, replace
from .places import function_of

_NONE = re.compile(r"NoneType|None values not supported|elements of [\[(].*None")


def has_none_for_a_size(event: LibraryCall) -> bool:
    """Say whether a call is refused because a shape that it is given has None in it."""
    if not isinstance(event.outcome, Refused) or not _NONE.search(event.outcome.message):
        return False
    return any(
        _holds_none(event, argument.value) or (argument.value == Const(None) and _is_size(event, argument.node))
        for argument in event.arguments
    )


def _is_size(event: LibraryCall, node: ast.expr | None) -> bool:
    """Say whether an expression is a size of a tensor, or a name for one."""
    made = _assigned(event, node) if isinstance(node, ast.Name) else node
    return made is not None and bool(_dynamic(event, made, "tf.shape", "tensorflow"))


def _holds_none(event: LibraryCall, value: Value) -> bool:
    item = event.heap.get(value.address) if isinstance(value, Ref) else value
    items = item.items if isinstance(item, (TupleValue, ListObject)) else None
    return any(part == Const(None) for part in items or ())


def dynamic_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that take each size in the arguments from `tf.shape`, or let a `reshape` compute the one that is None."""
    if event.name.startswith("keras."):
        return (*_computed(event), *_taken(event, "keras", "ops.shape"))
    return (*_computed(event), *_taken(event, "tensorflow", "shape"))


def _computed(event: LibraryCall) -> list[Candidate]:
    """Return the edit that says -1 for the None that is written among the sizes of a `reshape`."""
    if not event.name.endswith("reshape"):
        return []
    lists = [
        part for argument in event.arguments for part in [argument.node] if isinstance(part, (ast.List, ast.Tuple))
    ]
    found = [item for part in lists for item in part.elts if isinstance(item, ast.Constant) and item.value is None]
    if len(found) != 1:
        return []
    return [Candidate("Let the size be computed: -1", (replace(event.unit, found[0], "-1"),))]


def _taken(event: LibraryCall, library: str, function: str) -> list[Candidate]:
    """Return the edit that takes sizes with a function of a library, in the arguments or where their names are assigned."""
    home = alias(event, library) if library == "tensorflow" else keras(event)
    if home is None:
        return []
    edits: list[Edit] = []
    for argument in event.arguments:
        for part in ast.walk(argument.node) if argument.node is not None else ():
            if isinstance(part, ast.Subscript):
                edits += _dynamic(event, part, f"{home}.{function}", library)
            elif isinstance(part, ast.Name):
                made = _assigned(event, part)
                edits += [] if made is None else _dynamic(event, made, f"{home}.{function}", library)
    said = "tf.shape" if library == "tensorflow" else "keras.ops.shape"
    return [Candidate(f"Take the size with {said}", tuple(dict.fromkeys(edits)))] if edits else []


def _dynamic(event: LibraryCall, node: ast.expr, function: str, library: str) -> list[Edit]:
    """Return the edit that asks for a size, or all sizes, when the program runs: `x.shape[0]`, `x.shape`."""
    unit = event.unit
    one = isinstance(node, ast.Subscript)
    shape = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(shape, ast.Call) and isinstance(shape.func, ast.Attribute) and shape.func.attr == "as_list":
        shape = shape.func.value
    if isinstance(shape, ast.Call) and isinstance(shape.func, ast.Attribute) and shape.func.attr == "get_shape":
        tensor = shape.func.value
    elif isinstance(shape, ast.Attribute) and shape.attr == "shape":
        tensor = shape.value
    else:
        return []
    text = f"{function}({unit.source(tensor)})"
    if isinstance(node, ast.Subscript) and event.name.startswith("operator.") and library == "tensorflow":
        home = function.partition(".")[0]
        dtype = next((value.dtype for _, value in tensors(event)), "float32")
        return [replace(unit, node, f"{home}.cast({text}[{unit.source(node.slice)}], {home}.{dtype})")]
    if isinstance(node, ast.Subscript):
        return [replace(unit, node, f"{text}[{unit.source(node.slice)}]")]
    # A tensor is not to be unpacked while a graph is traced.
    home = function.partition(".")[0]
    return [replace(unit, node, text if library == "keras" or one else f"{home}.unstack({text})")]


def _assigned(event: LibraryCall, name: ast.Name) -> ast.expr | None:
    """Return what a name was last assigned above a call: the whole, where it is one of several names."""
    found: list[ast.Assign] = []
    for node in ast.walk(event.unit.tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or node.lineno >= name.lineno:
            continue
        if function_of(event.unit, node) is not function_of(event.unit, name):
            continue
        target = node.targets[0]
        names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        if any(isinstance(item, ast.Name) and item.id == name.id for item in names):
            found.append(node)
    return max(found, key=lambda node: node.lineno).value if found else None
