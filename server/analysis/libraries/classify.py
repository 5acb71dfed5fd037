"""Which public objects may be asked, and how far.

Rules, not a list of functions: a namespace is pure or it is not, with the exceptions named, and `tf.raw_ops` goes by
the op registry (see `classification/`; `docs/coverage.md` is the table that comes of it). A second wall stands behind
this one: nothing is run for real whose graph holds an op that reads, writes, prints, draws random numbers or calls Python.
"""

from __future__ import annotations

import functools
import re

from tensorflow.python.framework import op_def_registry

from .classification import modelled
from .classification.keras_rules import classify_keras
from .classification.numpy_rules import classify_numpy
from .classification.tensorflow_rules import classify_tensorflow
from .classification.verdicts import CONCRETE, UNCLASSIFIED, Verdict

#: TensorFlow functions that call a function of the user's while they trace.
_CALLBACKS = frozenset(
    [
        "tensorflow.map_fn",
        "tensorflow.vectorized_map",
        "tensorflow.scan",
        "tensorflow.foldl",
        "tensorflow.foldr",
        "tensorflow.cond",
        "tensorflow.case",
        "tensorflow.switch_case",
        "tensorflow.while_loop",
        "tensorflow.nest.map_structure",
        "tensorflow.nest.map_structure_up_to",
        "tensorflow.ragged.map_flat_values",
        "tensorflow.sparse.map_values",
        "keras.ops.map",
        "keras.ops.scan",
        "keras.ops.associative_scan",
        "keras.ops.cond",
        "keras.ops.switch",
        "keras.ops.while_loop",
        "keras.ops.fori_loop",
        "keras.ops.vectorized_map",
        "keras.tree.map_structure",
        "keras.tree.map_structure_up_to",
    ]
)
#: Of those, what traces the functions in eager code too.
_TRACING = frozenset(["tensorflow.vectorized_map", "keras.ops.vectorized_map"])
#: Ops that are never run for real.
_OP_NEVER = re.compile(
    r"(File|Print|PyFunc|Save|Restore|Summary|Queue|Reader|Iterator|Dataset|HashTable|Stack|Barrier|Session|"
    r"RemoteCall|Send|Recv|Stage|Checkpoint|Decode(Wav|Audio|Gif|Video)|AudioSummary|Random|TruncatedNormal|Multinomial|"
    r"Resource|VarHandle|VarIsInitialized|Variable|Rng|StatefulUniform|StatefulStandard|SampleDistorted)"
)
#: Stateful ops that only look at what they are given; what is in a branch or a loop is looked at for itself.
_ONLY_LOOK = re.compile(
    r"Assert|CheckNumerics(V2)?|Placeholder|StatefulPartitionedCall|If|While|Case|LookupTable(Find|Size|Export)V2"
)


@functools.cache
def verdict(name: str) -> Verdict:
    """Return what may be done with a canonical public name; operators (`operator.add`) are concrete."""
    found = modelled.find(name)
    if found is not None:
        return found
    root, _, rest = name.partition(".")
    if root == "operator":
        return CONCRETE
    if root == "numpy":
        return classify_numpy(rest)
    if root in ("keras", "tf_keras"):
        return classify_keras(rest)
    if root == "tensorflow":
        return classify_keras(rest.removeprefix("keras.")) if rest.startswith("keras.") else classify_tensorflow(rest)
    return UNCLASSIFIED


def classify(name: str) -> str:
    """Return `executable` (may be run for real on small values), `symbolic` (asked in graphs) or `unknown`."""
    found = verdict(name)
    if found.may_run:
        return "executable"
    return "symbolic" if found.may_ask else "unknown"


def why_not(name: str) -> str:
    """Return why a public name is not asked, for the reason of an unknown value."""
    found = verdict(name)
    return f"{name} is not run: {found.reason}" if found.reason and found.kind == "forbidden" else f"{name} is not run"


def takes_callbacks(name: str) -> bool:
    """Say whether a public function calls functions of the user's while it traces."""
    name = name.replace(".compat.v1.", ".")
    return name in _CALLBACKS or name.startswith(("tensorflow.data.Dataset.", "keras.", "tf_keras."))


def traces(name: str) -> bool:
    """Say whether the functions that are passed to a public function are traced in eager code too."""
    return name in _TRACING or name.replace(".compat.v1.", ".") not in _CALLBACKS


def may_execute(op_types: set[str]) -> bool:
    """Say whether a graph with these op types may be run for real."""
    return not any(_OP_NEVER.search(op) or _stateful(op) for op in op_types)


def _stateful(op: str) -> bool:
    definition = op_def_registry.get(op)
    return definition is None or (definition.is_stateful and _ONLY_LOOK.fullmatch(op) is None)


def numpy_random(name: str) -> bool:
    """Say whether a NumPy function draws random numbers: its values are never kept."""
    return name.startswith("numpy.random.")
