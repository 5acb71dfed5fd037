"""textDocument/codeAction: the proved fixes of the diagnostics at the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from ..app import ShapewrightServer
from ..convert import overlaps, same_range, to_diagnostic, to_workspace_edit


def register(server: ShapewrightServer) -> None:
    """Connect the feature."""
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)


def code_action(ls: ShapewrightServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """Answer from the last report; a fix whose place was edited since is left out."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or document.report is None or not _wanted(params.context.only):
        return None
    asked = ls.units.from_range(document.text, params.range)
    versioned = _takes_versions(ls.client_capabilities)
    actions = []
    for index, diagnostic in enumerate(document.report.diagnostics):
        if not diagnostic.fixes or diagnostic.path != document.path:
            continue
        span = document.current_span(diagnostic.span)
        if span is None or not overlaps(span, asked):
            continue
        shown = to_diagnostic(document, index, diagnostic, span, ls.documents, ls.units)
        shown = same_range(params.context.diagnostics, shown)
        for fix in diagnostic.fixes:
            edit = to_workspace_edit(document, fix, ls.documents, ls.units, versioned=versioned)
            if edit is not None:
                actions.append(
                    types.CodeAction(
                        title=fix.title,
                        kind=types.CodeActionKind.QuickFix,
                        diagnostics=[shown],
                        is_preferred=fix.preferred or None,
                        edit=edit,
                    )
                )
    return actions


def _wanted(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Say whether quick fixes are among the kinds that were asked for; a kind stands for all below it."""
    if not only:
        return True
    return any(str(getattr(kind, "value", kind)) in ("", "quickfix") for kind in only)


def _takes_versions(capabilities: types.ClientCapabilities) -> bool:
    workspace = capabilities.workspace
    edit = workspace.workspace_edit if workspace is not None else None
    return edit is not None and bool(edit.document_changes)
