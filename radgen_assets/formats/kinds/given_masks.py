"""GivenMasks: masks.json, everything but the root, which is this machine's."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from radgen_assets.contracts.volumes import GivenMasks, LabelConvention, MakerKind, MaskFile, Sequence
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: GivenMasks, folder: Path) -> None:
    """Write masks.json."""
    write_document(folder / "masks.json", "given_masks", VERSION, {"files": [asdict(each) for each in value.files]})


def read(folder: Path, context: ReadContext) -> GivenMasks:
    """Read masks.json; paths are below the root of `context`."""
    body = read_document(folder / "masks.json", "given_masks", VERSION)
    return GivenMasks(root=str(context.root), files=tuple(_mask(each) for each in body["files"]))


def _mask(row: dict) -> MaskFile:
    return MaskFile(
        **{
            **row,
            "maker_kind": MakerKind(row["maker_kind"]),
            "convention": LabelConvention(row["convention"]),
            "drawn_on": Sequence(row["drawn_on"]),
        }
    )
