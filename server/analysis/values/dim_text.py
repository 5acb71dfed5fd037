"""Symbolic dims as people write them: `2*n + 1`, `n//2`, `ceil(h/2)`, `min(n, 128)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .dims import Atom, Dim, Extreme, Quotient, Size, Sym, is_named, subtract, symbols


def render(size: Size, names: Mapping[Sym, str] | None = None) -> str:
    """Write a size: `2*n + 1`, `n//2`, `ceil(h/2)`, `min(n, 128)`; `?` where a symbol has no name."""
    if isinstance(size, int):
        return str(size)
    if not is_named(size):
        return "?"
    text = ""
    if len(size.terms) == 1 and size.terms[0][1] == 1:
        ((atom, power), *more), _ = size.terms[0]
        if not more and power == 1 and isinstance(atom, Quotient):
            return (
                _quotient(atom, names).removeprefix("(").removesuffix(")") if _plain(atom) else _quotient(atom, names)
            )
    for monomial, coefficient in size.terms:
        factors = [_power(atom, power, names) for atom, power in monomial]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        part = "*".join(factors)
        if text:
            text += f" - {part}" if coefficient < 0 else f" + {part}"
        else:
            text = f"-{part}" if coefficient < 0 else part
    return text


def _power(atom: Atom, power: int, names: Mapping[Sym, str] | None) -> str:
    if isinstance(atom, Sym):
        text = (names or {}).get(atom, atom.name)
    elif isinstance(atom, Extreme):
        text = f"{atom.kind}({render(atom.first, names)}, {render(atom.second, names)})"
    else:
        text = _quotient(atom, names)
    return text if power == 1 else f"{text}**{power}"


def _quotient(atom: Quotient, names: Mapping[Sym, str] | None) -> str:
    constant = dict(atom.numerator.terms).get((), 0)
    if constant == atom.denominator - 1:
        # (n + d - 1) // d
        return f"ceil({_operand(subtract(atom.numerator, constant), names)}/{atom.denominator})"
    return f"({_operand(atom.numerator, names)}//{atom.denominator})"


def _plain(atom: Quotient) -> bool:
    return dict(atom.numerator.terms).get((), 0) != atom.denominator - 1


def _operand(size: Size, names: Mapping[Sym, str] | None) -> str:
    text = render(size, names)
    return f"({text})" if isinstance(size, Dim) and len(size.terms) > 1 else text


def naming(sizes: Iterable[Size | None]) -> dict[Sym, str]:
    """Return names that tell the symbols of several sizes apart: `batch`, `batch_2`."""
    names: dict[Sym, str] = {}
    used: set[str] = set()
    for one in (one for size in sizes for one in symbols(size)):
        if one in names:
            continue
        name, count = one.name, 2
        while name in used:
            name, count = f"{one.name}_{count}", count + 1
        names[one] = name
        used.add(name)
    return names
