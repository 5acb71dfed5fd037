"""Decide which program runs the engine, and what of the server's surroundings it may see."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from .problems import EngineUnavailableError

# Only what a library needs to find itself, its user and a place for temporary files. Nothing of PYTHON*, no
# LD_PRELOAD, nothing that a project's tooling may have set.
_ALLOWED = frozenset(
    {
        "APPDATA",
        "COMSPEC",
        "HOME",
        "HOMEDRIVE",
        "HOMEPATH",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "LOCALAPPDATA",
        "LOGNAME",
        "NUMBER_OF_PROCESSORS",
        "PATH",
        "PATHEXT",
        "PROCESSOR_ARCHITECTURE",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "TZ",
        "USER",
        "USERNAME",
        "USERPROFILE",
        "WINDIR",
        "XDG_CACHE_HOME",
    }
)
_ALLOWED_PREFIX = "LC_"

# The engine computes shapes: no GPU, one thread, few words, and the one backend that it knows.
_FIXED = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the engine process."""
    source = os.environ if environment is None else environment
    kept = {
        name: value
        for name, value in source.items()
        if name.upper() in _ALLOWED or name.upper().startswith(_ALLOWED_PREFIX)
    }
    return {**kept, **_FIXED}


def find_interpreter(wanted: str) -> str:
    """Return the absolute path of the interpreter that a setting names; the server's own for an empty one.

    Raises:
        EngineUnavailableError: there is no such program.
    """
    if not wanted:
        return sys.executable
    expanded = os.path.expanduser(wanted)
    if os.path.dirname(expanded):
        # Symbolic links stay: they are how an interpreter knows its virtual environment.
        path: str | None = os.path.abspath(expanded)
    else:
        path = shutil.which(expanded)
    # A bare name must not pick up a program from the folder that the server happens to run in.
    if path is None or not os.path.isabs(path) or not os.path.isfile(path):
        raise EngineUnavailableError(
            f"The Python interpreter {wanted} does not exist; choose another one (setting shapewright.interpreter)."
        )
    return path


def worker_script() -> str:
    """Return the path of the engine's first file."""
    return str(Path(__file__).resolve().with_name("worker.py"))


def libraries_folder() -> str:
    """Return the folder that holds the server's own jedi, without importing it; empty where there is none."""
    spec = importlib.util.find_spec("jedi")
    if spec is None or spec.origin is None:
        return ""
    return str(Path(spec.origin).resolve().parent.parent)
