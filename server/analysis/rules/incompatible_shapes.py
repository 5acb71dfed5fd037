"""incompatible-shapes: whatever the library refuses because of shapes, and no rule knows more about."""

from __future__ import annotations

from ..interpreter.events import LibraryCall, tensors
from .base import Rule, Sentence
from .words import OPERATORS, about_shapes, label, library_words, specs


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that speaks of shapes."""
    if not tensors(event) or not about_shapes(event):
        return None
    name = label(event)
    if event.name.startswith("operator.") and name in OPERATORS.values() and len(tensors(event)) == 2 and name != "[…]":
        return Sentence(f"{name}: shapes do not fit: {specs(event)}")
    return Sentence(f"{name}: {library_words(event)} ({specs(event, ', ')})")


RULE = Rule("incompatible-shapes", "The library refuses the shapes of a call.", judge)
