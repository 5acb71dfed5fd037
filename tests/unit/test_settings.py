from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import SETTINGS, Settings, parse


def test_nothing_set_means_the_defaults():
    for raw in (None, {}, {"interpreter": None, "unknown": 3}):
        assert parse(raw) == (Settings(), [])


def test_values_are_taken():
    raw = {"interpreter": "/x/python", "concreteElements": 0, "callTimeout": 3, "debounce": 100.0, "logLevel": "debug"}
    settings, problems = parse(raw)
    assert problems == []
    assert settings == Settings(
        interpreter="/x/python", concrete_elements=0, call_timeout=3.0, debounce=100, log_level="debug"
    )


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"callTimeout": "5"}, "shapewright.callTimeout must be a number, not '5': 10.0 is used."),
        ({"callTimeout": 0}, "shapewright.callTimeout must be a number of at least 0.1, not 0: 10.0 is used."),
        ({"debounce": True}, "shapewright.debounce must be a whole number, not True: 75 is used."),
        ({"debounce": 1.5}, "shapewright.debounce must be a whole number, not 1.5: 75 is used."),
        ({"gaps": 1}, "shapewright.gaps must be true or false, not 1: False is used."),
        ({"interpreter": ["x"]}, "shapewright.interpreter must be a text, not ['x']: '' is used."),
        (
            {"logLevel": "loud"},
            "shapewright.logLevel must be one of error, warning, info, debug, not 'loud': 'info' is used.",
        ),
        ([], "The settings of shapewright are not an object: the defaults are used."),
    ],
)
def test_a_wrong_value_is_named_and_the_default_used(raw, problem):
    assert parse(raw) == (Settings(), [problem])


def test_a_switch_is_true_or_false():
    assert parse({"gaps": True}) == (Settings(gaps=True), [])


def test_an_untrusted_workspace_names_no_program():
    settings, problems = parse({"interpreter": "/evil", "debounce": 5}, trusted=False)
    assert settings == Settings(debounce=5)
    assert problems == ["shapewright.interpreter is ignored: this workspace is not trusted."]


def test_every_setting_is_documented():
    page = Path("docs/settings.md").read_text("utf-8")
    for setting in SETTINGS:
        assert f"`shapewright.{setting.name}`" in page
        assert setting.description in page.replace("\n", " ")
