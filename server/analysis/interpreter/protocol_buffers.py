"""`tf.io.decode_proto`: its dtypes are those that are asked for, whatever the messages say.

Source: tensorflow/core/ops/decode_proto_ops.cc. Descriptors may be files, so the library is not asked.
"""

from __future__ import annotations

import ast
import dataclasses

from ..values import Const, ListObject, Ref, TensorValue, TupleValue, Value
from .control_flow import bound
from .core import Frame, Interpreter
from .library_calls import Arguments, lost
from .library_models import models
from .python_functions import of_dtypes
from .sequences import known_items


@models("tensorflow.io.decode_proto")
def _decoded(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    names = ("bytes", "message_type", "field_names", "output_types", "descriptor_source", "message_format", "sanitize")
    given = bound(arguments, *names, "name")
    fields, types = (given.get(name, Const(None)) for name in ("field_names", "output_types"))
    listed = [known_items(interp, value) if isinstance(value, (Ref, TupleValue)) else None for value in (fields, types)]
    if not arguments.complete or listed[0] is None or listed[1] is None or len(listed[0]) != len(listed[1]):
        return lost(interp, Const(None), arguments, "fields or dtypes that are not known")
    messages = given.get("bytes")
    batch = messages.shape if isinstance(messages, TensorValue) else None
    sizes = TensorValue(dtype="int32", shape=None if batch is None else (*batch, len(listed[0])))
    found = of_dtypes(interp, types)
    item = interp.heap.get(found.address) if isinstance(found, Ref) else None
    assert isinstance(item, ListObject)
    values = tuple(
        dataclasses.replace(value, shape=None if batch is None else (*batch, interp.bridge.session.symbol()))
        if isinstance(value, TensorValue)
        else value
        for value in item.items or ()
    )
    return TupleValue((sizes.identified(), Ref(interp.heap.allocate(ListObject(values)))), names=("sizes", "values"))
