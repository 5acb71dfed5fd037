"""The interpreter: its state, its budgets, and the dispatch over kinds of expression and statement.

How each kind is evaluated stands in modules of their own (`expressions`, `statements`, `calls`, …), which register
functions in the two tables here. `Frame` is one running function (or module); the heap is the whole state and is
swapped when a branch is taken.
"""

from __future__ import annotations

import ast
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..libraries import global_state
from ..libraries.bridge import Bridge
from ..libraries.outcome import CallbackUnknown, Refused, Returned
from ..libraries.standins import ContentNeeded
from ..source.unit import Unit
from ..values import FunctionValue, Heap, HeapObject, Origin, ScopeObject, Unknown, Value
from ..values.join import join, join_heaps
from .events import LibraryCall, Listener
from .facts import RECORDED, FactTable
from .unsettled import unsettled

Evaluator = Callable[["Interpreter", "Frame", "ast.expr"], Value]
Executor = Callable[["Interpreter", "Frame", "ast.stmt"], bool]
EXPRESSIONS: dict[type[ast.AST], Callable[..., Value]] = {}
STATEMENTS: dict[type[ast.AST], Callable[..., bool]] = {}

MAX_DEPTH = 24
#: States inside of a `try` that are kept apart; beyond, what the block changes is not known where it is left.
MAX_WATCHED = 100
#: In tests a defect of the analysis is raised; for users the rest of the file is worth more.
STRICT = bool(os.environ.get("SHAPEWRIGHT_STRICT"))
MAX_RECURSION = 8
#: Of calls with arguments of which nothing is known: each condition then goes both ways.
MAX_VAGUE_RECURSION = 2


#: What a question to a library costs in steps, about: the same whether it is remembered or not.
_STEPS_OF_A_CALL = 4
#: Objects that are joined where paths meet, in the time of a step.
_OBJECTS_OF_A_STEP = 20


class BudgetExceeded(BaseException):
    """The analysis has used up its steps. A BaseException: a library may be on the stack between."""


def evaluates(*kinds: type[ast.AST]) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register how kinds of expression are evaluated."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        for kind in kinds:
            EXPRESSIONS[kind] = function
        return function

    return register


def executes(*kinds: type[ast.AST]) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Register how kinds of statement are executed; the function says whether what follows is reached."""

    def register(function: Callable[..., bool]) -> Callable[..., bool]:
        for kind in kinds:
            STATEMENTS[kind] = function
        return function

    return register


@dataclass
class Loop:
    """The exits of a loop that is being followed."""

    breaks: list[Heap] = field(default_factory=list)
    continues: list[Heap] = field(default_factory=list)


@dataclass
class Frame:
    """One call of a function, or one run of a module.

    mode: `eager`, `graph` while the program is being traced, or `v1` inside of a graph of TensorFlow 1 (`Interpreter.mode` also
    knows whether eager execution is disabled). handlers: the names of the exceptions that the
    `try` statements around the current place catch; `*` catches all. owner: the class whose body is run, and outer the
    scope around it. function: what is being called. yields: the list of what a generator has given so far.
    uncertain: it may have been left by now, where nobody knows. conditional: what is still to come of the body runs only where a tensor in the graph says so.
    unconverted: where this is traced, AutoGraph does not see it: control flow is Python's. statement: of a module, which of its
    statements is executed.
    """

    unit: Unit
    scope: int
    mode: str = "eager"
    node: ast.AST | None = None
    call_site: tuple[Unit, ast.AST] | None = None
    returns: list[tuple[Value, Heap]] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    handlers: list[frozenset[str]] = field(default_factory=list)
    outer_names: dict[str, str] = field(default_factory=dict)
    outer: int | None = None
    owner: int | None = None
    function: FunctionValue | None = None
    yields: int | None = None
    conditional: bool = False
    uncertain: bool = False
    unconverted: bool = False
    statement: ast.stmt | None = None

    @property
    def closure(self) -> int:
        """The scope that functions defined here close over: not that of a class body."""
        return self.scope if self.owner is None or self.outer is None else self.outer


class Interpreter:
    """Interprets one document, and what of the workspace it imports."""

    def __init__(
        self,
        bridge: Bridge,
        listeners: list[Listener],
        *,
        find_module: Callable[[Unit, str, int], Unit | None],
        check: Callable[[], None] = lambda: None,
        max_steps: int = 400_000,
    ) -> None:
        self.bridge = bridge
        self.listeners = listeners
        self.find_module = find_module
        self.check = check
        self.steps_left = max_steps
        self._asked = bridge.memo.hits + bridge.memo.misses
        #: What of them modules of the workspace may use that are imported.
        self.import_steps_left = max_steps // 3
        self.heap = Heap({global_state.ADDRESS: global_state.LibraryState()})
        self.frames: list[Frame] = []
        self.tables: dict[str, FactTable] = {}
        self.modules: dict[str, Value] = {}
        self.called: set[int] = set()
        #: Functions that a library calls in ways that are not followed.
        self.elsewhere: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        self.pending: list[tuple[Unit, Value]] = []
        self.pending_classes: list[int] = []
        self.enum_members: dict[tuple[int, str], int] = {}
        #: The calls during which a library may call back a layer of the program.
        self.sites: list[tuple[Frame, ast.AST | None]] = []
        #: What generators have yielded that can change, as it was then.
        self.yielded: list[tuple[int, HeapObject]] = []
        #: Calls that are awaited where they stand.
        self.awaited: set[int] = set()
        #: What failed while a library ran a layer of the program, to be followed again when it has returned.
        self.doubtful: list[Callable[[], Value]] = []
        self.watchers: list[list[Heap]] = []
        self.calls: dict[int, LibraryCall] = {}
        # A call has raised what a `try` around it catches: control goes there, and no further here.
        self.raised = False
        #: Above 0 where nobody knows whether the program comes here.
        self.guesses = 0
        #: Above 0 in a loop of which nobody knows how often it turns.
        self.repeats = 0
        #: How many turns of loops around the running code are followed one by one, all together.
        self.turns = 1
        #: Above 0 inside of a context manager that is not understood.
        self.doubtful_contexts = 0
        #: Whether what is followed is a function that nobody calls.
        self.uncalled = False
        #: Above 0 in the turns of a loop that may have been left by now.
        self.unsure = 0
        #: Whether some part was given up for its length.
        self.cut = False
        #: Defects of the analysis itself, for the log.
        self.faults: list[str] = []
        #: Whether variables may be spread over several replicas: what their methods give is of other kinds then.
        self.distributed = False
        #: How often a traced tensor was said to have a shape that nobody checks.
        self.promises = 0
        #: What a tape calls for the results of functions that bring their own gradient, by the numbers of their traces.
        self.gradient_functions: dict[int, Any] = {}
        bridge.session.graphs.doubt = lambda: bool(self.guesses or self.unsure or self.repeats or self.uncalled)

    # Running ----------------------------------------------------------------------------------------------------

    def run_module(self, unit: Unit) -> int:
        """Interpret a module; returns its scope. The functions in it that nobody calls are interpreted at the end."""
        scope = self.heap.allocate(ScopeObject())
        self.tables.setdefault(unit.path, FactTable(unit))
        frame = Frame(unit, scope)
        with self.framed(frame):
            try:
                self.execute_block(frame, unit.tree.body)
            except (BudgetExceeded, RecursionError):
                done = next((i for i, part in enumerate(unit.tree.body) if part is frame.statement), 0)
                self.tables[unit.path].forget(unsettled(unit.tree, done), "budget")
                raise
        return scope

    @contextmanager
    def framed(self, frame: Frame) -> Iterator[Frame]:
        """Make a frame the running one."""
        self.frames.append(frame)
        try:
            yield frame
        finally:
            self.frames.pop()

    @contextmanager
    def guessing(self) -> Iterator[None]:
        """Follow what may not be reached: a branch of which nobody knows whether it is taken."""
        self.guesses += 1
        try:
            yield
        finally:
            self.guesses -= 1

    @contextmanager
    def calling(self, frame: Frame, node: ast.AST | None) -> Iterator[None]:
        """Note where a library is called that may call back."""
        self.sites.append((frame, node))
        try:
            yield
        finally:
            self.sites.pop()

    @contextmanager
    def same_heap(self) -> Iterator[None]:
        """Keep the heap the object that it is while a library calls back: who called the library holds on to it."""
        heap = self.heap
        try:
            yield
        finally:
            heap.become(self.heap)
            self.heap = heap

    def step(self) -> None:
        """Count one step; raises Cancelled (by `check`) or BudgetExceeded."""
        self.steps_left -= 1
        if self.steps_left <= 0:
            raise BudgetExceeded
        if self.steps_left % 16 == 0:
            self.check()
            asked = self.bridge.memo.hits + self.bridge.memo.misses
            self.steps_left -= _STEPS_OF_A_CALL * (asked - self._asked)
            self._asked = asked

    def evaluate(self, frame: Frame, node: ast.expr) -> Value:
        """Return what is known of an expression, and note it."""
        self.step()
        function = EXPRESSIONS.get(type(node))
        value = Unknown(f"{type(node).__name__} is not understood") if function is None else function(self, frame, node)
        table = self.tables.get(frame.unit.path)
        if (
            table is not None
            and type(node) in RECORDED
            and not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
        ):
            table.record(node, value, self.heap)
        return value

    def note_target(self, frame: Frame, node: ast.expr, value: Value) -> None:
        """Note what a name is bound to, for a hover over the target of an assignment."""
        table = self.tables.get(frame.unit.path)
        if table is not None:
            table.record(node, value, self.heap)

    def execute_block(self, frame: Frame, body: list[ast.stmt]) -> bool:
        """Execute statements; says whether what follows them is reached."""
        for statement in body:
            if frame.node is None and len(self.frames) == 1:
                frame.statement = statement if statement in frame.unit.tree.body else frame.statement
            self.step()
            function = STATEMENTS.get(type(statement))
            if not self._execute(function, frame, statement):
                return False
            if self.raised:
                return False
            for seen in self.watchers:
                if len(seen) <= MAX_WATCHED:
                    seen.append(self.heap.snapshot())
        return True

    def _execute(self, function: Callable[..., bool] | None, frame: Frame, statement: ast.stmt) -> bool:
        """Execute one statement; a defect of ours costs that statement, not the file."""
        if function is None:
            return True
        try:
            return function(self, frame, statement)
        except RecursionError:
            raise
        except (Exception, CallbackUnknown, ContentNeeded):
            if STRICT:
                raise
            self.faults.append(f"line {statement.lineno}: {traceback.format_exc(limit=-4)}")
            return True

    # State ------------------------------------------------------------------------------------------------------

    def joined(self, heaps: list[Heap], merge: Callable[[Value, Value], Value] = join) -> Heap:
        """Join the heaps of paths that meet."""
        joined = join_heaps(heaps, merge)
        if len(heaps) > 1:
            self.steps_left -= len(joined.touched or joined.objects) // _OBJECTS_OF_A_STEP
        return joined

    def mode(self, frame: Frame) -> str:
        """Return how the program runs here: `eager`, `graph` while it is traced, `v1` in a graph of TensorFlow 1."""
        if frame.mode == "eager" and global_state.current(self.heap).graph:
            return "v1"
        return frame.mode

    def origin(self, frame: Frame, node: ast.AST) -> Origin:
        """Return the origin of what an expression makes."""
        return Origin(frame.unit.location(node), node)

    def chain(self) -> tuple[tuple[Unit, ast.AST], ...]:
        """Return the call sites through which the running function was entered, outermost first."""
        return tuple(frame.call_site for frame in self.frames if frame.call_site is not None)

    def expects(self, types: tuple[str, ...]) -> bool:
        """Say whether a `try` around the current place catches an exception of these types."""
        for frame in self.frames:
            for names in frame.handlers:
                if "*" in names or any(name in names for name in types):
                    return True
        return False

    def emit(self, event: LibraryCall) -> None:
        """Tell the listeners.

        What went well in one turn of a loop and fails in a later one, which may never come, is nothing to report.
        """
        before = self.calls.get(id(event.node))
        if self.unsure and before is not None and not isinstance(before.outcome, Refused):
            if isinstance(event.outcome, Refused):
                return
        if before is None or isinstance(event.outcome, Returned) or not isinstance(before.outcome, Returned):
            self.calls[id(event.node)] = event  # a value was made where the call returned, in an earlier turn perhaps
        self.raised |= event.expected
        for listener in self.listeners:
            listener.library_call(event)
