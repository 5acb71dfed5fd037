"""Repairs of tensors that are to be joined: an axis that one lacks, a size that is cropped, padded or repeated."""

from __future__ import annotations

import ast

from ..interpreter.events import Argument, LibraryCall, name_of, tensors
from ..report import Edit
from ..values import Const, TensorValue
from .candidate import Candidate, insert_after, numpy, replace, tensorflow, wrap
from .cropping import MAX_DIFFERENCE
from .places import argument_of

Operand = tuple[Argument, TensorValue]


def joined_candidates(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the edits that give tensors to be joined one rank, or let `concat` join what does not stack."""
    found = tensors(event)
    ranks = [len(value.shape) for _, value in found if value.shape is not None]
    if len(ranks) != len(found) or len(found) < 2:
        return ()
    out: list[Candidate] = []
    name = event.name.rpartition(".")[2]
    if min(ranks) + 1 == max(ranks):
        lower = [pair for pair in found if len(pair[1].shape or ()) == min(ranks)]
        for rank, place in enumerate((0, -1, *range(1, min(ranks)))):
            edits = [_around(event, pair, "expand_dims", str(place)) for pair in lower]
            names = ", ".join(f"`{name_of(event, argument)}`" for argument, _ in lower)
            if all(edits):
                flat = tuple(dict.fromkeys(edit for part in edits for edit in part))
                out.append(Candidate(f"Add an axis to {names}: expand_dims(…, {place})", flat, rank))
    elif name == "stack" and min(ranks) == max(ranks) > 0 and isinstance(call.func, ast.Attribute):
        shapes = [value.shape for _, value in found if value.shape is not None]
        axes = [axis for axis in range(ranks[0]) if len({str(shape[axis]) for shape in shapes}) > 1]
        arrays = found[0][1].is_numpy and not event.name.startswith("tensorflow.")
        given = argument_of(call, "axis", 1)
        if len(axes) == 1 and event.name.startswith(("tensorflow.", "numpy.")):
            span = event.unit.source(call.func.value)
            edits_ = [replace(event.unit, call.func, f"{span}.{'concatenate' if arrays else 'concat'}")]
            edits_.append(
                insert_after(event.unit, call.args[0], f", axis={axes[0]}")
                if given is None
                else replace(event.unit, given, str(axes[0]))
            )
            out.append(Candidate(f"Join along axis {axes[0]} instead", tuple(edits_), 5))
    elif len(found) == 2 and len(set(ranks)) == 1:
        out += _sized(event, found[0], found[1])
    return tuple(out)


def _sized(event: LibraryCall, left: Operand, right: Operand) -> list[Candidate]:
    """Return the edits that give two tensors the same sizes at the axes that are not joined: cropped, padded, repeated."""
    a, b = left[1].shape, right[1].shape
    given = event.argument(1, "axis")
    joined = 0 if given is None else given.value.value if isinstance(given.value, Const) else None
    if a is None or b is None or type(joined) is not int or not -len(a) <= joined < len(a):
        return []
    pairs = [(axis, x, y) for axis, (x, y) in enumerate(zip(a, b, strict=True)) if axis != joined % len(a) and x != y]
    known = [(axis, x, y) for axis, x, y in pairs if isinstance(x, int) and isinstance(y, int)]
    if not known or len(known) < len(pairs):
        return []
    if len(known) == 1 and 1 in known[0][1:]:
        return _repeated(event, *((left, right) if known[0][1] == 1 else (right, left)), known[0][0])
    more = {axis: x - y for axis, x, y in known}
    if len(a) < 3 or max(map(abs, more.values())) > MAX_DIFFERENCE or min(more.values()) < 0 < max(more.values()):
        return []
    return _cropped(event, *((left, right) if max(more.values()) > 0 else (right, left)), more)


def _cropped(event: LibraryCall, large: Operand, small: Operand, more: dict[int, int]) -> list[Candidate]:
    """Return the edits that cut the larger of two pictures off, or pad the smaller one with zeros."""
    out: list[Candidate] = []
    shape, node = small[1].shape or (), large[0].node
    if node is not None:
        index = ", ".join(f":{shape[axis]}" if axis in more else ":" for axis in range(max(more) + 1))
        simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
        edits = wrap(event.unit, node, "" if simple else "(", f"[{index}]" if simple else f")[{index}]")
        edits = tuple(edit for edit in edits if edit.new_text)
        out.append(Candidate(f"Crop `{name_of(event, large[0])}` to [{index}]", edits, 6))
    amounts = ", ".join(f"[0, {abs(more.get(axis, 0))}]" for axis in range(len(shape)))
    padded = _around(event, small, "pad", f"[{amounts}]")
    if padded:
        out.append(Candidate(f"Pad `{name_of(event, small[0])}` with zeros", padded, 7))
    return out


def _repeated(event: LibraryCall, one: Operand, other: Operand, axis: int) -> list[Candidate]:
    """Return the edit that repeats a tensor of size 1 as often as the other one is long."""
    node = other[0].node
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return []
    source = event.unit.source(node)
    size = f"{source}.shape[{axis}]" if one[1].is_numpy else f"{tensorflow(event)[0]}.shape({source})[{axis}]"
    edits = _around(event, one, "repeat", f"{size}, axis={axis}")
    return [Candidate(f"Repeat `{name_of(event, one[0])}` along axis {axis}", edits, 6)] if edits else []


def _around(event: LibraryCall, operand: Operand, function: str, rest: str) -> tuple[Edit, ...]:
    """Return the edits that put a function of NumPy's or TensorFlow's around a tensor."""
    argument, value = operand
    if argument.node is None or value.kind == "KerasTensor":
        return ()
    if value.is_numpy:
        name = numpy(event)
        return () if name is None else wrap(event.unit, argument.node, f"{name}.{function}(", f", {rest})")
    library, imports = tensorflow(event)
    return (*imports, *wrap(event.unit, argument.node, f"{library}.{function}(", f", {rest})"))
