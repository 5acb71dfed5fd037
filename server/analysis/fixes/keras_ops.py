"""Repairs of Keras tensors in functions of TensorFlow: the function of `keras.ops`, or a layer around the call."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, tensors
from ..libraries.outcome import Refused
from ..libraries.symbols import resolve
from .candidate import Candidate, keras, replace
from .layers import layer_class

#: What functions of TensorFlow are called in `keras.ops`, where that is another name.
_NAMES = {
    "concat": "concatenate",
    "pow": "power",
    "gather": "take",
    "range": "arange",
    "clip_by_value": "clip",
    "l2_normalize": "normalize",
    "reduce_variance": "var",
    "reverse": "flip",
    "floormod": "mod",
    "tensordot": "tensordot",
}
_HOMES = (
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "tensorflow.linalg",
    "tensorflow.image",
    "tensorflow.signal",
)


def takes_no_keras_tensor(event: LibraryCall) -> bool:
    """Say whether a function of TensorFlow refuses a KerasTensor for being one."""
    if not isinstance(event.outcome, Refused) or not event.name.startswith("tensorflow."):
        return False
    said = event.outcome.message
    if "KerasTensor cannot be used as input to a TensorFlow function" in said:
        return True
    # Of lists of tensors TensorFlow says only that they are not convertible.
    return "NOT CONVERTIBLE TO TENSOR" in said and any(value.kind == "KerasTensor" for _, value in tensors(event))


def keras_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits by which a model is made of it: `keras.ops` in place of `tf`, a Lambda around the call."""
    call = event.node
    if not isinstance(call, ast.Call):
        return ()
    out: list[Candidate] = []
    home, _, last = event.name.rpartition(".")
    name = _NAMES.get(last, last.removeprefix("reduce_"))
    library = keras(event)
    if library is not None and home in _HOMES:
        place = "ops.image" if home.endswith(".image") else "ops"
        if resolve(f"keras.{place}.{name}") is not None:
            text = f"{library}.{place}.{name}"
            out.append(Candidate(f"Use {text}", (replace(event.unit, call.func, text),)))
    given = [argument.node for argument, value in tensors(event) if value.kind == "KerasTensor"]
    layer = layer_class(event, "Lambda")
    if layer is not None and len(given) == 1 and isinstance(given[0], ast.Name):
        name = given[0].id
        text = f"{layer}(lambda {name}: {event.unit.source(call)})({name})"
        out.append(Candidate("Put it into a Lambda layer", (replace(event.unit, call, text),), 1))
    return tuple(out)
