from __future__ import annotations

import json

from server.analysis.report import (
    Diagnostic,
    Edit,
    Fact,
    Fix,
    Location,
    Position,
    Related,
    Report,
    Span,
    report_from_json,
    to_json,
)

SPAN = Span(Position(0, 1), Position(2, 3))
PLACE = Location("/b.py", SPAN)


def test_a_report_survives_being_json():
    report = Report(
        "/a.py",
        3,
        "cut",
        "words",
        (
            Fact(
                SPAN, "Tensor", "float32", (None, 2, "b"), {"element": ["x"]}, None, "f32[?, 2, b]", "[…]", PLACE, "t.x"
            ),
            Fact(SPAN, "unknown", reason="why", shape=()),
        ),
        (
            Diagnostic(
                "/a.py",
                SPAN,
                "code",
                "error",
                "m",
                "d",
                (Related(PLACE, "r"),),
                (Fix("f", (Edit("/a.py", SPAN, "n"),), True),),
            ),
        ),
        ("/b.py",),
        False,
    )
    assert report_from_json(json.loads(json.dumps(to_json(report)))) == report
    assert report_from_json(json.loads(json.dumps(to_json(Report("/a.py"))))) == Report("/a.py")


def test_defaults_are_left_out():
    assert to_json(Fact(SPAN, "int")) == {"span": [0, 1, 2, 3], "kind": "int"}
    assert to_json(Position(1, 2)) == [1, 2]
