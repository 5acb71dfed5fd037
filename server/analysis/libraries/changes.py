"""Calls that change their receiver: noted on the heap, so that it can be made again as it is by then."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..values import Heap, LibraryObject, Ref, Value
from ..values.fresh import freeze
from ..values.histories import as_spec, settled_history
from . import keras_hooks, remaking
from .query import Kwargs, Query
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError, ContentNeeded
from .stateful import object_fingerprint, weight_specs


def note(query: Query, heap: Heap, session: Session, before: dict[int, Any]) -> None:
    """Note on the heap that a call has changed its receiver.

    before: the fingerprints of receivers before they were called; none of those whose calls were remembered.
    """
    receiver = query.args[0]
    if not isinstance(receiver, Ref):
        return
    item = heap.get(receiver.address)
    if isinstance(item, LibraryObject):
        alive = session.alive(receiver.address, heap)
        args, kwargs = frozen(query.args[1:], query.kwargs, heap)
        entry = (query.name, tuple(map(as_spec, args)), tuple((name, as_spec(arg)) for name, arg in kwargs))
        changed = dataclasses.replace(item, history=(*item.history, entry))
        changed = settled_history(changed)
        # Only where this very call was made on it; after a memo hit it is replayed when it is needed.
        was = before.get(receiver.address)
        changed_here = alive is not None and was is not None and object_fingerprint(alive) != was
        if changed.others:
            changed = _settled_by_weights(changed, alive if changed_here else None, heap, session)
        heap.put(receiver.address, changed)
        if changed_here:
            session.keep(receiver.address, changed, alive)


def _settled_by_weights(item: LibraryObject, made: Any, heap: Heap, session: Session) -> LibraryObject:
    """Return a layer after a call that has built it, where other paths have built it with the same weights.

    made: the live object, where the call was made on it.
    """
    reifier = Reifier(heap, session)
    try:
        with keras_hooks.without_memory():
            others = [
                remaking.replayed(reifier, dataclasses.replace(item, history=other)) for other in item.others or ()
            ]
            made = made or remaking.replayed(reifier, item)
    except (CannotReifyError, ContentNeeded):
        return item
    same = all(weight_specs(other) == weight_specs(made) for other in others)
    return dataclasses.replace(item, others=frozenset()) if same else item


def frozen(args: tuple[Value, ...], kwargs: Kwargs, heap: Heap) -> tuple[tuple[Value, ...], Kwargs]:
    """Return the arguments of a call as they are now."""
    return tuple(freeze(arg, heap) for arg in args), tuple((name, freeze(arg, heap)) for name, arg in kwargs)
