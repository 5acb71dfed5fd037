"""Insert or remove a transposition: drop `tf.transpose`, say `transpose_b=True`, or wrap an operand."""

from __future__ import annotations

import ast

from ..interpreter.events import Argument, LibraryCall, name_of
from ..report import Edit
from ..values import Const, TensorValue
from .candidate import Candidate, insert_after, remove_keyword, replace, tensorflow, wrap

Operand = tuple[Argument, TensorValue]


def transpose_candidates(event: LibraryCall, left: Operand, right: Operand) -> tuple[Candidate, ...]:
    """Return the transpositions of either operand, the simplest first."""
    out: list[Candidate] = []
    for rank, (letter, operand) in enumerate((("b", right), ("a", left))):
        argument, value = operand
        if argument.node is None:
            continue
        dropped = _dropped(event, argument)
        if dropped is not None:
            out.append(Candidate(f"Drop the transpose of `{dropped[0]}`", (dropped[1],), rank))
        flipped = _flag(event, letter)
        if flipped is not None:
            out.append(Candidate(flipped[0], (flipped[1],), 2 + rank))
        wrapped = _wrapped(event, argument, value)
        if wrapped is not None:
            out.append(Candidate(f"Transpose `{name_of(event, argument)}`", wrapped, 4 + rank))
    return tuple(out)


def _dropped(event: LibraryCall, argument: Argument) -> tuple[str, Edit] | None:
    """Undo a transposition that the operand is: `tf.transpose(b)`, `b.T`."""
    node = argument.node
    inner: ast.expr | None = None
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        inner = node.value
    elif isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("transpose", "matrix_transpose"):
            inner = node.args[0]
            if not isinstance(inner, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)):
                return None
    if inner is None or node is None:
        return None
    return event.unit.source(inner), replace(event.unit, node, event.unit.source(inner))


def _flag(event: LibraryCall, letter: str) -> tuple[str, Edit] | None:
    """Set, or take back, `transpose_a` or `transpose_b`."""
    if (
        not event.name.startswith("tensorflow.")
        or event.name.endswith(("matvec", "tensordot"))
        or not isinstance(event.node, ast.Call)
    ):
        return None
    keyword = f"transpose_{letter}"
    for argument in event.arguments:
        if argument.keyword == keyword and argument.node is not None and isinstance(argument.value, Const):
            if not argument.value.value:
                return f"Set {keyword}=True", replace(event.unit, argument.node, "True")
            return f"Drop {keyword}=True", remove_keyword(event.unit, event.node, keyword)
    if len([argument for argument in event.arguments if argument.keyword is None]) > 2:
        return None
    last = event.arguments[-1].node
    return None if last is None else (f"Add {keyword}=True", insert_after(event.unit, last, f", {keyword}=True"))


def _wrapped(event: LibraryCall, argument: Argument, value: TensorValue) -> tuple[Edit, ...] | None:
    """Wrap an operand: `tf.transpose(b)`, for an array of rank 2 `b.T`."""
    node = argument.node
    if node is None or value.shape is None or len(value.shape) < 2:
        return None
    if event.name.endswith("matmul") and event.name.startswith("tensorflow.") and isinstance(event.node, ast.Call):
        return None  # transpose_a and transpose_b say it better
    if value.is_numpy:
        if len(value.shape) != 2 or not isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            return None
        return (insert_after(event.unit, node, ".T"),)
    library, imports = tensorflow(event)
    function = "transpose" if len(value.shape) == 2 else "linalg.matrix_transpose"
    return (*imports, *wrap(event.unit, node, f"{library}.{function}(", ")"))
