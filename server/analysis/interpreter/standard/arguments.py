"""`argparse`, and loggers: objects that are built by calls and say little of their own.

A command line may change every value that a parser gives: of an argument only its type is claimed, unless the list
that is parsed is empty and stands in the program.
"""

from __future__ import annotations

import dataclasses

from ...values import Builtin, Const, ListObject, Ref, Scalar, Symbol, TupleValue, Unknown, Value
from ...values.heap import InstanceObject
from ...values.join import join_all
from ...values.standard import PathValue, StandardObject
from ..core import Interpreter
from ..sequences import known_items
from .registry import StandardCall, models

_PARSER = "argparse.ArgumentParser"
_GROUP = "argparse.group"
_SUBPARSERS = "argparse.subparsers"
_LOGGER = "logging.Logger"
#: What a parser is marked with when an argument is added to it that is not understood.
_LOST = "?"
#: Where a parser keeps the parsers of its commands.
_COMMAND = "<command>"
_NOT_ARGUMENTS = ("help", "version")
_LOGGING_NAMES = "debug info warning warn error critical exception log setLevel addHandler removeHandler addFilter"
_LOGGING = frozenset(_LOGGING_NAMES.split())


@models("argparse.ArgumentParser")
def _parser(call: StandardCall) -> Value:
    return _new_parser(call)


def _new_parser(call: StandardCall) -> Ref:
    lost = call.get(-1, "parents") is not None or call.get(-1, "argument_default") is not None
    fields = ((_LOST, Const(True)),) if lost else ()
    return Ref(call.interp.heap.allocate(StandardObject(_PARSER, fields)))


@models("argparse.Namespace", "types.SimpleNamespace")
def _namespace(call: StandardCall) -> Value | None:
    name = call.name.rpartition(".")[2]
    return None if call.args else Ref(call.interp.heap.allocate(InstanceObject(name, dict(call.kwargs))))


@models("logging.getLogger")
def _logger(call: StandardCall) -> Value:
    return Ref(call.interp.heap.allocate(StandardObject(_LOGGER)))


def parser_method(call: StandardCall, receiver: Ref) -> Value | None:
    """Return what a method of a parser or of a logger gives; None where it is not understood."""
    item = call.interp.heap.get(receiver.address)
    if not isinstance(item, StandardObject):
        return None
    if item.name == _LOGGER:
        known = call.name in _LOGGING
        return Const(None) if known else Unknown(f"Logger.{call.name} is not followed")
    if item.name == _GROUP:
        parser = dict(item.fields)["parser"]
        own = call.name in ("add_argument", "add_argument_group", "add_mutually_exclusive_group")
        return parser_method(call, parser) if own and isinstance(parser, Ref) else None
    if item.name == _SUBPARSERS:
        return _add_parser(call, item) if call.name == "add_parser" else None
    if item.name != _PARSER:
        return None
    if call.name == "add_subparsers":
        return _add_subparsers(call, receiver, item)
    if call.name == "add_argument":
        return _add(call, receiver, item)
    if call.name in ("add_argument_group", "add_mutually_exclusive_group"):
        return Ref(call.interp.heap.allocate(StandardObject(_GROUP, (("parser", receiver),))))
    if call.name == "set_defaults":
        return _set_defaults(call, receiver, item)
    if call.name in ("parse_args", "parse_known_args") and len(call.args) <= 1:
        return _parsed(call, item)
    if call.name in ("print_help", "print_usage"):
        return Const(None)
    if call.name in ("format_help", "format_usage"):
        return Scalar(type="str")
    return _lose(call, receiver, item)


def _add_subparsers(call: StandardCall, receiver: Ref, item: StandardObject) -> Value:
    """Let a parser have commands: the name of the one that is given, and all that any of them sets."""
    name = call.get(-1, "dest")
    if name is not None:
        if not isinstance(name, Const) or not isinstance(name.value, str):
            return _lose(call, receiver, item)
        chosen = TupleValue((Const(None), Scalar(type="str")))
        call.interp.heap.put(receiver.address, dataclasses.replace(item, fields=(*item.fields, (name.value, chosen))))
    return Ref(call.interp.heap.allocate(StandardObject(_SUBPARSERS, (("parser", receiver),))))


def _add_parser(call: StandardCall, subparsers: StandardObject) -> Value:
    """Return a parser of one command; the parser that it belongs to knows of it."""
    heap = call.interp.heap
    made = _new_parser(call)
    receiver = dict(subparsers.fields)["parser"]
    item = heap.get(receiver.address) if isinstance(receiver, Ref) else None
    if isinstance(receiver, Ref) and isinstance(item, StandardObject):
        heap.put(receiver.address, dataclasses.replace(item, fields=(*item.fields, (_COMMAND, made))))
    return made


def _commands(interp: Interpreter, item: StandardObject) -> list[StandardObject] | None:
    """Return the parsers of the commands of a parser, theirs too; None where one of them is not understood."""
    found: list[StandardObject] = []
    for name, value in item.fields:
        inner = interp.heap.get(value.address) if name == _COMMAND and isinstance(value, Ref) else None
        if name != _COMMAND:
            continue
        if not isinstance(inner, StandardObject) or _LOST in dict(inner.fields):
            return None
        below = _commands(interp, inner)
        if below is None:
            return None
        found += [inner, *below]
    return found


def _lose(call: StandardCall, receiver: Ref, item: StandardObject) -> Value:
    fields = (*item.fields, (_LOST, Const(True)))
    call.interp.heap.put(receiver.address, dataclasses.replace(item, fields=fields))
    return Unknown(f"ArgumentParser.{call.name} is not followed")


def _destination(call: StandardCall) -> str | None:
    """Return the name of the attribute that an argument sets."""
    names = [arg.value for arg in call.args if isinstance(arg, Const) and isinstance(arg.value, str)]
    given = call.get(-1, "dest")
    if given is not None:
        return given.value if isinstance(given, Const) and isinstance(given.value, str) else None
    if not names or len(names) < len(call.args):
        return None
    if not names[0].startswith("-"):
        return names[0]
    chosen = next((name for name in names if name.startswith("--")), names[0])
    return chosen.lstrip("-").replace("-", "_")


def _add(call: StandardCall, receiver: Ref, item: StandardObject) -> Value:
    name = _destination(call)
    if name is None or name in dict(item.fields):
        return _lose(call, receiver, item)
    action = call.get(-1, "action")
    if isinstance(action, Const) and action.value in _NOT_ARGUMENTS:
        return Unknown("an action of a parser")
    default, given = _described(call)
    field = (name, TupleValue((default, given)))
    call.interp.heap.put(receiver.address, dataclasses.replace(item, fields=(*item.fields, field)))
    return Unknown("an action of a parser")


def _described(call: StandardCall) -> tuple[Value, Value]:
    """Return what an argument is when it is not given, and what it may be when it is."""
    named = dict(call.kwargs)
    action = named.get("action", Const("store"))
    default = named.get("default", Const(None))
    kind = named.get("type", Builtin(name="str"))
    one = _converted(kind)
    if isinstance(default, Const) and isinstance(default.value, str) and kind != Builtin(name="str"):
        default = one  # a text is converted as one from the command line
    if isinstance(action, Symbol) and action.name == "argparse.BooleanOptionalAction":
        return default, Scalar(type="bool")
    name = action.value if isinstance(action, Const) else None
    if name in ("store_true", "store_false"):
        unset = Const(name == "store_false")
        return named.get("default", unset), Const(name == "store_true")
    if name == "store_const":
        return default, named.get("const", Const(None))
    if name == "count":
        return default, Scalar(type="int")
    if name != "store":
        unknown = Unknown("an action of a parser that is not followed")
        return unknown, unknown
    return _stored(call, default, one)


def _stored(call: StandardCall, default: Value, one: Value) -> tuple[Value, Value]:
    named, heap = dict(call.kwargs), call.interp.heap
    nargs = named.get("nargs", Const(None))
    first = call.args[0] if call.args else Const("-")
    positional = isinstance(first, Const) and isinstance(first.value, str) and not first.value.startswith("-")
    if not isinstance(nargs, Const):
        return Unknown("nargs is not known"), Unknown("nargs is not known")
    if nargs.value is None:
        required = named.get("required", Const(False))
        needed = positional or (isinstance(required, Const) and required.value is True)
        return (one if needed else default), one
    if nargs.value == "?":
        return default, join_all([one, named.get("const", Const(None)), default])
    if type(nargs.value) is int and 0 < nargs.value <= 64:
        return default, Ref(heap.allocate(ListObject((one,) * nargs.value)))
    rows = Ref(heap.allocate(ListObject(None, one)))
    if positional:
        return join_all([rows, default]) if nargs.value == "*" else rows, rows
    return default, rows


def _converted(kind: Value) -> Value:
    """Return what `type=` makes of a text of the command line."""
    if isinstance(kind, Builtin) and kind.name in ("int", "float", "str", "bool"):
        return Scalar(type=kind.name)
    if isinstance(kind, Symbol) and kind.name == "pathlib.Path":
        return PathValue(None)
    return Unknown("an argument of the command line")


def _set_defaults(call: StandardCall, receiver: Ref, item: StandardObject) -> Value:
    fields = dict(item.fields)
    for name, value in call.kwargs:
        old = fields.get(name)
        given = old.items[1] if isinstance(old, TupleValue) else value
        text = isinstance(value, Const) and isinstance(value.value, str) and given != Scalar(type="str")
        fields[name] = TupleValue((Unknown("converted by a parser") if text and old else value, given))
    call.interp.heap.put(receiver.address, dataclasses.replace(item, fields=tuple(fields.items())))
    return Const(None)


def _parsed(call: StandardCall, item: StandardObject) -> Value:
    if call.get(1, "namespace") is not None or _LOST in dict(item.fields):
        return Unknown("the arguments of this parser are not followed")
    line = call.get(0, "args")
    items = None if line is None else known_items(call.interp, line)
    attributes: dict[str, Value] = {}
    commands = _commands(call.interp, item)
    if commands is None:
        return Unknown("the arguments of this parser are not followed")
    perhaps: set[str] = set()
    for parser in (item, *commands):
        for name, value in parser.fields:
            if name == _COMMAND:
                continue
            assert isinstance(value, TupleValue)
            default, given = value.items
            found = default if items == [] else _either(call.interp, default, given)
            # What a command sets is there only where it is the one that is given.
            attributes[name] = join_all([attributes[name], found]) if name in attributes else found
            if parser is not item:
                perhaps.add(name)
    result = Ref(call.interp.heap.allocate(InstanceObject("Namespace", attributes, maybe=frozenset(perhaps))))
    if call.name == "parse_args":
        return result
    return TupleValue((result, Ref(call.interp.heap.allocate(ListObject(None, Scalar(type="str"))))))


def _either(interp: Interpreter, default: Value, given: Value) -> Value:
    if isinstance(default, Const) and isinstance(given, Const) and {type(default.value), type(given.value)} == {bool}:
        return Scalar(type="bool")
    return join_all([given, default])
