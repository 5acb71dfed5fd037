"""Differential test: what the bridge says of a call, against the call itself made eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from server.analysis.libraries import symbols
from server.analysis.libraries.bridge import Bridge
from server.analysis.libraries.memo import Memo
from server.analysis.libraries.outcome import Refused, Returned
from server.analysis.libraries.query import Query
from server.analysis.libraries.reflect import array_dtype
from server.analysis.libraries.session import Session
from server.analysis.values import Const, Content, DTypeValue, Heap, ListObject, Ref, TensorValue, TupleValue, Value

from .contain import against
from .ops import NUMPY, TENSORFLOW, Case

MEMO = Memo()


def abstract(item: Any, heap: Heap, kind: str, blur: str) -> Value:
    """Return an argument as the interpreter may know it. blur: `known`, `content` (unknown) or `dims` (unknown too)."""
    if isinstance(item, np.ndarray):
        shape = tuple(None for _ in item.shape) if blur == "dims" else item.shape
        dtype, special = array_dtype(item.dtype)
        if kind == "Tensor" and item.dtype.kind in "SUO":
            dtype, special = "string", None
        content = Content(item.copy()) if blur == "known" else None
        storage, version = heap.new_storage() if kind == "ndarray" else (None, 0)
        return TensorValue(
            kind=kind, dtype=dtype, shape=shape, content=content, storage=storage, version=version, numpy_dtype=special
        )
    if isinstance(item, list):
        return Ref(heap.allocate(ListObject(tuple(abstract(part, heap, kind, blur) for part in item))))
    if isinstance(item, tf.DType):
        return DTypeValue(item.name)
    if isinstance(item, tuple):
        return TupleValue(tuple(abstract(part, heap, kind, blur) for part in item))
    return Const(item)


def concrete(item: Any, kind: str) -> Any:
    if isinstance(item, np.ndarray):
        return tf.constant(item) if kind == "Tensor" else item.copy()
    if isinstance(item, list):
        return [concrete(part, kind) for part in item]
    return item


def really(case: Case, kind: str) -> tuple[Any, Exception | None]:
    function = symbols.resolve(case.name).object
    args = [concrete(item, kind) for item in case.args]
    kwargs = {name: concrete(item, kind) for name, item in case.kwargs.items()}
    try:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs), None
    except Exception as error:
        return None, error


def answered(case: Case, kind: str, blur: str, mode: str) -> tuple[Any, Heap]:
    """Return what the bridge says of a case, and the heap that its values are in."""
    heap = Heap()
    query = Query(
        "symbol",
        case.name,
        tuple(abstract(item, heap, kind, blur) for item in case.args),
        tuple((name, abstract(item, heap, kind, blur)) for name, item in case.kwargs.items()),
        mode=mode,
    )
    session = Session(executed=True)  # as in the process that the calls are made in
    return Bridge(MEMO, session).call(query, heap).outcome, heap


def check(case: Case, kind: str, blur: str, mode: str = "eager") -> None:
    outcome, heap = answered(case, kind, blur, mode)
    result, error = really(case, kind)
    if isinstance(outcome, Refused) and mode == "eager":
        assert error is not None, f"refused ({outcome.type}: {outcome.message}), but it gives {result!r}"
        if blur != "dims":
            assert outcome.type == type(error).__name__, f"refused by {outcome.type}, really {error!r}"
    if isinstance(outcome, Returned) and error is None:
        wrong = against(outcome.value if kind == "Tensor" else _settled(outcome.value, heap), result, heap)
        assert wrong is None, wrong


def _settled(value: Value, heap: Heap) -> Value:
    return heap.settled(value) if isinstance(value, TensorValue) else value


blurs = st.sampled_from(["known", "content", "dims"])


@given(case=st.one_of(TENSORFLOW), kind=st.sampled_from(["Tensor", "Tensor", "ndarray"]), blur=blurs)
def test_tensorflow(case: Case, kind: str, blur: str) -> None:
    check(case, kind, blur)


@given(case=st.one_of(TENSORFLOW), blur=blurs)
def test_what_a_graph_says_holds_eagerly(case: Case, blur: str) -> None:
    check(case, "Tensor", blur, mode="graph")


@given(case=st.one_of(NUMPY), blur=blurs)
def test_numpy(case: Case, blur: str) -> None:
    check(case, "ndarray", blur)


def test_a_wrong_claim_is_seen() -> None:
    heap = Heap()
    real = tf.zeros([2, 3])
    assert against(TensorValue(shape=(2, 3)), real, heap) is None
    assert against(TensorValue(shape=(None, 3)), real, heap) is None
    for wrong in (
        TensorValue(shape=(3, 2)),
        TensorValue(shape=(2, 3), dtype="float64"),
        TensorValue(shape=(2, 3), kind="ndarray"),
        TensorValue(shape=(2, 3), content=Content(np.ones((2, 3), "float32"))),
        TupleValue(()),
        Const(3),
    ):
        assert against(wrong, real, heap) is not None


def test_the_cases_cover_what_they_should() -> None:
    assert len(TENSORFLOW) >= 60
    assert len(NUMPY) >= 30
