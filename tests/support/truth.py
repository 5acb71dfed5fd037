"""Ask real TensorFlow whether the claims of a program are true.

A claim is true when a run of the program bears it out: `reveal`, when everything that the expression ever was is
admitted by the claim; `error`, when an exception came out of exactly that statement; `warning`, when the statement
ran, and nothing was raised there. What never ran bears nothing out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import notation
from .chapters import MAIN
from .claims import Claim, read_claims, strip_claims


@dataclass(frozen=True)
class Outcome:
    """What a run showed: by claim what its expression was (text to class names), and the uncaught exception."""

    seen: dict[str, dict[str, list[str]]]
    raised: dict[str, Any] | None

    def describe(self) -> str:
        """Return the exception in one line."""
        if self.raised is None:
            return "nothing was raised"
        places = " > ".join(f"{name}:{line}" for name, line in self.raised["places"])
        return f"{self.raised['type']} at {places or 'no line of the program'}: {self.raised['message'][:400]}"


class Reality:
    """A long-lived process with TensorFlow in it; `run` forks it for one program."""

    def __init__(self, python: str = sys.executable):
        script = Path(__file__).with_name("reality.py")
        # stderr goes where pytest's own goes: what TensorFlow says at its import is of use when it fails.
        self._process = subprocess.Popen(
            [python, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("SHAPEWRIGHT_SHOW_REALITY") else subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.tensorflow = self._read()["tensorflow"]

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process with TensorFlow ended with status {self._process.wait()}")
        return json.loads(line)

    def run(self, texts: Mapping[str, str], folder: Path, claims: Mapping[str, list[Claim]] | None = None) -> Outcome:
        """Write the files to `folder`, with a hook around each expression that is claimed of, and run the main one."""
        claims = claims or {}
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(with_hooks(text, name, claims.get(name, [])), encoding="utf-8")
        assert self._process.stdin is not None
        job = {"folder": str(folder.resolve()), "main": MAIN}
        print(json.dumps(job), file=self._process.stdin, flush=True)
        answer = self._read()
        if "crash" in answer:
            return Outcome({}, {"type": "Crash", "message": answer["crash"], "places": []})
        return Outcome(answer["seen"], answer["raised"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def with_hooks(text: str, name: str, claims: list[Claim]) -> str:
    """Put `_see_("name:number", …)` around each claim's expression; no line moves.

    The edit is made in the text: AutoGraph reads the source of what it converts, and so sees the hooks too.
    """
    lines = text.split("\n")
    pieces = []
    for number, claim in enumerate(claims):
        if claim.target is not None:
            (first, start), (last, end) = claim.target.start, claim.target.end
            glue = " " if start and (lines[first][start - 1].isalnum() or lines[first][start - 1] == "_") else ""
            # Sorted from the end of the text; of two claims on one expression either may be the outer one.
            pieces += [((last, end, 0), ")"), ((first, start, 1), f"{glue}_see_({f'{name}:{number}'!r}, ")]
    for (line, column, _), piece in sorted(pieces, reverse=True):
        lines[line] = lines[line][:column] + piece + lines[line][column:]
    return "\n".join(lines)


def contradictions(reality: Reality, texts: Mapping[str, str], folder: Path) -> list[str]:
    """Run a program and return what its run says against its claims, one sentence each."""
    claims = {name: read_claims(text) for name, text in texts.items()}
    bare = {name: strip_claims(text) for name, text in texts.items()}
    outcome = reality.run(bare, folder, claims)
    against = _at_odds(claims, outcome)
    errors = [(name, claim) for name, found in claims.items() for claim in found if claim.keyword == "error"]
    place = outcome.raised["places"][-1] if outcome.raised and outcome.raised["places"] else None
    here = [claim for name, claim in errors if place and name == place[0] and place[1] - 1 in claim.lines]
    if outcome.raised is not None and not here:
        against.append(f"no error is claimed there, but: {outcome.describe()}")
    for name, claim in errors:
        if claim not in here or name != place[0]:
            against.append(f"{_where(name, claim)}: an error is claimed; {outcome.describe()}")
    for name, found in claims.items():
        for number, claim in enumerate(found):
            seen = outcome.seen.get(f"{name}:{number}", {})
            if claim.keyword == "reveal" and claim.text != "unknown":
                wrong = [text for text, classes in seen.items() if not notation.admits(claim.text, text, classes)]
                if wrong:
                    against.append(f"{_where(name, claim)}: reveal {claim.text}, but it was {' and '.join(wrong)}")
                elif not seen:
                    against.append(f"{_where(name, claim)}: reveal {claim.text}, but it never ran")
            elif claim.keyword == "warning" and not seen:
                why = "it never ran to its end" if claim.target else "it has no expression to watch"
                against.append(f"{_where(name, claim)}: a warning is claimed of what runs, but {why}")
    return against


def _at_odds(claims: Mapping[str, list[Claim]], outcome: Outcome) -> list[str]:
    """Return what contradicts that one symbol is one size: all over the program where each expression was seen once."""
    once: list[tuple[str, int]] = []
    against = []
    for name, found in claims.items():
        for number, claim in enumerate(found):
            seen = list(outcome.seen.get(f"{name}:{number}", {})) if claim.keyword == "reveal" else []
            for text in seen:
                wrong = notation.agree(notation.sizes(claim.text, text))
                if wrong:
                    against.append(f"{_where(name, claim)}: {wrong}")
            once += notation.sizes(claim.text, seen[0]) if len(seen) == 1 else []
    wrong = notation.agree(once)
    return [*against, f"symbols: {wrong}"] if wrong else against


def _where(name: str, claim: Claim) -> str:
    """Return the place of a claim, as a person reads it."""
    return f"line {claim.line + 1}" if name == MAIN else f"{name}, line {claim.line + 1}"
