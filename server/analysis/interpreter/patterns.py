"""`match`: each pattern is decided where the subject is known, and may match where it is not."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass, field

from ..values import (
    Builtin,
    Const,
    DictObject,
    Heap,
    ListObject,
    Ref,
    Scalar,
    TensorValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.heap import python_key
from .core import Frame, Interpreter, executes
from .instances import instance
from .sequences import known_items, truth
from .statements import store

#: Classes of Python's own of which a single positional pattern takes the object itself.
_SELF = ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")


@dataclass
class _Match:
    """Whether a pattern matches (None: perhaps), and what it binds then."""

    known: bool | None
    names: dict[str, Value] = field(default_factory=dict)


@executes(ast.Match)
def _match(interp: Interpreter, frame: Frame, node: ast.Match) -> bool:
    subject = interp.evaluate(frame, node.subject)
    ends: list[Heap] = []
    raised: list[bool] = []
    falls_through = True
    for case in node.cases:
        found = _matches(interp, frame, case.pattern, subject)
        if found.known is False:
            continue
        entry = interp.heap
        interp.heap = entry.fork()
        for name, value in found.names.items():
            store(interp, frame, name, value)
        guard = True if case.guard is None else truth(interp, frame, interp.evaluate(frame, case.guard))
        if guard is not False:
            with contextlib.nullcontext() if found.known and guard else interp.guessing():
                reached = interp.execute_block(frame, case.body)
            if reached:
                ends.append(interp.heap)
            raised.append(interp.raised)
            interp.raised = False
        interp.heap = entry
        if found.known and guard:
            falls_through = False
            break
    if falls_through:
        ends.append(interp.heap)
    if not ends:
        interp.raised = bool(raised) and all(raised)
        return False
    interp.heap = interp.joined(ends)
    return True


def _matches(interp: Interpreter, frame: Frame, pattern: ast.pattern, value: Value) -> _Match:
    if isinstance(pattern, ast.MatchValue):
        return _Match(_equal(interp, interp.evaluate(frame, pattern.value), value))
    if isinstance(pattern, ast.MatchSingleton):
        if isinstance(value, (Unknown, Scalar)) or len(value.members()) > 1:
            return _Match(None)
        return _Match(isinstance(value, Const) and value.value is pattern.value)
    if isinstance(pattern, ast.MatchAs):
        inner = _Match(True) if pattern.pattern is None else _matches(interp, frame, pattern.pattern, value)
        if pattern.name is not None:
            inner.names[pattern.name] = value
        return inner
    if isinstance(pattern, ast.MatchOr):
        return _any(interp, frame, pattern, value)
    if isinstance(pattern, ast.MatchSequence):
        return _sequence(interp, frame, pattern, value)
    if isinstance(pattern, ast.MatchMapping):
        return _mapping(interp, frame, pattern, value)
    if isinstance(pattern, ast.MatchClass):
        return _class(interp, frame, pattern, value)
    return _Match(None, _bound_names(pattern))


def _bound_names(pattern: ast.AST) -> dict[str, Value]:
    """Return the names that a pattern binds, to values of which nothing is known."""
    out: dict[str, Value] = {}
    for part in ast.walk(pattern):
        name = getattr(part, "rest", None) or (getattr(part, "name", None) if not isinstance(part, ast.Name) else None)
        if isinstance(name, str):
            out[name] = Unknown("bound by a pattern")
    return out


def _equal(interp: Interpreter, a: Value, b: Value) -> bool | None:
    if isinstance(a, Const) and isinstance(b, Const):
        return bool(a.value == b.value)
    if isinstance(a, Ref) and a == b:
        return True
    other = interp.heap.get(b.address) if isinstance(b, Ref) else None
    if isinstance(a, Const) and (isinstance(b, TupleValue) or isinstance(other, (ListObject, DictObject))):
        return False
    return None


def _any(interp: Interpreter, frame: Frame, pattern: ast.MatchOr, value: Value) -> _Match:
    maybe = False
    for option in pattern.patterns:
        found = _matches(interp, frame, option, value)
        if found.known and not maybe:
            return found
        maybe |= found.known is not False
    return _Match(None if maybe else False, _bound_names(pattern) if maybe else {})


def _sequence(interp: Interpreter, frame: Frame, pattern: ast.MatchSequence, value: Value) -> _Match:
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(value, (Const, Scalar)) or isinstance(item, DictObject):
        return _Match(False)  # text is no sequence here
    if not isinstance(value, TupleValue) and not (isinstance(item, ListObject) and item.name == "list"):
        return _Match(None, _bound_names(pattern))
    items = known_items(interp, value)
    if items is None:
        return _Match(None, _bound_names(pattern))
    star = next((i for i, part in enumerate(pattern.patterns) if isinstance(part, ast.MatchStar)), None)
    count = len(pattern.patterns)
    if (star is None and len(items) != count) or (star is not None and len(items) < count - 1):
        return _Match(False)
    parts: list[_Match] = []
    for index, part in enumerate(pattern.patterns):
        if isinstance(part, ast.MatchStar):
            rest = tuple(items[index : len(items) - (count - index - 1)])
            names: dict[str, Value] = {}
            if part.name is not None:
                names[part.name] = Ref(interp.heap.allocate(ListObject(rest)))
            parts.append(_Match(True, names))
        else:
            place = index if star is None or index < star else index - count
            parts.append(_matches(interp, frame, part, items[place]))
    return _all(parts)


def _all(parts: list[_Match]) -> _Match:
    names = {name: value for part in parts for name, value in part.names.items()}
    if any(part.known is False for part in parts):
        return _Match(False)
    return _Match(True if all(part.known for part in parts) else None, names)


def _mapping(interp: Interpreter, frame: Frame, pattern: ast.MatchMapping, value: Value) -> _Match:
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(value, (Const, Scalar, TupleValue, TensorValue)) or isinstance(item, ListObject):
        return _Match(False)
    if not isinstance(item, DictObject) or item.items is None:
        return _Match(None, _bound_names(pattern))
    if not all(isinstance(key, (Const, TupleValue)) for key, _ in item.items):
        return _Match(None, _bound_names(pattern))
    known = {python_key(key): part for key, part in item.items}
    parts: list[_Match] = []
    taken = set()
    for key_node, part in zip(pattern.keys, pattern.patterns, strict=True):
        key = interp.evaluate(frame, key_node)
        if not isinstance(key, (Const, TupleValue)):
            return _Match(None, _bound_names(pattern))
        if python_key(key) not in known:
            return _Match(False)
        taken.add(python_key(key))
        parts.append(_matches(interp, frame, part, known[python_key(key)]))
    if pattern.rest is not None:
        rest = tuple((key, part) for key, part in item.items if python_key(key) not in taken)
        parts.append(_Match(True, {pattern.rest: Ref(interp.heap.allocate(DictObject(rest)))}))
    return _all(parts)


def _class(interp: Interpreter, frame: Frame, pattern: ast.MatchClass, value: Value) -> _Match:
    from .attributes import attribute
    from .calls import call_with

    cls = interp.evaluate(frame, pattern.cls)
    asked = call_with(interp, frame, Builtin(name="isinstance"), (value, cls), (), None)
    known = truth(interp, frame, asked)
    if known is False:
        return _Match(False)
    if known is None or instance(interp, value) is None:
        simple = isinstance(cls, Builtin) and cls.name in _SELF and len(pattern.patterns) == 1
        if known and simple and not pattern.kwd_patterns:
            return _matches(interp, frame, pattern.patterns[0], value)
        nothing = not pattern.patterns and not pattern.kwd_patterns
        return _Match(known if nothing else None, _bound_names(pattern))
    names = _positional(interp, value)
    if len(pattern.patterns) > len(names):
        return _Match(None, _bound_names(pattern))
    pairs = [*zip(names, pattern.patterns, strict=False), *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)]
    return _all([_matches(interp, frame, part, attribute(interp, frame, value, name)) for name, part in pairs])


def _positional(interp: Interpreter, value: Value) -> list[str]:
    """Return `__match_args__` of an instance's class: given, or the fields of a dataclass."""
    from .classes import class_attribute
    from .instances import field_names

    item = instance(interp, value)
    assert item is not None
    assert item.cls is not None
    given = class_attribute(interp, item.cls, "__match_args__")
    if isinstance(given, TupleValue):
        return [str(part.value) for part in given.items if isinstance(part, Const)]
    return field_names(interp, item.cls)
