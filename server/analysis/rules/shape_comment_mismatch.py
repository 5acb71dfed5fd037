"""shape-comment-mismatch: a comment behind an assignment names a shape that the value does not have.

No event says what a name is bound to: the findings are read off the facts, when all are there.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..interpreter.comments import comment_dims, shape_comments
from ..interpreter.events import LibraryCall
from ..report import Diagnostic, Fact
from ..source.unit import Unit
from ..values import TensorValue
from ..values.render import spec_text
from ..values.tensors import TENSOR_KINDS
from .base import Rule, Sentence


def judge(event: LibraryCall) -> Sentence | None:
    """Take no event."""
    return None


def judged(unit: Unit, facts: Iterable[Fact]) -> tuple[Diagnostic, ...]:
    """Compare the comments behind assignments with what was assigned."""
    by_span = {fact.span: fact for fact in facts}
    out: list[Diagnostic] = []
    for target, comment, span in shape_comments(unit):
        fact = by_span.get(unit.span(target))
        dims = comment_dims(*comment)
        if fact is None or dims is None or fact.kind not in TENSOR_KINDS or fact.dtype is None or fact.shape is None:
            continue
        shape = tuple(dim if isinstance(dim, int) else None for dim in fact.shape)
        problem = _problem(dims, shape)
        if problem is not None:
            value = TensorValue(kind=fact.kind, dtype=fact.dtype, shape=shape)
            said = f"the comment says {comment[0]}{comment[1]}{')' if comment[0] == '(' else ']'}"
            message = f"`{target.id}` is {spec_text(value)}, {said}: {problem}"
            out.append(Diagnostic(unit.path, span, RULE.name, RULE.severity, message))
    return tuple(out)


def _problem(dims: list[str], shape: tuple[int | None, ...]) -> str | None:
    if "..." in dims or "*" in dims:
        return None
    if len(dims) != len(shape):
        # A vector of that many numbers: the comment says what each of them is.
        return None if shape in ((len(dims),), (None,)) else f"rank {len(dims)}, not {len(shape)}"
    sizes: dict[str, int] = {}
    for name, dim in zip(dims, shape, strict=True):
        if dim is None:
            continue
        if name.isdecimal() and int(name) != dim:
            return f"{name} ≠ {dim}"
        if name.isidentifier() and name != "None" and sizes.setdefault(name, dim) != dim:
            return f"{name} is both {sizes[name]} and {dim}"
    return None


RULE = Rule(
    "shape-comment-mismatch",
    "A comment names another shape than the value has.",
    judge,
    refusals=False,
    severity="warning",
)
