"""Control flow by functions (`tf.cond`, `tf.while_loop`, `keras.ops.switch`) where the program runs eagerly.

There they are no graph operations: a condition that is known takes its branch, a loop runs while its condition holds,
and branches need not agree. While a graph is traced, the library is asked, and calls stubs of the functions.
Sources: tensorflow/python/ops/cond.py, while_loop.py, control_flow_case.py, control_flow_switch_case.py;
keras/src/backend/tensorflow/core.py.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..libraries.query import Query
from ..values import Const, DictObject, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ..values.join import join, widen
from .alternatives import follow_each
from .asking import ask_operator
from .core import Frame, Interpreter
from .instances import invoke
from .library_calls import Arguments, ask
from .library_models import models
from .sequences import known_items, truth

MAX_TURNS = 64
MAX_ROUNDS = 6


def bound(arguments: Arguments, *names: str) -> dict[str, Value]:
    """Return the arguments of a call by the names of the parameters."""
    return {**dict(zip(names, arguments.values, strict=False)), **dict(arguments.named)}


@models("tensorflow.cond", "keras.ops.cond")
def _cond(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    given = bound(arguments, "pred", "true_fn", "false_fn")
    if interp.mode(frame) != "eager" or not {"pred", "true_fn", "false_fn"} <= set(given) or _symbolic(given["pred"]):
        return None
    return _choose(interp, frame, node, [(given["pred"], given["true_fn"])], given["false_fn"])


@models("tensorflow.case")
def _case(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    given = bound(arguments, "pred_fn_pairs", "default", "exclusive", "strict", "name")
    rows = known_items(interp, given.get("pred_fn_pairs", Const(None)))
    pairs = [known_items(interp, row) for row in rows or []]
    if interp.mode(frame) != "eager" or not pairs or not isinstance(given.get("pred_fn_pairs"), (Ref, TupleValue)):
        return None
    found = [(pair[0], pair[1]) for pair in pairs if pair is not None and len(pair) == 2]
    if len(found) < len(pairs):
        return None
    default = given.get("default")
    if default is None or default == Const(None):
        return _choose(interp, frame, node, found[:-1], found[-1][1])
    return _choose(interp, frame, node, found, default)


def _choose(
    interp: Interpreter, frame: Frame, node: ast.Call, pairs: Sequence[tuple[Value, Value]], default: Value
) -> Value:
    """Call the function of the first condition that holds; several where that is not known."""
    possible: list[Value] = []
    for condition, function in pairs:
        known = truth(interp, frame, condition)
        if known is not False:
            possible.append(function)
        if known:
            break
    else:
        possible.append(default)
    return _one_of(interp, frame, node, possible, ())


def _one_of(
    interp: Interpreter, frame: Frame, node: ast.Call, functions: Sequence[Value], args: tuple[Value, ...]
) -> Value:
    if len(functions) == 1:
        return invoke(interp, frame, functions[0], args, (), node)
    with interp.guessing():
        return follow_each(interp, functions, lambda function: invoke(interp, frame, function, args, (), node))


@models("tensorflow.switch_case", "keras.ops.switch")
def _switch(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    given = bound(Arguments(arguments.positional[:3], arguments.keywords), "branch_index", "branch_fns", "default")
    index = given.get("branch_index", given.get("index"))
    functions = _branches(interp, given.get("branch_fns", given.get("branches", Const(None))))
    if interp.mode(frame) != "eager" or index is None or not functions or _symbolic(index):
        return None
    called = node.func
    of_keras = getattr(called, "attr", getattr(called, "id", "")) == "switch"
    operands = arguments.values[2:] if of_keras else ()
    if any(isinstance(function, TupleValue) for function in functions) or ("default" in given and not of_keras):
        return None  # branches by number, or a default: the library is asked
    number = _integer(interp, index)
    if number is None:
        return _one_of(interp, frame, node, functions, operands)
    inside = 0 <= number < len(functions)
    place = min(max(number, 0), len(functions) - 1) if of_keras else number if inside else len(functions) - 1
    return invoke(interp, frame, functions[place], operands, (), node)


def _branches(interp: Interpreter, value: Value) -> list[Value] | None:
    """Return the functions of a switch in order; they may be given by their numbers, from 0 on."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if not isinstance(item, DictObject):
        return known_items(interp, value)
    numbered = {key.value: part for key, part in item.items or () if isinstance(key, Const)}
    return [numbered[number] for number in range(len(numbered))] if set(numbered) == set(range(len(numbered))) else None


def _integer(interp: Interpreter, value: Value) -> int | None:
    if isinstance(value, Const) and type(value.value) is int:
        return value.value
    settled = interp.heap.settled(value) if isinstance(value, TensorValue) else None
    if settled is not None and settled.content is not None and settled.content.array.size == 1:
        return int(settled.content.array.reshape(())[()])
    return None


def _symbolic(value: Value) -> bool:
    return isinstance(value, Unknown) or (isinstance(value, TensorValue) and value.kind == "KerasTensor")


# Loops ----------------------------------------------------------------------------------------------------------------


@models("tensorflow.while_loop")
def _while_loop(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    names = ("cond", "body", "loop_vars", "shape_invariants", "parallel_iterations", "back_prop", "swap_memory")
    given = bound(arguments, *names, "maximum_iterations")
    variables = given.get("loop_vars")
    items = None if variables is None else known_items(interp, variables)
    if interp.mode(frame) != "eager" or items is None or variables is None or not {"cond", "body"} <= set(given):
        return None

    def step(values: list[Value]) -> Value:
        result = invoke(interp, frame, given["body"], tuple(values), (), node)
        return result if _is_sequence(interp, result) else Unknown("the variables of a loop")

    def test(values: list[Value]) -> Value:
        return invoke(interp, frame, given["cond"], tuple(values), (), node)

    result = _loop(interp, frame, test, step, variables, given.get("maximum_iterations", Const(None)))
    return _converted(interp, frame, node, result)


@models("keras.ops.while_loop")
def _keras_while_loop(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    given = bound(arguments, "cond", "body", "loop_vars", "maximum_iterations")
    variables = given.get("loop_vars")
    if interp.mode(frame) != "eager" or variables is None or not {"cond", "body"} <= set(given):
        return None
    several = _is_sequence(interp, variables)
    items = known_items(interp, variables) if several else [variables]
    if items is None or any(_symbolic(item) for item in items):
        return None

    def step(values: list[Value]) -> Value:
        result = invoke(interp, frame, given["body"], tuple(values), (), node)
        if not several:
            return TupleValue((result,))
        found = known_items(interp, result) if _is_sequence(interp, result) else None
        return Unknown("what a loop gives is not known") if found is None else TupleValue(tuple(found))

    def test(values: list[Value]) -> Value:
        return invoke(interp, frame, given["cond"], tuple(values), (), node)

    result = _loop(interp, frame, test, step, TupleValue(tuple(items)), given.get("maximum_iterations", Const(None)))
    result = _converted(interp, frame, node, result)
    return result.items[0] if not several and isinstance(result, TupleValue) else result


@models("keras.ops.fori_loop")
def _fori_loop(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    given = bound(arguments, "lower", "upper", "body_fun", "init_val")
    if interp.mode(frame) != "eager" or len(given) != 4 or any(_symbolic(value) for value in given.values()):
        return None

    def step(values: list[Value]) -> Value:
        after = ask_operator(interp, frame, "add", (values[0], Const(1)))
        return TupleValue((after, invoke(interp, frame, given["body_fun"], tuple(values), (), node)))

    def test(values: list[Value]) -> Value:
        return ask_operator(interp, frame, "lt", (values[0], given["upper"]))

    result = _loop(interp, frame, test, step, TupleValue((given["lower"], given["init_val"])), Const(None))
    return _converted(interp, frame, node, result.items[1]) if isinstance(result, TupleValue) else result


def _loop(
    interp: Interpreter,
    frame: Frame,
    test: Callable[[list[Value]], Value],
    step: Callable[[list[Value]], Value],
    start: Value,
    limit: Value,
) -> Value:
    """Run a loop in which nothing is traced; returns what its variables are at the end."""
    state = start
    most = limit.value if isinstance(limit, Const) and type(limit.value) is int else None
    for turn in range(MAX_TURNS):
        items = known_items(interp, state)
        if items is None:
            return state if isinstance(state, Unknown) else Unknown("the variables of a loop")
        if turn == most:
            return state
        known = truth(interp, frame, test(items))
        if known is False:
            return state
        if known is None or (limit != Const(None) and most is None):
            break
        state = step(items)
    return _settle(interp, test, step, state)


def _settle(
    interp: Interpreter, test: Callable[[list[Value]], Value], step: Callable[[list[Value]], Value], state: Value
) -> Value:
    """Follow a loop of unknown length until its variables no longer change; it may also not run at all."""
    form = state
    values = known_items(interp, state) or []
    with interp.guessing():
        for turn in range(MAX_ROUNDS):
            before = interp.heap
            interp.heap = before.fork()
            test(values)
            result = step(values)
            interp.raised = False
            items = known_items(interp, result)
            interp.heap = interp.joined([before, interp.heap])
            if items is None or len(items) != len(values):
                return result if isinstance(result, Unknown) else Unknown("the variables of a loop")
            merge = join if turn < 2 else widen
            joined = [merge(old, new) for old, new in zip(values, items, strict=True)]
            if joined == values:
                # Like what the body gives: a list, a tuple, a named tuple; the first time it is what was passed.
                same = isinstance(form, TupleValue) and isinstance(result, TupleValue)
                return TupleValue(tuple(joined), form.names if isinstance(form, TupleValue) and same else None)
            values = joined
    return Unknown("changes from turn to turn of a loop")


def _is_sequence(interp: Interpreter, value: Value) -> bool:
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(value, TupleValue) or (isinstance(item, ListObject) and item.name == "list")


def _converted(interp: Interpreter, frame: Frame, node: ast.Call, value: Value) -> Value:
    """Return a structure with its numbers, arrays and variables as tensors."""
    if isinstance(value, TupleValue):
        items = tuple(_converted(interp, frame, node, item) for item in value.items)
        return TupleValue(items, value.names)
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items is not None:
        items = tuple(_converted(interp, frame, node, part) for part in item.items)
        return Ref(interp.heap.allocate(ListObject(items)))
    if isinstance(item, DictObject) and item.items is not None:
        pairs = tuple((key, _converted(interp, frame, node, part)) for key, part in item.items)
        return Ref(interp.heap.allocate(DictObject(pairs)))
    plain = isinstance(value, (Const, Scalar)) or (isinstance(value, TensorValue) and value.kind != "Tensor")
    if not plain or (isinstance(value, TensorValue) and value.parts):
        return value
    query = Query("symbol", "tensorflow.convert_to_tensor", (value,), mode=interp.mode(frame))
    return ask(interp, frame, None, query.name, query, Arguments((), ()))  # type: ignore[arg-type]
