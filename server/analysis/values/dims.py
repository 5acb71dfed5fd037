"""Symbolic dims: `batch`, `2*n`, `n + m`, `ceil(h/2)`, in one normal form.

A dim is an int, a `Dim`, or None where nothing is known. A `Dim` is a polynomial with whole coefficients over *atoms*: a
symbol (a size that one execution fixes, at least 0), a quotient rounded down, a minimum or a maximum. Two dims are the
same number on every execution if their normal forms are equal; the reverse is not promised.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

#: Larger expressions say nothing to anybody, and cost.
MAX_TERMS = 8
MAX_DEPTH = 4
MAX_COEFFICIENT = 2**40


class TooComplexError(Exception):
    """An expression that is not kept: the dim is unknown then."""


@dataclass(frozen=True, slots=True)
class Sym:
    """A size without a number, told from others by `number`; an empty name is written `?`.

    static: whether `x.shape` says it as an int while a graph is traced; else it says None.
    """

    name: str = field(compare=False)
    number: int
    static: bool = field(default=True, compare=False)
    value: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Quotient:
    """`numerator // denominator`, for a denominator above 0."""

    numerator: Dim
    denominator: int


@dataclass(frozen=True, slots=True)
class Extreme:
    """The smallest (`min`) or largest (`max`) of two dims."""

    kind: str
    first: Dim
    second: Size


Atom: TypeAlias = "Sym | Quotient | Extreme"
#: Atoms with their powers, in order; the empty one belongs to the constant.
Monomial: TypeAlias = "tuple[tuple[Atom, int], ...]"


@dataclass(frozen=True, slots=True)
class Dim:
    """A polynomial that is no constant: coefficients by monomial, in order."""

    terms: tuple[tuple[Monomial, int], ...]

    def __str__(self) -> str:
        from .dim_text import render

        return render(self)


#: A size that is known: as a number, or as an expression.
Size: TypeAlias = "int | Dim"


def symbol(name: str, number: int, static: bool = True) -> Dim:
    """Return the dim that is one symbol."""
    return _atom(Sym(name, number, static))


def pinned(value: int) -> Dim:
    """Return a number that the traced graph does not know to be one: `x.shape` says None, and it is `value` all the same."""
    return _atom(Sym(str(value), -1 - value, static=False, value=value))


def add(first: Size, second: Size) -> Size:
    """Return the sum. Raises TooComplexError."""
    terms = dict(_terms(first))
    for monomial, coefficient in _terms(second):
        terms[monomial] = terms.get(monomial, 0) + coefficient
    return _made(terms)


def multiply(first: Size, second: Size) -> Size:
    """Return the product. Raises TooComplexError."""
    terms: dict[Monomial, int] = {}
    for left, a in _terms(first):
        for right, b in _terms(second):
            powers: dict[Atom, int] = dict(left)
            for atom, power in right:
                powers[atom] = powers.get(atom, 0) + power
            monomial = tuple(sorted(powers.items(), key=lambda item: _order(item[0])))
            terms[monomial] = terms.get(monomial, 0) + a * b
    return _made(terms)


def subtract(first: Size, second: Size) -> Size:
    """Return the difference. Raises TooComplexError."""
    return add(first, multiply(second, -1))


def floordiv(first: Size, second: Size) -> Size:
    """Return `first // second`. Raises TooComplexError, also where the divisor is no number above 0."""
    if isinstance(first, int) and isinstance(second, int) and second:
        return first // second
    if isinstance(second, Dim):
        exact = _exact(first, second)
        if exact is None:
            raise TooComplexError
        return exact
    if second < 1:
        raise TooComplexError
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in _terms(first):
        share = coefficient // second if not monomial or coefficient % second == 0 else 0
        whole[monomial] = share
        rest[monomial] = coefficient - share * second
    constant = rest.pop((), 0)
    rest = {monomial: coefficient for monomial, coefficient in rest.items() if coefficient}
    if not rest:
        return _made(whole)
    common = math.gcd(second, *rest.values())
    if common > 1:
        # (g·p + c) // (g·d) is (p + c // g) // d.
        rest = {monomial: coefficient // common for monomial, coefficient in rest.items()}
        return add(_made(whole), floordiv(_made({**rest, (): constant // common}), second // common))
    numerator = _made({**rest, (): constant})
    if not isinstance(numerator, Dim):
        return add(_made(whole), numerator // second)
    if len(rest) == 1:
        ((monomial, coefficient),) = rest.items()
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1 and isinstance(monomial[0][0], Quotient):
            # (p // d + c) // e is (p + c·d) // (d·e).
            inner = monomial[0][0]
            return add(
                _made(whole), floordiv(add(inner.numerator, constant * inner.denominator), inner.denominator * second)
            )
    return add(_made(whole), _atom(Quotient(numerator, second)))


def modulo(first: Size, second: Size) -> Size:
    """Return `first % second`. Raises TooComplexError."""
    return subtract(first, multiply(floordiv(first, second), second))


def extreme(kind: str, first: Size, second: Size) -> Size:
    """Return the `min` or `max` of two sizes. Raises TooComplexError."""
    if isinstance(first, int) and isinstance(second, int):
        return min(first, second) if kind == "min" else max(first, second)
    below = less(first, second, or_equal=True)
    above = less(second, first, or_equal=True)
    if below or above:
        return (first if below else second) if kind == "min" else (second if below else first)
    one, other = sorted((first, second), key=lambda size: (isinstance(size, int), _size_order(size)))
    assert isinstance(one, Dim)
    return _atom(Extreme(kind, one, other))


def eager(size: int | Dim | None) -> int | Dim | None:
    """Return a dim of a traced tensor as it is in eager code: there every size is a number, and said."""
    found = {one: one.value if one.value is not None else _atom(replace(one, static=True)) for one in symbols(size)}
    return replaced(size, found) if any(not one.static for one in found) else size


def erased(shape: Iterable[int | Dim | None] | None) -> tuple[int | None, ...] | None:
    """Return a shape as one sees it who knows no symbols: only numbers are known."""
    return None if shape is None else tuple(dim if isinstance(dim, int) else None for dim in shape)


# Questions ----------------------------------------------------------------------------------------------------------


def equal(first: Size, second: Size) -> bool | None:
    """Say whether two sizes are the same on every execution (True), on none (False), or neither is known."""
    if first == second:
        return True
    try:
        difference = subtract(first, second)
    except TooComplexError:
        return None
    if isinstance(difference, int) or _positive(difference) or _positive(multiply(difference, -1)):
        return False
    return None


def less(first: Size, second: Size, *, or_equal: bool = False) -> bool | None:
    """Say whether `first < second` (or `<=`) on every execution, on none, or neither is known."""
    try:
        difference = subtract(second, first)
    except TooComplexError:
        return None
    if isinstance(difference, int):
        return difference >= 0 if or_equal else difference > 0
    if _positive(difference) or (or_equal and _not_negative(difference)):
        return True
    negated = multiply(difference, -1)
    if _positive(negated) or (not or_equal and _not_negative(negated)):
        return False
    return None


def _not_negative(dim: Size) -> bool:
    """Say whether a size is at least 0 for certain: no coefficient is below 0, and no atom is."""
    return all(
        coefficient >= 0 and all(_atom_not_negative(atom) for atom, _ in monomial)
        for monomial, coefficient in _terms(dim)
    )


def _positive(dim: Size) -> bool:
    return _not_negative(dim) and dict(_terms(dim)).get((), 0) > 0


def _atom_not_negative(atom: Atom) -> bool:
    if isinstance(atom, Sym):
        return True
    if isinstance(atom, Quotient):
        return _not_negative(atom.numerator)
    parts = [_not_negative(atom.first), _not_negative(atom.second)]
    return all(parts) if atom.kind == "min" else any(parts)


def symbols(size: Size | None) -> tuple[Sym, ...]:
    """Return the symbols of a size, in order, each once."""
    if not isinstance(size, Dim):
        return ()
    found: dict[Sym, None] = {}
    for monomial, _ in size.terms:
        for atom, _ in monomial:
            if isinstance(atom, Sym):
                found[atom] = None
            elif isinstance(atom, Quotient):
                found.update(dict.fromkeys(symbols(atom.numerator)))
            else:
                found.update(dict.fromkeys((*symbols(atom.first), *symbols(atom.second))))
    return tuple(found)


def is_named(size: Size) -> bool:
    """Say whether every symbol of a size has a name."""
    return all(one.name for one in symbols(size))


def is_static(size: Size) -> bool:
    """Say whether `x.shape` says a size as a number while a graph is traced."""
    return all(one.static for one in symbols(size))


def evaluate(size: Size, sizes: Mapping[Sym, int]) -> int:
    """Return the number that a size is, given those of its symbols."""
    if isinstance(size, int):
        return size
    total = 0
    for monomial, coefficient in size.terms:
        for atom, power in monomial:
            coefficient *= _evaluate(atom, sizes) ** power
        total += coefficient
    return total


def _evaluate(atom: Atom, sizes: Mapping[Sym, int]) -> int:
    if isinstance(atom, Sym):
        return sizes[atom] if atom.value is None else atom.value
    if isinstance(atom, Quotient):
        return evaluate(atom.numerator, sizes) // atom.denominator
    values = evaluate(atom.first, sizes), evaluate(atom.second, sizes)
    return min(values) if atom.kind == "min" else max(values)


def replaced(size: Size | None, new: Mapping[Sym, Size]) -> Size | None:
    """Return a size with other sizes in place of some symbols; None where that is too complex."""
    if not isinstance(size, Dim) or not any(one in new for one in symbols(size)):
        return size
    try:
        return _replaced(size, new)
    except TooComplexError:
        return None


def _replaced(size: Size, new: Mapping[Sym, Size]) -> Size:
    if isinstance(size, int):
        return size
    total: Size = 0
    for monomial, coefficient in size.terms:
        product: Size = coefficient
        for atom, power in monomial:
            for _ in range(power):
                product = multiply(product, _replaced_atom(atom, new))
        total = add(total, product)
    return total


def _replaced_atom(atom: Atom, new: Mapping[Sym, Size]) -> Size:
    if isinstance(atom, Sym):
        return new.get(atom, _atom(atom))
    if isinstance(atom, Quotient):
        return floordiv(_replaced(atom.numerator, new), atom.denominator)
    return extreme(atom.kind, _replaced(atom.first, new), _replaced(atom.second, new))


def named(dim: Dim, name: str) -> Dim:
    """Return a dim that is one nameless symbol under a name; any other as it is."""
    (monomial, coefficient), *rest = dim.terms
    if rest or coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
        return dim
    atom = monomial[0][0]
    return _atom(Sym(name, atom.number, atom.static)) if isinstance(atom, Sym) and not atom.name else dim


# Normal form --------------------------------------------------------------------------------------------------------


def _terms(size: Size) -> tuple[tuple[Monomial, int], ...]:
    if isinstance(size, int):
        return (((), size),) if size else ()
    return size.terms


def _atom(atom: Atom) -> Dim:
    if _depth(atom) > MAX_DEPTH:
        raise TooComplexError
    return Dim(((((atom, 1),), 1),))


def _made(terms: Mapping[Monomial, int]) -> Size:
    kept = [(monomial, coefficient) for monomial, coefficient in terms.items() if coefficient]
    if not kept or (len(kept) == 1 and not kept[0][0]):
        return kept[0][1] if kept else 0
    if len(kept) > MAX_TERMS or any(abs(coefficient) > MAX_COEFFICIENT for _, coefficient in kept):
        raise TooComplexError
    if any(sum(power for _, power in monomial) > MAX_DEPTH for monomial, _ in kept):
        raise TooComplexError
    return Dim(tuple(sorted(kept, key=lambda term: _monomial_order(term[0]))))


def _exact(first: Size, second: Dim) -> Size | None:
    """Return `first / second` where a monomial divides every term: `b*t*64 // (b*t)`. A divisor of 0 raises in Python."""
    if len(second.terms) != 1:
        return 1 if first == second else None
    ((divisor, by),) = second.terms
    out: dict[Monomial, int] = {}
    for monomial, coefficient in _terms(first):
        powers = dict(monomial)
        for atom, power in divisor:
            powers[atom] = powers.get(atom, 0) - power
        if coefficient % by or any(power < 0 for power in powers.values()):
            return None
        left = tuple((atom, power) for atom, power in powers.items() if power)
        out[tuple(sorted(left, key=lambda item: _order(item[0])))] = coefficient // by
    return _made(out)


def _depth(atom: Atom) -> int:
    if isinstance(atom, Sym):
        return 0
    inner: Iterable[Size] = (atom.numerator,) if isinstance(atom, Quotient) else (atom.first, atom.second)
    return 1 + max((_depth(part) for size in inner for monomial, _ in _terms(size) for part, _ in monomial), default=0)


def _order(atom: Atom) -> tuple[object, ...]:
    if isinstance(atom, Sym):
        return (0, atom.number)
    if isinstance(atom, Quotient):
        return (1, str(atom.denominator), repr(atom.numerator))
    return (2, atom.kind, repr(atom.first), repr(atom.second))


def _monomial_order(monomial: Monomial) -> tuple[object, ...]:
    return (
        not monomial,
        -sum(power for _, power in monomial),
        tuple((*_order(atom), power) for atom, power in monomial),
    )


def _size_order(size: Size) -> str:
    return repr(size)
