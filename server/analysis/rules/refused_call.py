"""refused-call: whatever the library refuses for a reason other than shapes and dtypes, and no rule knows more about."""

from __future__ import annotations

from ..interpreter.events import AbsentName, LibraryCall
from ..libraries.outcome import Refused
from .base import Rule, Sentence
from .words import label, library_words, specs

#: What a library raises when it looks at its arguments. Others (AttributeError, NotImplementedError) may be about the machine, or
#: about what stands in for an argument.
_REFUSALS = frozenset({"ValueError", "InvalidArgumentError", "TypeError", "IndexError", "OutOfRangeError"})


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that no other rule has taken."""
    if isinstance(event, AbsentName) or not isinstance(event.outcome, Refused):
        return None
    if not _REFUSALS & set(event.outcome.types):
        return None
    words = library_words(event)
    if not words:
        return None
    given = specs(event, ", ")
    return Sentence(f"{label(event)}: {words}" + (f" ({given})" if given else ""))


RULE = Rule("refused-call", "The library refuses an argument of a call.", judge)
