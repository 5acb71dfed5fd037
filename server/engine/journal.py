"""Tell the server which library call the engine is in, even while that call hangs or has just killed it.

A file mapped into both processes is the one channel that survives: the engine writes each call's key before it makes
the call, the server reads it whenever it wants. Calls nest (a library calls back into interpreted code, which calls
the library), so the journal is a stack.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Generation before and after the body, its length, then the body. The generation is odd while the body is written,
# and differs for every write: a reader that sees two equal even numbers around a body has read a whole one.
_HEADER = struct.Struct("=QI")
SIZE = 64 * 1024
_LONGEST_TEXT = 300
# Calls that are written down, the innermost ones: the time that a note takes must not grow with a recursion.
_DEPTH = 32


def short_key(key: str) -> str:
    """Return `key`, or its digest where it is long: what the journal and the poisoned set hold."""
    if len(key) <= _LONGEST_TEXT:
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Call:
    """A library call that is being made: its number in this process, its key and words for a person."""

    number: int
    key: str
    description: str


class JournalWriter:
    """The engine's side; what `analysis.libraries.journal` is given."""

    def __init__(self, path: str, poisoned: Iterable[str] = (), descriptions: Iterable[str] = ()) -> None:
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)
        self._poisoned = frozenset(poisoned)
        self._descriptions = frozenset(descriptions)
        self._stack: list[tuple[int, str, str]] = []
        self._generation = 0
        self._number = 0

    def begin(self, key: str, description: str) -> None:
        """Note that the call `key` is about to be made."""
        self._number += 1
        self._stack.append((self._number, short_key(key), description[:_LONGEST_TEXT]))
        self._write()

    def end(self) -> None:
        """Note that the innermost call has come back."""
        if self._stack:
            self._stack.pop()
        self._write()

    def poisoned(self, key: str) -> bool:
        """Say whether the call `key` has hung or killed an engine before: it must not be made."""
        return bool(self._poisoned) and short_key(key) in self._poisoned

    def avoided(self, description: str) -> bool:
        """Say whether a call of this description has hung or killed an engine before, with whatever arguments."""
        return description[:_LONGEST_TEXT] in self._descriptions

    def clear(self) -> None:
        """Forget calls that were left by an exception: a new analysis begins with none."""
        if self._stack:
            self._stack.clear()
            self._write()

    def _write(self) -> None:
        depth = min(len(self._stack), _DEPTH)
        while True:
            body = json.dumps(self._stack[len(self._stack) - depth :]).encode()
            if len(body) <= SIZE - _HEADER.size or depth == 0:
                break
            depth //= 2
        self._generation += 1
        self._map[: _HEADER.size] = _HEADER.pack(self._generation, len(body))
        self._map[_HEADER.size : _HEADER.size + len(body)] = body
        self._generation += 1
        self._map[: _HEADER.size] = _HEADER.pack(self._generation, len(body))


class JournalReader:
    """The server's side: makes the file, reads it, removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Owner only: descriptions hold pieces of the user's program.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, bytes(SIZE))
            self._map = mmap.mmap(descriptor, SIZE)
        finally:
            os.close(descriptor)

    def calls(self) -> tuple[Call, ...] | None:
        """Return the calls being made, outermost first; None while they are being written."""
        generation, length = _HEADER.unpack(self._map[: _HEADER.size])
        if generation % 2 or length > SIZE - _HEADER.size:
            return None
        body = self._map[_HEADER.size : _HEADER.size + length]
        if _HEADER.unpack(self._map[: _HEADER.size])[0] != generation:
            return None
        if not length:
            return ()
        try:
            return tuple(Call(number, key, description) for number, key, description in json.loads(body))
        except (ValueError, TypeError):
            return None

    def close(self) -> None:
        """Unmap and remove the file."""
        self._map.close()
        self.path.unlink(missing_ok=True)
