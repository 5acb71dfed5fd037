"""Context managers, strategies and writers of summaries: the interpreter knows what they do to a block (`interpreter.contexts`)."""

from __future__ import annotations

from ..classification import modelled

modelled.register(
    "tensorflow.name_scope",
    "tensorflow.device",
    "tensorflow.control_dependencies",
    "tensorflow.init_scope",
    "tensorflow.summary.record_if",
    "tensorflow.profiler.experimental.Profile",
    "tensorflow.profiler.experimental.Trace",
    "tensorflow.experimental.async_scope",
    "tensorflow.xla.experimental.jit_scope",
    "keras.name_scope",
    "keras.device",
    "keras.utils.custom_object_scope",
    "keras.utils.CustomObjectScope",
    "keras.saving.custom_object_scope",
    "keras.saving.CustomObjectScope",
    "numpy.errstate",
    "numpy.printoptions",
    by="a context that changes no shape",
)
modelled.register(
    "tensorflow.distribute.*Strategy",
    "tensorflow.distribute.experimental.*Strategy",
    by="what each replica runs is followed",
)
modelled.register(
    "tensorflow.io.gfile.GFile",
    "tensorflow.compat.v1.gfile.FastGFile",
    "tensorflow.compat.v1.gfile.Open",
    by="a file of which nothing is read",
)
modelled.register("tensorflow.summary.create_*_writer", by="a context that changes no shape")
