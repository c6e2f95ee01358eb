"""ExtraColumns: a frame in long form as extra.parquet."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.frames import ExtraColumns
from radgen_assets.formats.kinds.table import read_with_warnings, write_with_warnings
from radgen_assets.formats.registry import ReadContext

FILE = "extra.parquet"


def write(value: ExtraColumns, folder: Path) -> None:
    """Write extra.parquet."""
    write_with_warnings(folder / FILE, value.frame, value.warnings)


def read(folder: Path, context: ReadContext) -> ExtraColumns:
    """Read it back with its column types."""
    return ExtraColumns(*read_with_warnings(folder / FILE))
