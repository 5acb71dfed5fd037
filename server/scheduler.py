"""Decide when which document is analysed, and give each report to whoever shows it.

A document is analysed as soon as it is opened, a moment after its last edit, and when a file that its last report
was read from has changed. A text that is no longer the document's is never analysed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from .analysis.report import Report
from .documents import Document, Documents, Text
from .engine.client import AnalysisRequest, EngineClient
from .settings import Settings

logger = logging.getLogger(__name__)


class Scheduler:
    """Analyses open documents.

    Args:
        documents: the open documents.
        engine: who analyses.
        configured: waits until the settings are known.
        settings: asked anew each time, because they change.
        roots: the workspace folders, likewise.
        show: is called when a document has a new report.
    """

    def __init__(
        self,
        documents: Documents,
        engine: EngineClient,
        configured: Callable[[], Awaitable[None]],
        settings: Callable[[], Settings],
        roots: Callable[[], Sequence[str]],
        show: Callable[[Document], None],
    ) -> None:
        self._documents = documents
        self._engine = engine
        self._configured = configured
        self._settings = settings
        self._roots = roots
        self._show = show
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, document: Document) -> None:
        """Analyse a document after a moment of quiet; what is said of its older text meanwhile is not wanted."""
        self._stop_timer(document.path)
        self._engine.cancel(document.path)
        delay = self._settings().debounce / 1000
        self._timers[document.path] = asyncio.get_running_loop().call_later(delay, self.now, document)

    def now(self, document: Document) -> None:
        """Analyse a document at once."""
        self._stop_timer(document.path)
        if not document.is_python or self._documents.at(document.path) is not document:
            return
        task = asyncio.get_running_loop().create_task(self._analyse(document, document.text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def everything(self) -> None:
        """Analyse all open documents."""
        for document in self._documents:
            self.now(document)

    def dependents(self, path: str) -> None:
        """Analyse the documents whose last report was read from the file `path`, too."""
        for document in self._documents:
            if document.path != path and document.report is not None and path in document.report.dependencies:
                self.soon(document)

    def forget(self, document: Document) -> None:
        """Do nothing more for a document."""
        self._stop_timer(document.path)
        self._engine.cancel(document.path)

    def _stop_timer(self, path: str) -> None:
        timer = self._timers.pop(path, None)
        if timer is not None:
            timer.cancel()

    async def _analyse(self, document: Document, text: Text) -> None:
        await self._configured()
        if document.text is not text:
            return  # edited meanwhile: that edit has its own analysis
        try:
            report = await self._report(document, text)
        except Exception:
            logger.exception("%s could not be analysed", document.path)
            return
        if report is not None:
            self._take(document, text, report)

    async def _report(self, document: Document, text: Text) -> Report | None:
        settings = self._settings()
        # Bytes in the worst encoding; exactness does not matter here.
        if len(text.content) > settings.max_file_size:
            problem = f"larger than {settings.max_file_size} bytes (setting shapewright.maxFileSize)"
            return Report(document.path, text.version, status="failed", problem=problem)
        request = AnalysisRequest(
            path=document.path,
            text=text.content,
            version=text.version,
            roots=tuple(self._roots()),
            overlays=self._documents.overlays(without=document.path),
            settings=settings.analysis_settings(),
        )
        return await self._engine.analyse(request, lambda report: self._take(document, text, report))

    def _take(self, document: Document, text: Text, report: Report) -> None:
        if self._documents.at(document.path) is not document or document.text is not text:
            return  # closed or edited in the meantime
        if report.status == "failed":
            # The last report stays: it is better than nothing.
            logger.warning("%s: %s", document.path, report.problem)
            return
        document.accept(report, text)
        self._show(document)
