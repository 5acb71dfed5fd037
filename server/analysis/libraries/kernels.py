"""What only a kernel checks: a shape function lets it pass, and the call raises when it is run.

A call of eager code that a graph takes is run on stand-ins where it is small, and refused if it raises on all of them, because
of shapes that are all known.
"""

from __future__ import annotations

import re

from tensorflow.python.framework.func_graph import FuncGraph

from ..values import BoundMethod, FunctionValue, Heap, TensorValue
from . import eager
from .classify import verdict
from .outcome import Refused
from .query import Query
from .session import Session

#: Elements of the arguments that are made for such a run.
MAX_ELEMENTS = 50_000
#: A call that makes more than this takes long to run, and is put together of ops that have been asked one by one.
MAX_OPERATIONS = 250
#: Ops that leave parts of a result as the memory was: of a matrix that is not positive definite, of one that nothing is put in.
LEAVES_MEMORY = frozenset({"Cholesky", "BatchCholesky", "Empty"})
#: Ops whose shape functions check all that their kernels check, or that take whatever there is.
_TRUSTED = re.compile(
    r"Abs|Acos|Acosh|Add|AddN|AddV2|All|Any|Asin|Asinh|Atan|Atan2|Atanh|BatchMatMulV2|BiasAdd|"
    r"Bitcast|BroadcastArgs|Cast|Ceil|ConcatV2|Const|Conj|Cos|Cosh|DivNoNan|Einsum|Elu|Equal|Erf|Exp|"
    r"ExpandDims|Expm1|Floor|Greater|GreaterEqual|Identity|IdentityN|Imag|Inv|IsFinite|"
    r"IsInf|IsNan|LeakyRelu|Less|LessEqual|Lgamma|Log|Log1p|LogSoftmax|LogicalAnd|LogicalNot|LogicalOr|MatMul|Max|"
    r"Maximum|Mean|Min|Minimum|Mod|Mul|MulNoNan|Neg|NotEqual|OnesLike|Pack|Placeholder|Pow|Prod|"
    r"Rank|Real|RealDiv|Reciprocal|Relu|Relu6|Reshape|Rint|Round|Rsqrt|"
    r"Select|SelectV2|Selu|Shape|ShapeN|Sigmoid|Sign|Sin|Sinh|Size|Softmax|Softplus|Softsign|Sqrt|Square|"
    r"SquaredDifference|Squeeze|StopGradient|StridedSlice|Sub|Sum|Tan|Tanh|Unpack|"
    r"VarHandleOp|ReadVariableOp|VarIsInitializedOp|AssignVariableOp|Xdivy|Xlog1py|Xlogy|ZerosLike|ReverseV2"
)
#: Whole numbers of a higher rank are data.
_RANK_OF_SIZES = 2
_ABOUT_SHAPES = re.compile(
    r"shape|dimension|\brank\b|\bsize|length|\baxis\b|indices|index|segment|out of range|outside|multiples|missing from|"
    r"channel|\d-?D\b|number of|num_classes|division by zero|quality|dim_size|seq_len",
    re.IGNORECASE,
)
#: What is said of values: an assertion in the graph, a matrix without an inverse.
_ABOUT_VALUES = re.compile(
    r"assertion failed|Condition x|nvertible|decomposition|positive definite|\bnan\b", re.IGNORECASE
)
_REFUSALS = frozenset({"InvalidArgumentError", "OutOfRangeError", "FailedPreconditionError"})


def refused(query: Query, heap: Heap, session: Session, graph: FuncGraph) -> Refused | None:
    """Return the exception that a call raises when it is run, whatever the values that are not known; None if it may not.

    graph: what the call has made of symbols.
    """
    if query.mode != "eager" or query.form != "symbol" or _calls_back(query, heap):
        return None
    if len(graph.get_operations()) > MAX_OPERATIONS:
        return None
    trusted = all(map(_TRUSTED.fullmatch, eager.op_types(graph))) and not _leaves_sizes_open(graph)
    if trusted or not verdict(query.name).may_confirm:
        return None
    given = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    parts = [part for leaf in given for part in leaf.parts or (leaf,)]
    if eager.unknown_sizes(query, heap) or not all(part.fully_defined and _decided(part, heap) for part in parts):
        return None
    if sum(map(eager.elements, parts)) > MAX_ELEMENTS:
        return None
    found = eager.confirm(query, heap, session, failing=True)
    if not isinstance(found, Refused) or not _REFUSALS & set(found.types):
        return None
    about_shapes = _ABOUT_SHAPES.search(found.message) and not _ABOUT_VALUES.search(found.message)
    return found if about_shapes or eager.all_known(query, heap) else None


def _leaves_sizes_open(graph: FuncGraph) -> bool:
    """Say whether a reshape of known sizes has others for a result: of two sizes that are to be computed, say."""
    return any(
        operation.type == "Reshape"
        and operation.inputs[0].shape.is_fully_defined()
        and not operation.outputs[0].shape.is_fully_defined()
        for operation in graph.get_operations()
    )


def _calls_back(query: Query, heap: Heap) -> bool:
    """Say whether a function takes part: it would be followed a second time."""
    return any(isinstance(leaf, (FunctionValue, BoundMethod)) for leaf in query.leaves(heap))


def _decided(part: TensorValue, heap: Heap) -> bool:
    """Say whether the values of a tensor are known, or decide no shape: whole numbers may be sizes, positions, paddings."""
    if part.kind == "KerasTensor" or part.dtype is None:
        return False
    if heap.settled(part).known or part.dtype.startswith(("float", "bfloat", "complex", "bool", "uint8")):
        return True
    return part.dtype.startswith("int") and len(part.shape or ()) > _RANK_OF_SIZES
