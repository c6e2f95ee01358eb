"""Signal-to-noise ratio of a volume, by one definition that also holds where the background was set to 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_MAD_TO_SD = 1.482602218505602  # of a normal distribution
_MINIMUM_VOXELS = 1000
_SLICE_STEP = 3  # every third slice tells the same noise


def signal_to_noise(
    data: NDArray[np.float32], inside: NDArray[np.bool_], arms: tuple[int, int] = (1, 1)
) -> float | None:
    """Median intensity inside over the standard deviation of the noise inside.

    Parameters
    ----------
    data : (i, j, k) float32
        Slices are (i, j), the axial plane, in which scanners acquire.
    inside : (i, j, k) bool
        The brain or head.
    arms : (2,) int
        Reach of the stencil along i and j in voxels: the native voxel size over this one's, so that voxels which
        interpolation made alike are not compared with each other.

    Returns
    -------
    float or None
        None where it has no meaning: too few voxels, no noise at all (integers of a flat image), or intensities that
        are not raw (more than 1 % negative: z-scores).

    Notes
    -----
    The usual ratio, mean over the standard deviation of the air, needs air; a stripped volume has none, and its
    zeros would make the ratio infinite. Noise is therefore estimated inside, by the second difference along both axes
    of each slice, which removes anatomy that varies linearly. Its median absolute value is taken, since edges are few.
    What interpolation smoothed away stays away: compare only volumes that went the same way.
    Source: Immerkaer, Comput Vis Image Underst 64 (1996) 300 (there the mean absolute value).
    """
    data, inside = data[:, :, ::_SLICE_STEP], inside[:, :, ::_SLICE_STEP]
    values = data[inside]
    if values.size < _MINIMUM_VOXELS or (values < 0).mean() > 0.01:
        return None
    i, j = arms
    if min(data.shape[0] - 2 * i, data.shape[1] - 2 * j) < 1:
        return None
    rough = data[: -2 * i] - 2 * data[i:-i] + data[2 * i :]
    rough = rough[:, : -2 * j] - 2 * rough[:, j:-j] + rough[:, 2 * j :]
    whole = ndimage.binary_erosion(inside, structure=np.ones((2 * i + 1, 2 * j + 1, 1)))[i:-i, j:-j]
    if np.count_nonzero(whole) < _MINIMUM_VOXELS:
        return None
    noise = _MAD_TO_SD * float(np.median(np.abs(rough[whole]))) / 6.0  # 6: norm of the 3 x 3 stencil
    return float(np.median(values)) / noise if noise > 0 else None
