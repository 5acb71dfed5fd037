"""Symbolic dims by sampling: the same call asked with numbers in place of the symbols, and every dim fitted.

TensorFlow's shape functions know numbers and unknown dims, no symbols. So a call with symbolic dims is asked as it is
first, the symbols unknown; what that leaves open is fitted on runs with sizes for the symbols. What is fitted on sizes that
divide (so that reshapes and strides come out even) is verified on small, odd, prime and middle ones: a single run that
returns and disagrees refutes it. That a run raises says nothing: no error comes of sampling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..values import (
    Const,
    DatasetValue,
    Heap,
    Ref,
    Scalar,
    Shape,
    ShapeValue,
    SliceValue,
    TensorValue,
    TupleValue,
    Value,
)
from ..values.dims import Dim, Sym, erased, evaluate, pinned, symbols
from ..values.fresh import FreshArray, FreshDict, FreshList, FreshObject, freeze
from ..values.tensors import Content
from .bounds import MAX_BOUND, largest_bound
from .fitting import Sample, fitted
from .outcome import Outcome, Returned
from .query import Query, is_numpy_only

#: More symbols than this are not told apart by few runs.
MAX_SYMBOLS = 6
#: Whole numbers that a result may hold and still be looked at one by one.
MAX_NUMBERS = 32
_PRIMES = (1, 2, 3, 5, 7, 11, 13, 17)
#: By the number of symbols, what all sizes of a fit are multiples of; products stay below 2**31.
_BASES = {1: 3360, 2: 480, 3: 48}
#: The same where NumPy computes: its stand-ins take memory.
_NUMPY_BASE = 48
#: And for layers and models: some make a step for each size of an axis (`TimeDistributed`); 96 is five times halved.
_OBJECT_BASE = 96
#: Small sizes, 1 among them: it broadcasts and is squeezed.
_SMALL = ((3, 2, 7, 5, 11, 13), (1, 3, 2, 7, 5, 9), (7, 5, 3, 2, 1, 11), (2, 1, 5, 3, 7, 9))

Ask = Callable[[Query], Outcome]


def symbols_of(query: Query, heap: Heap) -> tuple[Sym, ...]:
    """Return the symbols that take part in a call, in order."""
    found: dict[Sym, None] = {}
    for leaf in query.leaves(heap):
        for size in _sizes(leaf, heap):
            found.update(dict.fromkeys(symbols(size)))
    return tuple(found)


def _sizes(value: Value, heap: Heap) -> list[int | Dim | None]:
    if isinstance(value, TensorValue):
        settled = heap.settled(value)
        return [*(settled.shape or ()), *(settled.sizes or ())]
    if isinstance(value, ShapeValue):
        return list(value.dims or ())
    if isinstance(value, Scalar):
        return [value.dim]
    return []


def is_open(value: Value) -> bool:
    """Say whether sampling could say more of a result: a dim or a whole number in it is not known."""
    if isinstance(value, FreshArray):
        return is_open(value.value)
    if isinstance(value, TensorValue):
        return not value.fully_defined or (value.content is None and _may_be_sizes(value))
    if isinstance(value, ShapeValue):
        return value.dims is None or None in value.dims
    if isinstance(value, (TupleValue, FreshList)):
        return any(is_open(item) for item in value.items)
    if isinstance(value, FreshDict):
        return any(is_open(part) for _, part in value.items)
    return isinstance(value, Scalar) and value.type == "int"


def _may_be_sizes(value: TensorValue) -> bool:
    if value.kind not in ("Tensor", "ndarray", "npscalar") or value.dtype not in ("int32", "int64"):
        return False
    return value.fully_defined and value.shape is not None and len(value.shape) < 2 and value.shape <= (MAX_NUMBERS,)


def refined(query: Query, heap: Heap, found: Sequence[Sym], plain: Outcome, ask: Ask) -> Outcome:
    """Return what is known of a call with symbols in it, given what is known without them (`plain`).

    ask: makes a call without symbols; what it returns is reflected, not yet on the heap.
    """
    traced = _is_traced(query, heap)
    found = [one for one in found if one.value is None]
    if len(found) > MAX_SYMBOLS:
        return plain
    if not found:
        return _settled(plain, ask(substituted(query, heap, {})), traced)
    samples: list[Sample] = []
    values: list[Value] = []
    failed: list[Sample] = []
    most = _NUMPY_BASE if is_numpy_only(query, heap) else _OBJECT_BASE if query.form == "object" else _BASES[1]
    base = min(_BASES.get(len(found), 12), most)
    # `x[:1000]` is all of `x` for each size below: some have to be larger than every bound.
    bound = largest_bound(query)
    if bound >= base:
        if bound > MAX_BOUND:
            return plain
        base *= -(-2 * bound // base)
    merged: Value | None = None
    first, *_ = all_rounds = _rounds(len(found), base)
    of_batch = query.form == "object" and len(found) == 1 and _is_batch(query, heap)
    if of_batch:
        # Models are slow to ask: what gives its batch for a large size, 1 and an odd one gives it for all.
        all_rounds.insert(0, [first[0], first[3], first[2]])
        first[:] = first[1:2] + first[4:]
    for rounds in all_rounds:
        for row in rounds:
            sizes = dict(zip(found, row, strict=True))
            outcome = ask(substituted(query, heap, sizes))
            if isinstance(outcome, Returned):
                samples.append(sizes)
                values.append(outcome.value)
            else:
                failed.append(sizes)
                if not samples and len(failed) > 1:
                    return plain  # not even sizes that divide are taken
        if len(samples) < 2:
            return plain
        merger = _Merger(samples, _candidates(query, heap), failed)
        merged = merger.merge(values)
        if of_batch and rounds is all_rounds[0] and len(samples) == 3 and merged is not None and merger.simple:
            return _settled(plain, Returned(merged), traced)
        if merged is None or (not merger.unfitted and len(samples) > 3 and (merger.simple or rounds is not first)):
            break
    if merged is None or len(samples) < 4:
        return plain
    return _settled(plain, Returned(merged), traced)


def _is_batch(query: Query, heap: Heap) -> bool:
    """Say whether the only symbol of a call is the first dim of what is passed."""
    tensors = [heap.settled(leaf) for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    others = [leaf for leaf in query.leaves(heap) if isinstance(leaf, (ShapeValue, Scalar))]
    return not any(symbols(size) for leaf in others for size in _sizes(leaf, heap)) and not any(
        symbols(size) or isinstance(size, Dim)
        for tensor in tensors
        for size in [*(tensor.shape or ())[1:], *(tensor.sizes or ())]
    )


def _is_traced(query: Query, heap: Heap) -> bool:
    return query.mode == "graph" or any(
        isinstance(leaf, TensorValue) and leaf.kind == "KerasTensor" for leaf in query.leaves(heap)
    )


def _settled(plain: Outcome, sampled: Outcome, traced: bool) -> Outcome:
    """Return what is known with and without symbols together. What a traced graph does not know, `x.shape` does not say."""
    if not isinstance(sampled, Returned):
        return plain
    if not isinstance(plain, Returned):
        return plain if traced else sampled
    return Returned(_combined(plain.value, sampled.value, traced))


def _rounds(count: int, base: int) -> list[list[tuple[int, ...]]]:
    """Return the sizes to ask with, in rounds; a later one is needed only where the earlier ones decide nothing.

    The middle sizes are odd in the second round and even in the third: together all that can be left over by 16.
    """

    def even(numbers: range) -> list[tuple[int, ...]]:
        return [tuple(base * _PRIMES[(2 * i + j * (i + 1)) % 8] for i in range(count)) for j in numbers]

    def middle(offset: int) -> list[tuple[int, ...]]:
        return [
            tuple(16 * (2 + (3 * j + i) % 5) + offset + 2 * ((j * (1 + 2 * (i % 2)) + 3 * i) % 8) for i in range(count))
            for j in range(8)
        ]

    small = [row[:count] for row in _SMALL]
    return [[*even(range(1, 3)), *small[:3]], [*even(range(3, 4 + count)), small[3], *middle(1)], middle(0)]


def _candidates(query: Query, heap: Heap) -> list[Dim]:
    found: dict[Dim, None] = {}
    for leaf in query.leaves(heap):
        for size in _sizes(leaf, heap):
            if isinstance(size, Dim):
                found[size] = None
    return list(found)


# Numbers in place of symbols ------------------------------------------------------------------------------------


def substituted(query: Query, heap: Heap, sizes: Mapping[Sym, int]) -> Query:
    """Return a call with numbers in place of symbols; it depends on no container of the heap any more."""
    args = tuple(_number(freeze(arg, heap), sizes) for arg in query.args)
    if query.form == "object":
        args = (query.args[0], *args[1:])
    kwargs = tuple((name, _number(freeze(value, heap), sizes)) for name, value in query.kwargs)
    tensors = [heap.settled(leaf) for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    mode = query.mode
    if any(tensor.kind == "KerasTensor" for tensor in tensors):
        mode = "graph"
    elif (
        query.form != "object"
        and any(tensor.sizes for tensor in tensors)
        and all(tensor.known or tensor.sizes for tensor in tensors)
    ):
        mode = "eager"  # arithmetic with sizes is the same while a graph is traced
    return dataclasses.replace(query, args=args, kwargs=kwargs, mode=mode)


def _number(value: Value, sizes: Mapping[Sym, int]) -> Value:
    if isinstance(value, TensorValue):
        return _numbered_tensor(value, sizes)
    if isinstance(value, Scalar) and value.dim is not None:
        return Const(evaluate(value.dim, sizes))
    if isinstance(value, ShapeValue) and value.dims is not None:
        return ShapeValue(tuple(None if dim is None else evaluate(dim, sizes) for dim in value.dims))
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(_number(item, sizes) for item in value.items))
    if isinstance(value, FreshDict):
        return dataclasses.replace(value, items=tuple((key, _number(part, sizes)) for key, part in value.items))
    if isinstance(value, SliceValue):
        return SliceValue(_number(value.lower, sizes), _number(value.upper, sizes), _number(value.step, sizes))
    return value


def _numbered_tensor(value: TensorValue, sizes: Mapping[Sym, int]) -> TensorValue:
    if value.parts:
        value = dataclasses.replace(value, parts=tuple(_numbered_tensor(part, sizes) for part in value.parts))
    shape = value.shape
    if shape is not None:
        shape = tuple(None if dim is None else evaluate(dim, sizes) for dim in shape)
    content = value.content
    if content is None and value.sizes is not None and None not in value.sizes:
        numbers = [evaluate(dim, sizes) for dim in value.sizes if dim is not None]
        content = Content(np.array(numbers if shape else numbers[0], value.numpy_dtype or value.dtype))
    kind, node = ("Tensor", None) if value.kind == "KerasTensor" else (value.kind, value.node)
    made_by = value.made_by if kind == "KerasTensor" else None
    return dataclasses.replace(value, kind=kind, node=node, made_by=made_by, shape=shape, content=content, sizes=None)


# Results ------------------------------------------------------------------------------------------------------------


class _Merger:
    """Joins the results of all runs into one with symbols in it.

    simple: every size was one of those passed. unfitted: for some no expression was found.
    """

    def __init__(self, samples: Sequence[Sample], candidates: Sequence[Dim], failed: Sequence[Sample]) -> None:
        self.samples, self.candidates, self.failed = samples, candidates, failed
        self.simple, self.unfitted = True, False

    def merge(self, values: Sequence[Value]) -> Value | None:
        """Return the value that covers all; None where they differ in more than sizes."""
        first = values[0]
        if any(type(value) is not type(first) for value in values):
            return None
        if isinstance(first, TensorValue):
            return self._tensors([value for value in values if isinstance(value, TensorValue)])
        if isinstance(first, FreshArray):
            inner = self.merge([value.value for value in values if isinstance(value, FreshArray)])
            same = len({value.viewed for value in values if isinstance(value, FreshArray)}) == 1
            return dataclasses.replace(first, value=inner) if same and isinstance(inner, TensorValue) else None
        if isinstance(first, (TupleValue, FreshList)):
            return self._sequence(first, [v.items for v in values if isinstance(v, (TupleValue, FreshList))])
        if isinstance(first, FreshDict):
            rows = [tuple(part for _, part in value.items) for value in values if isinstance(value, FreshDict)]
            keys = {tuple(key for key, _ in value.items) for value in values if isinstance(value, FreshDict)}
            parts = self._sequence(FreshList(rows[0]), rows) if len(keys) == 1 else None
            if not isinstance(parts, FreshList):
                return None
            return FreshDict(tuple(zip((key for key, _ in first.items), parts.items, strict=True)))
        if isinstance(first, ShapeValue):
            dims = self._shape([value.dims for value in values if isinstance(value, ShapeValue)])
            return None if dims is None else ShapeValue(dims)
        if isinstance(first, Const):
            return self._constants([value for value in values if isinstance(value, Const)])
        same = all(value == first for value in values)
        return first if same and not isinstance(first, (Ref, FreshObject, DatasetValue)) else None

    def _sequence(self, first: TupleValue | FreshList, rows: Sequence[tuple[Value, ...]]) -> Value | None:
        if len({len(row) for row in rows}) > 1:
            return None
        items = [self.merge(column) for column in zip(*rows, strict=True)]
        known = tuple(item for item in items if item is not None)
        return dataclasses.replace(first, items=known) if len(known) == len(items) else None

    def _tensors(self, values: Sequence[TensorValue]) -> Value | None:
        first = values[0]
        if any(value.parts for value in values):
            return None
        if len({(v.kind, v.dtype, v.numpy_dtype, v.library) for v in values}) > 1 or first.node is not None:
            return None
        shape = self._shape([value.shape for value in values])
        if shape is None:
            return None
        content, sizes = first.content, None
        if any((value.shape, value.content) != (first.shape, first.content) for value in values):
            content = None
            spec = dataclasses.replace(first, shape=shape)
            if _may_be_sizes(spec) and all(value.content is not None for value in values):
                rows = [value.content.array.reshape(-1).tolist() for value in values if value.content is not None]
                sizes = tuple(self._fit(column) for column in zip(*rows, strict=True))
        return dataclasses.replace(first, shape=shape, content=content, sizes=sizes, storage=None, version=0)

    def _shape(self, shapes: Sequence[tuple[int | Dim | None, ...] | None]) -> tuple[int | Dim | None, ...] | None:
        plain = [erased(shape) for shape in shapes]
        rows = [shape for shape in plain if shape is not None]
        if len(rows) < len(plain) or len({len(row) for row in rows}) > 1:
            return None
        return tuple(self._fit(column) for column in zip(*rows, strict=True))

    def _constants(self, values: Sequence[Const]) -> Value | None:
        first = values[0]
        if all(value == first for value in values):
            return first
        if any(type(value.value) is not type(first.value) for value in values):
            return None
        if type(first.value) is not int:
            return Scalar(type=type(first.value).__name__)
        size = self._fit([value.value for value in values])
        return Const(size) if isinstance(size, int) else Scalar(type="int", dim=size)

    def _fit(self, column: Sequence[int | None]) -> int | Dim | None:
        numbers = [number for number in column if number is not None]
        if len(numbers) < len(column):
            return None
        if len(set(numbers)) == 1:
            return numbers[0]
        for candidate in self.candidates:
            if all(evaluate(candidate, sizes) == number for sizes, number in zip(self.samples, numbers, strict=True)):
                return candidate
        self.simple = False
        found = fitted(self.samples, numbers, self.candidates, self.failed)
        self.unfitted = self.unfitted or found is None
        return found


def _combined(plain: Value, merged: Value, traced: bool) -> Value:
    """Return what was known without symbols, and where that is nothing, what the runs say."""
    if isinstance(plain, FreshArray) and isinstance(merged, FreshArray):
        inner = _combined(plain.value, merged.value, traced)
        return dataclasses.replace(plain, value=inner) if isinstance(inner, TensorValue) else plain
    if isinstance(plain, TensorValue) and isinstance(merged, TensorValue):
        shape = _dims(plain.shape, merged.shape, traced)
        if plain.content is not None or plain.kind != merged.kind:
            return dataclasses.replace(plain, shape=shape)
        sizes = merged.sizes
        if merged.content is not None and traced and _may_be_sizes(merged):
            sizes = tuple(merged.content.array.reshape(-1).tolist())
        return dataclasses.replace(plain, shape=shape, content=None if traced else merged.content, sizes=sizes)
    if isinstance(plain, ShapeValue) and isinstance(merged, ShapeValue):
        return plain if traced else ShapeValue(_dims(plain.dims, merged.dims, traced))
    for kind in (TupleValue, FreshList):
        if isinstance(plain, kind) and isinstance(merged, kind) and len(plain.items) == len(merged.items):
            pairs = zip(plain.items, merged.items, strict=True)
            return dataclasses.replace(plain, items=tuple(_combined(a, b, traced) for a, b in pairs))
    if isinstance(plain, FreshDict) and isinstance(merged, FreshDict) and len(plain.items) == len(merged.items):
        both = zip(plain.items, merged.items, strict=True)
        return FreshDict(tuple((key, _combined(a, b, traced)) for (key, a), (_, b) in both))
    better = isinstance(plain, Scalar) and isinstance(merged, (Scalar, Const)) and not traced
    return merged if better else plain


def _dims(plain: Shape, merged: Shape, traced: bool) -> Shape:
    if merged is None or (plain is not None and len(plain) != len(merged)):
        return plain
    if plain is None and traced:
        return plain  # a rank that the graph does not know: nothing can be done with it there
    known = plain if plain is not None else (None,) * len(merged)
    return tuple(
        old if old is not None else pinned(new) if traced and isinstance(new, int) else new
        for old, new in zip(known, merged, strict=True)
    )
