"""Objects of the libraries that are neither tensors nor Keras's: linear operators, tables, generators, queues.

They are kept by their recipe (`LibraryObject`): the call that gave them, with its arguments. A *rebuilt* one is made
anew in every scratch graph that asks it something, of stand-ins of those arguments, so that it may hold tensors that
are not known. What a recipe says is all there is to know of it, so that what its methods compute of known values is
known too. A *table* lives outside of graphs and is made once. The calls that change objects are not followed: of what
they change (random states, what is in a queue or in a mutable table) nothing is said but dtypes and shapes.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from ..values import DatasetValue, Heap, LibraryObject, Ref, TensorValue, TupleValue, Value
from ..values.fresh import FreshDict, FreshList, FreshObject, freeze
from . import symbols
from .query import Query
from .reify import Reifier
from .standins import CannotReifyError


@dataclass(frozen=True)
class Family:
    """Classes whose objects are kept in one way.

    bases: public names of classes; what derives from them belongs here too. life: as in `LibraryObject`. hidden: methods
    that are never asked. moves: whether its methods change it, so that nothing which they give is known. waits: whether
    a call of a method may wait for another thread: then none is made for real.
    """

    bases: tuple[str, ...]
    life: str = "rebuilt"
    hidden: str = ""
    moves: bool = False
    waits: bool = False

    def classes(self) -> tuple[type, ...]:
        """Return the classes that this version of the library has."""
        found = [symbols.resolve(base) for base in self.bases]
        return tuple(entry.object for entry in found if entry is not None and isinstance(entry.object, type))


_INITIALIZERS = (
    *(f"{kind}_initializer" for kind in ("zeros", "ones", "constant", "random_uniform", "random_normal")),
    *(f"compat.v1.{kind}_initializer" for kind in ("zeros", "ones", "constant", "random_uniform", "random_normal")),
    *(f"compat.v1.{kind}_initializer" for kind in ("truncated_normal", "variance_scaling", "orthogonal")),
    "compat.v1.uniform_unit_scaling_initializer",
)
_FEATURES = ("FixedLenFeature", "FixedLenSequenceFeature", "VarLenFeature", "SparseFeature", "RaggedFeature")
_PARTITIONS = ("RowSplits", "RowLengths", "RowStarts", "RowLimits", "ValueRowIds", "UniformRowLength")
_MESSAGES = ("Example", "SequenceExample", "Features", "Feature", "FeatureList", "FeatureLists")
_LISTS = ("BytesList", "FloatList", "Int64List")
_OF_DATA = "tensorflow.data.experimental.DatasetInitializer"
FAMILIES = (
    Family(
        (
            *(f"tensorflow.io.{name}" for name in _FEATURES),
            *(f"tensorflow.io.RaggedFeature.{name}" for name in _PARTITIONS),
        ),
        hidden=".*",
    ),
    # Messages that are changed afterwards are not followed (see `interpreter.examples`).
    Family(tuple(f"tensorflow.train.{name}" for name in (*_MESSAGES, *_LISTS)), hidden="(?!SerializeToString$).*"),
    Family(("tensorflow.linalg.LinearOperator",)),
    Family(tuple(f"tensorflow.{name}" for name in _INITIALIZERS), hidden="from_config"),
    Family(("tensorflow.random.Generator",), moves=True),
    Family(("tensorflow.lookup.KeyValueTensorInitializer", "tensorflow.lookup.TextFileInitializer"), hidden=".*"),
    Family((_OF_DATA,), hidden=".*"),
    Family(("tensorflow.lookup.StaticHashTable", "tensorflow.lookup.StaticVocabularyTable"), life="table"),
    Family(
        ("tensorflow.lookup.experimental.MutableHashTable", "tensorflow.lookup.experimental.DenseHashTable"),
        life="table",
        moves=True,
    ),
    Family(("tensorflow.queue.QueueBase",), moves=True, waits=True, hidden="from_list"),
    Family(
        (
            "numpy.random.Generator",
            "numpy.random.RandomState",
            "numpy.random.BitGenerator",
            "numpy.random.SeedSequence",
        ),
        moves=True,
        hidden="shuffle|bit_generator|get_state|set_state|seed|random_raw|tomaxint|cffi|ctypes|lock|capsule|state|spawn|jumped|advance",
    ),
    # What is static of a shape in a graph is not what eager code knows of it.
    Family(
        ("tensorflow.experimental.RowPartition", "tensorflow.experimental.DynamicRaggedShape"),
        hidden="static_.*|is_uniform",
    ),
)
_CLASSES = tuple((family, family.classes()) for family in FAMILIES)
#: Calls that give what another call makes just as well: the generator of the process has a state that nobody knows.
INSTEAD = {
    f"tensorflow.random.{home}get_global_generator": "tensorflow.random.Generator.from_non_deterministic_state"
    for home in ("", "experimental.")
}
#: Never asked of any object: what runs functions, or writes and reads elsewhere.
_HIDDEN = re.compile(r"_.*|with_name_scope|as_graph_def|.*saveable.*|get_config|from_config")


def family_of(made: Any) -> Family | None:
    """Return the family of an object of a library; None for any other object."""
    return next((family for family, classes in _CLASSES if isinstance(made, classes)), None)


def family_of_class(symbol: str) -> Family | None:
    """Return the family of the objects of a public class."""
    entry = symbols.resolve(symbol)
    if entry is None or not isinstance(entry.object, type):
        return None
    return next((family for family, classes in _CLASSES if issubclass(entry.object, classes)), None)


def reflected(made: Any, path: tuple[int, ...]) -> FreshObject | None:
    """Return the object that stands for one of a library, its recipe still to be filled in (`with_recipes`)."""
    family = family_of(made)
    if family is None:
        return None
    title = type(made).__name__
    item = LibraryObject(
        symbol=_public_name(type(made), family), kind=title, title=title, life=family.life, form="", path=path
    )
    return FreshObject(item=item)


def _public_name(cls: type, family: Family) -> str:
    homes = [*(base.rpartition(".")[0] for base in family.bases), *family.bases]
    names = [*(f"{home}.{part.__name__}" for part in cls.__mro__ for home in homes), *family.bases]
    for name in names:
        entry = symbols.resolve(name)
        if entry is not None and isinstance(entry.object, type) and issubclass(cls, entry.object):
            return entry.name
    return family.bases[0]


def with_recipes(value: Value, query: Query, heap: Heap, inner: dict[LibraryObject, int]) -> Value:
    """Return what a call gave, its objects with the recipe: this very call, and which part of its result they are.

    inner: the addresses of parts of other objects that were asked for before.
    """
    if isinstance(value, FreshObject) and isinstance(value.item, LibraryObject) and not value.item.form:
        args = tuple(freeze(arg, heap) for arg in query.args)
        kwargs = tuple((name, freeze(arg, heap)) for name, arg in query.kwargs)
        item = dataclasses.replace(value.item, form=query.form, maker=query.name, args=args, kwargs=kwargs)
        if item.life == "inner":
            address = inner.get(item)
            if address is None or not isinstance(heap.get(address), LibraryObject):
                address = inner[item] = heap.allocate(item)
            return Ref(address)
        return FreshObject(item=item)
    if isinstance(value, (TupleValue, FreshList)):
        return dataclasses.replace(value, items=tuple(with_recipes(item, query, heap, inner) for item in value.items))
    if isinstance(value, FreshDict):
        return FreshDict(tuple((key, with_recipes(part, query, heap, inner)) for key, part in value.items))
    return value


def rebuild(reifier: Reifier, item: LibraryObject) -> Any:
    """Follow a recipe with a reifier's stand-ins.

    Raises:
        CannotReifyError: it cannot be followed here; that says nothing of the program, where it has been.
    """
    if not item.form:
        raise CannotReifyError(f"how this {item.title} was made is not known")
    if item.symbol == _OF_DATA and reifier.style != "graph":
        reifier.guessed = True
        return _without_data(item)
    try:
        made = Query(item.form, item.maker, item.args, item.kwargs).prepare(reifier)()
        for step in item.path:
            made = made[step]
    except CannotReifyError:
        raise
    except Exception as error:
        raise CannotReifyError(f"{item.title} could not be made again") from error
    if isinstance(made, tf.lookup.TextFileInitializer) and reifier.style != "graph":
        reifier.guessed = True
        return _without_file(made)
    return made


def _without_file(initializer: Any) -> Any:
    """Return what fills a table with one entry, in place of what would read a file."""
    keys, values = (tf.zeros([1], dtype) for dtype in (initializer.key_dtype, initializer.value_dtype))
    return tf.lookup.KeyValueTensorInitializer(keys, values)


def _without_data(item: LibraryObject) -> Any:
    """Return what fills a table with one entry, in place of what would run through a data set."""
    given = [*item.args, *(value for _, value in item.kwargs)]
    element = given[0].element if given and isinstance(given[0], DatasetValue) else None
    if not isinstance(element, TupleValue) or not all(isinstance(part, TensorValue) for part in element.items):
        raise CannotReifyError("a table filled by a data set of other elements")
    key, value = (tf.zeros([1], part.dtype) for part in element.items if isinstance(part, TensorValue))
    return tf.lookup.KeyValueTensorInitializer(key, value)


def makes_table(query: Query) -> bool:
    """Say whether a call makes a table: that is done outside of graphs."""
    family = family_of_class(query.name) if query.form == "symbol" and ".lookup." in query.name else None
    return family is not None and family.life == "table"


def may_ask(item: LibraryObject, method: str) -> bool:
    """Say whether a method of such an object is asked."""
    family = family_of_class(item.symbol)
    return family is not None and not _HIDDEN.fullmatch(method) and not re.fullmatch(family.hidden or "-", method)


def is_lookup(query: Query, item: LibraryObject) -> bool:
    """Say whether a call looks something up in a table that changes: its shape is told by the table, not by a graph."""
    return query.mode == "eager" and item.life == "table" and moves(item) and query.name in ("lookup", "getitem")


def receiver_of(query: Query, heap: Heap) -> LibraryObject | None:
    """Return the object that a method is called on, where it is one of those here."""
    first = query.args[0] if query.form in ("object", "method", "attribute", "operator") and query.args else None
    item = heap.get(first.address) if isinstance(first, Ref) else None
    return item if isinstance(item, LibraryObject) and not item.of_keras else None


def moves(item: LibraryObject) -> bool:
    """Say whether the methods of an object change it, or draw from it."""
    family = family_of_class(item.symbol)
    return family is None or family.moves


def waits(item: LibraryObject) -> bool:
    """Say whether its methods may wait for what another thread does."""
    family = family_of_class(item.symbol)
    return family is None or family.waits
