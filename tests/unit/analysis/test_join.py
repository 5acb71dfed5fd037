"""Joins: what is true on every path that meets, and no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.values import (
    Const,
    Content,
    Scalar,
    ShapeValue,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from server.analysis.values.join import MAX_UNION, join, join_all, join_shapes, widen

drawn = settings(deadline=None, derandomize=True, max_examples=80)


def tensor(*shape: int | None, dtype: str = "float32", kind: str = "Tensor", **rest: Any) -> TensorValue:
    return TensorValue(kind=kind, dtype=dtype, shape=shape, **rest)


def known(array: np.ndarray[Any, Any]) -> TensorValue:
    return tensor(*array.shape, dtype=array.dtype.name, content=Content(array))


def admits(value: Value, item: Any) -> bool:
    """Say whether a real object (constants, arrays as tensors, tuples) is one that a value stands for."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Union):
        return any(admits(option, item) for option in value.options)
    if isinstance(value, Const):
        return type(value.value) is type(item) and repr(value.value) == repr(item)
    if isinstance(value, Scalar):
        return type(item).__name__ == value.type
    if isinstance(value, TupleValue):
        if not isinstance(item, tuple) or len(item) != len(value.items):
            return False
        return all(admits(part, inner) for part, inner in zip(value.items, item, strict=True))
    assert isinstance(value, TensorValue)
    if not isinstance(item, np.ndarray) or item.dtype.name != value.dtype:
        return False
    if value.content is not None and not np.array_equal(value.content.array, item):
        return False
    return value.shape is None or (
        len(value.shape) == item.ndim
        and all(dim is None or dim == size for dim, size in zip(value.shape, item.shape, strict=True))
    )


CONSTANTS = st.sampled_from([None, ..., True, False, 0, 1, 2, 0.0, -0.0, 1.0, 2.5, "", "a", b"a", 1j])
#: Few, so that ranks, dims and numbers of elements often agree.
SHAPES = st.sampled_from([(), (6,), (1, 6), (2, 3), (2, 0), (3, 0), (1, 2, 3)])


@st.composite
def arrays(draw: st.DrawFn) -> tuple[Value, Any]:
    shape = draw(SHAPES)
    array = np.full(shape, draw(st.sampled_from([0, 1])), dtype=draw(st.sampled_from(["float32", "int32"])))
    blurred = tuple(dim if draw(st.booleans()) else None for dim in shape)
    shapes = st.sampled_from([shape, blurred, None])
    content = draw(st.sampled_from([Content(array), None]))
    shape_known = shape if content is not None else draw(shapes)
    return TensorValue(dtype=array.dtype.name, shape=shape_known, content=content), array


@st.composite
def scalars(draw: st.DrawFn) -> tuple[Value, Any]:
    item = draw(CONSTANTS)
    precise = item is None or item is ... or draw(st.booleans())
    return (Const(item) if precise else Scalar(type=type(item).__name__)), item


def tuples(parts: st.SearchStrategy[tuple[Value, Any]]) -> st.SearchStrategy[tuple[Value, Any]]:
    return st.lists(parts, max_size=3).map(
        lambda pairs: (TupleValue(tuple(value for value, _ in pairs)), tuple(item for _, item in pairs))
    )


#: An abstract value, and a real object that it stands for.
EXAMPLES = st.recursive(scalars() | arrays() | st.just((Unknown("drawn"), 7)), tuples, max_leaves=4)
VALUES = EXAMPLES.map(lambda pair: pair[0])
JOINED = st.lists(VALUES, min_size=1, max_size=4).map(join_all)


@given(first=EXAMPLES, second=EXAMPLES)
@drawn
def test_a_join_admits_what_either_side_admits(first: tuple[Value, Any], second: tuple[Value, Any]) -> None:
    joined = join(first[0], second[0])
    assert admits(joined, first[1])
    assert admits(joined, second[1])


@given(examples=st.lists(EXAMPLES, min_size=1, max_size=8))
@drawn
def test_a_join_of_many_admits_all(examples: list[tuple[Value, Any]]) -> None:
    joined = join_all(value for value, _ in examples)
    assert all(admits(joined, item) for _, item in examples)


@given(old=EXAMPLES, new=EXAMPLES)
@drawn
def test_a_widened_value_admits_what_either_side_admits(old: tuple[Value, Any], new: tuple[Value, Any]) -> None:
    widened = widen(old[0], new[0])
    assert admits(widened, old[1])
    assert admits(widened, new[1])


@given(first=JOINED, second=JOINED)
@drawn
def test_the_order_of_a_join_does_not_matter(first: Value, second: Value) -> None:
    assert join(first, second) == join(second, first)


@given(first=JOINED, second=JOINED)
@drawn
def test_joining_again_what_is_in_already_changes_nothing(first: Value, second: Value) -> None:
    joined = join(first, second)
    assert join(joined, first) == joined
    assert join(joined, joined) == joined


@given(values=st.lists(VALUES, max_size=12))
@drawn
def test_unions_are_flat_narrow_and_without_repetition(values: list[Value]) -> None:
    joined = join_all(values)
    if isinstance(joined, Union):
        assert 2 <= len(joined.options) <= MAX_UNION
        assert not any(isinstance(option, (Union, Unknown)) for option in joined.options)
        assert len(set(joined.options)) == len(joined.options)


@given(values=st.lists(VALUES, min_size=6, max_size=6))
@drawn
def test_widening_comes_to_rest(values: list[Value]) -> None:
    state, changes = values[0], 0
    for value in values * 3:
        new = widen(state, value)
        changes += new != state
        state = new
    assert all(widen(state, value) == state for value in values)
    assert changes <= 6


# By example --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (Const(1), Const(1), Const(1)),
        (Const(1), Const(True), Union((Const(1), Const(True)))),
        (Const(1), Scalar(type="int"), Scalar(type="int")),
        (Const(True), Scalar(type="int"), Union((Const(True), Scalar(type="int")))),
        (Union((Const(1), Const(2))), Scalar(type="int"), Scalar(type="int")),
        (Scalar(type="int"), Union((Const(1), Const("a"))), Union((Scalar(type="int"), Const("a")))),
        (tensor(2, 3), tensor(4, 3), tensor(None, 3)),
        (tensor(2, 3), tensor(2, 3, 4), Union((tensor(2, 3), tensor(2, 3, 4)))),
        (tensor(2), tensor(2, dtype="int32"), Union((tensor(2), tensor(2, dtype="int32")))),
        (tensor(2), tensor(2, kind="Variable"), Union((tensor(2), tensor(2, kind="Variable")))),
        (tensor(2), TensorValue(shape=None), Union((tensor(2), TensorValue(shape=None)))),
        (tensor(None), tensor(2), tensor(None)),
        (ShapeValue(dims=(2, 3)), ShapeValue(dims=(2, 4)), ShapeValue(dims=(2, None))),
        (Const(None), tensor(2), Union((Const(None), tensor(2)))),
        (Unknown("why"), Const(1), Unknown()),
    ],
)
def test_joins_of_two(first: Value, second: Value, joined: Value) -> None:
    assert join(first, second) == joined
    assert join(second, first) == joined


def test_an_unknown_keeps_its_reason() -> None:
    joined = join(Const(1), Unknown("the file is missing"))
    assert isinstance(joined, Unknown)
    assert joined.reason == "the file is missing"


def test_content_survives_where_it_is_the_same() -> None:
    assert join(known(np.zeros(2)), known(np.zeros(2))) == known(np.zeros(2))
    assert join(known(np.zeros(2)), known(np.ones(2))) == tensor(2, dtype="float64")


def test_equal_bytes_in_another_shape_are_another_content() -> None:
    assert join(known(np.zeros((1, 6))), known(np.zeros((2, 3)))) == tensor(None, None, dtype="float64")


def test_arrays_in_different_memory_stay_apart() -> None:
    first, second = (tensor(2, kind="ndarray", storage=storage) for storage in (1, 2))
    assert join(first, second) == Union((first, second))
    assert join(first, tensor(3, kind="ndarray", storage=1)) == tensor(None, kind="ndarray", storage=1)


def test_keras_tensors_are_never_merged() -> None:
    first, second = tensor(None, 3, kind="KerasTensor", node=1), tensor(None, 4, kind="KerasTensor", node=2)
    assert join(first, second) == Union((first, second))


def test_tuples_of_one_length_are_joined_item_by_item() -> None:
    joined = join(TupleValue((Const(1), tensor(2))), TupleValue((Const(2), tensor(3))))
    assert joined == TupleValue((Union((Const(1), Const(2))), tensor(None)))


def test_tuples_of_different_lengths_stay_apart() -> None:
    first, second = TupleValue((Const(1),)), TupleValue((Const(1), Const(1)))
    assert join(first, second) == Union((first, second))


def test_field_names_survive_where_they_are_the_same() -> None:
    named = TupleValue((Const(1),), ("a",))
    assert join(named, TupleValue((Const(2),), ("a",))) == TupleValue((Union((Const(1), Const(2))),), ("a",))
    assert join(named, TupleValue((Const(1),), ("b",))) == TupleValue((Const(1),))


def test_a_union_that_grows_too_wide_collapses_to_the_types_of_its_constants() -> None:
    numbers = [Const(number) for number in range(MAX_UNION)]
    assert join_all(numbers) == Union(tuple(numbers))
    assert join_all([*numbers, Const(99)]) == Scalar(type="int")
    assert join_all([*numbers, Const("a")]) == Union((Scalar(type="int"), Scalar(type="str")))
    assert join_all([*numbers, Const(None)]) == Union((Scalar(type="int"), Const(None)))


def test_a_union_that_stays_too_wide_is_unknown() -> None:
    ranks = [tensor(*[2] * rank) for rank in range(MAX_UNION + 1)]
    assert join_all(ranks) == Unknown()


def test_nothing_joined_is_unknown() -> None:
    assert join_all([]) == Unknown()


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ((2, 3), (2, 3), (2, 3)),
        ((2, 3), (2, None), (2, None)),
        ((), (), ()),
        ((2,), (2, 2), None),
        (None, (2,), None),
        ((0,), (None,), (None,)),
    ],
)
def test_joins_of_shapes(
    first: tuple[int | None, ...] | None, second: tuple[int | None, ...] | None, joined: tuple[int | None, ...] | None
) -> None:
    assert join_shapes(first, second) == joined
    assert join_shapes(second, first) == joined


def test_widening_leaves_what_does_not_change() -> None:
    assert widen(Const(1), Const(1)) == Const(1)
    assert widen(Scalar(type="int"), Const(1)) == Scalar(type="int")


def test_widening_gives_up_constants_and_dims_at_once() -> None:
    assert widen(Const(1), Const(2)) == Scalar(type="int")
    assert widen(tensor(1, 3), tensor(2, 3)) == tensor(None, 3)
    assert widen(tensor(2), tensor(2, 2)) == Unknown()
