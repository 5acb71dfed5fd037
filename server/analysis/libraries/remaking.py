"""Objects of a library that are made again: by their constructor and what has changed them since, or by their recipe."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import Heap, LibraryObject, Ref, Value
from . import keras_files, keras_hooks, symbols
from .standins import CannotReifyError

if TYPE_CHECKING:
    from .reify import Reifier

#: Stands in a history for an attribute that was set.
SETTING = "="
#: Stands there for data that a layer has learned from, of which an example of their spec is kept.
VAGUELY = "adapt to data like"
LEARNING = {"adapt": "adapt", "set_vocabulary": "set_vocabulary", VAGUELY: "adapt"}


def library_object(reifier: Reifier, address: int, item: LibraryObject) -> Any:
    """Return the live object of a recipe, made anew where it is not alive (always, in eager style)."""
    if item.life != "kept":
        return _by_recipe(reifier, address, item)
    if reifier.style == "graph":
        kept = reifier.session.alive(address, reifier.heap)
        if kept is not None:
            return kept
    made = replayed(reifier, item)
    if reifier.style == "graph":
        reifier.session.keep(address, item, made)
    return made


def replayed(reifier: Reifier, item: LibraryObject) -> Any:
    """Return an object made by its recipe, with the calls repeated that have changed it."""
    tensors = list(reifier.tensors)
    try:
        made = construct(reifier, item)
        _repeat(reifier, made, item)
    except Exception as error:
        # It was made before: that it cannot be made again says nothing of the program.
        raise CannotReifyError(f"{item.symbol} could not be made again") from error
    finally:
        reifier.tensors = tensors
    return made


def _repeat(reifier: Reifier, made: Any, item: LibraryObject) -> None:
    with contextlib.ExitStack() as stack:
        if reifier.style == "graph" and item.history:
            # As the calls were made the first time: placeholders stand in a graph of their own.
            stack.enter_context(FuncGraph("replay").as_default())
            stack.enter_context(keras_hooks.without_memory())
        for entry in item.history:
            repeat_call(reifier, made, entry)


def repeat_call(
    reifier: Reifier, made: Any, entry: tuple[str, tuple[Value, ...], tuple[tuple[str, Value], ...]]
) -> None:
    """Repeat what has changed an object: a call, or an attribute of it (or of one of its parts) that was set."""
    method, args, kwargs = entry
    if method in LEARNING:
        # From real data, and outside of graphs: a table is made of it.
        from .reify import Reifier

        with tf.init_scope():
            real = Reifier(reifier.heap, reifier.session, style="eager")
            data, options = real.call(args, kwargs)
            if method == VAGUELY and hasattr(made, "set_vocabulary"):
                # No text of an example goes through functions of the program (`standardize`).
                made.set_vocabulary([1] if "int" in str(getattr(made, "vocabulary_dtype", "")) else ["a"])
            else:
                getattr(made, LEARNING[method])(*data, **options)
        return
    real_args, real_kwargs = reifier.call(args, kwargs)
    if method != SETTING:
        getattr(made, method)(*real_args, **real_kwargs)
        return
    name, value, *steps = real_args
    for form, maker, arguments, path in steps:
        made = getattr(made, maker) if form == "attribute" else getattr(made, maker)(*arguments)
        for step in path:
            made = made[step]
    setattr(made, name, value)


def _by_recipe(reifier: Reifier, address: int, item: LibraryObject) -> Any:
    """Return one of the objects of `recipes`: once for each call that is asked about, a table once for all."""
    from .recipes import rebuild
    from .reify import Reifier

    if item.life == "inner":
        made = rebuild(reifier, item)
        if item.history and not getattr(made, "built", True):
            _repeat(reifier, made, item)
        return made
    if item.life == "rebuilt":
        if address not in reifier.rebuilt:
            reifier.rebuilt[address] = rebuild(reifier, item)
        return reifier.rebuilt[address]
    kept = reifier.session.alive(address, reifier.heap) if reifier.style == "graph" else None
    if kept is None:
        with tf.init_scope():
            real = reifier if reifier.style == "eager" else Reifier(reifier.heap, reifier.session, style="eager")
            kept = rebuild(real, item)
        if reifier.style == "graph":
            reifier.session.keep(address, item, kept)
    return kept


def construct(reifier: Reifier, item: LibraryObject) -> Any:
    """Call the constructor of a recipe."""
    entry = symbols.resolve(item.symbol)
    if entry is None:
        raise CannotReifyError(f"{item.symbol} is not a public class")
    before, reifier.callback = reifier.callback, reifier.callback or reifier.session.function_stub
    try:
        args, kwargs = reifier.call(item.args, item.kwargs)
    finally:
        reifier.callback = before
    with keras_files.without_files():
        if reifier.style == "graph":
            with keras_hooks.without_memory():
                return entry.object(*args, **kwargs)
        return entry.object(*args, **kwargs)


def is_vague(value: Value, heap: Heap) -> bool:
    """Say whether a value is a layer that has learned from an example in the place of the program's data."""
    item = heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, LibraryObject) and any(entry[0] == VAGUELY for entry in item.history)


def has_learned(value: Value, heap: Heap) -> bool:
    """Say whether a value is a layer that has learned from data: its weights have no memory here, and hold nothing of them."""
    item = heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, LibraryObject) and any(entry[0] in LEARNING for entry in item.history)
