"""Refuses volumes and masks that do not lie on one grid, with the region and the sequence named."""

from __future__ import annotations

import numpy as np

from radgen_assets.contracts.errors import MaskOffGrid
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks

_TOLERANCE_MM = 1e-3


def refuse_off_grid(volumes: RegisteredVolumes, masks: TumourMasks) -> None:
    """Raise MaskOffGrid for the first mask or sequence of another shape or place than the anchor's grid."""
    anchor = volumes.by_sequence[volumes.anchor]
    shape, affine = anchor.data.shape, anchor.affine
    for sequence, volume in volumes.by_sequence.items():
        if volume.data.shape != shape or not np.allclose(volume.affine, affine, rtol=0, atol=_TOLERANCE_MM):
            raise MaskOffGrid(
                f"{sequence.value} volume",
                "grid",
                _told(volume.data.shape, volume.affine),
                f"{_told(shape, affine)}, the grid of {volumes.anchor.value}",
                "Register the sequences to one grid first.",
            )
    for mask in masks.masks:
        if mask.data.shape != shape:
            raise MaskOffGrid(
                f"mask of {mask.maker}",
                mask.region.value,
                f"shape {mask.data.shape}",
                f"{shape}, the grid of {volumes.anchor.value}",
                "Resample the mask onto the registered volumes.",
            )
    if not np.allclose(masks.affine, affine, rtol=0, atol=_TOLERANCE_MM):
        named = ", ".join(f"{mask.region.value} of {mask.maker}" for mask in masks.masks)
        raise MaskOffGrid(
            "tumour masks",
            named,
            _told(masks.masks[0].data.shape if masks.masks else (), masks.affine),
            f"{_told(shape, affine)}, the grid of {volumes.anchor.value}",
            "Masks drawn on another image must be resampled onto the registered volumes.",
        )


def _told(shape: tuple[int, ...], affine: np.ndarray) -> str:
    """Shape, spacing and origin; of two grids that differ, one of them does."""
    spacing = np.round(np.sqrt((affine[:3, :3] ** 2).sum(axis=0)), 3).tolist()
    return f"shape {shape}, spacing {spacing} mm, origin {np.round(affine[:3, 3], 3).tolist()}"
