"""Volumes: one NIfTI a sequence and volumes.json."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.volumes import Sequence, Volumes
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.kinds.grids import read_volumes, write_volumes
from radgen_assets.formats.kinds.pictures import slices_side_by_side
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: Volumes, folder: Path) -> None:
    """Write all sequences and volumes.json."""
    body = {
        "affines": write_volumes(value.by_sequence.values(), folder),
        "anchor": value.anchor,
        "registered": value.registered,
        "warnings": value.warnings,
    }
    write_document(folder / "volumes.json", "volumes", VERSION, body)


def read(folder: Path, context: ReadContext) -> Volumes:
    """Read them back."""
    body = read_document(folder / "volumes.json", "volumes", VERSION)
    return Volumes(
        by_sequence=read_volumes(folder, body["affines"]),
        anchor=tuple(Sequence(each) for each in body["anchor"]),
        registered=body["registered"],
        warnings=tuple(body["warnings"]),
    )


def preview(value: Volumes) -> bytes:
    """The middle axial slice of every sequence."""
    return slices_side_by_side([each.data for each in value.by_sequence.values()])
