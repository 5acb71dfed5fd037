"""Where the shape was decided that does not fit: back through the calls that handed it on.

A `Dense` fails, and a `Reshape` ten lines further up is what is wrong. The way of a tensor is followed as long as what went into
a call had the same rank, or the same size at that axis; the call that first gave it decided it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable

from ..fixes.way import Step, way
from ..interpreter.events import LibraryCall, tensors
from ..report import Related
from ..values import Heap, TensorValue, Value
from ..values.base import Shape
from ..values.render import text

Trait = Callable[[TensorValue], Hashable]


def rank(value: TensorValue) -> Hashable:
    """Return the rank of a tensor."""
    return None if value.shape is None else len(value.shape)


def size(axis: int) -> Trait:
    """Return what reads the size at an axis, counted from the end where it is negative."""

    def read(value: TensorValue) -> Hashable:
        if value.shape is None or not -len(value.shape) <= axis < len(value.shape):
            return None
        return (len(value.shape) if axis >= 0 else 0, value.shape[axis])

    return read


def differing(a: Shape, b: Shape) -> int | None:
    """Return the first axis from the end at which two shapes do not broadcast; None where there is none."""
    for back in range(1, min(len(a or ()), len(b or ())) + 1):
        x, y = (a or ())[-back], (b or ())[-back]
        if isinstance(x, int) and isinstance(y, int) and x != y and 1 not in (x, y):
            return -back
    return None


def decided(event: LibraryCall, value: Value, trait: Trait) -> tuple[Related, ...]:
    """Return the call that gave a value the trait by which it does not fit."""
    return first_with(way(event, value), trait)


def divergence(event: LibraryCall) -> tuple[Related, ...]:
    """Return the calls that gave two operands the sizes that do not fit; of what is reshaped, the one that gave its last size."""
    found = tensors(event)
    if len(found) == 1 and event.name.lower().endswith(("reshape", "reshape.__call__")):
        return decided(event, found[0][0].value, size(-1))
    axis = differing(found[0][1].shape, found[1][1].shape) if len(found) == 2 else None
    if axis is None:
        return ()
    return tuple(item for argument, _ in found for item in decided(event, argument.value, size(axis)))


def first_with(steps: Iterable[Step], trait: Trait) -> tuple[Related, ...]:
    """Return the first of these calls, the nearest of which comes first here, whose result has the trait of the last."""
    wanted: Hashable = None
    for nearest, step in zip(itertools.chain([True], itertools.repeat(False)), steps, strict=False):
        if step.output is None:
            return ()
        wanted = trait(step.output) if wanted is None else wanted
        if wanted is None or trait(step.output) != wanted:
            return ()
        if any(trait(given) == wanted for given in step.inputs):
            continue
        plain = nearest and not step.inputs  # where a tensor is made out of nothing is said anyway
        return () if step.location is None or plain else (Related(step.location, _says(step)),)
    return ()


def _says(step: Step) -> str:
    assert step.output is not None
    given = ", ".join(text(value, Heap()) for value in step.inputs)
    result = text(step.output, Heap())
    return f"{step.name} makes {result} of {given} here" if given else f"{step.name} gives {result} here"


__all__ = ["Trait", "decided", "differing", "divergence", "first_with", "rank", "size"]
