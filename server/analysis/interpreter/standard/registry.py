"""The registry: which modules of the standard library are known, and what their functions do.

The real modules are imported to see what a name is; nothing in them is run but pure functions on constants.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...libraries.query import Kwargs
from ...values import Const, Symbol, Value
from ...values.standard import StandardObject
from ..core import Frame, Interpreter

#: Modules whose import has no effect.
_MODULE_NAMES = """
    abc argparse array ast asyncio base64 bisect codecs collections collections.abc concurrent
    concurrent.futures contextlib copy csv ctypes dataclasses datetime
    decimal enum errno fnmatch fractions functools gc getpass glob gzip hashlib heapq html importlib inspect io
    itertools json locale logging math multiprocessing numbers operator os os.path pathlib pickle platform pprint queue
    random re shlex shutil signal socket statistics string struct subprocess sys tarfile tempfile textwrap threading
    time timeit traceback types typing unicodedata unittest unittest.mock urllib urllib.parse urllib.request uuid
    warnings weakref zipfile
"""
MODULES = frozenset(_MODULE_NAMES.split())
#: Where the heap keeps which names the program has replaced.
REPLACED = -2
_ROOTS = frozenset(name.partition(".")[0] for name in MODULES)
#: Constants that are the same in every run.
_CONSTANTS = frozenset(["math", "string"])
_FOLDED_NAMES = (
    "os.sep os.linesep os.curdir os.pardir os.extsep os.pathsep os.path.sep os.path.extsep sys.maxsize sys.byteorder"
    " sys.maxunicode sys.float_info.epsilon"
)
_FOLDED = frozenset(_FOLDED_NAMES.split())


@dataclass(frozen=True)
class StandardCall:
    """One call of a name of the standard library."""

    interp: Interpreter
    frame: Frame
    name: str
    args: tuple[Value, ...]
    kwargs: Kwargs
    node: ast.AST | None

    def get(self, index: int, name: str) -> Value | None:
        """Return an argument by its position or its name."""
        return self.args[index] if len(self.args) > index >= 0 else dict(self.kwargs).get(name)


Model = Callable[[StandardCall], "Value | None"]
TABLE: dict[str, Model] = {}


def models(*names: str) -> Callable[[Model], Model]:
    """Register what functions and classes do, by their public names; `math.*` stands for all of a module."""

    def register(function: Model) -> Model:
        for name in names:
            TABLE[name] = function
        return function

    return register


def owns(name: str) -> bool:
    """Say whether a public name is one of the standard library."""
    return name.partition(".")[0] in _ROOTS


def replaced(interp: Interpreter, name: str) -> bool:
    """Say whether the program may have put something else in the place of a name."""
    item = interp.heap.objects.get(REPLACED)
    return item is not None and (not isinstance(item, StandardObject) or name in dict(item.fields))


def replace(interp: Interpreter, name: str, value: Value) -> None:
    """Note that the program sets a name in a module of the standard library."""
    item = interp.heap.objects.get(REPLACED)
    before = item.fields if isinstance(item, StandardObject) else ()
    if item is None or isinstance(item, StandardObject):
        interp.heap.put(REPLACED, StandardObject("replaced", (*before, (name, Const(None)))))
    interp.heap.escape([value], f"put in the place of {name}")


def module_symbol(dotted: str) -> Symbol | None:
    """Return the value of a module of the registry."""
    return Symbol(name=dotted, kind="module") if dotted in MODULES else None


@functools.cache
def find(name: str) -> tuple[bool, Any]:
    """Return whether there is a public object of this name, and the object."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        root = ".".join(parts[:count])
        if root not in MODULES:
            continue
        try:
            item: Any = importlib.import_module(root)
            for part in parts[count:]:
                if not inspect.ismodule(item):
                    # What is computed when it is read may do anything: `ctypes.cdll.name` loads that library.
                    inspect.getattr_static(item, part)
                item = getattr(item, part)
        except (ImportError, AttributeError):
            return False, None
        return True, item
    return False, None


def member_symbol(name: str) -> Value | None:
    """Return the value of a name in a module; None where there is none."""
    there, item = find(name)
    if not there:
        return None
    if inspect.ismodule(item):
        return module_symbol(name) or Symbol(name=name, kind="object")
    if (name in _FOLDED or name.partition(".")[0] in _CONSTANTS) and isinstance(item, (int, float, str)):
        return Const(item)
    kind = "class" if inspect.isclass(item) else "function" if callable(item) else "object"
    return Symbol(name=_ALIASES.get(name, name), kind=kind)


#: One object, one name.
_ALIASES = {"collections.abc.Callable": "typing.Callable", "os.getenv": "os.environ.get"}


def public_names(module: str) -> list[str]:
    """Return what a star import of a module binds."""
    there, item = find(module)
    if not there:
        return []
    names = getattr(item, "__all__", None)
    return list(names) if names is not None else [name for name in dir(item) if not name.startswith("_")]
