"""The public names that have a model of our own: whoever defines a model registers its names here.

A registered name comes before every rule. What a model may ask the library for beside its own answer is told by `asks`.
"""

from __future__ import annotations

import re

from .verdicts import Verdict

_NAMES: dict[str, Verdict] = {}
_PATTERNS: list[tuple[re.Pattern[str], Verdict]] = []
_OTHERWISE: dict[str, Verdict] = {}


def register(*names: str, by: str = "", asks: str = "", otherwise: bool = False) -> None:
    """Note that public names (`tensorflow.GradientTape`, `tensorflow.data.*`) have a model.

    Args:
        names: canonical names; a `*` stands for anything but a dot.
        by: what models them, in a few words for the table of what is covered.
        otherwise: names that have another model too belong to that one, whichever is registered first.
        asks: `concrete` or `symbolic` where the model, or the bridge behind it, still asks the library itself.
    """
    from .. import classify  # the verdicts that are remembered there are older than this registration

    for name in names:
        if "*" in name:
            _PATTERNS.append((re.compile(re.escape(name).replace(r"\*", r"[^.]*")), Verdict("model", by, asks)))
        else:
            (_OTHERWISE if otherwise else _NAMES)[name] = Verdict("model", by, asks)
    classify.verdict.cache_clear()


def find(name: str) -> Verdict | None:
    """Return the verdict on a modelled name; None for any other."""
    found = _NAMES.get(name)
    if found is not None:
        return found
    found = next((verdict for pattern, verdict in _PATTERNS if pattern.fullmatch(name)), None)
    return found or _OTHERWISE.get(name)
