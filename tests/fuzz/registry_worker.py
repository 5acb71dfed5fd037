"""Run drawn calls and compare: in a process of its own, because a kernel may crash on arguments that nobody meant.

`python -m tests.fuzz.registry_worker FIRST LAST FILE` appends one JSON line a case to FILE, and names each case before
it is made.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import sys
import warnings
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SHAPEWRIGHT_STRICT", "1")


def main(first: int, last: int, path: str) -> None:
    """Make the cases of these numbers."""
    resource.setrlimit(resource.RLIMIT_DATA, (8 << 30, 8 << 30))
    from . import registry

    with open(path, "a", encoding="utf-8", buffering=1) as out:
        for seed in range(first, last):
            try:
                case = registry.draw(seed)
            except LookupError:
                continue
            out.write(json.dumps({"seed": seed, "name": case.name, "verdict": "begun"}) + "\n")
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                verdict, details = judged(case, seed)
            out.write(json.dumps({"seed": seed, "name": case.name, "verdict": verdict, "details": details}) + "\n")


def judged(case: Any, seed: int) -> tuple[str, str]:
    """Return how the bridge's answer stands to what really happens."""
    from server.analysis.libraries.outcome import NotKnown, Refused

    from .contain import against
    from .test_ops import _settled, answered, really

    rng = random.Random(f"ways {seed}")
    kind = "ndarray" if case.name.startswith("numpy.") else rng.choice(("Tensor", "Tensor", "Tensor", "ndarray"))
    blur = rng.choice(("known", "content", "content", "dims"))
    mode = rng.choice(("eager", "eager", "graph")) if kind == "Tensor" else "eager"
    way = f"{kind} {blur} {mode} args={case.args!r} kwargs={case.kwargs!r}"
    outcome, heap = answered(case, kind, blur, mode)
    if isinstance(outcome, NotKnown):
        return "unknown", outcome.reason
    if blur == "dims" and any(array.size == 0 for array in _arrays([*case.args, *case.kwargs.values()])):
        return "left out", "what is not known is taken not to be empty"
    result, error = really(case, kind)
    if isinstance(outcome, Refused):
        if mode == "graph":
            return "refused in a graph", ""
        if error is None:
            return "WRONG", f"refused ({outcome.type}: {outcome.message}), but gives {result!r}: {way}"
        if type(error).__name__ != outcome.type and blur == "known":
            return "WRONG", f"refused by {outcome.type} ({outcome.message}), really {error!r}: {way}"
        return "refused", ""
    if error is not None:
        return "error missed", f"{type(error).__name__}: {str(error)[:200]}: {way}"
    if mode == "graph" and blur == "dims":
        return "agrees", ""  # what is traced with open sizes is TensorFlow's own answer
    wrong = against(outcome.value if kind == "Tensor" else _settled(outcome.value, heap), result, heap)
    if wrong is not None:
        return "WRONG", f"{wrong}: {way}"
    return "agrees", ""


def _arrays(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        found += _arrays(item) if isinstance(item, list) else [item] if hasattr(item, "size") else []
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
