"""`dataset-mismatch`: a data set that `tf.data` does not make."""

from __future__ import annotations

import re

from ..fixes.arity import arity_candidates
from ..fixes.slices import slice_candidates
from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from .base import Rule, Sentence
from .words import about_shapes, label, library_words


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refusal of a method or a class of `tf.data` that is not one of the shapes of its arguments."""
    if not isinstance(event.outcome, Refused) or not event.name.startswith("tensorflow.data."):
        return None
    if tensors(event) and about_shapes(event):
        return None
    name = {"__len__": "len"}.get(label(event), label(event))
    found = re.match(r"Incompatible dataset elements:\s*(.*?)\s+vs\.\s+(.*)", event.outcome.message, re.DOTALL)
    if found is not None:
        one, other = (re.sub(r"\s+", " ", part).strip() for part in found.groups())
        return Sentence(f"{name}: the data sets have other elements: {one} and {other}")
    return Sentence(f"{name}: {library_words(event)}", candidates=(*arity_candidates(event), *slice_candidates(event)))


RULE = Rule("dataset-mismatch", "A data set that `tf.data` does not make.", judge)
