"""Rules: they listen to the interpreter's events and turn them into findings.

Adding one: a module here with `judge` and `RULE`, its line in `RULES`, its page `docs/rules/<rule>.md`, its chapter
`tests/mdtest/rules/<rule>.md`.
"""

from . import (
    batch_shape_mismatch,
    data_cardinality,
    dataset_mismatch,
    dtype_mismatch,
    embedding_range,
    feed_mismatch,
    graph_only,
    implicit_cast,
    incompatible_shapes,
    inference_gap,
    label_encoding_mismatch,
    label_out_of_range,
    layer_input_changed,
    layer_rank_mismatch,
    logits_mismatch,
    loss_shape_mismatch,
    matmul_mismatch,
    merge_mismatch,
    model_input_mismatch,
    object_array,
    one_hot_depth,
    output_too_small,
    refused_call,
    removed_api,
    shape_comment_mismatch,
    silent_broadcast,
    symbolic_control_flow,
    unknown_dimension,
    weights_mismatch,
)
from .base import Finding, Rule, RuleSet

#: By name; of the rules that judge refusals, the most specific first: the first that takes an event has it.
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        removed_api.RULE,
        graph_only.RULE,
        feed_mismatch.RULE,
        batch_shape_mismatch.RULE,
        data_cardinality.RULE,
        object_array.RULE,
        symbolic_control_flow.RULE,
        layer_rank_mismatch.RULE,
        output_too_small.RULE,
        unknown_dimension.RULE,
        embedding_range.RULE,
        model_input_mismatch.RULE,
        label_encoding_mismatch.RULE,
        label_out_of_range.RULE,
        dtype_mismatch.RULE,
        weights_mismatch.RULE,
        layer_input_changed.RULE,
        merge_mismatch.RULE,
        matmul_mismatch.RULE,
        loss_shape_mismatch.RULE,
        dataset_mismatch.RULE,
        incompatible_shapes.RULE,
        refused_call.RULE,
        implicit_cast.RULE,
        one_hot_depth.RULE,
        logits_mismatch.RULE,
        silent_broadcast.RULE,
        shape_comment_mismatch.RULE,
        inference_gap.RULE,
    )
}

__all__ = ["RULES", "Finding", "Rule", "RuleSet"]
