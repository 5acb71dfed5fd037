"""`np.loadtxt` and `np.genfromtxt`: arrays of numbers of a file that nobody reads.

Of how many dims such an array is depends on the file: one row or one column makes a vector, unless `ndmin` says otherwise.
"""

from __future__ import annotations

import ast
import functools

from ...values import Const, TensorValue, Unknown, Value
from ...values.base import Shape
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from .given import NotKnownError, array, of_signature, unknown
from .tables import numpy_name
from .words import dtype_named

#: What makes something else than one array of numbers.
_OTHERWISE = ("unpack", "converters", "names", "usemask", "encoding_errors")


def _loaded(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """An array of f64, or of the dtype that is given."""
    try:
        given = of_signature(interp, name, arguments)
        if any(given.value(other) not in (Const(None), Const(False)) for other in _OTHERWISE if other in given):
            raise NotKnownError("an array of something else")
        dtype = dtype_named(numpy_name(given.value("dtype"))) if "dtype" in given else "float64"
        shape: Shape = (None, None) if "ndmin" in given and given.constant("ndmin") == 2 else None
    except NotKnownError as error:
        return unknown(error, name)
    made = array(interp, dtype, interp.bridge.session.named(shape))
    return made if isinstance(made, TensorValue) else Unknown("an array of something else")


for _name in ("numpy.loadtxt", "numpy.genfromtxt"):
    models(_name)(functools.partial(_loaded, _name))
