"""Serve analyses in the engine process: one thread reads requests, the main thread alone touches libraries.

Keras on TensorFlow is not thread-safe, hence one thread; a `cancel` has to be seen while that one is busy, hence the
other.
"""

from __future__ import annotations

import argparse
import dataclasses
import faulthandler
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

from ..analysis.libraries import journal as journal_hook
from ..analysis.report import Report, to_json
from . import loading
from .journal import JournalWriter
from .protocol import HEADER, ProtocolError, body_length, pack, unpack

Message = dict[str, Any]


class Channel:
    """Messages over two descriptors that nobody else knows."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = requests
        self._replies = replies

    def send(self, message: Message) -> None:
        """Send a message, waiting until the server has taken it."""
        view = memoryview(pack(message))
        while view:
            view = view[os.write(self._replies, view) :]

    def receive(self) -> Message | None:
        """Wait for a message; None when the server has gone."""
        try:
            header = self._read(HEADER.size)
            if header is None:
                return None
            body = self._read(body_length(header))
            return None if body is None else unpack(body)
        except (OSError, ProtocolError):
            return None

    def _read(self, count: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < count:
            part = os.read(self._requests, min(count - len(parts), 1 << 20))
            if not part:
                return None
            parts += part
        return bytes(parts)


class Service:
    """The analyses of one engine process."""

    def __init__(self, channel: Channel, journal: JournalWriter, scratch: str, analyse: Callable[..., Report]) -> None:
        self._channel = channel
        self._journal = journal
        self._scratch = scratch
        self._analyse = analyse
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def read_requests(self) -> None:
        """Take requests and cancellations until the server has gone, then end the process."""
        while (message := self._channel.receive()) is not None:
            if message["type"] == "analyse":
                self._queue.put(message)
            elif message["type"] == "cancel":
                self._cancelled.add(message["id"])
        # The main thread may be deep in a library: nothing gentler ends it.
        leave(self._scratch)

    def run(self) -> None:
        """Answer requests, for ever."""
        while True:
            request = self._queue.get()
            self._channel.send(self._answer(request))
            self._cancelled.discard(request["id"])

    def _answer(self, message: Message) -> Message:
        from ..analysis.analyzer import AnalysisSettings, Cancelled, Request

        number: int = message["id"]
        path: str = message["path"]
        known = {field.name for field in dataclasses.fields(AnalysisSettings)}
        settings = {name: value for name, value in message.get("settings", {}).items() if name in known}
        request = Request(
            path=path,
            text=message["text"],
            version=message.get("version"),
            roots=tuple(message.get("roots", ())),
            overlays=message.get("overlays", {}),
            settings=AnalysisSettings(**settings),
            fixes=message.get("fixes", True),
        )
        self._journal.clear()
        early: list[Report] = []

        def publish(report: Report) -> None:
            early[:] = [report]
            self._channel.send({"type": "partial", "id": number, "report": to_json(report)})

        try:
            report = self._analyse(request, publish, lambda: number in self._cancelled)
        except Cancelled:
            return {"type": "cancelled", "id": number}
        except BaseException as error:  # libraries raise SystemExit and worse; the process goes on
            traceback.print_exc()
            words = str(error).strip().splitlines()
            what = f"{type(error).__name__}: {words[0]}" if words else type(error).__name__
            report = Report(path, request.version, status="failed", problem=f"the analysis failed ({what})")
        self._journal.clear()
        # Proving fixes changes no fact, and the facts are nearly all of a report.
        same_facts = bool(early) and early[0].facts == report.facts
        if same_facts:
            report = dataclasses.replace(report, facts=())
        return {"type": "report", "id": number, "report": to_json(report), "same_facts": same_facts}


def leave(scratch: str) -> None:
    """Remove what was made for this process and end it."""
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


def serve(requests: int, replies: int, arguments: list[str]) -> None:
    """Be the engine: prepare the interpreter, import TensorFlow, answer requests."""
    parser = argparse.ArgumentParser()
    # Another analysis than the real one, FILE.py:FUNCTION; then TensorFlow is not imported. For tests of the engine.
    parser.add_argument("--analysis")
    options = parser.parse_args(arguments)

    faulthandler.enable()
    # An interrupt from the terminal is for the server, which then ends this process in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel(requests, replies)
    start = channel.receive()
    if start is None or start["type"] != "start":
        return
    loading.limit_memory(start["memory"])
    loading.add_user_site()
    sys.meta_path.append(loading.OwnLibraries(start["libraries"]))
    journal = JournalWriter(start["journal"], start["poisoned"], start["avoided"])
    journal_hook.install(journal)

    analyse: Callable[..., Report] | None = None

    def real(*arguments: Any) -> Report:
        from ..analysis.analyzer import analyse as door

        return door(*arguments)

    if options.analysis:
        analyse = loading.load_function(options.analysis)
    service = Service(channel, journal, start["scratch"], analyse or real)
    # From here on an import that takes long does not keep the process alive when the server has gone.
    threading.Thread(target=service.read_requests, daemon=True, name="requests").start()
    if options.analysis:
        channel.send({"type": "ready", "versions": loading.versions()})
    else:
        message = loading.import_tensorflow()
        channel.send(message)
        if message["type"] == "problem":
            return
    service.run()
