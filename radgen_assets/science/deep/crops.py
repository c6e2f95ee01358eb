"""Cuts the field of view around a tumour out of one sequence and brings it to the encoder's grid and scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.errors import MaskOffGrid, MissingByRight
from radgen_assets.contracts.volumes import Region, RegisteredVolumes, TumourMasks, Volume
from radgen_assets.science.deep.settings import EmbeddingSettings
from radgen_assets.science.imaging.foreground import foreground


@dataclass(frozen=True, eq=False)
class TumourCrop:
    """What the encoder sees of one patient.

    values : (1, i, j, k) float32, standard deviations from the brain's mean; 0 outside the brain
    voxel_mm : edge of a voxel; larger than the settings' where the tumour would not have fitted (then there is a
        warning too)
    """

    values: NDArray[np.float32]
    sequences: tuple[str, ...]
    voxel_mm: float
    warnings: tuple[str, ...] = ()


def tumour_crop(registered: RegisteredVolumes, masks: TumourMasks, settings: EmbeddingSettings) -> TumourCrop:
    """The field of view centred on the box of the whole tumour, as its primary maker drew it.

    Every patient has the same field of view and voxel size, so that size is seen. Only a tumour that does not fit,
    with its margin, is shown at a coarser voxel size, and flagged (METHODS C4). Where the field of view reaches
    beyond the image there are zeros.

    Raises
    ------
    MissingByRight
        There is no mask of the whole tumour, or none of the sequences that the settings allow.
    MaskOffGrid
        The mask's shape is not that of the volumes.
    """
    volume, warnings = _chosen(registered, settings)
    box = _tumour_box(masks, volume)
    voxel_mm = _voxel_that_fits(box, volume, settings)
    if voxel_mm > settings.voxel_mm:
        warnings += (_too_large(box, volume, voxel_mm, settings),)
    standardised = standardise(volume.data, settings.clip)
    values = _resampled(standardised, box.mean(axis=0), voxel_mm / np.array(volume.spacing_mm), settings.input_shape)
    return TumourCrop(values[None], (str(volume.sequence),), voxel_mm, warnings)


def standardise(data: NDArray[np.float32], clip: float) -> NDArray[np.float32]:
    """Z-scores within the brain (or head, where the skull is on), clipped; 0 outside it.

    Mean and standard deviation are those of the voxels between the brain's 1st and 99th percentile: a few bright
    vessels would otherwise set the scale. A constant image gives zeros.
    """
    brain = foreground(data)
    inside = data[brain].astype(np.float64)
    low, high = np.percentile(inside, [1, 99])
    core = inside[(inside >= low) & (inside <= high)]
    deviation = core.std() or 1.0
    scaled = np.clip((data - core.mean()) / deviation, -clip, clip)
    return np.where(brain, scaled, 0).astype(np.float32)


def _chosen(registered: RegisteredVolumes, settings: EmbeddingSettings) -> tuple[Volume, tuple[str, ...]]:
    for sequence in (settings.sequence, *settings.fallback):
        if sequence in registered.by_sequence:
            other = sequence is not settings.sequence
            text = f"no {settings.sequence}: {sequence} stands in, and its values are not comparable with the others"
            return registered.by_sequence[sequence], (text,) if other else ()
    wanted = " or ".join((settings.sequence, *settings.fallback))
    present = ", ".join(sorted(registered.by_sequence)) or "none"
    raise MissingByRight(f"no {wanted} to embed (sequences present: {present})")


def _tumour_box(masks: TumourMasks, volume: Volume) -> NDArray[np.float64]:
    """First and last voxel (2, 3) of the whole tumour along each axis."""
    mask = masks.primary(Region.whole_tumour)
    if mask is None or not mask.data.any():
        raise MissingByRight("no mask of the whole tumour")
    if mask.data.shape != volume.data.shape:
        raise MaskOffGrid(
            f"mask by {mask.maker}", "shape", str(mask.data.shape), str(volume.data.shape),
            "Make imaging/tumour_masks again from the current registered volumes.",
        )  # fmt: skip
    inside = [np.flatnonzero(mask.data.any(axis=others)) for others in ((1, 2), (0, 2), (0, 1))]
    return np.array([[each[0] for each in inside], [each[-1] for each in inside]], dtype=float)


def _voxel_that_fits(box: NDArray[np.float64], volume: Volume, settings: EmbeddingSettings) -> float:
    """The settings' voxel size, or the smallest at which the box with its margin lies inside the field of view."""
    needed_mm = (box[1] - box[0] + 1) * volume.spacing_mm + 2 * settings.margin_mm
    return float(max(settings.voxel_mm, (needed_mm / np.array(settings.input_shape)).max()))


def _too_large(box: NDArray[np.float64], volume: Volume, voxel_mm: float, settings: EmbeddingSettings) -> str:
    size = " x ".join(f"{edge:.0f}" for edge in (box[1] - box[0] + 1) * volume.spacing_mm)
    view = " x ".join(f"{count * settings.voxel_mm:.0f}" for count in settings.input_shape)
    return (
        f"whole tumour of {size} mm does not fit the field of view of {view} mm with a margin of "
        f"{settings.margin_mm:g} mm: embedded at {voxel_mm:.2f} mm instead of {settings.voxel_mm:g} mm voxels"
    )


def _resampled(
    data: NDArray[np.float32], centre: NDArray[np.float64], step: NDArray[np.float64], shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Values at `shape` places around `centre`, `step` voxels of `data` apart: smoothed, then linear.

    Linear interpolation weighs with a triangle one voxel wide on either side (variance 1/6); the Gaussian widens it to
    one of `step` voxels (variance step^2/6). Without it a coarser grid would pick single noisy voxels.
    """
    reach = step * (np.array(shape) - 1) / 2
    sigma = np.sqrt(np.maximum(step**2 - 1, 0) / 6)
    pad = np.ceil(4 * sigma).astype(int) + 1
    low = np.floor(centre - reach).astype(int) - pad
    high = np.ceil(centre + reach).astype(int) + pad + 1
    part = _with_zeros_around(data, low, high)
    smooth = ndimage.gaussian_filter(part, sigma, mode="constant", truncate=4.0)
    return ndimage.affine_transform(
        smooth, np.diag(step), offset=centre - reach - low, output_shape=shape, order=1, mode="constant"
    ).astype(np.float32)


def _with_zeros_around(data: NDArray[np.float32], low: NDArray[np.int_], high: NDArray[np.int_]) -> NDArray[np.float32]:
    """data[low:high], with zeros where that lies outside."""
    part = np.zeros(high - low, dtype=np.float32)
    first, last = np.clip(low, 0, data.shape), np.clip(high, 0, data.shape)
    source = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    target = tuple(slice(a, b) for a, b in zip(first - low, last - low, strict=True))
    part[target] = data[source]
    return part
