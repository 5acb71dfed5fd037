"""Expressions: literals, names, operators, comprehensions."""

from __future__ import annotations

import ast

from ..values import (
    Const,
    DictObject,
    ListObject,
    Ref,
    Scalar,
    ScopeObject,
    SetObject,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
)
from ..values.heap import dict_items
from ..values.join import join, join_all
from . import draws
from .builtins import builtin
from .builtins.containers import distinct
from .builtins.numbers import formatted
from .checks import judge_keys
from .conditions import condition
from .constants import is_key
from .core import Frame, Interpreter, evaluates
from .functions import define
from .narrowing import narrow
from .operators import MAX_LENGTH, binary, compare, unary
from .sequences import iterate, known_items, truth
from .subscripts import get_item
from .symbolic import judge_parts

MAX_COMPREHENSION = 64


@evaluates(ast.Constant)
def _constant(interp: Interpreter, frame: Frame, node: ast.Constant) -> Value:
    return Const(node.value, origin=interp.origin(frame, node))


@evaluates(ast.Name)
def _name(interp: Interpreter, frame: Frame, node: ast.Name) -> Value:
    found = interp.heap.lookup(frame.scope, node.id)
    if found is not None:
        return found[1]
    if node.id == "__name__":
        return Const(frame.unit.name)
    if node.id == "__file__":
        return Scalar(type="str")
    return builtin(node.id) or Unknown(f"'{node.id}' is not defined here")


@evaluates(ast.NamedExpr)
def _walrus(interp: Interpreter, frame: Frame, node: ast.NamedExpr) -> Value:
    from .statements import bind

    value = interp.evaluate(frame, node.value)
    bind(interp, frame, node.target, value)
    return value


@evaluates(ast.Tuple)
def _tuple(interp: Interpreter, frame: Frame, node: ast.Tuple) -> Value:
    items = elements(interp, frame, node.elts)
    return Unknown("a tuple of unknown length") if items is None else TupleValue(items)


@evaluates(ast.List)
def _list(interp: Interpreter, frame: Frame, node: ast.List) -> Value:
    items = elements(interp, frame, node.elts)
    content = ListObject(items) if items is not None else ListObject(None, Unknown("a list of unknown length"))
    return Ref(interp.heap.allocate(content), origin=interp.origin(frame, node))


@evaluates(ast.Set)
def _set(interp: Interpreter, frame: Frame, node: ast.Set) -> Value:
    items = elements(interp, frame, node.elts)
    judge_keys(interp, frame, node, items or ())
    return Ref(interp.heap.allocate(SetObject(distinct(None if items is None else list(items)))))


def elements(interp: Interpreter, frame: Frame, nodes: list[ast.expr]) -> tuple[Value, ...] | None:
    """Evaluate the items of a display, stars unpacked; None where a star's length is not known."""
    out: list[Value] = []
    known = True
    for node in nodes:
        if isinstance(node, ast.Starred):
            items = known_items(interp, interp.evaluate(frame, node))
            if items is None:
                known = False
            else:
                out += items
        else:
            out.append(interp.evaluate(frame, node))
    return tuple(out) if known else None


@evaluates(ast.Dict)
def _dict(interp: Interpreter, frame: Frame, node: ast.Dict) -> Value:
    pairs: list[tuple[Value, Value]] | None = []
    for key, item in zip(node.keys, node.values, strict=True):
        value = interp.evaluate(frame, item)
        if key is None:
            inner = interp.heap.get(value.address) if isinstance(value, Ref) else None
            if isinstance(inner, DictObject) and inner.items is not None and pairs is not None:
                pairs += inner.items
            else:
                pairs = None
            continue
        name = interp.evaluate(frame, key)
        judge_keys(interp, frame, key, (name,))
        if pairs is not None and is_key(name):
            pairs.append((name, value))
        else:
            pairs = None
    return Ref(interp.heap.allocate(DictObject(None if pairs is None else dict_items(pairs))))


@evaluates(ast.BinOp)
def _binary(interp: Interpreter, frame: Frame, node: ast.BinOp) -> Value:
    left = interp.evaluate(frame, node.left)
    right = interp.evaluate(frame, node.right)
    return binary(interp, frame, node, node.op, (left, node.left), (right, node.right))


@evaluates(ast.UnaryOp)
def _unary(interp: Interpreter, frame: Frame, node: ast.UnaryOp) -> Value:
    value = interp.evaluate(frame, node.operand)
    if isinstance(node.op, ast.Not):
        known = condition(interp, frame, node.operand, value)
        return Scalar(type="bool") if known is None else Const(not known)
    return unary(interp, frame, node, value)


@evaluates(ast.BoolOp)
def _boolean(interp: Interpreter, frame: Frame, node: ast.BoolOp) -> Value:
    # `passed`: what an operand passed over on some path may have left as the result.
    passed: Value | None = None
    sure = True
    for index, part in enumerate(node.values):
        # An operand that may not be reached is evaluated on a copy, and joined with not having been.
        entry = interp.heap
        interp.heap = entry if sure else entry.fork()
        if not sure:
            for before in node.values[:index]:
                narrow(interp, frame, before, isinstance(node.op, ast.And))
        value = interp.evaluate(frame, part)
        if not sure:
            interp.heap = interp.joined([entry, interp.heap])
        last = index == len(node.values) - 1
        known = truth(interp, frame, value) if last else condition(interp, frame, part, value)
        stops = (known is False) if isinstance(node.op, ast.And) else (known is True)
        if stops or last:
            return value if passed is None else join(passed, value)
        if known is None:
            passed, sure = value if passed is None else join(passed, value), False
    return Unknown("an empty boolean expression")


@evaluates(ast.Compare)
def _compare(interp: Interpreter, frame: Frame, node: ast.Compare) -> Value:
    left, left_node = interp.evaluate(frame, node.left), node.left
    results: list[Value] = []
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = interp.evaluate(frame, comparator)
        results.append(compare(interp, frame, node, op, (left, left_node), (right, comparator)))
        left, left_node = right, comparator
    if len(results) == 1:
        return results[0]
    known = [truth(interp, frame, result) for result in results]
    if False in known:
        return Const(False)
    return Const(True) if all(known) else Scalar(type="bool")


@evaluates(ast.IfExp)
def _ternary(interp: Interpreter, frame: Frame, node: ast.IfExp) -> Value:
    known = condition(interp, frame, node.test, interp.evaluate(frame, node.test))
    if known is not None:
        return interp.evaluate(frame, node.body if known else node.orelse)
    entry = interp.heap
    interp.heap = entry.fork()
    narrow(interp, frame, node.test, True)
    with interp.guessing():
        first, first_heap = interp.evaluate(frame, node.body), interp.heap
        interp.heap = entry.fork()
        narrow(interp, frame, node.test, False)
        second = interp.evaluate(frame, node.orelse)
    interp.heap = interp.joined([first_heap, interp.heap])
    return join(first, second)


@evaluates(ast.Subscript)
def _subscript(interp: Interpreter, frame: Frame, node: ast.Subscript) -> Value:
    container = interp.evaluate(frame, node.value)
    index = interp.evaluate(frame, node.slice)
    return get_item(interp, frame, node, container, index)


@evaluates(ast.Slice)
def _slice(interp: Interpreter, frame: Frame, node: ast.Slice) -> Value:
    parts = [
        Const(None) if part is None else interp.evaluate(frame, part) for part in (node.lower, node.upper, node.step)
    ]
    return SliceValue(*parts)


@evaluates(ast.Lambda)
def _lambda(interp: Interpreter, frame: Frame, node: ast.Lambda) -> Value:
    return define(interp, frame, node)


@evaluates(ast.JoinedStr)
def _f_string(interp: Interpreter, frame: Frame, node: ast.JoinedStr) -> Value:
    parts: list[str] | None = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            if parts is not None:
                parts.append(str(part.value))
            continue
        value = interp.evaluate(frame, part)
        if isinstance(value, Const) and isinstance(value.value, str) and parts is not None:
            parts.append(value.value)
        else:
            parts = None
    if parts is None or sum(map(len, parts)) > MAX_LENGTH:
        return Scalar(type="str")
    return Const("".join(parts))


@evaluates(ast.FormattedValue)
def _formatted(interp: Interpreter, frame: Frame, node: ast.FormattedValue) -> Value:
    value = interp.evaluate(frame, node.value)
    spec = Const("") if node.format_spec is None else interp.evaluate(frame, node.format_spec)
    return formatted(interp, value, spec, node.conversion)


@evaluates(ast.Starred)
def _starred(interp: Interpreter, frame: Frame, node: ast.Starred) -> Value:
    value = interp.evaluate(frame, node.value)
    judge_parts(interp, frame, node.value, value)
    return value


@evaluates(ast.ListComp, ast.SetComp, ast.GeneratorExp)
def _comprehension(interp: Interpreter, frame: Frame, node: ast.ListComp) -> Value:
    rows = _rows(interp, frame, node.generators, [node.elt])
    if isinstance(node, ast.SetComp):
        members = None if rows[0] is None else [row[0] for row in rows[0]]
        return Ref(interp.heap.allocate(SetObject(distinct(members))))
    name = "generator" if isinstance(node, ast.GeneratorExp) else "list"
    if rows[0] is None:
        return Ref(interp.heap.allocate(ListObject(None, rows[1][0] if rows[1] else Unknown("never made"), name)))
    items = tuple(row[0] for row in rows[0])
    return Ref(interp.heap.allocate(ListObject(items, name=name)), origin=interp.origin(frame, node))


@evaluates(ast.DictComp)
def _dict_comprehension(interp: Interpreter, frame: Frame, node: ast.DictComp) -> Value:
    rows, _ = _rows(interp, frame, node.generators, [node.key, node.value])
    if rows is None or not all(is_key(row[0]) for row in rows):
        return Ref(interp.heap.allocate(DictObject(None)))
    return Ref(interp.heap.allocate(DictObject(dict_items((row[0], row[1]) for row in rows))))


def _rows(
    interp: Interpreter, frame: Frame, generators: list[ast.comprehension], results: list[ast.expr]
) -> tuple[list[list[Value]] | None, list[Value]]:
    """Return what a comprehension makes, row by row (None where the rows are not known), and what any row may be."""
    from .statements import bind

    scope = interp.heap.allocate(ScopeObject({}, frame.closure))
    inner = Frame(frame.unit, scope, frame.mode, handlers=frame.handlers, outer_names={})
    rows: list[list[Value]] | None = []
    seen: list[list[Value]] = []

    def turn(depth: int) -> None:
        nonlocal rows
        if depth == len(generators):
            row = [interp.evaluate(inner, result) for result in results]
            seen.append(row)
            if rows is not None:
                rows.append(row)
            return
        generator = generators[depth]
        iterable = interp.evaluate(inner if depth else frame, generator.iter)
        draws.judge_whole(interp, inner, generator.iter, iterable)
        judge_parts(interp, inner, generator.iter, iterable)
        items, element = iterate(interp, inner, iterable, generator.iter)
        if items is None or len(items) > MAX_COMPREHENSION:
            rows, items = None, [element]
        for item in items:
            bind(interp, inner, generator.target, item)
            known = [truth(interp, inner, interp.evaluate(inner, test)) for test in generator.ifs]
            if False in known:
                continue
            if None in known:
                rows = None
            turn(depth + 1)

    turn(0)
    return rows, [join_all(column) for column in zip(*seen, strict=True)]
