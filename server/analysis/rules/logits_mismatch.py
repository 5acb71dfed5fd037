"""logits-mismatch: the loss expects probabilities where the model gives logits, or the other way round."""

from __future__ import annotations

from ..fixes.labels import logits_candidates
from ..fixes.losses import loss_of
from ..interpreter.events import LibraryCall
from .base import Rule, Sentence
from .words import label

_PROBABILITIES = ("softmax", "sigmoid")
_UNBOUNDED = ("linear", "relu", "leaky_relu", "elu", "gelu", "selu", "silu", "swish")


def judge(event: LibraryCall) -> Sentence | None:
    """Take a cross-entropy that reads the outputs of a model in another way than the model means them."""
    seen, loss = event.training, loss_of(event)
    if seen is None or seen.stage != "output" or loss is None or len(seen.activations) != 1:
        return None
    if not loss.name.endswith("crossentropy") or event.name.rpartition(".")[2] != "fit":
        return None
    last = seen.activations[0]
    if loss.from_logits is True and last in _PROBABILITIES:
        message = f"the model ends with {last}, and the loss applies it again (from_logits=True)"
    elif loss.from_logits is False and last in _UNBOUNDED:
        wanted = "sigmoid" if loss.is_binary else "softmax"
        message = (
            f"the model ends without {wanted}, and the loss takes its outputs for probabilities (from_logits=False)"
        )
    else:
        return None
    return Sentence(f"{label(event)}: {message}", candidates=logits_candidates(event, loss))


RULE = Rule(
    "logits-mismatch",
    "The loss takes logits for probabilities, or probabilities for logits.",
    judge,
    refusals=False,
    severity="warning",
)
