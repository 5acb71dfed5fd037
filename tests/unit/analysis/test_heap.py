"""The heap: aliases, mutation, branches that meet, memory that is written, and what escapes."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.values import (
    BoundMethod,
    ClassObject,
    Const,
    Content,
    DictObject,
    FunctionValue,
    Heap,
    HeapObject,
    InstanceObject,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    ScopeObject,
    SetObject,
    TensorValue,
    TupleValue,
    Union,
    Unknown,
    Value,
)
from server.analysis.values.callables import Partial
from server.analysis.values.heap import UnknownObject
from server.analysis.values.join import join_heaps
from server.analysis.values.standard import IteratorObject, StandardDict

ONE, TWO = Const(1), Const(2)
EITHER = Union((ONE, TWO))


@pytest.fixture
def heap() -> Heap:
    return Heap()


def array(heap: Heap) -> TensorValue:
    storage, version = heap.new_storage()
    return TensorValue(kind="ndarray", shape=(2,), content=Content(np.zeros(2)), storage=storage, version=version)


def put(heap: Heap, item: HeapObject) -> Ref:
    return Ref(address=heap.allocate(item))


def lost(heap: Heap, value: Ref) -> bool:
    return isinstance(heap.get(value.address), UnknownObject)


def function(text: str, scope: int, **rest: Any) -> FunctionValue:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    return FunctionValue(node=node, scope=scope, **rest)


# Objects and branches ----------------------------------------------------------------------------------------------


def test_a_change_is_seen_through_every_alias(heap: Heap) -> None:
    first = put(heap, ListObject((ONE,)))
    second = Ref(address=first.address)
    heap.put(first.address, ListObject((ONE, TWO)))
    assert heap.get(second.address) == ListObject((ONE, TWO))


def test_objects_that_look_alike_have_addresses_of_their_own(heap: Heap) -> None:
    first, second = put(heap, ListObject()), put(heap, ListObject())
    heap.put(first.address, ListObject((ONE,)))
    assert heap.get(second.address) == ListObject()


def test_a_branch_does_not_change_the_heap_it_left(heap: Heap) -> None:
    made = put(heap, ListObject((ONE,)))
    branch = heap.fork()
    branch.put(made.address, ListObject((TWO,)))
    inside = put(branch, ListObject())
    assert heap.get(made.address) == ListObject((ONE,))
    assert isinstance(heap.get(inside.address), UnknownObject)


def test_two_branches_never_give_one_address_twice(heap: Heap) -> None:
    first, second = heap.fork(), heap.fork()
    assert put(first, ListObject()) != put(second, ListObject())


def test_an_address_of_another_path_is_unknown_and_says_why(heap: Heap) -> None:
    assert heap.get(-1) == UnknownObject("created on another path")


# Scopes ------------------------------------------------------------------------------------------------------------


def test_names_are_found_in_the_nearest_scope(heap: Heap) -> None:
    outer = heap.allocate(ScopeObject({"a": ONE, "b": ONE}))
    inner = heap.allocate(ScopeObject({}, outer))
    heap.bind(inner, "a", TWO)
    assert heap.lookup(inner, "a") == (inner, TWO)
    assert heap.lookup(inner, "b") == (outer, ONE)
    assert heap.lookup(inner, "c") is None


def test_a_closure_sees_what_is_bound_later(heap: Heap) -> None:
    outer = heap.allocate(ScopeObject())
    inner = heap.allocate(ScopeObject({}, outer))
    heap.bind(outer, "a", ONE)
    assert heap.lookup(inner, "a") == (outer, ONE)
    heap.unbind(outer, "a")
    assert heap.lookup(inner, "a") is None


def test_a_name_that_is_taken_out_uncovers_the_one_around(heap: Heap) -> None:
    outer = heap.allocate(ScopeObject({"a": ONE}))
    inner = heap.allocate(ScopeObject({"a": TWO}, outer))
    heap.unbind(inner, "a")
    heap.unbind(inner, "never bound")
    assert heap.lookup(inner, "a") == (outer, ONE)


# Memory ------------------------------------------------------------------------------------------------------------


def test_content_holds_until_the_memory_is_written(heap: Heap) -> None:
    value = array(heap)
    assert heap.settled(value) is value
    heap.written(value.storage)
    assert heap.settled(value).content is None
    assert heap.settled(value).shape == (2,)


def test_a_write_through_a_view_is_a_write_to_the_array(heap: Heap) -> None:
    value, other = array(heap), array(heap)
    view = TensorValue(kind="ndarray", shape=(1,), content=Content(np.zeros(1)), storage=value.storage)
    heap.written(view.storage)
    assert heap.settled(value).content is None
    assert heap.settled(other).content is not None


def test_a_write_on_one_path_is_none_on_the_other(heap: Heap) -> None:
    value = array(heap)
    branch = heap.fork()
    branch.written(value.storage)
    assert heap.settled(value).content is not None
    assert branch.settled(value).content is None


@pytest.mark.parametrize("writers", [(True, False), (False, True), (True, True)])
def test_after_paths_meet_content_holds_only_where_no_path_wrote(heap: Heap, writers: tuple[bool, ...]) -> None:
    value, untouched = array(heap), array(heap)
    paths = [heap.fork() for _ in writers]
    for path, writes in zip(paths, writers, strict=True):
        if writes:
            path.written(value.storage)
    joined = join_heaps(paths)
    assert joined.settled(value).content is None
    assert joined.settled(untouched).content is not None


def test_what_is_without_memory_is_always_settled(heap: Heap) -> None:
    value = TensorValue(shape=(2,), content=Content(np.zeros(2)))
    heap.written(None)
    assert heap.settled(value) is value


# Joins -------------------------------------------------------------------------------------------------------------

LIST, DICT, SET = ListObject, DictObject, SetObject
A, B = Const("a"), Const("b")


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (LIST((ONE, ONE)), LIST((ONE, TWO)), LIST((ONE, EITHER))),
        (LIST((ONE,)), LIST((ONE, TWO)), LIST(None, EITHER)),
        (LIST(None, ONE), LIST((TWO, TWO)), LIST(None, EITHER)),
        (LIST(), LIST((ONE,)), LIST(None, ONE)),
        (LIST((ONE,)), SET((ONE,)), UnknownObject("different on different paths")),
        (DICT(((A, ONE),)), DICT(((A, TWO),)), DICT(((A, EITHER),))),
        (DICT(((A, ONE),)), DICT(((B, ONE),)), DICT(None)),
        (DICT(((A, ONE), (B, ONE))), DICT(((B, ONE), (A, ONE))), DICT(None)),
        (DICT(None), DICT(((A, ONE),)), DICT(None)),
        (StandardDict(((A, ONE),)), StandardDict(((A, TWO),)), StandardDict(((A, EITHER),))),
        (StandardDict(((A, ONE),)), DICT(((A, ONE),)), DICT(None)),
        (SET((ONE,)), SET((TWO,)), SET(None)),
        (ScopeObject({"a": ONE}), ScopeObject({"a": TWO}), ScopeObject({"a": EITHER})),
        (ScopeObject({"a": ONE}), ScopeObject({"b": TWO}), ScopeObject({"a": ONE, "b": TWO})),
        (IteratorObject("zip", (A,), position=1), IteratorObject("zip", (A,), position=2),
         IteratorObject("zip", (A,), position=None)),
        (InstanceObject("A", {"x": ONE}), InstanceObject("A", {"x": TWO}), InstanceObject("A", {"x": EITHER})),
        (InstanceObject("A", {}), InstanceObject("A", {"x": ONE}),
         InstanceObject("A", {"x": ONE}, maybe=frozenset(["x"]))),
        (InstanceObject("A", lost=True), InstanceObject("A"), InstanceObject("A", lost=True)),
        (InstanceObject("A"), InstanceObject("B"), UnknownObject("different on different paths")),
        (ClassObject("A", (), {"x": ONE}), ClassObject("A", (), {"x": TWO}), ClassObject("A", (), {"x": EITHER})),
        (LibraryObject("L", args=(ONE,)), LibraryObject("L", args=(TWO,)),
         UnknownObject("different on different paths")),
        (
            LibraryObject("L", history=(("build", (ONE,), ()),)),
            LibraryObject("L"),
            LibraryObject("L", others=frozenset([(("build", (ONE,), ()),)])),
        ),
        (LibraryObject("L", history=(("add", (ONE,), ()),)), LibraryObject("L"),
         UnknownObject("changed in different ways on different paths")),
    ],
)  # fmt: skip
def test_an_object_after_paths_meet(heap: Heap, first: HeapObject, second: HeapObject, joined: HeapObject) -> None:
    address = heap.allocate(UnknownObject())
    paths = [heap.fork(), heap.fork()]
    paths[0].put(address, first)
    paths[1].put(address, second)
    assert join_heaps(paths).get(address) == joined
    assert join_heaps(paths[::-1]).get(address) == joined


def test_what_no_path_has_touched_is_the_same_object(heap: Heap) -> None:
    made = put(heap, ListObject((ONE,)))
    assert join_heaps([heap.fork(), heap.fork()]).get(made.address) is heap.get(made.address)


def test_what_one_path_made_is_there_afterwards(heap: Heap) -> None:
    first, second = heap.fork(), heap.fork()
    made = put(second, ListObject((ONE,)))
    assert join_heaps([first, second]).get(made.address) == ListObject((ONE,))


def test_a_join_changes_none_of_the_paths(heap: Heap) -> None:
    made = put(heap, ListObject((ONE,)))
    paths = [heap.fork(), heap.fork()]
    paths[1].put(made.address, ListObject((TWO,)))
    join_heaps(paths)
    assert paths[0].get(made.address) == ListObject((ONE,))
    assert paths[1].get(made.address) == ListObject((TWO,))


NUMBERS = st.lists(st.integers(0, 3).map(Const), max_size=4).map(tuple)


@given(contents=st.lists(NUMBERS, min_size=1, max_size=4))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_a_list_after_paths_meet_may_hold_what_it_held_on_each(contents: list[tuple[Const, ...]]) -> None:
    heap = Heap()
    address = heap.allocate(ListObject())
    paths = []
    for items in contents:
        paths.append(heap.fork())
        paths[-1].put(address, ListObject(items))
    joined = join_heaps(paths).get(address)
    assert isinstance(joined, ListObject)
    for items in contents:
        places = joined.items if joined.items is not None else (joined.element,) * len(items)
        assert len(places) == len(items)
        for place, item in zip(places, items, strict=True):
            allowed = place.members()
            assert item in allowed or Unknown() in allowed or Scalar(type="int") in allowed


# Escape ------------------------------------------------------------------------------------------------------------


def test_what_escapes_is_unknown_for_every_alias_and_says_why(heap: Heap) -> None:
    made = put(heap, ListObject((ONE,)))
    heap.escape([made], "passed to plot")
    assert heap.get(made.address) == UnknownObject("passed to plot")


@pytest.mark.parametrize(
    "holder",
    [
        lambda heap, item: TupleValue((ONE, item)),
        lambda heap, item: Union((ONE, item)),
        lambda heap, item: BoundMethod(receiver=item, name="append"),
        lambda heap, item: Partial(function=BoundMethod(receiver=item, name="append")),
        lambda heap, item: Partial(args=(item,)),
        lambda heap, item: Partial(kwargs=(("to", item),)),
        lambda heap, item: put(heap, ListObject((item,))),
        lambda heap, item: put(heap, ListObject(None, item)),
        lambda heap, item: put(heap, SetObject((item,))),
        lambda heap, item: put(heap, DictObject(((A, item),))),
        lambda heap, item: put(heap, InstanceObject("A", {"x": item})),
        lambda heap, item: put(heap, IteratorObject("zip", (item,))),
        lambda heap, item: put(heap, ListObject((put(heap, ListObject((TupleValue((item,)),))),))),
        lambda heap, item: function("def f(): x.append(1)", heap.allocate(ScopeObject({"x": item}))),
        lambda heap, item: function("def f(x): x.append(1)", heap.allocate(ScopeObject()), defaults=(item,)),
        lambda heap, item: function(
            "def f(*, x): x.append(1)", heap.allocate(ScopeObject()), keyword_defaults=(("x", item),)
        ),
        lambda heap, item: function("def f(self): pass", heap.allocate(ScopeObject()), receiver=item),
    ],
)  # fmt: skip
def test_what_is_held_by_something_that_escapes_escapes_too(heap: Heap, holder: Any) -> None:
    made = put(heap, ListObject((ONE,)))
    heap.escape([holder(heap, made)], "passed to plot")
    assert lost(heap, made)


def test_what_is_not_reachable_stays_known(heap: Heap) -> None:
    made, other = put(heap, ListObject()), put(heap, ListObject())
    scope = heap.allocate(ScopeObject({"x": made, "y": other}))
    heap.escape([function("def f(): return y", scope)], "passed to plot")
    assert lost(heap, other)
    assert not lost(heap, made)


def test_one_method_of_two_receivers_reaches_both(heap: Heap) -> None:
    first, second = put(heap, InstanceObject("A")), put(heap, InstanceObject("A"))
    scope = heap.allocate(ScopeObject())
    method = function("def f(self): self.x = 1", scope)
    bound = [FunctionValue(node=method.node, scope=scope, receiver=receiver) for receiver in (first, second)]
    heap.escape(bound, "passed to plot")
    assert lost(heap, first)
    assert lost(heap, second)


@pytest.mark.parametrize("word", ["global", "nonlocal"])
def test_names_that_an_escaped_function_rebinds_are_unknown(heap: Heap, word: str) -> None:
    scope = heap.allocate(ScopeObject({"count": ONE, "other": ONE}))
    heap.escape([function(f"def f():\n    {word} count\n    count = 2", scope)], "passed to plot")
    assert heap.lookup(scope, "count") == (scope, Unknown())
    assert heap.lookup(scope, "other") == (scope, ONE)


def test_an_array_that_escapes_keeps_its_shape(heap: Heap) -> None:
    value = array(heap)
    heap.escape([value], "passed to plot")
    assert heap.settled(value).content is None


def test_a_layer_that_escapes_keeps_its_recipe(heap: Heap) -> None:
    layer = put(heap, LibraryObject("keras.layers.Dense", "Layer", (Const(4),)))
    heap.escape([layer], "passed to plot")
    assert heap.get(layer.address) == LibraryObject("keras.layers.Dense", "Layer", (Const(4),))


def test_a_cycle_escapes_once(heap: Heap) -> None:
    first, second = put(heap, ListObject()), put(heap, ListObject())
    heap.put(first.address, ListObject((second,)))
    heap.put(second.address, ListObject((first,)))
    scope = heap.allocate(ScopeObject())
    caller: Value = function("def f(): return f()", scope)
    heap.bind(scope, "f", caller)
    heap.escape([first, caller], "passed to plot")
    assert lost(heap, first)
    assert lost(heap, second)
