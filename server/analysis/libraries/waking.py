"""Layers inside of models: a model that has been called has built them, though they were not called themselves."""

from __future__ import annotations

from collections.abc import Hashable

from ..values import Heap, LibraryObject, Ref
from . import keras_hooks
from .keras_hooks import variables_of
from .query import Query, leaves
from .reify import Reifier
from .session import Session
from .standins import CannotReifyError, ContentNeeded
from .stateful import object_fingerprint


def wake(query: Query, heap: Heap, session: Session) -> Hashable:
    """Let an object that is asked something be what the objects around it have made of it; returns what it is by now.

    A model that is not alive (what its calls gave was remembered) is made again by its recipe, and builds its layers.
    """
    receiver = query.args[0] if query.form in ("object", "attribute") and query.args else None
    item = heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(receiver, Ref) or not isinstance(item, LibraryObject) or item.life != "kept":
        return None
    for address, owner in list(heap.objects.items()):
        if isinstance(owner, LibraryObject) and owner.history and owner.life == "kept" and address != receiver.address:
            if session.alive(address, heap) is None and _holds(owner, receiver, heap):
                try:
                    with keras_hooks.without_memory():
                        Reifier(heap, session).reify(Ref(address))
                except (CannotReifyError, ContentNeeded):
                    continue
    made = session.alive(receiver.address, heap)
    if made is None:
        return None
    return (object_fingerprint(made), tuple(bool(getattr(item, "trainable", True)) for item in variables_of(made)))


def _holds(owner: LibraryObject, part: Ref, heap: Heap) -> bool:
    """Say whether an object was made of another one."""
    values = (*owner.args, *(value for _, value in owner.kwargs))
    added = [value for _, args, _ in owner.history for value in args]
    return any(isinstance(leaf, Ref) and leaf.address == part.address for leaf in leaves((*values, *added), heap))
