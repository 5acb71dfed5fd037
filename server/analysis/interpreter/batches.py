"""What one batch is of the data that `fit`, `evaluate`, `predict` and their like are given."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from ..libraries import global_state, symbols
from ..libraries.keras_hooks import keras, keras_major
from ..libraries.models.training import DATA, METHODS
from ..libraries.outcome import NotKnown, Outcome, Returned
from ..libraries.query import Query
from ..values import Const, DatasetValue, DictObject, ListObject, Ref, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import FreshDict, FreshList, materialise
from ..values.standard import IteratorObject
from . import batch_sizes, draws, modelled_objects
from .callbacks import anonymous
from .core import Frame, Interpreter

#: How many examples a batch has where nothing is said.
DEFAULT = 32
NONE = Const(None)


@dataclass(frozen=True)
class Batches:
    """A batch as a step is traced with it, its size open where it may be another one at the end.

    size: of the first batch, where it is known. count: of all examples. sizes: those that batches come in for certain. labels: what the labels of all examples are, where they
    are one array.
    """

    x: Value
    y: Value = NONE
    weights: Value = NONE
    size: int | None = None
    count: int | None = None
    labels: Value = NONE
    sizes: tuple[int, ...] = ()

    def sized(self, interp: Interpreter) -> Batches | None:
        """Return the first batch, with its size; None where it is not known, or is the one traced with."""
        return None if self.size is None else self.of_size(interp, self.size)

    def of_size(self, interp: Interpreter, size: int) -> Batches | None:
        """Return a batch of a size; None where that is the one traced with."""
        change = batch_sizes.sized if self.count is None else _with_size
        parts = [change(interp, part, size) for part in (self.x, self.y, self.weights)]
        same = parts == [self.x, self.y, self.weights]
        return None if same else dataclasses.replace(self, x=parts[0], y=parts[1], weights=parts[2])


def batches(interp: Interpreter, frame: Frame, name: str, given: dict[str, Value]) -> Batches | Outcome:
    """Return a batch of what a method of a model is given, or why there is none: the data are refused, or not known."""
    x, y = given.get("x", NONE), given.get("y", NONE)
    weights = given.get("sample_weight", NONE)
    if any(isinstance(value, Unknown) for value in (x, y, weights)):
        return NotKnown("data that are not known")
    if isinstance(x, DatasetValue):
        return _of_dataset(interp, x) if y == NONE else NotKnown("labels beside a data set")
    element = _drawn(interp, frame, x)
    if element is not None:
        return _of_element(interp, element) if y == NONE else NotKnown("labels beside a generator")
    if given.get("class_weight", NONE) != NONE:
        weights = NONE  # the labels decide; a weight for each example is made of them
    whole = METHODS.get(name) is not None and name.endswith("_on_batch")
    query = Query("model", DATA, (x, y, weights), mode="graph", detail=(name, not whole))
    scratch = interp.heap.fork()
    answer = interp.bridge.call(query, scratch)
    if not isinstance(answer.outcome, Returned):
        return answer.outcome
    parts = _items(answer.outcome.value)
    if parts is None:
        return NotKnown("data that are not understood")
    interp.heap.become(scratch)
    count = _length(interp, x)
    size, all_sizes = None, tuple[int, ...]()
    if whole:
        size = count
    elif count is not None:
        left = _after_split(count, given.get("validation_split", NONE))
        batch = given.get("batch_size", NONE)
        full = batch.value if isinstance(batch, Const) else None
        full = DEFAULT if batch == NONE else full
        steps = given.get("steps_per_epoch", given.get("steps", NONE))
        if isinstance(full, int) and not isinstance(full, bool) and full > 0 and left is not None and steps == NONE:
            size, all_sizes = min(full, left), batch_sizes.sizes(left, full)
    padded = [*parts, NONE, NONE][:3]
    return Batches(padded[0], padded[1], padded[2], size, count, y if isinstance(y, TensorValue) else NONE, all_sizes)


def _after_split(count: int, split: Value) -> int | None:
    """Return how many examples are left to train on."""
    if split == NONE or split == Const(0.0):
        return count
    if isinstance(split, Const) and isinstance(split.value, float) and 0 < split.value < 1:
        left = math.floor(count * (1.0 - split.value))
        return left or None
    return None


def _of_dataset(interp: Interpreter, dataset: DatasetValue) -> Batches | Outcome:
    refused = draws.outcome(interp, dataset, whole=False)
    if refused is not None:
        return refused
    element = None if dataset.element is None else materialise(dataset.element, interp.heap)
    if element is None:
        return NotKnown("a data set of elements that are not known")
    parts = _items(element) if isinstance(element, TupleValue) and element.names is None else (element,)
    if parts is None or not 1 <= len(parts) <= 3:
        return NotKnown("elements that are no (x, y, sample_weight)")
    traced = [each(interp, part, anonymous) for part in parts]
    padded = [*traced, NONE, NONE][:3]
    return Batches(padded[0], padded[1], padded[2], sizes=dataset.sizes)


def _drawn(interp: Interpreter, frame: Frame, x: Value) -> Value | None:
    """Return a batch of a generator or of a `keras.utils.PyDataset`; None for any other data."""
    from .instances import instance, special
    from .iterators import drawn

    item = None if not isinstance(x, Ref) else interp.heap.get(x.address)
    if isinstance(item, IteratorObject) and item.kind == "generator":
        return drawn(interp, frame, x, eager=False)[1]
    endless = modelled_objects.drawn(interp, frame, x)
    if endless is not None:
        return TupleValue((endless,)) if isinstance(endless, TensorValue) else endless
    made = instance(interp, x)
    entry = None if made is None or not made.library else symbols.resolve(made.library)
    if entry is None or entry.object is not getattr(keras.utils, "Sequence", None):
        return None
    return special(interp, frame, x, "__getitem__", (Const(0),), None) or Unknown("batches that are not followed")


def _of_element(interp: Interpreter, element: Value) -> Batches | Outcome:
    """Return a batch that a generator gives, as the adapter declares it.

    Keras 3 leaves the size of the batch open (`data_adapter_utils.get_tensor_spec`), Keras 2 every size, and it makes floats
    of one kind of all floats (`GeneratorDataAdapter`).
    """
    if not isinstance(element, TupleValue) or element.names is not None or not 1 <= len(element.items) <= 3:
        return NotKnown("batches that are no (x, y, sample_weight)")
    strange = False

    def declared(part: Value) -> Value:
        nonlocal strange
        if not isinstance(part, TensorValue) or not part.shape or part.kind not in ("ndarray", "Tensor"):
            strange = True
            return part
        old = keras_major() < 3
        dtype = global_state.current(interp.heap).floatx or "float32" if old and "float" in part.dtype else part.dtype
        rest = [dim if isinstance(dim, int) and not old else None for dim in part.shape[1:]]
        return anonymous(TensorValue(dtype=dtype, shape=(None, *rest)))

    parts = [each(interp, part, declared) for part in element.items]
    if strange or any(isinstance(part, (Unknown, Const)) for part in parts):
        return NotKnown("batches of other things than arrays")
    padded = [*parts, NONE, NONE][:3]
    return Batches(padded[0], padded[1], padded[2])


def _items(value: Value) -> tuple[Value, ...] | None:
    return value.items if isinstance(value, (TupleValue, FreshList)) else None


def each(interp: Interpreter, value: Value, change: Callable[[Value], Value]) -> Value:
    """Return a structure of tensors with each of them changed."""
    if isinstance(value, TensorValue):
        return change(value)
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(each(interp, part, change) for part in value.items))
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, each(interp, part, change)) for key, part in value.items))
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None:
        parts = tuple(each(interp, part, change) for part in item.items)
        return Ref(interp.heap.allocate(dataclasses.replace(item, items=parts)))
    if isinstance(item, DictObject) and item.items is not None:
        pairs = tuple((key, each(interp, part, change)) for key, part in item.items)
        return Ref(interp.heap.allocate(DictObject(pairs)))
    return value


def opened(value: Value) -> Value:
    """Return a tensor with None for every size that is not known."""
    if not isinstance(value, TensorValue) or value.shape is None:
        return value
    return dataclasses.replace(value, shape=tuple(dim if isinstance(dim, int) else None for dim in value.shape))


def _with_size(interp: Interpreter, value: Value, size: int) -> Value:
    def sized(part: Value) -> Value:
        if not isinstance(part, TensorValue) or not part.shape or isinstance(part.shape[0], int):
            return part
        return dataclasses.replace(part, shape=(size, *part.shape[1:]))

    return each(interp, value, sized)


def _length(interp: Interpreter, value: Value) -> int | None:
    """Return how many examples arrays hold."""
    if isinstance(value, TensorValue):
        first = value.shape[0] if value.shape else None
        return first if isinstance(first, int) else None
    items: tuple[Value, ...] = ()
    if isinstance(value, TupleValue):
        items = value.items
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject):
        items = item.items or ()
    elif isinstance(item, DictObject):
        items = tuple(part for _, part in item.items or ())
    found = {_length(interp, part) for part in items}
    return found.pop() if len(found) == 1 else None
