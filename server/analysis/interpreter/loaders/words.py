"""Texts as numbers: `Tokenizer` of Keras 2, and `pad_sequences` of lists of which only their number is known."""

from __future__ import annotations

import ast
import functools

from ...libraries.models.loaders import PADDING, TOKENIZERS
from ...values import Const, DictObject, DTypeValue, ListObject, Ref, Scalar, Symbol, TensorValue, Unknown, Value
from ...values.base import Shape
from ...values.dims import Dim
from ...values.intervals import Interval, hull
from .. import modelled_objects, object_arrays
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from ..modelled_objects import Object, attributes, methods
from ..sequences import size_of
from .given import Given, NotKnownError, array, items_of, of_signature, size, unknown

#: Lists of so many items are followed one by one.
FEW = 64


# Padding ------------------------------------------------------------------------------------------------------------


def _padded(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    """(n, maxlen) of lists of numbers; None where Keras can be asked."""
    try:
        given = of_signature(interp, name, arguments)
        found = _sequences(interp, given.value("sequences"))
        if found is None:
            return None
        count, interval = found
        dtype = dtype_named(given.value("dtype"))
        length = given.value("maxlen")
        width = size(interp, "") if length == Const(None) else size_of(length)
        if width is None and not isinstance(length, Scalar):
            raise NotKnownError("the argument 'maxlen' is not known")
        fill = given.value("value")
        around = None
        if isinstance(fill, Const) and isinstance(fill.value, (int, float)) and interval is not None:
            around = hull(interval, Interval(fill.value, fill.value))
        shape = interp.bridge.session.named((count, width))
        return array(interp, dtype, shape, around if around is not None and not around.open else None)
    except NotKnownError as error:
        return unknown(error, name)


def dtype_named(value: Value) -> str:
    """Return the dtype that an argument names.

    Raises:
        NotKnownError: it names none that is known here.
    """
    name = value.value if isinstance(value, Const) else None
    if isinstance(value, DTypeValue):
        name = value.name
    elif isinstance(value, Symbol) and value.name.startswith("numpy."):
        name = value.name.removeprefix("numpy.")
    if not isinstance(name, str) or name not in _DTYPES:
        raise NotKnownError("a dtype that is not known")
    return name


_DTYPES = frozenset(["int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64"])


def _sequences(interp: Interpreter, value: Value) -> tuple[int | Dim | None, Interval | None] | None:
    """Return how many lists of numbers there are, and what the numbers lie between; None for anything else."""
    if isinstance(value, TensorValue):
        if not object_arrays.holds_lists(interp, value) or not value.shape or len(value.shape) != 1:
            return None
        return value.shape[0], value.interval
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if not isinstance(item, ListObject) or item.name != "list":
        return None
    if item.items is None:
        return (item.size, None) if _unknown_numbers(interp, item.element) else None
    lists = [_unknown_numbers(interp, part) for part in item.items]
    return (len(lists), None) if lists and all(lists) else None


def _unknown_numbers(interp: Interpreter, value: Value) -> bool:
    """Say whether a value is a list of whole numbers of unknown length."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return isinstance(item, ListObject) and item.items is None and item.element == Scalar(type="int")


for _name in PADDING:
    models(_name)(functools.partial(_padded, _name))


# Tokenizers ---------------------------------------------------------------------------------------------------------


def _tokenizer(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    try:
        given = of_signature(interp, name, arguments)
    except NotKnownError as error:
        return unknown(error, name)
    return modelled_objects.make(interp, name, num_words=given.value("num_words"))


for _name in TOKENIZERS:
    models(_name)(functools.partial(_tokenizer, _name))


@attributes(*TOKENIZERS)
def _attribute(tokenizer: Object, name: str) -> Value | None:
    if name == "num_words":
        return tokenizer.field(name)
    if name in ("word_index", "index_word", "word_counts", "word_docs"):
        return Ref(tokenizer.interp.heap.allocate(DictObject(None)))
    return Scalar(type="int") if name == "document_count" else None


@methods(TOKENIZERS, "fit_on_texts", "fit_on_sequences")
def _fit(tokenizer: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None)


@methods(TOKENIZERS, "texts_to_sequences")
def _numbers(tokenizer: Object, node: ast.Call, arguments: Arguments) -> Value | None:
    """[n] lists of numbers of texts."""
    if len(arguments.all) != 1:
        return None
    return _lists(tokenizer.interp, _count(tokenizer.interp, arguments.all[0].value))


def _lists(interp: Interpreter, count: int | Dim | None) -> Value:
    if isinstance(count, int) and count <= FEW:
        items = tuple(object_arrays.numbers(interp) for _ in range(count))
        return Ref(interp.heap.allocate(ListObject(items)))
    return Ref(interp.heap.allocate(ListObject(None, object_arrays.numbers(interp), size=count)))


def _count(interp: Interpreter, value: Value) -> int | Dim | None:
    """Return how many texts there are."""
    items = items_of(interp, value)
    if items is not None:
        return len(items)
    if isinstance(value, TensorValue) and value.is_numpy and value.shape:
        return value.shape[0]
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item.size if isinstance(item, ListObject) and item.items is None else None


@methods(TOKENIZERS, "texts_to_matrix", "sequences_to_matrix")
def _matrix(tokenizer: Object, node: ast.Call, arguments: Arguments) -> Value | None:
    """(n, num_words) of f64; without `num_words` it is one more than there are words."""
    interp = tokenizer.interp
    try:
        given = Given(interp, arguments, ("texts", "mode"), {"mode": "binary"})
    except NotKnownError as error:
        return Unknown(str(error))
    words = tokenizer.field("num_words")
    width = size_of(words) if words not in (Const(None), Const(0)) else None
    if width is None and words not in (Const(None), Const(0)) and not isinstance(words, Scalar):
        return Unknown("how many words a tokenizer keeps is not known")
    shape: Shape = interp.bridge.session.named((_count(interp, given.value("texts")), width))
    unit = given.value("mode") in (Const("binary"), Const("freq"))
    return array(interp, "float64", shape, Interval(0, 1) if unit else None)
