"""Prepare the engine's interpreter: where libraries come from, how much memory they may have, which versions they are."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import site
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any


class OwnLibraries(MetaPathFinder):
    """Finds the libraries that the server brings along, and nothing else that lies beside them.

    It stands last: what the user's interpreter has itself goes first.
    """

    NAMES = frozenset({"jedi", "parso"})

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a top-level module of ours; the parts of a package are found through its own path."""
        if fullname in self.NAMES:
            return PathFinder.find_spec(fullname, [self._folder])
        return None


def add_user_site() -> None:
    """Make `pip install --user` packages importable, which `python -I` hides, where the interpreter would show them."""
    if sys.prefix != sys.base_prefix and not _sees_system_packages():
        return
    folder = site.getusersitepackages()
    if not os.path.isdir(folder) or folder in sys.path:
        return
    before = list(sys.path)
    site.addsitedir(folder)
    added = [entry for entry in sys.path if entry not in before]
    # As without -I: the user's own packages before the interpreter's.
    place = next((i for i, entry in enumerate(before) if entry.endswith(("site-packages", "dist-packages"))), None)
    sys.path[:] = [*before, *added] if place is None else [*before[:place], *added, *before[place:]]


def _sees_system_packages() -> bool:
    """Say whether this virtual environment was made with --system-site-packages."""
    try:
        lines = Path(sys.prefix, "pyvenv.cfg").read_text("utf-8").lower().splitlines()
    except (OSError, ValueError):
        return False
    return any(line.replace(" ", "") == "include-system-site-packages=true" for line in lines)


def limit_memory(limit: int) -> None:
    """Let allocations fail beyond `limit` bytes, where the system can do that: an error that can be caught."""
    if not limit:
        return
    try:
        import resource
    except ImportError:
        return
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (ValueError, OSError) as error:
        print(f"no memory limit: {error}", file=sys.stderr)


def import_tensorflow() -> dict[str, Any]:
    """Import TensorFlow and return a `ready` message with versions, or a `problem` message."""
    try:
        if importlib.util.find_spec("tensorflow") is None:
            return {"type": "problem", "reason": "missing", "detail": ""}
        importlib.import_module("tensorflow")
    except BaseException as error:  # a broken installation may raise anything, SystemExit too
        lines = str(error).strip().splitlines()
        last = f"{type(error).__name__}: {lines[-1].strip()}" if lines else type(error).__name__
        return {"type": "problem", "reason": "broken", "detail": last}
    return {"type": "ready", "versions": versions()}


def versions() -> dict[str, str]:
    """Say which Python this is and which versions of the libraries it has."""
    found = {"python": platform.python_version(), "executable": sys.executable}
    for name in ("tensorflow", "keras", "numpy", "jedi", "parso"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is None:
            version = _installed_version(name)
        if version is not None:
            found[name] = str(version)
    return found


def _installed_version(name: str) -> str | None:
    """Read the version of a package without importing it (Keras alone takes seconds)."""
    try:
        return importlib.metadata.version(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None


def load_function(place: str) -> Any:
    """Load what `FILE.py:NAME` points to (for tests)."""
    path, _, name = place.rpartition(":")
    spec = importlib.util.spec_from_file_location("_analysis_for_tests", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
