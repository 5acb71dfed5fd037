"""Programs in which it is easy to be wrong: what is claimed of them, their runs bear out.

The programs stand in `snippets/*.txt`, parted by lines of `---`: objects, closures, laziness, exceptions. In them
`flag()` is a coin.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import contradictions, report_of, run

PROGRAMS = {
    f"{path.stem}-{number}": text.strip() + "\n"
    for path in sorted((Path(__file__).parent / "snippets").glob("*.txt"))
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"))
}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_nothing_claimed_is_wrong(name: str) -> None:
    text = PROGRAMS[name]
    report = report_of(text)
    for seed in range(6):
        wrong = contradictions(report, run(text, seed))
        assert not wrong, "\n".join([text, *wrong])


def test_most_of_it_is_known() -> None:
    """A claim of nothing is never wrong: of these programs most expressions are to be known."""
    facts = [fact for text in PROGRAMS.values() for fact in report_of(text).facts]
    unknown = [fact for fact in facts if fact.kind == "unknown"]
    assert len(unknown) < 0.35 * len(facts)
