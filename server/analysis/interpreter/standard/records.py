"""The module `dataclasses`: copies of instances."""

from __future__ import annotations

import dataclasses

from ...values import Const, InstanceObject, Ref, TupleValue, Value
from .registry import StandardCall, models


@models("dataclasses.replace")
def _replace(call: StandardCall) -> Value | None:
    from ..classes import class_attribute
    from ..instances import field_names

    first = call.args[0] if len(call.args) == 1 else None
    item = call.interp.heap.get(first.address) if isinstance(first, Ref) else None
    if not isinstance(item, InstanceObject) or item.cls is None or item.lost or item.maybe:
        return None
    fields, changes = field_names(call.interp, item.cls), dict(call.kwargs)
    own = any(class_attribute(call.interp, item.cls, name) is not None for name in ("__post_init__", "__init__"))
    if own or not set(changes) <= set(fields) or set(item.attributes) != set(fields):
        return None
    copy = dataclasses.replace(item, attributes={**item.attributes, **changes})
    return Ref(call.interp.heap.allocate(copy))


@models("dataclasses.astuple")
def _astuple(call: StandardCall) -> Value | None:
    from ..instances import field_names

    first = call.args[0] if len(call.args) == 1 and not call.kwargs else None
    item = call.interp.heap.get(first.address) if isinstance(first, Ref) else None
    if not isinstance(item, InstanceObject) or item.cls is None or item.lost or item.maybe:
        return None
    names = field_names(call.interp, item.cls)
    plain = all(isinstance(item.attributes.get(name), Const) for name in names)
    return TupleValue(tuple(item.attributes[name] for name in names)) if names and plain else None
