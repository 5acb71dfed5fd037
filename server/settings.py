"""What a user may set, and what to do with a value that makes no sense: say so once, and use the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .engine.process import EngineOptions

SECTION = "shapewright"

LOG_LEVELS = ("error", "warning", "info", "debug")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its public name, what it is for, and which values it takes."""

    name: str
    field: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    names_program: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as they are used; times in seconds, sizes in bytes but `memory_limit` (MiB)."""

    interpreter: str = ""
    concrete_elements: int = 10_000
    call_timeout: float = 10.0
    analysis_timeout: float = 60.0
    memory_limit: int = 8192
    debounce: int = 75
    max_file_size: int = 2_000_000
    gaps: bool = False
    log_level: str = "info"

    def engine_options(self, analysis: str | None = None) -> EngineOptions:
        """Return how engines are run."""
        return EngineOptions(
            interpreter=self.interpreter,
            call_timeout=self.call_timeout,
            analysis_timeout=self.analysis_timeout,
            memory_limit=self.memory_limit << 20,
            analysis=analysis,
        )

    def analysis_settings(self) -> dict[str, Any]:
        """Return what the analysis is told; see `analysis.analyzer.AnalysisSettings`."""
        return {"concrete_elements": self.concrete_elements, "gaps": self.gaps}


# The order of docs/settings.md.
SETTINGS = (
    Setting(
        "interpreter",
        "interpreter",
        "The Python whose TensorFlow is asked; empty for the one that runs the server. "
        "Ignored in a workspace that is not trusted.",
        names_program=True,
    ),
    Setting(
        "concreteElements",
        "concrete_elements",
        "Calls whose results have at most so many elements are run for real, and their values known; 0 for never.",
        minimum=0,
        maximum=100_000_000,
    ),
    Setting(
        "callTimeout",
        "call_timeout",
        "Seconds that one library call may take before it is left out of the analysis.",
        minimum=0.1,
        maximum=3600,
    ),
    Setting(
        "analysisTimeout",
        "analysis_timeout",
        "Seconds that the analysis of one document may take.",
        minimum=1,
        maximum=36000,
    ),
    Setting(
        "memoryLimit",
        "memory_limit",
        "MiB of memory that the engine process may use, where the system can limit it; 0 for no limit.",
        minimum=0,
        maximum=1 << 30,
    ),
    Setting(
        "debounce", "debounce", "Milliseconds of quiet before an edited document is analysed.", minimum=0, maximum=60000
    ),
    Setting("maxFileSize", "max_file_size", "Bytes; a larger file is not analysed.", minimum=0),
    Setting("gaps", "gaps", "Hints where tracking of shapes stopped, and why."),
    Setting("logLevel", "log_level", "How much is written to the log.", choices=LOG_LEVELS),
)


def parse(raw: object, *, trusted: bool = True) -> tuple[Settings, list[str]]:
    """Read settings as a client sends them.

    Args:
        raw: the value of the section `shapewright`; None for an empty one. Names that are not known are left alone
            (a client keeps settings of its own in the section); None stands for a default.
        trusted: whether the workspace may name a program to run.

    Returns:
        The settings, and a sentence for each value that could not be used.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        return Settings(), [f"The settings of {SECTION} are not an object: the defaults are used."]
    defaults = Settings()
    values: dict[str, Any] = {}
    problems = []
    for setting in SETTINGS:
        value = raw.get(setting.name)
        if value is None:
            continue
        if setting.names_program and not trusted:
            if value:
                problems.append(f"{SECTION}.{setting.name} is ignored: this workspace is not trusted.")
            continue
        default = getattr(defaults, setting.field)
        expected = _mismatch(setting, default, value)
        if expected is not None:
            problems.append(f"{SECTION}.{setting.name} must be {expected}, not {value!r}: {default!r} is used.")
            continue
        values[setting.field] = type(default)(value)
    return Settings(**values), problems


def _mismatch(setting: Setting, default: Any, value: object) -> str | None:
    """Say what a value should be; None when it is that."""
    if isinstance(default, str):
        if setting.choices:
            return None if value in setting.choices else "one of " + ", ".join(setting.choices)
        return None if isinstance(value, str) else "a text"
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "true or false"
    kind = "a whole number" if isinstance(default, int) else "a number"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return kind
    if isinstance(default, int) and value != value // 1:
        return kind
    if setting.minimum is not None and value < setting.minimum:
        return f"{kind} of at least {setting.minimum:g}"
    if setting.maximum is not None and value > setting.maximum:
        return f"{kind} of at most {setting.maximum:g}"
    return None


assert {setting.field for setting in SETTINGS} == {field.name for field in fields(Settings)}
