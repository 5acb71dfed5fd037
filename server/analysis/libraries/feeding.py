"""What is fed to a session: arrays of the right shape and dtype, made of what is known of the values of a `feed_dict`.

A session converts what it is fed with NumPy, so the stand-ins here are real arrays: zeros where the content is not known, and
views of one element where they would be large. Dims that are not known are kept beside the array.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from ..values import Const, DictObject, Ref, Scalar, TensorValue, Value
from .query import Query, leaves
from .reify import Reifier
from .sessions import ProgramSession
from .standins import CannotReifyError

#: Elements that may be converted; more are a view of one.
MAX_ELEMENTS = 1_000_000
_ZEROS: dict[str, Any] = {"int": 0, "float": 0.0, "bool": False, "complex": 0j, "str": "", "bytes": b""}


def prepare(query: Query, reifier: Reifier) -> Callable[[], Any]:
    """Return a call that is made in the program's graph; what it feeds is made into arrays."""
    place = _place(query, reifier)
    if place is None:
        return query.prepare(reifier)
    receiver = reifier.reify(query.args[0])
    args, named = list(query.args[1:]), dict(query.kwargs)
    given = named.pop("feed_dict", None)
    if given is None and len(args) > place:
        given = args[place]
        args[place] = Const(None)
    session = _session(receiver, args, named, reifier)
    real_args, real_named = reifier.call(tuple(args), tuple(named.items()))
    if len(real_args) > place:
        del real_args[place:]
    known, feeds = _feeds(given, reifier)
    if session is not None:
        session.fed = known
    return functools.partial(getattr(receiver, query.name), *real_args, **real_named, feed_dict=feeds)


def _place(query: Query, reifier: Reifier) -> int | None:
    """Return where `feed_dict` stands among the arguments of a call that feeds; None for any other call."""
    if query.form != "method" or query.name not in ("run", "eval"):
        return None
    receiver = query.args[0]
    if isinstance(receiver, TensorValue):
        return 0 if query.name == "eval" and receiver.kind == "Tensor" else None
    made = reifier.reify(receiver)
    if isinstance(made, ProgramSession):
        return 1 if query.name == "run" else None
    return 0 if isinstance(made, tf.Operation) and query.name == "run" else None


def _session(receiver: Any, args: list[Value], named: dict[str, Value], reifier: Reifier) -> ProgramSession | None:
    """Return the session that will run."""
    if isinstance(receiver, ProgramSession):
        return receiver
    given = named.get("session", args[1] if len(args) > 1 else None)
    if given is not None and given != Const(None):
        found = reifier.reify(given)
    else:
        found = tf.compat.v1.get_default_session()
    return found if isinstance(found, ProgramSession) else None


def _feeds(given: Value | None, reifier: Reifier) -> tuple[dict[str, Any] | None, dict[Any, Any] | None]:
    """Return what is known of the shapes that are fed, by the names of tensors (None: not what is fed), and the feeds."""
    if given is None or given == Const(None):
        return {}, None
    item = reifier.heap.get(given.address) if isinstance(given, Ref) else None
    if not isinstance(item, DictObject) or item.items is None:
        return None, None
    known: dict[str, Any] = {}
    feeds: dict[Any, Any] = {}
    plain = True
    for key, value in item.items:
        target = reifier.reify(key)
        tensor = _named(target) if isinstance(target, str) else target
        if isinstance(tensor, tf.Tensor):
            feeds[target], known[tensor.name] = _fed(value, tensor, reifier)
        else:  # made of several tensors, or refused
            feeds[target], plain = reifier.reify(value), False
    return known if plain else None, feeds


def _named(name: str) -> Any:
    try:
        return tf.compat.v1.get_default_graph().as_graph_element(name)
    except (KeyError, ValueError, TypeError):
        return None


def _fed(value: Value, target: Any, reifier: Reifier) -> tuple[Any, Any]:
    """Return what stands for a value that is fed to a tensor, and what is known of its shape."""
    try:
        made = _stand_in(value, target, reifier)
    except CannotReifyError:
        made = None
    if made is None:
        return _anything(target), None
    if isinstance(made, tuple):
        return made
    if isinstance(made, tf.Tensor):
        return made, None  # is refused
    return made, np.shape(made)


def _stand_in(value: Value, target: Any, reifier: Reifier) -> Any:
    dtype = target.dtype.as_numpy_dtype
    if isinstance(value, Scalar):
        plain = np.issubdtype(dtype, np.number) == (value.type in ("int", "float", "bool", "complex"))
        return _ZEROS[value.type] if plain else None
    if isinstance(value, TensorValue) and value.is_numpy:
        value = reifier.heap.settled(value)
        if value.content is not None and value.content.array.size <= MAX_ELEMENTS:
            return Reifier(reifier.heap, reifier.session, style="numpy").reify(value)
        return _array(value, target)
    if isinstance(value, TensorValue):
        return reifier.reify(value)
    inside = [leaf for leaf in leaves((value,), reifier.heap) if isinstance(leaf, TensorValue)]
    if any(not leaf.fully_defined for leaf in inside) or sum(map(_size, inside)) > MAX_ELEMENTS:
        return None
    return Reifier(reifier.heap, reifier.session, style="numpy").reify(value)


def _array(value: TensorValue, target: Any) -> Any:
    """Return zeros of the shape of an array, in the dtype that it is converted to; and its dims."""
    if value.shape is None:
        return None
    numeric = value.dtype not in ("string", "variant", "resource")
    if numeric != (target.dtype != tf.string) or value.numpy_dtype is not None:
        return None
    static = target.shape.as_list() if target.shape.rank == len(value.shape) else [None] * len(value.shape)
    dims = tuple(dim if isinstance(dim, int) else None for dim in value.shape)
    sizes = tuple((other or 1) if dim is None else dim for dim, other in zip(dims, static, strict=True))
    zero = np.zeros((), object if target.dtype == tf.string else target.dtype.as_numpy_dtype)
    return np.broadcast_to(zero, sizes), dims


def _anything(target: Any) -> Any:
    """Return something that fits a tensor."""
    dims = target.shape.as_list() if target.shape.rank is not None else []
    zero = np.zeros((), object if target.dtype == tf.string else target.dtype.as_numpy_dtype)
    return np.broadcast_to(zero, [1 if dim is None else dim for dim in dims])


def _size(value: TensorValue) -> int:
    return math.prod(dim for dim in value.shape or () if isinstance(dim, int))
