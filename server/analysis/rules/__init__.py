"""Rules: they listen to the interpreter's events and turn them into findings.

Adding one: a module here with `judge` and `RULE`, its line in `RULES`, its page `docs/rules/<rule>.md`, its chapter
`tests/mdtest/rules/<rule>.md`.
"""

from . import (
    dataset_mismatch,
    dtype_mismatch,
    feed_mismatch,
    graph_only,
    implicit_cast,
    incompatible_shapes,
    inference_gap,
    loss_shape_mismatch,
    matmul_mismatch,
    one_hot_depth,
    removed_api,
    shape_comment_mismatch,
)
from .base import Finding, Rule, RuleSet

#: By name; of the rules that judge refusals, the most specific first: the first that takes an event has it.
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        removed_api.RULE,
        graph_only.RULE,
        feed_mismatch.RULE,
        dtype_mismatch.RULE,
        matmul_mismatch.RULE,
        loss_shape_mismatch.RULE,
        dataset_mismatch.RULE,
        incompatible_shapes.RULE,
        implicit_cast.RULE,
        one_hot_depth.RULE,
        shape_comment_mismatch.RULE,
        inference_gap.RULE,
    )
}

__all__ = ["RULES", "Finding", "Rule", "RuleSet"]
