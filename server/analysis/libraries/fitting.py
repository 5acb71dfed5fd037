"""Fit one dim: which expression of the symbols has given these numbers?

Tried in order: a polynomial of first degree, divided and rounded where its coefficients are no whole numbers; a product of
symbols; the smallest or largest of a size and a number. An expression is taken if it gives every number seen, and, where it
rounds, if no other rounding does.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from ..values.dims import Dim, Size, Sym, TooComplexError, add, evaluate, extreme, floordiv, multiply

#: The sizes of the symbols in one run.
Sample: TypeAlias = Mapping[Sym, int]
MAX_DIVISOR = 64
_STRIDES = (1, 2, 3, 4, 8)


def fitted(
    samples: Sequence[Sample], numbers: Sequence[int], known: Sequence[Dim], failed: Sequence[Sample] = ()
) -> Size | None:
    """Return the expression that gives `numbers` on `samples`, or None.

    The first samples are those of sizes that divide; `known` are the dims that were passed; the call raised on `failed`.
    """
    symbols: list[Dim] = [_dim(one) for one in samples[0]]
    linear = _linear(symbols, samples, numbers, failed)
    if linear is not None:
        return linear
    for dim in known:
        divided = _divided(dim, samples, numbers)
        if divided is not None:
            return divided
    for guess in _guesses(samples, numbers, known):
        if all(evaluate(guess, sizes) == number for sizes, number in zip(samples, numbers, strict=True)):
            return guess
    return None


def _guesses(samples: Sequence[Sample], numbers: Sequence[int], known: Sequence[Dim]) -> Iterator[Size]:
    for maker in (_products, _extremes):
        try:
            yield from maker(samples, numbers, known)
        except TooComplexError:
            continue


def _linear(
    variables: Sequence[Dim], samples: Sequence[Sample], numbers: Sequence[int], failed: Sequence[Sample]
) -> Size | None:
    """Return `(a·n + b·m + r) // d + c` if the samples leave one `r` only.

    Where they leave several, the division was always even: then it is `r = 0`, if the call has raised on others.
    """
    large = [(sizes, number) for sizes, number in zip(samples, numbers, strict=True) if _divides(sizes)]
    rows = [[1, *(evaluate(one, sizes) for one in variables)] for sizes, _ in large]
    solution = _solve(rows, [number for _, number in large]) if rows else None
    if solution is None or solution[0].denominator != 1:
        return None
    constant, *coefficients = solution
    divisor = math.lcm(*(coefficient.denominator for coefficient in coefficients))
    if divisor > MAX_DIVISOR:
        return None
    whole = [int(coefficient * divisor) for coefficient in coefficients]

    def sum_of(sizes: Sample) -> int:
        return sum(a * evaluate(one, sizes) for a, one in zip(whole, variables, strict=True))

    sums = [sum_of(sizes) for sizes in samples]
    wanted = [number - int(constant) for number in numbers]
    rests = [
        rest
        for rest in range(divisor)
        if all((total + rest) // divisor == number for total, number in zip(sums, wanted, strict=True))
    ]
    if len(rests) != 1:
        uneven = any(sum_of(sizes) % divisor for sizes in failed)
        if not rests or any(total % divisor for total in sums) or not uneven:
            return None
    try:
        total: Size = rests[0]
        for one, coefficient in zip(variables, whole, strict=True):
            total = add(total, multiply(one, coefficient))
        return add(floordiv(total, divisor), int(constant))
    except TooComplexError:
        return None


def _divided(dim: Dim, samples: Sequence[Sample], numbers: Sequence[int]) -> Size | None:
    """Return `(dim + r) // d + c` if only one of them gives these numbers: what strides do again and again."""
    values = [evaluate(dim, sizes) for sizes in samples]
    found: set[Size] = set()
    for divisor in _STRIDES:
        for rest in range(divisor):
            shift = numbers[0] - (values[0] + rest) // divisor
            pairs = zip(values, numbers, strict=True)
            if all((value + rest) // divisor + shift == number for value, number in pairs):
                found.add(add(floordiv(add(dim, rest), divisor), shift))
    return found.pop() if len(found) == 1 else None


def _products(samples: Sequence[Sample], numbers: Sequence[int], known: Sequence[Dim]) -> Iterator[Size]:
    """Guess `n·m·p // q`."""
    symbols = [_dim(one) for one in samples[0]]
    for count in (2, 3, 4):
        for chosen in itertools.combinations_with_replacement(
            [*symbols, *(d for d in known if d not in symbols)], count
        ):
            product: Size = 1
            for dim in chosen:
                product = multiply(product, dim)
            parts = [evaluate(product, sizes) for sizes in samples]
            ratio = Fraction(numbers[0], parts[0]) if parts[0] else None
            if ratio is None or ratio.denominator > 10**6:
                continue
            yield floordiv(multiply(product, ratio.numerator), ratio.denominator)
        if len(symbols) > 3:
            break


def _extremes(samples: Sequence[Sample], numbers: Sequence[int], known: Sequence[Dim]) -> Iterator[Size]:
    """Guess `min(n, 128)`, `max(n - 3, 0)`, where several samples stand on either side."""
    for dim in known:
        pairs = [(evaluate(dim, sizes), number) for sizes, number in zip(samples, numbers, strict=True)]
        for kind, limit in (("min", max(numbers)), ("max", min(numbers))):
            inside = [number - value for value, number in pairs if number != limit]
            if len(inside) > 1 and len(set(inside)) == 1 and len(pairs) - len(inside) > 1:
                yield extreme(kind, add(dim, inside[0]), limit)


def _solve(rows: Sequence[Sequence[int]], numbers: Sequence[int]) -> list[Fraction] | None:
    """Solve for the coefficients, exactly; None where the rows do not fix them."""
    width = len(rows[0])
    table = [[Fraction(part) for part in row] + [Fraction(number)] for row, number in zip(rows, numbers, strict=True)]
    for column in range(width):
        pivot = next((i for i in range(column, len(table)) if table[i][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [part / table[column][column] for part in table[column]]
        for i, row in enumerate(table):
            if i != column and row[column]:
                table[i] = [a - row[column] * b for a, b in zip(row, table[column], strict=True)]
    return [row[-1] for row in table[:width]]


def _divides(sizes: Sample) -> bool:
    """Say whether a sample is one of those whose sizes divide; of the others each has an odd size."""
    return all(size % 4 == 0 for size in sizes.values())


def _dim(one: Sym) -> Dim:
    return Dim(((((one, 1),), 1),))
