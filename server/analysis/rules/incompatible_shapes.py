"""incompatible-shapes: whatever the library refuses because of shapes, and no rule knows more about."""

from __future__ import annotations

import re

from ..fixes.arguments import argument_candidates
from ..fixes.axes import reshape_layer_candidates
from ..fixes.dense import dense_candidates
from ..fixes.invariants import loop_candidates
from ..fixes.keras_ops import keras_candidates, takes_no_keras_tensor
from ..fixes.signatures import spec_candidates
from ..fixes.sizes import dynamic_candidates, has_none_for_a_size
from ..fixes.truth import truth_candidates
from ..interpreter.events import LibraryCall, tensors
from ..libraries.models.checks import CONDITION, LOOP
from ..libraries.outcome import Refused
from ..values.tensors import COMPOSITE_KINDS
from .base import Rule, Sentence
from .words import OPERATORS, about_shapes, label, library_words, specs

_PLAIN = re.compile(
    r"shape|dimension|\brank|ndim|\bax[ei]s\b|broadcast|\bsize|nesting depth|RaggedTensor", re.IGNORECASE
)
#: How TensorFlow says that it cannot make one tensor of something that is made of several.
_COMPOSITE = re.compile(
    r"object of type '(?:Ragged|Sparse)Tensor' has no len|Attempt to convert a value \((?:tf\.Ragged|Sparse)Tensor|"
    r"unsupported operand type\(s\) for .*'(?:Ragged|Sparse)Tensor'|'SparseTensor' object is not subscriptable|"
    r"bad operand type for .*'SparseTensor'"
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal that speaks of shapes."""
    name = label(event)
    if event.name == LOOP:
        return Sentence(f"loop: {library_words(event)}", candidates=loop_candidates(event))
    if event.name == CONDITION:
        return Sentence(f"if: one truth is wanted, not {specs(event)}", candidates=truth_candidates(event))
    whole = _takes_no_composite(event)
    if whole is not None:
        return Sentence(f"{name}: takes no {whole} ({specs(event, ', ')})", candidates=dense_candidates(event))
    if takes_no_keras_tensor(event):
        said = f"{name}: TensorFlow's functions take no KerasTensor: {specs(event)}"
        return Sentence(said, candidates=keras_candidates(event))
    if has_none_for_a_size(event):
        return Sentence(f"{name}: a size is None here: {library_words(event)}", candidates=dynamic_candidates(event))
    if not about_shapes(event):
        return None
    if not tensors(event):
        # Lists, or plain numbers: fewer words are enough to know that it is about shapes.
        words = library_words(event)
        candidates = reshape_layer_candidates(event)
        return Sentence(f"{name}: {words}", candidates=candidates) if _PLAIN.search(words) else None
    if event.name.startswith("operator.") and name in OPERATORS.values() and len(tensors(event)) == 2 and name != "[…]":
        return Sentence(f"{name}: shapes do not fit: {specs(event)}", candidates=argument_candidates(event))
    return Sentence(
        f"{name}: {library_words(event)} ({specs(event, ', ')})",
        candidates=(
            *truth_candidates(event),
            *reshape_layer_candidates(event),
            *argument_candidates(event),
            *spec_candidates(event),
        ),
    )


def _takes_no_composite(event: LibraryCall) -> str | None:
    """Return the kind of an argument that is no single tensor, where the library refuses just that."""
    if not isinstance(event.outcome, Refused) or not {"ValueError", "TypeError"} & set(event.outcome.types):
        return None
    kinds = [value.kind for _, value in tensors(event) if value.kind in COMPOSITE_KINDS]
    return kinds[0] if kinds and _COMPOSITE.search(event.outcome.message) else None


RULE = Rule("incompatible-shapes", "The library refuses the shapes of a call.", judge)
