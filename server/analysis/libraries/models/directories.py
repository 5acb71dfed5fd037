"""`*_dataset_from_directory`: the library itself makes the data set, of a folder that is made up.

Keras lists the files first and reads them where elements are drawn. With its listing replaced, what it does with every
other argument is its own doing: the spec of the elements, and what it refuses. Nothing is opened.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from .. import symbols
from ..classification import modelled
from ..keras_hooks import keras_major
from ..query import asks
from ..standins import CannotReifyError

#: Enough files for any part of them to be some.
FILES = 1_000
#: How many classes a folder has of which nobody knows it; labels of one bit need two.
CLASSES = 2
NAMES = ("image_dataset_from_directory", "text_dataset_from_directory", "audio_dataset_from_directory")

modelled.register(
    *(f"{keras}.utils.{name}" for keras in ("keras", "tf_keras") for name in NAMES),
    *(f"{keras}.preprocessing.{name}" for keras in ("keras", "tf_keras") for name in NAMES[:2]),
    by="made by Keras of a listing that is made up; no file is opened",
    asks="symbolic",
)


@asks("dataset.from_directory")
def _from_directory(detail: Any) -> Callable[..., Any]:
    """Ask `detail`, a public name, with the listing of a folder replaced."""
    name = str(detail)

    def call(*args: Any, **kwargs: Any) -> Any:
        entry = symbols.resolve(name)
        if entry is None:
            raise CannotReifyError(f"{name} is not installed")
        with tf.init_scope(), _listing(entry.object.__module__), contextlib.redirect_stdout(io.StringIO()):
            return entry.object(*args, **kwargs)

    return call


@contextlib.contextmanager
def _listing(module: str) -> Iterator[None]:
    """Let the listing of a folder give files that are not there."""
    utils: Any = importlib.import_module(f"{module.rpartition('.')[0]}.dataset_utils")
    listed = utils.index_directory
    utils.index_directory = _listed
    try:
        yield
    finally:
        utils.index_directory = listed


def _listed(directory: Any, labels: Any, formats: Any, class_names: Any = None, **_options: Any) -> Any:
    """Return paths, labels and names of classes, as `dataset_utils.index_directory` does."""
    if labels == "inferred":
        names = list(class_names) if class_names is not None else [str(number) for number in range(CLASSES)]
        return _paths(FILES), np.zeros((FILES,), "int32"), names
    if class_names is not None:
        raise CannotReifyError("names of classes beside labels")
    if labels is None:
        return _paths(FILES), None, None if keras_major() >= 3 else [""]
    return _paths(len(labels)), labels, [str(label) for label in sorted(set(labels))]


def _paths(count: int) -> Sequence[str]:
    return [f"{number}.file" for number in range(count)]
