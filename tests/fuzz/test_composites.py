"""Differential test of RaggedTensors and SparseTensors: what the bridge says, against the call made eagerly."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from server.analysis.libraries import symbols
from server.analysis.libraries.bridge import Bridge
from server.analysis.libraries.composites import of_any_length
from server.analysis.libraries.memo import Memo
from server.analysis.libraries.outcome import Refused, Returned
from server.analysis.libraries.query import Query
from server.analysis.libraries.reflect import reflect
from server.analysis.libraries.session import Session
from server.analysis.values import Const, Heap, ListObject, Ref, SliceValue, TensorValue, TupleValue, Value
from server.analysis.values.fresh import materialise

from .contain import against

MEMO = Memo()
few = st.integers(0, 3)
numbers = st.integers(-2, 3)
dtypes = st.sampled_from(["int32", "float32", "int64"])


@st.composite
def ragged(draw: st.DrawFn, splits: str = "int64") -> Any:
    """Draw a RaggedTensor: ragged once or twice, its values scalars or vectors."""
    rows = draw(st.lists(few, max_size=4))
    inner = draw(st.sampled_from([(), (), (2,)]))
    levels = [rows]
    if draw(st.integers(0, 3)) == 0:
        levels.append(draw(st.lists(few, min_size=sum(rows), max_size=sum(rows))))
    count = sum(levels[-1])
    values = np.array(draw(st.lists(numbers, min_size=count, max_size=count))).reshape([count] + [1] * len(inner))
    made = tf.constant(np.broadcast_to(values, (count, *inner)).astype(draw(dtypes)))
    for lengths in reversed(levels):
        made = tf.RaggedTensor.from_row_lengths(made, tf.constant(lengths, splits))
    return made


@st.composite
def sparse(draw: st.DrawFn) -> Any:
    """Draw a SparseTensor, of rank 2 mostly."""
    shape = draw(st.lists(st.integers(1, 3), min_size=2, max_size=draw(st.sampled_from([2, 2, 3]))))
    count = int(np.prod(shape))
    values = np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))).reshape(shape)
    return tf.sparse.from_dense(values.astype(draw(dtypes)))


@st.composite
def dense(draw: st.DrawFn) -> Any:
    """Draw a small tensor that may go with one of them."""
    shape = draw(st.lists(st.integers(1, 3), max_size=3))
    return tf.ones(shape, draw(dtypes))


axes = st.integers(-2, 3)
indices = st.one_of(
    st.integers(-2, 3),
    st.builds(slice, st.one_of(st.none(), st.integers(-2, 2)), st.one_of(st.none(), st.integers(-2, 3))),
    st.just(Ellipsis),
    st.none(),
)
plain = st.sampled_from([1, 2.0, 0])
#: name, the strategies of its arguments, of its keywords.
Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def calls(subject: Any, names: str, *more: Any, **named: Any) -> list[Any]:
    return [st.tuples(st.just(name), st.tuples(subject, *more), st.fixed_dictionaries(named)) for name in names.split()]


def pairs(subject: Any, names: str) -> list[Any]:
    listed = st.lists(st.one_of(subject, subject, dense()), min_size=1, max_size=3)
    return [
        st.tuples(st.just(name), st.tuples(listed), st.fixed_dictionaries({"axis": axes})) for name in names.split()
    ]


RAGGED = [
    *calls(ragged(), "abs negative square zeros_like ones_like rank size identity cast:float32 nn.relu as_string"),
    *calls(ragged(), "reduce_sum reduce_max reduce_mean reduce_prod", axis=st.one_of(st.none(), axes)),
    *calls(ragged(), "expand_dims squeeze", axis=axes),
    *calls(ragged(), "tile", st.lists(few, min_size=2, max_size=3)),
    *calls(ragged(), "gather", st.lists(few, max_size=3)),
    *calls(ragged(), "one_hot", st.integers(1, 3)),
    *calls(ragged(), "add multiply maximum equal less", st.one_of(ragged(), dense(), plain)),
    *calls(ragged(), "reverse", st.lists(axes, min_size=1, max_size=1)),
    *calls(dense(), "gather nn.embedding_lookup", ragged()),
    *pairs(ragged(), "concat stack"),
    *calls(ragged(), ".to_tensor .row_lengths .nrows .bounding_shape .value_rowids .to_list .numpy .to_sparse"),
    *calls(
        ragged(), "@values @flat_values @row_splits @nested_row_splits @shape @dtype @ragged_rank @uniform_row_length"
    ),
    *calls(ragged(), ".merge_dims", few, few),
    *calls(ragged(), ".with_values .with_flat_values", dense()),
    *calls(ragged(), "+add +sub +mul +truediv +gt", st.one_of(ragged(), dense(), plain)),
    *calls(ragged(), "+eq", plain),
    *calls(ragged(), "+getitem", st.one_of(indices, st.tuples(indices, indices))),
    *calls(dense(), "RaggedTensor.from_row_lengths RaggedTensor.from_row_splits", st.lists(few, max_size=3)),
    *calls(dense(), "RaggedTensor.from_tensor RaggedTensor.from_uniform_row_length", st.integers(1, 2)),
    *calls(dense(), "RaggedTensor.from_value_rowids", st.lists(few, max_size=3).map(sorted)),
    *calls(st.lists(few, max_size=3), "ragged.range", st.lists(few, max_size=3)),
    *calls(ragged(), "where", ragged()),
]
SPARSE = [
    *calls(sparse(), "sparse.to_dense sparse.transpose sparse.reorder sparse.softmax abs cast:float32 shape size rank"),
    *calls(sparse(), "sparse.reduce_sum sparse.reduce_max", axis=st.one_of(st.none(), axes)),
    *calls(sparse(), "sparse.reshape", st.lists(st.integers(-1, 6), min_size=1, max_size=3)),
    *calls(sparse(), "sparse.expand_dims", axes),
    *calls(sparse(), "sparse.slice", st.lists(few, min_size=2, max_size=2), st.lists(few, min_size=2, max_size=2)),
    *calls(sparse(), "sparse.add sparse.sparse_dense_matmul sparse.maximum", st.one_of(sparse(), dense())),
    *calls(
        sparse(),
        "reduce_sum identity square",
    ),
    *calls(sparse(), "RaggedTensor.from_sparse"),
    *calls(dense(), "sparse.from_dense"),
    *calls(sparse(), "@values @indices @dense_shape @shape @dtype"),
    *calls(sparse(), ".with_values", dense()),
    *calls(sparse(), "+mul +truediv", st.one_of(dense(), plain)),
    *calls(axes, "sparse.concat", st.lists(sparse(), min_size=1, max_size=2)),
    *calls(sparse(), "sparse.split", st.integers(1, 2), st.integers(0, 1)),
]


def value_of(item: Any, blur: str, heap: Heap) -> Value:
    """Return an argument as the interpreter may know it."""
    if isinstance(item, list):
        return Ref(heap.allocate(ListObject(tuple(value_of(part, blur, heap) for part in item))))
    if isinstance(item, tuple):
        return TupleValue(tuple(value_of(part, blur, heap) for part in item))
    if isinstance(item, slice):
        return SliceValue(Const(item.start), Const(item.stop), Const(item.step))
    value = materialise(reflect(item, Session()), heap)
    if not isinstance(value, TensorValue) or blur == "known":
        return value
    if blur == "content":
        return value.forgotten()
    value = of_any_length(value)
    if blur == "dims":
        value = dataclasses.replace(value, shape=tuple(None for _ in value.shape or ()))
        parts = [dataclasses.replace(part, shape=tuple(None for _ in part.shape or ())) for part in value.parts]
        if value.kind == "SparseTensor":
            parts[0] = dataclasses.replace(parts[0], shape=(None, len(value.shape or ())))
            parts[2] = dataclasses.replace(parts[2], shape=(len(value.shape or ()),))
        value = dataclasses.replace(value, parts=tuple(parts))
    return value


def really(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if name.startswith("."):
        return getattr(args[0], name[1:])(*args[1:], **kwargs)
    if name.startswith("@"):
        return getattr(args[0], name[1:])
    if name.startswith("+"):
        return getattr(operator, name[1:])(*args)
    return symbols.resolve(f"tensorflow.{name}").object(*args, **kwargs)


def check(call: Call, blur: str, mode: str) -> None:
    name, args, kwargs = call
    name, _, extra = name.partition(":")
    if extra:
        args = (*args, extra)
    heap = Heap()
    form = {".": "method", "@": "attribute", "+": "operator"}.get(name[0], "symbol")
    asked = f"tensorflow.{name}" if form == "symbol" else name[1:]
    values = tuple(value_of(arg, blur, heap) for arg in args)
    query = Query(form, asked, values, tuple((key, Const(item)) for key, item in kwargs.items()), mode=mode)
    outcome = Bridge(MEMO).call(query, heap).outcome
    result, error = None, None
    try:
        result = really(name, args, kwargs)
    except Exception as problem:
        error = problem
    if isinstance(outcome, Refused) and mode == "eager":
        assert error is not None, f"refused ({outcome.type}: {outcome.message}), but it gives {result!r}"
    if isinstance(outcome, Returned) and error is None:
        wrong = against(outcome.value, result, heap)
        assert wrong is None, wrong


blurs = st.sampled_from(["known", "known", "content", "length", "dims"])


@given(call=st.one_of(RAGGED), blur=blurs, mode=st.sampled_from(["eager", "eager", "graph"]))
def test_ragged(call: Call, blur: str, mode: str) -> None:
    check(call, blur, mode)


@given(call=st.one_of(SPARSE), blur=blurs, mode=st.sampled_from(["eager", "eager", "graph"]))
def test_sparse(call: Call, blur: str, mode: str) -> None:
    check(call, blur, mode)
