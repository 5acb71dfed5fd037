"""Repairs of pictures of nearly one size: the larger one is cropped, or the smaller one padded."""

from __future__ import annotations

from ..interpreter.events import Argument, LibraryCall, name_of
from ..values import TensorValue
from .candidate import Candidate, wrap
from .layers import layer_class

MAX_DIFFERENCE = 4


def cropping_candidates(
    event: LibraryCall, left: tuple[Argument, TensorValue], right: tuple[Argument, TensorValue]
) -> list[Candidate]:
    """Return the layers that bring one of two pictures to the size of the other, as at the skip of a U-Net."""
    a, b = left[1].shape, right[1].shape
    if a is None or b is None or len(a) != len(b) or not 3 <= len(a) <= 5:
        return []
    more = [x - y if isinstance(x, int) and isinstance(y, int) else 0 for x, y in zip(a[1:-1], b[1:-1], strict=True)]
    if not any(more) or max(map(abs, more)) > MAX_DIFFERENCE or (min(more) < 0 < max(more)):
        return []
    (large, _), (small, _) = (left, right) if max(more) > 0 else (right, left)
    out: list[Candidate] = []
    for rank, (layer, argument) in enumerate((("Cropping", large), ("ZeroPadding", small))):
        name = layer_class(event, f"{layer}{len(more)}D")
        if name is None or argument.node is None:
            continue
        amounts = ", ".join(f"(0, {abs(size)})" for size in more)
        written = amounts if len(more) == 1 else f"({amounts})"
        verb = "Crop" if layer == "Cropping" else "Pad"
        title = f"{verb} `{name_of(event, argument)}` with {layer}{len(more)}D({written})"
        out.append(Candidate(title, wrap(event.unit, argument.node, f"{name}({written})(", ")"), 6 + rank))
    return out
