"""Whole sessions with the fake analysis: everything between a client and the engine."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from lsprotocol import types

from .conftest import Client, make_client, session

INSERTED = "# \f one line, \u2028 whatever splitlines says 😀\r\n"


async def test_from_a_keystroke_to_a_fix(fake: Client, folder: Path):
    uri = await fake.open(folder / "a.py", "one\r\nfind bad good\r\n")
    (found,) = await fake.reported(uri, 1)
    assert (found.code, found.message, found.source) == ("bad", "bad is wrong\nlong words", "shapewright")
    assert await fake.hover(uri, 1, 3) == "```python\nfind bad good\n```\n\n**Tensor** · `float32` · shape `(2, 3)`"

    fake.edit(uri, 2, (1, 0), (1, 0), INSERTED)
    # Answered before the new report: from the last one, moved.
    assert "find bad good" in await fake.hover(uri, 2, 3)
    (found,) = await fake.reported(uri, 2)
    assert found.range.start == types.Position(2, 0)

    (action,) = await fake.fixes(uri, found)
    assert (action.title, action.is_preferred) == ("Replace by good", True)
    (change,) = action.edit.document_changes
    assert (change.text_document.uri, change.text_document.version) == (uri, 2)
    (edit,) = change.edits
    where = edit.range
    start, end = (where.start.line, where.start.character), (where.end.line, where.end.character)
    fake.edit(uri, 3, start, end, edit.new_text)
    assert await fake.reported(uri, 3) == []


async def test_an_engine_that_dies_is_replaced(fake: Client, folder: Path):
    uri = await fake.open(folder / "a.py", "pid\ncall K hang")
    text = await fake.hover(uri, 0, 0)
    fake.edit(uri, 2, (1, 0), (1, 11), "find bad good")
    await fake.reported(uri, 2)
    text = await fake.hover(uri, 0, 0)
    pid = int(text.rpartition("value: `")[2].rstrip("`"))
    os.kill(pid, signal.SIGTERM)
    assert await fake.hover(uri, 0, 0) == text
    fake.edit(uri, 3, (0, 0), (0, 0), "\n")
    assert len(await fake.reported(uri, 3)) == 1
    assert await fake.hover(uri, 1, 0) != text


async def test_closing_clears(fake: Client, folder: Path):
    uri = await fake.open(folder / "a b.py", "find bad")
    assert len(await fake.reported(uri, 1)) == 1
    fake.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await fake.reported(uri, None) == []


async def test_an_untitled_document(fake: Client):
    item = types.TextDocumentItem("untitled:Untitled-1", types.LanguageKind.Python, 1, "find bad good")
    fake.text_document_did_open(types.DidOpenTextDocumentParams(item))
    (found,) = await fake.reported(item.uri, 1)
    (action,) = await fake.fixes(item.uri, found)
    assert action.edit.document_changes[0].text_document.uri == item.uri


async def test_an_interpreter_that_is_not_there(fake: Client, folder: Path):
    fake.set_configuration({"shapewright": {"interpreter": "/nowhere/python", "debounce": "soon"}})
    fake.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    uri = await fake.open(folder / "a.py", "one")
    while not fake.messages:
        await fake.wait_for_notification(types.WINDOW_SHOW_MESSAGE)
    assert [message.message for message in fake.messages] == [
        "The Python interpreter /nowhere/python does not exist; choose another one (setting shapewright.interpreter)."
    ]
    assert any("shapewright.debounce must be a whole number" in entry.message for entry in fake.log_messages)
    # The server stays up, and another setting mends it.
    assert await fake.hover(uri, 0, 0) is None
    fake.set_configuration({"shapewright": {}})
    fake.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await fake.reported(uri, 1)
    assert await fake.hover(uri, 0, 0) is not None


async def test_the_restart_command(fake: Client, folder: Path):
    uri = await fake.open(folder / "a.py", "pid")
    await fake.reported(uri, 1)
    before = await fake.hover(uri, 0, 0)
    del fake.versions[uri]
    await fake.workspace_execute_command_async(types.ExecuteCommandParams("shapewright.restartEngine"))
    await fake.reported(uri, 1)
    assert await fake.hover(uri, 0, 0) != before


async def test_what_the_client_is_asked_and_shown(fake: Client, folder: Path):
    uri = await fake.open(folder / "a.py", "one")
    await fake.reported(uri, 1)
    assert fake.registered == ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"]
    (reports,) = fake.progress_reports.values()
    assert [type(report).__name__ for report in reports] == ["WorkDoneProgressBegin", "WorkDoneProgressEnd"]
    assert reports[0].title == "Shapewright: loading TensorFlow"


async def test_a_document_read_from_the_disk_of_another(fake: Client, folder: Path):
    helper = folder / "helper.py"
    uri = await fake.open(folder / "a.py", f"pid\ndepends {helper}")
    await fake.reported(uri, 1)
    del fake.versions[uri]
    other = await fake.open(helper, "one")
    fake.edit(other, 2, (0, 0), (0, 3), "two")
    await fake.reported(uri, 1)


async def test_over_tcp(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = Path(__file__).resolve().parents[1] / "support" / "fake_server.py"
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), "server", "--tcp", f"127.0.0.1:{port}")
    client = make_client()
    try:
        while True:
            try:
                await client.start_tcp("127.0.0.1", port)
                break
            except OSError:
                await asyncio.sleep(0.05)
        await session(client, folder)
        uri = await client.open(folder / "a.py", "find bad")
        assert len(await client.reported(uri, 1)) == 1
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
