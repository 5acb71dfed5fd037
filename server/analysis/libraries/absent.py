"""Names that the installed libraries do not have, and what TensorFlow and NumPy say of where they went.

Whether a name is there is asked of the real module, private names and lazy loaders included: that something is not
public is no reason for an error. A name that an import somewhere may still add (a submodule on the disk) is not
absent.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import re
import sys
import types
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from . import symbols
from .outcome import Refused, refusal

_V1 = "tensorflow.compat.v1"


def absence(module: str, name: str) -> Refused | None:
    """Return what reading `module.name` raises; None where it raises nothing, or that is not certain."""
    if name.startswith("_") or symbols.library_of(module) is None:
        return None
    owner = _object(module)
    if not isinstance(owner, types.ModuleType):
        return None
    error = _read_error(owner, name)
    if error is None or any(_findable(f"{root}.{name}") for root in {module, owner.__name__}):
        return None
    return refusal(error)


def import_failure(module: str) -> Refused | None:
    """Return what `import module` raises; None where it raises nothing, or that is not certain."""
    if symbols.library_of(module) is None or "._" in module or _object(module.partition(".")[0]) is None:
        return None
    if _findable(module):
        return None
    parts = module.split(".")
    missing = next(".".join(parts[:i]) for i in range(1, len(parts) + 1) if not _findable(".".join(parts[:i])))
    return refusal(ModuleNotFoundError(f"No module named '{missing}'", name=missing))


def name_failure(module: str, name: str) -> Refused | None:
    """Return what `from module import name` raises, where the module itself can be imported."""
    refused = absence(module, name)
    if refused is None:
        return None
    owner = _object(module)
    return refusal(ImportError(f"cannot import name '{name}' from '{getattr(owner, '__name__', module)}'"))


def unloadable(name: str) -> bool:
    """Say whether a name is a module that is there and cannot be listed: a loader of what is not installed."""
    found = _object(name)
    if not isinstance(found, types.ModuleType):
        return False
    try:
        dir(found)
    except Exception:  # `tf.compat.v1.layers` without Keras 2
        return True
    return False


def compatible(name: str) -> str | None:
    """Return where TensorFlow 2 keeps a name of TensorFlow 1: under `compat.v1`; None where it does not."""
    root, _, rest = name.partition(".")
    if root != "tensorflow" or name.startswith(_V1):
        return None
    kept = f"{_V1}.{rest}"
    return kept if reaches(kept) else None


def renamed(name: str) -> str | None:
    """Return what TensorFlow's own table of renames says a name is called now, if it can be called the same way.

    The table ships with the installed TensorFlow (tensorflow/tools/compatibility/all_renames_v2.py). Some of its names
    take other arguments: only the very same object under another name is taken.
    """
    target = _renames().get(name.replace("tensorflow.", "tf.", 1))
    if target is None or target.startswith("tf.compat.v1."):
        return None
    now = target.replace("tf.", "tensorflow.", 1)
    old = _object(name.replace("tensorflow.", f"{_V1}.", 1))
    return now if old is not None and _object(now) is old else None


def numpy_successor(name: str) -> str | None:
    """Return what NumPy says is to be used in place of a name: a builtin, or a name of NumPy's; None where it does not.

    NumPy keeps lists of what it dropped: `__former_attrs__`, aliases of builtins, and `__expired_attributes__`.
    """
    numpy = importlib.import_module("numpy")
    module, _, last = name.rpartition(".")
    if module != "numpy":
        return None
    if last in getattr(numpy, "__former_attrs__", ()) and inspect.isclass(getattr(builtins, last, None)):
        return last
    said = getattr(numpy, "__expired_attributes__", {}).get(last, "")
    found = re.search(r"[Uu]se `(?:np|numpy)\.([\w.]+?)`", said if isinstance(said, str) else "")
    return f"numpy.{found[1]}" if found and reaches(f"numpy.{found[1]}") else None


def shortened(name: str, absent: str) -> str | None:
    """Return a name of Keras without the module that is gone (`keras.utils.np_utils.to_categorical`), if that is one."""
    parts, start = name.split("."), absent.count(".")
    if parts[0] not in ("keras", "tf_keras") and parts[:2] != ["tensorflow", "keras"]:
        return None
    for after in range(start + 1, len(parts)):
        shorter = ".".join([*parts[:start], *parts[after:]])
        if symbols.resolve(shorter) is not None:
            return shorter
    return None


def version(module: str) -> str | None:
    """Return a library's version."""
    found = getattr(_object(module.partition(".")[0]), "__version__", None)
    return found if isinstance(found, str) else None


def reaches(name: str) -> bool:
    """Say whether a dotted name can be read, as far as it leads through modules and classes."""
    return _object(name) is not None


@functools.cache
def _object(name: str) -> Any:
    """Return what a dotted name stands for; None where it cannot be read. What is no module or class ends the walk."""
    root, *parts = name.split(".")
    try:
        current: Any = importlib.import_module(root)
    except Exception:  # not installed, or broken
        return None
    for part in parts:
        if not isinstance(current, types.ModuleType) and not inspect.isclass(current):
            return current
        if part.startswith("_") or _read_error(current, part) is not None:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            current = getattr(current, part)
    return current


def _read_error(owner: Any, name: str) -> AttributeError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            getattr(owner, name)
        except AttributeError as error:
            return error
        except Exception:  # a lazy loader that cannot load: something else is wrong than the name
            return None
    return None


@functools.cache
def _findable(name: str) -> bool:
    """Say whether a module is loaded or could be found, without importing anything for the question."""
    root, *parts = name.split(".")
    path: Any = getattr(_object(root), "__path__", None)
    for index, part in enumerate(parts):
        if path is None:
            return False
        root = f"{root}.{part}"
        if root in sys.modules:
            path = getattr(sys.modules[root], "__path__", None)
            continue
        spec = _spec(root, list(path))
        if spec is None:
            return False
        path = spec.submodule_search_locations
        if path is None and index < len(parts) - 1:
            return False
    return True


def _spec(name: str, path: Sequence[str]) -> Any:
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec = find(name, path) if find is not None else None
        if spec is not None:
            return spec
    return None


@functools.cache
def _renames() -> Mapping[str, str]:
    try:
        table = importlib.import_module("tensorflow.tools.compatibility.all_renames_v2")
    except Exception:  # the table is a courtesy
        return {}
    return dict(getattr(table, "symbol_renames", {}))
