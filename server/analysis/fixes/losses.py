"""What several rules ask about a loss: the one that a model was compiled with, or that is called by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..interpreter.events import Argument, LibraryCall, tensors
from ..values import Const, LibraryObject, Ref, Symbol, TensorValue, Value

#: Losses that compare element by element, so that shapes that broadcast are taken without a word.
ELEMENTWISE = frozenset(
    [
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "huber",
        "log_cosh",
        "logcosh",
        "poisson",
    ]
)
_SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error"}
_SHORT["msle"] = "mean_squared_logarithmic_error"


@dataclass(frozen=True)
class Loss:
    """A loss by its name in lower case with underscores; from_logits where that is known."""

    name: str
    from_logits: bool | None = False

    @property
    def is_sparse(self) -> bool:
        """Say whether it takes class numbers."""
        return self.name.startswith("sparse_categorical")

    @property
    def is_categorical(self) -> bool:
        """Say whether it takes one-hot labels."""
        return self.name.startswith("categorical_")

    @property
    def is_binary(self) -> bool:
        """Say whether it takes labels of one class each."""
        return self.name.startswith("binary_")


def loss_of(event: LibraryCall) -> Loss | None:
    """Return the one loss that a model was compiled with, or that is called.

    None for several, for none, and for one of the program's.
    """
    if event.training is None:
        return _called(event) if DIRECT.match(event.name) else None
    value = event.training.settings.get("loss")
    return None if value is None else _loss(event, value)


def _called(event: LibraryCall) -> Loss | None:
    if event.receiver is not None and event.name.endswith(".__call__"):
        return _loss(event, event.receiver)
    name = _plain(event.name.rpartition(".")[2])
    if not name.endswith("crossentropy") and name not in ELEMENTWISE:
        return None
    given = event.argument(2, "from_logits")
    value = None if given is None else getattr(given.value, "value", None)
    return Loss(name, False if given is None else value if isinstance(value, bool) else None)


def _loss(event: LibraryCall, value: Value) -> Loss | None:
    if isinstance(value, Const) and isinstance(value.value, str):
        return Loss(_plain(value.value))
    if isinstance(value, Symbol):
        return Loss(_plain(value.name.rpartition(".")[2]))
    item = event.heap.get(value.address) if isinstance(value, Ref) else None
    if not isinstance(item, LibraryObject) or item.kind != "Loss":
        return None
    given = dict(item.kwargs).get("from_logits", item.args[0] if item.args else Const(False))
    known = given.value if isinstance(given, Const) and isinstance(given.value, bool) else None
    return Loss(
        _plain(item.symbol.rpartition(".")[2]), known if _plain(item.symbol).endswith("crossentropy") else False
    )


def _plain(name: str) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
    return _SHORT.get(snake, snake)


#: Calls of a loss or a metric by itself.
DIRECT = re.compile(
    r"(tf_)?keras\.losses\.|tensorflow\.nn\.\w*(cross_entropy|loss)\w*$|tensorflow\.(compat\.v1\.)?losses\.|"
    r"keras\.ops\.\w*crossentropy$|keras\.metrics\.\w+"
)


def labels_and_predictions(event: LibraryCall) -> tuple[TensorValue, TensorValue] | None:
    """Return the labels and the predictions that meet, where each is one tensor of known rank."""
    seen = event.training
    if seen is None:
        pair = arguments_of_a_loss(event) if DIRECT.match(event.name) else None
        y, predictions = (None, None) if pair is None else (pair[0][1], pair[1][1])
    else:
        y, predictions = seen.y, seen.predictions  # type: ignore[assignment]
    if not isinstance(y, TensorValue) or not isinstance(predictions, TensorValue):
        return None
    return (y, predictions) if y.shape is not None and predictions.shape else None


def arguments_of_a_loss(
    event: LibraryCall,
) -> tuple[tuple[Argument, TensorValue], tuple[Argument, TensorValue]] | None:
    """Return the labels and the predictions that a loss is called with."""
    found = tensors(event)
    by_name = {argument.keyword: (argument, value) for argument, value in found if argument.keyword is not None}
    for first, second in (("y_true", "y_pred"), ("labels", "logits"), ("target", "output")):
        if first in by_name and second in by_name:
            return by_name[first], by_name[second]
    return (found[0], found[1]) if len(found) >= 2 else None
