"""Where the bridge notes the library call it is about to make, so that a call that hangs or kills can be left out.

The engine process installs a journal that the server can read; everywhere else (tests, scripts) notes go nowhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Protocol


class Journal(Protocol):
    """What notes library calls."""

    def begin(self, key: str, description: str) -> None:
        """Note that the call `key` is about to be made; calls nest.

        The key must be the same in the next process, which has to know the call again: made of names and reprs, never
        of `hash()` or `id()`. The description is for people.
        """

    def end(self) -> None:
        """Note that the innermost call has come back, by a value or by an exception."""

    def poisoned(self, key: str) -> bool:
        """Say whether the call `key` has hung or killed an engine before: it must not be made again."""
        ...

    def avoided(self, description: str) -> bool:
        """Say whether a call of this description has hung or killed an engine before, with whatever arguments."""
        ...


class SilentJournal:
    """A journal that nobody reads."""

    def begin(self, key: str, description: str) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def poisoned(self, key: str) -> bool:
        """No call is poisoned."""
        return False

    def avoided(self, description: str) -> bool:
        """No call is avoided."""
        return False


_current: Journal = SilentJournal()
_trying = False


def current() -> Journal:
    """Return the journal in use."""
    return _current


def install(journal: Journal) -> None:
    """Use `journal` from now on."""
    global _current
    _current = journal


@contextlib.contextmanager
def trying() -> Iterator[None]:
    """Leave out whatever is like a poisoned call: a text that a repair is tried on is not worth an engine."""
    global _trying
    before, _trying = _trying, True
    try:
        yield
    finally:
        _trying = before


def left_out(key: str, description: str) -> bool:
    """Say whether a call is not made, because it, or while trying one like it, has hung or killed an engine before."""
    return _current.poisoned(key) or (_trying and _current.avoided(description))
