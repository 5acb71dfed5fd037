"""Context managers of libraries and of Python: what `with … as name` gives, and what changes inside of the block.

Most of them change nothing that the analysis speaks of (`tf.name_scope`, `np.errstate`): what counts is that the block is
followed as if they were not there, and that they swallow no exception.
"""

from __future__ import annotations

import ast
import contextlib

from ..libraries import global_state
from ..libraries.query import Query
from ..values import Const, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ..values.heap import DictObject
from ..values.standard import ContextValue, StrategyValue
from .core import Frame, Interpreter
from .files import opened
from .library_calls import Arguments, ask
from .library_models import Model, models
from .sequences import known_items

_TEXT, _BOOL = Scalar(type="str"), Scalar(type="bool")
#: What public context managers of the libraries give.
_GIVEN: dict[str, Value] = {
    "tensorflow.name_scope": _TEXT,
    "tensorflow.compat.v1.name_scope": _TEXT,
    "tensorflow.device": Const(None),
    "tensorflow.compat.v1.device": Const(None),
    "tensorflow.control_dependencies": Const(None),
    "tensorflow.compat.v1.control_dependencies": Const(None),
    "tensorflow.init_scope": Const(None),
    "tensorflow.summary.record_if": Const(None),
    "tensorflow.profiler.experimental.Profile": Const(None),
    "tensorflow.profiler.experimental.Trace": Unknown("a trace of the profiler"),
    "tensorflow.experimental.async_scope": Const(None),
    "tensorflow.xla.experimental.jit_scope": Const(None),
    "keras.name_scope": Unknown("a name scope"),
    "keras.device": Unknown("a device scope"),
    "keras.utils.custom_object_scope": Unknown("a scope of custom objects"),
    "keras.utils.CustomObjectScope": Unknown("a scope of custom objects"),
    "keras.saving.custom_object_scope": Unknown("a scope of custom objects"),
    "keras.saving.CustomObjectScope": Unknown("a scope of custom objects"),
    "numpy.errstate": Const(None),
    "numpy.printoptions": Unknown("the print options"),
}
_STRATEGIES = (
    "tensorflow.distribute.MirroredStrategy",
    "tensorflow.distribute.MultiWorkerMirroredStrategy",
    "tensorflow.distribute.experimental.MultiWorkerMirroredStrategy",
    "tensorflow.distribute.experimental.CentralStorageStrategy",
    "tensorflow.distribute.experimental.ParameterServerStrategy",
    "tensorflow.distribute.ParameterServerStrategy",
    "tensorflow.distribute.TPUStrategy",
    "tensorflow.distribute.experimental.TPUStrategy",
)
_WRITER = "SummaryWriter"
_LOST = "parts of it are replaced here"


def _model(name: str, given: Value) -> Model:
    def model(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
        if interp.mode(frame) == "v1" and name.startswith("tensorflow."):
            # In a graph of TensorFlow 1 it is the real one: what is added to the graph inside of it has other names.
            return ask(
                interp, frame, node, name, Query("symbol", name, arguments.values, arguments.named, "v1"), arguments
            )
        return ContextValue(name, given)

    return model


for _name, _given in _GIVEN.items():
    models(_name)(_model(_name, _given))


@models(*_STRATEGIES)
def _strategy(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    interp.distributed = True
    return StrategyValue()


@models("tensorflow.distribute.OneDeviceStrategy")
def _single(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return StrategyValue(single=True)


@models("tensorflow.io.gfile.GFile", "tensorflow.compat.v1.gfile.FastGFile", "tensorflow.compat.v1.gfile.Open")
def _file(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return opened(dict(arguments.named).get("mode", arguments.values[1] if len(arguments.values) > 1 else Const("r")))


@models("tensorflow.summary.create_file_writer", "tensorflow.summary.create_noop_writer")
def _writer(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    return ContextValue(_WRITER)


def enter(interp: Interpreter, frame: Frame, context: Value, held: contextlib.ExitStack) -> Value | None:
    """Enter a context that is known by its name, for the length of a block; returns what it gives, None for any other."""
    if not isinstance(context, ContextValue):
        return None
    if context.name == "tensorflow.init_scope" and frame.mode == "graph":
        frame.mode = "eager"  # what stands in it is lifted out of the graph
        held.callback(setattr, frame, "mode", "graph")
    if context.name.startswith("unittest.mock."):
        before = global_state.current(interp.heap)
        interp.heap.put(global_state.ADDRESS, global_state.LibraryState(lost=_LOST))
        held.callback(_put_back, interp, before)
    return context if context.gives is None else context.gives


def _put_back(interp: Interpreter, state: global_state.LibraryState) -> None:
    if global_state.current(interp.heap).lost == _LOST:
        interp.heap.put(global_state.ADDRESS, state)


def swallows(context: Value) -> bool:
    """Say whether a known context may swallow what its block raises."""
    return isinstance(context, ContextValue) and context.swallows


def method(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: Value, name: str, given: Arguments
) -> Value | None:
    """Return what a method of a context or of a strategy gives; None where it is not understood."""
    if isinstance(receiver, StrategyValue):
        return _of_strategy(interp, frame, node, receiver, name, given)
    if not isinstance(receiver, ContextValue):
        return None
    if receiver.name == _WRITER:
        return ContextValue(_WRITER) if name == "as_default" else Const(None)
    if name in ("acquire", "locked"):
        return _BOOL
    if name in ("release", "cleanup", "start", "stop", "notify", "notify_all", "set", "clear"):
        return Const(None)
    if receiver.name == "contextlib.ExitStack":
        return _of_stack(interp, frame, receiver, name, given)
    return None


def _of_stack(interp: Interpreter, frame: Frame, receiver: ContextValue, name: str, given: Arguments) -> Value | None:
    """Return what a method of `ExitStack` gives; what is entered there stays entered, which is not followed for graphs."""
    from .protocols import entered

    if name == "enter_context" and given.values:
        context = given.values[0]
        if isinstance(context, ContextValue):
            return context if context.gives is None else context.gives
        found = entered(interp, frame, context, None)
        if found is None:
            interp.bridge.session.graphs.hidden = True
        return found or Unknown("what a context manager gives is not followed")
    if name in ("callback", "push"):
        interp.heap.escape(list(given.values), "called when a block is left")
        return given.values[0] if given.values else None
    return Const(None) if name == "close" else None


def _of_strategy(
    interp: Interpreter, frame: Frame, node: ast.Call, receiver: StrategyValue, name: str, given: Arguments
) -> Value | None:
    if name == "scope":
        return ContextValue("Strategy.scope", receiver)
    named = dict(given.named)
    if name == "run" and given.values:
        return _run(interp, frame, node, receiver, given)
    value = named.get("value", given.values[1] if len(given.values) > 1 else None)
    if name == "reduce" and receiver.single and isinstance(value, TensorValue):
        axis = named.get("axis", given.values[2] if len(given.values) > 2 else Const(None))
        return value.forgotten() if axis == Const(None) else None
    if name == "experimental_distribute_dataset" and receiver.single and given.values:
        return given.values[0]
    return None


def _run(interp: Interpreter, frame: Frame, node: ast.Call, receiver: StrategyValue, given: Arguments) -> Value | None:
    """Follow the function that each replica runs; with several of them the results are of a kind of their own."""
    from .calls import call_with

    named = dict(given.named)
    args = named.get("args", given.values[1] if len(given.values) > 1 else TupleValue(()))
    kwargs = named.get("kwargs", given.values[2] if len(given.values) > 2 else Const(None))
    items = known_items(interp, args)
    item = interp.heap.get(kwargs.address) if isinstance(kwargs, Ref) else None
    pairs = (item.items if isinstance(item, DictObject) else None) if kwargs != Const(None) else ()
    if items is None or pairs is None or not all(isinstance(k, Const) and type(k.value) is str for k, _ in pairs):
        return None
    keywords = tuple((key.value, value) for key, value in pairs if isinstance(key, Const))
    result = call_with(interp, frame, given.values[0], tuple(items), keywords, node)
    if isinstance(result, (Unknown, Const)) or receiver.single:
        return result
    return Unknown("a result of each replica")
