"""What the tests of handlers share: a server whose engine answers at once with what a test has prepared."""

from __future__ import annotations

import pytest

from server.analysis.report import Report


class FakeEngine:
    """Answers with what a test has prepared, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked, self.cancelled, self.restarted, self.options = [], [], 0, []
        self.answer = lambda request: Report(request.path, request.version)

    async def analyse(self, request, publish):
        self.asked.append(request)
        return self.answer(request)

    def cancel(self, path):
        self.cancelled.append(path)

    def restart(self):
        self.restarted += 1

    def configure(self, options):
        self.options.append(options)


@pytest.fixture
def ls():
    # Here, not above: the environment of the old TensorFlow has no server in it.
    from lsprotocol import types

    from server.app import create_server
    from server.settings import Settings

    ls = create_server()
    ls.protocol.client_capabilities = types.ClientCapabilities()
    ls.settings = Settings(debounce=0)
    ls._engine = FakeEngine()
    ls.published = []
    ls.text_document_publish_diagnostics = ls.published.append
    return ls
