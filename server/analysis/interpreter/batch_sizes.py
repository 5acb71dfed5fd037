"""The sizes that batches come in where the examples are counted: the last batch may be a smaller one.

A loop, and a step of training, is followed with a batch of any size first. What it does with a batch of each size that comes
for certain is followed after that, in a world of its own: of it, only what is refused is told.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..libraries.outcome import Refused
from ..libraries.query import Query
from ..values import Const, DatasetValue, Ref, TensorValue, Value, elements
from ..values.dims import replaced, symbols
from ..values.standard import IteratorObject
from .alternatives import Recorder
from .core import Frame, Interpreter

if TYPE_CHECKING:
    from .batches import Batches

_BATCH = "batch"
#: Methods that pass batches on as they are, or give one thing for each: all sizes stay those that come.
_KEEPING = frozenset(["map", "prefetch", "cache", "shuffle", "with_options", "enumerate", "repeat"])

_BRANCHING = re.compile(r"\.(cond|case|switch_case|switch|while_loop|vectorized_map|map_fn|scan|fori_loop)$")


def sizes(count: int | None, size: int) -> tuple[int, ...]:
    """Return the sizes of the first and of the last batch of so many examples."""
    if count is None or count < 1 or size < 1:
        return ()
    return tuple(dict.fromkeys((min(size, count), count % size or size)))


def after(receiver: DatasetValue, name: str, query: Query) -> tuple[int, ...]:
    """Return the sizes of batches that a data set yields for certain which a method has made of another one."""
    if name in _KEEPING:
        return receiver.sizes
    given = query.args[1] if len(query.args) > 1 else dict(query.kwargs).get("batch_size")
    if name != "batch" or not isinstance(given, Const) or type(given.value) is not int:
        return ()
    nested = receiver.element is None or any(
        one.name == _BATCH
        for part in elements.tensors(receiver.element)
        for dim in part.shape or ()
        for one in symbols(dim)
    )
    return () if nested else sizes(receiver.cardinality, given.value)


def sized(interp: Interpreter, value: Value, size: int) -> Value:
    """Return an element with this size for the one that differs from batch to batch."""
    from .batches import each

    def change(part: Value) -> Value:
        if not isinstance(part, TensorValue) or part.shape is None:
            return part
        new = {one: size for dim in part.shape for one in symbols(dim) if one.name == _BATCH and one.value is None}
        return dataclasses.replace(part, shape=tuple(replaced(dim, new) for dim in part.shape)) if new else part

    return each(interp, value, change)


def follow_loop(interp: Interpreter, frame: Frame, node: ast.For | ast.AsyncFor, iterable: Value) -> None:
    """Follow the body of a loop over all of a data set with batches of the sizes that come for certain."""
    from .sequences import iterate
    from .statements import bind

    source = _source(interp, iterable)
    if source is None or interp.mode(frame) != "eager":
        return
    for size in source.sizes:

        def run(size: int = size) -> None:
            _, element = iterate(interp, frame, iterable, node.iter)
            bind(interp, frame, node.target, sized(interp, element, size))
            interp.execute_block(frame, node.body)

        once_more(interp, frame, run, f"in a batch of {size}")


def follow_step(interp: Interpreter, frame: Frame, step: Callable[[Batches], object], data: Batches) -> None:
    """Follow a step that the program has written on batches of these sizes: what is traced for any size runs with them."""
    for size in data.sizes:
        batch = data.of_size(interp, size)
        if batch is not None:
            once_more(interp, frame, functools.partial(step, batch), f"in a batch of {size}", traced=True)


def once_more(interp: Interpreter, frame: Frame, run: Callable[[], object], note: str, traced: bool = False) -> None:
    """Follow something that has been followed already, under another condition: only what is refused for certain counts.

    traced: whether it is traced with an open size, in reality.
    """
    heap, listeners, tables, raised = interp.heap, interp.listeners, interp.tables, interp.raised
    called, calls, pending = set(interp.called), dict(interp.calls), list(interp.pending)
    kept = dataclasses.replace(frame, returns=list(frame.returns))
    recorder = Recorder()
    interp.heap, interp.listeners, interp.tables = heap.fork(), [recorder], {}
    interp.repeats += 1
    try:
        run()
        # A graph is traced once for all sizes: of its branches, those of another size are never taken.
        branching = traced and any(_BRANCHING.search(event.name) for event in recorder.events)
        for event in () if branching else recorder.events:
            if isinstance(event.outcome, Refused) and not event.guessed:
                for listener in listeners:
                    listener.library_call(dataclasses.replace(event, note=note))
    finally:
        interp.repeats -= 1
        interp.heap, interp.listeners, interp.tables, interp.raised = heap, listeners, tables, raised
        interp.called, interp.calls, interp.pending = called, calls, pending
        frame.returns, frame.uncertain, frame.conditional = kept.returns, kept.uncertain, kept.conditional


def _source(interp: Interpreter, value: Value) -> DatasetValue | None:
    """Return the data set that a loop goes through from its beginning, `enumerate` around it or not."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, IteratorObject) and item.kind == "enumerate" and item.args:
        return _source(interp, item.args[0])
    return value if isinstance(value, DatasetValue) else None
