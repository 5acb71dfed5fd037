"""Every callable that the installed libraries export, by the names that the analysis knows them by.

The walk follows modules of the public API alone (`symbols`), so it finds what a program can write and no more. Class
methods and static methods count, because they are called by a public name; methods of objects do not.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass

from . import symbols

MAX_DEPTH = 4


@dataclass(frozen=True)
class Exported:
    """One public object: its canonical name, all the names that lead to it, what it is, and the class it belongs to."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    owner: str | None = None


@functools.cache
def exported() -> tuple[Exported, ...]:
    """Return every public callable once, in the order of the canonical names."""
    aliases: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    for alias, entry in _walk():
        aliases.setdefault(entry.name, []).append(alias)
        kinds[entry.name] = entry.kind
    return tuple(Exported(name, tuple(sorted(aliases[name])), kinds[name], _owner(name)) for name in sorted(aliases))


def _owner(name: str) -> str | None:
    holder = symbols.resolve(name.rpartition(".")[0])
    return holder.name if holder is not None and holder.kind == "class" else None


def _walk() -> list[tuple[str, symbols.Entry]]:
    found: list[tuple[str, symbols.Entry]] = []
    seen: set[str] = set()
    todo = [name for name in symbols.LIBRARIES if symbols.resolve(name) is not None]
    while todo:
        module = todo.pop()
        entry = symbols.resolve(module)
        if entry is None or module in seen or module.count(".") >= MAX_DEPTH or "compat.v1.compat" in module:
            continue
        seen.add(module)
        for name in sorted({*dir(entry.object), *getattr(entry.object, "__all__", ())}):
            member = symbols.resolve(f"{module}.{name}")
            if member is None:
                continue
            if member.kind == "module":
                if not f"{module}.{name}".startswith("tensorflow.compat.v2"):  # tensorflow itself, once more
                    todo.append(f"{module}.{name}")
            elif callable(member.object):
                found.append((f"{module}.{name}", member))
                if member.kind == "class":
                    found += _class_methods(member)
    return found


def _class_methods(entry: symbols.Entry) -> list[tuple[str, symbols.Entry]]:
    found = []
    for name in dir(entry.object):
        member = None if name.startswith("_") else inspect.getattr_static(entry.object, name, None)
        if not isinstance(member, (classmethod, staticmethod)):
            continue
        resolved = symbols.resolve(f"{entry.name}.{name}")
        if resolved is not None and callable(resolved.object):
            found.append((f"{entry.name}.{name}", resolved))
    return found
