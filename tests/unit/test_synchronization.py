"""Documents and their analyses: opened, edited, closed, changed on the disk."""

from __future__ import annotations

from lsprotocol import types

from server.analysis.report import Report
from server.handlers import commands, synchronization
from server.settings import Settings
from tests.support.handling import opened, problem, settle


def edited(ls, text, version=2, uri="file:///w/a.py"):
    change = types.TextDocumentContentChangeWholeDocument(text)
    identifier = types.VersionedTextDocumentIdentifier(version, uri)
    synchronization.did_change(ls, types.DidChangeTextDocumentParams(identifier, [change]))


async def test_a_document_is_analysed_as_soon_as_it_is_opened(ls):
    ls.roots = ["/w"]
    ls.engine.answer = lambda request: Report(request.path, request.version, diagnostics=(problem("one"),))
    opened(ls, "c = tf.matmul(b, b)\n")
    await settle()
    (request,) = ls.engine.asked
    assert (request.path, request.version, request.roots) == ("/w/a.py", 1, ("/w",))
    assert request.settings == {"concrete_elements": 10_000, "gaps": False}
    (published,) = ls.published
    assert (published.uri, published.version, len(published.diagnostics)) == ("file:///w/a.py", 1, 1)


async def test_several_edits_make_one_analysis_of_the_last_text(ls):
    opened(ls)
    await settle()
    edited(ls, "b = 2\n", 2)
    edited(ls, "b = 3\n", 3)
    await settle()
    assert [(request.version, request.text) for request in ls.engine.asked] == [(1, "b = 1\n"), (3, "b = 3\n")]
    assert "/w/a.py" in ls.engine.cancelled
    assert [one.version for one in ls.published] == [1, 3]


async def test_a_report_on_an_older_text_is_not_shown(ls):
    opened(ls)

    def answer(request):
        if request.version == 1:
            edited(ls, "b = 2\n", 2)
        return Report(request.path, request.version)

    ls.engine.answer = answer
    await settle()
    assert [one.version for one in ls.published] == [2]


async def test_the_last_report_stays_when_an_analysis_fails(ls, caplog):
    opened(ls)
    await settle()
    ls.engine.answer = lambda request: Report(request.path, request.version, status="failed", problem="it broke")
    edited(ls, "b = 2\n")
    await settle()
    assert ls.documents.get("file:///w/a.py").report.version == 1
    assert len(ls.published) == 1
    assert "it broke" in caplog.text


async def test_what_depends_on_an_edited_file_is_analysed_again(ls):
    ls.engine.answer = lambda request: Report(
        request.path, request.version, dependencies=("/w/b.py",) if request.path == "/w/a.py" else ()
    )
    opened(ls)
    opened(ls, uri="file:///w/b.py")
    opened(ls, uri="file:///w/c.py")
    await settle()
    ls.engine.asked.clear()
    edited(ls, "x", uri="file:///w/b.py")
    await settle()
    assert {request.path: dict(request.overlays) for request in ls.engine.asked} == {
        "/w/a.py": {"/w/b.py": "x", "/w/c.py": "b = 1\n"},
        "/w/b.py": {"/w/a.py": "b = 1\n", "/w/c.py": "b = 1\n"},
    }
    ls.engine.asked.clear()
    identifier = types.TextDocumentIdentifier("file:///w/b.py")
    synchronization.did_save(ls, types.DidSaveTextDocumentParams(identifier))
    await settle()
    assert [request.path for request in ls.engine.asked] == ["/w/a.py"]
    assert "/w/b.py" not in ls.engine.asked[0].overlays


async def test_a_file_changed_on_the_disk_is_noticed(ls):
    ls.engine.answer = lambda request: Report(request.path, request.version, dependencies=("/w/b.py",))
    opened(ls)
    await settle()
    event = types.FileEvent("file:///w/b.py", types.FileChangeType.Changed)
    synchronization.files_changed(ls, types.DidChangeWatchedFilesParams([event]))
    await settle()
    assert len(ls.engine.asked) == 2


async def test_closing_takes_the_diagnostics_back(ls):
    opened(ls)
    await settle()
    identifier = types.TextDocumentIdentifier("file:///w/a.py")
    synchronization.did_close(ls, types.DidCloseTextDocumentParams(identifier))
    assert ls.published[-1].diagnostics == []
    assert ls.documents.get("file:///w/a.py") is None
    edited(ls, "x")  # a late notification is no disaster


async def test_what_is_no_python_is_left_alone(ls):
    opened(ls, uri="file:///w/a.toml", language="toml")
    opened(ls, uri="untitled:Untitled-1")
    await settle()
    assert [request.path for request in ls.engine.asked] == ["/untitled:/Untitled-1"]
    assert ls.published[0].uri == "untitled:Untitled-1"


async def test_a_huge_document_is_not_analysed(ls, caplog):
    ls.settings = Settings(max_file_size=10)
    opened(ls, "x" * 11)
    await settle()
    assert ls.engine.asked == []
    assert "larger than 10 bytes" in caplog.text


async def test_the_restart_command(ls):
    opened(ls)
    await settle()
    commands.restart_engine(ls)
    await settle()
    assert ls.engine.restarted == 1
    assert len(ls.engine.asked) == 2
