"""The heap: address → object, for whatever can change or is told apart by identity.

Objects are immutable; a mutation puts a new object at the address. A branch works on a copy of the map
(`Heap.fork`, one dict copy) and a join compares by identity first, so what no branch touched costs next to nothing.
Scopes are heap objects too: closures, modules and branches then need no mechanism of their own.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from .base import Const, Ref, TupleValue, Union, Unknown, Value
from .callables import BoundMethod, FunctionValue, Partial, SuperValue
from .dims import Dim
from .extent import WHY, holds_too_much, too_large
from .tensors import ANYWHERE, TensorValue

#: Calls that have changed an object, each as (method name, args, kwargs).
History = tuple[tuple[str, tuple[Value, ...], tuple[tuple[str, Value], ...]], ...]


@dataclass(frozen=True, slots=True)
class HeapObject:
    """Something at an address."""


@dataclass(frozen=True, slots=True)
class ScopeObject(HeapObject):
    """The variables of a module or of one call of a function; `parent` is the enclosing scope's address."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class ListObject(HeapObject):
    """A list: its items, or, where the length is not known, what any item may be.

    name: `list`, or what else is iterated over in the same way: `range`, `zip`, `dict_items` and so on.
    size: how many items there are, where they are not known themselves.
    """

    items: tuple[Value, ...] | None = ()
    element: Value = field(default_factory=Unknown)
    name: str = "list"
    size: int | Dim | None = None


@dataclass(frozen=True, slots=True)
class SetObject(HeapObject):
    """A set, as the items that were put in; None where they are not all known."""

    items: tuple[Value, ...] | None = ()


@dataclass(frozen=True, slots=True)
class FrozenSetObject(SetObject):
    """A frozenset."""


@dataclass(frozen=True, slots=True)
class DictObject(HeapObject):
    """A dict in insertion order; None where the keys are not all known."""

    items: tuple[tuple[Value, Value], ...] | None = ()


@dataclass(frozen=True, slots=True)
class ClassObject(HeapObject):
    """A class of the program: its bases (classes of the program, of a library, or unknown) and its attributes.

    flavour: what makes its instances, where that is not `__init__`: `dataclass`, `enum`, `namedtuple`, or nothing.
    node, unit: the tree of its definition and the source that it stands in (opaque here).
    """

    name: str = "object"
    bases: tuple[Value, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    flavour: str = ""
    node: ast.ClassDef | None = field(default=None, compare=False, repr=False)
    unit: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class InstanceObject(HeapObject):
    """An object of which the attributes are known: `class_name` for people, `attributes` by name.

    cls: the class of the program that it is an instance of. library: the public name of the library class that it
    inherits from (`keras.layers.Layer`). shadow: the address of a plain object of that class, which is asked for all
    that the program's class does not define. lost: the attributes may be more and others than these.
    maybe: attributes that only some of the paths so far have set.
    """

    class_name: str = "object"
    attributes: Mapping[str, Value] = field(default_factory=dict)
    cls: Value | None = None
    library: str = ""
    shadow: int | None = None
    lost: bool = False
    maybe: frozenset[str] = frozenset()

    @property
    def made_here(self) -> str:
        """The name of a class of the libraries that the analysis follows by itself; empty for the program's own classes."""
        return self.class_name if self.cls is None else ""


@dataclass(frozen=True, slots=True)
class LibraryObject(HeapObject):
    """A layer, model, loss or other stateful object of a library, by the recipe that makes it again.

    symbol: public name of its class. kind: Layer, Model, Loss, Metric, Optimizer or the class's name.
    args, kwargs: what it was constructed with. history: the calls since then that changed it, each as
    (method name, args, kwargs). others: the histories that it has on other paths instead, where it was called, and so
    built, there alone or in another way; None where these are too many.
    life: `kept` alive between calls; `inner`, a part of another object that is; `rebuilt` from its recipe wherever it is asked something; a `table` that is made
    once. title: the name of its very class. form, maker, path: the call that gave it (as in
    `libraries.query.Query`) where that was not the constructor, and which part of the result it was.
    """

    symbol: str = ""
    kind: str = "object"
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    history: History = ()
    others: frozenset[History] | None = frozenset()
    life: str = "kept"
    title: str = ""
    form: str = "symbol"
    maker: str = ""
    path: tuple[int, ...] = ()

    @property
    def of_keras(self) -> bool:
        """Say whether it is an object of Keras that stays alive between calls, or a part of one."""
        return self.life in ("kept", "inner")

    @property
    def unsure(self) -> bool:
        """Say whether it may have been built in another way than its history says."""
        return self.others is None or bool(self.others)


@dataclass(frozen=True, slots=True)
class StorageObject(HeapObject):
    """Memory that arrays share: its version goes up with every write, and what was read before no longer holds."""

    version: int = 0


@dataclass(frozen=True, slots=True)
class UnknownObject(HeapObject):
    """An object that was handed to code nobody could follow."""

    reason: str = "passed to something that is not understood"


class Heap:
    """The state of the interpreted program.

    parent: the heap that this one was forked from. base: stands for the state of the parent at that moment. touched: the
    addresses written since. A join of heaps with a common base looks at nothing else. mark: stands for the present
    state, until the next write.
    """

    __slots__ = ("base", "mark", "objects", "parent", "touched", "writes")

    _addresses = itertools.count(1)
    _versions = itertools.count(1)

    def __init__(self, objects: dict[int, HeapObject] | None = None) -> None:
        self.objects: dict[int, HeapObject] = {} if objects is None else objects
        self.parent: Heap | None = None
        self.base: object = None
        self.mark: object = None
        self.touched: set[int] = set()
        #: How often it was written: what was read from it holds as long as this stays.
        self.writes = 0

    def fork(self) -> Heap:
        """Return a copy for a branch to work on."""
        child = Heap(dict(self.objects))
        if self.mark is None:
            self.mark = object()
        child.parent, child.base = self, self.mark
        return child

    def snapshot(self) -> Heap:
        """Return a copy that stands beside this heap: of the same parent, with the same writes."""
        copy = Heap(dict(self.objects))
        copy.parent, copy.base, copy.touched = self.parent, self.base, set(self.touched)
        return copy

    def become(self, other: Heap) -> None:
        """Take over the state of another heap; who holds on to this one sees it."""
        if other is self:
            return
        changed = {address for address, item in other.objects.items() if self.objects.get(address) is not item}
        changed |= self.objects.keys() - other.objects.keys()
        self.objects = other.objects
        self.touched |= changed
        self.mark = None
        self.writes += 1

    def discard(self, address: int) -> None:
        """Forget an object that nothing can reach any more."""
        self.objects.pop(address, None)
        self.touched.add(address)
        self.mark = None
        self.writes += 1

    def allocate(self, item: HeapObject) -> int:
        """Put an object at a fresh address."""
        address = next(Heap._addresses)
        self.put(address, item)
        return address

    def get(self, address: int) -> HeapObject:
        """Return the object at an address."""
        return self.objects.get(address) or UnknownObject("created on another path")

    def put(self, address: int, item: HeapObject) -> None:
        """Replace the object at an address; a container that nobody could walk is not kept."""
        if isinstance(item, (ListObject, SetObject, DictObject)) and holds_too_much(item.items, self):
            item = UnknownObject(WHY)
        self.objects[address] = item
        self.touched.add(address)
        self.mark = None
        self.writes += 1

    # Scopes -------------------------------------------------------------------------------------------------

    def bind(self, scope: int, name: str, value: Value) -> None:
        """Bind a name in a scope."""
        item = self.get(scope)
        if isinstance(value, TupleValue) and too_large(value, self):
            value = Unknown(WHY)
        if isinstance(item, ScopeObject):
            self.put(scope, ScopeObject({**item.variables, name: value}, item.parent))

    def unbind(self, scope: int, name: str) -> None:
        """Take a name out of a scope."""
        item = self.get(scope)
        if isinstance(item, ScopeObject):
            rest = {key: value for key, value in item.variables.items() if key != name}
            self.put(scope, ScopeObject(rest, item.parent))

    def lookup(self, scope: int | None, name: str) -> tuple[int, Value] | None:
        """Find a name in a scope and those around it: the scope that has it, and its value."""
        while scope is not None:
            item = self.get(scope)
            if not isinstance(item, ScopeObject):
                return None
            if name in item.variables:
                return scope, item.variables[name]
            scope = item.parent
        return None

    # Storage ------------------------------------------------------------------------------------------------

    def new_storage(self) -> tuple[int, int]:
        """Allocate memory for a fresh array: (address, version)."""
        return self.allocate(StorageObject(0)), 0

    def written(self, storage: int | None) -> None:
        """Note a write: contents read from this memory before no longer hold, for whoever has a view of it."""
        if storage == ANYWHERE:
            for address, item in list(self.objects.items()):
                if isinstance(item, StorageObject):
                    self.put(address, StorageObject(next(Heap._versions)))
        elif storage is not None:
            self.put(storage, StorageObject(next(Heap._versions)))

    def reshaped(self, storage: int | None) -> None:
        """Give up on the arrays that share memory: one of them has got another shape or dtype, by any of its names."""
        if storage is None:
            return

        def forget(value: Value) -> Value:
            if not isinstance(value, TensorValue) or value.storage is None:
                pass
            elif value.storage == storage or ANYWHERE in (value.storage, storage):
                return Unknown("its shape or dtype was set")
            if isinstance(value, TupleValue) and any(forget(item) is not item for item in value.items):
                return dataclasses.replace(value, items=tuple(forget(item) for item in value.items))
            return value

        for address, item in list(self.objects.items()):
            if isinstance(item, ScopeObject):
                changed: Mapping[str, Value] = {name: forget(value) for name, value in item.variables.items()}
                if any(changed[name] is not value for name, value in item.variables.items()):
                    self.put(address, ScopeObject(changed, item.parent))
            elif any(forget(value) is not value for value in inner_values(item)):
                self.put(address, UnknownObject("holds an array whose shape or dtype was set"))

    def settled(self, value: TensorValue) -> TensorValue:
        """Return an array with its content only where the memory has not been written since."""
        if value.storage is None or (value.content is None and value.sizes is None and value.interval is None):
            return value
        item = self.get(value.storage)
        if isinstance(item, StorageObject) and item.version == value.version:
            return value
        return dataclasses.replace(value, content=None, sizes=None, interval=None)

    # Escape -------------------------------------------------------------------------------------------------

    def escape(self, values: Iterable[Value], reason: str) -> None:
        """Forget all that code which cannot be followed may change through `values`."""
        todo, seen = list(values), set[object]()
        while todo:
            value = todo.pop()
            if isinstance(value, Union):
                todo += value.options
            elif isinstance(value, TupleValue):
                todo += value.items
            elif isinstance(value, TensorValue):
                self.written(value.storage)
            elif isinstance(value, (BoundMethod, SuperValue)):
                todo.append(value.receiver)
            elif isinstance(value, Partial):
                todo += [value.function, *value.args, *(argument for _, argument in value.kwargs)]
            elif isinstance(value, FunctionValue) and value not in seen:
                seen.add(value)
                todo += self._captured(value)
            elif isinstance(value, Ref) and ("address", value.address) not in seen:
                seen.add(("address", value.address))
                item = self.get(value.address)
                todo += inner_values(item)
                # A layer or a model handed around keeps what it is made of, a class too; containers and instances may not.
                if not isinstance(item, (LibraryObject, ClassObject)):
                    self.put(value.address, UnknownObject(reason))

    def _captured(self, function: FunctionValue) -> list[Value]:
        """Return what a function may change when somebody calls it; names that it rebinds are unknown from here."""
        out = [*function.defaults, *(value for _, value in function.keyword_defaults)]
        if function.receiver is not None:
            out.append(function.receiver)
        if function.node is None:
            return out
        names, rebound = _names_in(function.node)
        for name in names:
            found = self.lookup(function.scope, name)
            if found is not None:
                out.append(found[1])
        for name in rebound:
            found = self.lookup(function.scope, name)
            if found is not None:
                self.bind(found[0], name, Unknown("rebound by a function that is called elsewhere"))
        return out


def _names_in(node: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names in a function, and those that it declares global or nonlocal; kept with the tree."""
    kept: tuple[frozenset[str], frozenset[str]] | None = node.__dict__.get("_names_in")
    if kept is None:
        parts = list(ast.walk(node))
        names = frozenset(part.id for part in parts if isinstance(part, ast.Name))
        declared = [part for part in parts if isinstance(part, (ast.Global, ast.Nonlocal))]
        kept = node.__dict__["_names_in"] = (names, frozenset(name for part in declared for name in part.names))
    return kept


def python_key(value: Value) -> Hashable:
    """Return what tells keys of dicts and items of sets apart: to Python 1, True and 1.0 are one key."""
    if isinstance(value, Const):
        return ("constant", value.value)
    if isinstance(value, TupleValue):
        return ("tuple", *(python_key(item) for item in value.items))
    if isinstance(value, TensorValue) and value.node is not None:
        return ("node", value.node)
    return value


def dict_items(pairs: Iterable[tuple[Value, Value]]) -> tuple[tuple[Value, Value], ...]:
    """Return the items of a dict into which pairs are put in order: a key that comes again keeps its first form."""
    out: dict[Hashable, tuple[Value, Value]] = {}
    for key, value in pairs:
        name = python_key(key)
        out[name] = (out[name][0] if name in out else key, value)
    return tuple(out.values())


def inner_values(item: HeapObject) -> list[Value]:
    """Return the values that an object holds."""
    if isinstance(item, ListObject):
        return [item.element] if item.items is None else list(item.items)
    if isinstance(item, SetObject):
        return list(item.items or ())
    if isinstance(item, DictObject):
        return [part for pair in item.items or () for part in pair]
    if isinstance(item, InstanceObject):
        return list(item.attributes.values())
    held = getattr(item, "items", None)
    if isinstance(held, tuple):  # a TensorArray
        return [part for part in held if isinstance(part, Value)]
    # Iterators hold what they draw from, other objects of the standard library what they were given.
    given = [*getattr(item, "kwargs", ()), *getattr(item, "fields", ())]
    return [*getattr(item, "args", ()), *(value for _, value in given)]
