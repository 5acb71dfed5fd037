"""Stands in for the downloads of `keras.datasets`: files of the true names, dtypes and shapes, filled with zeros.

What `load_data` makes of them is Keras's own doing. Read by path in the process that runs programs; nothing is imported here
before it is needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

_ARRAYS: dict[str, dict[str, tuple[tuple[int, ...], str]]] = {
    "mnist.npz": {
        "x_train": ((60_000, 28, 28), "uint8"),
        "y_train": ((60_000,), "uint8"),
        "x_test": ((10_000, 28, 28), "uint8"),
        "y_test": ((10_000,), "uint8"),
    },
    "boston_housing.npz": {"x": ((506, 13), "float64"), "y": ((506,), "float64")},
    "california_housing.npz": {"x": ((20_640, 8), "float32"), "y": ((20_640,), "float32")},
}
#: Texts: how many, of how many words each.
_TEXTS = {
    "imdb.npz": {"x_train": 25_000, "y_train": 25_000, "x_test": 25_000, "y_test": 25_000},
    "reuters.npz": {"x": 11_228, "y": 11_228},
}


def install() -> None:
    """Put files of zeros in the place of downloads, in every module of `keras.datasets` that is loaded."""
    for name, module in list(sys.modules.items()):
        if name.startswith("keras.src.datasets.") and hasattr(module, "get_file"):
            module.get_file = _get_file
            if hasattr(module, "load_batch"):
                module.load_batch = _load_batch


def _get_file(fname: Any = None, origin: str = "", **_options: Any) -> str:
    """Write the file that would be downloaded, and return its path."""
    import numpy as np

    folder = tempfile.mkdtemp(dir=os.getcwd())
    path = os.path.join(folder, os.path.basename(str(fname)))
    name = os.path.basename(origin)
    if name in _ARRAYS:
        np.savez(path, **{key: np.zeros(shape, dtype) for key, (shape, dtype) in _ARRAYS[name].items()})
    elif name in _TEXTS:
        np.savez(
            path, **{key: _texts(count) if key[0] == "x" else _labels(count) for key, count in _TEXTS[name].items()}
        )
    elif "ubyte" in name:
        _write_bytes(path, name)
    elif name.endswith("_word_index.json"):
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"the": 1, "a": 2}')
    return path


def _texts(count: int) -> Any:
    """Return an array of lists of unlike lengths."""
    import numpy as np

    made = np.empty(count, object)
    made[:] = [[1, 2, 3] + [4] * (number % 90) for number in range(count)]
    return made


def _labels(count: int) -> Any:
    import numpy as np

    return np.zeros(count, "int64")


def _write_bytes(path: str, name: str) -> None:
    """Write the compressed images or labels of Fashion-MNIST, behind their headers."""
    import gzip

    count = 60_000 if name.startswith("train") else 10_000
    size = 16 + count * 28 * 28 if "images" in name else 8 + count
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(bytes(size))


def _load_batch(path: str, label_key: str = "labels") -> tuple[Any, Any]:
    """Return what Keras reads from a file of CIFAR: pixels in an array, labels in a list."""
    import numpy as np

    count = 50_000 if os.path.basename(path) == "train" else 10_000
    return np.zeros((count, 3, 32, 32), "uint8"), [0] * count
