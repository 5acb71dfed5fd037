"""A rule, its page, its chapter: all three or none. The settings that the client offers are those of the server."""

from __future__ import annotations

import json
from pathlib import Path

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
