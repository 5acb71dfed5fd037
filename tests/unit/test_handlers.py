"""Each handler as a plain function on a real document: no process, no event loop unless it needs one."""

from __future__ import annotations

import logging

import pytest
from lsprotocol import types

from server import app
from server.analysis.report import Diagnostic, Fact, Location, Position, Report
from server.app import create_server
from server.convert import Units
from server.handlers import MODULES, code_action, configuration, hover, lifecycle
from tests.support.handling import line_span, opened, problem, settle


def reported(ls, source: str, *facts: Fact, diagnostics: tuple[Diagnostic, ...] = (), uri="file:///w/a.py"):
    """Open a document, with a report on it; `<CURSOR>` in it is a position."""
    before, _, after = source.partition("<CURSOR>")
    document = ls.documents.open(uri, before + after, 1)
    document.accept(Report(document.path, 1, facts=facts, diagnostics=diagnostics), document.text)
    at = ls.units.to_position(document.text, document.text.position(len(before)))
    return document, at


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
    assert ls.engine.asked[-1].settings == {"concrete_elements": 0, "gaps": False}


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
