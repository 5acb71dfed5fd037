"""The bridge: makes the real library infer what a call returns or raises.

One path for TensorFlow, Keras and NumPy: classify, look into the memo, ask symbolically (NumPy: on stand-in arrays),
confirm failures eagerly, fold constants, reflect. The interpreter calls nothing else of a library.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from ..values import (
    Heap,
    LibraryObject,
    Ref,
    ShapeValue,
    TensorValue,
    Value,
)
from ..values.fresh import FreshObject, holds_identity, materialise, without_content
from ..values.heap import UnknownObject
from ..values.join import join_heaps
from ..values.keys import NoKeyError
from . import (
    changes,
    confirming,
    default_dtypes,
    eager,
    global_state,
    graphs,
    journal,
    keras_files,
    keras_hooks,
    kernels,
    nested_lists,
    numpy_calls,
    open_dims,
    ranges,
    recipes,
    remaking,
    replay,
    sampling,
    unknown_numbers,
    waking,
)
from . import models as _models  # noqa: F401 - the names that have models
from .alternatives import alternatives, join_outcomes
from .arguments import reads_outside
from .casts import integers_cast_to
from .classify import classify, why_not
from .memo import Answer, Memo
from .natures import constructs, of_keras
from .outcome import CallbackUnknown, NotKnown, Outcome, Refused, Returned, is_own_fault, refusal
from .query import Query, is_numpy_only
from .recording import flows_in, recorded, traces
from .reflect import reflect
from .reify import Reifier
from .session import Session
from .shapes import with_gaps
from .standins import CannotReifyError, ContentNeeded
from .stateful import is_stateful_class, object_fingerprint, stateful_kind, weight_count

_INPUTS = frozenset(f"{root}.{name}" for root in ("keras", "tf_keras") for name in ("Input", "layers.Input"))


@dataclass
class Bridge:
    """Asks the libraries for one analysis; the memo outlives it."""

    memo: Memo
    session: Session = field(default_factory=Session)
    concrete_elements: int = 10_000
    #: The gradient tapes around the running code, outermost first.
    tapes: list[int] = field(default_factory=list)
    #: Where the variables that calls read are noted: one list for each function with a gradient of its own that is running.
    read: list[list[TensorValue | None]] = field(default_factory=list)
    _before: dict[int, Any] = field(default_factory=dict)
    _made: Any = None
    _sampling: bool = False

    def __post_init__(self) -> None:
        """Let the session have graphs of its own."""
        self.session.graphs = self.session.graphs or graphs.ProgramGraphs()

    def call(self, query: Query, heap: Heap) -> Answer:
        """Return what a call does; a result is materialised in `heap`, and a built layer noted there."""
        split = alternatives(query, heap)
        if split is None:
            return Answer(NotKnown("too many possibilities"))
        if len(split) == 1:
            return self._call_one(split[0], heap)
        # Each on a heap of its own: a layer that one alternative builds is not built for the others.
        answers, heaps = [], []
        for one in split:
            heaps.append(heap.fork())
            answers.append(self._call_one(one, heaps[-1]))
        heap.become(join_heaps(heaps))
        return Answer(
            join_outcomes([answer.outcome for answer in answers]),
            casts=answers[0].casts if len({a.casts for a in answers}) == 1 else None,
        )

    def _call_one(self, query: Query, heap: Heap) -> Answer:
        state = global_state.current(heap)
        if state.lost is not None:
            return Answer(NotKnown(state.lost))
        if state.keras is not None and of_keras(query, heap):
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
        if unknown_numbers.take_part(query, heap) and not constructs(query):
            answer = unknown_numbers.asked(query, heap, lambda sample: self._sized(sample, heap))
        else:
            answer = self._sized(query, heap)
        return self._settle(query, heap, answer)

    def _sized(self, query: Query, heap: Heap) -> Answer:
        """Return what a call does, with sizes as far as symbols tell them; nothing of it is on the heap yet."""
        answer = self._answer(query, heap, is_numpy_only(query, heap))
        if not self._sampling and query.callback is None and not constructs(query):
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
        places = self._places(query, heap)
        answer = None if key is None else self.memo.get(key)
        if answer is not None and query.form in ("object", "method") and isinstance(query.args[0], Ref):
            self._before.pop(query.args[0].address, None)  # nothing was done to it
        if answer is None:
            with self._calling(None if key is None else (key[:2], *places)):
                answer = self._ask(query, heap, numpy_only, key)
            # What a poisoned or interrupted call left unsaid is not remembered.
            if key is not None and answer.remember and not _identity(answer):
                self.memo.put(key, answer)
        return answer

    def _places(self, query: Query, heap: Heap) -> list[int]:
        """Number the layers and models that take part, in the order in which the program comes to them."""
        found = [leaf.address for leaf in query.leaves(heap) if isinstance(leaf, Ref)]
        return [self.session.place_of(at) for at in found if isinstance(heap.get(at), LibraryObject)]

    @contextlib.contextmanager
    def _calling(self, key: Hashable) -> Iterator[None]:
        """Name the call that is being made, for the KerasTensors that it gives."""
        before, self.session.calling = self.session.calling, key
        try:
            yield
        finally:
            self.session.calling = before

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
            changes.note(query, heap, self.session, self._before)
        if answer.wrote:
            for leaf in query.leaves(heap):
                if isinstance(leaf, TensorValue):
                    heap.written(leaf.storage)
        if answer.rewritten:
            containers = query.containers(heap)
            for place in answer.rewritten:
                heap.put(containers[place], UnknownObject("changed by a library"))
        if not isinstance(answer.outcome, Returned):
            return answer
        if answer.executed and not self.session.executed:
            self.session.executed = not self.session.graphs.doubt()
            return dataclasses.replace(answer, outcome=NotKnown("the dtype, by whether anything was executed before"))
        made = answer.outcome.value.item if isinstance(answer.outcome.value, FreshObject) else None
        if isinstance(made, LibraryObject) and made.form:
            return dataclasses.replace(answer, outcome=Returned(self._place(query, heap, made)))
        # In the order in which a reifier makes arrays: an answer names the one that it views by its place.
        leaves = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
        storages = [leaf.storage for leaf in leaves if leaf.is_numpy]
        if self.read:
            self._note_read(leaves, answer)
        found = traces(query, heap, answer.flows, self.tapes, self.session)
        value = materialise(
            recipes.with_recipes(answer.outcome.value, query, heap, self.session.inner), heap, storages, found
        )
        if self.tapes:
            replay.note(query, heap, value, self.tapes, self.session)
        value = self.session.with_symbols(value, query.mode == "eager", inputs=query.name in _INPUTS)
        value = ranges.with_range(value, query, heap)
        if query.form == "attribute" and remaking.has_learned(query.args[0], heap):
            value = without_content(value)
        if (
            query.mode == "eager"
            and isinstance(value, TensorValue)
            and value.is_traced
            and not self.session.graphs.doubt()
        ):
            self.session.executed = True
        return dataclasses.replace(answer, outcome=Returned(value))

    def _note_read(self, leaves: list[TensorValue], answer: Answer) -> None:
        """Note the trainable variables that a call has read."""
        read: list[TensorValue | None] = [
            leaf
            for leaf in leaves
            if leaf.kind == "Variable" and (leaf.trace is None or leaf.trace.trainable is not False)
        ]
        if any(flow.weights for flow in answer.flows or ()):
            read.append(None)
        for noted in self.read:
            noted += [one for one in read if one not in noted]

    def _place(self, query: Query, heap: Heap, made: LibraryObject) -> Value:
        """Put a constructed object on the heap, with the arguments of this very call."""
        args, kwargs = changes.frozen(query.args, query.kwargs, heap)
        item = dataclasses.replace(made, args=args, kwargs=kwargs)
        address = heap.allocate(item)
        if self._made is not None:
            self.session.keep(address, item, self._made)
            self._made = None
        return Ref(address)

    def run(self, query: Query, heap: Heap) -> Outcome:
        """Make a call for real, on zeros and other fillings where a content is not known: the refusal, if all of them are.

        For what a graph cannot tell, because values decide it.
        """
        log, name = journal.current(), hashlib.blake2b(query.signature(heap).encode(), digest_size=16).hexdigest()
        try:
            key: Any = ("run", query.key(heap), global_state.key(heap))
        except NoKeyError:
            key = None
        known = None if key is None else self.memo.get(key)
        if known is not None:
            return known.outcome
        if journal.left_out(name, query.describe()):
            return NotKnown("hung or crashed before")
        log.begin(name, query.describe())
        try:
            with global_state.applied(heap):
                found = eager.confirm(query, heap, self.session)
        finally:
            log.end()
        outcome = found if isinstance(found, Refused) else NotKnown("not refused")
        if key is not None:
            self.memo.put(key, Answer(outcome))
        return outcome

    @property
    def _limit(self) -> int:
        """Return how many elements may be computed: arithmetic with sizes is no arithmetic with data."""
        return max(self.concrete_elements, sampling.MAX_NUMBERS) if self._sampling else self.concrete_elements

    # Asking ---------------------------------------------------------------------------------------------------------

    def _ask(self, query: Query, heap: Heap, numpy_only: bool, key: Any) -> Answer:
        log = journal.current()
        name = query.signature(heap) if key is None else repr(key)
        name = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        if journal.left_out(name, query.describe()):
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
        makes = table or constructs(query)
        made, before = None, None
        seen = list[Any]()
        reading: keras_hooks.Reading | None = None
        preferred: default_dtypes.Preference | None = None
        self.session.called_back = False
        try:
            with contextlib.ExitStack() as stack:
                stack.enter_context(keras_hooks.without_memory())
                stack.enter_context(keras_files.without_files())
                stack.enter_context(nested_lists.converted(query.mode == "eager"))
                if query.mode == "eager":
                    preferred = stack.enter_context(keras_hooks.as_if_eager())
                if isinstance(receiver, Ref):
                    # Outside of the scratch graph, like what a constructor makes: what is built outlives it.
                    made = reifier.reify(receiver)
                    before = self._before[receiver.address] = object_fingerprint(made)
                if not makes:
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
            if makes:
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
            if is_own_fault(error):
                return Answer(NotKnown("not understood here"), remember=False)
            if self._sampling:
                return Answer(NotKnown("refused for some sizes"), remember=False)
            if isinstance(receiver, Ref):
                self.session.live.pop(receiver.address, None)  # it may be half built
            if table and reifier.guessed and isinstance(error, tf.errors.OpError):
                return Answer(NotKnown("what the table is filled with is not known"))
            if makes:
                return Answer(refusal(error))
            large = made is not None and weight_count(made) > eager.MAX_EXACT
            return Answer(confirming.judged(query, heap, refusal(error), large, self.session))
        changed = before is not None and before != object_fingerprint(made)
        casts = integers_cast_to(graph, made) if query.form == "object" else None
        if made is not None:
            value = without_content(value)  # weights and counts are at their initial values here alone
        elif query.mode == "eager" and query.callback is None and open_dims.takes_part(query, heap):
            value = open_dims.checked(value, lambda size: self._sample(query, heap, size))
        folded = confirming.folded(query, heap, graph, value, self.session, self._limit)
        if folded is None and not self._sampling and confirming.fits_in(value):
            folded = kernels.refused(query, heap, self.session, graph)
        if isinstance(folded, Refused):
            return Answer(folded)
        outcome = Returned(value if folded is None else folded)
        executed = preferred is not None and preferred.mattered
        changes_made = reifier.rewritten()
        rewritten = (
            tuple(i for i, at in enumerate(query.containers(heap)) if at in changes_made) if changes_made else ()
        )
        return Answer(outcome, changed, casts, flows=flows, rewritten=rewritten, executed=executed)

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


def _identity(answer: Answer) -> bool:
    if any(flow.trace is not None for flow in answer.flows or ()):
        return True
    return isinstance(answer.outcome, Returned) and holds_identity(answer.outcome.value)
