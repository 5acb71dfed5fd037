"""Each handler as a plain function on a real document: no process, no event loop unless it needs one."""

from __future__ import annotations

import asyncio
import logging

import pytest
from lsprotocol import types

from server import app
from server.analysis.report import Diagnostic, Edit, Fact, Fix, Location, Position, Report, Span
from server.app import create_server
from server.convert import Units
from server.handlers import MODULES, code_action, commands, configuration, hover, lifecycle, synchronization
from server.settings import Settings


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
    ls = create_server()
    ls.protocol.client_capabilities = types.ClientCapabilities()
    ls.settings = Settings(debounce=0)
    ls._engine = FakeEngine()
    ls.published = []
    ls.text_document_publish_diagnostics = ls.published.append
    return ls


def reported(ls, source: str, *facts: Fact, diagnostics: tuple[Diagnostic, ...] = (), uri="file:///w/a.py"):
    """Open a document, with a report on it; `<CURSOR>` in it is a position."""
    before, _, after = source.partition("<CURSOR>")
    document = ls.documents.open(uri, before + after, 1)
    document.accept(Report(document.path, 1, facts=facts, diagnostics=diagnostics), document.text)
    at = ls.units.to_position(document.text, document.text.position(len(before)))
    return document, at


def line_span(start: int, end: int, line: int = 0) -> Span:
    return Span(Position(line, start), Position(line, end))


def hovered(ls, document, at) -> str | None:
    found = hover.hover(ls, types.HoverParams(types.TextDocumentIdentifier(document.uri), at))
    return None if found is None else found.contents.value


MADE = Location("/w/a.py", line_span(4, 9))
B = Fact(line_span(14, 15), "Tensor", "float32", (2, 3), text="f32[2, 3]", constant="[[1. 2. 3.] …]", origin=MADE)
CALL = Fact(line_span(4, 19), "Tensor", "float32", (None, "n"), text="f32[?, n]")
MATMUL = Fact(line_span(4, 13), "function", text="function", symbol="tensorflow.linalg.matmul")


def test_the_card_says_what_is_known(ls):
    document, at = reported(ls, "c = tf.matmul(<CURSOR>b, b)\n", B, CALL, MATMUL)
    assert hovered(ls, document, at) == (
        "```python\nb\n```\n\n**Tensor** · `float32` · shape `(2, 3)`\n\nvalue: `[[1. 2. 3.] …]`\n\nmade at line 1"
    )


def test_the_card_of_a_called_function_says_what_the_call_returns(ls):
    document, at = reported(ls, "c = tf.mat<CURSOR>mul(b, b)\n", B, CALL, MATMUL)
    assert hovered(ls, document, at) == (
        "```python\ntf.matmul\n```\n\n"
        "**function** · `tensorflow.linalg.matmul`\n\n"
        "returns **Tensor** · `float32` · shape `(None, n)`"
    )


def test_between_two_expressions_the_one_under_the_cursor_counts(ls):
    plus = Fact(line_span(0, 3), "int")
    left, right = Fact(line_span(0, 1), "list"), Fact(line_span(2, 3), "dict")
    document, at = reported(ls, "a+<CURSOR>b", plus, left, right)
    assert "dict" in hovered(ls, document, at)
    document, at = reported(ls, "a<CURSOR>+b", plus, left, right)
    assert "int" in hovered(ls, document, at)
    document, at = reported(ls, "a+b<CURSOR>", plus, left, right)
    assert "dict" in hovered(ls, document, at)


def test_the_card_of_an_unknown_says_why(ls):
    document, at = reported(ls, "<CURSOR>x", Fact(line_span(0, 1), "unknown", reason="file *x* was\nnot found"))
    assert hovered(ls, document, at) == "```python\nx\n```\n\n**unknown**: file \\*x\\* was not found"


def test_the_card_says_nothing_twice(ls):
    layer = Fact(line_span(0, 1), "Layer", text="Dense", symbol="keras.layers.Dense")
    pair = Fact(line_span(2, 3), "tuple", text="tuple (i32[2], list)")
    document, at = reported(ls, "<CURSOR>d p", layer, pair)
    assert hovered(ls, document, at) == "```python\nd\n```\n\n**Layer** · `keras.layers.Dense`"
    assert hovered(ls, document, types.Position(0, 2)) == "```python\np\n```\n\n**tuple** · `(i32[2], list)`"


def test_a_users_text_cannot_break_out_of_the_card(ls):
    nasty = Fact(line_span(0, 11), "str", constant="``` <img src=x>\n# big")
    document, at = reported(ls, "<CURSOR>'```\u2028```'", nasty)
    card = hovered(ls, document, at)
    assert card.startswith("````python\n")
    assert "value: ````" in card


def test_a_client_that_wants_plain_text_gets_it(ls):
    formats = types.HoverClientCapabilities(content_format=[types.MarkupKind.PlainText])
    ls.protocol.client_capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(hover=formats)
    )
    document, at = reported(ls, "<CURSOR>x", Fact(line_span(0, 1), "Tensor", "int32", (5,)))
    assert hovered(ls, document, at) == "x\nTensor · int32 · shape (5,)"


def test_hover_answers_nothing_where_nothing_is_known(ls):
    document, at = reported(ls, "x = 1<CURSOR>  # words", Fact(line_span(0, 1), "int"))
    assert hovered(ls, document, at) is None
    unknown = types.TextDocumentIdentifier("file:///not/open.py")
    assert hover.hover(ls, types.HoverParams(unknown, types.Position(0, 0))) is None
    ls.documents.open("file:///new.py", "x", 1)
    new = types.TextDocumentIdentifier("file:///new.py")
    assert hover.hover(ls, types.HoverParams(new, types.Position(0, 0))) is None


def test_hover_follows_edits_and_forgets_what_was_touched(ls):
    document, _ = reported(ls, "x = 1\ny = 2\n", Fact(line_span(0, 1), "int"), Fact(line_span(0, 1, 1), "float"))
    document.replace(0, 0, "😀 = 3\n")
    assert "float" in hovered(ls, document, types.Position(2, 0))
    assert hovered(ls, document, types.Position(0, 0)) is None
    document.replace(document.text.offset(Position(2, 1)), document.text.offset(Position(2, 1)), "z")
    assert hovered(ls, document, types.Position(2, 0)) is None
    assert "int" in hovered(ls, document, types.Position(1, 0))


def test_hover_after_the_line_above_was_deleted(ls):
    document, _ = reported(ls, "x = 1\ny = 2\n", Fact(line_span(0, 1), "int"), Fact(line_span(0, 1, 1), "float"))
    document.replace(0, 6, "")
    assert "float" in hovered(ls, document, types.Position(0, 0))


def test_hover_counts_utf16(ls):
    document, at = reported(ls, "'😀', <CURSOR>x", Fact(line_span(5, 6), "int"))
    assert at.character == 6
    assert hovered(ls, document, at) is not None


def problem(*titles: str) -> Diagnostic:
    edit = line_span(14, 15)
    fixes = tuple(Fix(title, (Edit("/w/a.py", edit, title),), not place) for place, title in enumerate(titles))
    return Diagnostic("/w/a.py", line_span(4, 19), "matmul-mismatch", "error", "It fails.", fixes=fixes)


def actions(ls, document, at, only=None, diagnostics=()):
    context = types.CodeActionContext(diagnostics=list(diagnostics), only=only)
    identifier = types.TextDocumentIdentifier(document.uri)
    return code_action.code_action(ls, types.CodeActionParams(identifier, types.Range(at, at), context))


def test_fixes_are_offered_the_best_one_preferred(ls):
    document, at = reported(ls, "c = tf.<CURSOR>matmul(b, b)\n", diagnostics=(problem("one", "two"),))
    first, second = actions(ls, document, at)
    assert (first.title, first.kind, first.is_preferred) == ("one", types.CodeActionKind.QuickFix, True)
    assert (second.title, second.is_preferred) == ("two", None)
    assert first.diagnostics[0].code == "matmul-mismatch"
    assert first.edit.changes == {
        document.uri: [types.TextEdit(types.Range(types.Position(0, 14), types.Position(0, 15)), "one")]
    }


def test_a_client_that_knows_versions_gets_them(ls):
    edit = types.WorkspaceEditClientCapabilities(document_changes=True)
    workspace = types.WorkspaceClientCapabilities(workspace_edit=edit)
    ls.protocol.client_capabilities = types.ClientCapabilities(workspace=workspace)
    document, _ = reported(ls, "c = tf.<CURSOR>matmul(b, b)\n", diagnostics=(problem("one"),))
    document.replace(0, 0, "\n")
    document.set_version(2)
    (action,) = actions(ls, document, types.Position(1, 8))
    (change,) = action.edit.document_changes
    assert change.text_document.version == 2
    assert change.edits[0].range.start == types.Position(1, 14)


def test_the_clients_own_diagnostic_is_given_back(ls):
    document, at = reported(ls, "c = tf.<CURSOR>matmul(b, b)\n", diagnostics=(problem("one"),))
    range_ = types.Range(types.Position(0, 4), types.Position(0, 19))
    mine = types.Diagnostic(range=range_, message="as shown", code="matmul-mismatch", source="shapewright")
    (action,) = actions(ls, document, at, diagnostics=[mine])
    assert action.diagnostics == [mine]


@pytest.mark.parametrize(
    ("only", "offered"),
    [
        ([types.CodeActionKind.QuickFix], 1),
        ([types.CodeActionKind.Empty], 1),
        ([], 1),
        ([types.CodeActionKind.Refactor], 0),
        (["quickfix.other"], 0),
    ],
)
def test_only_what_was_asked_for(ls, only, offered):
    document, at = reported(ls, "c = tf.<CURSOR>matmul(b, b)\n", diagnostics=(problem("one"),))
    assert len(actions(ls, document, at, only) or []) == offered


def test_no_fix_elsewhere_nor_where_it_was_edited(ls):
    document, at = reported(ls, "c = tf.matmul(b, b)\n<CURSOR>", diagnostics=(problem("one"),))
    assert actions(ls, document, at) == []
    document.replace(14, 15, "a")
    assert actions(ls, document, types.Position(0, 8)) == []


# -- documents and analyses ---------------------------------------------------------------------------------------


def opened(ls, text="b = 1\n", uri="file:///w/a.py", language="python"):
    item = types.TextDocumentItem(uri, language, 1, text)
    synchronization.did_open(ls, types.DidOpenTextDocumentParams(item))


def edited(ls, text, version=2, uri="file:///w/a.py"):
    change = types.TextDocumentContentChangeWholeDocument(text)
    identifier = types.VersionedTextDocumentIdentifier(version, uri)
    synchronization.did_change(ls, types.DidChangeTextDocumentParams(identifier, [change]))


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


async def test_a_document_is_analysed_as_soon_as_it_is_opened(ls):
    ls.roots = ["/w"]
    ls.engine.answer = lambda request: Report(request.path, request.version, diagnostics=(problem("one"),))
    opened(ls, "c = tf.matmul(b, b)\n")
    await settle()
    (request,) = ls.engine.asked
    assert (request.path, request.version, request.roots) == ("/w/a.py", 1, ("/w",))
    assert request.settings == {"concrete_elements": 10_000}
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


# -- settings and life cycle --------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _restore_log():
    log = logging.getLogger("server")
    handlers, level = list(log.handlers), log.level
    yield
    log.handlers[:], log.level = handlers, level


def initialized(ls, **fields):
    lifecycle.initialize(ls, types.InitializeParams(capabilities=fields.pop("capabilities", None) or CAPABLE, **fields))


CAPABLE = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(configuration=True))


def test_initialize_takes_roots_and_settings(ls):
    folders = [types.WorkspaceFolder("file:///w%20x", "w"), types.WorkspaceFolder("vscode-vfs://x/y", "y")]
    initialized(ls, workspace_folders=folders, initialization_options={"interpreter": "/p", "debounce": 9})
    assert ls.roots == ["/w x"]
    assert (ls.settings.interpreter, ls.settings.debounce) == ("/p", 9)


def test_older_clients_have_one_root(ls):
    initialized(ls, root_uri="file:///w")
    assert ls.roots == ["/w"]


def test_an_untrusted_workspace_names_no_interpreter(ls):
    initialized(ls, initialization_options={"workspaceTrusted": False, "interpreter": "/evil"})
    configuration.use(ls, {"interpreter": "/evil"})
    assert ls.settings.interpreter == ""


def test_the_encoding_of_positions_is_negotiated(ls):
    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
    initialized(ls, capabilities=types.ClientCapabilities(general=general))
    assert ls.units.encoding == "utf-8"
    initialized(ls)
    assert ls.units.encoding == Units().encoding == "utf-16"


async def test_changed_settings_are_asked_for(ls):
    initialized(ls)
    ls.protocol.client_capabilities = CAPABLE
    asked = []

    async def answer(params):
        asked.append(params.items[0].section)
        return [{"concreteElements": 0}]

    ls.workspace_configuration_async = answer
    opened(ls)
    await configuration.did_change(ls, types.DidChangeConfigurationParams(None))
    await settle()
    assert asked == ["shapewright"]
    assert ls.engine.asked[-1].settings == {"concrete_elements": 0}


async def test_a_client_that_cannot_be_asked_tells(ls):
    await configuration.did_change(ls, types.DidChangeConfigurationParams({"shapewright": {"debounce": 1}}))
    assert ls.settings.debounce == 1


def test_a_failing_handler_is_logged_and_answers_nothing(ls, caplog):
    ls.documents = None
    registered = ls.protocol.fm.features[types.TEXT_DOCUMENT_HOVER]
    params = types.HoverParams(types.TextDocumentIdentifier("file:///x"), types.Position(0, 0))
    assert registered(params) is None
    assert "server.handlers.hover.hover failed" in caplog.text


def test_a_broken_feature_does_not_take_the_others_with_it(monkeypatch, caplog):
    monkeypatch.setattr(app, "MODULES", ("not_there", *MODULES))
    ls = create_server()
    assert types.TEXT_DOCUMENT_HOVER in ls.protocol.fm.features
    assert "the feature not_there is not available" in caplog.text


def test_a_message_is_shown_once(ls):
    shown = []
    ls.window_show_message = shown.append
    for _ in range(2):
        ls.show_once("no TensorFlow", types.MessageType.Error)
        ls.show_once(f"restart {len(shown)}", types.MessageType.Warning, topic="restarted")
    assert [params.message for params in shown] == ["no TensorFlow", "restart 1"]
