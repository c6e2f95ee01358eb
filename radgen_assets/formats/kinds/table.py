"""Table: a frame as table.parquet, its warnings and format version in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.frames import Table
from radgen_assets.formats.parquet import read_frame, read_metadata, write_frame
from radgen_assets.formats.registry import ReadContext

VERSION = 1
FILE = "table.parquet"


def write(value: Table, folder: Path) -> None:
    """Write table.parquet; a named index is refused, since it would be lost."""
    write_with_warnings(folder / FILE, value.frame, value.warnings)


def read(folder: Path, context: ReadContext) -> Table:
    """Read it back with its column types."""
    return Table(*read_with_warnings(folder / FILE))


def write_with_warnings(path: Path, frame: pd.DataFrame, warnings: tuple[str, ...]) -> None:
    """Write a frame and its warnings as one Parquet file."""
    metadata = {"format": "radgen/table", "version": str(VERSION), "warnings": json.dumps(warnings)}
    write_frame(path, frame, metadata=metadata)


def read_with_warnings(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read what `write_with_warnings` wrote; raises BadInput for any other file and for a later format."""
    metadata = read_metadata(path)
    version = metadata.get("version", "")
    if metadata.get("format") != "radgen/table" or not version.isdigit() or int(version) > VERSION:
        found = f"{metadata.get('format', 'no format')}, version {version or 'none'}"
        raise BadInput(
            path.name, "format", found, f"radgen/table, at most {VERSION}", "It needs a later radgen: update."
        )
    return read_frame(path), tuple(json.loads(metadata["warnings"]))
