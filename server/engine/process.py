"""Run one engine process: start it, talk to it, and leave nothing behind when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .environment import clean_environment, find_interpreter, libraries_folder, worker_script
from .journal import Call, JournalReader
from .problems import EngineDiedError, EngineUnavailableError, describe_old_python, describe_problem, describe_silence
from .protocol import HEADER, OLDEST_PYTHON, ProtocolError, body_length, pack, unpack

logger = logging.getLogger(__name__)

# What one process may write into the log.
_MAX_LOG_LINES = 500
_MAX_LOG_LINE = 2000


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How engines are run.

    interpreter: path or name of a Python; empty for the server's own. Times are in seconds, memory_limit in bytes
    (0: none). hello_timeout: for the interpreter to start; import_timeout: for TensorFlow to be imported.
    analysis: another analysis than the real one, for tests: FILE.py:FUNCTION.
    """

    interpreter: str = ""
    call_timeout: float = 10.0
    analysis_timeout: float = 60.0
    memory_limit: int = 8 << 30
    hello_timeout: float = 30.0
    import_timeout: float = 300.0
    analysis: str | None = None


class EngineProcess:
    """One engine process, from its start to its end."""

    def __init__(self, options: EngineOptions, on_end: Callable[[], None] = lambda: None) -> None:
        self.versions: dict[str, str] = {}
        self.inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._options = options
        self._on_end = on_end
        self._interpreter = ""
        self._process: asyncio.subprocess.Process | None = None
        self._scratch: Path | None = None
        self._journal: JournalReader | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._killed_because: str | None = None
        self._last_words = ""
        self._last_calls: tuple[Call, ...] = ()
        self.ended = False
        # Whether the server ended it in order to have another one.
        self.replaced = False

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid if self._process else None

    async def start(self, poisoned: Mapping[str, str]) -> None:
        """Start the process and wait until it has imported TensorFlow.

        Raises:
            EngineUnavailableError: this interpreter cannot be an engine.
            EngineDiedError: the process ended in between.
        """
        self._interpreter = find_interpreter(self._options.interpreter)
        await self._spawn(poisoned)
        hello = await self._expect(self._options.hello_timeout, "no answer in time")
        if hello is None or hello["type"] != "hello":
            raise EngineUnavailableError(describe_silence(self._interpreter, self._how_it_ended()))
        if tuple(hello["python"][:2]) < OLDEST_PYTHON:
            raise EngineUnavailableError(describe_old_python(self._interpreter, hello["python"]))
        ready = await self._expect(self._options.import_timeout, "TensorFlow was not imported in time")
        if ready is None:
            raise EngineDiedError(f"{self._interpreter} ended while it imported TensorFlow ({self._how_it_ended()})")
        if ready["type"] == "problem":
            raise EngineUnavailableError(describe_problem(self._interpreter, ready))
        self.versions = ready["versions"]

    async def _expect(self, timeout: float, reason: str) -> dict[str, Any] | None:
        timer = asyncio.get_running_loop().call_later(timeout, self.kill, reason)
        try:
            return await self.inbox.get()
        finally:
            timer.cancel()

    async def _spawn(self, poisoned: Mapping[str, str]) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="shapewright-engine-"))
        # A working directory in which nobody can have put a module or a configuration file.
        empty = self._scratch / "empty"
        empty.mkdir()
        self._journal = JournalReader(self._scratch / "journal")
        command = [self._interpreter, "-I", worker_script()]
        if self._options.analysis:
            command += ["--analysis", self._options.analysis]
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=empty,
                env=clean_environment(),
                # An interrupt typed at the terminal is the server's to handle.
                start_new_session=os.name == "posix",
                creationflags=0x08000000 if sys.platform == "win32" else 0,  # CREATE_NO_WINDOW
            )
        except OSError as error:
            self._clean_up()
            raise EngineUnavailableError(describe_silence(self._interpreter, error.strerror or str(error))) from None
        self._tasks = [asyncio.create_task(self._read_messages()), asyncio.create_task(self._read_log())]
        start = {
            "type": "start",
            "journal": str(self._journal.path),
            "scratch": str(self._scratch),
            "poisoned": sorted(poisoned),
            "avoided": sorted(set(poisoned.values())),
            "memory": self._options.memory_limit,
            "libraries": libraries_folder(),
        }
        await self.send(start)

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; to a process that has ended nothing is sent (its end is seen in the inbox)."""
        if self._process is None or self._process.stdin is None or self.ended:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(pack(message))
            await self._process.stdin.drain()

    def calls(self) -> tuple[Call, ...] | None:
        """Return the library calls that the process is in, or was in when it ended."""
        if self.ended or self._journal is None:
            return self._last_calls
        return self._journal.calls()

    def kill(self, reason: str) -> None:
        """End the process at once; `reason` is for the log."""
        if self._process is not None and not self.ended and self._killed_because is None:
            self._killed_because = reason
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def close(self) -> None:
        """End the process, and wait until nothing is left of it."""
        self.kill("not needed any more")
        if self._tasks:
            reading, log = self._tasks
            await asyncio.wait([reading], timeout=10)
            for task in (reading, log):
                task.cancel()
            await asyncio.gather(reading, log, return_exceptions=True)
            self._tasks = []
        self.ended = True
        self._clean_up()

    @property
    def exit_code(self) -> int | None:
        """The exit status, negative for a signal; None while the process runs."""
        return self._process.returncode if self._process else None

    def _how_it_ended(self) -> str:
        if self._killed_because:
            return self._killed_because
        status = f"exit status {self.exit_code}"
        return f"{status}, last words: {self._last_words}" if self._last_words else status

    async def _read_messages(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        stream = self._process.stdout
        try:
            while True:
                header = await stream.readexactly(HEADER.size)
                self.inbox.put_nowait(unpack(await stream.readexactly(body_length(header))))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except ProtocolError as error:
            self.kill(f"unreadable answer: {error}")
        finally:
            await self._end()

    async def _end(self) -> None:
        """Wait for the process and keep what the journal held last."""
        assert self._process is not None
        # A process that has closed its answers is of no use, even if it still runs.
        if self._process.returncode is None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._process.wait(), 5)
            self.kill("it closed its answers")
            await self._process.wait()
        if self._journal is not None:
            # Half-written: the process died inside `begin`, before or after any call.
            self._last_calls = self._journal.calls() or ()
        if len(self._tasks) > 1:
            # Its last words say why; a child of it may hold the pipe open for longer.
            await asyncio.wait([self._tasks[1]], timeout=1)
            self._tasks[1].cancel()
        self.ended = True
        self._clean_up()
        self.inbox.put_nowait(None)
        self._on_end()

    async def _read_log(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        stream = self._process.stderr
        lines = 0
        rest = b""
        while part := await stream.read(1 << 14):
            *whole, rest = (rest + part).split(b"\n")
            rest = rest[-_MAX_LOG_LINE:]
            for line in whole:
                words = line[:_MAX_LOG_LINE].decode("utf-8", "replace").strip()
                if not words:
                    continue
                self._last_words = words
                lines += 1
                if lines <= _MAX_LOG_LINES:
                    logger.info("engine: %s", words)
                elif lines == _MAX_LOG_LINES + 1:
                    logger.info("engine: what it says from here on is left out")

    def _clean_up(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None
