"""The way that a tensor took: the calls that made it, the nearest first, with what each was given and gave.

The line that fails is often not the one that is wrong: a `Dense` fails because of a `Reshape` ten lines up. Where a value
came from is told by its origin, and what was asked there by the events; a Sequential is taken apart into its layers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ..interpreter.events import LibraryCall, single, tensors
from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..libraries.sequential import items, layers
from ..report import Location
from ..source.unit import Unit
from ..values import Const, Heap, LibraryObject, ListObject, Ref, ShapeValue, TensorValue, TupleValue, Value

MAX_STEPS = 40
#: Methods of models that call them on a batch.
_TRAINING = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


@dataclass(frozen=True)
class Step:
    """One call on the way: of a layer, a function or a method.

    name: what a person calls it. node: where it stands; of a layer in a Sequential, where that is constructed. made: the
    constructor of the layer. layer: its recipe. inputs, output: the tensors it was given, and gave; no output where it failed.
    """

    unit: Unit
    node: ast.AST | None
    name: str
    inputs: tuple[TensorValue, ...]
    output: TensorValue | None
    made: ast.Call | None = None
    layer: LibraryObject | None = None
    event: LibraryCall | None = None

    @property
    def location(self) -> Location | None:
        """Where it stands."""
        return None if self.node is None else self.unit.location(self.node)


def way(event: LibraryCall, value: Value) -> Iterator[Step]:
    """Yield the calls that made a value, the nearest first; of several tensors that went in, the first is followed."""
    visited: set[int] = set()
    current = single(value)
    origin = value.origin
    while current is not None and len(visited) < MAX_STEPS:
        origin = current.origin or origin
        made = None if origin is None else event.made_by(origin.node)
        if origin is None or made is None or id(made.node) in visited or not _gave(made, current):
            return
        visited.add(id(made.node))
        stack = [step for step in steps(made) if step.output is not None]
        if stack:
            yield from reversed(stack)
        else:
            yield _step(made)
        given = tensors(made)
        current = given[0][1] if given else None
        origin = given[0][0].value.origin if given else None


def steps(event: LibraryCall) -> list[Step]:
    """Return what the layers of a Sequential make of what goes in, one after the other, up to the first that refuses.

    For the call of one, `build`, `add`, and its construction; empty for anything else, and where the input is not known. Asked
    are copies of the layers, which are built for what the model declares, if it does: the program's own stay as they are.
    """
    found = _members(event)
    heap = event.heap.fork()
    copies = [_copied(value, heap) for value in found]
    declared = _declared(event, found)
    given = _given(event)
    start = declared if given is None else single(given)
    if start is None:
        return []
    if given is not None and declared is not None:
        _walk(event, found, copies, heap, declared)
    return _walk(event, found, copies, heap, start)


def _given(event: LibraryCall) -> Value | None:
    """Return what a model is called on; of training, a batch."""
    if event.training is not None:
        return event.training.x
    argument = event.argument(0, "inputs") if event.name.endswith("__call__") else None
    return None if argument is None else argument.value


def inside(event: LibraryCall) -> bool:
    """Say whether a layer of a Sequential refuses what the layer before it gives, and not what the model is given."""
    return len(steps(event)) > 1 and event.training is not None and event.training.stage == "input"


def _copied(value: Value, heap: Heap) -> Ref | None:
    item = heap.get(value.address) if isinstance(value, Ref) else None
    return Ref(heap.allocate(item)) if isinstance(item, LibraryObject) else None


def _walk(
    event: LibraryCall, found: list[Value], copies: list[Ref | None], heap: Heap, current: TensorValue
) -> list[Step]:
    out: list[Step] = []
    for value, copy in zip(found, copies, strict=True):
        if isinstance(value, TensorValue):
            continue
        item = None if copy is None else heap.get(copy.address)
        if copy is None or not isinstance(item, LibraryObject) or len(out) >= MAX_STEPS:
            return out
        if item.symbol.endswith(".InputLayer"):
            continue
        answer = event.library(Query("object", "__call__", (copy, _plain(current)), mode="graph"), heap)
        if answer is NotImplemented:
            return []
        outcome = answer.outcome
        given = single(outcome.value) if isinstance(outcome, Returned) else None
        made = constructor(value)
        out.append(Step(event.unit, made, item.symbol.rpartition(".")[2], (current,), given, made, item))
        if given is None:
            return out if isinstance(outcome, Refused) else out[:-1]
        current = given
    return out


def failing(event: LibraryCall) -> Step | None:
    """Return the layer that refuses: the one that is called, or the one inside of a Sequential."""
    if not isinstance(event.outcome, Refused):
        return None
    found = steps(event)
    if found:
        return found[-1] if found[-1].output is None else None
    return _step(event) if tensors(event) and event.name.endswith(".__call__") else None


def before(event: LibraryCall) -> list[Step]:
    """Return the steps before the one that fails, the nearest first."""
    found = steps(event)
    inner = [step for step in reversed(found) if step.output is not None]
    given = tensors(event)
    return [*inner, *(way(event, given[0][0].value) if given else ())][:MAX_STEPS]


def constructor(value: Value | None) -> ast.Call | None:
    """Return the call that constructed a layer."""
    node = value.origin.node if value is not None and value.origin is not None else None
    return node if isinstance(node, ast.Call) else None


def _step(event: LibraryCall) -> Step:
    root, _, last = event.name.rpartition(".")
    name = root.rpartition(".")[2] if last == "__call__" else last
    item = event.heap.get(event.receiver.address) if isinstance(event.receiver, Ref) else None
    given = single(event.outcome.value) if isinstance(event.outcome, Returned) else None
    inputs = tuple(value for _, value in tensors(event))
    layer = item if isinstance(item, LibraryObject) else None
    return Step(event.unit, event.node, name, inputs, given, constructor(event.receiver), layer, event)


def _gave(made: LibraryCall, value: TensorValue) -> bool:
    """Say whether a call, as it was last asked, gave what is followed."""
    if not isinstance(made.outcome, Returned):
        return False
    result = made.outcome.value
    item = made.heap.get(result.address) if isinstance(result, Ref) else result
    members = list(item.items) if isinstance(item, (TupleValue, ListObject)) and item.items is not None else [result]
    given = [single(member) for member in members]
    return any(item is not None and item.shape == value.shape and item.dtype == value.dtype for item in given)


def _members(event: LibraryCall) -> list[Value]:
    """Return the layers of the Sequential that an event is about."""
    root, _, last = event.name.rpartition(".")
    if event.name.endswith(".Sequential"):
        given = event.argument(0, "layers")
        return [] if given is None else items(given.value, event.heap)
    if (
        not root.endswith(".Sequential")
        or last not in ("__call__", "build", "add", *_TRAINING)
        or not isinstance(event.receiver, Ref)
    ):
        return []
    item = event.heap.get(event.receiver.address)
    if not isinstance(item, LibraryObject):
        return []
    found = layers(item, event.heap)
    if last == "add":
        given = event.argument(0, "layer")
        found += [] if given is None or (found and found[-1] == given.value) else [given.value]
    return found


def _declared(event: LibraryCall, found: list[Value]) -> TensorValue | None:
    """Return what goes into the first layer, where the model says so."""
    if not found:
        return None
    if event.name.endswith(".build"):
        given = event.argument(0, "input_shape")
        shape = None if given is None else _shape(given.value, event.heap)
        return None if shape is None else TensorValue(dtype="float32", shape=shape)
    first = found[0]
    if isinstance(first, TensorValue):
        return first
    return _of_first(event, first) or _built_for(event)


def _built_for(event: LibraryCall) -> TensorValue | None:
    """Return what the model was called on first."""
    item = event.heap.get(event.receiver.address) if isinstance(event.receiver, Ref) else None
    history = item.history if isinstance(item, LibraryObject) else ()
    return next((single(args[0]) for method, args, _ in history if method == "__call__" and args), None)


def _of_first(event: LibraryCall, first: Value) -> TensorValue | None:
    """Return what the first layer says of its input."""
    item = event.heap.get(first.address) if isinstance(first, Ref) else None
    if not isinstance(item, LibraryObject):
        return None
    settings = dict(item.kwargs)
    for keyword, batch in (
        ("input_shape", (None,)),
        ("shape", (None,)),
        ("batch_input_shape", ()),
        ("batch_shape", ()),
    ):
        if keyword in settings:
            shape = _shape(settings[keyword], event.heap)
            return None if shape is None else TensorValue(dtype="float32", shape=(*batch, *shape))
    width = settings.get("input_dim")
    if isinstance(width, Const) and type(width.value) is int and not item.symbol.endswith("Embedding"):
        return TensorValue(dtype="float32", shape=(None, width.value))
    return None


def _shape(value: Value, heap: Heap) -> tuple[int | None, ...] | None:
    if isinstance(value, ShapeValue):
        return None if value.dims is None else tuple(dim if isinstance(dim, int) else None for dim in value.dims)
    dims = [item.value if isinstance(item, Const) else 0 for item in items(value, heap)]
    return tuple(dims) if dims and all(dim is None or (type(dim) is int and dim > 0) for dim in dims) else None


def _plain(value: TensorValue) -> TensorValue:
    """Return a tensor of the same spec that came from nowhere."""
    return TensorValue(dtype=value.dtype, shape=value.shape)
