"""merge-mismatch: the inputs of a merging layer, or of a skip connection, do not fit."""

from __future__ import annotations

import re

from ..fixes.merge import Pair, axis_of, merge_candidates
from ..interpreter.events import LibraryCall, tensors
from ..report import Related
from ..values import Heap
from ..values.base import Shape
from ..values.render import text
from .base import Rule, Sentence
from .decided import decided, rank, size
from .words import about_shapes, label, library_words, specs

_JOINING = re.compile(r"(^|\.)(Concatenate\.__call__|layers\.concatenate|ops\.concatenate)$")
_MERGING = re.compile(
    r"(^|\.)((Add|Subtract|Multiply|Average|Maximum|Minimum)\.__call__|"
    r"layers\.(add|subtract|multiply|average|maximum|minimum)|operator\.(add|sub|mul|truediv)|"
    r"ops\.(add|subtract|multiply|maximum|minimum))$"
)
_DOT = re.compile(r"(^|\.)(Dot\.__call__|layers\.dot)$")


def judge(event: LibraryCall) -> Sentence | None:
    """Take the refusal of tensors that are to be merged."""
    joining, merging = _JOINING.search(event.name), _MERGING.search(event.name)
    if not (joining or merging or _DOT.search(event.name)) or event.training is not None or not about_shapes(event):
        return None
    given = tensors(event)
    if len(given) < 2 or (".layers." not in event.name and any(value.kind != "KerasTensor" for _, value in given)):
        return None
    name = label(event)
    if not joining and not merging:
        return Sentence(f"{name}: {library_words(event)} ({specs(event, ', ')})", _both(event, 0, 1, None))
    axis = axis_of(event) if joining else None
    pair = _pair(event, axis if joining else None, bool(joining))
    if pair is None:
        return Sentence(f"{name}: {library_words(event)} ({specs(event, ', ')})")
    left, right = given[pair.left][1], given[pair.right][1]
    said = f"{text(left, Heap())} and {text(right, Heap())}"
    if pair.axis is None:
        ranks = f"ranks {len(left.shape or ())} and {len(right.shape or ())}"
        message = f"{name}: inputs of different rank: {said} ({ranks})"
    else:
        assert left.shape is not None
        assert right.shape is not None
        beside = f", which is not the axis {axis} that is joined" if joining and axis is not None else ""
        message = f"{name}: inputs differ at axis {pair.axis}: {said} ({left.shape[pair.axis]} ≠ {right.shape[pair.axis]}{beside})"
    related = _both(event, pair.left, pair.right, pair.axis)
    return Sentence(message, related, merge_candidates(event, pair, bool(joining)))


def _pair(event: LibraryCall, axis: int | None, joining: bool) -> Pair | None:
    """Return the first two inputs that do not fit, and the axis, counted from the end, at which they do not."""
    shapes = [value.shape for _, value in tensors(event)]
    for right in range(1, len(shapes)):
        found = _differ(shapes[0], shapes[right], axis, joining)
        if found is not None:
            return Pair(0, right, None if found == 0 else found)
    return None


def _differ(a: Shape, b: Shape, axis: int | None, joining: bool) -> int | None:
    """Return the axis at which two shapes do not fit; 0 for their ranks, None where they fit."""
    if a is None or b is None:
        return None
    if joining and len(a) != len(b):
        return 0
    where = None if axis is None else axis - len(a) if axis >= 0 else axis
    for back in range(1, min(len(a), len(b)) + 1):
        x, y = a[-back], b[-back]
        if not (isinstance(x, int) and isinstance(y, int)) or x == y or -back == where:
            continue
        if joining or 1 not in (x, y):
            return -back
    return None


def _both(event: LibraryCall, left: int, right: int, axis: int | None) -> tuple[Related, ...]:
    given = tensors(event)
    trait = rank if axis is None else size(axis)
    found = [item for at in (left, right) for item in decided(event, given[at][0].value, trait)]
    return tuple(dict.fromkeys(found))


RULE = Rule("merge-mismatch", "The inputs of a merging layer do not fit.", judge)
