"""Parse a text as far as it can be parsed: broken statements are set aside, the rest keeps its true positions."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

import parso
from parso.python.tree import PythonBaseNode
from parso.tree import NodeOrLeaf

#: LSP, the tokenizer and `ast` all end lines here, and nowhere else.
LINE_END = re.compile(r"\r\n|\r|\n")
#: What Python takes for white space; a no-break space, pasted from a web page, is none.
SPACES = " \t\f"
MAX_REPAIRS = 50


class UnparsableError(Exception):
    """Nothing can be said of the text; the message says why."""


@dataclass(frozen=True)
class Parsed:
    """A tree, and the text it was made from: broken statements are blanks there, of the same length."""

    tree: ast.Module
    lines: tuple[str, ...]
    broken: tuple[int, ...] = ()


def split_lines(text: str) -> list[str]:
    """Split a text into lines without their ends."""
    return LINE_END.split(text)


def parse(text: str) -> Parsed:
    """Parse a text.

    Raises:
        UnparsableError: it holds NUL characters, or nests deeper than the parser goes.
    """
    if "\0" in text:
        raise UnparsableError("the file holds NUL characters: it is no Python source")
    text = text.removeprefix("\ufeff")
    try:
        return Parsed(_ast(text), tuple(split_lines(text)))
    except SyntaxError:
        return _repaired(text)
    except (RecursionError, MemoryError, ValueError) as error:
        raise UnparsableError(f"the file cannot be parsed: {str(error) or type(error).__name__}") from error


def _ast(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "invalid escape sequence" is the user's business
        return ast.parse(text)


def _repaired(text: str) -> Parsed:
    """Set broken statements aside until the rest parses.

    What CPython names exactly (a bracket never closed, a block without a body) is taken from it: parso would swallow
    the lines that follow. Everything else is where parso's error recovery says, then wherever CPython still objects.
    """
    lines = split_lines(text)
    broken: set[int] = set()
    module: NodeOrLeaf | None = None
    for _ in range(MAX_REPAIRS):
        try:
            return Parsed(_ast("\n".join(lines)), tuple(lines), tuple(sorted(broken)))
        except SyntaxError as error:
            line = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
            message = error.msg or ""
            bodiless = re.search(r"expected an indented block after .* on line (\d+)", message)
            header = int(bodiless.group(1)) - 1 if bodiless else 0
            if bodiless and _blank(lines, header, header, broken, block=False):
                continue
            if "unexpected indent" in message or "unindent does not match" in message:
                broken.add(line)
                lines[line] = " " * len(lines[line])
                continue
            if "was never closed" in message and _blank(lines, line, line, broken):
                continue
            if module is None:
                module = _recovered("\n".join(lines))
                changed = [_blank(lines, first, last, broken) for first, last in _error_ranges(module)]
                if any(changed):
                    continue
            if _blank(lines, *_statement_around(module, line, lines), broken) or _blank(lines, line, line, broken):
                continue
            # The line is blank already: the fault is above it, in its indent or in a block that lost its body.
            above = next((i for i in range(line - 1, -1, -1) if lines[i].strip() not in ("", "pass")), None)
            if above is None or not _blank(lines, above, above, broken, block=False):
                break
        except (RecursionError, MemoryError, ValueError) as error:
            raise UnparsableError(f"the file cannot be parsed: {str(error) or type(error).__name__}") from error
    return Parsed(ast.Module([], []), tuple(lines), tuple(range(len(lines))))


def _recovered(text: str) -> NodeOrLeaf:
    try:
        return parso.parse(text)
    except Exception as error:  # parso gives up on input that no editor would send
        raise UnparsableError("the file cannot be parsed") from error


def _error_ranges(node: NodeOrLeaf) -> list[tuple[int, int]]:
    """Return the line ranges (0-based, inclusive) of what parso could not make sense of."""
    if node.type in ("error_node", "error_leaf"):
        first, last = node.start_pos[0] - 1, node.end_pos[0] - 1
        if node.end_pos[1] == 0 and last > first:
            last -= 1
        return [(first, last)]
    if isinstance(node, PythonBaseNode):
        return [found for child in node.children for found in _error_ranges(child)]
    return []


def _statement_around(module: NodeOrLeaf, line: int, lines: list[str]) -> tuple[int, int]:
    """Return the lines of the simple statement that holds a line."""
    node = module
    best = (line, line)
    while isinstance(node, PythonBaseNode):
        for child in node.children:
            # A statement ends behind its line end, which is the start of the next line.
            last = child.end_pos[0] - 1 - (1 if child.end_pos[1] == 0 else 0)
            if child.start_pos[0] - 1 <= line <= last and child.type != "endmarker":
                if child.type == "simple_stmt":
                    return (child.start_pos[0] - 1, min(last, len(lines) - 1))
                node = child
                break
        else:
            break
    return best


def _blank(lines: list[str], first: int, last: int, broken: set[int], block: bool = True) -> bool:
    """Put `pass` (or `if 1:` for what opened a block) in place of lines; False where nothing was left to blank."""
    last = min(last, len(lines) - 1)
    old = [lines[index] for index in range(first, last + 1)]
    opens = block and bool(old) and old[-1].split("#")[0].rstrip().endswith(":")
    for offset, line in enumerate(old):
        rest = line.lstrip(SPACES)
        indent = line[: len(line) - len(rest)]
        word = ("if 1:" if opens else "pass") if offset == 0 and rest else ""
        lines[first + offset] = (indent + word).ljust(len(line))
        if rest:
            broken.add(first + offset)
    return [line.rstrip() for line in old] != [lines[index].rstrip() for index in range(first, last + 1)]
