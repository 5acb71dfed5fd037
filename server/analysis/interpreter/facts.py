"""What every expression was seen to be, all visits joined, in the form that reports tell it."""

from __future__ import annotations

import ast
import dataclasses
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..report import Fact, Location, Position, Span
from ..source.unit import Unit
from ..values import DatasetValue, Heap, Ref, Shape, ShapeValue, Symbol, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import FreshDict
from ..values.heap import DictObject, LibraryObject, ListObject
from ..values.render import constant_text, dim_texts, dtype_text, kind, reason, shape_text, text

WrittenShape: TypeAlias = "tuple[int | str | None, ...] | None"
RECORDED = (ast.Name, ast.Call, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript)


@dataclass(frozen=True, slots=True)
class Visit:
    """An expression and what is known of it; `order` and `value` say when it was first unknown, and what it was."""

    node: ast.AST
    fact: Fact
    order: int
    value: Value


class FactTable:
    """The facts of one file."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._facts: dict[int, Fact] = {}
        #: By node, when it was first seen to be unknown, and what it was then.
        self._lost: dict[int, tuple[int, Value]] = {}
        self._nodes: dict[int, ast.AST] = {}
        self._last: dict[int, Value] = {}

    def record(self, node: ast.AST, value: Value, heap: Heap) -> None:
        """Note a visit of an expression."""
        key = id(node)
        if isinstance(value, TensorValue):
            value = heap.settled(value)  # written since: what it held then it does not hold now
        if self._last.get(key) is value and not isinstance(value, Ref):
            return
        self._last[key] = value
        old = self._facts.get(key)
        if old is not None and old.kind == "unknown":
            return  # once it was not known: no other visit changes that
        span = self.unit.span(node)
        if isinstance(node, ast.arg):  # the name alone, without its annotation
            span = Span(span.start, Position(span.start.line, span.start.column + len(node.arg)))
        fact = summary(value, heap, span)
        self._facts[key] = joined = fact if old is None or old == fact else _join(old, fact)
        self._nodes[key] = node
        if joined.kind == "unknown":
            self._lost.setdefault(key, (len(self._lost), value))

    def forget(self, nodes: set[int], why: str) -> None:
        """Say of these expressions that they are not known: there are visits that were not made."""
        for key in nodes & set(self._facts):
            self._facts[key] = Fact(self._facts[key].span, "unknown", reason=why, text="unknown")
            self._lost.setdefault(key, (len(self._lost), Unknown(why)))

    def visits(self) -> list[Visit]:
        """Return the expressions with their facts: first what is unknown, in the order in which it was seen to be."""
        late = len(self._lost)
        found = [
            Visit(self._nodes[key], fact, *self._lost.get(key, (late, self._last[key])))
            for key, fact in self._facts.items()
        ]
        return sorted(found, key=lambda visit: visit.order)

    def value(self, node: ast.AST) -> Value | None:
        """Return what an expression was when it was last seen."""
        return self._last.get(id(node))

    def all(self) -> tuple[Fact, ...]:
        """Return the facts in the order of the text."""
        return tuple(sorted(self._facts.values(), key=lambda fact: (fact.span.start, fact.span.end)))


def summary(value: Value, heap: Heap, span: Span) -> Fact:
    """Say a value as a fact."""
    if isinstance(value, TensorValue):
        value = heap.settled(value)
    origin: Location | None = value.origin.location if value.origin is not None else None
    symbol = value.name if isinstance(value, Symbol) else None
    if isinstance(value, Ref):
        item = heap.get(value.address)
        symbol = item.symbol if isinstance(item, LibraryObject) else None
    return Fact(
        span=span,
        kind=kind(value, heap),
        dtype=value.dtype if isinstance(value, TensorValue) else None,
        shape=_written(value.shape) if isinstance(value, TensorValue) else None,
        spec=_spec(value, heap),
        reason=reason(value, heap),
        text=text(value, heap),
        constant=constant_text(value),
        origin=origin,
        symbol=symbol,
        values=str(value.interval) if isinstance(value, TensorValue) and value.interval is not None else None,
    )


def _spec(value: Value, heap: Heap, depth: int = 3) -> Any:
    """Describe what has structure: the members of a tuple, list or dict, the elements of a dataset."""
    if depth == 0:
        return None
    members: tuple[Value, ...] | None = None
    if isinstance(value, TupleValue):
        members = value.items
    elif isinstance(value, ShapeValue):
        return {"dims": None if value.dims is None else list(_written(value.dims) or ())}
    elif isinstance(value, DatasetValue) and value.element is not None:
        return {"element": _member(value.element, heap, depth)}
    elif isinstance(value, FreshDict):
        return {"entries": [[_member(k, heap, depth), _member(v, heap, depth)] for k, v in value.items[:20]]}
    elif isinstance(value, Ref):
        item = heap.get(value.address)
        if isinstance(item, ListObject):
            members = item.items
        elif isinstance(item, DictObject) and item.items is not None:
            pairs = item.items[:20]
            return {"entries": [[_member(k, heap, depth), _member(v, heap, depth)] for k, v in pairs]}
    if members is None:
        return None
    return {"members": [_member(item, heap, depth) for item in members[:20]], "length": len(members)}


def _member(value: Value, heap: Heap, depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": kind(value, heap)}
    if isinstance(value, TensorValue):
        out["dtype"] = value.dtype
        out["shape"] = None if value.shape is None else list(_written(value.shape) or ())
    inner = _spec(value, heap, depth - 1)
    if inner is not None:
        out["spec"] = inner
    short = constant_text(value)
    if short is not None:
        out["value"] = short
    return out


def _join(old: Fact, new: Fact) -> Fact:
    """Join two visits of one expression."""
    if old.kind == "unknown":
        return old
    if new.kind != old.kind:
        why = new.reason or "differs from visit to visit"
        return Fact(old.span, "unknown", reason=why, text="unknown")
    shape = _joined_shape(old.shape, new.shape)
    dtype = old.dtype if old.dtype == new.dtype else None
    return dataclasses.replace(
        old,
        dtype=dtype,
        shape=shape,
        constant=old.constant if old.constant == new.constant else None,
        values=old.values if old.values == new.values else None,
        spec=old.spec if old.spec == new.spec else None,
        origin=old.origin if old.origin == new.origin else None,
        text=_joined_text(old, new, dtype, shape),
    )


def _written(shape: Shape) -> WrittenShape:
    """Return a shape as reports tell it: numbers as numbers, expressions as text."""
    if shape is None:
        return None
    return tuple(dim if isinstance(dim, int) else text for dim, text in zip(shape, dim_texts(shape), strict=True))


def _joined_shape(old: WrittenShape, new: WrittenShape) -> WrittenShape:
    if old is None or new is None or len(old) != len(new):
        return None
    return tuple(a if a == b else None for a, b in zip(old, new, strict=True))


def _joined_text(old: Fact, new: Fact, dtype: str | None, shape: WrittenShape) -> str:
    if old.text == new.text:
        return old.text
    if old.dtype is None:
        return old.kind
    spec = dtype_text(dtype or "?") + shape_text(shape)
    return spec if old.kind == "Tensor" else f"{old.kind} {spec}"
