"""Whole sessions over stdio: with the real analysis, and with a fake one that needs no TensorFlow."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

ROOT = Path(__file__).resolve().parents[2]


class Client(LanguageClient):
    """Applies to its own copy of a text what a user would do in an editor."""

    async def open(self, path: Path, text: str) -> str:
        path.write_text(text, newline="")
        uri = path.as_uri()
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, types.LanguageKind.Python, 1, text))
        )
        return uri

    def edit(self, uri: str, version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        range_ = types.Range(types.Position(*start), types.Position(*end))
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangePartial(range=range_, text=text)],
            )
        )

    async def reported(self, uri: str, version: int, want=lambda found: True) -> list[types.Diagnostic]:
        """Wait for the diagnostics of a version."""
        while True:
            if self.versions.get(uri) == version and want(list(self.diagnostics[uri])):
                return list(self.diagnostics[uri])
            self.arrived.clear()
            await asyncio.wait_for(self.arrived.wait(), 120)

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        answer = await self.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        )
        return None if answer is None else answer.contents.value

    async def fixes(self, uri: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
        """Ask for fixes until they are proved."""
        context = types.CodeActionContext(diagnostics=[diagnostic], only=[types.CodeActionKind.QuickFix])
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), diagnostic.range, context)
        for _ in range(600):
            if actions := await self.text_document_code_action_async(params):
                return list(actions)
            await asyncio.sleep(0.1)
        return []


def make_client(configuration=None) -> Client:
    client = make_test_lsp_client()
    client.__class__ = Client
    client.versions, client.arrived = {}, asyncio.Event()

    # The one that pytest-lsp registers forgets versions.
    del client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: types.PublishDiagnosticsParams) -> None:
        client.diagnostics[params.uri] = params.diagnostics
        client.versions[params.uri] = params.version
        client.arrived.set()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def registered(params: types.RegistrationParams) -> None:
        client.registered = [registration.method for registration in params.registrations]

    return client


async def session(client: Client, folder: Path, **fields) -> None:
    capabilities = client_capabilities("visual-studio-code")
    folders = [types.WorkspaceFolder(folder.as_uri(), "w")]
    params = types.InitializeParams(capabilities=capabilities, workspace_folders=folders, **fields)
    await client.initialize_session(params)


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "server", "server"], client_factory=make_client)
)
async def real(lsp_client: LanguageClient, tmp_path: Path):
    await session(lsp_client, tmp_path)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(
    config=ClientServerConfig(
        server_command=[sys.executable, str(ROOT / "tests/support/fake_server.py"), "server", "--stdio"],
        client_factory=make_client,
    )
)
async def fake(lsp_client: LanguageClient, tmp_path: Path):
    await session(lsp_client, tmp_path)
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
