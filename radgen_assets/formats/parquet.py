"""Parquet files: the same table gives the same bytes, on every write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from radgen_assets.contracts.errors import BadInput, UsedWrongly


def write_frame(path: Path, frame: pd.DataFrame, *, metadata: Mapping[str, str] | None = None) -> None:
    """Write the columns of `frame`.

    The index is not written: raises UsedWrongly for a named one, which would be lost (reset it first).
    A column that holds nothing but missing values is stored as text, since a Parquet column needs a type.
    """
    if any(name is not None for name in frame.index.names):
        raise UsedWrongly(f"{path.name}: the index {list(frame.index.names)} would be lost; call reset_index() first.")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    write_arrow(path, table, metadata={**(metadata or {}), "pandas": _column_types(table)})


def read_frame(path: Path) -> pd.DataFrame:
    """The table at `path`; raises BadInput when it is not a readable Parquet file."""
    return read_arrow(path).to_pandas()


def write_arrow(path: Path, table: pa.Table, *, metadata: Mapping[str, str] | None = None) -> None:
    """Write an Arrow table; its own metadata is replaced by `metadata`."""
    fields = [each.with_type(pa.string()) if pa.types.is_null(each.type) else each for each in table.schema]
    schema = pa.schema([each.remove_metadata() for each in fields], metadata=dict(metadata or {}))
    pq.write_table(
        table.cast(schema),
        path,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        row_group_size=1 << 20,
    )


def read_arrow(path: Path) -> pa.Table:
    """The Arrow table at `path`; raises as `read_frame`."""
    try:
        return pq.read_table(path, memory_map=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise _unreadable(path, error) from error


def read_metadata(path: Path) -> dict[str, str]:
    """Key-value metadata of the file, without reading its columns."""
    try:
        metadata = pq.read_schema(path, memory_map=False).metadata or {}
    except (pa.ArrowInvalid, OSError) as error:
        raise _unreadable(path, error) from error
    return {key.decode(): value.decode() for key, value in metadata.items()}


def _column_types(table: pa.Table) -> str:
    """Pandas' description of the columns (so that Int64, boolean and category come back) without library versions."""
    described = json.loads(table.schema.metadata[b"pandas"])
    kept = {key: described[key] for key in ("index_columns", "column_indexes", "columns")}
    return json.dumps({**kept, "pandas_version": "2"}, sort_keys=True)


def _unreadable(path: Path, error: Exception) -> BadInput:
    found = "nothing" if isinstance(error, FileNotFoundError) else str(error).splitlines()[0]
    return BadInput(path.name, "file", found, "a Parquet file", "Make or copy the file anew.")
