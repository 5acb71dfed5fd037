"""Repairs of the channels of pictures: brought to the end, dropped, made more of, where a convolution takes another number."""

from __future__ import annotations

import ast

from ..interpreter.events import Argument, LibraryCall, name_of, tensors
from ..values import TensorValue
from .candidate import Candidate, numpy, tensorflow, wrap


def channel_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that bring the channels to where, and to how many, a function takes them: filters (..., in, out)."""
    found = tensors(event)
    if len(found) < 2 or found[1][1].shape is None or len(found[1][1].shape) < 3:
        return ()
    wanted = found[1][1].shape[-2]
    return tuple(picture_candidates(event, *found[0], wanted, 0)) if isinstance(wanted, int) else ()


def picture_candidates(
    event: LibraryCall, argument: Argument, value: TensorValue, wanted: int, rank: int
) -> list[Candidate]:
    """Return the edits that give a picture, or several, so many channels at the end."""
    shape, node = value.shape, argument.node
    if node is None or shape is None or not 3 <= len(shape) <= 5 or value.kind == "KerasTensor":
        return []
    library, imports = tensorflow(event)
    array = numpy(event) if value.is_numpy else None
    name = name_of(event, argument)
    out: list[Candidate] = []
    if shape[1] == wanted:
        order = ", ".join(map(str, (0, *range(2, len(shape)), 1)))
        home = array or library
        edits = (*(() if array else imports), *wrap(event.unit, node, f"{home}.transpose(", f", [{order}])"))
        out.append(Candidate(f"Move the channels of `{name}` to the end", edits, rank))
    if (shape[-1], wanted) == (4, 3):
        simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
        before, after = ("", "[..., :3]") if simple else ("(", ")[..., :3]")
        edits = tuple(edit for edit in wrap(event.unit, node, before, after) if edit.new_text)
        out.append(Candidate(f"Drop the alpha channel of `{name}`", edits, rank + 1))
    if (shape[-1], wanted) in ((1, 3), (3, 1)):
        function = "grayscale_to_rgb" if wanted == 3 else "rgb_to_grayscale"
        edits = (*imports, *wrap(event.unit, node, f"{library}.image.{function}(", ")"))
        said = "three channels" if wanted == 3 else "one channel"
        out.append(Candidate(f"Give `{name}` {said}: {function}", edits, rank + 1))
    return out
