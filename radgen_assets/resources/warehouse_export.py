"""A mart as a Parquet file whose bytes depend on its rows alone: sorted by the key, fixed row groups, no times."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.tables.arrow import arrow_schema
from radgen_assets.contracts.tables.schema import TableSchema

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROWS_PER_GROUP = 1 << 18


@dataclass(frozen=True)
class MartFile:
    """An exported mart: its file, its number of rows and the SHA-256 of its bytes."""

    path: Path
    n_rows: int
    sha256: str


def export_mart(connection: duckdb.DuckDBPyConnection, table: TableSchema, path: Path) -> MartFile:
    """Write one mart; the file before it is replaced at once when the new one is complete."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".parquet.new")
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    key = ", ".join(f'"{name}" nulls first' for name in table.key)
    reader = connection.execute(f'select {columns} from "{table.name}" order by {key}').to_arrow_reader(ROWS_PER_GROUP)
    n_rows = 0
    with pq.ParquetWriter(unfinished, arrow_schema(table), compression="zstd") as writer:
        for group in _groups(reader, arrow_schema(table)):
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
            n_rows += group.num_rows
    with unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    os.replace(unfinished, path)
    return MartFile(path, n_rows, sha256)


def _groups(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of exactly ROWS_PER_GROUP rows (the last may be shorter), however the engine cuts its batches."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    n_held = 0
    for batch in reader:
        held.append(batch)
        n_held += batch.num_rows
        while n_held >= ROWS_PER_GROUP:
            whole = pa.Table.from_batches(held)
            yield whole.slice(0, ROWS_PER_GROUP).cast(schema).combine_chunks()
            held = whole.slice(ROWS_PER_GROUP).to_batches()
            n_held -= ROWS_PER_GROUP
    if n_held:
        yield pa.Table.from_batches(held).cast(schema).combine_chunks()
