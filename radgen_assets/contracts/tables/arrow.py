"""A table as an Arrow schema, and as an empty, typed Arrow table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.contracts.tables.schema import DType, TableSchema

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_schema(table: TableSchema) -> pa.Schema:
    """Fields in the table's order; nullability as declared."""
    import pyarrow as pa

    types = {
        DType.text: pa.string(),
        DType.number: pa.float64(),
        DType.integer: pa.int64(),
        DType.boolean: pa.bool_(),
    }
    return pa.schema([pa.field(column.name, types[column.dtype], column.nullable) for column in table.columns])


def empty_arrow_table(table: TableSchema) -> pa.Table:
    """No rows, all columns: what stands for a table that nobody has gathered yet."""
    return arrow_schema(table).empty_table()
