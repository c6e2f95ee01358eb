"""DrawnTable: table.parquet (with the warnings) and preview.png."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.frames import DrawnTable
from radgen_assets.formats.kinds.table import FILE, read_with_warnings, write_with_warnings
from radgen_assets.formats.registry import ReadContext

PICTURE = "preview.png"


def write(value: DrawnTable, folder: Path) -> None:
    """Write both files."""
    write_with_warnings(folder / FILE, value.frame, value.warnings)
    (folder / PICTURE).write_bytes(value.picture_png)


def read(folder: Path, context: ReadContext) -> DrawnTable:
    """Read both files."""
    frame, warnings = read_with_warnings(folder / FILE)
    return DrawnTable(frame, (folder / PICTURE).read_bytes(), warnings)


def preview(value: DrawnTable) -> bytes:
    """Its own picture."""
    return value.picture_png
