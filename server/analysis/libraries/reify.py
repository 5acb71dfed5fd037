"""Reify: from abstract values to objects of the library.

Three styles. *graph*: symbolic tensors in a scratch graph; what is known and small is a constant there. *eager*: real
tensors, zeros where the content is not known; only to confirm failures and to fold constants. *numpy*: real arrays,
zeros (or another filling, to see what depends on values) where the content is not known, and views of one element
where they would be large.
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from ..values import (
    BoundMethod,
    Builtin,
    Const,
    DatasetValue,
    DictObject,
    DimensionValue,
    DTypeValue,
    FunctionValue,
    Heap,
    InstanceObject,
    LibraryObject,
    ListObject,
    LiveValue,
    Partial,
    Ref,
    Scalar,
    ShapeValue,
    SliceValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from ..values.dims import erased
from ..values.fresh import FreshDict, FreshList
from ..values.tensor_arrays import TensorArrayObject
from ..values.tensors import COMPOSITE_KINDS
from . import composites, filling, keras_hooks, remaking, standins, symbols
from .classify import classify
from .session import Session
from .standins import CannotReifyError

#: Builtin types that libraries take as dtypes.
_BUILTIN_TYPES: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "complex": complex,
    "object": object,
}
#: Constants larger than this are placeholders in a graph.
MAX_CONSTANT = 100_000


@dataclass
class Reifier:
    """Turns the values of one call into library objects.

    sizes: what a large or unknown dim is replaced by (eager and numpy styles). callback: makes a Python function of a
    function of the user's. filling: what contents that are not known are replaced by (eager and numpy styles). open_size:
    what an unknown dim is replaced by in a graph. arrays: the ndarrays made, with the values they stand for, to see what
    a result views. tensors: the tensors, composites and variables made for the arguments, in order. allowed: says of a
    public name whether the library may call it. numbers: whether a float of which the value is not known may be replaced by
    another, and made_up whether one was.
    """

    heap: Heap
    session: Session
    style: str = "graph"
    sizes: Callable[[int | None], int] = lambda dim: 2 if dim is None else dim
    filling: int = 0
    callback: Callable[[Value], Any] | None = None
    arrays: list[tuple[Any, TensorValue]] = field(default_factory=list)
    tensors: list[Any] = field(default_factory=list)
    guessed: bool = False
    rebuilt: dict[int, Any] = field(default_factory=dict)
    open_size: int | None = None
    allowed: Callable[[str], bool] = lambda name: classify(name) != "unknown"
    numbers: bool = False
    made_up: bool = False
    #: The lists and dicts made, by address, with what they held.
    containers: dict[int, tuple[Any, list[Any]]] = field(default_factory=dict)
    _tensors: int = 0

    def reify(self, value: Value) -> Any:
        """Return the library object that stands for a value.

        Raises:
            CannotReifyError: there is none.
        """
        method = _METHODS.get(type(value))
        if method is not None:
            return method(self, value)
        if isinstance(value, Unknown):
            raise CannotReifyError(value.reason)
        raise CannotReifyError(f"a {type(value).__name__} cannot be handed to the library")

    def call(self, args: tuple[Value, ...], kwargs: tuple[tuple[str, Value], ...]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call."""
        return [self.reify(arg) for arg in args], {name: self.reify(arg) for name, arg in kwargs}

    def rewritten(self) -> set[int]:
        """Return the addresses of the lists and dicts that the library has put something else into."""
        return {address for address, (made, held) in self.containers.items() if not _same_items(made, held)}

    # One method a kind of value ---------------------------------------------------------------------------------

    def _const(self, value: Const) -> Any:
        return value.value

    def _tuple(self, value: TupleValue) -> Any:
        items = [self.reify(item) for item in value.items]
        if value.names is None:
            return tuple(items)
        return self.session.tuple_types.get(value.names, _named_tuple(value.names))(*items)

    def _scalar(self, value: Scalar) -> Any:
        if not self.numbers or value.type != "float":
            raise CannotReifyError(f"a {value.type} that is not known cannot be handed to the library")
        self.made_up = True
        return 0.5

    def _dimension(self, value: DimensionValue) -> Any:
        return tf.compat.v1.Dimension(self.reify(value.size))

    def _live(self, value: LiveValue) -> Any:
        return self.session.nodes[value.node]

    def _slice(self, value: SliceValue) -> Any:
        return slice(self.reify(value.lower), self.reify(value.upper), self.reify(value.step))

    def _shape(self, value: ShapeValue) -> Any:
        if value.dims is None and not value.complete and self.style != "graph":
            raise CannotReifyError("a shape of a rank that is not known")
        if self.style == "graph" or value.complete:
            return tf.TensorShape(erased(value.dims))
        self.guessed = True
        return tf.TensorShape([self.sizes(dim) for dim in erased(value.dims) or ()])

    def _dtype(self, value: DTypeValue) -> Any:
        return tf.as_dtype(value.name) if value.library == "tensorflow" else np.dtype(value.name)

    def _symbol(self, value: Symbol) -> Any:
        entry = symbols.resolve(value.name)
        if entry is None or entry.kind == "module":
            raise CannotReifyError(f"{value.name} is not a public object")
        # A class is called too where a library maps it over a structure: tf.nest.map_structure(tf.io.TFRecordWriter, …).
        if entry.kind in ("function", "class") and not self.allowed(entry.name):
            raise CannotReifyError(f"{value.name} is not known to be pure")
        return entry.object

    def _builtin(self, value: Builtin) -> Any:
        if value.name in _BUILTIN_TYPES:
            return _BUILTIN_TYPES[value.name]
        if self.callback is not None:
            return self.callback(value)
        raise CannotReifyError(f"the builtin {value.name} cannot be handed to the library")

    def _function(self, value: Value) -> Any:
        if self.callback is None:
            raise CannotReifyError("a function of the program is passed to a library that is not known to call it")
        return self.callback(value)

    def _union(self, value: Union) -> Any:
        raise CannotReifyError("differs from path to path")

    def _ref(self, value: Ref) -> Any:
        item = self.heap.get(value.address)
        if isinstance(item, ListObject) and item.name not in ("list", "range"):
            raise CannotReifyError(f"a {item.name} is passed to the library")
        if isinstance(item, ListObject) and item.items is not None:
            listed = [self.reify(part) for part in item.items]
            self.containers[value.address] = (listed, list(listed))
            return listed
        if isinstance(item, DictObject) and item.items is not None:
            mapped = {self.reify(key): self.reify(part) for key, part in item.items}
            self.containers[value.address] = (mapped, list(mapped.items()))
            return mapped
        if isinstance(item, LibraryObject):
            return remaking.library_object(self, value.address, item)
        if isinstance(item, TensorArrayObject):
            return self._tensor_array(item)
        if isinstance(item, InstanceObject) and item.library and self.session.stub_layer is not None:
            if self.style != "graph":
                raise CannotReifyError("a layer of the program is not run for real")
            if value.address not in self.session.stubs:
                self.session.stubs[value.address] = self.session.stub_layer(value)
            return self.session.stubs[value.address]
        if isinstance(item, InstanceObject) and item.cls is not None and not item.library and self.callback is not None:
            return self.callback(value)
        raise CannotReifyError(getattr(item, "reason", f"a {type(item).__name__} cannot be handed to the library"))

    def _tensor_array(self, item: TensorArrayObject) -> Any:
        """Return a TensorArray of a graph; it holds nothing, and has the static spec of the program's."""
        if self.style != "graph":
            raise CannotReifyError("a TensorArray is not run")
        return tf.TensorArray(
            item.dtype,
            size=0 if item.size is None else item.size,
            dynamic_size=item.dynamic or item.size is None,
            infer_shape=item.infer,
            element_shape=tf.TensorShape(erased(item.shape)),
        )

    def _fresh_list(self, value: FreshList) -> Any:
        return [self.reify(item) for item in value.items]

    def _fresh_dict(self, value: FreshDict) -> Any:
        return {self.reify(key): self.reify(part) for key, part in value.items}

    def _dataset(self, value: DatasetValue) -> Any:
        if self.style != "graph" or value.element is None:
            raise CannotReifyError("a dataset is not run")
        spec = self.spec(value.element)
        variant = tf.compat.v1.placeholder(tf.variant, [])
        made = tf.data.experimental.from_variant(variant, structure=spec)
        made.shapewright_cardinality = value.cardinality  # for who makes a real one (`models.datasets`)
        return made

    def spec(self, value: Value) -> Any:
        """Return the `tf.TypeSpec` structure of a dataset's element."""
        if isinstance(value, TensorValue):
            return composites.type_spec(value)
        if isinstance(value, TupleValue):
            items = [self.spec(item) for item in value.items]
            known = None if value.names is None else self.session.tuple_types.get(value.names)
            return tuple(items) if known is None else known(*items)
        if isinstance(value, DatasetValue) and value.element is not None:
            return tf.data.DatasetSpec(self.spec(value.element))
        if isinstance(value, FreshDict):
            return {self.reify(key): self.spec(part) for key, part in value.items}
        if isinstance(value, Ref):
            item = self.heap.get(value.address)
            if isinstance(item, DictObject) and item.items is not None:
                return {self.reify(key): self.spec(part) for key, part in item.items}
        raise CannotReifyError("a dataset of elements that are not understood")

    # Tensors ----------------------------------------------------------------------------------------------------

    def _argument(self, value: TensorValue) -> Any:
        made = self._tensor(value)
        if value.is_traced:
            self.tensors.append(made)
        return made

    def _tensor(self, value: TensorValue) -> Any:
        value = self.heap.settled(value)
        if value.kind == "KerasTensor":
            node = self.session.nodes.get(value.node or 0)
            if node is None:
                raise CannotReifyError("a KerasTensor whose history is lost")
            return node
        if value.is_numpy:
            return self._array(value)
        if value.kind.endswith("Spec"):
            return composites.type_spec(value)
        if value.kind in COMPOSITE_KINDS:
            return self._composite(value)
        if self.style == "graph":
            made = None if value.node is None else self.session.nodes.get(value.node)
            if made is not None and standins.reaches(getattr(made, "graph", None)):
                return made
            if value.kind == "Variable":
                if value.library == "keras":
                    return self._keras_variable(value)
                return standins.variable(value.dtype, erased(value.shape))
            if value.content is not None and value.content.array.size <= MAX_CONSTANT:
                return tf.constant(value.content.array, dtype=tf.as_dtype(value.dtype))
            return standins.placeholder(value.dtype, self._opened(value))
        if value.content is not None:
            return tf.constant(value.content.array, dtype=tf.as_dtype(value.dtype))
        if value.library == "keras":
            return self._keras_variable(value)
        made = self._filled(value)
        return tf.Variable(made) if value.kind == "Variable" else made

    def _opened(self, value: TensorValue) -> tuple[int | None, ...] | None:
        """Return the shape of a placeholder, with a size for what is open where one is to be tried."""
        shape = erased(value.shape)
        if self.open_size is None or shape is None:
            return shape
        return tuple(self.open_size if dim is None else dim for dim in shape)

    def _filled(self, value: TensorValue) -> Any:
        """Return a tensor in place of one of unknown content."""
        shape, dtype = self._sized(value), tf.as_dtype(value.dtype)
        self._tensors += 1
        if self.filling == 0 or dtype in (tf.variant, tf.resource) or dtype.is_quantized:
            return tf.zeros(shape, dtype)
        if int(np.prod(shape, dtype=np.float64)) > filling.MAX_ELEMENTS:
            return tf.zeros(shape, dtype) if self.filling % 2 == 0 else tf.ones(shape, dtype)
        if dtype == tf.string:
            return tf.fill(shape, str(self.filling + self._tensors))
        return tf.constant(filling.filled(shape, np.dtype(dtype.as_numpy_dtype), self.filling, self._tensors), dtype)

    def _composite(self, value: TensorValue) -> Any:
        """Return a composite of stand-ins; in eager style of parts that fit one another."""
        if not value.parts:
            raise CannotReifyError(f"a {value.kind} of which the parts are not known")
        if self.style != "graph" and not value.known:
            made = composites.example(value, self.sizes)
            if made is None:
                raise CannotReifyError(f"no example of this {value.kind}")
            value, self.guessed = made, True
        return composites.compose(value, [self._tensor(part) for part in value.parts])

    def _keras_variable(self, value: TensorValue) -> Any:
        """Return a variable of Keras 3; where Keras keeps nothing in memory, this one has none either."""
        if not value.fully_defined:
            raise CannotReifyError("a variable of unknown shape")
        shape = self._sized(value)
        initial = standins.unknown_start if self.style == "graph" else "zeros"
        return keras_hooks.keras.Variable(initial, shape=shape, dtype=value.dtype)

    def _sized(self, value: TensorValue) -> tuple[int, ...]:
        if value.shape is None:
            raise CannotReifyError("unknown rank")
        self.guessed = True
        return tuple(self.sizes(dim) for dim in erased(value.shape) or ())

    def _array(self, value: TensorValue) -> Any:
        dtype = numpy_dtype(value)
        if value.content is not None:
            array = value.content.array
            made = array[()] if value.kind == "npscalar" else array.copy()
        elif self.style == "graph":
            shape = self._opened(value)
            if shape is None or dtype.hasobject:
                raise CannotReifyError("an array of unknown rank, or of objects")
            return standins.ArraySpec(dtype, shape)
        else:
            self._tensors += 1
            made = filling.filled(self._sized(value), dtype, self.filling, self._tensors)
            if value.kind == "npscalar":
                made = made[()]
        self.arrays.append((made, value))
        return made


def _same_items(made: list[Any] | dict[Any, Any], held: list[Any]) -> bool:
    if isinstance(made, list):
        return len(made) == len(held) and all(new is old for new, old in zip(made, held, strict=True))
    return len(made) == len(held) and all(key in made and made[key] is part for key, part in held)


@functools.cache
def _named_tuple(names: tuple[str, ...]) -> Any:
    """Return a class of named tuples: structures are compared by the names of their fields."""
    return collections.namedtuple("NamedTuple", names, rename=True)


def numpy_dtype(value: TensorValue) -> np.dtype[Any]:
    """Return the NumPy dtype of an array value."""
    if value.numpy_dtype is not None:
        return np.dtype(value.numpy_dtype)
    named: np.dtype[Any] = np.dtype(tf.as_dtype(value.dtype).as_numpy_dtype)
    return named


_METHODS: dict[type[Value], Any] = {
    Const: Reifier._const,
    TensorValue: Reifier._argument,
    TupleValue: Reifier._tuple,
    Ref: Reifier._ref,
    Symbol: Reifier._symbol,
    SliceValue: Reifier._slice,
    ShapeValue: Reifier._shape,
    DTypeValue: Reifier._dtype,
    Builtin: Reifier._builtin,
    FunctionValue: Reifier._function,
    DatasetValue: Reifier._dataset,
    Union: Reifier._union,
    Scalar: Reifier._scalar,
    DimensionValue: Reifier._dimension,
    BoundMethod: Reifier._function,
    Partial: Reifier._function,
    LiveValue: Reifier._live,
    FreshList: Reifier._fresh_list,
    FreshDict: Reifier._fresh_dict,
}
