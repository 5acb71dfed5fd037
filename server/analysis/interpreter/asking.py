"""Asking a library: what an operator gives, and how the listeners are told of a call."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from ..libraries.outcome import Refused, Returned
from ..libraries.query import Query
from ..values import Unknown, Value
from .core import Frame, Interpreter
from .events import Argument, LibraryCall


def ask_operator(
    interp: Interpreter,
    frame: Frame,
    name: str,
    values: tuple[Value, ...],
    node: ast.AST | None = None,
    nodes: tuple[ast.expr | None, ...] = (),
) -> Value:
    """Ask the library what an operator gives, and tell the listeners."""
    for value in values:
        if isinstance(value, Unknown):
            return value
    arguments = tuple(Argument(value, nodes[i] if i < len(nodes) else None) for i, value in enumerate(values))
    query = Query("operator", name, values, mode=interp.mode(frame))
    answer = interp.bridge.call(query, interp.heap)
    if node is not None:
        report(interp, frame, node, f"operator.{name}", query, arguments, answer)
    if isinstance(answer.outcome, Returned):
        result: Value = answer.outcome.value
        return result.made_at(None if node is None else interp.origin(frame, node))
    reason: str = "this expression fails" if isinstance(answer.outcome, Refused) else answer.outcome.reason
    return Unknown(reason)


def report(
    interp: Interpreter,
    frame: Frame,
    node: ast.AST,
    name: str,
    query: Query,
    arguments: tuple[Argument, ...],
    answer: Any,
) -> None:
    """Emit the event of a library call."""
    heap = interp.heap

    def ask(changed: tuple[Argument, ...]) -> Any:
        args = tuple(argument.value for argument in changed if argument.keyword is None)
        kwargs = tuple((argument.keyword, argument.value) for argument in changed if argument.keyword is not None)
        receiver = query.args[: len(query.args) - sum(1 for a in arguments if a.keyword is None)]
        again = dataclasses.replace(query, args=(*receiver, *args), kwargs=kwargs)
        return interp.bridge.call(again, heap.fork())

    outcome = answer.outcome
    interp.emit(
        LibraryCall(
            unit=frame.unit,
            node=node,
            name=name,
            arguments=arguments,
            outcome=outcome,
            heap=heap,
            mode=interp.mode(frame),
            receiver=query.args[0] if len(query.args) > len([a for a in arguments if a.keyword is None]) else None,
            casts=answer.casts,
            expected=isinstance(outcome, Refused) and interp.expects(outcome.types),
            guessed=interp.guesses > 0 or any(running.uncertain for running in interp.frames),
            chain=interp.chain(),
            scope=frame.scope,
            ask=ask,
            made_by=lambda made: interp.calls.get(id(made)),
            library=interp.bridge.call,
        )
    )
