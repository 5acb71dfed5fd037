"""Find the files that a user names, and have them analysed one after the other by one engine."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from ..analysis.report import Report
from ..documents import SourceError, Text, read_source
from ..engine.client import AnalysisRequest, EngineClient, EngineEvents
from ..settings import Settings

_SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
    }
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of every analysis."""

    settings: Settings = field(default_factory=Settings)
    analysis: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file: its path as the user wrote it, its text (None where it could not be read) and the report on it."""

    path: str
    text: Text | None
    report: Report

    @property
    def failed(self) -> bool:
        """Whether nothing could be said of the file."""
        return self.report.status == "failed"


def collect(paths: Iterable[str]) -> tuple[list[str], list[Outcome]]:
    """Find the Python files at `paths`.

    Args:
        paths: files, which are taken as they are, and folders, in which the `.py` files are looked for.

    Returns:
        The files in a stable order, each once; and a failed outcome for each path that is not there or not readable.
    """
    found: dict[str, str] = {}
    missing: list[Outcome] = []
    for path in paths:
        if os.path.isdir(path):
            for file in _walk(path, missing):
                found.setdefault(os.path.realpath(file), file)
        elif os.path.exists(path):
            found.setdefault(os.path.realpath(path), path)
        else:
            missing.append(Outcome(path, None, _failure(path, "no such file or folder")))
    return list(found.values()), missing


def _walk(folder: str, missing: list[Outcome]) -> Iterable[str]:
    def failed(error: OSError) -> None:
        path = str(error.filename)
        missing.append(Outcome(path, None, _failure(path, f"cannot be read: {error.strerror}")))

    for place, folders, files in os.walk(folder, onerror=failed):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED and not os.path.exists(os.path.join(place, name, "pyvenv.cfg"))
        )
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.normpath(os.path.join(place, name))


async def analyse(files: Sequence[str], options: Options, *, fixes: bool) -> AsyncIterator[Outcome]:
    """Analyse files in their order; TensorFlow is imported once, and only if a file can be read."""
    client = EngineClient(options.settings.engine_options(options.analysis), EngineEvents(restarted=_warn))
    try:
        for path in files:
            text, report = _read(path, options.settings)
            if text is not None:
                report = await _analyse(client, path, text, options, fixes=fixes)
            yield Outcome(path, text, report)
    finally:
        await client.close()


def _read(path: str, settings: Settings) -> tuple[Text | None, Report]:
    try:
        size = os.stat(path).st_size
        if size > settings.max_file_size:
            return None, _failure(path, f"{size} bytes are too many (at most {settings.max_file_size} are analysed)")
        return Text(read_source(path)), Report(path)
    except OSError as error:
        return None, _failure(path, f"cannot be read: {error.strerror or error}")
    except SourceError as error:
        return None, _failure(path, f"cannot be decoded: {error}")


def _warn(text: str) -> None:
    print(f"shapewright: {text}", file=sys.stderr)


async def _analyse(client: EngineClient, path: str, text: Text, options: Options, *, fixes: bool) -> Report:
    absolute = os.path.abspath(path)
    roots = tuple(dict.fromkeys((os.getcwd(), os.path.dirname(absolute))))
    request = AnalysisRequest(
        path=absolute, text=text.content, roots=roots, settings=options.settings.analysis_settings(), fixes=fixes
    )
    report = await client.analyse(request)
    assert report is not None, "only a newer request takes an analysis back, and here there is none"
    return report


def _failure(path: str, problem: str) -> Report:
    return Report(os.path.abspath(path), status="failed", problem=problem)
