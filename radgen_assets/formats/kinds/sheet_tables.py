"""SheetTables: table.parquet (with the warnings) and extra.parquet, each of which can be read alone."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.frames import ExtraColumns, SheetTables, Table
from radgen_assets.formats.kinds import extra_columns, table
from radgen_assets.formats.registry import ReadContext


def write(value: SheetTables, folder: Path) -> None:
    """Write both files."""
    table.write(Table(value.shared, value.warnings), folder)
    extra_columns.write(ExtraColumns(value.extra), folder)


def read(folder: Path, context: ReadContext) -> SheetTables:
    """Read both files."""
    shared = table.read(folder, context)
    return SheetTables(shared.frame, extra_columns.read(folder, context).frame, shared.warnings)
