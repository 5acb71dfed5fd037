"""Run a generated program for real, noting what every expression was, and compare a report with that.

The programs are made by these tests and do nothing but compute; they run in this very process.
"""

from __future__ import annotations

import ast
import collections
import contextlib
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from server.analysis.analyzer import Request, analyse
from server.analysis.report import Report, Span

from .contain import fact_against

RECORDED = (ast.Name, ast.Call, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript)
Place = tuple[int, int, int, int]


@dataclass
class Run:
    """What a run showed: by place the values seen there, and the exception that ended it."""

    seen: dict[Place, list[Any]] = field(default_factory=dict)
    raised: Exception | None = None
    raised_line: int | None = None


class _Hooks(ast.NodeTransformer):
    """Wraps every expression that reports have facts of."""

    def visit(self, node: ast.AST) -> ast.AST:
        place = _place(node) if isinstance(node, RECORDED) else None
        self.generic_visit(node)
        if place is None or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            return node
        call = ast.Call(ast.Name("_see_", ast.Load()), [ast.Constant(place), node], [])
        return ast.copy_location(call, node)


def _place(node: ast.expr) -> Place:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno - 1, node.col_offset, node.end_lineno - 1, node.end_col_offset)


def _snapshot(value: Any) -> Any:
    """Return a value as it is now: arrays and lists may be changed later."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is list:
        return [_snapshot(item) for item in value]
    if type(value) is tuple:
        return tuple(_snapshot(item) for item in value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_snapshot(item) for item in value))
    if isinstance(value, dict) and type(value).__module__ in ("builtins", "collections"):
        return {key: _snapshot(item) for key, item in value.items()}
    if isinstance(value, (set, collections.deque)):
        return value.copy()
    return value


def run(text: str, seed: int) -> Run:
    """Run a program; `flag()` in it is a coin, which the analysis cannot foresee."""
    found = Run()

    def see(place: Place, value: Any) -> Any:
        found.seen.setdefault(place, []).append(_snapshot(value))
        return value

    coin = random.Random(seed)
    tree = ast.fix_missing_locations(_Hooks().visit(ast.parse(text)))
    space: dict[str, Any] = {"__name__": "__main__", "_see_": see, "flag": lambda: coin.random() < 0.5}
    try:
        with np.errstate(all="ignore"), contextlib.redirect_stdout(None):
            exec(compile(tree, "generated", "exec"), space)
    except Exception as error:
        found.raised = error
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "generated":
                found.raised_line = trace.tb_lineno - 1
            trace = trace.tb_next
    return found


def report_of(text: str, *, fixes: bool = False) -> Report:
    """Analyse a program."""
    return analyse(Request("/workspace/generated.py", text, fixes=fixes))


def contradictions(report: Report, found: Run) -> list[str]:
    """Return what a run says against a report, one sentence each. That a report says less is no contradiction."""
    wrong = [] if report.status == "complete" else [f"the analysis is {report.status}: {report.problem}"]
    for fact in report.facts:
        for item in found.seen.get(_of(fact.span), []):
            why = fact_against(fact, item)
            if why is not None:
                wrong.append(f"line {fact.span.start.line + 1}, {fact.text!r}: {why}")
    for diagnostic in report.diagnostics:
        if diagnostic.severity != "error":
            continue
        place = _of(diagnostic.span)
        ran = found.seen.get(place)
        if ran or (found.raised is None and place not in found.seen and not _may_be_skipped(found, place)):
            wrong.append(f"line {place[0] + 1}: {diagnostic.code} ({diagnostic.message}), but it runs")
    return wrong


def _may_be_skipped(found: Run, place: Place) -> bool:
    """Say whether no expression on a line was reached (it stands in a branch that was not taken)."""
    return not any(first <= place[0] <= last for first, _, last, _ in found.seen)


def _of(span: Span) -> Place:
    return (span.start.line, span.start.column, span.end.line, span.end.column)
