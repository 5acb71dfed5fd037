"""Losses and accuracies of the program's own that compare each label with every prediction.

Labels `(n, 1)` less predictions `(n,)` are `(n, n)` numbers: the program runs, and its mean is of no use. The same shapes are
meant where distances of all pairs are. What tells them apart: labels meet predictions, the difference is squared (or
its absolute value taken, or it is a comparison) and reduced, and nobody has inserted the axis that lets them broadcast.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..interpreter.events import Argument, LibraryCall, single, tensors
from ..libraries.outcome import Returned
from ..values import LibraryObject, Ref, TensorValue, Value
from ..values.base import Shape

MAX_STEPS = 12
_REDUCTIONS = frozenset(["reduce_mean", "reduce_sum", "mean", "sum", "average"])
#: What is done to a difference on its way to a loss, number by number; the first of these make a loss of it.
_LOSSLIKE = frozenset(["square", "abs", "absolute", "pow", "power"])
_NUMBERWISE = frozenset(["mul", "multiply", "truediv", "divide", "cast", "astype", "sqrt", "neg", "negative"])
_DIFFERENCES = frozenset(["sub", "subtract"])
_COMPARISONS = frozenset(["squared_difference", "eq", "equal", "ne", "not_equal"])
_LIBRARIES = ("operator.", "tensorflow.", "numpy.", "keras.ops.", "Tensor.", "ndarray.")
#: Numbers that nobody calls labels: steps of a grid.
_GRIDS = frozenset(["range", "arange", "linspace", "logspace", "meshgrid", "eye"])
_LABELS = re.compile(
    r"(y|ys|labels?|targets?|truths?|y_(?!.*pred|.*hat)\w+|\w*_(true|labels?|targets?))$", re.IGNORECASE
)
_PREDICTIONS = re.compile(
    r"(\w*_)?(y_?pred|y_?hat|preds?|predictions?|predicted|outputs?|logits?|scores?)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Pairs:
    """A difference of all pairs: the call that makes it, and which operand is labels, which predictions."""

    event: LibraryCall
    labels: tuple[Argument, TensorValue]
    predictions: tuple[Argument, TensorValue]


@dataclass(frozen=True)
class _Source:
    """What is known of where an operand comes from."""

    model: bool = False  # of weights, by a layer, a model, a product with a variable
    inserted: bool = False  # an axis was put in by the program
    grid: bool = False


def pairs(event: LibraryCall) -> Pairs | None:
    """Return the difference of labels and predictions that a reduction ends, where it is of all pairs."""
    root, _, last = event.name.rpartition(".")
    if last not in _REDUCTIONS or not f"{root}.".startswith(_LIBRARIES) or not isinstance(event.outcome, Returned):
        return None
    found = tensors(event)
    made, squared = _difference(event, found[0][0].value) if found else (None, False)
    operands = tensors(made) if made is not None else []
    if made is None or len(operands) != 2:
        return None
    for column, other in ((operands[0], operands[1]), (operands[1], operands[0])):
        a, b = column[1].shape, other[1].shape
        if crossed(a, b, open_sizes=any(_named(argument, _LABELS) for argument, _ in operands)):
            return _roles(made, column, other)
        # The absolute errors of several predictions against one label are a loss that people write (of quantiles, of samples).
        if squared and _spread(a, b) and _named(column[0], _LABELS) and not _source(made, column[0].value).model:
            named = _named(other[0], _PREDICTIONS) or _source(made, other[0].value).model
            if named and not any(_source(made, argument.value).inserted for argument, _ in operands):
                return Pairs(made, column, other)
    return None


def crossed(a: Shape, b: Shape, *, open_sizes: bool = False) -> bool:
    """Say whether shapes are (n, 1) and (n,), for the same n, which is not 1; open_sizes: or n is a number of neither."""
    if a is None or b is None or len(a) != 2 or len(b) != 1 or a[1] != 1:
        return False
    if isinstance(a[0], int) or isinstance(b[0], int):
        return a[0] == b[0] and a[0] != 1
    nameless = all(size is None or str(size) == "?" for size in (a[0], b[0]))
    return (open_sizes and nameless) or (a[0] is not None and a[0] == b[0])


def _spread(a: Shape, b: Shape) -> bool:
    """Say whether shapes are (n, 1) and (n, k)."""
    if a is None or b is None or len(a) != 2 or len(b) != 2 or a[1] != 1 or a[0] != b[0] or a[0] in (None, 1):
        return False
    return isinstance(b[1], int) and b[1] > 1


def _roles(
    made: LibraryCall, column: tuple[Argument, TensorValue], other: tuple[Argument, TensorValue]
) -> Pairs | None:
    sources = [_source(made, argument.value) for argument, _ in (column, other)]
    if sources[0].inserted or any(source.grid for source in sources) or (sources[0].model and sources[1].model):
        return None
    if sources[0].model:
        return Pairs(made, other, column)
    if sources[1].model:
        return Pairs(made, column, other)
    for labels, predictions in ((column, other), (other, column)):
        if _named(labels[0], _LABELS) and _named(predictions[0], _PREDICTIONS):
            return Pairs(made, labels, predictions)
    return None


def _named(argument: Argument, names: re.Pattern[str]) -> bool:
    node = argument.node
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return bool(name) and names.match(name) is not None


def _difference(event: LibraryCall, value: Value) -> tuple[LibraryCall | None, bool]:
    """Return the call that made the difference of which a loss was made, number by number; and whether that was squared."""
    loss = squared = False
    for _ in range(MAX_STEPS):
        made = _maker(event, value)
        if made is None or not made.name.startswith(_LIBRARIES):
            break
        last = made.name.rpartition(".")[2]
        if last in _COMPARISONS or (last in _DIFFERENCES and loss):
            return made, squared or last == "squared_difference"
        found = [pair for pair in tensors(made) if pair[1].shape]
        if last not in _LOSSLIKE | _NUMBERWISE or not found:
            break
        same = len(found) == 2 and found[0][0].value.origin == found[1][0].value.origin is not None
        if len(found) > 1 and not same:
            break
        loss = loss or last in _LOSSLIKE or same
        squared = squared or same or last in ("square", "pow", "power")
        value = found[0][0].value
    return None, False


def _maker(event: LibraryCall, value: Value) -> LibraryCall | None:
    """Return the call that gave a tensor, where it is known."""
    tensor = single(value)
    origin = value.origin or (None if tensor is None else tensor.origin)
    made = None if origin is None else event.made_by(origin.node)
    if tensor is None or made is None or not isinstance(made.outcome, Returned):
        return None
    if made.training is not None:
        return made  # what it gives is of all examples, what the event has is of one batch
    given = single(made.outcome.value)
    return made if given is not None and (given.shape, given.dtype) == (tensor.shape, tensor.dtype) else None


def _source(event: LibraryCall, value: Value) -> _Source:
    """Look at the calls that an operand comes from, back to the layer, the data or the variable that it begins with."""
    model = inserted = grid = False
    todo, seen = [value], set[int]()
    while todo and len(seen) < MAX_STEPS:
        made = _maker(event, todo.pop(0))
        if made is None or id(made.node) in seen:
            continue
        seen.add(id(made.node))
        last = made.name.rpartition(".")[2]
        given = tensors(made)
        if _is_model(made) or any(item.kind == "Variable" and item.dtype.startswith("float") for _, item in given):
            model = True
            continue
        grid = grid or last in _GRIDS
        output = single(made.outcome.value) if isinstance(made.outcome, Returned) else None
        inserted = inserted or _inserts(last, given, output)
        todo += [argument.value for argument, _ in given]
    return _Source(model, inserted, grid)


def _is_model(made: LibraryCall) -> bool:
    if made.training is not None:
        return made.name.rpartition(".")[2].startswith("predict")
    item = made.heap.get(made.receiver.address) if isinstance(made.receiver, Ref) else None
    return made.name.endswith(".__call__") and isinstance(item, LibraryObject) and item.kind in ("Layer", "Model")


def _inserts(name: str, given: list[tuple[Argument, TensorValue]], output: TensorValue | None) -> bool:
    """Say whether a call gives its result an axis of size 1 that what it was given does not have."""
    if output is None or not output.shape or output.shape[-1] != 1 or not given:
        return False
    ranks = [len(item.shape) for _, item in given if item.shape is not None]
    if len(ranks) < len(given) or max(ranks) < len(output.shape):
        return True
    products = ("matmul", "dot", "tensordot", "einsum", "getitem", "gather")
    return name not in products and all(item.shape is not None and item.shape[-1:] != (1,) for _, item in given)


__all__ = ["Pairs", "crossed", "pairs"]
