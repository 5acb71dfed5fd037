"""What may go wrong with an engine process, in words for the user."""

from __future__ import annotations

from typing import Any

from .protocol import OLDEST_PYTHON


class EngineUnavailableError(Exception):
    """No engine can run here until something is changed; the text says what."""


class EngineDiedError(Exception):
    """The engine process ended; the text says how."""


_CHOOSE = "or choose another interpreter (setting shapewright.interpreter)"


def describe_problem(interpreter: str, message: dict[str, Any]) -> str:
    """Say in one sentence what a `problem` message of the engine means."""
    if message.get("reason") == "missing":
        return f"TensorFlow is not installed in {interpreter}: install it there ({interpreter} -m pip install tensorflow) {_CHOOSE}."
    return f"TensorFlow in {interpreter} cannot be imported ({message.get('detail')}): repair it {_CHOOSE}."


def describe_old_python(interpreter: str, version: list[int]) -> str:
    """Say that an interpreter is too old."""
    words = ".".join(map(str, version))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return f"{interpreter} is Python {words}, and Shapewright needs {oldest} or newer: choose another interpreter (setting shapewright.interpreter)."


def describe_silence(interpreter: str, how: str) -> str:
    """Say that a program does not answer as an engine."""
    return f"{interpreter} does not answer as a Python interpreter ({how}): choose another one (setting shapewright.interpreter)."
