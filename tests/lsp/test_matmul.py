"""The real analysis behind the protocol: from a keystroke to a proved quick fix."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from .conftest import Client

PROGRAM = """\
import tensorflow as tf

a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
b = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
c = tf.matmul(b, b)
"""


async def test_from_a_keystroke_to_a_proved_fix(real: Client, folder: Path):
    uri = await real.open(folder / "program.py", PROGRAM)
    (found,) = await real.reported(uri, 1)
    assert found.code == "matmul-mismatch"
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.range.start.line == 4
    assert found.code_description.href.endswith("/matmul-mismatch.md")
    assert found.related_information
    assert "(2, 3)" in await real.hover(uri, 4, 14)

    # Repaired by hand…
    real.edit(uri, 2, (4, 14), (4, 15), "a")
    assert await real.reported(uri, 2) == []
    assert "(2, 3)" in await real.hover(uri, 4, 0)

    # … broken again, and repaired by the preferred fix.
    real.edit(uri, 3, (4, 14), (4, 15), "b")
    (found,) = await real.reported(uri, 3, want=bool)
    actions = await real.fixes(uri, found)
    preferred = [action for action in actions if action.is_preferred]
    assert len(preferred) == 1
    (change,) = preferred[0].edit.document_changes
    assert change.text_document.version == 3
    version = 3
    for edit in sorted(
        change.edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True
    ):
        version += 1
        where = edit.range
        start, end = (where.start.line, where.start.character), (where.end.line, where.end.character)
        real.edit(uri, version, start, end, edit.new_text)
    assert await real.reported(uri, version) == []


async def test_hover_is_answered_while_tensorflow_loads(real: Client, folder: Path):
    uri = await real.open(folder / "program.py", PROGRAM)
    assert await real.hover(uri, 4, 14) is None
    await real.reported(uri, 1)
    assert await real.hover(uri, 4, 14) is not None
