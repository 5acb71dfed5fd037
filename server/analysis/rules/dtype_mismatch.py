"""dtype-mismatch: the library refuses a dtype, and takes the very same call with another one."""

from __future__ import annotations

import re

from ..fixes.cast import cast_candidates, casts_that_help, division_candidates, image_candidates
from ..fixes.sizes import has_none_for_a_size
from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..values import Const, Heap
from ..values.render import dtype_text, text
from .base import Rule, Sentence
from .words import label, library_words

_REFUSED_DTYPE = re.compile(
    r"Cannot convert .* to EagerTensor of dtype|Value for attr|Tensor conversion requested dtype|"
    r"Input '.*' of '.*' Op has type|Expected \w+,? (passed|but got)|`x` and `y` must have the same dtype|"
    r"Dtype of argument `\w+` must be|Argument `dtype` (?:is expected to|must) be|For integer dtype|Invalid `\w*dtype`",
    re.DOTALL,
)


def judge(event: LibraryCall) -> Sentence | None:
    """Take a refused call that succeeds once one tensor (or all of them) has another dtype: the library is asked."""
    if not isinstance(event.outcome, Refused) or has_none_for_a_size(event):
        return None
    found = tensors(event)
    helping = casts_that_help(event) if found else []
    if not helping:
        # No argument could be cast: a list that does not fit a dtype that was asked for, say.
        plain = {"TypeError", "ValueError"} & set(event.outcome.types) and _REFUSED_DTYPE.match(event.outcome.message)
        return Sentence(f"{label(event)}: {library_words(event)}") if plain else None
    dtypes = [value.dtype for _, value in found]
    specs = " and ".join(text(value, Heap()) for _, value in found)
    numbers = [
        argument.value.value
        for argument in event.arguments
        if isinstance(argument.value, Const) and isinstance(argument.value.value, float)
    ]
    name = label(event)
    if len(set(dtypes)) > 1:
        said = " ≠ ".join(dict.fromkeys(dtype_text(dtype) for dtype in dtypes))
        message = f"{name}: dtypes differ, and neither is converted: {specs} ({said})"
    elif numbers:
        message = f"{name}: {specs} does not take the float {numbers[0]!r}: {dtype_text(dtypes[0])} is no float dtype"
    else:
        wanted = dtype_text(helping[0].dtype)
        message = f"{name}: takes {wanted} here, not {dtype_text(dtypes[0])}: {specs}"
    return Sentence(
        message, candidates=(*cast_candidates(event, helping), *division_candidates(event), *image_candidates(event))
    )


RULE = Rule("dtype-mismatch", "The library refuses a dtype.", judge)
