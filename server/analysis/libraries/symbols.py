"""The public names of TensorFlow, Keras and NumPy, as the installed libraries export them.

A name is resolved by walking the modules that make up a library's public API, never by a bare `getattr` walk:
`keras.src.utils.progbar.os` is no public name, and `tf.matmul.__globals__` is none either. What static tools cannot
see (TensorFlow's lazy loaders hide Keras from them) is seen here, because the library itself is asked.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import types
from dataclasses import dataclass
from typing import Any

from ..values import Symbol

#: The packages that are asked. `tf_keras` is Keras 2 beside Keras 3.
LIBRARIES = ("tensorflow", "keras", "tf_keras", "numpy")
#: Folders whose __init__ files are nothing but lists of public names.
_API_FOLDERS = re.compile(
    r"/(tensorflow/_api/v\d|tensorflow/__init__|tensorflow/compat|keras/_tf_keras|keras/api"
    r"|(?:tf_)?keras/(?!src/)[a-z0-9_/]*__init__|numpy/(?!_core|core|f2py|distutils|testing|tests)[a-z_/]*__init__)"
)
#: `tf.newaxis` is None: absence needs a mark of its own.
_ABSENT: Any = object()
_NUMPY_MODULES = (
    "numpy",
    "numpy.char",
    "numpy.fft",
    "numpy.lib",
    "numpy.lib.scimath",
    "numpy.lib.stride_tricks",
    "numpy.linalg",
    "numpy.ma",
    "numpy.polynomial",
    "numpy.polynomial.chebyshev",
    "numpy.polynomial.hermite",
    "numpy.polynomial.hermite_e",
    "numpy.polynomial.laguerre",
    "numpy.polynomial.legendre",
    "numpy.polynomial.polynomial",
    "numpy.random",
    "numpy.strings",
)


@dataclass(frozen=True)
class Entry:
    """A public object: the name it goes by in this analysis, the object, and its kind."""

    name: str
    object: Any
    kind: str


def library_of(name: str) -> str | None:
    """Return the library a dotted module name belongs to, or None."""
    root = name.partition(".")[0]
    return root if root in LIBRARIES else None


@functools.cache
def resolve(name: str) -> Entry | None:
    """Return the public object of a dotted name (`tensorflow.keras.layers.Dense`), or None where there is none."""
    if library_of(name) is None:
        return None
    root, *parts = name.split(".")
    try:
        current: Any = importlib.import_module(root)
    except ImportError:
        return None
    for index, part in enumerate(parts):
        if part.startswith("_"):
            return None
        if isinstance(current, types.ModuleType):
            found = _member(current, part)
        elif inspect.isclass(current) and index == len(parts) - 1:
            # Methods and constants of a public class: tf.data.Dataset.from_tensor_slices, tf.RaggedTensor.from_rows.
            found = getattr(current, part, _ABSENT)
        else:
            return None
        if found is _ABSENT:
            return None
        current = found
    return Entry(_canonical(name, current), current, _kind(current))


def symbol(name: str) -> Symbol | None:
    """Return the value that stands for a public name, or None."""
    entry = resolve(name)
    return None if entry is None else Symbol(name=entry.name, kind=entry.kind)


def _member(module: types.ModuleType, name: str) -> Any:
    """Return a public member of a module of the public API."""
    try:
        found = getattr(module, name)
    except Exception:  # a lazy loader that cannot load: the name is as good as absent
        return _ABSENT
    if isinstance(found, types.ModuleType):
        if module.__name__.partition(".")[0] == "numpy":  # and not what a module of NumPy's has imported
            return found if f"{module.__name__}.{name}" in _NUMPY_MODULES else _ABSENT
        return found if _is_api_module(found) else _ABSENT
    if module.__name__.partition(".")[0] == "numpy":
        return found if name in _numpy_names(module) else _ABSENT
    return found


def _is_api_module(module: types.ModuleType) -> bool:
    # A lazy loader has no __file__ before it has loaded: ask for something first.
    try:
        dir(module)
    except Exception:  # what it would load is not installed (tf.compat.v1.layers without Keras 2)
        return False
    path = (getattr(module, "__file__", None) or "").replace("\\", "/")
    if module.__name__.partition(".")[0] == "numpy":
        return module.__name__ in _NUMPY_MODULES
    return _API_FOLDERS.search(path) is not None


@functools.cache
def _numpy_names(module: types.ModuleType) -> frozenset[str]:
    listed = set(getattr(module, "__all__", None) or (name for name in dir(module) if not name.startswith("_")))
    if module.__name__ == "numpy.lib.stride_tricks":
        listed |= {"as_strided", "sliding_window_view"}
    if module.__name__ == "numpy":
        listed |= {
            "pi",
            "e",
            "abs",
            "max",
            "min",
            "round",
            "inf",
            "nan",
            "newaxis",
            "bool_",
            "float_",
            "int_",
            "complex_",
            "bool",
            "Inf",
            "NaN",
        }
    return frozenset(listed)


def exported(item: Any) -> Symbol | None:
    """Return the public name of a function or class of Keras's, by the names that it was exported under."""
    own = getattr(item, "__dict__", {})
    names = own.get("_api_export_path") or own.get("_keras_api_names") or ()
    for name in [names] if isinstance(names, str) else names:
        entry = resolve(name)
        if entry is not None and entry.object is item:
            return Symbol(name=entry.name, kind=entry.kind)
    return None


def _kind(item: Any) -> str:
    if isinstance(item, types.ModuleType):
        return "module"
    if inspect.isclass(item):
        return "class"
    return "function" if callable(item) else "object"


def _canonical(name: str, item: Any) -> str:
    """Choose one name for an object that has several: Keras by its own, TensorFlow by the shortest."""
    last = name.rpartition(".")[2]
    if isinstance(item, types.ModuleType) or name.startswith("tf_keras."):
        return name
    own = getattr(item, "__dict__", {}).get("_api_export_path") or getattr(item, "__dict__", {}).get("_keras_api_names")
    if own:
        names = [own] if isinstance(own, str) else list(own)
        names = [path for path in names if "._legacy." not in path]  # no module of that name can be imported
        losses = [path for path in names if ".losses." in path]
        if names:
            return str((losses or names)[0])
    if name.startswith("numpy.") and _is(f"numpy.{last}", item):
        return f"numpy.{last}"  # NumPy 1 has most of its functions in numpy.lib too
    if name.startswith("tensorflow."):
        # tf.keras.X, and tf.losses, tf.metrics, … which are Keras's too.
        rest = name.removeprefix("tensorflow.")
        if "." in rest and _is(f"keras.{rest.removeprefix('keras.')}", item):
            return f"keras.{rest.removeprefix('keras.')}"
        return _canonical_tensorflow(name, last, item)
    return name


def _canonical_tensorflow(name: str, last: str, item: Any) -> str:
    if _is(f"tensorflow.{last}", item):
        return f"tensorflow.{last}"
    for version in ("compat.v1", "compat.v2"):
        prefix = f"tensorflow.{version}."
        if name.startswith(prefix):
            newer = f"tensorflow.{name.removeprefix(prefix)}"
            if _is(newer, item):
                return _canonical(newer, item)
            return f"{prefix}{last}" if _is(f"{prefix}{last}", item) else name
    return name


def _is(name: str, item: Any) -> bool:
    """Say whether a dotted name is another name of an object; nothing but modules of the public API is looked into."""
    root, *parts = name.split(".")
    try:
        current: Any = importlib.import_module(root)
    except ImportError:
        return False
    for part in parts[:-1]:
        if not isinstance(current, types.ModuleType) or part.startswith("_"):
            return False
        current = _member(current, part)
    return isinstance(current, types.ModuleType) and _member(current, parts[-1]) is item
