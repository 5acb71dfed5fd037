"""The module `random`: the types of what is drawn, and what it is drawn from."""

from __future__ import annotations

from ...values import Const, ListObject, Ref, Scalar, Unknown, Value
from ...values.heap import UnknownObject
from ...values.join import join_all
from ..constants import is_key
from ..sequences import known_items
from .registry import StandardCall, models

MAX_DRAWN = 1000


@models("random.randint", "random.randrange", "random.getrandbits")
def _int(call: StandardCall) -> Value:
    return Scalar(type="int")


@models(
    "random.random",
    "random.gauss",
    "random.normalvariate",
    "random.expovariate",
    "random.betavariate",
    "random.lognormvariate",
)
def _float(call: StandardCall) -> Value:
    return Scalar(type="float")


@models("random.uniform", "random.triangular")
def _between(call: StandardCall) -> Value:
    known = all(isinstance(arg, (Const, Scalar)) for arg in call.args)
    return Scalar(type="float") if known else Unknown(f"{call.name}() between values that are not known")


@models("random.seed")
def _seed(call: StandardCall) -> Value:
    return Const(None)


def _drawn_from(call: StandardCall) -> tuple[list[Value] | None, Value]:
    source = call.get(0, "population" if call.name != "random.choice" else "seq") or Unknown("nothing")
    item = call.interp.heap.get(source.address) if isinstance(source, Ref) else None
    if isinstance(item, ListObject) and item.items is None and item.name in ("list", "range"):
        return None, item.element
    sequence = not isinstance(source, Ref) or (isinstance(item, ListObject) and item.name in ("list", "range"))
    items = known_items(call.interp, source) if sequence else None
    if not items:
        return None, Unknown(f"{call.name}() of something unknown")
    return items, join_all(items) if len(items) <= 64 else _widened(items)


def _widened(items: list[Value]) -> Value:
    kinds = {type(item.value).__name__ if isinstance(item, Const) else "" for item in items}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return Scalar(type=kind) if kind in ("int", "float", "str", "bool") else Unknown("one of many items")


@models("random.choice")
def _choice(call: StandardCall) -> Value:
    return _drawn_from(call)[1]


@models("random.choices", "random.sample")
def _several(call: StandardCall) -> Value:
    items, element = _drawn_from(call)
    default = Const(1) if call.name == "random.choices" else None
    count = call.get(1, "k") if call.name == "random.sample" else dict(call.kwargs).get("k", default)
    heap = call.interp.heap
    known = isinstance(count, Const) and type(count.value) is int and 0 <= count.value <= MAX_DRAWN
    if isinstance(count, Const) and known and (items is not None or call.name == "random.choices"):
        return Ref(heap.allocate(ListObject((element,) * count.value)))
    return Ref(heap.allocate(ListObject(None, element)))


@models("random.shuffle")
def _shuffle(call: StandardCall) -> Value | None:
    target = call.args[0] if call.args else None
    item = call.interp.heap.get(target.address) if isinstance(target, Ref) else None
    if not isinstance(target, Ref) or not isinstance(item, ListObject) or item.name != "list":
        return None
    if item.items is None:
        return Const(None)
    if 0 < len(item.items) <= 64:
        element = join_all(item.items)
        call.interp.heap.put(target.address, ListObject((element,) * len(item.items)))
    elif item.items and all(is_key(part) for part in item.items):
        call.interp.heap.put(target.address, ListObject((_widened(list(item.items)),) * len(item.items)))
    elif item.items:
        call.interp.heap.put(target.address, UnknownObject("shuffled"))
    return Const(None)


@models("random.getstate", "random.Random", "random.SystemRandom")
def _generator(call: StandardCall) -> Value:
    return Unknown("a generator of random numbers is not followed")
