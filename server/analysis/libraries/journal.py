"""Where the bridge notes the library call it is about to make, so that a call that hangs or kills can be left out.

The engine process installs a journal that the server can read; everywhere else (tests, scripts) notes go nowhere.
"""

from __future__ import annotations

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


class SilentJournal:
    """A journal that nobody reads."""

    def begin(self, key: str, description: str) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def poisoned(self, key: str) -> bool:
        """No call is poisoned."""
        return False


_current: Journal = SilentJournal()


def current() -> Journal:
    """Return the journal in use."""
    return _current


def install(journal: Journal) -> None:
    """Use `journal` from now on."""
    global _current
    _current = journal
