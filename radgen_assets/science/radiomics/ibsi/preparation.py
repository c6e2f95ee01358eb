"""From an image and a mask to the grid, masks and grey levels that IBSI prescribes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.errors import BadInput, BadMask, MaskOffGrid
from radgen_assets.science.radiomics.ibsi.configurations import IbsiConfiguration

Spacing = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class IbsiRegion:
    """An image with its two masks, arrays (k, j, i).

    Attributes
    ----------
    image : float64
    intensity_mask : bool
        Voxels whose intensities count.
    morphological_mask : bool
        The region as a shape: what re-segmentation removes stays in it.
    spacing_mm : (3,) float
        In the arrays' order.
    """

    image: NDArray[np.float64]
    intensity_mask: NDArray[np.bool_]
    morphological_mask: NDArray[np.bool_]
    spacing_mm: Spacing

    @property
    def intensities(self) -> NDArray[np.float64]:
        """Of the intensity mask, (n,), in the array's order."""
        return self.image[self.intensity_mask]


@dataclass(frozen=True, eq=False)
class Prepared:
    """The region at the manual's three points of time."""

    initial: IbsiRegion
    interpolated: IbsiRegion
    resegmented: IbsiRegion


def prepare(image: NDArray, mask: NDArray[np.bool_], spacing_mm: Spacing, configuration: IbsiConfiguration) -> Prepared:
    """Resample, round, re-segment.

    Parameters
    ----------
    image, mask : (k, j, i)
        On one grid.
    spacing_mm : (3,) float
        In the arrays' order.
    configuration : IbsiConfiguration

    Raises
    ------
    MaskOffGrid
        When the shapes differ.
    BadMask
        When the mask is empty, at the start or after a step.
    """
    if image.shape != mask.shape:
        raise MaskOffGrid("mask", "shape", str(mask.shape), f"the image's {image.shape}", "Give both on one grid.")
    inside = np.ascontiguousarray(mask, dtype=np.bool_)
    initial = _checked(IbsiRegion(image.astype(np.float64), inside, inside, spacing_mm), "as given")
    interpolated = _checked(_resampled(initial, configuration), "after resampling")
    resegmented = _checked(_resegmented(interpolated, configuration), "after re-segmentation")
    return Prepared(initial, interpolated, resegmented)


def grid_after(shape: tuple[int, ...], spacing_mm: Spacing, new_spacing_mm: Spacing) -> tuple[int, ...]:
    """Shape of the resampled grid: large enough to hold the old one."""
    # the digits of a header (0.977) times whole numbers can exceed a whole number by rounding alone
    return tuple(
        int(np.ceil(round(n * old / new, 9))) for n, old, new in zip(shape, spacing_mm, new_spacing_mm, strict=True)
    )


def grey_levels(region: IbsiRegion, configuration: IbsiConfiguration) -> NDArray[np.int32]:
    """Grey levels (k, j, i) from 1 in the intensity mask, 0 outside.

    Notes
    -----
    Fixed bin size counts from the lower end of the configuration's range, pyradiomics from a multiple of the width
    at or below the minimum.
    """
    levels = np.zeros(region.image.shape, dtype=np.int32)
    values = region.intensities
    if configuration.bin_width is not None:
        lowest = configuration.range[0] if configuration.range else values.min()
        found = np.floor((values - lowest) / configuration.bin_width) + 1
    elif configuration.bin_count is not None:
        found = by_count(values, configuration.bin_count)
    else:
        found = np.rint(values)
    if found.min() < 1:
        raise BadInput(
            "image", "grey levels", f"{found.min():g}", "whole numbers from 1", "Give a bin width or a bin count."
        )
    levels[region.intensity_mask] = found
    return levels


def by_count(values: NDArray[np.float64], n_bins: int) -> NDArray[np.float64]:
    """Levels 1 to n_bins between the extremes; the maximum lies in the last."""
    lowest, highest = values.min(), values.max()
    if lowest == highest:
        return np.ones_like(values)
    return np.minimum(np.floor(n_bins * (values - lowest) / (highest - lowest)) + 1, n_bins)


def _resampled(region: IbsiRegion, configuration: IbsiConfiguration) -> IbsiRegion:
    """On a grid that shares the centre with the old one; linear; intensities rounded; half of a voxel is inside."""
    if configuration.spacing_mm is None:
        return region
    old = region.spacing_mm
    wanted = [new or kept for new, kept in zip(configuration.spacing_mm, old, strict=True)]
    new = (wanted[0], wanted[1], wanted[2])
    shape = grid_after(region.image.shape, old, new)
    image = np.rint(_on_grid(region.image, shape, old, new))
    inside = _on_grid(region.morphological_mask.astype(np.float64), shape, old, new) >= 0.5
    return IbsiRegion(image, inside, inside, new)


def _on_grid(values: NDArray[np.float64], shape: tuple[int, ...], old: Spacing, new: Spacing) -> NDArray[np.float64]:
    """Linear interpolation at centre-aligned places, one axis at a time; beyond the last voxel its value holds."""
    for axis, n_new in enumerate(shape):
        n_old = values.shape[axis]
        scale = new[axis] / old[axis]
        places = (np.arange(n_new) - (n_new - 1) / 2) * scale + (n_old - 1) / 2
        places = np.clip(places, 0, n_old - 1)
        below = np.minimum(np.floor(places).astype(np.int64), max(n_old - 2, 0))
        above = np.minimum(below + 1, n_old - 1)
        part = (places - below).reshape([-1 if other == axis else 1 for other in range(3)])
        values = values.take(below, axis) * (1 - part) + values.take(above, axis) * part
    return values


def _resegmented(region: IbsiRegion, configuration: IbsiConfiguration) -> IbsiRegion:
    keep = region.intensity_mask.copy()
    if configuration.range is not None:
        lowest, highest = configuration.range
        keep &= (region.image >= lowest) & (region.image <= highest)
    if configuration.outlier_sigmas is not None:
        values = region.image[keep]
        reach = configuration.outlier_sigmas * values.std()
        keep &= np.abs(region.image - values.mean()) <= reach
    return replace(region, intensity_mask=keep)


def _checked(region: IbsiRegion, when: str) -> IbsiRegion:
    if not region.intensity_mask.any():
        raise BadMask("mask", f"voxels {when}", "none", "at least one", "Correct the mask or the configuration.")
    return region


def distance_to_border(mask: NDArray[np.bool_], in_plane: bool) -> NDArray[np.int64]:
    """Steps over faces from outside the mask to each voxel, 1 at the border; within slices when in plane."""
    padded = np.pad(mask, 1)
    if not in_plane:
        return ndimage.distance_transform_cdt(padded, metric="taxicab")[1:-1, 1:-1, 1:-1].astype(np.int64)
    slices = [ndimage.distance_transform_cdt(part, metric="taxicab") for part in padded[1:-1]]
    return np.stack(slices)[:, 1:-1, 1:-1].astype(np.int64)
