"""TumourMasks: one NIfTI a maker, in which each region is a bit, and masks.json.

Bits and not labels, since regions are nested. Bit 0 (value 1) is the first of
the maker's regions in masks.json, bit 1 (value 2) the second, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.volumes import MakerKind, Region, RegionMask, TumourMasks
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.kinds.grids import matrix_as_rows, matrix_of_rows, refuse_other_grid
from radgen_assets.formats.kinds.pictures import labels_in_colour
from radgen_assets.formats.nifti import read_labels, write_nifti
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: TumourMasks, folder: Path) -> None:
    """Write one file a maker and masks.json."""
    for maker, masks in _by_maker(value).items():
        write_nifti(folder / _file_of(maker), _bits(masks), value.affine)
    body = {
        "masks": [_described(each, value) for each in value.masks],
        "affine": matrix_as_rows(value.affine),
        "warnings": value.warnings,
    }
    write_document(folder / "masks.json", "tumour_masks", VERSION, body)


def read(folder: Path, context: ReadContext) -> TumourMasks:
    """Read them back, masks in the order in which they were written."""
    body = read_document(folder / "masks.json", "tumour_masks", VERSION)
    affine = matrix_of_rows(body["affine"])
    bits: dict[str, NDArray[np.uint8]] = {}
    for maker in {each["maker"] for each in body["masks"]}:
        bits[maker], in_file = read_labels(folder / _file_of(maker), name=_file_of(maker))
        refuse_other_grid(in_file, affine, _file_of(maker))
    masks = tuple(_mask(each, bits[each["maker"]]) for each in body["masks"])
    return TumourMasks(masks, affine, tuple(body["warnings"]))


def preview(value: TumourMasks) -> bytes | None:
    """The axial slice with most tumour, of the primary maker (else the first): blue WT, orange TC, red ET."""
    chosen = [each for each in value.masks if each.is_primary] or list(value.masks)
    mine = {each.region: each.data for each in chosen if each.maker == chosen[0].maker}
    if not mine:
        return None
    labels = np.zeros(chosen[0].data.shape, dtype=np.uint8)
    for value_of, region in enumerate(Region, start=1):
        if region in mine:
            labels[mine[region]] = value_of
    return labels_in_colour(labels)


def _by_maker(value: TumourMasks) -> Mapping[str, list[RegionMask]]:
    makers: dict[str, list[RegionMask]] = {}
    for mask in value.masks:
        makers.setdefault(mask.maker, []).append(mask)
    for maker, masks in makers.items():
        if len({each.region for each in masks}) < len(masks):
            raise UsedWrongly(f"Maker {maker} gives a region twice.")
    return makers


def _bits(masks: list[RegionMask]) -> NDArray[np.uint8]:
    bits = np.zeros(masks[0].data.shape, dtype=np.uint8)
    for position, mask in enumerate(masks):
        bits |= mask.data.astype(np.uint8) << np.uint8(position)
    return bits


def _described(mask: RegionMask, value: TumourMasks) -> dict:
    position = [each.region for each in value.masks if each.maker == mask.maker].index(mask.region)
    return {
        "region": mask.region,
        "maker": mask.maker,
        "maker_kind": mask.maker_kind,
        "is_primary": mask.is_primary,
        "bit": position,
        "n_voxels": int(mask.data.sum()),
    }


def _mask(row: dict, bits: NDArray[np.uint8]) -> RegionMask:
    data = (bits >> np.uint8(row["bit"])) & np.uint8(1)
    return RegionMask(
        Region(row["region"]), row["maker"], MakerKind(row["maker_kind"]), row["is_primary"], data.astype(bool)
    )


def _file_of(maker: str) -> str:
    return f"{maker}.nii.gz"
