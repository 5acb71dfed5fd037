"""pandas: reading and making tables, and what makes arrays and tensors of them (`tables`)."""

from __future__ import annotations

import ast
import functools

from ...values import Const, TensorValue, Unknown, Value
from ..core import Frame, Interpreter
from ..library_calls import Arguments
from ..library_models import models
from . import tables
from .given import Given, NotKnownError, size
from .tables import ANY, READ, numpy_name
from .words import dtype_named

_READING = (
    "sep delimiter header names index_col usecols dtype engine converters skiprows nrows na_values parse_dates encoding"
)


# Reading ------------------------------------------------------------------------------------------------------------


@models("pandas.read_csv", "pandas.read_table")
def _read(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A table of which nothing is known but, where they are listed, its columns."""
    try:
        path = arguments.positional[:1]
        given = Given(interp, Arguments(path, arguments.keywords, arguments.complete), ("path", *_OPTIONS), {})
    except NotKnownError as error:
        return Unknown(f"read_csv: {error}")
    if len(arguments.positional) > 1 or any(name in given for name in ("chunksize", "iterator", "squeeze")):
        return Unknown("a file that is read in parts, or by position")
    plain = "dtype" not in given and "dtype_backend" not in given and "converters" not in given
    rest = READ if plain else ANY
    names = given.items("names")
    rows = size(interp, "rows")
    whole = names is not None and not any(name in given for name in ("index_col", "usecols"))
    if names is None or not whole or not all(isinstance(name, Const) for name in names):
        return tables.frame(interp, rows, None, rest)
    return tables.frame(interp, rows, tuple((name, rest) for name in names), rest)


_OPTIONS = tuple(f"{_READING} filepath_or_buffer chunksize iterator squeeze dtype_backend comment thousands decimal "
                 "skipinitialspace low_memory keep_default_na na_filter true_values false_values skipfooter "
                 "compression quotechar quoting on_bad_lines index error_bad_lines date_parser skip_blank_lines "
                 "date_format dayfirst cache_dates memory_map".split())  # fmt: skip


@models("pandas.DataFrame")
def _frame(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A table of a dict of columns, or of an array of two dims."""
    try:
        given = Given(interp, arguments, ("data", "index", "columns", "dtype", "copy"), {})
        dtype = None if given.value("dtype") == Const(None) else dtype_named(given.value("dtype"))
    except NotKnownError as error:
        return Unknown(f"DataFrame: {error}")
    if given.value("index") != Const(None):
        return Unknown("a table with labels for its rows")
    made = tables.of_data(interp, given.value("data"), given.value("columns"), dtype)
    return Unknown("a table of something that is not followed") if made is None else made


@models("pandas.get_dummies")
def _dummies(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A table of as many rows, and columns that nobody knows."""
    data = arguments.all[0].value if arguments.all else Unknown("nothing")
    rows = tables.count_of(interp, data)
    return tables.frame(interp, rows, None) if rows is not None else Unknown("get_dummies of something unknown")


@models("pandas.to_numeric")
def _numeric(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A column of numbers."""
    rows = tables.count_of(interp, arguments.all[0].value) if arguments.all else None
    return tables.series(interp, rows, ANY) if rows is not None else Unknown("to_numeric of something unknown")


# Functions of the libraries that take tables ------------------------------------------------------------------------


def _converted(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    """What makes an array or a tensor of a table; None where none is given, and the library is asked."""
    first = arguments.positional[0].value if arguments.positional else None
    table = None if first is None else tables.table_of(interp, first)
    if table is None:
        return None
    named = dict(arguments.named)
    given = named.get("dtype", arguments.positional[1].value if len(arguments.positional) > 1 else Const(None))
    if set(named) - {"dtype", "name", "copy"} or len(arguments.positional) > 2 or not arguments.complete:
        return Unknown("a table with these arguments")
    shape = tables.shape_of(interp, table)
    if shape is None:
        return Unknown("an array of unknown shape")
    try:
        dtype = tables.dtype_of(table) if given == Const(None) else dtype_named(numpy_name(given))
    except NotKnownError as error:
        return Unknown(str(error))
    if name.startswith("numpy."):
        return tables.contents(interp, shape, dtype)
    known = interp.bridge.session.named(shape)
    return TensorValue(dtype=dtype, shape=known) if dtype not in (READ, ANY) else Unknown("a tensor of unknown dtype")


for _name in ("numpy.array", "numpy.asarray", "tensorflow.convert_to_tensor", "tensorflow.constant", "tensorflow.cast"):
    models(_name)(functools.partial(_converted, _name))
