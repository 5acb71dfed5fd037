"""matmul-mismatch: the matrices of a product do not fit."""

from __future__ import annotations

from ..fixes.candidate import Candidate
from ..fixes.products import batch_candidates, flat_candidates, vector_candidates
from ..fixes.transpose import transpose_candidates
from ..fixes.written import size_candidates
from ..interpreter.events import Argument, LibraryCall, tensors
from ..report import Related
from ..values import Const, Heap, TensorValue
from ..values.base import Shape
from ..values.render import text
from .base import Rule, Sentence
from .decided import decided, size
from .words import about_shapes

#: (..., n, k) @ (..., k, m); each has `a` and `b` as its first two arguments.
PRODUCTS = frozenset(
    [
        "operator.matmul",
        "tensorflow.matmul",
        "numpy.matmul",
        "keras.ops.matmul",
        "keras.backend.dot",
        "tensorflow.linalg.matmul",
        "tensorflow.compat.v1.matmul",
        "numpy.dot",
        "ndarray.dot",
        "tensorflow.raw_ops.MatMul",
        "tensorflow.linalg.matvec",
    ]
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refused product of two tensors whose shapes are what does not fit."""
    if event.name not in PRODUCTS or not about_shapes(event):
        return None
    found = tensors(event)
    if len(found) != 2 or any(value.parts for _, value in found):
        return None  # of a RaggedTensor the library says more
    left, right = found[0][1], found[1][1]
    a, b = _effective(event, left, "a"), _effective(event, right, "b")
    why = _why(a, b)
    if why is None:
        return None
    said = f"{text(left, Heap())} × {text(right, Heap())}"
    turned = [name for name, shape, value in (("a", a, left), ("b", b, right)) if shape != value.shape]
    note = f", with {' and '.join(f'transpose_{name}' for name in turned)}" if turned else ""
    message = f"matmul: {why[0]}: {said}{note} ({why[1]})"
    related = (*_decided(event, found[0], a, -1), *_decided(event, found[1], b, -2)) if "inner" in why[0] else ()
    candidates = transpose_candidates(event, *found)
    if "vector" in why[0]:
        candidates = vector_candidates(event, *found)
    elif "inner" in why[0]:
        candidates = (
            *candidates,
            *flat_candidates(event, found[0], found[1]),
            *_sizes(event, found[0], a, found[1], b),
        )
    elif len(a or ()) > 2:
        turns = (_is_turned(event, "a"), _is_turned(event, "b"))
        candidates = (*candidates, *batch_candidates(event, found[0], found[1], turns))
    return Sentence(message, related, candidates)


def _sizes(
    event: LibraryCall, left: tuple[Argument, TensorValue], a: Shape, right: tuple[Argument, TensorValue], b: Shape
) -> list[Candidate]:
    """Return the edits that make a factor of another size, the second one first."""
    assert a is not None
    assert b is not None
    out: list[Candidate] = []
    for (argument, value), effective, axis, wanted in ((right, b, -2, a[-1]), (left, a, -1, b[-2])):
        written = -3 - axis if effective != value.shape else axis
        out += size_candidates(event, argument.value, value, written, wanted, 6 + len(out))
    return out


def _decided(
    event: LibraryCall, factor: tuple[Argument, TensorValue], effective: Shape, axis: int
) -> tuple[Related, ...]:
    """Return the call that gave a factor the inner dimension, where that is another than the one that made it."""
    argument, value = factor
    turned = effective != value.shape
    return decided(event, argument.value, size(-3 - axis if turned else axis))


def _why(a: Shape, b: Shape) -> tuple[str, str] | None:
    """Say what does not fit; None where the shapes known do not show it."""
    if a is None or b is None:
        return None
    if len(a) < 2 or len(b) < 2:
        return "a vector is no matrix", f"ranks {len(a)} and {len(b)}"
    if a[-1] is not None and b[-2] is not None and a[-1] != b[-2]:
        return "inner dimensions differ", f"{a[-1]} ≠ {b[-2]}"
    for x, y in zip(reversed(a[:-2]), reversed(b[:-2]), strict=False):
        if x is not None and y is not None and x != y and 1 not in (x, y):
            return "batch dimensions differ", f"{x} ≠ {y}"
    return "ranks differ", f"{len(a)} ≠ {len(b)}" if len(a) != len(b) else "the batch dimensions do not fit"


def _effective(event: LibraryCall, value: TensorValue, side: str) -> Shape:
    """Return a factor's shape with `transpose_a`, `adjoint_b` and their like applied."""
    if value.shape and _is_turned(event, side):
        return (*value.shape[:-2], *reversed(value.shape[-2:]))
    return value.shape


def _is_turned(event: LibraryCall, side: str) -> bool:
    """Say whether the call transposes a factor itself."""
    for position, keyword in (
        (2 if side == "a" else 3, f"transpose_{side}"),
        (4 if side == "a" else 5, f"adjoint_{side}"),
    ):
        argument = next((item for item in event.arguments if item.keyword == keyword), None)
        if argument is None and event.name.startswith("tensorflow.matmul"):
            argument = event.argument(position)
        if argument is not None and isinstance(argument.value, Const) and argument.value.value:
            return True
    return False


RULE = Rule("matmul-mismatch", "The matrices of a product do not fit.", judge)
