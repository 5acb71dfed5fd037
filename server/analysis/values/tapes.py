"""Gradient tapes on the heap: what they watch, and what may still be asked of them."""

from __future__ import annotations

from dataclasses import dataclass

from .heap import HeapObject


@dataclass(frozen=True, slots=True)
class TapeObject(HeapObject):
    """A `tf.GradientTape`, or (forward) a `tf.autodiff.ForwardAccumulator`: it watches its primals from the start.

    key: what traces call it; `reset` gives it another. watched, may: the tensors that were handed to `watch`, for sure
    and perhaps (None: any). accessed: it watches trainable variables that are read. used: whether it has given its
    one set of gradients. None for what nobody knows.
    """

    key: int = 0
    persistent: bool | None = False
    accessed: bool | None = True
    watched: frozenset[int] = frozenset()
    may: frozenset[int] | None = frozenset()
    recording: bool = True
    used: bool | None = False
    forward: bool = False


def join_tapes(first: TapeObject, second: TapeObject) -> TapeObject | None:
    """Return a tape as two paths have left it; None where one of them has reset it."""
    if first.key != second.key:
        return None

    def same(a: bool | None, b: bool | None) -> bool | None:
        return a if a == b else None

    if first.recording != second.recording:
        return None
    return TapeObject(
        first.key,
        same(first.persistent, second.persistent),
        same(first.accessed, second.accessed),
        first.watched & second.watched,
        None if first.may is None or second.may is None else first.may | second.may,
        first.recording,
        same(first.used, second.used),
        first.forward,
    )
