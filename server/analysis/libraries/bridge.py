"""The bridge: makes the real library infer what a call returns or raises.

One path for TensorFlow, Keras and NumPy: classify, look into the memo, ask symbolically (NumPy: on stand-in arrays),
confirm failures eagerly, fold constants, reflect. The interpreter calls nothing else of a library.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import (
    Const,
    DatasetValue,
    Heap,
    LibraryObject,
    ListObject,
    Ref,
    Scalar,
    ShapeValue,
    Symbol,
    TensorValue,
    TupleValue,
    Union,
    Value,
)
from ..values.fresh import FreshList, FreshObject, freeze, holds_identity, materialise, without_content
from ..values.histories import as_spec, settled_history
from ..values.join import join_all, join_heaps
from ..values.keys import NoKeyError
from ..values.tensors import COMPOSITE_KINDS
from . import (
    eager,
    global_state,
    graphs,
    journal,
    keras_files,
    keras_hooks,
    numpy_calls,
    open_dims,
    ranges,
    recipes,
    sampling,
    symbols,
    unknown_numbers,
    waking,
)
from . import models as _models  # noqa: F401 - the names that have models
from .arguments import reads_outside
from .casts import integers_cast_to
from .classification.keras_rules import is_keras, makes_models
from .classify import classify, may_execute, verdict, why_not
from .memo import Answer, Memo
from .models.datasets import is_about_datasets
from .outcome import CallbackUnknown, NotKnown, Outcome, Refused, Returned, refusal
from .query import Kwargs, Query, is_numpy_only
from .recording import flows_in, recorded, traces
from .reflect import reflect
from .reify import CannotReifyError, Reifier
from .session import Session
from .shapes import with_gaps
from .standins import ContentNeeded
from .stateful import is_stateful_class, object_fingerprint, stateful_kind, weight_count, weight_specs

MAX_COMBINATIONS = 8
#: Classes of Keras whose objects are tensors to the analysis.
_SPECS = ("keras.Variable", "keras.KerasTensor")
_INPUTS = frozenset(f"{root}.{name}" for root in ("keras", "tf_keras") for name in ("Input", "layers.Input"))


@dataclass
class Bridge:
    """Asks the libraries for one analysis; the memo outlives it."""

    memo: Memo
    session: Session = field(default_factory=Session)
    concrete_elements: int = 10_000
    #: The gradient tapes around the running code, outermost first.
    tapes: list[int] = field(default_factory=list)
    _before: dict[int, Any] = field(default_factory=dict)
    _made: Any = None
    _sampling: bool = False

    def __post_init__(self) -> None:
        """Let the session have graphs of its own."""
        self.session.graphs = self.session.graphs or graphs.ProgramGraphs()

    def call(self, query: Query, heap: Heap) -> Answer:
        """Return what a call does; a result is materialised in `heap`, and a built layer noted there."""
        alternatives = self._alternatives(query, heap)
        if alternatives is None:
            return Answer(NotKnown("too many possibilities"))
        if len(alternatives) == 1:
            return self._call_one(alternatives[0], heap)
        # Each on a heap of its own: a layer that one alternative builds is not built for the others.
        answers, heaps = [], []
        for one in alternatives:
            heaps.append(heap.fork())
            answers.append(self._call_one(one, heaps[-1]))
        heap.become(join_heaps(heaps))
        return Answer(
            _join_outcomes([answer.outcome for answer in answers]),
            casts=answers[0].casts if len({a.casts for a in answers}) == 1 else None,
        )

    def _alternatives(self, query: Query, heap: Heap) -> list[Query] | None:
        """Split a call with unions among its arguments, or inside of them, into calls without."""
        choices = []
        count = 1
        for value in (*query.args, *(value for _, value in query.kwargs)):
            members = choices_of(value, heap)
            count *= MAX_COMBINATIONS + 1 if members is None else len(members)
            if members is None or count > MAX_COMBINATIONS:
                return None
            choices.append(members)
        if count == 1:
            return [query]
        names = [name for name, _ in query.kwargs]
        split = len(query.args)
        return [
            dataclasses.replace(
                query, args=combination[:split], kwargs=tuple(zip(names, combination[split:], strict=True))
            )
            for combination in itertools.product(*choices)
        ]

    def _call_one(self, query: Query, heap: Heap) -> Answer:
        state = global_state.current(heap)
        if state.lost is not None:
            return Answer(NotKnown(state.lost))
        if state.keras is not None and _of_keras(query, heap):
            return Answer(NotKnown(state.keras))
        if state.graph and query.mode == "eager":
            query = dataclasses.replace(query, mode="v1")
        numpy_only = is_numpy_only(query, heap)
        if not numpy_only and graphs.takes(query, heap):
            return self._settle(query, heap, self._ask(query, heap, False, None))
        if query.mode == "v1":
            query = dataclasses.replace(query, mode="graph")
        elif query.mode == "eager" and graphs.holds_graph_tensors(query, heap):
            return Answer(NotKnown("a tensor of a graph, outside of it"))
        if query.form == "symbol" and classify(query.name) == "unknown":
            return Answer(NotKnown(why_not(query.name)))
        if numpy_only and state.old_behaviour and any(isinstance(leaf, ShapeValue) for leaf in query.leaves(heap)):
            return Answer(NotKnown("a shape is made of other dims here"))
        if numpy_only and not numpy_calls.allowed(query):
            return Answer(NotKnown(f"ndarray.{query.name} is not run"))
        outside = reads_outside(query, heap)
        if outside is not None:
            return Answer(NotKnown(outside))
        if unknown_numbers.take_part(query, heap) and not _constructs(query):
            answer = unknown_numbers.asked(query, heap, lambda sample: self._sized(sample, heap))
        else:
            answer = self._sized(query, heap)
        return self._settle(query, heap, answer)

    def _sized(self, query: Query, heap: Heap) -> Answer:
        """Return what a call does, with sizes as far as symbols tell them; nothing of it is on the heap yet."""
        answer = self._answer(query, heap, is_numpy_only(query, heap))
        if not self._sampling and query.callback is None and not _constructs(query):
            answer = self._with_symbols(query, heap, answer)
        return answer

    def _answer(self, query: Query, heap: Heap, numpy_only: bool) -> Answer:
        """Return what a call does, from memory or by asking; nothing of it is on the heap yet."""
        key: Any
        try:
            alive = waking.wake(query, heap, self.session)
            key = (query.key(heap), global_state.key(heap), self._limit, recorded(self.tapes, heap), alive)
        except NoKeyError:
            key = None
        except RecursionError:
            return Answer(NotKnown("an argument that contains itself"))
        answer = None if key is None else self.memo.get(key)
        if answer is None:
            answer = self._ask(query, heap, numpy_only, key)
            # What a poisoned or interrupted call left unsaid is not remembered.
            if key is not None and answer.remember and not _identity(answer):
                self.memo.put(key, answer)
        return answer

    def _with_symbols(self, query: Query, heap: Heap, answer: Answer) -> Answer:
        """Say more of a result where symbols take part in a call."""
        outcome = answer.outcome
        if isinstance(outcome, Refused) or (isinstance(outcome, Returned) and not sampling.is_open(outcome.value)):
            return answer
        found = sampling.symbols_of(query, heap)
        if not found or (query.form == "object" and isinstance(outcome, NotKnown)):
            return answer

        def ask(sample: Query) -> Outcome:
            return self._answer(sample, scratch, is_numpy_only(sample, scratch)).outcome

        scratch = heap.fork()
        before = dict(self._before)
        self._sampling = True
        try:
            return dataclasses.replace(answer, outcome=sampling.refined(query, heap, found, outcome, ask))
        finally:
            self._sampling, self._before = False, before

    def _settle(self, query: Query, heap: Heap, answer: Answer) -> Answer:
        """Give an answer its place in this heap."""
        if answer.changed and query.form == "object":
            self._note_history(query, heap)
        if answer.wrote:
            for leaf in query.leaves(heap):
                if isinstance(leaf, TensorValue):
                    heap.written(leaf.storage)
        if not isinstance(answer.outcome, Returned):
            return answer
        made = answer.outcome.value.item if isinstance(answer.outcome.value, FreshObject) else None
        if isinstance(made, LibraryObject) and made.form:
            return dataclasses.replace(answer, outcome=Returned(self._place(query, heap, made)))
        # In the order in which a reifier makes arrays: an answer names the one that it views by its place.
        leaves = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
        storages = [leaf.storage for leaf in leaves if leaf.is_numpy]
        found = traces(query, heap, answer.flows, self.tapes, self.session)
        value = materialise(
            recipes.with_recipes(answer.outcome.value, query, heap, self.session.inner), heap, storages, found
        )
        value = self.session.with_symbols(value, query.mode == "eager", inputs=query.name in _INPUTS)
        value = ranges.with_range(value, query, heap)
        return dataclasses.replace(answer, outcome=Returned(value))

    def _place(self, query: Query, heap: Heap, made: LibraryObject) -> Value:
        """Put a constructed object on the heap, with the arguments of this very call."""
        args, kwargs = _frozen(query.args, query.kwargs, heap)
        item = dataclasses.replace(made, args=args, kwargs=kwargs)
        address = heap.allocate(item)
        if self._made is not None:
            self.session.keep(address, item, self._made)
            self._made = None
        return Ref(address)

    def _note_history(self, query: Query, heap: Heap) -> None:
        receiver = query.args[0]
        if not isinstance(receiver, Ref):
            return
        item = heap.get(receiver.address)
        if isinstance(item, LibraryObject):
            alive = self.session.alive(receiver.address, heap)
            args, kwargs = _frozen(query.args[1:], query.kwargs, heap)
            entry = (query.name, tuple(map(as_spec, args)), tuple((name, as_spec(arg)) for name, arg in kwargs))
            changed = dataclasses.replace(item, history=(*item.history, entry))
            changed = settled_history(changed)
            if changed.others and alive is not None:
                changed = self._settled_by_weights(changed, alive, heap)
            heap.put(receiver.address, changed)
            if alive is not None:
                # Only where this very call was made on it; after a memo hit it is replayed when it is needed.
                if object_fingerprint(alive) != self._before.get(receiver.address):
                    self.session.keep(receiver.address, changed, alive)

    def _settled_by_weights(self, item: LibraryObject, made: Any, heap: Heap) -> LibraryObject:
        """Return a layer after a call that has built it, where other paths have built it with the same weights."""
        reifier = Reifier(heap, self.session)
        try:
            with keras_hooks.without_memory():
                others = [reifier.replayed(dataclasses.replace(item, history=other)) for other in item.others or ()]
        except (CannotReifyError, ContentNeeded):
            return item
        same = all(weight_specs(other) == weight_specs(made) for other in others)
        return dataclasses.replace(item, others=frozenset()) if same else item

    def set_setting(self, receiver: Ref, name: str, value: Value, heap: Heap) -> None:
        """Set an attribute of a layer or a model that is part of its recipe."""
        with global_state.applied(heap):
            waking.set_setting(receiver, name, value, heap, self.session)

    def is_built(self, receiver: Ref, heap: Heap) -> bool:
        """Say whether a layer or a model is built: whether calls of it still change what it is made of."""
        try:
            with keras_hooks.without_memory():
                made = Reifier(heap, self.session).reify(receiver)
        except (CannotReifyError, ContentNeeded):
            return False
        return bool(getattr(made, "built", False))

    @property
    def _limit(self) -> int:
        """Return how many elements may be computed: arithmetic with sizes is no arithmetic with data."""
        return max(self.concrete_elements, sampling.MAX_NUMBERS) if self._sampling else self.concrete_elements

    # Asking ---------------------------------------------------------------------------------------------------------

    def _ask(self, query: Query, heap: Heap, numpy_only: bool, key: Any) -> Answer:
        log = journal.current()
        name = query.signature(heap) if key is None else repr(key)
        name = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        if log.poisoned(name):
            return Answer(NotKnown(f"{query.name} hung or crashed before and is left out"), remember=False)
        log.begin(name, query.describe())
        try:
            with global_state.applied(heap):
                if numpy_only:
                    outcome, wrote = numpy_calls.ask(query, heap, self.session)
                    return Answer(outcome, wrote=wrote)
                if graphs.takes(query, heap):
                    return graphs.ask(query, heap, self.session)
                return self._ask_symbolically(query, heap)
        finally:
            log.end()

    def _ask_symbolically(self, query: Query, heap: Heap) -> Answer:
        reifier = Reifier(heap, self.session, callback=query.callback)
        graph = FuncGraph("shapewright")
        live = recipes.receiver_of(query, heap)
        receiver = query.args[0] if query.form == "object" and live is None else None
        table = recipes.makes_table(query)
        if table:
            reifier = Reifier(heap, self.session, style="eager")
        constructs = table or _constructs(query)
        made, before = None, None
        seen = list[Any]()
        reading: keras_hooks.Reading | None = None
        self.session.called_back = False
        try:
            with contextlib.ExitStack() as stack:
                stack.enter_context(keras_hooks.without_memory())
                stack.enter_context(keras_files.without_files())
                if query.mode == "eager":
                    stack.enter_context(keras_hooks.as_if_eager())
                if isinstance(receiver, Ref):
                    # Outside of the scratch graph, like what a constructor makes: what is built outlives it.
                    made = reifier.reify(receiver)
                    before = self._before[receiver.address] = object_fingerprint(made)
                if not constructs:
                    stack.enter_context(graph.as_default())
                    stack.enter_context(keras_hooks.without_memory())
                if recorded(self.tapes, heap):
                    reading = stack.enter_context(keras_hooks.reading(graph))
                try:
                    call = query.prepare(reifier)
                except (CannotReifyError, ContentNeeded):
                    raise
                except Exception as error:
                    # No stand-in could be made: a limit of the analysis, no fault of the program.
                    raise CannotReifyError(f"no stand-in for an argument ({type(error).__name__})") from error
                result = call()
            if constructs:
                self._made = result
                return self._constructed(query)
            if isinstance(result, tf.Operation) and query.mode == "eager":
                result = None  # an op without outputs is run, and gives nothing
            value = with_gaps(reflect(result, self.session, seen=seen), query, heap)
            if live is not None and recipes.is_lookup(query, live):
                value = eager.tried(query, heap, self.session) or value
            flows = flows_in(query, seen, reifier, graph, reading, made)
        except (CannotReifyError, ContentNeeded) as error:
            return Answer(NotKnown(str(error) or "depends on values that are not known"))
        except (CallbackUnknown, MemoryError, RecursionError):
            return Answer(NotKnown("a function of the program is not understood here"), remember=False)
        except Exception as error:
            if self._sampling:
                return Answer(NotKnown("refused for some sizes"), remember=False)
            if isinstance(receiver, Ref):
                self.session.live.pop(receiver.address, None)  # it may be half built
            if table and reifier.guessed and isinstance(error, tf.errors.OpError):
                return Answer(NotKnown("what the table is filled with is not known"))
            if constructs:
                return Answer(refusal(error))
            large = made is not None and weight_count(made) > eager.MAX_EXACT
            return Answer(self._refused(query, heap, refusal(error), large))
        changed = before is not None and before != object_fingerprint(made)
        casts = integers_cast_to(graph, made) if query.form == "object" else None
        if made is not None:
            value = without_content(value)  # weights and counts are at their initial values here alone
        elif query.mode == "eager" and query.callback is None and open_dims.takes_part(query, heap):
            value = open_dims.checked(value, lambda size: self._sample(query, heap, size))
        folded = self._fold(query, heap, graph, value)
        if isinstance(folded, Refused):
            return Answer(folded)
        outcome = Returned(value if folded is None else folded)
        return Answer(outcome, changed=changed, casts=casts, flows=flows)

    def _sample(self, query: Query, heap: Heap, size: int) -> Value | None:
        """Return what a call gives in a graph where every open dim has this size; None where it raises."""
        reifier = Reifier(heap, self.session, open_size=size)
        try:
            with FuncGraph("shapewright").as_default(), keras_hooks.without_memory(), keras_hooks.as_if_eager():
                return with_gaps(reflect(query.prepare(reifier)(), self.session), query, heap)
        except (CannotReifyError, ContentNeeded, Exception):
            return None

    def _constructed(self, query: Query) -> Answer:
        if not is_stateful_class(self._made):
            return Answer(Returned(reflect(self._made, self.session)))
        item = LibraryObject(symbol=query.name, kind=stateful_kind(self._made))
        return Answer(Returned(FreshObject(item=item)))

    def _refused(self, query: Query, heap: Heap, refused: Refused, large: bool) -> Outcome:
        """Confirm a symbolic failure where the program runs eagerly; not with a layer of large weights."""
        if query.form == "method" and isinstance(query.args[0], DatasetValue):
            return refused  # a dataset traces what it is given, in eager code too
        if query.form == "model" and is_about_datasets(query.name):
            return refused
        symbolic = any(isinstance(leaf, TensorValue) and leaf.kind == "KerasTensor" for leaf in query.leaves(heap))
        if query.mode == "graph" or symbolic:
            return NotKnown("a size is not known") if eager.unknown_sizes(query, heap) else refused
        if query.form == "symbol" and not verdict(query.name).may_confirm:
            return NotKnown("fails in a graph; it is not run for real")
        live = recipes.receiver_of(query, heap)
        if live is not None and recipes.waits(live):
            return NotKnown("fails in a graph; it might wait, run for real")
        if large:
            return NotKnown("fails in a graph; the layer is too large to be run")
        confirmed = eager.confirm(query, heap, self.session)
        if isinstance(confirmed, Value):
            return Returned(confirmed)
        return NotKnown("fails in a graph alone") if confirmed is None else confirmed

    def _fold(self, query: Query, heap: Heap, graph: FuncGraph, value: Value) -> Value | Refused | None:
        """Run a pure call on known values for real, where its results are known to be small."""
        if query.mode != "eager" or self._limit <= 0 or not _runnable(query, heap):
            return None
        ops = eager.op_types(graph)
        # A graph only holds an assertion; run, it fails.
        if not (eager.gains(value) or "Assert" in ops) or not eager.all_known(query, heap):
            return None
        if not eager.is_small(value, query, heap, self._limit) or not may_execute(ops):
            return None
        return eager.fold(query, heap, self.session)


def _of_keras(query: Query, heap: Heap) -> bool:
    """Say whether Keras takes part in a call."""
    if is_keras(query.name):
        return True
    for leaf in query.leaves(heap):
        item = heap.get(leaf.address) if isinstance(leaf, Ref) else None
        if isinstance(item, LibraryObject) and is_keras(item.symbol):
            return True
        if isinstance(leaf, TensorValue) and (leaf.kind == "KerasTensor" or leaf.library == "keras"):
            return True
        if isinstance(leaf, Symbol) and is_keras(leaf.name):
            return True
    return False


def _runnable(query: Query, heap: Heap) -> bool:
    """Say whether a call is one that computes and does nothing else."""
    live = recipes.receiver_of(query, heap)
    if live is not None:
        return not recipes.moves(live)
    if query.form == "symbol":
        return classify(query.name) == "executable"
    if query.form in ("method", "attribute"):
        receiver = query.args[0]
        return isinstance(receiver, TensorValue) and receiver.kind in COMPOSITE_KINDS
    return query.form == "operator"


def _constructs(query: Query) -> bool:
    """Say whether the call makes a layer, a model, a loss: an object of Keras that keeps state."""
    if query.form != "symbol" or not is_keras(query.name) or query.name in _SPECS:
        return False
    entry = symbols.resolve(query.name)
    return entry is not None and (entry.kind == "class" or makes_models(query.name))


def _identity(answer: Answer) -> bool:
    if any(flow.trace is not None for flow in answer.flows or ()):
        return True
    return isinstance(answer.outcome, Returned) and holds_identity(answer.outcome.value)


def _frozen(args: tuple[Value, ...], kwargs: Kwargs, heap: Heap) -> tuple[tuple[Value, ...], Kwargs]:
    return tuple(freeze(arg, heap) for arg in args), tuple((name, freeze(arg, heap)) for name, arg in kwargs)


def _join_outcomes(outcomes: list[Outcome]) -> Outcome:
    """Join what the alternatives of a call do: it fails only if all of them fail."""
    if all(isinstance(outcome, Refused) for outcome in outcomes):
        return outcomes[0]
    for outcome in outcomes:
        if isinstance(outcome, NotKnown):
            return outcome
    return Returned(join_all(outcome.value for outcome in outcomes if isinstance(outcome, Returned)))


def choices_of(value: Value, heap: Heap, depth: int = 4) -> tuple[Value, ...] | None:
    """Return the values without unions that a value stands for, lists and tuples member by member; None for too many."""
    if isinstance(value, Union):
        return value.options
    if isinstance(value, Scalar) and value.type == "bool":
        return (Const(False), Const(True))
    item = heap.get(value.address) if isinstance(value, Ref) else None
    parts = value.items if isinstance(value, TupleValue) else item.items if isinstance(item, ListObject) else None
    if not parts or depth == 0 or len(parts) > 64:
        return (value,)
    choices = [choices_of(part, heap, depth - 1) for part in parts]
    count = 1
    for members in choices:
        count *= MAX_COMBINATIONS + 1 if members is None else len(members)
        if count > MAX_COMBINATIONS:
            return None
    if count == 1:
        return (value,)
    rows = itertools.product(*(members or () for members in choices))
    if isinstance(value, TupleValue):
        return tuple(dataclasses.replace(value, items=row) for row in rows)
    return tuple(FreshList(row) for row in rows)
