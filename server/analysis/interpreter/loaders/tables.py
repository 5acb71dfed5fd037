"""Tables of pandas, as far as their shapes go: how many rows, which columns, of which dtypes.

A table that is read from a file has dtypes that nobody knows, so its `.values` is an array of unknown dtype
(`TableObject` of the name `numpy.ndarray`): of it the shape is known, and all of it once the program says a dtype. What
is not followed here is unknown, and raises nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...values import Builtin, Const, DictObject, ListObject, Ref, SliceValue, TensorValue, TupleValue, Unknown, Value
from ...values.base import Shape
from ...values.dims import Dim
from ...values.standard import StandardObject
from ..core import Interpreter
from .given import array, items_of, size

FRAME, SERIES, ARRAY = "pandas.DataFrame", "pandas.Series", "numpy.ndarray"
#: Dtypes that nobody knows: of what pandas reads from text, and any at all.
READ, ANY = "read", "any"
_FLOATS = ("float16", "float32", "float64")

Columns = tuple[tuple[Value, str], ...]
Count = int | Dim | None


@dataclass(frozen=True, slots=True)
class TableObject(StandardObject):
    """A table, a column of one, or an array of unknown dtype.

    rows: how many there are; None for a scalar of one. columns: the name and dtype of each; None where they are not known. rest: the
    dtype of columns that are not known, and of an array. shape: of an array.
    """

    rows: Count = None
    columns: Columns | None = None
    rest: str = ANY
    shape: Shape = None


def table_of(interp: Interpreter, value: Value, *names: str) -> TableObject | None:
    """Return the table that a value is, if it is of one of these classes (or of any)."""
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    return item if isinstance(item, TableObject) and (not names or item.name in names) else None


def frame(interp: Interpreter, rows: Count, columns: Columns | None, rest: str = ANY) -> Ref:
    """Return a new `DataFrame`."""
    return Ref(interp.heap.allocate(TableObject(FRAME, rows=_sure(interp, rows), columns=columns, rest=rest)))


def series(interp: Interpreter, rows: Count, dtype: str, name: Value | None = None) -> Ref:
    """Return a new `Series`."""
    column = (name if name is not None else Const(None), dtype)
    return Ref(interp.heap.allocate(TableObject(SERIES, rows=_sure(interp, rows), columns=(column,))))


def _sure(interp: Interpreter, rows: Count) -> int | Dim:
    return size(interp, "rows") if rows is None else rows


def contents(interp: Interpreter, shape: Shape, dtype: str) -> Value:
    """Return an array: a plain one, or one of a dtype that is not known."""
    shape = interp.bridge.session.named(shape)
    if dtype not in (READ, ANY):
        return array(interp, dtype, shape)
    return Ref(interp.heap.allocate(TableObject(ARRAY, rest=dtype, shape=shape)))


def width(table: TableObject) -> int | None:
    """Return how many columns a table has."""
    return None if table.columns is None else len(table.columns)


def shape_of(interp: Interpreter, table: TableObject) -> Shape:
    """Return the shape of a table, a column or an array."""
    if table.name == ARRAY:
        return table.shape
    return (table.rows,) if table.name == SERIES else (table.rows, width(table))


def dtype_of(table: TableObject) -> str:
    """Return the dtype of a table's values: one that holds those of all columns."""
    if table.name == ARRAY or table.columns is None:
        return table.rest
    return common([dtype for _, dtype in table.columns])


def common(dtypes: Sequence[str]) -> str:
    """Return the dtype of columns side by side: NumPy's for numbers; truth values beside numbers make objects."""
    kinds = set(dtypes)
    if len(kinds) == 1:
        return dtypes[0]
    if not kinds or ANY in kinds or "bool" in kinds:
        return ANY
    if READ in kinds:
        return READ if kinds <= {READ, "int64", "float64"} else ANY
    try:
        return str(np.result_type(*(np.dtype(name) for name in sorted(kinds))).name)
    except TypeError:  # a dtype that is none of NumPy's own
        return ANY


def values_of(interp: Interpreter, table: TableObject, dtype: str | None = None) -> Value:
    """Return `df.values`, or `df.to_numpy(dtype)`."""
    return contents(interp, shape_of(interp, table), dtype or dtype_of(table))


def as_numbers(interp: Interpreter, value: Value) -> tuple[str, tuple[Count, ...]] | None:
    """Return the dtype and shape that scikit-learn sees in a table: f64 for what is not of floats.

    Text that is read is of whole numbers, of f64, or of what is converted to f64.
    """
    table = table_of(interp, value)
    if table is None:
        return None
    shape, dtype = shape_of(interp, table), dtype_of(table)
    if shape is None or len(shape) != 2 or dtype == ANY:
        return None
    return ("float64" if dtype == READ else dtype), tuple(interp.bridge.session.named(shape) or ())


def taken(interp: Interpreter, table: TableObject, count: int | Dim) -> Value:
    """Return so many rows of a table."""
    if table.name == ARRAY:
        rest = table.shape[1:] if table.shape else ()
        return Ref(interp.heap.allocate(dataclasses.replace(table, shape=(count, *rest))))
    return Ref(interp.heap.allocate(dataclasses.replace(table, rows=count)))


def count_of(interp: Interpreter, value: Value) -> int | Dim | None:
    """Return how many rows a table has."""
    table = table_of(interp, value)
    shape = None if table is None else shape_of(interp, table)
    return shape[0] if shape else None


def numpy_name(value: Value) -> Value:
    """Return a dtype by NumPy's name, where it is one of Python's types."""
    names = {"int": "int64", "float": "float64"}
    if isinstance(value, Builtin) and value.name in names:
        return Const(names[value.name])
    return Const(names[value.value]) if isinstance(value, Const) and value.value in ("int", "float") else value


# Columns ------------------------------------------------------------------------------------------------------------


def get_item(interp: Interpreter, table: TableObject, index: Value) -> Value:
    """Return `table[index]`: a column, several of them, or some rows."""
    if table.name == ARRAY:
        return _of_array(interp, table, index)
    if isinstance(index, SliceValue):
        return taken(interp, table, _sliced(interp, table.rows, index))
    mask = table_of(interp, index, SERIES)
    if (mask is not None and dtype_of(mask) == "bool") or _is_mask(index):
        return taken(interp, table, size(interp, ""))
    if table.name == SERIES:
        return Unknown("an item of a Series")
    if isinstance(index, Const) and isinstance(index.value, (str, int)):
        return column(interp, table, index)
    names = items_of(interp, index)
    if names is None or not all(isinstance(name, Const) and isinstance(name.value, (str, int)) for name in names):
        return Unknown("columns that are not known")
    return _several(interp, table, names)


def _is_mask(index: Value) -> bool:
    return (
        isinstance(index, TensorValue) and index.dtype == "bool" and index.shape is not None and len(index.shape) == 1
    )


def column(interp: Interpreter, table: TableObject, name: Value) -> Value:
    """Return one column."""
    if table.columns is None:
        return series(interp, table.rows, table.rest, name)
    found = [dtype for own, dtype in table.columns if own == name]
    return series(interp, table.rows, found[0], name) if len(found) == 1 else Unknown("a column that is not known")


def _several(interp: Interpreter, table: TableObject, names: Sequence[Value]) -> Value:
    if len(set(names)) < len(names):
        return Unknown("columns that are there twice")
    if table.columns is None:
        return frame(interp, table.rows, tuple((name, table.rest) for name in names))
    own = dict(table.columns)
    if len(own) < len(table.columns) or not all(name in own for name in names):
        return Unknown("a column that is not known")
    return frame(interp, table.rows, tuple((name, own[name]) for name in names))


def set_item(interp: Interpreter, ref: Ref, table: TableObject, index: Value, value: Value) -> bool:
    """Do what `table[index] = value` does; says whether it is known."""
    if table.name == ARRAY:
        return True
    if table.name == SERIES or not isinstance(index, Const) or not isinstance(index.value, (str, int)):
        return False
    dtype = _dtype_assigned(interp, value)
    if table.columns is None:
        rest = table.rest if dtype in (READ, "int64", "float64") else ANY
        interp.heap.put(ref.address, dataclasses.replace(table, rest=rest))
        return True
    columns = dict(table.columns)
    if len(columns) < len(table.columns):
        return False
    columns[index] = dtype
    interp.heap.put(ref.address, dataclasses.replace(table, columns=tuple(columns.items())))
    return True


def _dtype_assigned(interp: Interpreter, value: Value) -> str:
    if isinstance(value, TensorValue) and value.kind == "ndarray" and value.dtype not in ("object", "string"):
        return value.dtype
    table = table_of(interp, value)
    dtype = ANY if table is None else dtype_of(table)
    # Rows are matched by their labels: where one is missing, whole numbers become f64 and truth values objects.
    return dtype if dtype in (READ, *_FLOATS) else READ if dtype in ("int64", "bool") else ANY


def without(interp: Interpreter, table: TableObject, names: Sequence[Value]) -> TableObject | None:
    """Return a table without some columns; None where that is not known."""
    if table.columns is None:
        return table
    own = dict(table.columns)
    if len(own) < len(table.columns) or not all(name in own for name in names):
        return None
    return dataclasses.replace(table, columns=tuple(pair for pair in table.columns if pair[0] not in names))


# Places -------------------------------------------------------------------------------------------------------------


def located(interp: Interpreter, table: TableObject, index: Value, by_place: bool) -> Value:
    """Return `df.iloc[index]` (by_place) or `df.loc[index]`."""
    parts = index.items if isinstance(index, TupleValue) else (index,)
    if not 1 <= len(parts) <= 2 or table.name != FRAME:
        return Unknown("a part of a table")
    rows, columns = parts[0], parts[1] if len(parts) > 1 else SliceValue()
    some = _rows(interp, table, rows, by_place)
    if some is None:
        return Unknown("rows that are not known")
    found = _columns(interp, table, columns, by_place)
    if found is None:
        return Unknown("columns that are not known")
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], Value):
        return series(interp, some, str(found[1]), found[0])
    if isinstance(found, TableObject):
        return frame(interp, some, found.columns, found.rest)
    return Unknown("columns that are not known")


def _rows(interp: Interpreter, table: TableObject, rows: Value, by_place: bool) -> int | Dim | None:
    """Return how many rows are chosen; None for one, or what is not known."""
    if isinstance(rows, SliceValue):
        if rows == SliceValue():
            return _sure(interp, table.rows)
        return _sliced(interp, table.rows, rows) if by_place else size(interp, "")
    items = items_of(interp, rows)
    if items is not None:
        return len(items) if by_place else None
    mask = table_of(interp, rows, SERIES)
    if _is_mask(rows) or (mask is not None and dtype_of(mask) == "bool"):
        return size(interp, "")
    return None


def _sliced(interp: Interpreter, rows: Count, index: SliceValue) -> int | Dim:
    """Return how many rows a slice takes."""
    bounds = [part.value for part in (index.lower, index.upper, index.step) if isinstance(part, Const)]
    plain = len(bounds) == 3 and all(bound is None or type(bound) is int for bound in bounds) and bounds[2] != 0
    if isinstance(rows, int) and plain:
        return len(range(*slice(*bounds).indices(rows)))
    return size(interp, "")


def _columns(
    interp: Interpreter, table: TableObject, index: Value, by_place: bool
) -> TableObject | tuple[Value, str] | None:
    """Return a table of the columns that are chosen, or the name and dtype of one."""
    if index == SliceValue():
        return table
    if not by_place:
        chosen = get_item(interp, table, index) if not isinstance(index, SliceValue) else Unknown("labels")
        found = table_of(interp, chosen)
        if found is not None and found.name == SERIES and found.columns:
            return found.columns[0]
        return found
    if isinstance(index, Const) and type(index.value) is int:
        if table.columns is None:
            return (Const(None), table.rest)
        inside = -len(table.columns) <= index.value < len(table.columns)
        return table.columns[index.value] if inside else None
    return _columns_in(interp, table, index)


def _columns_in(interp: Interpreter, table: TableObject, index: Value) -> TableObject | None:
    """Return a table of the columns in a slice or a list of places."""
    if isinstance(index, SliceValue):
        bounds = [part.value for part in (index.lower, index.upper, index.step) if isinstance(part, Const)]
        if len(bounds) < 3 or not all(bound is None or type(bound) is int for bound in bounds) or bounds[2] == 0:
            return None
        if table.columns is not None:
            return dataclasses.replace(table, columns=table.columns[slice(*bounds)])
        return dataclasses.replace(table, columns=None)
    places = items_of(interp, index)
    numbers = [place.value for place in places or () if isinstance(place, Const) and type(place.value) is int]
    if not numbers or places is None or len(numbers) < len(places):
        return None
    if table.columns is None:
        return dataclasses.replace(table, columns=tuple((Const(None), table.rest) for _ in numbers))
    if not all(-len(table.columns) <= number < len(table.columns) for number in numbers):
        return None
    return dataclasses.replace(table, columns=tuple(table.columns[number] for number in numbers))


def _of_array(interp: Interpreter, table: TableObject, index: Value) -> Value:
    """Return a part of an array of unknown dtype: NumPy is asked for the shape, on an array of numbers."""
    from ..asking import ask_operator

    shape = table.shape
    if shape is None or not interp.frames:
        return Unknown("a part of an array of unknown dtype")
    twin = array(interp, "float64", shape)
    found = ask_operator(interp, interp.frames[-1], "getitem", (twin, index))
    if not isinstance(found, TensorValue) or found.kind != "ndarray":
        return Unknown("an item of an array of unknown dtype")
    return contents(interp, found.shape, table.rest)


def length(interp: Interpreter, table: TableObject) -> int | Dim | None:
    """Return `len(table)`."""
    shape = shape_of(interp, table)
    return shape[0] if shape else None


# Making -------------------------------------------------------------------------------------------------------------


def of_data(interp: Interpreter, data: Value, columns: Value, dtype: str | None) -> Value | None:
    """Return `pd.DataFrame(data, columns=columns)`; None where it is not known."""
    names = None if columns == Const(None) else items_of(interp, columns)
    if columns != Const(None) and (names is None or not all(isinstance(name, Const) for name in names)):
        return None
    item = interp.heap.get(data.address) if isinstance(data, Ref) else None
    if isinstance(item, DictObject) and item.items is not None and names is None:
        found = [(key, *_column_of(interp, value)) for key, value in item.items]
        counts = {rows for _, rows, _ in found if rows is not None}
        if len([value for _, value in item.items if table_of(interp, value) is not None]) > 1:
            return None  # rows are matched by their labels
        if not found or any(rows is None for _, rows, _ in found) or len(counts) != 1:
            return None
        return frame(interp, counts.pop(), tuple((key, dtype or own) for key, _, own in found))
    if isinstance(data, TensorValue) and data.kind == "ndarray" and data.shape is not None and len(data.shape) == 2:
        interp.heap.written(data.storage)  # the table may share its memory, and be changed
        wide = data.shape[1]
        if not isinstance(wide, int) or wide > 10_000 or (names is not None and len(names) != wide):
            return frame(interp, data.shape[0], None, dtype or _plain(data.dtype)) if names is None else None
        labels = names if names is not None else [Const(number) for number in range(wide)]
        return frame(interp, data.shape[0], tuple((name, dtype or _plain(data.dtype)) for name in labels))
    return None


def _column_of(interp: Interpreter, value: Value) -> tuple[Count, str]:
    """Return the rows and the dtype of what a dict has for a column."""
    if isinstance(value, TensorValue) and value.kind == "ndarray" and value.shape is not None and len(value.shape) == 1:
        return value.shape[0], _plain(value.dtype)
    table = table_of(interp, value, SERIES)
    if table is not None:
        return table.rows, dtype_of(table)
    item = interp.heap.get(value.address) if isinstance(value, Ref) else None
    if isinstance(item, ListObject) and item.items and item.name == "list":
        kinds = {type(part.value).__name__ if isinstance(part, Const) else "" for part in item.items}
        one = kinds.pop() if len(kinds) == 1 else ""
        return len(item.items), {"int": "int64", "float": "float64", "bool": "bool"}.get(one, ANY)
    if isinstance(item, ListObject) and item.items is None and item.name == "list":
        return item.size, ANY
    return None, ANY


def _plain(dtype: str) -> str:
    return ANY if dtype in ("object", "string") else dtype
