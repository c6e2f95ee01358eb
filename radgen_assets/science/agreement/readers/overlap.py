"""How far two masks agree: Dice's overlap, and the 95th percentile of the distance between their surfaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import BadMask, UsedWrongly

REMEDY = "Look at the segmentation, or leave the patient out with a reason."


def dice(mask: ArrayLike, other: ArrayLike) -> float:
    """Twice the common voxels over the voxels of both, 0 to 1.

    Parameters
    ----------
    mask, other : arrays of one shape, bool or 0/1
        On the same grid, any number of dimensions.

    Raises
    ------
    UsedWrongly
        For different shapes, or labels other than 0 and 1: compare one label at a time.
    BadMask
        When both are empty. One empty mask gives 0: the other reader saw a tumour.

    Source: Dice 1945; 2 |X and Y| / (|X| + |Y|).
    """
    a, b = _pair(mask, other)
    total = int(a.sum()) + int(b.sum())
    if not total:
        raise BadMask("masks", "voxels", "both masks empty", "at least one with a voxel", REMEDY)
    return 2 * int((a & b).sum()) / total


def hausdorff_95(mask: ArrayLike, other: ArrayLike, spacing_mm: Sequence[float]) -> float:
    """95th percentile of the distance from one surface to the other, the larger of the two directions, in mm.

    Parameters
    ----------
    mask, other : arrays of one shape, bool or 0/1
    spacing_mm : one length a dimension
        Distance between the centres of neighbouring voxels.

    Raises
    ------
    UsedWrongly
        For different shapes, other labels, or spacing that does not suit.
    BadMask
        When either mask is empty: there is no surface to measure from.

    Notes
    -----
    The surface is the voxels of the mask with a face on the background; outside the grid is background. Distances run
    between centres of voxels. Percentiles are taken in each direction and the larger is told, as BraTS and MONAI do;
    medpy pools both directions first, which gives less where one mask has outliers.
    Source: Huttenlocher et al. 1993 with the 95th percentile.
    """
    a, b = _pair(mask, other)
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    if spacing.shape != (a.ndim,) or not (np.isfinite(spacing) & (spacing > 0)).all():
        raise UsedWrongly(f"Hausdorff: found the spacing {spacing_mm}, expected {a.ndim} lengths above 0 mm.")
    for name, each in (("first", a), ("second", b)):
        if not each.any():
            raise BadMask("masks", f"{name} mask", "no voxel", "at least one", REMEDY)
    a, b = _around(a, b)
    from scipy.ndimage import distance_transform_edt

    surface_a, surface_b = _surface(a), _surface(b)
    to_b = distance_transform_edt(~surface_b, sampling=spacing)[surface_a]
    to_a = distance_transform_edt(~surface_a, sampling=spacing)[surface_b]
    return float(max(np.percentile(to_b, 95), np.percentile(to_a, 95)))


def _pair(mask: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    a, b = np.asarray(mask), np.asarray(other)
    if a.shape != b.shape or not a.ndim:
        raise UsedWrongly(f"overlap: found masks of shapes {a.shape} and {b.shape}, expected one grid.")
    for each in (a, b):
        if each.dtype != np.bool_ and not np.isin(each, (0, 1)).all():
            label = each[~np.isin(each, (0, 1))].flat[0]
            raise UsedWrongly(f"overlap: found the label {label}, expected 0 and 1. Compare one label at a time.")
    return a.astype(np.bool_), b.astype(np.bool_)


def _around(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The box that holds both: distances between them do not leave it."""
    either = a | b
    box = []
    for axis in range(either.ndim):
        used = np.flatnonzero(either.any(axis=tuple(other for other in range(either.ndim) if other != axis)))
        box.append(slice(int(used[0]), int(used[-1]) + 1))
    return a[tuple(box)], b[tuple(box)]


def _surface(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels with a face on the background; the box's edge counts as background, where it is the masks' own edge."""
    from scipy.ndimage import binary_erosion

    return mask & ~binary_erosion(mask)
