"""Optimizers of Keras: gradients that are applied, the variables that this makes, and what is refused."""

from __future__ import annotations

import ast
import dataclasses

from ..libraries.keras_hooks import keras_major
from ..libraries.models.optimizers import APPLY
from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..values import Const, LibraryObject, ListObject, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import FreshList
from ..values.histories import settled_history
from .asking import report
from .core import Frame, Interpreter
from .events import Argument
from .library_calls import Arguments
from .sequences import known_items


def call_optimizer(
    interp: Interpreter,
    frame: Frame,
    node: ast.Call,
    receiver: Ref,
    item: LibraryObject,
    name: str,
    arguments: Arguments,
) -> Value | None:
    """Call a method of an optimizer; None where it is not one of those that are understood."""
    values, given = arguments.values, dict(arguments.named)
    if name == "build":
        _built(
            interp,
            receiver,
            item,
            _items(interp, values[0] if values else given.get("variables", given.get("var_list"))),
        )
        return Const(None)
    if name == "apply":
        gradients = _items(interp, values[0] if values else given.get("grads"))
        variables = _items(interp, values[1] if len(values) > 1 else given.get("trainable_variables"))
        if gradients is None or variables is None or len(gradients) != len(variables):
            return Const(None)
        _apply(interp, frame, node, receiver, item, list(zip(gradients, variables, strict=True)))
        return Const(None)
    if name == "apply_gradients":
        pairs = _pairs(interp, values[0] if values else given.get("grads_and_vars"))
        _apply(interp, frame, node, receiver, item, pairs)
        return _iterations(interp, frame, receiver, item)
    if name == "minimize":
        return _minimize(interp, frame, node, receiver, item, arguments)
    return None


def _items(interp: Interpreter, value: Value | None) -> list[Value] | None:
    return None if value is None else known_items(interp, value)


def _pairs(interp: Interpreter, value: Value | None) -> list[tuple[Value, Value]] | None:
    """Return gradients with their variables; None where these are not all known."""
    rows = _items(interp, value)
    found = []
    for row in rows or []:
        items = _items(interp, row)
        if items is None or len(items) != 2:
            return None
        found.append((items[0], items[1]))
    return None if rows is None else found


def _apply(
    interp: Interpreter,
    frame: Frame,
    node: ast.Call,
    receiver: Ref,
    item: LibraryObject,
    pairs: list[tuple[Value, Value]] | None,
) -> None:
    if pairs is None:
        _built(interp, receiver, item, None)
        return
    # A new one, of the same making: what it was built for before is another matter.
    plain = Ref(interp.heap.allocate(dataclasses.replace(item, history=(), others=frozenset())))
    refused = False
    if pairs and all(gradient == Const(None) for gradient, _ in pairs):
        refused = _ask(interp, frame, node, plain, pairs)
    for gradient, variable in pairs:
        if isinstance(gradient, TensorValue) and isinstance(variable, TensorValue) and not refused:
            refused = not _equal(gradient, variable) and _ask(interp, frame, node, plain, [(gradient, variable)])
    interp.heap.discard(plain.address)
    if not refused:
        variables = [variable for gradient, variable in pairs if keras_major() >= 3 or gradient != Const(None)]
        _built(interp, receiver, item, variables)


def _equal(gradient: TensorValue, variable: TensorValue) -> bool:
    return gradient.kind != "Tensor" or (gradient.shape == variable.shape and gradient.dtype == variable.dtype)


def _ask(interp: Interpreter, frame: Frame, node: ast.Call, plain: Ref, pairs: list[tuple[Value, Value]]) -> bool:
    """Ask for some of the pairs, and tell the listeners where they are refused."""
    flat = tuple(value for pair in pairs for value in pair)
    query = Query("model", APPLY, (plain, *flat), mode="eager")
    answer = interp.bridge.call(query, interp.heap)
    if isinstance(answer.outcome, Refused):
        report(interp, frame, node, APPLY, query, tuple(Argument(value) for value in flat), answer)
    return isinstance(answer.outcome, Refused)


def _built(interp: Interpreter, receiver: Ref, item: LibraryObject, variables: list[Value] | None) -> None:
    """Note for which variables an optimizer is built, the first time."""
    if item.history and not item.unsure:
        return
    known = variables is not None and all(
        isinstance(part, TensorValue) and part.kind == "Variable" for part in variables
    )
    if not known or variables is None:
        interp.heap.put(receiver.address, dataclasses.replace(item, others=None))
        return
    # As variables of TensorFlow, which those of Keras are made of: an optimizer knows them by that.
    specs = tuple(
        TensorValue(kind="Variable", dtype=part.dtype, shape=part.shape)
        for part in variables
        if isinstance(part, TensorValue)
    )
    if specs:
        changed = dataclasses.replace(item, history=(*item.history, ("build", (FreshList(specs),), ())))
        interp.heap.put(receiver.address, settled_history(changed))


def _iterations(interp: Interpreter, frame: Frame, receiver: Ref, item: LibraryObject) -> Value:
    """Return what `apply_gradients` gives: the variable that counts its calls."""
    if ".legacy." in item.symbol:
        return Unknown("what a legacy optimizer gives")
    answer = interp.bridge.call(Query("attribute", "iterations", (receiver,), mode=frame.mode), interp.heap)
    return answer.outcome.value if isinstance(answer.outcome, Returned) else Unknown("the count of its calls")


def _minimize(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, item: LibraryObject, arguments: Arguments
) -> Value | None:
    """`optimizer.minimize(loss, variables)` of Keras 2: the loss is called, or was recorded by a tape."""
    from .instances import invoke

    values, given = arguments.values, dict(arguments.named)
    loss = values[0] if values else given.get("loss")
    variables = values[1] if len(values) > 1 else given.get("var_list")
    if loss is None or variables is None or keras_major() >= 3:
        return None
    if not isinstance(loss, TensorValue):
        invoke(interp, frame, loss, (), (), node)
    if not isinstance(variables, (Ref, TupleValue)) or not _is_sequence(interp, variables):
        variables = invoke(interp, frame, variables, (), (), node)
    _built(interp, receiver, item, _items(interp, variables))
    return _iterations(interp, frame, receiver, item)


def _is_sequence(interp: Interpreter, value: Value) -> bool:
    return isinstance(value, TupleValue) or (
        isinstance(value, Ref) and isinstance(interp.heap.get(value.address), ListObject)
    )
