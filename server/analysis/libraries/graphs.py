"""The graphs of TensorFlow 1 that a program builds: real graphs, in which nothing is ever run.

In eager code a library is asked in a scratch graph, because the program has none. A program of TensorFlow 1 has one:
placeholders, variables, collections and scopes live in it, and TensorFlow's own functions look at it
(`get_variable`, `Optimizer.minimize`). So each analysis keeps the program's graphs and makes its calls in them. Building a graph
allocates nothing. A value of the analysis holds the number of the real tensor (`TensorValue.node`) or object (`LiveValue`).

What a branch that may not be taken has added stays in a graph. From there on the graph is *unsure*: what it is asked about
its own contents (collections, variables by name) is not believed any more, and everything else still is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import Heap, LiveValue, ShapeValue, TensorValue, TupleValue, Unknown, Value
from ..values.fresh import FreshArray, FreshDict, FreshList, without_content
from . import feeding, global_state, live_objects
from .classification import modelled
from .classify import classify, why_not
from .composites import components
from .memo import Answer
from .outcome import CallbackUnknown, NotKnown, Returned, refusal
from .query import Query
from .reflect import reflect
from .reify import Reifier
from .sessions import Fetched, ProgramSession
from .standins import CannotReifyError, ContentNeeded

#: Names of `tf.compat.v1` that are called in the program's graph: they add to it, or look at it.
_WRITTEN = """
    placeholder placeholder_with_default sparse_placeholder ragged.placeholder get_variable get_local_variable Variable variable_scope
    variable_op_scope VariableScope get_variable_scope name_scope op_scope no_op group tuple Graph get_default_graph
    control_dependencies device colocate_with gradients hessians assign assign_add assign_sub count_up_to scatter_add
    scatter_div scatter_max scatter_min scatter_mul scatter_sub scatter_update scatter_nd_add scatter_nd_sub
    scatter_nd_update global_variables local_variables model_variables trainable_variables all_variables
    moving_average_variables global_variables_initializer local_variables_initializer variables_initializer
    initialize_all_variables initialize_local_variables initialize_variables tables_initializer
    initialize_all_tables report_uninitialized_variables is_variable_initialized add_to_collection add_to_collections
    get_collection get_collection_ref Print Session InteractiveSession get_default_session zeros_initializer
    ones_initializer constant_initializer truncated_normal_initializer random_normal_initializer
    random_uniform_initializer glorot_normal_initializer glorot_uniform_initializer orthogonal_initializer
    uniform_unit_scaling_initializer variance_scaling_initializer initializers.* layers.* metrics.*
    losses.get_* losses.add_loss train.*Optimizer train.ExponentialMovingAverage train.Saver
    train.get_global_step train.create_global_step train.get_or_create_global_step nn.rnn_cell.* nn.static_rnn
    nn.dynamic_rnn nn.bidirectional_dynamic_rnn nn.static_bidirectional_rnn summary.scalar summary.histogram
    summary.image summary.text summary.audio summary.merge summary.merge_all
"""
_NAMES = _WRITTEN.split()
_MODELLED = re.compile(
    r"tensorflow\.(compat\.v1\.)?(" + "|".join(re.escape(name).replace(r"\*", r"[^.]*") for name in _NAMES) + ")"
)
#: Of those, what also works on a graph where the program runs eagerly: it makes one, or asks for the default one.
_ANYWHERE = re.compile(
    r"tensorflow\.(compat\.v1\.)?(Graph|Session|InteractiveSession|get_default_graph|get_default_session)"
)
#: What says in eager code that it does not work there, before it does anything.
_GRAPH_ONLY = frozenset(
    ["tensorflow.compat.v1.placeholder", "tensorflow.compat.v1.sparse_placeholder", "tensorflow.gradients"]
)
#: Names that TensorFlow 2 has dropped with its graphs.
_OF_GRAPHS = (
    "placeholder",
    "placeholder_with_default",
    "sparse_placeholder",
    "Session",
    "InteractiveSession",
    "get_variable",
    "variable_scope",
    "global_variables_initializer",
    "initialize_all_variables",
    "get_default_graph",
    "reset_default_graph",
    "layers",
)
#: Calls that say what a graph holds by now: their results, and what they refuse, may be owed to what never ran.
_READS = re.compile(
    r".*(variables|collection\w*|compute_gradients|merge_all|losses\.get_\w+|by_name|get_operations|get_slot\w*|"
    r"get_variable|get_local_variable|_initialize\w*|_initializer)"
)

modelled.register(
    *(f"tensorflow.compat.v1.{name}" for name in _NAMES),
    by="the program's own graph, in which nothing is run",
    otherwise=True,
)


@dataclasses.dataclass
class ProgramGraphs:
    """The graphs of one analysis, and what is alive in them.

    interactive: the session that `InteractiveSession` has made the default one. hidden: something that is not followed may have
    entered a graph. made_up: a number that is not known was replaced by another in some of them. doubt: says whether nobody knows if the program comes here, or how often. inexact: the numbers of tensors of which the
    static shape says less than the program's.
    """

    default: Any = None
    interactive: Any = None
    hidden: bool = False
    made_up: bool = False
    numbers: dict[int, int] = dataclasses.field(default_factory=dict)
    inexact: set[int] = dataclasses.field(default_factory=set)
    unsure: bool = False
    doubt: Callable[[], bool] = lambda: False

    def current(self) -> Any:
        """Return the graph that operations are added to here: the innermost that is entered, or the default one."""
        entered = tf.compat.v1.get_default_graph()
        if is_program_graph(entered):
            return entered
        if self.default is None:
            self.default = new_graph()
        return self.default


def new_graph() -> Any:
    """Return an empty graph of the program's."""
    graph = tf.Graph()
    graph._shapewright = True
    return graph


def is_program_graph(graph: Any) -> bool:
    """Say whether a graph is the program's, or that of a branch or a loop in it, and no scratch graph."""
    while isinstance(graph, FuncGraph) and graph.name != "shapewright":
        graph = graph.outer_graph
    return getattr(graph, "_shapewright", False) is True


def takes(query: Query, heap: Heap) -> bool:
    """Say whether a call is made in the graph of the program."""
    if any(isinstance(leaf, LiveValue) for leaf in query.leaves(heap)):
        return True
    if query.form == "symbol" and _ANYWHERE.fullmatch(query.name):
        return True
    return query.mode == "v1" and not _of_keras(query)


def holds_graph_tensors(query: Query, heap: Heap) -> bool:
    """Say whether a tensor of a graph takes part."""
    return any(
        isinstance(leaf, TensorValue) and leaf.kind != "KerasTensor" and leaf.node is not None
        for leaf in query.leaves(heap)
    )


def _of_keras(query: Query) -> bool:
    return query.form == "object" or (query.form == "symbol" and query.name.startswith(("keras.", "tf_keras.")))


def of_graphs(name: str) -> bool:
    """Say whether a program that reads this name, which TensorFlow 2 does not have any more, builds a graph."""
    rest = name.removeprefix("tensorflow.")
    return rest.partition(".")[0] in _OF_GRAPHS or (rest.startswith("train.") and rest.endswith("Optimizer"))


def works_in_graphs_alone(name: str) -> bool:
    """Say whether a function raises in eager code, whatever it is given."""
    return name in _GRAPH_ONLY


def allowed(name: str) -> bool:
    """Say whether a public name may be called, or passed on, in a graph of the program's."""
    return _MODELLED.fullmatch(name) is not None or classify(name) != "unknown"


@contextlib.contextmanager
def entered(graph: Any, old: bool, interactive: Any = None) -> Iterator[None]:
    """Let a graph be the default one, with the switches of `disable_v2_behavior` where the program has called it."""
    with contextlib.ExitStack() as stack:
        if old:
            stack.enter_context(old_behaviour())
        if interactive is not None and tf.compat.v1.get_default_session() is None:
            stack.enter_context(interactive.as_default())
        if tf.compat.v1.get_default_graph() is not graph:
            stack.enter_context(graph.as_default())
        yield


@contextlib.contextmanager
def old_behaviour() -> Iterator[None]:
    """Set what `disable_v2_behavior` sets beside eager execution; it can be set back."""
    v1 = tf.compat.v1
    resources, control_flow = v1.resource_variables_enabled(), v1.control_flow_v2_enabled()
    v1.disable_tensor_equality()
    v1.disable_v2_tensorshape()
    v1.disable_resource_variables()
    v1.disable_control_flow_v2()
    try:
        yield
    finally:
        v1.enable_tensor_equality()
        v1.enable_v2_tensorshape()
        if resources:
            v1.enable_resource_variables()
        if control_flow:
            v1.enable_control_flow_v2()


# Asking -------------------------------------------------------------------------------------------------------------


def ask(query: Query, heap: Heap, session: Any) -> Answer:
    """Make a call in the program's graph, and return what comes of it."""
    graphs: ProgramGraphs = session.graphs
    if query.form == "symbol" and not allowed(query.name):
        return Answer(NotKnown(why_not(query.name)), remember=False)
    graph = graphs.current()
    doubt, version = graphs.doubt(), graph.version
    reifier = Reifier(heap, session, callback=query.callback, allowed=allowed, numbers=_takes_any_number(query))
    try:
        with entered(graph, global_state.current(heap).old_behaviour, graphs.interactive):
            try:
                call = _prepared(query, reifier)
            except (CannotReifyError, ContentNeeded):
                raise
            except Exception as error:
                raise CannotReifyError(f"no stand-in for an argument ({type(error).__name__})") from error
            result = call()
            value = reflect_live(result, session)
            if graphs.made_up:
                value = without_content(value)
    except (CannotReifyError, ContentNeeded) as error:
        return Answer(NotKnown(str(error) or "depends on values that are not known"), remember=False)
    except (CallbackUnknown, MemoryError, RecursionError):
        return Answer(NotKnown("a function of the program is not understood here"), remember=False)
    except Exception as error:
        if (graphs.unsure or doubt) and _looks_at_graph(query):
            return Answer(NotKnown("the graph may hold something else"), remember=False)
        return Answer(refusal(error), remember=False)
    finally:
        if doubt and graph.version != version:
            graphs.unsure = True
    graphs.made_up |= reifier.made_up
    if isinstance(result, ProgramSession) and query.name.endswith("InteractiveSession"):
        graphs.interactive = result
    if graphs.unsure and _READS.fullmatch(query.name) and not _given_shape(query):
        return Answer(NotKnown("the graph may hold something else"), remember=False)
    inexact = any(_inexact(leaf, graphs) for leaf in query.leaves(heap))
    if inexact:
        graphs.inexact.update(_nodes(value))
    if isinstance(value, ShapeValue):
        value = dataclasses.replace(value, gaps="either" if inexact else "none")
    return Answer(Returned(value), remember=False)


def _prepared(query: Query, reifier: Reifier) -> Callable[[], Any]:
    if query.form == "symbol" and query.name.endswith(".Graph"):
        return new_graph
    if query.form == "symbol" and query.name.endswith((".Session", ".InteractiveSession")):
        args, named = reifier.call(query.args, tuple(pair for pair in query.kwargs if pair[0] != "config"))
        return functools.partial(ProgramSession, *args[:2], **named)
    return feeding.prepare(query, reifier)


def _takes_any_number(query: Query) -> bool:
    """Say whether another float in place of one that is not known changes no shape."""
    return query.form != "symbol" or not re.search(r"range|linspace|resize|crop|image", query.name)


def _looks_at_graph(query: Query) -> bool:
    """Say whether a refusal may be owed to what else is in the graph."""
    if query.form == "symbol":
        return _MODELLED.fullmatch(query.name) is not None
    return isinstance(query.args[0], LiveValue) and query.name not in ("run", "as_default")


def _given_shape(query: Query) -> bool:
    """Say whether `get_variable` is told what shape it is to have."""
    named = "get_variable" in query.name or "get_local_variable" in query.name
    return named and (len(query.args) > 1 or "shape" in dict(query.kwargs))


def _inexact(value: Value, graphs: ProgramGraphs) -> bool:
    """Say whether a value says less of a shape than is known in the program."""
    if isinstance(value, ShapeValue):
        return not value.complete
    if not isinstance(value, TensorValue):
        return False
    return value.node in graphs.inexact if value.node is not None else not value.fully_defined


def _nodes(value: Value) -> Iterator[int]:
    if isinstance(value, TensorValue):
        for part in (value, *value.parts):
            if part.node is not None:
                yield part.node
    elif isinstance(value, (TupleValue, FreshList)):
        for item in value.items:
            yield from _nodes(item)
    elif isinstance(value, FreshDict):
        for _, item in value.items:
            yield from _nodes(item)


def refused_eagerly(query: Query, heap: Heap, session: Any) -> Answer:
    """Return what a function of graphs says in eager code: that it does not work there."""
    try:
        call = query.prepare(Reifier(heap, session, style="eager", allowed=allowed))
    except Exception:  # no stand-in: nothing can be said
        return Answer(NotKnown("no stand-in for an argument"), remember=False)
    try:
        call()
    except (RuntimeError, NotImplementedError) as error:
        if "eager" in str(error):
            return Answer(refusal(error))
    except Exception:  # something else is wrong with it
        pass
    return Answer(NotKnown(why_not(query.name)))


# Reflecting ---------------------------------------------------------------------------------------------------------


def reflect_live(result: Any, session: Any) -> Value:
    """Return what is known of an object in a graph of the program's; tensors and objects are kept by their numbers."""
    if isinstance(result, Fetched):
        return _fetched(result)
    if isinstance(result, tuple):
        items = tuple(reflect_live(item, session) for item in result)
        names = getattr(type(result), "_fields", None)
        if names is not None:
            session.tuple_types[names] = type(result)
        return TupleValue(items, names)
    if type(result) is list:
        return FreshList(tuple(reflect_live(item, session) for item in result))
    if isinstance(result, dict):
        pairs = [(reflect(key, session), reflect_live(item, session)) for key, item in result.items()]
        return FreshDict(tuple(pairs))
    if isinstance(result, (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.IndexedSlices)):
        return _with_nodes(reflect(result, session, keep=False), result, session)
    known = live_objects.described(result)
    if known is not None:
        return LiveValue(known[0], number_of(result, session))
    return reflect(result, session)


def number_of(made: Any, session: Any) -> int:
    """Return the number of a live object: the same for the same object."""
    numbers = session.graphs.numbers
    if id(made) not in numbers:
        numbers[id(made)] = session.keep_node(made)
    return int(numbers[id(made)])


def _with_nodes(value: Value, made: Any, session: Any) -> Value:
    if not isinstance(value, TensorValue):
        return value
    if not value.parts:
        return dataclasses.replace(value, node=number_of(made, session))
    parts = zip(value.parts, components(made) or (), strict=True)
    return dataclasses.replace(
        value, parts=tuple(dataclasses.replace(part, node=number_of(real, session)) for part, real in parts)
    )


def _fetched(result: Fetched) -> Value:
    if result.content is not None and not isinstance(result.content, bytes):
        array = np.asarray(result.content)
        if not array.dtype.hasobject:
            return reflect(array if array.shape else array[()], None)  # type: ignore[arg-type]
    if result.dims is None or result.dtype in (tf.string, tf.variant, tf.resource):
        return Unknown("a result of unknown rank, or of bytes")
    value = TensorValue(kind="ndarray" if result.dims else "npscalar", dtype=result.dtype.name, shape=result.dims)
    return FreshArray(value=value) if result.dims else value
