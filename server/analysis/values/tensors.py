"""Values that have a dtype and a shape, and what goes with them."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Shape, Value
from .dims import Dim
from .intervals import Interval
from .traces import Trace, new_trace

#: The kinds of tensor-like value, by the names that reports use.
TENSOR_KINDS = (
    "Tensor",
    "Variable",
    "KerasTensor",
    "ndarray",
    "npscalar",
    "RaggedTensor",
    "SparseTensor",
    "IndexedSlices",
)
#: Of those, the ones that are made of several tensors.
COMPOSITE_KINDS = ("RaggedTensor", "SparseTensor", "IndexedSlices")


class Content:
    """A known array: never changed, compared by value."""

    __slots__ = ("_digest", "array")

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array = array
        self._digest: bytes | None = None

    def key(self) -> bytes:
        """Return what tells this content from another of the same dtype and shape."""
        if self._digest is None:
            if self.array.dtype.hasobject:
                data = repr(self.array.tolist()).encode("utf-8", "backslashreplace")
            else:
                data = np.ascontiguousarray(self.array).tobytes()
            self._digest = data if len(data) <= 64 else hashlib.blake2b(data, digest_size=20).digest()
        return self._digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Content) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def __repr__(self) -> str:
        return f"Content({self.array!r})"


#: The memory of an array that may be any of several.
ANYWHERE = -1


@dataclass(frozen=True, slots=True)
class TensorValue(Value):
    """A Tensor, Variable, KerasTensor, ndarray, RaggedTensor, SparseTensor or IndexedSlices, or a spec of one.

    dtype: TensorFlow's name for it; text arrays of NumPy are `string`, and `numpy_dtype` then says which.
    content: the known array, or None.
    parts: the tensors that a composite is made of. RaggedTensor: the flat values, then the row splits of each ragged
        dimension, the outermost first (int64 or int32); SparseTensor: indices (int64[n, rank]), values, dense shape;
        IndexedSlices: values, indices, and the dense shape if there is one. A composite keeps its content there.
    sizes: for whole numbers of rank 0 or 1, the sizes that they are (what `tf.shape(x)` gives), in order; None in it where
        one is unknown. As good as content, with the same storage and version.
    interval: what the values lie between, where that is not to be seen from the content or the dtype; holds as long as
        content would. Of an array of objects: what whole numbers lie between of which its items are lists.
    storage, version: for what can be changed in place (ndarrays, variables), the heap address of the memory and the
        version at which `content` was seen; the content holds as long as the heap has that version. Views share it. An array
        that may be any of many has the storage `ANYWHERE` and no content.
    library: `keras` for a variable of Keras 3, which computes by Keras's rules (it promotes dtypes).
    node: for a KerasTensor, and for a tensor in a graph of TensorFlow 1, the heap-independent key of the live object that
        carries its history.
    made_by: for a KerasTensor, a digest of the calls that made it, from the inputs on; None where they have no key.
    trace: which tensor it is, and what gradient tapes know of it; None where that is not followed.
    """

    kind: str = "Tensor"
    dtype: str = "float32"
    shape: Shape = None
    content: Content | None = None
    storage: int | None = None
    version: int = 0
    node: int | None = None
    made_by: str | None = None
    numpy_dtype: str | None = None
    library: str = "tensorflow"
    parts: tuple[TensorValue, ...] = ()
    trace: Trace | None = None
    sizes: tuple[int | Dim | None, ...] | None = None
    interval: Interval | None = None

    @property
    def is_numpy(self) -> bool:
        """Say whether NumPy, and not TensorFlow, computes with it."""
        return self.kind in ("ndarray", "npscalar")

    @property
    def is_traced(self) -> bool:
        """Say whether gradient tapes may know of it: tensors of TensorFlow, composites and variables."""
        return self.kind in ("Tensor", "Variable", *COMPOSITE_KINDS)

    @property
    def fully_defined(self) -> bool:
        """Say whether every dim is a known size."""
        return self.shape is not None and all(isinstance(dim, int) for dim in self.shape)

    @property
    def known(self) -> bool:
        """Say whether the content is known, of a composite all of it."""
        return all(part.known for part in self.parts) if self.parts else self.content is not None

    def identified(self) -> TensorValue:
        """Return the same as a tensor that is told from others; what tapes know of it is not known."""
        if self.trace is not None or not self.is_traced:
            return self
        return dataclasses.replace(self, trace=new_trace(whole=False))

    def forgotten(self) -> TensorValue:
        """Return the same without content."""
        if not self.parts:
            plain = self.content is None and self.sizes is None and self.interval is None
            return self if plain else dataclasses.replace(self, content=None, sizes=None, interval=None)
        return dataclasses.replace(self, parts=tuple(part.forgotten() for part in self.parts))


@dataclass(frozen=True, slots=True)
class DTypeValue(Value):
    """A dtype object: `tf.DType` (library `tensorflow`) or `np.dtype` (library `numpy`)."""

    name: str = "float32"
    library: str = "tensorflow"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a generator of the program gives to a data set.

    items: the first ones, free of addresses, every size known. args, kwargs: what `from_generator` was told of them. steps: the
    methods called on the data set since, with their arguments. first_only: more was done to it than that, so that only
    the first item is certain to be drawn.
    """

    items: tuple[Value, ...]
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    steps: tuple[tuple[str, tuple[Value, ...], tuple[tuple[str, Value], ...]], ...] = ()
    first_only: bool = False


@dataclass(frozen=True, slots=True)
class DatasetValue(Value):
    """A `tf.data.Dataset` by what it yields.

    element: a structure of tensors, free of addresses. A dim that is a symbol is one size in one element, and another in
        the next; where `x.shape` says it while a function of the program is traced, it is static.
    cardinality: as `Dataset.cardinality()` gives it (-1 for infinite, -2 where TensorFlow does not know it), or None where
        nothing is known of it.
    drawn: what a generator gives first, and what has been done to it; None where it is not a generator's, or not known.
    sizes: those that batches come in for certain, where the first dim of an element is an open one.
    class_names: the list that a data set of the files of a folder has as an attribute; None for any other data set.
    """

    element: Value | None = None
    cardinality: int | None = None
    class_names: Value | None = None
    drawn: Drawn | None = None
    sizes: tuple[int, ...] = ()
