"""Claims: what the comments of a program say of its lines.

    c = tf.matmul(a, b)  # error: matmul-mismatch "inner dimensions"  # reveal: unknown

`reveal` speaks of the expression that the line assigns or returns, or of the bare one; `error`, `warning`,
`information` and `hint` of a diagnostic that starts in the line's statement: its code, then pieces of its message in quotes.
"""

from __future__ import annotations

import ast
import difflib
import re
import shlex
from dataclasses import dataclass, field

from . import notation

SEVERITIES = ("error", "warning", "information", "hint")
KEYWORDS = ("reveal", *SEVERITIES)
# The expressions of which a report holds a fact (the public contract of `infer`).
WITH_FACTS = (ast.Name, ast.Call, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript)
_COMMENT = re.compile(r"#\s*([a-z]+):\s*(.*?)\s*(?=#\s*[a-z]+:\s|$)")


class ClaimError(Exception):
    """A claim that cannot be understood, or that speaks of nothing."""


@dataclass(frozen=True)
class Target:
    """The expression that a claim speaks of: 0-based lines, columns in code points, and its statement's lines."""

    start: tuple[int, int]
    end: tuple[int, int]
    lines: range


@dataclass(frozen=True)
class Claim:
    """One claim: `line` is 0-based; `code` and `words` belong to findings, `text` to reveals."""

    keyword: str
    line: int
    target: Target | None
    lines: range
    text: str = ""
    code: str = ""
    words: tuple[str, ...] = field(default=())


def strip_claims(text: str) -> str:
    """Return the program without its claims, as a user would have written it."""
    lines = []
    for line in text.split("\n"):
        found = [match for match in _COMMENT.finditer(line) if match[1] in KEYWORDS]
        lines.append(line[: found[0].start()].rstrip() if found else line)
    return "\n".join(lines)


def _header(statement: ast.stmt) -> range:
    """Return the 0-based lines of a statement, without the body of a compound one."""
    last = statement.end_lineno or statement.lineno
    inner = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if isinstance(inner, list) and inner:
        first = inner[0].pattern if isinstance(inner[0], ast.match_case) else inner[0]
        last = max(statement.lineno, first.lineno - 1)
    return range(statement.lineno - 1, last)


def _expression(statement: ast.stmt) -> ast.expr | None:
    """Return the expression that stands for a statement: what it assigns, returns, tests or loops over."""
    if isinstance(statement, ast.With):
        return statement.items[0].context_expr
    for name in ("value", "test", "iter"):
        found = getattr(statement, name, None)
        if isinstance(found, ast.expr):
            return found
    return None


def _target(statements: list[ast.stmt], source: list[str], line: int) -> tuple[Target | None, range, str]:
    """Find what stands on a line; the third part says why there is no target."""
    here = [statement for statement in statements if line in _header(statement)]
    if not here:
        return None, range(line, line + 1), "no statement stands there"
    statement = max(here, key=lambda found: (found.lineno, found.col_offset))
    lines = _header(statement)
    node = _expression(statement)
    if not isinstance(node, WITH_FACTS):
        return None, lines, f"a {type(node or statement).__name__} has no fact; bind it and reveal the name"

    def column(lineno: int, offset: int) -> tuple[int, int]:
        return lineno - 1, len(source[lineno - 1].encode()[:offset].decode())

    end = column(node.end_lineno or 0, node.end_col_offset or 0)
    return Target(column(node.lineno, node.col_offset), end, lines), lines, ""


def _broken(source: list[str]) -> list[ast.stmt]:
    """Parse a program that is no Python line by line: each line that can stand alone, at its own place."""
    statements: list[ast.stmt] = []
    for number, line in enumerate(source):
        indent = len(line) - len(line.lstrip())
        try:
            tree = ast.parse(line.strip())
        except SyntaxError:
            continue
        for statement in tree.body:
            for node in ast.walk(statement):
                if hasattr(node, "lineno"):
                    node.lineno, node.end_lineno = number + 1, number + 1
                    node.col_offset, node.end_col_offset = node.col_offset + indent, node.end_col_offset + indent
            statements.append(statement)
    return statements


def read_claims(text: str) -> list[Claim]:
    """Return the claims of a program.

    Raises:
        ClaimError: a claim cannot be understood, or speaks of a line that has no such expression.
    """
    source = text.split("\n")
    try:
        statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    except SyntaxError:
        statements = _broken(source)
    claims = []
    for number, line in enumerate(source):
        for keyword, said in (match.group(1, 2) for match in _COMMENT.finditer(line)):
            where = f"line {number + 1}: `# {keyword}: {said}`"
            if keyword not in KEYWORDS:
                if difflib.get_close_matches(keyword, [*KEYWORDS, "warn", "info"]):
                    raise ClaimError(f"{where}: did you mean one of {', '.join(KEYWORDS)}?")
                continue
            target, lines, why = _target(statements, source, number)
            if keyword == "reveal":
                try:
                    notation.check(said)
                except notation.NotationError as error:
                    raise ClaimError(f"{where}: {error}") from None
                if target is None:
                    raise ClaimError(f"{where}: {why}")
                claims.append(Claim(keyword, number, target, lines, text=said))
            else:
                code, *words = shlex.split(said) or [""]
                if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code):
                    raise ClaimError(f"{where}: first the rule's name, then words of its message in quotes")
                claims.append(Claim(keyword, number, target, lines, code=code, words=tuple(words)))
    return claims
