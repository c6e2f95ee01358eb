"""Grids: whether two are the same, the isotropic one over a field of view, and resampling from one to another."""

from __future__ import annotations

from typing import Literal

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.contracts.volumes import Grid

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_INTERPOLATORS = {"linear": sitk.sitkLinear, "cubic": sitk.sitkBSpline}


def spacing_of(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edge lengths (3,) of a voxel in mm."""
    return np.sqrt((affine[:3, :3] ** 2).sum(axis=0))


def same_grid(first: Grid, second: Grid, tolerance_mm: float) -> bool:
    """Whether equal indices are equal places: equal shapes, and no corner voxel further apart than the tolerance."""
    if first.shape != second.shape:
        return False
    apart = corners(first) - corners(second)
    return bool(np.sqrt((apart**2).sum(axis=1)).max() <= tolerance_mm)


def corners(grid: Grid) -> NDArray[np.float64]:
    """Centres of the eight corner voxels, (8, 3) in RAS+ mm."""
    last = np.array(grid.shape, dtype=float) - 1
    steps = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=float)
    return steps * last @ grid.affine[:3, :3].T + grid.affine[:3, 3]


def is_isotropic(grid: Grid, spacing_mm: float, tolerance_mm: float) -> bool:
    """Whether all edges are `spacing_mm` long."""
    return bool(np.abs(spacing_of(grid.affine) - spacing_mm).max() <= tolerance_mm)


def isotropic_grid(native: Grid, spacing_mm: float) -> Grid:
    """The isotropic grid with the native grid's axes and centre that covers its whole field of view.

    The field of view reaches from the outer faces of the first voxels to those of the last.
    """
    spacing = spacing_of(native.affine)
    directions = native.affine[:3, :3] / spacing
    extent = spacing * native.shape
    counts = np.ceil(extent / spacing_mm - 1e-6).astype(int)
    centre = native.affine[:3, :3] @ ((np.array(native.shape) - 1) / 2) + native.affine[:3, 3]
    affine = np.eye(4)
    affine[:3, :3] = directions * spacing_mm
    affine[:3, 3] = centre - affine[:3, :3] @ ((counts - 1) / 2)
    return Grid((int(counts[0]), int(counts[1]), int(counts[2])), affine)


def to_itk(data: NDArray, affine: NDArray[np.float64]) -> sitk.Image:
    """An array (i, j, k) with its RAS+ affine as a SimpleITK image (LPS)."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(data.transpose(2, 1, 0)))
    lps = _RAS_TO_LPS @ affine
    spacing = spacing_of(affine)
    image.SetSpacing([float(edge) for edge in spacing])
    image.SetOrigin([float(value) for value in lps[:3, 3]])
    image.SetDirection([float(value) for value in (lps[:3, :3] / spacing).ravel()])
    return image


def from_itk(image: sitk.Image) -> NDArray:
    """The array (i, j, k) of a SimpleITK image."""
    return np.ascontiguousarray(sitk.GetArrayFromImage(image).transpose(2, 1, 0))


def resample(
    image: sitk.Image,
    target: Grid,
    target_to_image: NDArray[np.float64],
    *,
    interpolation: Literal["linear", "cubic"],
    outside: float = 0.0,
) -> NDArray[np.float32]:
    """Values of `image` at the places of `target`: one interpolation, float32 (i, j, k).

    Parameters
    ----------
    image : SimpleITK.Image
        As `to_itk` gives it.
    target : Grid
        Where values are wanted.
    target_to_image : (4, 4) float64
        RAS+ mm: maps a point of the target's space to the same anatomy in the image's space.
    outside : float
        Value where the image does not reach.
    """
    lps = _RAS_TO_LPS @ target_to_image @ _RAS_TO_LPS
    transform = sitk.AffineTransform(3)
    transform.SetMatrix([float(value) for value in lps[:3, :3].ravel()])
    transform.SetTranslation([float(value) for value in lps[:3, 3]])
    frame = _RAS_TO_LPS @ target.affine
    spacing = spacing_of(target.affine)
    filtered = sitk.Resample(
        image,
        [int(count) for count in target.shape],
        transform,
        _INTERPOLATORS[interpolation],
        [float(value) for value in frame[:3, 3]],
        [float(edge) for edge in spacing],
        [float(value) for value in (frame[:3, :3] / spacing).ravel()],
        outside,
        sitk.sitkFloat32,
    )
    return from_itk(filtered)
