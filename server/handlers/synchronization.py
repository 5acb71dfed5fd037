"""textDocument/didOpen, didChange, didSave, didClose and files changed on the disk: keep texts and reports up to date."""

from __future__ import annotations

import logging

from lsprotocol import types

from ..app import ShapewrightServer
from ..convert import apply_changes
from ..documents import path_of_uri

logger = logging.getLogger(__name__)


def register(server: ShapewrightServer) -> None:
    """Connect the feature."""
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(files_changed)


def did_open(ls: ShapewrightServer, params: types.DidOpenTextDocumentParams) -> None:
    """Take up a document and analyse it."""
    item = params.text_document
    document = ls.documents.open(item.uri, item.text, item.version, str(item.language_id))
    ls.scheduler.now(document)


def did_change(ls: ShapewrightServer, params: types.DidChangeTextDocumentParams) -> None:
    """Edit a document and analyse it, and what depends on it, a moment later."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        logger.warning("a document was changed that is not open: %s", params.text_document.uri)
        return
    apply_changes(document, params.content_changes, ls.units)
    document.set_version(params.text_document.version)
    document.differs_from_disk = True
    ls.scheduler.soon(document)
    ls.scheduler.dependents(document.path)


def did_save(ls: ShapewrightServer, params: types.DidSaveTextDocumentParams) -> None:
    """Note that a document is now as it is on the disk."""
    document = ls.documents.get(params.text_document.uri)
    if document is not None:
        document.differs_from_disk = False
        ls.scheduler.dependents(document.path)


def did_close(ls: ShapewrightServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document and take back its diagnostics."""
    document = ls.documents.close(params.text_document.uri)
    if document is not None:
        ls.scheduler.forget(document)
        # Others may have read the text that was never saved.
        ls.scheduler.dependents(document.path)
    ls.clear(params.text_document.uri)


def files_changed(ls: ShapewrightServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Analyse again what was read from files that have changed on the disk."""
    for event in params.changes:
        path = path_of_uri(event.uri)
        if ls.documents.at(path) is None:
            ls.scheduler.dependents(path)
