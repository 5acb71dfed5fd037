"""pandas: the attributes and methods that programs use to get arrays out of tables (`tables`)."""

from __future__ import annotations

import ast
import dataclasses

from ...libraries.query import Query
from ...values import Const, ListObject, Ref, Scalar, TensorValue, TupleValue, Unknown, Value
from ...values.heap import UnknownObject
from ...values.standard import StandardObject
from ..core import Interpreter
from ..library_calls import Arguments
from ..modelled_objects import Object, attributes, items, lengths, methods
from ..sequences import size_of, size_value
from . import tables
from .given import Given, NotKnownError, items_of, size
from .tables import ANY, ARRAY, FRAME, SERIES, TableObject, numpy_name
from .words import dtype_named

INDEXERS = ("pandas.iloc", "pandas.loc")
#: Methods that change a table in place, whatever they are given.
_CHANGING = ("insert", "update", "pop", "set_flags")


# Attributes ---------------------------------------------------------------------------------------------------------


@attributes(FRAME, SERIES, ARRAY)
def _attribute(table: Object, name: str) -> Value | None:
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    shape = tables.shape_of(interp, item)
    if name == "shape" and shape is not None:
        if any(dim is None for dim in shape):
            return TupleValue(tuple(Scalar(type="int") if dim is None else size_value(dim) for dim in shape))
        return TupleValue(tuple(size_value(dim) for dim in shape))
    if name == "ndim" and shape is not None:
        return Const(len(shape))
    if name == "values" and item.name != ARRAY:
        return tables.values_of(interp, item)
    if name in ("iloc", "loc") and item.name == FRAME:
        return Ref(interp.heap.allocate(StandardObject(f"pandas.{name}", (("table", table.ref),))))
    if name in (
        "iloc",
        "loc",
        "T",
        "columns",
        "index",
        "dtype",
        "dtypes",
        "str",
        "cat",
        "dt",
        "at",
        "iat",
        "plot",
        "size",
    ):
        return Unknown(f"the attribute '{name}' of a table")
    if item.name == FRAME and item.columns is not None and name not in _METHODS_OF_TABLES:
        if any(own == Const(name) for own, _ in item.columns):
            return tables.column(interp, item, Const(name))
    return None


_METHODS_OF_TABLES = frozenset(
    [
        "abs",
        "add",
        "agg",
        "all",
        "any",
        "apply",
        "astype",
        "copy",
        "count",
        "cov",
        "diff",
        "div",
        "drop",
        "dropna",
        "eq",
        "fillna",
        "filter",
        "first",
        "get",
        "groupby",
        "head",
        "hist",
        "info",
        "insert",
        "isin",
        "items",
        "join",
        "keys",
        "last",
        "lt",
        "max",
        "mean",
        "median",
        "merge",
        "min",
        "mode",
        "mul",
        "ne",
        "pivot",
        "pop",
        "pow",
        "prod",
        "product",
        "quantile",
        "query",
        "rank",
        "replace",
        "round",
        "sample",
        "set",
        "size",
        "stack",
        "std",
        "sub",
        "sum",
        "tail",
        "take",
        "to_csv",
        "to_numpy",
        "transform",
        "transpose",
        "truncate",
        "update",
        "values",
        "var",
        "where",
    ]
)


# Methods ------------------------------------------------------------------------------------------------------------


@methods((FRAME, SERIES), "to_numpy")
def _to_numpy(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    assert isinstance(table.item, TableObject)
    try:
        given = Given(table.interp, arguments, ("dtype", "copy", "na_value"), {})
        dtype = None if given.value("dtype") == Const(None) else dtype_named(given.value("dtype"))
    except NotKnownError as error:
        return Unknown(f"to_numpy: {error}")
    return tables.values_of(table.interp, table.item, dtype)


@methods((FRAME, SERIES, ARRAY), "astype")
def _astype(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    """The same of another dtype."""
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    try:
        dtype = dtype_named(numpy_name(arguments.all[0].value)) if arguments.all else ANY
    except NotKnownError as error:
        return Unknown(f"astype: {error}")
    if item.name == ARRAY:
        return tables.contents(interp, item.shape, dtype)
    if item.columns is None:
        return tables.frame(interp, item.rows, None, dtype)
    columns = tuple((name, dtype) for name, _ in item.columns)
    return Ref(interp.heap.allocate(dataclasses.replace(item, columns=columns)))


@methods((FRAME,), "drop")
def _drop(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    """The table without some columns; without some rows, of a length that is not known."""
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    names = ("labels", "axis", "index", "columns", "level", "inplace", "errors")
    try:
        given = Given(interp, arguments, names, {"axis": 0, "inplace": False, "errors": "raise"})
        inplace, errors = given.constant("inplace"), given.constant("errors")
        columns = given.value("columns")
        if columns == Const(None) and given.constant("axis") in (1, "columns"):
            columns = given.value("labels")
    except NotKnownError as error:
        return _lose(table, f"drop: {error}")
    listed = (columns,) if isinstance(columns, Const) and columns.value is not None else items_of(interp, columns)
    left: TableObject | None
    if columns == Const(None):
        left = dataclasses.replace(item, rows=size(interp, ""))
    elif listed is None or errors != "raise" or not all(isinstance(name, Const) for name in listed):
        left = dataclasses.replace(item, columns=None, rest=tables.dtype_of(item) if item.columns is None else ANY)
    else:
        left = tables.without(interp, item, listed)
    if left is None:
        return _lose(table, "a column that is not known") if inplace else Unknown("a column that is not known")
    if inplace:
        interp.heap.put(table.ref.address, left)
        return Const(None)
    return Ref(interp.heap.allocate(left))


@methods((FRAME,), "pop")
def _pop(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    """A column, which is taken out."""
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    name = arguments.all[0].value if len(arguments.all) == 1 else Unknown("no column")
    left = tables.without(interp, item, [name]) if isinstance(name, Const) else None
    if left is None:
        return _lose(table, "a column that is not known")
    found = tables.column(interp, item, name)
    interp.heap.put(table.ref.address, left)
    return found


@methods((FRAME, SERIES), "copy", "sort_values", "sort_index", "reset_index", "fillna", "dropna", "drop_duplicates",
         "sample", "head", "tail", "replace", "round", "query")  # fmt: skip
def _same_columns(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    """The same columns; rows of an unknown number where some may be left out, dtypes too where values may be replaced."""
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    assert isinstance(node.func, ast.Attribute)
    name, named = node.func.attr, dict(arguments.named)
    if not arguments.complete or "axis" in named or (named.get("subset") is not None and "inplace" in named):
        return _lose(table, f"{name} with these arguments")
    made = item
    if name == "reset_index" and named.get("drop") != Const(True):
        made = dataclasses.replace(made, columns=None, rest=ANY)
        if item.name == SERIES:
            return Unknown("a column beside its labels")
    if name in ("fillna", "replace"):
        made = dataclasses.replace(made, rest=ANY, columns=_untyped(made))
    if name in ("dropna", "drop_duplicates", "query"):
        made = dataclasses.replace(made, rows=size(interp, ""))
    if name == "sample":
        made = dataclasses.replace(made, rows=_sampled(interp, item, arguments))
    if name in ("head", "tail"):
        count = arguments.all[0].value if arguments.all else Const(5)
        whole = (
            isinstance(count, Const) and type(count.value) is int and count.value >= 0 and isinstance(item.rows, int)
        )
        rows = min(count.value, item.rows) if isinstance(count, Const) and whole else size(interp, "")
        made = dataclasses.replace(made, rows=rows)
    if "inplace" in named:
        if named["inplace"] != Const(True):
            return _lose(table, f"{name} in place, or not")
        interp.heap.put(table.ref.address, made)
        return Const(None)
    return Ref(interp.heap.allocate(made))


def _untyped(item: TableObject) -> tables.Columns | None:
    return None if item.columns is None else tuple((name, ANY) for name, _ in item.columns)


def _sampled(interp: Interpreter, item: TableObject, arguments: Arguments) -> tables.Count:
    """Return how many rows a sample has."""
    named = dict(arguments.named)
    if (not arguments.positional and named.get("frac") == Const(1)) or named.get("frac") == Const(1.0):
        return item.rows
    count = named.get("n", arguments.positional[0].value if arguments.positional else Const(1))
    found = size_of(count)
    return found if found is not None and "frac" not in named else size(interp, "")


@methods((SERIES,), "map", "apply", "clip", "abs")
def _mapped(table: Object, node: ast.Call, arguments: Arguments) -> Value | None:
    """A column of as many rows."""
    assert isinstance(table.item, TableObject)
    interp = table.interp
    interp.heap.escape([argument.value for argument in arguments.all], "called for each row")
    if isinstance(node.func, ast.Attribute) and node.func.attr == "apply":
        return Unknown("what a function makes of each row")
    return tables.series(interp, table.item.rows, ANY)


@methods((SERIES,), "tolist", "to_list")
def _listed(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    assert isinstance(table.item, TableObject)
    kind = {"int64": "int", "float64": "float", "bool": "bool"}.get(tables.dtype_of(table.item))
    element = Unknown("an item of a column") if kind is None else Scalar(type=kind)
    return Ref(table.interp.heap.allocate(ListObject(None, element, size=table.item.rows)))


@methods((SERIES,), "nunique")
def _classes(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Scalar(type="int")


@methods((FRAME, SERIES), "info", "to_csv")
def _said(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    return Const(None) if isinstance(node.func, ast.Attribute) and node.func.attr == "info" else Unknown("text")


@methods((FRAME, SERIES), "*")
def _other(table: Object, node: ast.Call, arguments: Arguments) -> Value:
    """Any other method: unknown, and where it may change the table, the table too."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    named = dict(arguments.named)
    interp = table.interp
    interp.heap.escape(
        [argument.value for argument in arguments.all if not isinstance(argument.value, TensorValue)],
        "passed to a method of a table",
    )
    if name in _CHANGING or not arguments.complete or named.get("inplace", Const(False)) != Const(False):
        return _lose(table, f"the method '{name}' of a table changes it")
    return Unknown(f"the method '{name}' of a table is not followed")


def _lose(table: Object, why: str) -> Value:
    """Give up on a table."""
    table.interp.heap.put(table.ref.address, UnknownObject(why))
    return Unknown(why)


@methods((ARRAY,), "reshape", "flatten", "ravel", "transpose", "squeeze", "copy")
def _reshaped(table: Object, node: ast.Call, arguments: Arguments) -> Value | None:
    """The array in another shape: NumPy is asked, on an array of numbers."""
    interp, item = table.interp, table.item
    assert isinstance(item, TableObject)
    assert isinstance(node.func, ast.Attribute)
    if item.shape is None:
        return None
    twin = TensorValue(kind="ndarray", dtype="float64", shape=item.shape)
    query = Query("method", node.func.attr, (twin, *arguments.values), arguments.named, interp.mode(table.frame))
    outcome = interp.bridge.call(query, interp.heap.fork()).outcome
    value = getattr(outcome, "value", None)
    if not isinstance(value, TensorValue):
        return Unknown("an array of unknown dtype in another shape")
    return tables.contents(interp, value.shape, item.rest)


def _set_item(table: Object, index: Value, value: Value) -> bool:
    """Do what `table[index] = value` does; what is set by `iloc` and `loc` may change every dtype."""
    item = table.item
    if isinstance(item, TableObject):
        return tables.set_item(table.interp, table.ref, item, index, value)
    owner = table.field("table")
    if isinstance(owner, Ref):
        table.interp.heap.put(owner.address, UnknownObject("a part of a table is set"))
    return True


@items(FRAME, SERIES, ARRAY, *INDEXERS, set_by=_set_item)
def _get_item(table: Object, index: Value) -> Value | None:
    """Return `table[index]`, or that of its `iloc` or `loc`."""
    if isinstance(table.item, TableObject):
        return tables.get_item(table.interp, table.item, index)
    owner = tables.table_of(table.interp, table.field("table"))
    return None if owner is None else tables.located(table.interp, owner, index, table.item.name == "pandas.iloc")


@lengths(FRAME, SERIES, ARRAY)
def _length(table: Object) -> Value | None:
    assert isinstance(table.item, TableObject)
    shape = tables.shape_of(table.interp, table.item)
    return size_value(shape[0]) if shape else None
