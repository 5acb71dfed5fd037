"""`keras.datasets`: the arrays that `load_data` gives.

Shapes are those of the documents, the split is computed as the sources do. Dtypes are read off what the sources do with the
files: CIFAR-10 fills arrays of uint8, CIFAR-100 has its labels from lists of Python integers.
"""

from __future__ import annotations

import ast
import functools

import numpy as np

from ...libraries import global_state
from ...libraries.keras_hooks import keras
from ...libraries.memo import Answer
from ...libraries.models import loaders as facts
from ...libraries.outcome import Returned
from ...libraries.query import Query
from ...values import Const, DictObject, Ref, TupleValue, Value
from ...values.dims import Dim
from ...values.intervals import Interval
from ..asking import report
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from .given import Given, NotKnownError, array, made_here, of_signature, size, unknown

#: Below this, so few sequences may be left that NumPy makes one array of numbers of them.
SHORTEST = 64


def _in_two(*parts: Value) -> Value:
    x_train, y_train, x_test, y_test = parts
    return TupleValue((TupleValue((x_train, y_train)), TupleValue((x_test, y_test))))


def _of_split(interp: Interpreter, split: facts.Split, given: Given) -> Value:
    """(train, ...) and (train, label...), and the same of the test part."""
    rest = split.x.rest
    if len(rest) == 3 and _channels_first(interp):
        rest = (rest[2], *rest[:2])
    return _in_two(
        array(interp, split.x.dtypes, (split.train, *rest), split.x.interval),
        array(interp, split.y.dtypes, (split.train, *split.y.rest), split.y.interval),
        array(interp, split.x.dtypes, (split.test, *rest), split.x.interval),
        array(interp, split.y.dtypes, (split.test, *split.y.rest), split.y.interval),
    )


def _channels_first(interp: Interpreter) -> bool:
    """Say whether the program has images with their channels first.

    Raises:
        NotKnownError: nobody knows what it has set.
    """
    state = global_state.current(interp.heap)
    if state.lost is not None:
        raise NotKnownError(state.lost)
    return (state.image_data_format or keras.backend.image_data_format()) == "channels_first"


def _images(interp: Interpreter, name: str, given: Given) -> Value:
    return _of_split(interp, facts.IMAGES[name], given)


def _cifar100(interp: Interpreter, _name: str, given: Given) -> Value:
    classes = facts.CIFAR100_CLASSES.get(given.constant("label_mode"))
    if classes is None:
        raise NotKnownError("a label_mode that it does not have")
    labels = facts.Array((np.array([0]).dtype.name,), (1,), Interval(0, classes - 1))
    return _of_split(interp, facts.Split(50_000, 10_000, facts.Array(("uint8",), (32, 32, 3)), labels), given)


def _houses(interp: Interpreter, name: str, given: Given) -> Value:
    """(n, features) and (n,): the first `int(n * (1 - test_split))` are to train on."""
    count, features, dtypes, prices = facts.HOUSES[name]
    if name == "california_housing" and given.constant("version") == "small":
        count = facts.SMALL_CALIFORNIA
    elif name == "california_housing" and given.constant("version") != "large":
        raise NotKnownError("a version that it does not have")
    train = _first_part(count, given.constant("test_split"))
    counts = (train, count - train)
    made = [(array(interp, dtypes, (n, features)), array(interp, prices, (n,))) for n in counts]
    return _in_two(*made[0], *made[1])


def _first_part(count: int, part: object) -> int:
    if isinstance(part, bool) or not isinstance(part, (int, float)) or not 0 <= part < 1:
        raise NotKnownError("a test_split that it does not take")
    return int(count * (1 - part))


def _texts(interp: Interpreter, name: str, given: Given) -> Value:
    """(n,) of lists of integers, and (n,) labels; how many are left of a `maxlen` nobody knows."""
    maxlen = given.constant("maxlen")
    train: int | Dim
    test: int | Dim
    if name == "imdb":
        (train, test), classes = facts.IMDB, facts.IMDB_CLASSES
    else:
        train = _first_part(facts.REUTERS, given.constant("test_split"))
        test, classes = facts.REUTERS - train, facts.REUTERS_CLASSES
    if maxlen:
        if not isinstance(maxlen, int) or maxlen < SHORTEST:
            raise NotKnownError("so short a maxlen may leave sequences of one length")
        train, test = size(interp, "train"), size(interp, "test")
    labels = Interval(0, classes - 1)
    words = _words(given)
    return _in_two(
        array(interp, "object", (train,), words),
        array(interp, "int64", (train,), labels),
        array(interp, "object", (test,), words),
        array(interp, "int64", (test,), labels),
    )


def _words(given: Given) -> Interval:
    """Return what the numbers of words lie between: below `num_words`, but for the one that stands for all others."""
    limit, other = given.value("num_words"), given.value("oov_char")
    known = isinstance(limit, Const) and type(limit.value) is int and limit.value > 0
    if not known or not isinstance(other, Const) or not isinstance(limit, Const):
        return Interval(0 if other == Const(2) else None, None)
    if other.value is None:
        return Interval(0, limit.value - 1)
    if type(other.value) is not int or other.value < 0:
        return Interval()
    return Interval(0, max(limit.value - 1, other.value))


def _loaded(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    short = name.split(".")[-2]
    make = _MAKERS.get(short, _images)
    try:
        made = make(interp, short, of_signature(interp, name, arguments))
    except NotKnownError as error:
        return unknown(error, name)
    # Rules ask where labels come from: these have all the values that their range has.
    loaded = made_here(made, interp.origin(frame, node))
    query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame))
    report(interp, frame, node, name, query, arguments.all, Answer(Returned(loaded)))
    return loaded


_MAKERS = {
    "cifar100": _cifar100,
    "boston_housing": _houses,
    "california_housing": _houses,
    "imdb": _texts,
    "reuters": _texts,
}


def _word_index(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A dict from words to their numbers."""
    return Ref(interp.heap.allocate(DictObject(None)))


for _library in facts.KERAS:
    for _set in (*facts.IMAGES, *facts.HOUSES, "cifar100", "imdb", "reuters"):
        _name = f"{_library}.datasets.{_set}.load_data"
        models(_name)(functools.partial(_loaded, _name))
    models(f"{_library}.datasets.imdb.get_word_index", f"{_library}.datasets.reuters.get_word_index")(_word_index)
