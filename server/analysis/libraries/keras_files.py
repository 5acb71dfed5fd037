"""Keras without files: a pretrained model is the same model whose weights are not fetched.

`keras.applications.X(weights="imagenet")` checks its arguments, builds the model, downloads a file and loads it. The
last two steps are left out (Keras 3: `utils.file_utils.get_file`, Keras 2: `utils.data_utils.get_file`), so that every
check stays Keras's own and the shapes are those of the real thing.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Iterator
from typing import Any

from . import symbols
from .keras_hooks import keras, keras_major

#: What `weights` may be without a file being looked for.
_KNOWN_WEIGHTS = (None, "imagenet")


@contextlib.contextmanager
def without_files() -> Iterator[None]:
    """Let applications of Keras be built in this block without a download."""
    if keras is None:
        yield
        return
    home: Any = importlib.import_module(f"keras.src.utils.{'file_utils' if keras_major() >= 3 else 'data_utils'}")
    fetch, load = home.get_file, keras.Model.load_weights
    home.get_file, keras.Model.load_weights = _no_file, _no_weights
    try:
        yield
    finally:
        home.get_file, keras.Model.load_weights = fetch, load


def _no_file(*_args: Any, **_kwargs: Any) -> str:
    return ""


def _no_weights(*_args: Any, **_kwargs: Any) -> None:
    """Leave the weights as they are initialised: nothing is said of their values."""


def weights_argument(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a call of an application gives as `weights`, or its default."""
    entry = symbols.resolve(name)
    if entry is None:
        return "imagenet"
    parameters = list(inspect.signature(entry.object).parameters.values())
    names = [parameter.name for parameter in parameters]
    if "weights" not in names:
        return None
    if "weights" in kwargs:
        return kwargs["weights"]
    place = names.index("weights")
    return args[place] if place < len(args) else parameters[place].default


def fetches_nothing(weights: Any) -> bool:
    """Say whether `weights` names no file of its own."""
    return weights in _KNOWN_WEIGHTS
