"""A rule, its page, its chapter: all three or none. The settings that the client offers are those of the server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.analysis.rules import RULES
from server.settings import SETTINGS, Settings

ROOT = Path(__file__).parents[2]


def test_each_rule_has_a_page_and_a_chapter() -> None:
    pages = {path.stem for path in (ROOT / "docs/rules").glob("*.md")}
    chapters = {path.stem for path in (ROOT / "tests/mdtest/rules").glob("*.md")}
    assert pages == set(RULES)
    assert chapters == set(RULES)


def test_a_page_begins_with_the_name_and_says_the_severity() -> None:
    for name, rule in RULES.items():
        text = (ROOT / "docs/rules" / f"{name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {name}\n")
        assert f"**{rule.severity.capitalize()}" in text


def test_each_rule_stands_in_a_module_of_its_name() -> None:
    modules = {path.stem.replace("_", "-") for path in (ROOT / "server/analysis/rules").glob("*.py")}
    assert set(RULES) <= modules


def test_the_client_offers_the_settings_of_the_server() -> None:
    manifest = json.loads((ROOT / "client/package.json").read_text(encoding="utf-8"))
    properties = manifest["contributes"]["configuration"]["properties"]
    offered = {name.removeprefix("shapewright."): given for name, given in properties.items()}
    offered.pop("trace.server")
    assert set(offered) == {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        assert offered[setting.name]["default"] == getattr(Settings(), setting.field), setting.name


# The table of the classes of errors ---------------------------------------------------------------------------------

_ROW = re.compile(r"\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {int(row[1]): row for row in _ROW.finditer((ROOT / "docs/errors.md").read_text(encoding="utf-8"))}
#: NaN is silent, and a broadcast is a warning: their programs raise nothing.
SILENT = (51, 52)


def _programs(row: re.Match[str]) -> list[str]:
    """Return the programs of the sections that a row names."""
    chapters, _, headings = row[5].partition(": ") if "): " in row[5] else (row[5], "", "")
    text = "".join(
        (ROOT / "docs" / link).resolve().read_text(encoding="utf-8") for link in re.findall(r"\]\((.+?)\)", chapters)
    )
    sections = {part.partition("\n")[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)}
    named = [section for heading, section in sections.items() if heading and heading in headings]
    return re.findall(r"^```py[^\n]*\n(.*?)^```", "".join(named or [text]), re.DOTALL | re.MULTILINE)


def test_the_table_has_every_class() -> None:
    assert sorted(ROWS) == list(range(1, 53))


@pytest.mark.parametrize("number", sorted(set(ROWS) - set(SILENT)))
def test_a_class_has_three_programs_with_the_error(number: int) -> None:
    rules = re.findall(r"\[([\w-]+)\]\(rules/", ROWS[number][3])
    assert set(rules) <= set(RULES)
    found = [program for program in _programs(ROWS[number]) if any(f"# error: {rule}" in program for rule in rules)]
    assert len(found) >= 3
    assert any("def " in program or "class " in program for program in found)
