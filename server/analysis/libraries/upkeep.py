"""Objects of Keras that the program changes beside calls: attributes that are set, layers that learn from data."""

from __future__ import annotations

import dataclasses
from typing import Any

import tensorflow as tf

from ..values import Const, Heap, LibraryObject, ListObject, Ref, TupleValue, Unknown, Value
from ..values.fresh import freeze
from ..values.heap import UnknownObject
from . import global_state, keras_hooks, remaking
from .outcome import CallbackUnknown
from .reify import Reifier
from .remaking import SETTING, VAGUELY
from .session import Session
from .standins import CannotReifyError, ContentNeeded


def is_built(receiver: Ref, heap: Heap, session: Session) -> bool:
    """Say whether a layer or a model is built: whether calls of it still change what it is made of."""
    try:
        with global_state.applied(heap), keras_hooks.without_memory():
            made = Reifier(heap, session).reify(receiver)
    except (CannotReifyError, ContentNeeded):
        return False
    return bool(getattr(made, "built", False))


def set_setting(receiver: Ref, name: str, value: Value, heap: Heap, session: Session) -> None:
    """Set an attribute of a layer or a model that decides what it is (`trainable`): part of its recipe from here on."""
    item = heap.get(receiver.address)
    steps: list[Value] = []
    while isinstance(item, LibraryObject) and item.life == "inner" and item.args and isinstance(item.args[0], Ref):
        path = TupleValue(tuple(Const(step) for step in item.path))
        steps.insert(0, TupleValue((Const(item.form), Const(item.maker), TupleValue(item.args[1:]), path)))
        receiver = item.args[0]
        item = heap.get(receiver.address)
    if not isinstance(item, LibraryObject):
        return
    try:
        with global_state.applied(heap), keras_hooks.without_memory():
            made = Reifier(heap, session).reify(receiver)
    except (CannotReifyError, ContentNeeded):
        heap.put(receiver.address, UnknownObject(f"its attribute {name} is set"))
        return
    entry = (SETTING, (Const(name), value, *steps), ())
    changed = dataclasses.replace(item, history=(*item.history, entry))
    try:
        with global_state.applied(heap):
            remaking.repeat_call(Reifier(heap, session), made, entry)
    except Exception:
        session.live.pop(receiver.address, None)
        heap.put(receiver.address, UnknownObject(f"its attribute {name} is set"))
        return
    heap.put(receiver.address, changed)
    session.keep(receiver.address, changed, made)


def adapt(receiver: Ref, name: str, data: Value, heap: Heap, session: Session, *, vaguely: bool) -> None:
    """Let a preprocessing layer learn from data; vaguely, where they are an example in the place of the program's.

    Then a layer whose outputs are as wide as its vocabulary is lost.
    """
    item = heap.get(receiver.address)
    if not isinstance(item, LibraryObject) or item.life == "inner":
        heap.put(receiver.address, UnknownObject(f"{name} of a part of another object"))
        return
    entry = (VAGUELY if vaguely else name, (freeze(data, heap),), ())
    try:
        with global_state.applied(heap), keras_hooks.without_memory():
            made = Reifier(heap, session).reify(receiver)
            remaking.repeat_call(Reifier(heap, session), made, entry)
    except CallbackUnknown:
        if not vaguely:
            adapt(receiver, name, data, heap, session, vaguely=True)
        else:
            session.live.pop(receiver.address, None)
            heap.put(receiver.address, UnknownObject(f"{name} calls a function of the program"))
        return
    except (CannotReifyError, ContentNeeded, Exception):
        session.live.pop(receiver.address, None)
        heap.put(receiver.address, UnknownObject(f"{name} is not followed here"))
        return
    mode = getattr(made, "output_mode", None) or getattr(made, "_output_mode", None) or "int"
    if vaguely and mode != "int" and not _as_wide_as_said(made):
        heap.put(receiver.address, UnknownObject("as wide as a vocabulary that is not known"))
        return
    changed = dataclasses.replace(item, history=(*item.history, entry))
    heap.put(receiver.address, changed)
    session.keep(receiver.address, changed, made)


def told(receiver: Ref, name: str, heap: Heap, session: Session) -> Value:
    """Return what a layer says of its vocabulary: outside of graphs, where that is a number or a list of texts."""
    try:
        with global_state.applied(heap), keras_hooks.without_memory():
            made = Reifier(heap, session).reify(receiver)
            with tf.init_scope():
                found = getattr(made, name)()
    except (CannotReifyError, ContentNeeded, CallbackUnknown, Exception):
        return Unknown(f"what {name} gives is not known")
    if isinstance(found, (list, tuple)):
        return Ref(heap.allocate(ListObject(tuple(Const(part) for part in found if isinstance(part, (str, int))))))
    return Const(found) if type(found) in (int, str) else Unknown(f"what {name} gives is not known")


def _as_wide_as_said(made: Any) -> bool:
    """Say whether the outputs of a layer are as wide as its settings say, whatever it has learned."""
    if hasattr(made, "num_bins"):
        return getattr(made, "num_bins", None) is not None
    lookup = getattr(made, "_lookup_layer", made)
    return bool(getattr(lookup, "pad_to_max_tokens", False)) and getattr(lookup, "max_tokens", None) is not None
