"""An analysis for tests of the engine: the document is a list of orders, one a line."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from _shapewright.analysis.analyzer import Cancelled
from _shapewright.analysis.libraries import journal
from _shapewright.analysis.report import Diagnostic, Edit, Fact, Fix, Location, Position, Related, Report, Span


def analyse(request, publish=lambda report: None, cancelled=lambda: False):
    facts, found = [], []
    lines = re.split(r"\r\n|\r|\n", request.text)
    for number, line in enumerate(lines):
        if cancelled():
            raise Cancelled
        span = Span(Position(number, 0), Position(number, len(line)))
        order, _, rest = line.partition(" ")
        said = None
        if order == "find":  # find WORD FIXED: a diagnostic with a fix
            word, _, fixed = rest.partition(" ")
            edits = (Edit(request.path, span, fixed),) if fixed else ()
            fixes = (Fix(f"Replace by {fixed}", edits, preferred=True),) if fixed else ()
            related = (Related(Location(request.path, Span(Position(0, 0), Position(0, 1))), "it began here"),)
            found.append(
                Diagnostic(request.path, span, word, "error", f"{word} is wrong", "long words", related, fixes)
            )
        else:
            said = obey(order, rest, cancelled)
        facts.append(Fact(span, "Tensor", "float32", (2, 3), text="f32[2, 3]", constant=said))
    if any(diagnostic.fixes for diagnostic in found):
        publish(Report(request.path, request.version, facts=tuple(facts), diagnostics=tuple(found), fixes_ready=False))
    return Report(
        request.path,
        request.version,
        facts=tuple(facts),
        diagnostics=tuple(found),
        dependencies=tuple(line.partition(" ")[2] for line in lines if line.startswith("depends ")),
    )


def obey(order: str, rest: str, cancelled) -> str | None:
    if order == "call":  # call KEY ORDER…: made through the journal
        key, _, inner = rest.partition(" ")
        if journal.current().poisoned(key):
            return "poisoned"
        journal.current().begin(key, f"{key}()")
        said = obey(*inner.partition(" ")[::2], cancelled)
        journal.current().end()
        return said
    if order == "hang":
        while True:
            time.sleep(0.01)
    if order == "sleep":
        time.sleep(float(rest))
    if order == "wait":  # until cancelled, or until the file is there
        while not (rest and Path(rest).exists()):
            if cancelled():
                raise Cancelled
            time.sleep(0.01)
    if order == "touch":
        Path(rest).touch()
    if order == "die":
        os._exit(int(rest or 3))
    if order == "abort":
        os.abort()
    if order == "exit":
        sys.exit(int(rest or 3))
    if order == "raise":
        raise ValueError(rest)
    if order == "shout":
        print(rest)
        os.write(1, b"\x00\x00\x00\x05junk!" + rest.encode())
        sys.stdout.flush()
    if order == "environment":
        return repr(dict(os.environ))
    if order == "folder":
        return repr((os.getcwd(), os.listdir(), sys.path, sorted(sys.modules)))
    if order == "pid":
        return str(os.getpid())
    if order == "import":
        return str(__import__(rest).__file__)
    if order == "memory":
        return str(len(bytearray(int(rest))))
    return None
