"""A bridge with a memo of its own, and short ways to make the values it is asked about."""

from __future__ import annotations

import os

os.environ.setdefault("SHAPEWRIGHT_STRICT", "1")

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from server.analysis.libraries.bridge import Bridge
from server.analysis.libraries.memo import Answer, Memo
from server.analysis.libraries.query import Query
from server.analysis.libraries.reflect import array_dtype
from server.analysis.values import Const, Content, Heap, ListObject, Ref, TensorValue, TupleValue, Value
from server.analysis.values.heap import DictObject

Asked = Callable[..., Answer]


class Asker:
    """Asks a bridge; what is passed is turned into values: arrays into ndarrays of known content, and so on."""

    def __init__(self) -> None:
        self.memo = Memo()
        self.heap = Heap()
        self.bridge = Bridge(self.memo)

    def value(self, item: Any) -> Value:
        if isinstance(item, Value):
            return item
        if isinstance(item, np.ndarray):
            dtype, special = array_dtype(item.dtype)
            storage, version = self.heap.new_storage()
            return TensorValue(
                kind="ndarray",
                dtype=dtype,
                shape=item.shape,
                content=Content(item.copy()),
                storage=storage,
                version=version,
                numpy_dtype=special,
            )
        if isinstance(item, tuple):
            return TupleValue(tuple(self.value(part) for part in item))
        if isinstance(item, list):
            return Ref(self.heap.allocate(ListObject(tuple(self.value(part) for part in item))))
        if isinstance(item, dict):
            pairs = tuple((self.value(key), self.value(part)) for key, part in item.items())
            return Ref(self.heap.allocate(DictObject(pairs)))
        return Const(item)

    def query(self, name: str, *args: Any, form: str = "symbol", mode: str = "eager", **kwargs: Any) -> Query:
        named = tuple((key, self.value(item)) for key, item in kwargs.items())
        return Query(form, name, tuple(self.value(item) for item in args), named, mode)

    def __call__(self, name: str, *args: Any, form: str = "symbol", mode: str = "eager", **kwargs: Any) -> Answer:
        return self.bridge.call(self.query(name, *args, form=form, mode=mode, **kwargs), self.heap)

    def get(self, name: str, *args: Any, form: str = "symbol", mode: str = "eager", **kwargs: Any) -> Any:
        """Return the value that a call gives."""
        return self(name, *args, form=form, mode=mode, **kwargs).outcome.value  # type: ignore[union-attr]


@pytest.fixture
def ask() -> Asker:
    return Asker()


def tensor(*shape: int | None, dtype: str = "float32", kind: str = "Tensor") -> TensorValue:
    """Return a tensor of unknown content."""
    return TensorValue(kind=kind, dtype=dtype, shape=shape)
