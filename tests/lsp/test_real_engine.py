"""The real analysis in an engine that hangs and crashes."""

from __future__ import annotations

from pathlib import Path

from server.engine.client import AnalysisRequest, EngineClient, EngineOptions

HANGING = Path(__file__).resolve().parents[1] / "support" / "hanging_tensorflow.py"

PROGRAM = """\
import tensorflow as tf

a = tf.ones([2, 3])
b = tf.math.xdivy(a, a)
c = tf.math.xlog1py(a, a)
d = tf.matmul(a, a)
e = tf.transpose(a)
"""


async def test_calls_that_hang_or_kill_are_left_out_and_the_rest_analysed():
    client = EngineClient(EngineOptions(analysis=f"{HANGING}:analyse", call_timeout=2.0))
    try:
        report = await client.analyse(AnalysisRequest("/w/program.py", PROGRAM))
        assert report.status == "complete", report.problem
        known = {fact.span.start.line: fact for fact in report.facts if fact.span.start.column == 0}
        assert [known[line].kind for line in (3, 4)] == ["unknown", "unknown"]
        assert known[6].shape == (3, 2)
        assert [diagnostic.code for diagnostic in report.diagnostics] == ["matmul-mismatch"]
        assert any("xdivy" in description for description in client.poisoned.values())
        assert any("xlog1py" in description for description in client.poisoned.values())
    finally:
        await client.close()
