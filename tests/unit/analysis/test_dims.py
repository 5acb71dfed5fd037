"""Symbolic dims: their arithmetic is that of the numbers they stand for, and one number has one form."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.analysis.values.dim_text import naming, render
from server.analysis.values.dims import (
    Size,
    TooComplexError,
    add,
    equal,
    evaluate,
    extreme,
    floordiv,
    less,
    modulo,
    multiply,
    named,
    replaced,
    subtract,
    symbol,
    symbols,
)

N, M, H = symbol("n", 1), symbol("m", 2), symbol("h", 3)
OPERATIONS: dict[str, tuple[Callable[[Size, Size], Size], Callable[[int, int], int]]] = {
    "+": (add, operator.add),
    "-": (subtract, operator.sub),
    "*": (multiply, operator.mul),
    "//": (floordiv, operator.floordiv),
    "%": (modulo, operator.mod),
    "min": (lambda a, b: extreme("min", a, b), min),
    "max": (lambda a, b: extreme("max", a, b), max),
}
Tree = object


def trees() -> st.SearchStrategy[Tree]:
    leaves = st.one_of(st.sampled_from(["n", "m", "h"]), st.integers(-6, 40))
    return st.recursive(
        leaves, lambda inner: st.tuples(st.sampled_from(sorted(OPERATIONS)), inner, inner), max_leaves=6
    )


def symbolic(tree: Tree) -> Size:
    if isinstance(tree, tuple):
        return OPERATIONS[tree[0]][0](symbolic(tree[1]), symbolic(tree[2]))
    return {"n": N, "m": M, "h": H}[tree] if isinstance(tree, str) else tree  # type: ignore[return-value]


def really(tree: Tree, sizes: dict[str, int]) -> int:
    if isinstance(tree, tuple):
        return OPERATIONS[tree[0]][1](really(tree[1], sizes), really(tree[2], sizes))
    return sizes[tree] if isinstance(tree, str) else tree  # type: ignore[return-value]


@settings(max_examples=600, deadline=None)
@given(trees(), st.tuples(*[st.integers(0, 70)] * 3), st.tuples(*[st.integers(0, 9)] * 3))
def test_an_expression_is_the_number_that_python_computes(
    tree: Tree, first: tuple[int, int, int], second: tuple[int, int, int]
) -> None:
    try:
        size = symbolic(tree)
    except (TooComplexError, ZeroDivisionError):
        return
    for numbers in (first, second):
        try:
            expected = really(tree, dict(zip("nmh", numbers, strict=True)))
        except ZeroDivisionError:
            continue
        sizes = {one: dict(zip((1, 2, 3), numbers, strict=True))[one.number] for one in symbols(size)}
        assert evaluate(size, sizes) == expected
        known = {one: (N, M, H)[one.number - 1] for one in symbols(size)}
        assert replaced(size, known) == size


@settings(max_examples=400, deadline=None)
@given(trees(), trees(), st.tuples(*[st.integers(0, 12)] * 3))
def test_what_is_said_of_two_sizes_holds(first: Tree, second: Tree, numbers: tuple[int, int, int]) -> None:
    try:
        a, b = symbolic(first), symbolic(second)
        x, y = (really(tree, dict(zip("nmh", numbers, strict=True))) for tree in (first, second))
    except (TooComplexError, ZeroDivisionError):
        return
    assert equal(a, b) in (None, x == y)
    assert less(a, b) in (None, x < y)
    assert less(a, b, or_equal=True) in (None, x <= y)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (add(N, 1), "n + 1"),
        (subtract(N, 3), "n - 3"),
        (add(N, M), "n + m"),
        (multiply(2, N), "2*n"),
        (multiply(N, M), "n*m"),
        (floordiv(N, 2), "n//2"),
        (floordiv(add(H, 1), 2), "ceil(h/2)"),
        (add(floordiv(subtract(H, 3), 2), 1), "ceil(h/2) - 1"),
        (floordiv(add(floordiv(add(H, 1), 2), 1), 2), "ceil(h/4)"),
        (floordiv(multiply(N, 784), 784), "n"),
        (floordiv(multiply(multiply(N, M), 64), multiply(N, M)), "64"),
        (extreme("min", N, 128), "min(n, 128)"),
        (extreme("max", N, 0), "n"),
        (symbol("", 9), "?"),
        (add(symbol("", 9), N), "?"),
    ],
)
def test_it_is_written_as_people_would(size: Size, text: str) -> None:
    assert render(size) == text


def test_symbols_are_told_apart_by_number_and_not_by_name() -> None:
    again, other = symbol("batch", 5), symbol("batch", 6)
    assert symbol("x", 5) == again != other
    assert sorted(naming([again, other]).values()) == ["batch", "batch_2"]
    assert render(named(symbol("", 5), "rows")) == "rows"
    assert named(again, "rows") is again


def test_what_grows_without_end_is_given_up() -> None:
    size: Size = N
    with pytest.raises(TooComplexError):
        functools.reduce(lambda size, step: add(floordiv(multiply(size, size), step), M), range(2, 100), size)
