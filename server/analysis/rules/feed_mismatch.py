"""feed-mismatch: a session refuses what it is fed, or is not fed what it needs."""

from __future__ import annotations

import ast

from ..fixes.feed import reshape_candidates
from ..interpreter.events import Argument, LibraryCall, single
from ..libraries.outcome import Refused
from ..report import Related
from ..values import Ref, TensorValue, Value
from ..values.heap import DictObject
from ..values.render import spec_text, text
from .base import Rule, Sentence
from .words import label, library_words

#: The calls that feed, and where `feed_dict` stands among their arguments.
_CALLS = {"Session.run": 1, "Tensor.eval": 0, "Operation.run": 0}
_REFUSALS = {"ValueError", "TypeError", "InvalidArgumentError"}
_WORDS = (
    "Cannot feed value",
    "You must feed",
    "value of a feed",
    "Type of feed value",
    "may not be fed",
    "feed_dict key",
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that is about what is fed."""
    place = _CALLS.get(event.name)
    if place is None or not isinstance(event.outcome, Refused) or not _REFUSALS & set(event.outcome.types):
        return None
    if not any(word in event.outcome.message for word in _WORDS):
        return None
    given = event.argument(place, "feed_dict")
    for key, value in feeds(event, given):
        target, fed = single(key.value), single(value.value)
        if target is None or fed is None or target.kind != "Tensor":
            continue
        name = _name(event, key)
        if not fed.is_numpy:
            if "may not be fed" not in event.outcome.message:
                return Sentence(f"{label(event)}: {name} is fed a {fed.kind}, which is no value yet ({spec_text(fed)})")
            continue
        why = difference(target, fed)
        if why:
            message = f"{label(event)}: {name} is {spec_text(target)} and is fed {text(fed, event.heap)} ({why})"
            candidates = reshape_candidates(event, target, value, fed)
            return Sentence(message, related=_since(key.value, name, target), candidates=candidates)
    return Sentence(f"{label(event)}: {library_words(event)}")


def feeds(event: LibraryCall, given: Argument | None) -> list[tuple[Argument, Argument]]:
    """Return the pairs of a `feed_dict`, with their expressions where it is written as a display."""
    item = event.heap.get(given.value.address) if given is not None and isinstance(given.value, Ref) else None
    if given is None or not isinstance(item, DictObject) or item.items is None:
        return []
    node = given.node if isinstance(given.node, ast.Dict) and len(given.node.keys) == len(item.items) else None
    keys: list[ast.expr | None] = [None] * len(item.items) if node is None else list(node.keys)
    values: list[ast.expr | None] = [None] * len(item.items) if node is None else list(node.values)
    pairs = zip(item.items, keys, values, strict=True)
    return [(Argument(key, at), Argument(value, beside)) for (key, value), at, beside in pairs]


def difference(target: TensorValue, fed: TensorValue) -> str:
    """Say why an array cannot be fed to a tensor: `4 ≠ 5`, or the ranks; nothing where it can."""
    if target.shape is None or fed.shape is None:
        return ""
    if len(target.shape) != len(fed.shape):
        return f"rank {len(target.shape)} ≠ {len(fed.shape)}"
    for one, other in zip(target.shape, fed.shape, strict=True):
        if isinstance(one, int) and isinstance(other, int) and one != other:
            return f"{one} ≠ {other}"
    return ""


def _name(event: LibraryCall, key: Argument) -> str:
    return "a placeholder" if key.node is None else f"`{' '.join(event.unit.source(key.node).split())}`"


def _since(value: Value, name: str, target: TensorValue) -> tuple[Related, ...]:
    origin = value.origin
    if origin is None:
        return ()
    line = origin.location.span.start.line + 1
    return (Related(origin.location, f"{name} is {spec_text(target)} since line {line}"),)


RULE = Rule("feed-mismatch", "A session is fed what its placeholders do not take.", judge)
