"""The module `itertools`."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable
from typing import Any

from ...values import Const, Scalar, TupleValue, Unknown, Value
from ...values.join import join_all
from ...values.standard import IteratorObject
from ..core import Frame, Interpreter
from ..iterators import Yielded, apply, drawn, endless, first_items, forces, iterator, of_items, steady
from ..sequences import iterate
from .registry import StandardCall, models

MAX_ROWS = 1000


@models("itertools.product", "itertools.combinations", "itertools.permutations")
@models("itertools.combinations_with_replacement")
def _combined(call: StandardCall) -> Value | None:
    """Take their arguments in when they are called, not when they are iterated over."""
    name = call.name.rpartition(".")[2]
    named = dict(call.kwargs)
    sources = call.args if name == "product" else call.args[:1]
    columns = [iterate(call.interp, call.frame, source, eager=True) for source in sources]
    given = named.get("repeat", Const(1)) if name == "product" else call.get(1, "r")
    number = given.value if isinstance(given, Const) and type(given.value) is int else None
    items = [items for items, _ in columns if items is not None]
    if len(items) == len(columns) and columns and (number is not None or given is None):
        count = _rows(name, [len(column) for column in items], number)
        if count is not None and count <= MAX_ROWS:
            function: Callable[..., Any] = getattr(itertools, name)
            if name == "product":
                rows = function(*items, repeat=number)
            else:
                rows = function(items[0]) if number is None else function(items[0], number)
            return of_items(call.interp, [TupleValue(tuple(row)) for row in rows])
    if name == "product" and number is not None and 0 < number * len(columns) <= 16:
        return _unknown_rows(call, TupleValue(tuple(element for _, element in columns) * number))
    return _unknown_rows(call, Unknown(f"the rows of {call.name}"))


def _rows(name: str, lengths: list[int], number: int | None) -> int | None:
    """Return how many rows there are; None where that is more than can be followed."""
    if number is not None and not 0 <= number <= 32:
        return None
    if name == "product":
        return int(math.prod(lengths)) ** (number or 0) if max(lengths, default=0) <= MAX_ROWS else None
    size = lengths[0]
    if size > 100:
        return None
    chosen = size if number is None else number
    if name == "combinations_with_replacement":
        return math.comb(size + chosen - 1, chosen) if size else 1
    return math.comb(size, chosen) if name == "combinations" else math.perm(size, chosen)


def _unknown_rows(call: StandardCall, element: Value) -> Value:
    return iterator(call.interp, "rows", (element,))


@forces("rows")
def _of_rows(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    return None, item.args[0]


@models("itertools.chain", "itertools.chain.from_iterable", "itertools.islice", "itertools.starmap", "itertools.repeat")
@models("itertools.zip_longest", "itertools.accumulate", "itertools.count", "itertools.cycle", "itertools.pairwise")
def _lazy(call: StandardCall) -> Value:
    name = call.name.removeprefix("itertools.")
    return iterator(call.interp, name, call.args, call.kwargs, call.node)


@forces("chain", "chain.from_iterable")
def _chain(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    sources: list[Value] | None = list(item.args)
    if item.kind != "chain":
        sources, element = drawn(interp, frame, item.args[0], eager)
        if sources is None:
            return None, iterate(interp, frame, element)[1]
    rows: list[Value] | None = []
    elements: list[Value] = []
    for source in sources or []:
        items, element = drawn(interp, frame, source, eager)
        rows = None if rows is None or items is None else rows + items
        if items != []:
            elements.append(element)
    return rows, join_all(elements) if elements else Unknown("no items")


@forces("islice")
def _islice(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    bounds = [arg.value if isinstance(arg, Const) else "?" for arg in item.args[1:]]
    known = 1 <= len(bounds) <= 3 and all(bound is None or (type(bound) is int and bound >= 0) for bound in bounds)
    cut: slice[Any, Any, Any] = slice(*bounds) if known else slice(None)
    source = item.args[0]
    prefix = first_items(interp, source, cut.stop) if known and isinstance(cut.stop, int) else None
    items, element = (prefix, Unknown("unused")) if prefix is not None else drawn(interp, frame, source, eager)
    if prefix is not None and prefix:
        element = join_all(prefix) if len(prefix) <= 64 else Unknown("one of many items")
    if items is None or not known or cut.step == 0:
        return None, element
    return items[cut], element


@forces("repeat")
def _repeat(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    times = item.args[1] if len(item.args) > 1 else dict(item.kwargs).get("times")
    if isinstance(times, Const) and type(times.value) is int and times.value <= MAX_ROWS:
        return [item.args[0]] * times.value, item.args[0]
    return None, item.args[0]


@endless("repeat")
def _repeated(interp: Interpreter, item: IteratorObject, count: int) -> list[Value] | None:
    return [item.args[0]] * count if len(item.args) == 1 and not item.kwargs else None


@forces("count")
def _count(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    first = _counted(interp, item, 2)
    return None, Scalar(type="int") if first is not None else Unknown("counted from something unknown")


@endless("count")
def _counted(interp: Interpreter, item: IteratorObject, count: int) -> list[Value] | None:
    named = dict(item.kwargs)
    start = item.args[0] if item.args else named.get("start", Const(0))
    step = item.args[1] if len(item.args) > 1 else named.get("step", Const(1))
    if isinstance(start, Const) and isinstance(step, Const) and type(start.value) is int and type(step.value) is int:
        return [Const(start.value + index * step.value) for index in range(count)]
    return None


@forces("cycle")
def _cycle(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    return None, drawn(interp, frame, item.args[0], eager)[1]


@forces("pairwise")
def _pairwise(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    items, element = drawn(interp, frame, item.args[0], eager)
    if items is None:
        return None, TupleValue((element, element))
    return [TupleValue(pair) for pair in itertools.pairwise(items)], TupleValue((element, element))


@forces("zip_longest")
def _zip_longest(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    filling = dict(item.kwargs).get("fillvalue", Const(None))
    columns = [drawn(interp, frame, source, eager) for source in item.args]
    known = [items for items, _ in columns if items is not None]
    element = TupleValue(tuple(join_all([part, filling]) for _, part in columns))
    if len(known) < len(columns):
        return None, element
    return [TupleValue(row) for row in itertools.zip_longest(*known, fillvalue=filling)], element


@forces("accumulate")
def _accumulate(interp: Interpreter, frame: Frame, item: IteratorObject, eager: bool) -> Yielded:
    from ..operators import binary

    unknown = Unknown("sums of items that are not known")
    items, element = drawn(interp, frame, item.args[0], eager) if item.args else (None, unknown)
    named = dict(item.kwargs)
    function = item.args[1] if len(item.args) > 1 else named.get("func", Const(None))
    initial = named.get("initial", Const(None))
    plain = isinstance(function, Const) and function.value is None
    if not plain and (items is None or len(items) > 64 or not (eager or steady(interp, function, items))):
        interp.heap.escape([*item.args, *named.values()], "passed to itertools.accumulate")
        return None, Unknown("itertools.accumulate by a function that is not followed")
    if items is None or len(items) > 64:
        simple = isinstance(element, Scalar) and element.type in ("int", "float", "str") and not named
        return None, element if simple else unknown
    if not isinstance(initial, Const) or initial.value is not None:
        items = [initial, *items]
    sums: list[Value] = []
    node = item.node or ast.Pass()
    for part in items:
        if not sums:
            sums.append(part)
        elif plain:
            sums.append(binary(interp, frame, node, ast.Add(), (sums[-1], None), (part, None)))
        else:
            sums.append(apply(interp, frame, function, (sums[-1], part), item.node))
    return sums, join_all(sums) if sums else unknown


@models("functools.reduce")
def _reduce(call: StandardCall) -> Value | None:
    if call.kwargs or not 2 <= len(call.args) <= 3:
        return None
    items, _ = iterate(call.interp, call.frame, call.args[1], eager=True)
    if items is None or len(items) > 64:
        return None
    if len(call.args) > 2:
        items = [call.args[2], *items]
    if not items:
        return Unknown("reduce() of nothing raises")
    total = items[0]
    for item in items[1:]:
        total = apply(call.interp, call.frame, call.args[0], (total, item), call.node)
    return total
