"""The module `functools`, and the callables that `operator` makes; decorators are followed elsewhere."""

from __future__ import annotations

from ...values import Const, Partial, Symbol, TupleValue, Unknown, Value
from .registry import StandardCall, models


@models("functools.partial")
def _partial(call: StandardCall) -> Value | None:
    if not call.args or isinstance(call.args[0], Unknown):
        return None
    return Partial(call.args[0], call.args[1:], call.kwargs)


@models("operator.itemgetter", "operator.attrgetter", "operator.methodcaller")
def _getter(call: StandardCall) -> Value | None:
    if not call.args or (call.name != "operator.methodcaller" and call.kwargs):
        return None
    return Partial(Symbol(name=f"{call.name}.__call__", kind="function"), (TupleValue(call.args),), call.kwargs)


@models("operator.itemgetter.__call__")
def _items(call: StandardCall) -> Value | None:
    from ..subscripts import item_of

    if len(call.args) != 2 or not isinstance(call.args[0], TupleValue):
        return None
    found = [item_of(call.interp, call.frame, call.args[1], index) for index in call.args[0].items]
    return found[0] if len(found) == 1 else TupleValue(tuple(found))


@models("operator.attrgetter.__call__")
def _attributes(call: StandardCall) -> Value | None:
    from ..attributes import attribute

    if len(call.args) != 2 or not isinstance(call.args[0], TupleValue):
        return None
    found: list[Value] = []
    for name in call.args[0].items:
        if not isinstance(name, Const) or not isinstance(name.value, str):
            return None
        value = call.args[1]
        for part in name.value.split("."):
            value = attribute(call.interp, call.frame, value, part)
        found.append(value)
    return found[0] if len(found) == 1 else TupleValue(tuple(found))
