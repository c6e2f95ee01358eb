"""QualityReport: quality.json and preview.png."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.volumes import QualityReport
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: QualityReport, folder: Path) -> None:
    """Write both files."""
    body = {
        "sequences": value.sequences,
        "masks": value.masks,
        "overlaps": value.overlaps,
        "warnings": value.warnings,
    }
    write_document(folder / "quality.json", "quality_report", VERSION, body)
    (folder / "preview.png").write_bytes(value.preview_png)


def read(folder: Path, context: ReadContext) -> QualityReport:
    """Read both files."""
    body = read_document(folder / "quality.json", "quality_report", VERSION)
    return QualityReport(
        sequences=tuple(body["sequences"]),
        masks=tuple(body["masks"]),
        overlaps=tuple(body["overlaps"]),
        warnings=tuple(body["warnings"]),
        preview_png=(folder / "preview.png").read_bytes(),
    )


def preview(value: QualityReport) -> bytes:
    """Its own picture."""
    return value.preview_png
