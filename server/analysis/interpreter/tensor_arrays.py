"""`tf.TensorArray`: written, read, stacked, in eager code and in graphs.

In eager code the array itself is changed by `write`; in a graph a new one is returned, and here it is the same object
all the same: of what a graph's array holds nothing is said but dtype and shape.
"""

from __future__ import annotations

import ast
import dataclasses

import numpy as np
import tensorflow as tf

from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..libraries.reify import Reifier
from ..libraries.standins import CannotReifyError
from ..values import Const, Content, DTypeValue, Ref, ShapeValue, TensorValue, TupleValue, Unknown, Value
from ..values.base import Shape
from ..values.fresh import FreshList
from ..values.join import join_all, join_shapes
from ..values.tensor_arrays import TensorArrayObject
from .asking import ask_operator, report
from .control_flow import bound
from .core import Frame, Interpreter
from .library_calls import Arguments, ask, lost
from .library_models import models
from .sequences import known_items

MAX_ITEMS = 256
_PARAMETERS = (
    "dtype",
    "size",
    "dynamic_size",
    "clear_after_read",
    "tensor_array_name",
    "handle",
    "flow",
    "infer_shape",
    "element_shape",
)


@models("tensorflow.TensorArray")
def _make(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    given = bound(arguments, *_PARAMETERS)
    dtype = _dtype(interp, given.get("dtype", Const(None)))
    if (
        dtype is None
        or interp.mode(frame) == "v1"
        or any(given.get(name, Const(None)) != Const(None) for name in ("handle", "flow"))
    ):
        return Unknown("a TensorArray that is not understood")
    size = _integer(interp, given.get("size", Const(0 if "size" not in given else None)))
    dynamic = _flag(given.get("dynamic_size", Const(False)), False)
    infer = _flag(given.get("infer_shape", Const(True)), True)
    clear = _flag(given.get("clear_after_read", Const(True)), True)
    if dynamic is None or infer is None or clear is None:
        return Unknown("a TensorArray made with settings that are not known")
    known = size is not None and 0 <= size <= MAX_ITEMS and interp.mode(frame) == "eager"
    made = TensorArrayObject(
        dtype=dtype,
        shape=_shape(interp, given.get("element_shape", Const(None))),
        size=size,
        dynamic=dynamic,
        infer=infer,
        clear=clear,
        items=(None,) * size if known and size is not None else None,
        graph=interp.mode(frame) != "eager",
    )
    return Ref(interp.heap.allocate(made))


def _dtype(interp: Interpreter, value: Value) -> str | None:
    try:
        return str(tf.as_dtype(Reifier(interp.heap, interp.bridge.session).reify(value)).name)
    except (CannotReifyError, TypeError):
        return None


def _shape(interp: Interpreter, value: Value) -> Shape:
    if isinstance(value, ShapeValue):
        return value.dims
    items = known_items(interp, value) if isinstance(value, (Ref, TupleValue)) else None
    if items is None:
        return None
    return tuple(item.value if isinstance(item, Const) and type(item.value) is int else None for item in items)


def _integer(interp: Interpreter, value: Value | None) -> int | None:
    if isinstance(value, Const) and type(value.value) is int:
        return value.value
    settled = interp.heap.settled(value) if isinstance(value, TensorValue) else None
    if settled is not None and settled.content is not None and settled.content.array.shape == ():
        return int(settled.content.array[()])
    return None


def _flag(value: Value, default: bool) -> bool | None:
    if value == Const(None):
        return default
    return value.value if isinstance(value, Const) and isinstance(value.value, bool) else None


def array_of(interp: Interpreter, value: Value) -> TensorArrayObject | None:
    """Return the TensorArray that a value points to."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item if isinstance(item, TensorArrayObject) else None


def attribute_of(item: TensorArrayObject, name: str) -> Value | None:
    """Return an attribute of a TensorArray; None for its methods."""
    if name == "dtype":
        return DTypeValue(item.dtype)
    if name == "element_shape":
        return ShapeValue(item.shape, "either")
    if name == "dynamic_size":
        return Const(item.dynamic)
    return Unknown(f"the attribute '{name}' of a TensorArray") if name in ("flow", "handle") else None


# Methods --------------------------------------------------------------------------------------------------------------


def call_array(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Ref, name: str, arguments: Arguments
) -> Value | None:
    """Call a method of a TensorArray; None where what is called on is none."""
    item = array_of(interp, receiver)
    if item is None:
        return None
    call = _Call(interp, frame, node, receiver, item, name, arguments)
    method = {
        "write": call.write,
        "read": call.read,
        "stack": call.stack,
        "concat": call.concat,
        "gather": call.gather,
        "scatter": call.scatter,
        "unstack": call.unstack,
        "split": call.split,
        "size": call.size,
    }.get(name)
    if method is not None:
        return method()
    if name == "identity":
        return receiver
    if name in ("close", "mark_used"):
        return Const(None)
    return lost(interp, receiver, arguments, f"TensorArray.{name} is not followed")


@dataclasses.dataclass
class _Call:
    """One call of a method of a TensorArray."""

    interp: Interpreter
    frame: Frame
    node: ast.Call
    receiver: Ref
    item: TensorArrayObject
    name: str
    arguments: Arguments

    @property
    def eager(self) -> bool:
        return self.interp.mode(self.frame) == "eager"

    def _given(self, *names: str) -> dict[str, Value]:
        return bound(self.arguments, *names)

    def _put(self, item: TensorArrayObject) -> Value:
        self.item = item
        self.interp.heap.put(self.receiver.address, item)
        return self.receiver

    def _ask(self, name: str, *args: Value) -> Value:
        query = Query("symbol", name, args, mode=self.interp.mode(self.frame))
        return ask(self.interp, self.frame, self.node, name, query, Arguments((), ()))

    def _refused(self, suspicious: bool = True) -> bool:
        """Say whether the library refuses this call, and tell the listeners.

        In eager code only what is suspicious is asked about; while tracing a real one is asked.
        """
        if self.eager and not suspicious:
            return False
        item = self.item
        shape = None if item.shape is None else tuple(dim if isinstance(dim, int) else None for dim in item.shape)
        detail = (item.dtype, item.size, item.dynamic, item.infer, item.clear, shape, tuple(sorted(item.gone)))
        held: Value = Const(None)
        if self.eager:
            size = len(item.items) if item.items is not None else item.size
            if size is None or size > MAX_ITEMS:
                return False
            items = item.items or (None,) * size
            held = FreshList(tuple(Const(None) if part is None else part for part in items))
        query = Query(
            "model",
            f"tensorflow.TensorArray.{self.name}",
            (held, *self.arguments.values),
            self.arguments.named,
            self.interp.mode(self.frame),
            detail=detail,
        )
        answer = self.interp.bridge.call(query, self.interp.heap)
        if isinstance(answer.outcome, Refused):
            report(self.interp, self.frame, self.node, query.name, query, self.arguments.all, answer)
        return isinstance(answer.outcome, Refused)

    def _element(self, shape: Shape | None = None) -> Value:
        return self._of_shape(self.item.shape if shape is None else shape)

    def _rows(self, count: int | None) -> Value:
        """Return elements stacked."""
        shape = self.item.shape
        return self._of_shape(None if shape is None else (count, *shape))

    def _of_shape(self, shape: Shape) -> Value:
        """Return a tensor; unknown in a graph where the library may know a rank that is not known here."""
        if shape is None and self.item.graph and not self.item.sure:
            return Unknown("the shape of what a TensorArray holds")
        return TensorValue(dtype=self.item.dtype, shape=shape)

    def _filled(self) -> list[Value] | None:
        """Return the elements, zeros where nothing was written; None where they are not all known."""
        if not self.eager or self.item.items is None:
            return None
        found: list[Value] = []
        for part in self.item.items:
            zeros = self._zeros() if part is None else part
            if not isinstance(zeros, TensorValue):
                return None
            found.append(zeros)
        return found

    def _zeros(self) -> Value | None:
        shape = self.item.shape
        if shape is None or not all(isinstance(dim, int) for dim in shape):
            return None
        sizes = tuple(dim for dim in shape if isinstance(dim, int))
        small = int(np.prod(sizes, dtype=np.float64)) <= 1000 and self.item.dtype not in ("string", "bfloat16")
        content = Content(np.zeros(sizes, self.item.dtype)) if small else None
        return TensorValue(dtype=self.item.dtype, shape=shape, content=content)

    # Writing ----------------------------------------------------------------------------------------------------

    def write(self) -> Value:
        given = self._given("index", "value", "name")
        value = given.get("value")
        if value is None or isinstance(value, Unknown) or len(value.members()) > 1:
            reason = value.reason if isinstance(value, Unknown) else "what is written is not known"
            return (
                self._put(dataclasses.replace(self.item, items=None, shape=None, sure=False))
                if value
                else Unknown(reason)
            )
        value = self._converted(value)
        if not isinstance(value, TensorValue):
            return self._put(dataclasses.replace(self.item, items=None, shape=None, sure=False))
        index = _integer(self.interp, given.get("index"))
        if self._refused(self._unfit(value) or self._outside(index)):
            return Unknown("this call fails")
        return self._written(index, value)

    def _converted(self, value: Value) -> Value:
        if isinstance(value, TensorValue) and value.kind == "Tensor":
            return value
        query = Query(
            "symbol",
            "tensorflow.convert_to_tensor",
            (value,),
            (("dtype_hint", DTypeValue(self.item.dtype)),),
            self.interp.mode(self.frame),
        )
        answer = self.interp.bridge.call(query, self.interp.heap)
        return answer.outcome.value if isinstance(answer.outcome, Returned) else Unknown("is not converted")

    def _unfit(self, value: TensorValue) -> bool:
        """Say whether a value may be one that the array does not take."""
        mine, its = self.item.shape, value.shape
        if value.dtype != self.item.dtype:
            return True
        if mine is None or its is None:
            return False
        pairs = list(zip(mine, its, strict=False))
        return len(mine) != len(its) or any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in pairs)

    def _outside(self, index: int | None) -> bool:
        if index is None or not self.eager:
            return False
        size = len(self.item.items) if self.item.items is not None else self.item.size
        return index < 0 or (not self.item.dynamic and size is not None and index >= size)

    def _written(self, index: int | None, value: TensorValue) -> Value:
        items = self.item.items
        if items is not None and index is not None and self.eager and 0 <= index < MAX_ITEMS:
            rows = [*items, *[None] * (index + 1 - len(items))]
            rows[index] = value
            items = tuple(rows)
        else:
            items = None
        shape = self.item.shape
        if self.item.infer:
            shape = value.shape if shape is None else _merged(shape, value.shape)
        size = self.item.size
        if self.item.dynamic:
            size = len(items) if items is not None else None
        return self._put(dataclasses.replace(self.item, items=items, shape=shape, size=size))

    def unstack(self) -> Value:
        value = self._given("value", "name").get("value")
        if value is None or isinstance(value, Unknown):
            return self._put(dataclasses.replace(self.item, items=None, shape=None, size=None, sure=False))
        value = self._converted(value)
        if not isinstance(value, TensorValue) or value.shape is None or not value.shape:
            return self._put(dataclasses.replace(self.item, items=None, shape=None, size=None, sure=False))
        count = value.shape[0]
        size = len(self.item.items) if self.item.items is not None else self.item.size
        many = isinstance(count, int) and size is not None and count > size and not self.item.dynamic
        if self._refused(self.eager and many):
            return Unknown("this call fails")
        items: tuple[Value | None, ...] | None = None
        if self.eager and isinstance(count, int) and count <= 64:
            rows = [ask_operator(self.interp, self.frame, "getitem", (value, Const(index))) for index in range(count)]
            items = tuple(rows)
        shape = value.shape[1:]
        if not self.eager and self.item.shape is not None:
            shape = _merged(self.item.shape, shape) or shape
        number = count if isinstance(count, int) and self.eager else self.item.size
        return self._put(dataclasses.replace(self.item, items=items, shape=shape, size=number))

    def scatter(self) -> Value:
        given = self._given("indices", "value", "name")
        value = given.get("value")
        value = Unknown("nothing to scatter") if value is None else self._converted(value)
        if isinstance(value, TensorValue) and value.shape:
            if self._refused(self._unfit(dataclasses.replace(value, shape=value.shape[1:]))):
                return Unknown("this call fails")
            places = self._places(given.get("indices"))
            element = dataclasses.replace(value.forgotten(), shape=value.shape[1:], trace=None)
            if places is None or not self.eager:
                return self._written(None, element)
            for place, index in enumerate(places):
                row = ask_operator(self.interp, self.frame, "getitem", (value, Const(place)))
                self._written(index, row if isinstance(row, TensorValue) else element)
            return self.receiver
        return self._put(dataclasses.replace(self.item, items=None, shape=None, size=None, sure=False))

    def split(self) -> Value:
        given = self._given("value", "lengths", "name")
        value, lengths = given.get("value"), self._places(given.get("lengths"))
        shape = value.shape if isinstance(value, TensorValue) else None
        items: tuple[Value | None, ...] | None = None
        if self.eager and lengths is not None and value is not None and len(lengths) <= 64:
            rows = self._ask("tensorflow.split", value, FreshList(tuple(Const(length) for length in lengths)))
            found = known_items(self.interp, rows) if isinstance(rows, Ref) else None
            items = None if found is None else tuple(found)
        element: Shape = None if not shape else (None, *shape[1:])
        size = len(lengths) if lengths is not None else None
        return self._put(dataclasses.replace(self.item, items=items, shape=element, size=size))

    def _places(self, value: Value | None) -> list[int] | None:
        """Return known indices."""
        if isinstance(value, TensorValue):
            settled = self.interp.heap.settled(value)
            if settled.content is None or settled.content.array.ndim != 1:
                return None
            return [int(number) for number in settled.content.array]
        items = known_items(self.interp, value) if isinstance(value, (Ref, TupleValue)) else None
        found = [_integer(self.interp, part) for part in items or []]
        return None if items is None or None in found else [number for number in found if number is not None]

    # Reading ----------------------------------------------------------------------------------------------------

    def read(self) -> Value:
        index = _integer(self.interp, self._given("index", "name").get("index"))
        items = self.item.items
        if not self.eager:
            return self._element()
        if items is None or index is None:
            if items is not None and self.item.clear:
                self._put(dataclasses.replace(self.item, items=None, gone=frozenset()))
            known = [part for part in items or () if isinstance(part, TensorValue)]
            return join_all(known).made_at(None) if known and items and len(known) == len(items) else self._element()
        wrong = not 0 <= index < len(items) or (items[index] is None and index in self.item.gone)
        if self._refused(wrong) or wrong:
            return Unknown("this call fails")
        found = items[index] or self._zeros()
        if self.item.clear:
            left = tuple(None if place == index else part for place, part in enumerate(items))
            self._put(dataclasses.replace(self.item, items=left, gone=self.item.gone | {index}))
        return found or Unknown("an element that was never written")

    def stack(self) -> Value:
        found = self._filled()
        if found:
            return self._ask("tensorflow.stack", FreshList(tuple(found)))
        if self.eager:
            size = len(self.item.items) if self.item.items is not None else self.item.size
            if not self.item.infer and self.item.items is None:
                return self._rows(size) if self.item.shape is not None else TensorValue(dtype=self.item.dtype)
            return self._rows(size)
        return self._rows(None if self.item.dynamic else self.item.size)

    def concat(self) -> Value:
        found = self._filled()
        if found:
            return self._ask("tensorflow.concat", FreshList(tuple(found)), Const(0))
        shape = self.item.shape
        return self._of_shape(None if not shape else (None, *shape[1:]))

    def gather(self) -> Value:
        indices = self._given("indices", "name").get("indices")
        places, found = self._places(indices), self._filled()
        if places is not None and found is not None and all(0 <= place < len(found) for place in places):
            return self._ask("tensorflow.stack", FreshList(tuple(found[place] for place in places)))
        count = len(places) if places is not None else None
        if count is None and isinstance(indices, TensorValue) and indices.shape:
            first = indices.shape[0]
            count = first if isinstance(first, int) else None
        return self._rows(count)

    def size(self) -> Value:
        items = self.item.items
        if self.eager and items is not None:
            return TensorValue(dtype="int32", shape=(), content=Content(np.array(len(items), np.int32)))
        return TensorValue(dtype="int32", shape=())


def _merged(first: Shape, second: Shape) -> Shape:
    """Return what two shapes that fit one another say together."""
    if first is None or second is None or len(first) != len(second):
        return first if second is None else second if first is None else join_shapes(first, second)
    return tuple(b if not isinstance(a, int) else a for a, b in zip(first, second, strict=True))
