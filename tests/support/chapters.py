"""Read a chapter: a Markdown file whose headings are tests and whose `py` blocks are programs.

A block's info string says what it is: ```` ```py ```` the program, ```` ```py helpers.py ```` a second file of the
same small workspace, ```` ```fixed ```` the program after its preferred fix, ```` ```fixes ```` the titles of the fixes
that are offered, one a line. Options stand behind: `norun="why"`, `keras=3`, `tf>=2.16`, `gaps` (the analysis
is to say where tracking stopped), `needs=pandas,sklearn` (what is run where these are installed; the analysis needs none).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

MAIN = "main.py"
_COMPARISON = re.compile(r"(keras|tf)(>=|<|=)(\d+(?:\.\d+)*)")


class ChapterError(Exception):
    """A chapter that is not written as it should be."""


@dataclass
class Block:
    """One fenced block: its text, and the line of the chapter on which that text begins (1-based)."""

    text: str
    line: int


@dataclass
class Scenario:
    """One heading with the program under it."""

    chapter: str
    headings: tuple[str, ...]
    line: int
    files: dict[str, Block] = field(default_factory=dict)
    fixed: Block | None = None
    fixes: Block | None = None
    norun: str | None = None
    needs: tuple[str, ...] = ()
    gaps: bool = False
    versions: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The test's name: `rules/matmul-mismatch.md::Inner dimensions::batch`."""
        return "::".join((self.chapter, *self.headings))

    def texts(self) -> dict[str, str]:
        """The text of every file of the workspace, by its name."""
        return {name: block.text for name, block in self.files.items()}

    def why_skipped(self, installed: dict[str, tuple[int, ...]]) -> str | None:
        """Say why this scenario does not speak of the `installed` versions, or None where it does."""
        for library, sign, version in self.versions:
            have = installed[library]
            met = {">=": have >= version, "<": have < version, "=": have[: len(version)] == version}[sign]
            if not met:
                return f"is about {library}{sign}{'.'.join(map(str, version))}"
        return None


def why_not_run(scenario: Scenario) -> str | None:
    """Say which library a program needs to be run, that is not installed; None where none is missing."""
    missing = [name for name in scenario.needs if importlib.util.find_spec(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else None


def installed_versions() -> dict[str, tuple[int, ...]]:
    """Return the versions of TensorFlow and Keras that stand here, without importing them."""
    found = {}
    for library, names in {"tf": ("tensorflow-cpu", "tensorflow"), "keras": ("keras",)}.items():
        for name in names:
            try:
                text = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                continue
            found[library] = tuple(int(part) for part in re.findall(r"\d+", text)[:3])
            break
        else:
            raise ChapterError(f"{library} is not installed beside this Python")
    return found


def _read_program(scenario: Scenario, info: list[str], block: Block, where: str) -> None:
    """Add a `py` block to its scenario, with the options of its info string."""
    name = MAIN
    for word in info:
        comparison = _COMPARISON.fullmatch(word)
        if word.endswith(".py"):
            name = word
        elif comparison:
            version = tuple(int(part) for part in comparison[3].split("."))
            scenario.versions.append((comparison[1], comparison[2], version))
        elif word == "gaps":
            scenario.gaps = True
        elif word.startswith("needs="):
            scenario.needs = tuple(word.removeprefix("needs=").split(","))
        elif word.startswith("norun="):
            scenario.norun = word.removeprefix("norun=").strip()
            if len(scenario.norun) < 8:
                raise ChapterError(f'{where}: norun needs a reason: norun="why it cannot be run"')
        else:
            raise ChapterError(f"{where}: unknown word {word!r} behind ```py")
    if name in scenario.files:
        raise ChapterError(f"{where}: a second {name} under one heading")
    scenario.files[name] = block


def read_chapter(path: Path, root: Path) -> list[Scenario]:
    """Return the scenarios of the chapter at `path`, named relative to `root`.

    Raises:
        ChapterError: a block is of no known sort, a heading has no program, or two headings have one name.
    """
    chapter = path.relative_to(root).as_posix()
    scenarios: dict[tuple[str, ...], Scenario] = {}
    headings: list[str] = []
    tokens = MarkdownIt().parse(path.read_text(encoding="utf-8"))
    for index, token in enumerate(tokens):
        line = (token.map[0] + 1) if token.map else 0
        where = f"{chapter}:{line}"
        if token.type == "heading_open":
            level = int(token.tag[1:])
            # The first heading is the chapter's own title: the file's name stands for it in a test's name.
            headings = [*headings[: level - 2], tokens[index + 1].content.replace("`", "")] if level > 1 else []
            if tuple(headings) in scenarios:
                raise ChapterError(f"{where}: the heading {headings[-1]!r} stands twice")
        elif token.type == "fence":
            sort, *info = shlex.split(token.info) or [""]
            scenario = scenarios.setdefault(tuple(headings), Scenario(chapter, tuple(headings), line))
            block = Block(token.content, line + 1)
            if sort == "py":
                _read_program(scenario, info, block, where)
            elif sort in ("fixed", "fixes") and getattr(scenario, sort) is None and not info:
                setattr(scenario, sort, block)
            else:
                raise ChapterError(f"{where}: cannot read the block ```{token.info}")
        elif token.type == "code_block":
            raise ChapterError(f"{where}: an indented block is no program; fence it")
    for scenario in scenarios.values():
        if MAIN not in scenario.files or not scenario.headings:
            raise ChapterError(f"{chapter}:{scenario.line}: blocks without a main ```py block or without a heading")
    if not scenarios:
        raise ChapterError(f"{chapter}: no program in it")
    return list(scenarios.values())
