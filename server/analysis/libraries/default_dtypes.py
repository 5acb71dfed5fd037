"""What dtype an op gives to an array that it is handed: eager code and graphs differ.

A graph keeps the dtype of an array that the op allows (tensorflow/python/framework/op_def_library.py,
`_ExtractInputsAndAttrs`). Eager execution goes the fast way (`TFE_Py_FastPathExecute`), which prefers the default of the
attribute without a look: `tf.image.rgb_to_hsv(float64 array)` is float32. It goes the slow way, which does as a graph
does, where an attribute is not of the very type (`bias=1` for a float, `size=np.int64(2)`), and for the first op of a process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tensorflow.python.eager import execute
from tensorflow.python.framework import dtypes, op_def_library


@dataclass
class Preference:
    """What was seen of the ops of a call.

    mattered: an array went to the default dtype of an op although the op takes its own. slow: the op that is being made
    goes the slow way.
    """

    mattered: bool = False
    slow: bool = False


@contextlib.contextmanager
def as_if_eager() -> Iterator[Preference]:
    """Give arrays the dtypes that eager execution gives them, once something has been executed."""
    seen = Preference()
    extract, make_float, make_int = op_def_library._ExtractInputsAndAttrs, execute.make_float, execute.make_int

    def extracted(name: str, op_def: Any, allowed: Any, keywords: Any, defaults: Any, *rest: Any) -> Any:
        slow, seen.slow = seen.slow, False
        if not slow and _prefers(op_def, allowed, keywords, defaults):
            seen.mattered = True
        return extract(name, op_def, allowed if slow else {}, keywords, defaults, *rest)

    def as_float(value: Any, name: str) -> Any:
        seen.slow |= not isinstance(value, float)
        return make_float(value, name)

    def as_int(value: Any, name: str) -> Any:
        seen.slow |= not isinstance(value, int)
        return make_int(value, name)

    op_def_library._ExtractInputsAndAttrs, execute.make_float, execute.make_int = extracted, as_float, as_int
    try:
        yield seen
    finally:
        op_def_library._ExtractInputsAndAttrs, execute.make_float, execute.make_int = extract, make_float, make_int


def _prefers(op_def: Any, allowed: Any, keywords: Any, defaults: Any) -> bool:
    """Say whether an array among the inputs of an op has a dtype that the op takes, and gets another."""
    for argument in op_def.input_arg:
        default = defaults.get(argument.type_attr)
        value = keywords.get(argument.name)
        if default is None or value is None or type(value).__module__.startswith("tensorflow"):
            continue
        try:
            dtype = dtypes.as_dtype(value.dtype)
        except (AttributeError, TypeError):
            continue
        if dtype != default and dtype in allowed.get(argument.type_attr, ()):
            return True
    return False
