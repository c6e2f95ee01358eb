"""Frames that keep a table's promise: a pandera schema from the plain data, and the conversion to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, TableSchema

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa
    import pyarrow

PANDAS_TYPES = {DType.text: "string", DType.number: "float64", DType.integer: "Int64", DType.boolean: "boolean"}


def pandera_schema(table: TableSchema) -> pa.DataFrameSchema:
    """The table as pandera checks it: strict columns in order, nullability, values, ranges and the key."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {column.name: _pandera_column(column) for column in table.columns},
        strict=True,
        ordered=True,
        unique=list(table.key),
        name=table.name,
        description=table.description,
    )


def as_table(frame: pd.DataFrame, table: TableSchema, *, source: str) -> pd.DataFrame:
    """Cast `frame` to the table's types and check it.

    Nullable columns that are absent are added as missing; text that is all missing stays text.

    Parameters
    ----------
    frame : any column order, columns by name
    source : what the rows are from, for messages

    Returns
    -------
    pandas.DataFrame
        Columns in the table's order (string, float64, Int64, boolean), a fresh index from 0, rows sorted by the key.

    Raises
    ------
    BadInput
        For a column too many or too few, a value that cannot be cast, and a broken rule; names row and column.
    """
    unknown = [name for name in frame.columns if name not in table.column_names]
    if unknown:
        raise _refused(source, table, f"column {unknown[0]}", "a column too many", f"{', '.join(table.column_names)}")
    data = {column.name: _cast(frame, column, table, source) for column in table.columns}
    result = type(frame)(data, columns=list(table.column_names), index=frame.index)
    result = result.sort_values(list(table.key), kind="stable", na_position="first").reset_index(drop=True)
    _check(result, table, source)
    return result


def from_arrow(data: pyarrow.Table, table: TableSchema) -> pd.DataFrame:
    """An Arrow table of that schema as a frame of the types of `as_table`; nothing is checked."""
    import pandas as pd
    import pyarrow

    types = {
        pyarrow.string(): pd.StringDtype("pyarrow"),  # millions of short texts: a tenth of the memory of objects
        pyarrow.int64(): pd.Int64Dtype(),
        pyarrow.bool_(): pd.BooleanDtype(),
    }
    return data.select(list(table.column_names)).to_pandas(types_mapper=types.get)


def _pandera_column(column: ColumnSchema) -> pa.Column:
    import pandera.pandas as pa

    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(list(column.allowed)))
    if column.minimum is not None:
        checks.append(pa.Check.greater_than_or_equal_to(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.less_than_or_equal_to(column.maximum))
    return pa.Column(
        PANDAS_TYPES[column.dtype],
        checks,
        nullable=column.nullable,
        unique=column.unique,
        description=column.description,
        metadata={"unit": column.unit} if column.unit else None,
    )


def _cast(frame: pd.DataFrame, column: ColumnSchema, table: TableSchema, source: str) -> pd.Series:
    import pandas as pd

    if column.name not in frame.columns:
        if not column.nullable:
            raise _refused(source, table, f"column {column.name}", "nothing", "a value in every row")
        values = pd.Series(None, index=frame.index, dtype="object")
    else:
        values = frame[column.name]
    try:
        if column.dtype is DType.number:
            return pd.to_numeric(values, errors="raise").astype("Float64").astype("float64")
        return values.astype(PANDAS_TYPES[column.dtype])
    except (TypeError, ValueError) as error:
        found = _first_misfit(values, column)
        raise _refused(source, table, f"column {column.name}", found, f"{column.dtype.value} values") from error


def _first_misfit(values: pd.Series, column: ColumnSchema) -> str:
    """The first value that cannot be cast, with its row."""
    for position, value in enumerate(values):
        try:
            type(values)([value], dtype="object").astype(PANDAS_TYPES[column.dtype])
        except (TypeError, ValueError):
            return f"{value!r} in row {position + 1}"
    return f"values of type {values.dtype}"


def _check(frame: pd.DataFrame, table: TableSchema, source: str) -> None:
    import pandera.errors

    try:
        pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise _explained(errors.failure_cases.iloc[0], frame, table, source) from None


def _explained(case: pd.Series, frame: pd.DataFrame, table: TableSchema, source: str) -> BadInput:
    """pandera's first failure in the words of the table's schema; rows are named by their key."""
    row = " ".join(str(frame.loc[int(case["index"]), name]) for name in table.key)
    if case["check"] in ("multiple_fields_uniqueness", "field_uniqueness"):
        return _refused(source, table, f"row {row}", "the same key twice", table.grain)
    column = table.column(str(case["column"]))
    if case["check"] == "not_nullable":
        return _refused(source, table, f"row {row}, column {column.name}", "nothing", "a value")
    found = repr(getattr(case["failure_case"], "item", lambda: case["failure_case"])())
    return _refused(source, table, f"row {row}, column {column.name}", found, "; ".join(column.rules()))


def _refused(source: str, table: TableSchema, field: str, found: str, expected: str) -> BadInput:
    remedy = f"Correct the source or the cohort's declaration; docs/data_dictionary.md describes table {table.name}."
    return BadInput(source, field, found, expected, remedy)
