"""Settings: from initializationOptions, workspace/configuration and workspace/didChangeConfiguration."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..app import ShapewrightServer
from ..settings import SECTION, parse

logger = logging.getLogger(__name__)

_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}


def register(server: ShapewrightServer) -> None:
    """Connect the feature."""
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change)


async def did_change(ls: ShapewrightServer, params: types.DidChangeConfigurationParams) -> None:
    """Take new settings: ask for them, or read them from the notification where the client cannot be asked."""
    if _can_be_asked(ls):
        await pull(ls)
    elif isinstance(params.settings, dict):
        use(ls, params.settings.get(SECTION))


async def pull(ls: ShapewrightServer) -> None:
    """Ask the client for the settings, if it can be asked."""
    if not _can_be_asked(ls):
        return
    items = [types.ConfigurationItem(section=SECTION)]
    try:
        answer = await ls.workspace_configuration_async(types.ConfigurationParams(items=items))
    except JsonRpcException as error:
        logger.warning("the client did not tell its settings: %s", error)
        return
    # A client without such a section answers null: what initializationOptions said stays.
    if answer and answer[0] is not None:
        use(ls, answer[0])


async def watch(ls: ShapewrightServer) -> None:
    """Ask to be told of changes of settings, and of Python files, where the client wants to be asked."""
    workspace = ls.client_capabilities.workspace
    if workspace is None:
        return
    registrations = []
    changes = workspace.did_change_configuration
    if changes is not None and changes.dynamic_registration:
        options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        registrations.append(types.Registration(id=method, method=method, register_options=options))
    files = workspace.did_change_watched_files
    if files is not None and files.dynamic_registration:
        watchers = [types.FileSystemWatcher(glob_pattern="**/*.py")]
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registrations.append(
            types.Registration(
                id=method,
                method=method,
                register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
            )
        )
    if registrations:
        try:
            await ls.client_register_capability_async(types.RegistrationParams(registrations))
        except JsonRpcException as error:
            logger.warning("the client will not tell of changes: %s", error)


def use(ls: ShapewrightServer, raw: Any) -> None:
    """Use settings as a client has sent them."""
    settings, problems = parse(raw, trusted=ls.trusted)
    logging.getLogger(__package__.rpartition(".")[0]).setLevel(_LEVELS[settings.log_level])
    for problem in problems:
        logger.warning("%s", problem)
    ls.use_settings(settings)


def _can_be_asked(ls: ShapewrightServer) -> bool:
    workspace = ls.client_capabilities.workspace
    return workspace is not None and bool(workspace.configuration)
