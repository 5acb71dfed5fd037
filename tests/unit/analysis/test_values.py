"""Values: what is the same, what is told apart, and how answers without addresses come into a heap and out of it."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from server.analysis.report import Location, Position, Span
from server.analysis.values import (
    Const,
    Content,
    DatasetValue,
    DictObject,
    FunctionValue,
    Heap,
    LibraryObject,
    ListObject,
    Origin,
    Ref,
    Scalar,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from server.analysis.values.fresh import (
    FreshArray,
    FreshDict,
    FreshList,
    FreshObject,
    freeze,
    holds_identity,
    materialise,
    without_content,
)
from server.analysis.values.heap import dict_items, python_key


def place(line: int) -> Origin:
    return Origin(Location("/projects/a.py", Span(Position(line, 0), Position(line, 1))))


@pytest.mark.parametrize(
    ("first", "second"), [(1, True), (1, 1.0), (0.0, -0.0), (0, False), ("a", b"a"), (1.0, 1 + 0j), (None, False)]
)
def test_constants_that_python_calls_equal_are_told_apart(first: object, second: object) -> None:
    assert Const(first) != Const(second)


@pytest.mark.parametrize("item", [None, True, 3, 2.5, float("nan"), 1j, "é", b"\0", ...])
def test_a_constant_equals_itself_and_hashes_alike(item: object) -> None:
    assert Const(item) == Const(item)
    assert len({Const(item), Const(item)}) == 1


def test_unknowns_are_equal_whatever_their_reasons() -> None:
    assert Unknown("one reason") == Unknown("another")
    assert hash(Unknown("one reason")) == hash(Unknown("another"))
    assert Unknown() != Const(None)


def test_the_place_that_made_a_value_takes_no_part_in_comparison() -> None:
    assert Scalar(type="int", origin=place(1)) == Scalar(type="int", origin=place(2))


def test_a_value_keeps_the_first_place_that_made_it() -> None:
    made = Const(1).made_at(place(1))
    assert made.made_at(place(2)).origin == place(1)
    assert Const(1).made_at(None).origin is None


def test_unions_are_equal_in_any_order() -> None:
    first, second = Union((Const(1), Const("a"))), Union((Const("a"), Const(1)))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Union((Const(1), Const("b")))


def test_only_unions_have_several_members() -> None:
    assert Union((Const(1), Const(2))).members() == (Const(1), Const(2))
    pair = TupleValue((Const(1), Const(2)))
    assert pair.members() == (pair,)


def test_contents_compare_by_value() -> None:
    assert Content(np.arange(3)) == Content(np.arange(3))
    assert Content(np.arange(3)) != Content(np.arange(1, 4))
    assert Content(np.zeros((2, 3))[:, 1]) == Content(np.zeros(2))


def test_long_contents_are_told_apart_by_their_last_element() -> None:
    first, second = np.zeros(1000), np.zeros(1000)
    second[-1] = 1e-300
    assert Content(first) != Content(second)


def test_contents_of_text_compare_by_value() -> None:
    words = np.array([b"a", "é"], dtype=object)
    assert Content(words) == Content(words.copy())
    assert Content(words) != Content(np.array([b"a", "e"], dtype=object))


@pytest.mark.parametrize(("shape", "full"), [((), True), ((2, 3), True), ((2, None), False), (None, False)])
def test_a_shape_is_defined_where_every_size_is_known(shape: tuple[int | None, ...] | None, full: bool) -> None:
    assert TensorValue(shape=shape).fully_defined is full


def test_numpy_computes_with_arrays_and_their_scalars_alone() -> None:
    kinds = ("Tensor", "Variable", "ndarray", "npscalar")
    assert [TensorValue(kind=kind).is_numpy for kind in kinds] == [False, False, True, True]


def test_functions_are_the_same_where_their_tree_and_their_surroundings_are() -> None:
    node, twin = ast.parse("lambda: 0\nlambda: 0").body
    function = FunctionValue(node=node.value, scope=1)  # type: ignore[attr-defined]
    assert function == FunctionValue(node=node.value, scope=1)  # type: ignore[attr-defined]
    assert function != FunctionValue(node=twin.value, scope=1)  # type: ignore[attr-defined]
    assert function != FunctionValue(node=node.value, scope=2)  # type: ignore[attr-defined]
    assert function != FunctionValue(node=node.value, scope=1, receiver=Const(1))  # type: ignore[attr-defined]
    assert function.name == "<lambda>"


def test_to_dicts_one_and_true_are_one_key() -> None:
    assert python_key(Const(1)) == python_key(Const(True)) == python_key(Const(1.0))
    assert python_key(TupleValue((Const(1),))) == python_key(TupleValue((Const(True),)))
    assert python_key(Const(1)) != python_key(Const("1"))


def test_a_key_that_comes_again_keeps_its_first_form_and_place() -> None:
    pairs = [(Const(1), Const("a")), (Const(2), Const("b")), (Const(True), Const("c"))]
    assert dict_items(pairs) == ((Const(1), Const("c")), (Const(2), Const("b")))


# Without addresses -------------------------------------------------------------------------------------------------


def test_a_frozen_list_does_not_see_later_changes() -> None:
    heap = Heap()
    inner = heap.allocate(ListObject((Const(1),)))
    outer = heap.allocate(DictObject(((Const("a"), Ref(address=inner)),)))
    frozen = freeze(TupleValue((Ref(address=outer),)), heap)
    heap.put(inner, ListObject((Const(2),)))
    assert frozen == TupleValue((FreshDict(((Const("a"), FreshList((Const(1),))),)),))


def test_a_frozen_array_has_the_content_it_has_now() -> None:
    heap = Heap()
    storage, version = heap.new_storage()
    array = TensorValue(
        kind="ndarray", shape=(2,), content=Content(np.zeros(2)), storage=storage, version=version, dtype="float64"
    )
    before = freeze(array, heap)
    heap.written(storage)
    after = freeze(array, heap)
    assert isinstance(before, TensorValue)
    assert isinstance(after, TensorValue)
    assert (before.content, before.storage) == (Content(np.zeros(2)), None)
    assert (after.content, after.storage) == (None, None)


def test_a_library_object_stays_an_address_when_frozen() -> None:
    heap = Heap()
    layer = Ref(address=heap.allocate(LibraryObject("keras.layers.Dense", "Layer")))
    assert freeze(layer, heap) == layer


def test_materialised_containers_are_new_each_time() -> None:
    heap = Heap()
    fresh = TupleValue((FreshList((Const(1),)), FreshDict(((Const("a"), FreshList()),))))
    first, second = materialise(fresh, heap), materialise(fresh, heap)
    assert isinstance(first, TupleValue)
    assert isinstance(second, TupleValue)
    assert first.items[0] != second.items[0]
    assert freeze(first, heap) == freeze(second, heap) == fresh


def test_a_materialised_object_keeps_its_recipe() -> None:
    heap = Heap()
    item = LibraryObject("keras.layers.Dense", "Layer", (Const(4),))
    made = materialise(FreshObject(item), heap)
    assert isinstance(made, Ref)
    assert heap.get(made.address) == item


def test_a_view_shares_the_memory_of_its_argument_and_a_copy_does_not() -> None:
    heap = Heap()
    storage, _ = heap.new_storage()
    heap.written(storage)
    array = TensorValue(kind="ndarray", shape=(2,), content=Content(np.zeros(2)))
    view = materialise(FreshArray(array, viewed=0), heap, [storage])
    copy = materialise(FreshArray(array), heap, [storage])
    assert isinstance(view, TensorValue)
    assert isinstance(copy, TensorValue)
    assert view.storage == storage
    assert copy.storage not in (storage, None)
    assert heap.settled(view).content is not None
    heap.written(storage)
    assert heap.settled(view).content is None
    assert heap.settled(copy).content is not None


def test_what_a_dataset_yields_has_no_addresses() -> None:
    dataset = DatasetValue(FreshDict(((Const("x"), Const(1)),)))
    assert materialise(dataset, Heap()) == dataset


LIVE = TensorValue(kind="KerasTensor", node=7)


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (LIVE, True),
        (TupleValue((Const(1), FreshList((LIVE,)))), True),
        (FreshDict(((Const("a"), LIVE),)), True),
        (TupleValue((TensorValue(), FreshList())), False),
        (Const(7), False),
    ],
)
def test_a_keras_tensor_is_found_inside_of_containers(value: Value, held: bool) -> None:
    assert holds_identity(value) is held


def test_content_can_be_left_out_everywhere() -> None:
    known = TensorValue(shape=(1,), content=Content(np.zeros(1)))
    bare = TensorValue(shape=(1,))
    value = TupleValue((known, FreshList((FreshArray(known),)), FreshDict(((Const("a"), known),))))
    expected = TupleValue((bare, FreshList((FreshArray(bare),)), FreshDict(((Const("a"), bare),))))
    assert without_content(value) == expected
