"""A table's columns as Dagster shows them; from the same source as the data dictionary."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from radgen_assets.contracts.tables.registry import GATHERED
from radgen_assets.contracts.tables.schema import TableSchema
from radgen_assets.factories.declaration import AssetDeclaration, Shape

COLUMN_SCHEMA = "dagster/column_schema"
ROW_COUNT = "dagster/row_count"
GATHERED_PREFIX = "gathered_"


def column_schema(table: TableSchema) -> dg.TableSchema:
    """Name, type, meaning, unit and rules of every column."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                column.name,
                column.sql_type,
                f"{column.description}{f' Unit: {column.unit}.' if column.unit else ''}",
                dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique, other=list(column.rules())),
            )
            for column in table.columns
        ]
    )


def table_of(asset: AssetDeclaration) -> TableSchema | None:
    """The contract of the table that an asset makes; None when its artifacts are no such table."""
    return None if asset.shape is Shape.patient else GATHERED.get(asset.name.removeprefix(GATHERED_PREFIX))


def row_count(files: Sequence[object]) -> int:
    """Rows of Parquet files, from their footers."""
    import pyarrow.parquet

    return sum(int(pyarrow.parquet.read_metadata(str(path)).num_rows) for path in files)
