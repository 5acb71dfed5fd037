"""What drawing from a data set of a generator comes to: the generator is a function of the program, and is followed.

The first items of the generator are noted in the data set with what has been done to it since. Where a program draws, the
library does all of that for real on items of the same specs: it checks them against the signature, and batches them.
"""

from __future__ import annotations

import ast
import dataclasses

from ..libraries.models.datasets import DRAWN
from ..libraries.outcome import Refused
from ..libraries.query import Kwargs, Query
from ..source.unit import Unit
from ..values import (
    Const,
    DatasetValue,
    Drawn,
    FunctionValue,
    InstanceObject,
    Ref,
    Scalar,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.fresh import FreshDict, FreshList, freeze, materialise
from ..values.standard import IteratorObject
from .core import Frame, Interpreter
from .events import Argument, LibraryCall

#: Items of a generator that are looked at.
MAX_ITEMS = 16
#: Methods that do the same to any elements, in the order in which they come.
_STEPS = frozenset(["batch", "padded_batch", "prefetch", "cache", "repeat", "take", "skip", "enumerate"])

#: What stands for a plain value of a type, where only the type matters.
_PLAIN = {"int": 0, "float": 0.0, "bool": False, "str": ""}


def of_generator(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST,
    generator: Value,
    args: Value,
    declared: tuple[tuple[Value, ...], Kwargs],
    owner: tuple[int, InstanceObject] | None = None,
) -> Drawn | None:
    """Return what a generator gives first, run in a world of its own; None where that is not known."""
    from .instances import invoke
    from .sequences import iterate

    given = args.items if isinstance(args, TupleValue) else ()
    before, listeners = interp.heap, interp.listeners
    interp.heap, interp.listeners = before.fork(), []
    if owner is not None:
        interp.heap.put(*owner)
    try:
        made = invoke(interp, frame, generator, given, (), None)
        items, element = iterate(interp, frame, made, None)
        known = [freeze(item, interp.heap) for item in ([_one(element)] if items is None else items[:MAX_ITEMS])]
        frozen = tuple(freeze(value, interp.heap) for value in declared[0])
        named = tuple((name, freeze(value, interp.heap)) for name, value in declared[1])
    finally:
        interp.heap, interp.listeners = before, listeners
    if not known or not all(_is_certain(item) for item in known):
        return None
    return Drawn(tuple(known), frozen, named)


def _one(value: Value) -> Value:
    """Return an item of the same spec as any of several: what they hold is not known, and plays no part."""
    members = value.members()
    first = members[0]
    if isinstance(first, TensorValue):
        alike = all(
            isinstance(item, TensorValue)
            and (item.kind, item.dtype, item.shape) == (first.kind, first.dtype, first.shape)
            for item in members
        )
        return first.forgotten() if alike else value
    if len(members) == 1 and isinstance(first, TupleValue):
        return dataclasses.replace(first, items=tuple(_one(part) for part in first.items))
    if len(members) == 1 and isinstance(first, Scalar) and first.type in _PLAIN:
        return Const(_PLAIN[first.type])
    return value


def owner_of(interp: Interpreter, unit: Unit, generator: Value) -> tuple[int, InstanceObject] | None:
    """Return the object whose method a generator is, or that is called for one, with what it keeps for good.

    That are plain values of attributes that nothing but an `__init__` assigns.
    """
    receiver = generator.receiver if isinstance(generator, FunctionValue) else generator
    item = interp.heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if not isinstance(receiver, Ref) or not isinstance(item, InstanceObject) or item.library or item.lost:
        return None
    if "setattr" in unit.text or "__dict__" in unit.text:
        return None
    makers = [part for part in ast.walk(unit.tree) if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    inside = {id(part) for maker in makers for part in ast.walk(maker)}
    changed = {
        part.attr
        for part in ast.walk(unit.tree)
        if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load) and id(part) not in inside
    }
    why = Unknown("may change before a data set runs its generator")
    kept = {
        name: value if isinstance(value, (Const, Scalar)) and name not in changed else why
        for name, value in item.attributes.items()
    }
    return receiver.address, dataclasses.replace(item, attributes=kept)


def _is_certain(value: Value) -> bool:
    """Say whether all sizes of an item are known."""
    if isinstance(value, (TupleValue, FreshList)):
        return all(_is_certain(part) for part in value.items)
    if isinstance(value, FreshDict):
        return all(_is_certain(part) for _, part in value.items)
    if isinstance(value, TensorValue):
        return value.fully_defined and value.kind in ("ndarray", "Tensor", "npscalar")
    return isinstance(value, Const)


def after(drawn: Drawn | None, name: str, query: Query) -> Drawn | None:
    """Return what is known of drawing from a data set that a method has made of another one."""
    if drawn is None or drawn.first_only:
        return drawn
    args = tuple(_plain(value) for value in query.args[1:])
    kwargs = tuple((key, _plain(value)) for key, value in query.kwargs)
    if name not in _STEPS or None in args or None in [value for _, value in kwargs]:
        # Whatever it does, it draws what the generator gives first, as long as anything is drawn.
        first = all(step[0] in ("prefetch", "cache", "repeat", "enumerate") for step in drawn.steps)
        passes = name in ("map", "shuffle", "with_options", "batch", "padded_batch", "ragged_batch", "prefetch")
        return dataclasses.replace(drawn, first_only=True) if first and passes else None
    known = tuple(value for value in args if value is not None)
    named = tuple((key, value) for key, value in kwargs if value is not None)
    return dataclasses.replace(drawn, steps=(*drawn.steps, (name, known, named)))


def _plain(value: Value) -> Value | None:
    if isinstance(value, TupleValue):
        return value if all(_plain(part) is not None for part in value.items) else None
    return value if isinstance(value, Const) else None


def source_of(interp: Interpreter, value: Value) -> DatasetValue | None:
    """Return the data set that a loop draws from, `enumerate` around it or not."""
    if isinstance(value, DatasetValue):
        return value
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, IteratorObject) and item.kind == "enumerate" and item.args:
        return source_of(interp, item.args[0])
    if isinstance(item, InstanceObject) and item.made_here in ("OwnedIterator", "NumpyIterator"):
        dataset = item.attributes.get("dataset")
        return dataset if isinstance(dataset, DatasetValue) else None
    return None


def judge_whole(interp: Interpreter, frame: Frame, node: ast.AST | None, value: Value) -> None:
    """Draw all of what is a data set, or an iterator over one."""
    source = source_of(interp, value)
    if source is not None and node is not None:
        judge(interp, frame, node, source, whole=True)


def judge(interp: Interpreter, frame: Frame, node: ast.AST, dataset: DatasetValue, whole: bool) -> Refused | None:
    """Draw from a data set, all of it or its first element, and tell the listeners where that fails."""
    if interp.mode(frame) != "eager":
        return None
    found = outcome(interp, dataset, whole)
    if found is not None:
        interp.emit(
            LibraryCall(
                unit=frame.unit,
                node=node,
                name="tensorflow.data.Dataset.__iter__",
                arguments=(Argument(dataset, node if isinstance(node, ast.expr) else None),),
                outcome=found,
                heap=interp.heap,
                expected=interp.expects(found.types),
                guessed=interp.guesses > 0 or any(running.uncertain for running in interp.frames),
                chain=interp.chain(),
                scope=frame.scope,
                made_by=lambda made: interp.calls.get(id(made)),
            )
        )
    return found


def outcome(interp: Interpreter, dataset: DatasetValue, whole: bool) -> Refused | None:
    """Return what drawing from a data set raises; None where it raises nothing that is known."""
    drawn = dataset.drawn
    if drawn is None:
        return None
    scratch = interp.heap.fork()
    items = TupleValue(
        tuple(materialise(item, scratch) for item in drawn.items[: 1 if drawn.first_only else MAX_ITEMS])
    )
    steps = tuple(TupleValue((Const(name), TupleValue(args), _named(kwargs))) for name, args, kwargs in drawn.steps)
    declared = tuple(materialise(value, scratch) for value in drawn.args)
    named = tuple((name, materialise(value, scratch)) for name, value in drawn.kwargs)
    done = TupleValue(()) if drawn.first_only else TupleValue(steps)
    query = Query("model", DRAWN, (items, done, *declared), named, detail=whole and not drawn.first_only)
    found = interp.bridge.run(query, scratch)
    return found if isinstance(found, Refused) else None


def _named(kwargs: Kwargs) -> TupleValue:
    return TupleValue(tuple(TupleValue((Const(name), value)) for name, value in kwargs))
