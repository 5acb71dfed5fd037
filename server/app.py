"""Make the language server: the one place where the features, the documents and the engine meet."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import inspect
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from . import __version__
from .convert import Units, to_diagnostics
from .documents import Document, Documents
from .engine.client import EngineClient, EngineEvents
from .handlers import MODULES
from .scheduler import Scheduler
from .settings import Settings

logger = logging.getLogger(__name__)

# Seconds to wait for an answer to workspace/configuration before the first analysis.
_PATIENCE = 3

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Protocol(LanguageServerProtocol):
    """The library's protocol, without the library's own copies of the documents (see `documents`)."""

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand the notification to the feature."""
        self._pass_on(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand the notification to the feature."""
        self._pass_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Hand the notification to the feature."""
        self._pass_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _pass_on(self, method: str, params: object) -> None:
        handler = self.fm.features.get(method)
        if handler is not None:
            handler(params)


class ShapewrightServer(LanguageServer):
    """A language server that answers from the last report of an engine in another process."""

    def __init__(self, analysis: str | None = None) -> None:
        super().__init__(
            "shapewright", __version__, types.TextDocumentSyncKind.Incremental, protocol_cls=Protocol, max_workers=2
        )
        self.documents = Documents()
        self.units = Units()
        self.settings = Settings()
        self.trusted = True
        self.roots: list[str] = []
        self._analysis = analysis
        self._shown: set[str] = set()
        self._engine: EngineClient | None = None
        self._scheduler: Scheduler | None = None
        self.events = EngineEvents()
        self.configuring: asyncio.Task[None] | None = None

    # -- the engine; made when the event loop runs --------------------------------------------------------------

    @property
    def engine(self) -> EngineClient:
        """The client of the engine."""
        if self._engine is None:
            self._engine = EngineClient(self.settings.engine_options(self._analysis), self.events)
        return self._engine

    @property
    def scheduler(self) -> Scheduler:
        """What decides when documents are analysed."""
        if self._scheduler is None:
            self._scheduler = Scheduler(
                self.documents, self.engine, self.configured, lambda: self.settings, lambda: self.roots, self.publish
            )
        return self._scheduler

    async def configured(self) -> None:
        """Wait until the client has told its settings, but not for a client that never does."""
        if self.configuring is not None and not self.configuring.done():
            await asyncio.wait([self.configuring], timeout=_PATIENCE)

    async def close_engine(self) -> None:
        """End the engine, if there is one."""
        engine, self._engine, self._scheduler = self._engine, None, None
        if engine is not None:
            await engine.close()

    def use_settings(self, settings: Settings) -> None:
        """Use other settings from now on."""
        if settings == self.settings:
            return
        self.settings = settings
        if self._engine is not None:
            self._engine.configure(settings.engine_options(self._analysis))
            self.scheduler.everything()

    # -- what is sent to the client -----------------------------------------------------------------------------

    def publish(self, document: Document) -> None:
        """Send the diagnostics of a document."""
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=document.uri,
                diagnostics=to_diagnostics(document, self.documents, self.units),
                version=document.version,
            )
        )

    def clear(self, uri: str) -> None:
        """Take back the diagnostics of a document."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def show_once(self, text: str, kind: types.MessageType, topic: str | None = None) -> None:
        """Show a message to the user, at most once for a topic (the text itself, if none is given)."""
        topic = topic or text
        if topic not in self._shown:
            self._shown.add(topic)
            self.window_show_message(types.ShowMessageParams(type=kind, message=text))

    # -- features -----------------------------------------------------------------------------------------------

    def feature(self, feature_name: str, options: Any | None = None) -> Callable[[Handler], Handler]:
        """Register a feature whose failures are logged and answered by nothing, never shown as a traceback."""
        register = super().feature(feature_name, options)

        def decorate(handler: Handler) -> Handler:
            register(_guarded(handler))
            return handler

        return decorate

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that the LSP library met; users can do nothing about it."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


def _guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    name = f"{handler.__module__}.{handler.__name__}"
    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            try:
                return await handler(*args, **kwargs)
            except Exception:
                logger.exception("%s failed", name)
                return None

        return awaited

    @functools.wraps(handler)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except Exception:
            logger.exception("%s failed", name)
            return None

    return called


def create_server(analysis: str | None = None) -> ShapewrightServer:
    """Make a server with all its features.

    Args:
        analysis: another analysis than the real one, for tests; see `EngineOptions`.
    """
    server = ShapewrightServer(analysis)
    for name in MODULES:
        try:
            importlib.import_module(f".handlers.{name}", __package__).register(server)
        except Exception:  # a broken feature must not take the others with it
            logger.exception("the feature %s is not available", name)
    return server


class ClientLog(logging.Handler):
    """Sends the server's log to the client's output channel."""

    KINDS = (
        (logging.ERROR, types.MessageType.Error),
        (logging.WARNING, types.MessageType.Warning),
        (logging.INFO, types.MessageType.Info),
    )

    def __init__(self, server: ShapewrightServer) -> None:
        super().__init__()
        self._server = server
        self._sending = False

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record; what sending it logs is not sent."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return  # before the loop runs, or from another thread
        if self._sending:
            return
        kind = next((kind for level, kind in self.KINDS if record.levelno >= level), types.MessageType.Log)
        self._sending = True
        try:
            with contextlib.suppress(Exception):
                self._server.window_log_message(types.LogMessageParams(type=kind, message=self.format(record)))
        finally:
            self._sending = False
