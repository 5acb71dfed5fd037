"""Have documents analysed by an engine process that may hang, crash or be killed at any time.

One analysis runs at a time. A document that was asked for later goes first, and a newer version of a document makes
an older one's analysis pointless. When the process ends during an analysis, the library call that it was in is
poisoned (never made again while this server lives) and the analysis is made again by a new process.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..analysis.report import Fact, Report, fact_from_json, report_from_json
from .problems import EngineDiedError, EngineUnavailableError
from .process import EngineOptions, EngineProcess
from .watchdog import Verdict, Watchdog

__all__ = ["AnalysisRequest", "EngineClient", "EngineEvents", "EngineOptions", "EngineUnavailableError"]

logger = logging.getLogger(__name__)

# Restarts for one version of one document, whatever they were for.
_MAX_RESTARTS = 5
# Ends of the process, one after the other, that no analysis explains.
_MAX_UNEXPLAINED = 3
# A process that was ended from outside says nothing about the call it was in, unless that happens twice in the same
# call (the system's out-of-memory killer does that).
_OUTSIDE_SIGNALS = frozenset({-1, -2, -9, -15})

# About a millisecond of reading.
_FACTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """One version of one document to analyse; the fields are those of `analysis.analyzer.Request`."""

    path: str
    text: str
    version: int | None = None
    roots: tuple[str, ...] = ()
    overlays: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    fixes: bool = True


@dataclass(slots=True)
class EngineEvents:
    """Who is told what: all of these are called on the event loop and must return at once.

    starting: an engine begins to import TensorFlow. ready: it has. stopped: it will not (for now).
    unavailable: no engine can run; the text says why. restarted: an engine had to be replaced; the text says why.
    """

    starting: Callable[[], None] = lambda: None
    ready: Callable[[dict[str, str]], None] = lambda versions: None
    stopped: Callable[[], None] = lambda: None
    unavailable: Callable[[str], None] = lambda text: None
    restarted: Callable[[str], None] = lambda text: None


@dataclass(eq=False, slots=True)
class _Job:
    """An analysis that somebody waits for."""

    number: int
    request: AnalysisRequest
    publish: Callable[[Report], None] | None
    future: asyncio.Future[Report | None]
    restarts: int = 0
    unexplained: int = 0

    def finish(self, report: Report | None) -> None:
        if not self.future.done():
            self.future.set_result(report)

    def fail(self, problem: str) -> None:
        self.finish(Report(self.request.path, self.request.version, status="failed", problem=problem))


class EngineClient:
    """The server's view of its engine."""

    def __init__(self, options: EngineOptions, events: EngineEvents | None = None) -> None:
        self._options = options
        self._events = events or EngineEvents()
        self._numbers = itertools.count(1)
        self._waiting: dict[str, _Job] = {}
        self._running: _Job | None = None
        self._process: EngineProcess | None = None
        self._problem: str | None = None
        self._poisoned: dict[str, str] = {}
        self._suspects: set[str] = set()
        self._unexplained = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._state_changed = asyncio.Event()

    # -- for everybody ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start an engine in the background; needs a running event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._serve())

    async def analyse(self, request: AnalysisRequest, publish: Callable[[Report], None] | None = None) -> Report | None:
        """Analyse one version of a document.

        Args:
            request: the document.
            publish: is given the early report, if there is one.

        Returns:
            The report; one with the status `failed` says why in `problem`. None when a newer request for the same
            path has come, or the analysis was cancelled.
        """
        self.start()
        self.cancel(request.path)
        job = _Job(next(self._numbers), request, publish, asyncio.get_running_loop().create_future())
        self._waiting[request.path] = job
        self._wake.set()
        try:
            # Shielded: that the future is still open says that the engine has not been told.
            return await asyncio.shield(job.future)
        except asyncio.CancelledError:
            if self._waiting.get(request.path) is job or self._running is job:
                self.cancel(request.path)
            raise

    def cancel(self, path: str) -> None:
        """Give up the analysis of a document, whether it waits or runs."""
        if (waiting := self._waiting.pop(path, None)) is not None:
            waiting.finish(None)
        running = self._running
        if running is not None and running.request.path == path and not running.future.done():
            running.finish(None)
            if self._process is not None:
                cancel = {"type": "cancel", "id": running.number}
                asyncio.get_running_loop().create_task(self._process.send(cancel))

    async def versions(self) -> dict[str, str]:
        """Wait for an engine and say which Python and libraries it has.

        Raises:
            EngineUnavailableError: there will be none.
        """
        self.start()
        while True:
            if self._problem is not None:
                raise EngineUnavailableError(self._problem)
            if self._process is not None and self._process.versions and not self._process.ended:
                return dict(self._process.versions)
            self._state_changed.clear()
            await self._state_changed.wait()

    @property
    def engine_pid(self) -> int | None:
        """The number of the engine process; None while there is none."""
        return self._process.pid if self._process is not None and not self._process.ended else None

    @property
    def poisoned(self) -> dict[str, str]:
        """The calls that are not made any more: their descriptions by key."""
        return dict(self._poisoned)

    def configure(self, options: EngineOptions) -> None:
        """Use other options; an engine that runs is replaced if it would be another one."""
        old, self._options = self._options, options
        same = dataclasses.replace(old, call_timeout=options.call_timeout, analysis_timeout=options.analysis_timeout)
        if same != options:
            self.restart("its settings have changed")

    def restart(self, reason: str = "the user asked for it") -> None:
        """Replace the engine, forget which calls were poisoned, and try again what was unavailable."""
        logger.info("the engine is replaced: %s", reason)
        self._poisoned.clear()
        self._suspects.clear()
        self._problem = None
        self._unexplained = 0
        if self._process is not None:
            self._process.replaced = True
            self._process.kill(reason)
        self._wake.set()

    async def close(self) -> None:
        """End the engine; nothing of it is left."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        for job in [*self._waiting.values(), *([self._running] if self._running else [])]:
            job.finish(None)
        self._waiting.clear()
        if self._process is not None:
            process, self._process = self._process, None
            await process.close()

    # -- the one task -------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        try:
            await self._serve_turns()
        finally:
            # The event loop may be ending without `close`: nobody must wait for the engine then.
            if self._process is not None:
                self._process.kill("the server ends")

    async def _serve_turns(self) -> None:
        while True:
            try:
                await self._turn()
            except Exception:  # whatever it was, the next document must not suffer from it
                logger.exception("the engine's client failed")
                if self._running is not None:
                    self._running.fail("the analysis failed (see the log)")
                    self._running = None
                await asyncio.sleep(0.1)

    async def _turn(self) -> None:
        """Do the one thing that is to be done next, or wait until there is one."""
        if self._problem is not None:
            for path in list(self._waiting):
                self._waiting.pop(path).fail(self._problem)
        elif self._process is None or self._process.ended:
            await self._start_process()
            return
        elif self._waiting:
            job = max(self._waiting.values(), key=lambda job: job.number)
            del self._waiting[job.request.path]
            await self._run(job, self._process)
            return
        await self._wake.wait()
        self._wake.clear()
        if self._process is not None and self._process.ended and self._problem is None and not self._process.replaced:
            self._note_unexplained("the engine ended while it had nothing to do")

    async def _start_process(self) -> None:
        if self._process is not None:
            await self._process.close()
        self._process = process = EngineProcess(self._options, on_end=self._wake.set)
        self._events.starting()
        try:
            await process.start(self._poisoned)
        except EngineUnavailableError as error:
            await process.close()
            # Replaced in between: then that was the answer of another interpreter.
            if not process.replaced:
                self._set_problem(str(error))
        except EngineDiedError as error:
            await process.close()
            if not process.replaced:
                self._note_unexplained(str(error))
        else:
            self._events.ready(dict(process.versions))
            logger.info("engine %s is ready: %s", process.pid, process.versions)
        finally:
            if process.ended or not process.versions:
                self._events.stopped()
            self._state_changed.set()

    def _note_unexplained(self, text: str) -> None:
        self._unexplained += 1
        logger.warning("%s", text)
        if self._unexplained >= _MAX_UNEXPLAINED:
            self._set_problem(f"The analysis engine keeps ending: {text}.")

    def _set_problem(self, text: str) -> None:
        self._problem = text
        self._events.unavailable(text)
        self._wake.set()
        self._state_changed.set()

    async def _run(self, job: _Job, process: EngineProcess) -> None:
        self._running = job
        verdict: list[Verdict] = []
        early: Report | None = None
        watching = asyncio.create_task(self._watch(process, verdict))
        try:
            request = dataclasses.asdict(job.request)
            await process.send({"type": "analyse", "id": job.number, **request})
            while (message := await process.inbox.get()) is not None:
                if message.get("id") != job.number:  # of an analysis that was given up
                    continue
                report = await _decode(message["report"]) if "report" in message else None
                if message["type"] == "partial":
                    early = report
                    _publish(job, report)
                    continue
                self._unexplained = 0
                if report is not None and early is not None and message["same_facts"]:
                    report = dataclasses.replace(report, facts=early.facts)
                job.finish(report)
                return
        finally:
            watching.cancel()
            self._running = None
        self._after_death(job, process, verdict[0] if verdict else None)

    async def _watch(self, process: EngineProcess, verdict: list[Verdict]) -> None:
        """Kill the process when a call, or the whole analysis, takes too long."""
        watchdog = Watchdog(self._options.call_timeout, self._options.analysis_timeout)
        pause = min(0.25, self._options.call_timeout / 5)
        before = time.monotonic()
        while True:
            await asyncio.sleep(pause)
            now = time.monotonic()
            found = watchdog.tick(min(now - before, 2 * pause), process.calls())
            before = now
            if found is not None:
                verdict.append(found)
                process.kill(found.reason)
                return

    def _after_death(self, job: _Job, process: EngineProcess, verdict: Verdict | None) -> None:
        """The process ended during `job`: find out why, and have the job done again if that can help."""
        if process.replaced:
            self._again(job)
            return
        calls = process.calls() or ()
        if verdict is not None:
            call, reason = verdict.call, verdict.reason
        else:
            call = calls[-1] if calls else None
            reason = f"the engine ended by itself ({_describe_exit(process.exit_code)})"
            if call is not None:
                reason = f"{reason} in {call.description}"
        outside = verdict is None and process.exit_code in _OUTSIDE_SIGNALS
        if outside and call is not None and call.key not in self._suspects:
            self._suspects.add(call.key)
            call = None
        job.restarts += 1
        text = f"The analysis engine was restarted: {reason}."
        if call is not None:
            self._poisoned[call.key] = call.description
            text += " That call is left out from now on."
        elif not outside:
            job.unexplained += 1
        logger.warning("%s", text)
        self._events.restarted(text)
        if job.unexplained >= 2 or job.restarts >= _MAX_RESTARTS:
            job.fail(f"this version could not be analysed: {reason}")
        else:
            self._again(job)

    def _again(self, job: _Job) -> None:
        if not job.future.done() and job.request.path not in self._waiting:
            self._waiting[job.request.path] = job


async def _decode(data: dict[str, Any]) -> Report:
    """Read a report, with a look at the event loop now and then: a hover must not wait for thousands of facts."""
    items = data.pop("facts", [])
    facts: list[Fact] = []
    for start in range(0, len(items), _FACTS_AT_ONCE):
        facts += map(fact_from_json, items[start : start + _FACTS_AT_ONCE])
        await asyncio.sleep(0)
    return dataclasses.replace(report_from_json(data), facts=tuple(facts))


def _publish(job: _Job, report: Report | None) -> None:
    if report is None or job.publish is None or job.future.done():
        return
    try:
        job.publish(report)
    except Exception:  # the final report still comes
        logger.exception("an early report could not be published")


def _describe_exit(code: int | None) -> str:
    if code is not None and code < 0:
        import signal

        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit status {code}"
