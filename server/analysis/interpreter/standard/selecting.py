"""The part of `itertools` that chooses, groups and repeats items: `takewhile`, `groupby`, `compress`, `tee` and their like."""

from __future__ import annotations

from ...values import Const, Ref, TupleValue, Unknown, Value
from ...values.join import join_all
from ...values.standard import IteratorObject
from ..constants import NotConstantError, to_python
from ..core import Frame, Interpreter
from ..iterators import VIEWS, Yielded, apply, drawn, forces, iterator, of_items, steady
from ..sequences import iterate, truth
from .registry import StandardCall, models

#: Items for which a function of the program is called one by one.
MAX_CALLS = 64
MAX_COPIES = 16


@models(
    "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse", "itertools.compress", "itertools.batched"
)
def _lazy(call: StandardCall) -> Value | None:
    if len(call.args) + len(call.kwargs) != 2:
        return None
    return iterator(call.interp, call.name.removeprefix("itertools."), call.args, call.kwargs, call.node)


@forces("takewhile", "dropwhile", "filterfalse")
def _chosen(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    if len(item.args) != 2:
        return None, Unknown(f"itertools.{item.kind} of this is not followed")
    function, source = item.args
    items, element = drawn(interp, frame, source, eager)
    if items is None or len(items) > MAX_CALLS or not (eager or steady(interp, function, items)):
        if not steady(interp, function, [element] if items is None else items):
            interp.heap.escape([function, element, *(items or ())], "passed to a function that is not followed")
            return None, Unknown("chosen by a function that is not followed")
        return None, element
    verdicts: list[bool] = []
    for part in items:
        itself = isinstance(function, Const) and function.value is None
        verdict = part if itself else apply(interp, frame, function, (part,), item.node)
        known = truth(interp, frame, verdict)
        if known is None:
            # What comes after is perhaps never asked.
            interp.heap.escape([function, *items], "passed to a function that is not followed")
            return None, element
        verdicts.append(known)
        if not known and item.kind != "filterfalse":
            break
    if item.kind == "filterfalse":
        return [part for part, known in zip(items, verdicts, strict=True) if not known], element
    first = next((place for place, known in enumerate(verdicts) if not known), len(items))
    return (items[:first] if item.kind == "takewhile" else items[first:]), element


@forces("compress")
def _compress(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    named = dict(item.kwargs)
    data = item.args[0] if item.args else named.get("data", Unknown())
    selectors = item.args[1] if len(item.args) > 1 else named.get("selectors", Unknown())
    items, element = drawn(interp, frame, data, eager)
    chosen, _ = drawn(interp, frame, selectors, eager)
    known = [truth(interp, frame, part) for part in chosen or ()]
    if items is None or chosen is None or None in known:
        return None, element
    return [part for part, keep in zip(items, known, strict=False) if keep], element


@forces("batched")
def _batched(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    size = item.args[1] if len(item.args) > 1 else dict(item.kwargs).get("n")
    items, _ = drawn(interp, frame, item.args[0], eager) if item.args else (None, Unknown())
    if items is None or not isinstance(size, Const) or type(size.value) is not int or size.value < 1:
        return None, Unknown("a tuple of unknown length")
    rows: list[Value] = [TupleValue(tuple(items[at : at + size.value])) for at in range(0, len(items), size.value)]
    return rows, join_all(rows) if 0 < len(rows) <= MAX_CALLS else Unknown("one of many rows")


@models("itertools.groupby")
def _groups(call: StandardCall) -> Value | None:
    return iterator(call.interp, "groupby", call.args, call.kwargs, call.node) if 1 <= len(call.args) <= 2 else None


@forces("groupby")
def _grouped(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    key = item.args[1] if len(item.args) > 1 else dict(item.kwargs).get("key", Const(None))
    plain = isinstance(key, Const) and key.value is None
    items, element = drawn(interp, frame, item.args[0], eager)
    unknown = TupleValue((Unknown("a key that is not known"), iterator(interp, "rows", (element,))))
    if items is None or len(items) > MAX_CALLS or not (plain or eager or steady(interp, key, items)):
        if not plain:
            interp.heap.escape([key, element, *(items or ())], "passed to a function that is not followed")
        return None, unknown
    keys = [part if plain else apply(interp, frame, key, (part,), item.node) for part in items]
    try:
        real = [to_python(interp, each) for each in keys]
    except NotConstantError:
        return None, TupleValue((join_all(keys) if keys else Unknown("no items"), iterator(interp, "rows", (element,))))
    groups: list[tuple[Value, list[Value]]] = []
    for place, part in enumerate(items):
        if place and bool(real[place] == real[place - 1]):
            groups[-1][1].append(part)
        else:
            groups.append((keys[place], [part]))
    # All at once, each group but the last has been passed over when somebody looks into it.
    rows: list[Value] = [
        TupleValue((name, Unknown("a group that has been passed over") if eager else of_items(interp, group)))
        for name, group in groups
    ]
    return rows, join_all(rows) if len(rows) == 1 else unknown


@models("itertools.tee")
def _tee(call: StandardCall) -> Value | None:
    interp, count = call.interp, call.get(1, "n") or Const(2)
    if (
        not call.args
        or not isinstance(count, Const)
        or type(count.value) is not int
        or not 0 <= count.value <= MAX_COPIES
    ):
        return None
    source = call.args[0]
    item = interp.heap.get(source.address) if isinstance(source, Ref) else None
    if not isinstance(item, IteratorObject) or item.kind in VIEWS:
        return TupleValue(tuple(iterator(interp, "iter", (source,)) for _ in range(count.value)))
    # What an iterator draws from may grow before it is drawn: only what it may give is known.
    element = iterate(interp, call.frame, source)[1]
    return TupleValue(tuple(iterator(interp, "rows", (element,)) for _ in range(count.value)))
