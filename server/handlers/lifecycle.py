"""initialize, initialized, shutdown: learn what the client can do, start the engine, end it."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from ..app import ClientLog, ShapewrightServer
from ..convert import Units
from ..documents import is_file_uri, path_of_uri
from . import configuration

logger = logging.getLogger(__name__)

_PACKAGE = __package__.rpartition(".")[0]


def register(server: ShapewrightServer) -> None:
    """Connect the feature."""
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.SHUTDOWN)(shutdown)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(folders_changed)


def initialize(ls: ShapewrightServer, params: types.InitializeParams) -> None:
    """Take what the client says of itself and of the workspace."""
    package_log = logging.getLogger(_PACKAGE)
    package_log.addHandler(ClientLog(ls))
    ls.units = Units(str(getattr(chosen := choose_encoding(params.capabilities), "value", chosen)))
    ls.roots = roots_of(params)
    options: Any = params.initialization_options
    if isinstance(options, dict):
        # Nobody who wants the safe answer leaves it out: clients that know no trust trust.
        ls.trusted = options.get("workspaceTrusted") is not False
        configuration.use(ls, options.get("settings", options))
    else:
        configuration.use(ls, None)


def choose_encoding(capabilities: types.ClientCapabilities) -> types.PositionEncodingKind | str:
    """Return the position encoding that the LSP library will announce."""
    return ServerCapabilitiesBuilder.choose_position_encoding(capabilities)


def roots_of(params: types.InitializeParams) -> list[str]:
    """Return the paths of the workspace folders."""
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    if not uris and params.root_path:
        return [params.root_path]
    return [path_of_uri(uri) for uri in uris if is_file_uri(uri)]


def initialized(ls: ShapewrightServer, params: types.InitializedParams) -> None:
    """Read the configuration, then start the engine; documents that are opened meanwhile wait for that."""
    connect_engine_events(ls)
    ls.configuring = asyncio.create_task(_configure(ls))


async def _configure(ls: ShapewrightServer) -> None:
    await configuration.pull(ls)
    ls.engine.start()
    await configuration.watch(ls)
    warm_up(ls)


def warm_up(ls: ShapewrightServer) -> None:
    """Read and write a hover once: the LSP library makes the code for that when it is first needed, which takes longer.

    The client is told nothing of it.
    """
    position = {"line": 0, "character": 0}
    params = {"textDocument": {"uri": "file:///"}, "position": position}
    ls.protocol.structure_message({"jsonrpc": "2.0", "id": 0, "method": types.TEXT_DOCUMENT_HOVER, "params": params})
    zero = types.Position(0, 0)
    answer = types.Hover(types.MarkupContent(types.MarkupKind.Markdown, ""), types.Range(zero, zero))
    json.dumps(types.HoverResponse(id=0, result=answer), default=ls.protocol._serialize_message)


async def shutdown(ls: ShapewrightServer, params: object) -> None:
    """End the engine."""
    await ls.close_engine()


def folders_changed(ls: ShapewrightServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Take folders in and out of what the analysis may read."""
    removed = {path_of_uri(folder.uri) for folder in params.event.removed}
    added = [path_of_uri(folder.uri) for folder in params.event.added if is_file_uri(folder.uri)]
    ls.roots = [root for root in ls.roots if root not in removed]
    ls.roots += [root for root in added if root not in ls.roots]
    ls.scheduler.everything()


def connect_engine_events(ls: ShapewrightServer) -> None:
    """Tell the user what happens to the engine."""
    progress = LoadingProgress(ls)

    def unavailable(text: str) -> None:
        logger.error("%s", text)
        ls.show_once(text, types.MessageType.Error)

    def restarted(text: str) -> None:
        ls.show_once(text, types.MessageType.Warning, topic="restarted")

    ls.events.starting = progress.begin
    ls.events.ready = lambda versions: progress.end()
    ls.events.stopped = progress.end
    ls.events.unavailable = unavailable
    ls.events.restarted = restarted


class LoadingProgress:
    """Shows that TensorFlow is being imported, to a client that can show it."""

    def __init__(self, ls: ShapewrightServer) -> None:
        self._ls = ls
        self._token: str | None = None

    def begin(self) -> None:
        """Show it."""
        window = self._ls.client_capabilities.window
        if window is None or not window.work_done_progress or self._token is not None:
            return
        token = self._token = str(uuid.uuid4())

        def created(_: object) -> None:
            if self._token == token:
                begin = types.WorkDoneProgressBegin("Shapewright: loading TensorFlow", cancellable=False)
                self._ls.work_done_progress.begin(token, begin)
            else:  # it was faster than the client
                self._ls.work_done_progress.tokens.pop(token, None)

        self._ls.work_done_progress.create(token, created)

    def end(self) -> None:
        """Show it no more."""
        token, self._token = self._token, None
        if token is not None and token in self._ls.work_done_progress.tokens:
            self._ls.work_done_progress.end(token, types.WorkDoneProgressEnd())
            self._ls.work_done_progress.tokens.pop(token, None)
