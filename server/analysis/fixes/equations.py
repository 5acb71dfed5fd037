"""Repairs of the equation of an `einsum`: letters in another order, axes that it does not name."""

from __future__ import annotations

import ast
import itertools
import re

from ..interpreter.events import LibraryCall, tensors
from ..values.base import Shape
from .candidate import Candidate, replace

_EQUATION = re.compile(r"\s*([a-zA-Z]+(?:\s*,\s*[a-zA-Z]+)*)\s*->\s*([a-zA-Z]*)\s*")
MAX_EQUATIONS = 6


def equation_candidates(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the equations near to the one that is written that fit the operands."""
    node = call.args[0] if call.args else None
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return ()
    found = _EQUATION.fullmatch(node.value)
    shapes = [value.shape for _, value in tensors(event)]
    if found is None or any(shape is None for shape in shapes):
        return ()
    terms, result = [term.strip() for term in found.group(1).split(",")], found.group(2)
    if len(terms) != len(shapes):
        return ()
    out = [
        equation
        for equation in _near(terms, result, shapes)
        if equation is not None and equation != node.value.replace(" ", "")
    ]
    return tuple(
        Candidate(f"Change the equation to {equation}", (replace(event.unit, node, f'"{equation}"'),), rank)
        for rank, equation in enumerate(dict.fromkeys(out[:MAX_EQUATIONS]))
    )


def _near(terms: list[str], result: str, shapes: list[Shape]) -> list[str | None]:
    extra = [len(shape or ()) - len(term) for term, shape in zip(terms, shapes, strict=True)]
    if any(extra):
        if min(extra) < 0:
            return []
        named = [f"...{term}" if more else term for term, more in zip(terms, extra, strict=True)]
        return [f"{','.join(named)}->...{result}"]
    out: list[str | None] = []
    for index, term in enumerate(terms):
        if len(term) > 4:
            continue
        for order in itertools.permutations(term):
            changed = [*terms[:index], "".join(order), *terms[index + 1 :]]
            if _fits(changed, shapes):
                out.append(f"{','.join(changed)}->{result}")
    return out


def _fits(terms: list[str], shapes: list[Shape]) -> bool:
    sizes: dict[str, object] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, dim in zip(term, shape or (), strict=True):
            known = sizes.setdefault(letter, dim)
            if isinstance(known, int) and isinstance(dim, int) and known != dim and 1 not in (known, dim):
                return False
    return True
