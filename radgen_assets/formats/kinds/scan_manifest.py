"""ScanManifest: scans.json and masks.json, each of which can be read alone."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.volumes import ScanManifest
from radgen_assets.formats.kinds import given_masks, scans
from radgen_assets.formats.registry import ReadContext


def write(value: ScanManifest, folder: Path) -> None:
    """Write both files."""
    scans.write(value.scans, folder)
    given_masks.write(value.masks, folder)


def read(folder: Path, context: ReadContext) -> ScanManifest:
    """Read both files."""
    return ScanManifest(scans.read(folder, context), given_masks.read(folder, context))
