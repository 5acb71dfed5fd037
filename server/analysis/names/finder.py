"""Find the modules of the workspace that a file imports, through jedi.

jedi reads, it never imports: its environment is this very interpreter, extension modules of the workspace are not
loaded, and what it finds is used only where it lies inside a workspace folder. It is asked for names that some folder of
the workspace could hold at all, and once for each while no file comes or goes: a look-up can take a second, far too
long for a keystroke.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..source.parse import UnparsableError
from ..source.unit import Unit

MAX_BYTES = 2_000_000


@dataclass
class ModuleFinder:
    """Finds modules for one document.

    roots: the workspace folders. overlays: the text of open documents by path. dependencies: the files read so far.
    """

    document: str
    roots: tuple[str, ...]
    overlays: Mapping[str, str]
    dependencies: set[str] = field(default_factory=set)
    units: dict[str, Unit | None] = field(default_factory=dict)

    def find(self, unit: Unit, dotted: str, level: int) -> Unit | None:
        """Return the module that `import dotted` (with `level` leading dots) means in `unit`; None outside the workspace."""
        folder = Path(unit.path).parent
        first = dotted.partition(".")[0]
        places = [folder] if level else [folder, *map(Path, self.roots)]
        for _ in range(level - 1):
            places = [place.parent for place in places]
        if first and not any((place / f"{first}.py").is_file() or (place / first).is_dir() for place in places):
            return None
        path = _locate(dotted, level, unit.path, (str(folder), *self.roots), _stamp(places, dotted))
        return None if path is None or not self._inside(path) else self._load(path, dotted)

    def _inside(self, path: str) -> bool:
        real = Path(path).resolve()
        allowed = [Path(root).resolve() for root in (*self.roots, str(Path(self.document).parent))]
        return real.suffix == ".py" and any(real.is_relative_to(root) for root in allowed)

    def _load(self, path: str, dotted: str) -> Unit | None:
        if path not in self.units:
            self.dependencies.add(path)
            self.units[path] = _read(path, self.overlays.get(path), dotted)
        return self.units[path]


def _read(path: str, overlay: str | None, dotted: str) -> Unit | None:
    if overlay is not None:
        return _parsed(path, overlay, dotted)
    try:
        stat = Path(path).stat()
    except OSError:
        return None
    return None if stat.st_size > MAX_BYTES else _from_disk(path, stat.st_mtime_ns, stat.st_size, dotted)


@functools.lru_cache(maxsize=256)
def _from_disk(path: str, modified: int, size: int, dotted: str) -> Unit | None:
    import tokenize

    try:
        with tokenize.open(path) as file:
            return _parsed(path, file.read(), dotted)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def _parsed(path: str, text: str, dotted: str) -> Unit | None:
    try:
        return Unit(path, text, name=dotted)
    except UnparsableError:
        return None


def _stamp(places: list[Path], dotted: str) -> tuple[int, ...]:
    """Return when the folders were changed that hold a module, or may: what was found there holds until then."""
    parts = dotted.split(".") if dotted else []
    return tuple(_changed(place.joinpath(*parts[:count])) for place in places for count in range(len(parts) + 1))


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@functools.lru_cache(maxsize=4096)
def _locate(dotted: str, level: int, path: str, roots: tuple[str, ...], stamp: tuple[int, ...]) -> str | None:
    """Ask jedi where a module stands; the answer is kept as long as the stamp is the same."""
    import jedi

    if level and not dotted:
        package = Path(path).parent
        for _ in range(level - 1):
            package = package.parent
        init = package / "__init__.py"
        return str(init) if init.is_file() else None
    prefix = f"from {'.' * level} import " if level and "." not in dotted else "import "
    code = f"{prefix}{dotted}" if not (level and "." in dotted) else f"from {'.' * level}{dotted} import _"
    column = len(code) if not code.endswith(" import _") else len(code) - len(" import _")
    try:
        found: list[Any] = jedi.Script(code, path=path, project=_project(roots)).goto(1, column, follow_imports=True)
    except Exception:  # jedi gives up on odd projects; the module is then as good as absent
        return None
    for name in found:
        if name.module_path is not None and name.type == "module":
            return str(name.module_path)
    return None


@functools.lru_cache(maxsize=16)
def _project(roots: tuple[str, ...]) -> Any:
    import jedi

    project = jedi.Project(
        roots[-1], sys_path=list(dict.fromkeys(roots)), smart_sys_path=False, load_unsafe_extensions=False
    )
    # The running interpreter itself: jedi would otherwise start a Python that it finds in the workspace.
    project._environment = jedi.InterpreterEnvironment()
    return project
