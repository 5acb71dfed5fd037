"""What only a kernel checks: a shape function lets it pass, and the call raises when it is run.

A call of eager code that a graph takes is run on stand-ins where it is small, and refused if it raises on all of them, because
of shapes that are all known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..values import Heap, TensorValue
from . import eager
from .classify import verdict
from .outcome import Refused
from .query import Query
from .session import Session

#: Elements of the arguments that are made for such a run.
MAX_ELEMENTS = 50_000
#: Ops whose shape functions check all that their kernels check, or that take whatever there is.
_TRUSTED = re.compile(
    r"Abs|Acos|Acosh|Add|AddN|AddV2|All|Any|ArgMax|ArgMin|Asin|Asinh|Atan|Atan2|Atanh|BatchMatMulV2|BiasAdd|"
    r"Bitcast|BroadcastArgs|BroadcastTo|Cast|Ceil|ConcatV2|Const|Conj|Cos|Cosh|DivNoNan|Einsum|Elu|Equal|Erf|Exp|"
    r"ExpandDims|Expm1|Fill|Floor|FloorDiv|FloorMod|Greater|GreaterEqual|Identity|IdentityN|Imag|Inv|IsFinite|"
    r"IsInf|IsNan|LeakyRelu|Less|LessEqual|Lgamma|Log|Log1p|LogSoftmax|LogicalAnd|LogicalNot|LogicalOr|MatMul|Max|"
    r"Maximum|Mean|Min|Minimum|Mod|Mul|MulNoNan|Neg|NotEqual|OnesLike|Pack|Placeholder|Pow|Prod|"
    r"RandomStandardNormal|RandomUniform|Range|Rank|Real|RealDiv|Reciprocal|Relu|Relu6|Reshape|Rint|Round|Rsqrt|"
    r"Select|SelectV2|Selu|Shape|ShapeN|Sigmoid|Sign|Sin|Sinh|Size|Softmax|Softplus|Softsign|Sqrt|Square|"
    r"SquaredDifference|Squeeze|StopGradient|StridedSlice|Sub|Sum|Tan|Tanh|Tile|Transpose|TruncatedNormal|Unpack|"
    r"VarHandleOp|ReadVariableOp|VarIsInitializedOp|AssignVariableOp|Xdivy|Xlog1py|Xlogy|ZerosLike|ReverseV2"
)
#: Whole numbers of a higher rank are data.
_RANK_OF_SIZES = 2
_ABOUT_SHAPES = re.compile(
    r"shape|dimension|\brank\b|same size|same length|\b\d-?D\b|number of (rows|columns|elements)", re.IGNORECASE
)


def refused(query: Query, heap: Heap, session: Session, types: Iterable[str]) -> Refused | None:
    """Return the exception that a call raises when it is run, whatever the values that are not known; None if it may not.

    types: those of the ops that the call has made in a graph.
    """
    if query.mode != "eager" or query.form != "symbol" or query.callback is not None:
        return None
    if all(map(_TRUSTED.fullmatch, types)) or not verdict(query.name).may_confirm:
        return None
    given = [leaf for leaf in query.leaves(heap) if isinstance(leaf, TensorValue)]
    parts = [part for leaf in given for part in leaf.parts or (leaf,)]
    if eager.unknown_sizes(query, heap) or not all(part.fully_defined and _decided(part, heap) for part in parts):
        return None
    if sum(map(eager.elements, parts)) > MAX_ELEMENTS:
        return None
    found = eager.confirm(query, heap, session)
    if not isinstance(found, Refused) or "InvalidArgumentError" not in found.types:
        return None
    known = eager.all_known(query, heap)
    return found if known or _ABOUT_SHAPES.search(found.message) else None


def _decided(part: TensorValue, heap: Heap) -> bool:
    """Say whether the values of a tensor are known, or decide no shape: whole numbers may be sizes, positions, paddings."""
    if part.kind == "KerasTensor" or part.dtype is None:
        return False
    if heap.settled(part).known or part.dtype.startswith(("float", "bfloat", "complex", "bool", "uint8")):
        return True
    return part.dtype.startswith("int") and len(part.shape or ()) > _RANK_OF_SIZES
