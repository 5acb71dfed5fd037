"""One pass over one text: interpret it, let the rules listen, and write the report."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .interpreter import (
    attributes,
    calls,
    control_flow,
    datasets,
    examples,
    expressions,
    generators,
    guards,
    loaders,
    loops,
    modules,
    numeric_limits,
    patterns,
    protocol_buffers,
    python_functions,
    statements,
    tensor_arrays,
)
from .interpreter.callbacks import stubs_at_calls
from .interpreter.core import BudgetExceeded, Interpreter
from .interpreter.gaps import with_gaps
from .interpreter.layer_stubs import stub_maker
from .interpreter.uncalled import run_uncalled
from .libraries.bridge import Bridge
from .libraries.keras_hooks import reset_names
from .libraries.memo import Memo
from .names.finder import ModuleFinder
from .report import Fact, Report
from .request import Request
from .rules import RULES, Finding, RuleSet, inference_gap, shape_comment_mismatch
from .source.parse import UnparsableError
from .source.unit import Unit

#: What the tables of evaluators and executors are filled by.
PARTS = (attributes, calls, expressions, generators, guards, loops, modules, patterns, statements)
#: What registers models of the libraries' names.
MODELS = (control_flow, datasets, examples, loaders, numeric_limits, protocol_buffers, python_functions, tensor_arrays)

#: The interpreter recurses on the tree: a few Python frames a level.
RECURSION_LIMIT = 5_000

_memo = Memo()
# The libraries are there to stay: a collector that goes through their half million objects again and again costs as much as
# an analysis.
gc.freeze()


@dataclass(frozen=True)
class Result:
    """A report, and the findings that it was written from."""

    report: Report
    findings: tuple[Finding, ...]
    unit: Unit | None


def run(request: Request, check: Callable[[], None]) -> Result:
    """Analyse a text without proving fixes."""
    try:
        unit = Unit(request.path, request.text)
    except UnparsableError as error:
        return Result(Report(request.path, request.version, "failed", str(error)), (), None)
    finder = ModuleFinder(request.path, request.roots, request.overlays)
    rules = RuleSet(unit, tuple(RULES.values()))
    bridge = Bridge(_memo, concrete_elements=request.settings.concrete_elements)
    interpreter = Interpreter(
        bridge, [rules], find_module=finder.find, check=check, max_steps=request.settings.max_steps
    )
    bridge.session.stub_layer = stub_maker(interpreter)
    bridge.session.function_stub = stubs_at_calls(interpreter)
    reset_names()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    status = "complete"
    try:
        interpreter.run_module(unit)
        run_uncalled(interpreter)
    except (BudgetExceeded, RecursionError):
        status = "cut"
    finally:
        sys.setrecursionlimit(limit)
    if interpreter.cut:
        status = "cut"
    for fault in interpreter.faults:
        print(f"shapewright: defect in the analysis of {request.path}, {fault}", file=sys.stderr)
    table = interpreter.tables.get(unit.path)
    if table is not None:
        inside = {id(part) for function in interpreter.elsewhere for part in ast.walk(function)}
        table.forget(inside, "called by a library, in ways that are not followed")
    findings = tuple(rules.findings())
    facts: tuple[Fact, ...] = ()
    if table is not None:
        facts = with_gaps(table) if request.settings.gaps else table.all()
    found = (*(finding.diagnostic for finding in findings), *shape_comment_mismatch.judged(unit, facts))
    report = Report(
        path=request.path,
        version=request.version,
        status=status,
        facts=facts,
        diagnostics=(*found, *inference_gap.hints(unit.path, facts, {diagnostic.span for diagnostic in found})),
        dependencies=tuple(sorted(finder.dependencies)),
    )
    return Result(report, findings, unit)
