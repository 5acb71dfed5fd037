"""Repairs where Python asks an array of several elements whether it is true."""

from __future__ import annotations

from ..interpreter.events import LibraryCall, tensors
from ..libraries.models.checks import CONDITION
from .candidate import Candidate, alias, numpy, wrap


def truth_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that ask whether all elements are true, or any: what is meant, the author knows."""
    found = tensors(event)
    if event.name not in ("operator.truth", CONDITION) or not found or found[0][0].node is None:
        return ()
    argument, value = found[0]
    node = argument.node
    assert node is not None
    home = numpy(event) if value.is_numpy else alias(event, "tensorflow")
    if home is None or value.dtype != "bool":
        return ()
    names = ("all", "any") if value.is_numpy else ("reduce_all", "reduce_any")
    return tuple(
        Candidate(f"Ask whether {name.removeprefix('reduce_')} of it is true", edits, rank)
        for rank, name in enumerate(names)
        if (edits := wrap(event.unit, node, f"{home}.{name}(", ")"))
    )
