"""Answers remembered across analyses: a keystroke asks only what changed.

A key says all that an answer depends on; an answer holds reflected values alone, never tensors of a graph, so it is
good in any heap. What has an identity (KerasTensors, functions of the program) has no key and is asked each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from .flows import Flow
from .outcome import Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about one call.

    viewed: for each ndarray argument, in order, nothing but its place; the result may be a view of one of them.
    changed: whether the call changed the object that it was made on (a layer was built).
    remember: whether the same question has the same answer next time.
    casts: the float dtype that an integer argument was cast to on its way into weights.
    wrote: whether the call wrote into the arrays that it was given (`out=`).
    flows: what each tensor of the result comes from, in order; None where nobody knows.
    rewritten: the lists and dicts among the arguments that the call put something else into, by their places in `Query.containers`.
    executed: it is the answer where something has been executed eagerly before (`default_dtypes`).
    """

    outcome: Outcome
    changed: bool = False
    casts: str | None = None
    remember: bool = True
    wrote: bool = False
    flows: tuple[Flow, ...] | None = None
    rewritten: tuple[int, ...] = ()
    executed: bool = False


@dataclass
class Memo:
    """A bounded map of the answers used last; beside it, what gradients of gradients come from (`replay`)."""

    limit: int = 50_000
    connections: dict[Hashable, tuple[tuple[tuple[int, ...], ...], ...]] = field(default_factory=dict)
    answers: OrderedDict[Hashable, Answer] = field(default_factory=OrderedDict)
    hits: int = 0
    misses: int = 0

    def get(self, key: Hashable) -> Answer | None:
        """Return what is remembered."""
        answer = self.answers.get(key)
        if answer is None:
            self.misses += 1
            return None
        self.hits += 1
        self.answers.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        """Remember an answer."""
        self.answers[key] = answer
        if len(self.answers) > self.limit:
            self.answers.popitem(last=False)
