"""incompatible-shapes: whatever the library refuses because of shapes, and no rule knows more about."""

from __future__ import annotations

import re

from ..interpreter.events import LibraryCall, tensors
from .base import Rule, Sentence
from .words import OPERATORS, about_shapes, label, library_words, specs

_PLAIN = re.compile(r"shape|dimension|\brank|ndim|\bax[ei]s\b|broadcast|\bsize", re.IGNORECASE)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that speaks of shapes."""
    if not about_shapes(event):
        return None
    name = label(event)
    if not tensors(event):
        # Lists, or plain numbers: fewer words are enough to know that it is about shapes.
        words = library_words(event)
        return Sentence(f"{name}: {words}") if _PLAIN.search(words) else None
    if event.name.startswith("operator.") and name in OPERATORS.values() and len(tensors(event)) == 2 and name != "[…]":
        return Sentence(f"{name}: shapes do not fit: {specs(event)}")
    return Sentence(f"{name}: {library_words(event)} ({specs(event, ', ')})")


RULE = Rule("incompatible-shapes", "The library refuses the shapes of a call.", judge)
