"""Objects that are kept by their recipe: made anew where they are asked something, and never run where that does harm."""

from __future__ import annotations

import numpy as np
import pytest

from server.analysis.libraries.outcome import NotKnown, Refused
from server.analysis.libraries.recipes import family_of_class, may_ask
from server.analysis.values import DTypeValue, LibraryObject, Ref, TensorValue

from .conftest import Asker, tensor

#: Of a file: whole lines are keys, their numbers values.
LINES = (DTypeValue("string"), -2, DTypeValue("int64"), -1)


def made(ask: Asker, name: str, *args: object, **kwargs: object) -> Ref:
    value = ask.get(name, *args, **kwargs)
    assert isinstance(value, Ref)
    return value


def item(ask: Asker, value: object) -> LibraryObject:
    assert isinstance(value, Ref)
    found = ask.heap.get(value.address)
    assert isinstance(found, LibraryObject)
    return found


def test_an_operator_may_hold_tensors_that_are_not_known(ask: Asker) -> None:
    operator = made(ask, "tensorflow.linalg.LinearOperatorFullMatrix", tensor(5, 3, 3))
    solved = ask.get("solve", operator, tensor(5, 3, 2), form="object")
    assert (solved.shape, solved.content) == ((5, 3, 2), None)


def test_what_an_operator_gives_is_an_operator(ask: Asker) -> None:
    operator = made(ask, "tensorflow.linalg.LinearOperatorFullMatrix", np.array([[1.0, 2.0], [3.0, 4.0]]))
    turned = ask.get("adjoint", operator, form="object")
    assert (item(ask, turned).maker, item(ask, turned).form) == ("adjoint", "object")
    dense = ask.get("to_dense", turned, form="object")
    assert dense.content.array.tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_parts_of_a_result_know_which_they_are(ask: Asker) -> None:
    generator = made(ask, "tensorflow.random.Generator.from_seed", 1)
    parts = ask.heap.get(ask.get("split", generator, 3, form="object").address).items
    assert [item(ask, part).path for part in parts] == [(0,), (1,), (2,)]
    drawn = ask.get("normal", parts[1], [4], form="object")
    assert (drawn.shape, drawn.content) == ((4,), None)


@pytest.mark.parametrize("method", ["normal", "truncated_normal", "uniform"])
def test_what_is_drawn_is_never_known(ask: Asker, method: str) -> None:
    generator = made(ask, "tensorflow.random.Generator.from_seed", 1)
    assert ask.get(method, generator, [3], form="object").content is None


def test_a_vocabulary_file_is_not_read(ask: Asker) -> None:
    filling = made(ask, "tensorflow.lookup.TextFileInitializer", "/no/such/file", *LINES)
    table = made(ask, "tensorflow.lookup.StaticHashTable", filling, -1)
    found = ask.get("lookup", table, TensorValue(dtype="string", shape=(2, 3)), form="object")
    assert (found.dtype, found.shape, found.content) == ("int64", (2, 3), None)


def test_keys_that_are_not_known_are_no_fault_of_the_program(ask: Asker) -> None:
    """Stand-ins of keys are all alike, with values that are not: such a table cannot be filled."""
    filling = made(ask, "tensorflow.lookup.KeyValueTensorInitializer", tensor(2, dtype="int64"), np.array([1, 2]))
    assert not isinstance(ask("tensorflow.lookup.StaticHashTable", filling, -1).outcome, Refused)


def test_a_queue_is_never_waited_for(ask: Asker) -> None:
    queue = made(ask, "tensorflow.queue.FIFOQueue", 3, [DTypeValue("float32")], shapes=[[2]])
    assert ask.get("dequeue", queue, form="object").shape == (2,)
    wrong = ask("enqueue", queue, "text", form="object").outcome
    assert isinstance(wrong, NotKnown)


def test_what_changes_is_not_said(ask: Asker) -> None:
    table = made(ask, "tensorflow.lookup.experimental.MutableHashTable", DTypeValue("string"), DTypeValue("int64"), -1)
    keys = TensorValue(dtype="string", shape=(2,))
    assert ask.get("lookup", table, keys, form="object").shape == (2,)
    exported = ask.get("export", table, form="object")
    assert all(part.shape is None and part.content is None for part in exported.items)
    assert ask.get("size", table, form="object").content is None


def test_methods_that_are_never_asked(ask: Asker) -> None:
    queue = made(ask, "tensorflow.queue.FIFOQueue", 3, [DTypeValue("float32")])
    assert may_ask(item(ask, queue), "enqueue")
    assert not may_ask(item(ask, queue), "from_list")
    assert not may_ask(item(ask, queue), "__reduce__")
    assert family_of_class("tensorflow.linalg.LinearOperatorDiag") is not None
    assert family_of_class("tensorflow.io.TFRecordWriter") is None
