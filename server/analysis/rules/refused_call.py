"""refused-call: whatever the library refuses for a reason other than shapes and dtypes, and no rule knows more about."""

from __future__ import annotations

import re

from ..interpreter.events import AbsentName, LibraryCall
from .base import Rule, Sentence
from .words import label, library_words, refuses, specs

#: What TensorFlow has no kernel for, on any machine.
_NO_CAST = re.compile(r"Cast (string to \w+|\w+ to string) is not supported")


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that no other rule has taken."""
    if isinstance(event, AbsentName) or not (refuses(event) or _NO_CAST.match(library_words(event))):
        return None
    words = library_words(event)
    if not words:
        return None
    given = specs(event, ", ")
    return Sentence(f"{label(event)}: {words}" + (f" ({given})" if given else ""))


RULE = Rule("refused-call", "The library refuses an argument of a call.", judge)
