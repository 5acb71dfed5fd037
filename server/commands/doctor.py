"""`doctor`: say with what this program works, what is wrong, and how to mend it."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import sys
from pathlib import Path

from .. import __version__
from ..engine.client import AnalysisRequest, EngineClient, EngineUnavailableError
from ..engine.environment import find_interpreter
from ..settings import SETTINGS
from .files import Options

_PROBE = "import tensorflow as tf\n\nx = tf.zeros([2, 3])\n"


async def run(arguments: argparse.Namespace, options: Options) -> int:
    """Print the findings; return 0 if all is well, else 2."""
    problems: list[str] = []
    print(f"Shapewright {__version__} ({Path(__file__).resolve().parent.parent})")
    _line("system", platform.platform())
    print("\nServer")
    _line("Python", f"{platform.python_version()} ({sys.executable})")
    for name in ("pygls", "lsprotocol", "jedi", "parso"):
        _line(name, _version(name, problems))
    print("\nEngine")
    try:
        _line("interpreter", find_interpreter(options.settings.interpreter))
        await _ask_engine(options, problems)
    except EngineUnavailableError as error:
        problems.append(str(error))
    _line("memory limit", _memory_limit(options))
    _line("cache", "in memory, for the life of an engine")
    print("\nSettings")
    for setting in SETTINGS:
        _line(setting.name, repr(getattr(options.settings, setting.field)))
    print()
    for problem in problems:
        print(f"Problem: {problem}")
    print("Not healthy." if problems else "All is well.")
    return 2 if problems else 0


async def _ask_engine(options: Options, problems: list[str]) -> None:
    """Start an engine and have it analyse three lines."""
    client = EngineClient(options.settings.engine_options(options.analysis))
    try:
        versions = await client.versions()
        _line("Python", versions.get("python", "?"))
        for name, label in (("tensorflow", "TensorFlow"), ("keras", "Keras"), ("numpy", "NumPy"), ("jedi", "jedi")):
            _line(label, versions.get(name, "the server's own" if name == "jedi" else "not installed"))
        report = await client.analyse(AnalysisRequest(os.path.abspath("probe.py"), _PROBE, fixes=False))
        if report is None or report.status != "complete":
            why = report.problem if report is not None and report.problem else "no complete answer"
            problems.append(f"a program of three lines could not be analysed: {why}")
        else:
            fact = next((fact for fact in report.facts if fact.span.start.line == 2 and fact.shape is not None), None)
            _line("tf.zeros([2, 3])", fact.text if fact is not None else "analysed")
    finally:
        await client.close()


def _line(name: str, value: str) -> None:
    print(f"  {name:<18} {value}")


def _version(name: str, problems: list[str]) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if importlib.util.find_spec(name) is not None:
            return "bundled"
        problems.append(f"{name} is missing: install Shapewright again, or {name} into {sys.executable}")
        return "missing"


def _memory_limit(options: Options) -> str:
    if importlib.util.find_spec("resource") is None:
        return "not possible on this system"
    return f"{options.settings.memory_limit} MiB" if options.settings.memory_limit else "none"
