"""Differential test of linear operators: programs that make one and ask it, against the run of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from .running import contradictions, report_of, run

#: What makes an operator, of a vector `v` of 2 and a matrix `m` of 2 by 2.
MADE = (
    "LinearOperatorDiag(v)",
    "LinearOperatorFullMatrix(m, is_non_singular=True)",
    "LinearOperatorFullMatrix(tf.stack([m, m, m]))",
    "LinearOperatorFullMatrix(tf.ones([2, 3]))",
    "LinearOperatorIdentity(2, batch_shape=[3])",
    "LinearOperatorScaledIdentity(2, v[0])",
    "LinearOperatorZeros(2)",
    "LinearOperatorLowerTriangular(m)",
    "LinearOperatorTridiag(tf.stack([v, v, v]), diagonals_format='compact')",
    "LinearOperatorKronecker([tf.linalg.LinearOperatorDiag(v), tf.linalg.LinearOperatorFullMatrix(m)])",
    "LinearOperatorBlockDiag([tf.linalg.LinearOperatorDiag(v), tf.linalg.LinearOperatorFullMatrix(m)])",
    "LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorDiag(v), m)",
    "LinearOperatorCirculant(tf.cast(v, tf.complex64))",
    "LinearOperatorToeplitz(v, v)",
    "LinearOperatorPermutation([1, 0])",
    "LinearOperatorHouseholder(v)",
)
STEPS = ("", "", ".adjoint()", ".inverse()", ".H", ".cholesky()")
ASKED = (
    ".to_dense()",
    ".matmul(tf.ones([2, 3]))",
    ".matmul(tf.ones([3, 2]), adjoint_arg=True)",
    ".matvec(tf.ones([2]))",
    ".solve(tf.ones([2, 1]))",
    ".solvevec(tf.ones([5, 2]))",
    ".determinant()",
    ".trace()",
    ".diag_part()",
    ".shape",
    ".batch_shape_tensor()",
    ".is_square",
    ".tensor_rank",
    ".add_to_tensor(tf.ones([2, 2]))",
    " @ tf.ones([2, 4])",
    " @ second",
    ".matmul(second).to_dense()",
)
KNOWN = "v, m = tf.constant([2.0, 3.0]), tf.constant([[2.0, 1.0], [1.0, 3.0]])"
UNKNOWN = "v, m = tf.random.uniform([2]) + 1.0, tf.eye(2) + 0.1 * tf.random.uniform([2, 2])"


@given(
    values=st.sampled_from([KNOWN, UNKNOWN]),
    first=st.sampled_from(MADE),
    second=st.sampled_from(MADE),
    step=st.sampled_from(STEPS),
    asked=st.lists(st.sampled_from(ASKED), min_size=1, max_size=4, unique=True),
)
def test_linear_operators(values: str, first: str, second: str, step: str, asked: list[str]) -> None:
    lines = ["import tensorflow as tf", values]
    lines += [f"first = tf.linalg.{first}", f"second = tf.linalg.{second}", f"operator = first{step}"]
    lines += [f"x{index} = operator{question}" for index, question in enumerate(asked)]
    text = "\n".join(lines) + "\n"
    with np.errstate(all="ignore"):
        found = run(text, 0)
    assert contradictions(report_of(text), found) == [], text
