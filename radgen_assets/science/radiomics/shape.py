"""Shape features of a region: size, surface, diameters and principal axes."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.diameter import diameters
from radgen_assets.science.radiomics.surface import mesh

_NEARLY_FLAT = 1e-6  # of the largest variance: above it, rounding of the smallest is below 1e-10 of itself


def shape_features(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> dict[str, float]:
    """pyradiomics' 14 features by its names, of a mask (k, j, i) cropped to its region.

    Source: pyradiomics 3.0.1, shape.

    Raises
    ------
    BadInput
        When the mask is empty.
    """
    surface = mesh(mask, spacing_mm)
    apart = diameters(mask, spacing_mm)
    least, minor, major = principal_variances(mask, spacing_mm)
    n_voxels = int(np.count_nonzero(mask))
    with np.errstate(invalid="ignore"):
        return {
            "Elongation": float(np.sqrt(minor / major)),
            "Flatness": float(np.sqrt(least / major)),
            "LeastAxisLength": float(np.sqrt(least) * 4),
            "MajorAxisLength": float(np.sqrt(major) * 4),
            "Maximum2DDiameterColumn": apart.planes[1],
            "Maximum2DDiameterRow": apart.planes[2],
            "Maximum2DDiameterSlice": apart.planes[0],
            "Maximum3DDiameter": apart.volume,
            "MeshVolume": surface.volume,
            "MinorAxisLength": float(np.sqrt(minor) * 4),
            "Sphericity": (36 * np.pi * surface.volume**2) ** (1 / 3) / surface.area,
            "SurfaceArea": surface.area,
            "SurfaceVolumeRatio": surface.area / surface.volume,
            "VoxelVolume": n_voxels * float(np.prod(spacing_mm)),
        }


def principal_variances(mask: NDArray[np.bool_], spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    """Variances of the voxels' places along their principal axes, in mm2, rising; NaN where below 0.

    From sums of whole numbers, which are exact. Where a region is flat or a line, what stands in place of 0 is
    rounding, and a root makes it 1e-8 instead of 1e-16: there the steps and their order are pyradiomics' own.
    """
    if mask.ndim == 2:
        return _as_pyradiomics(mask, spacing_mm)
    n, *sums = (int(each) for each in _moments(np.ascontiguousarray(mask).view(np.uint8)))
    first, second = sums[:3], dict(zip(combinations_with_replacement(range(3), 2), sums[3:], strict=True))
    covariance = np.empty((3, 3))
    for (one, other), total in second.items():
        value = (n * total - first[one] * first[other]) / (n * n) * spacing_mm[one] * spacing_mm[other]
        covariance[one, other] = covariance[other, one] = value
    variances = np.asarray(np.linalg.eigvalsh(covariance), dtype=np.float64)
    return variances if variances[0] > _NEARLY_FLAT * variances[2] else _as_pyradiomics(mask, spacing_mm)


def _as_pyradiomics(mask: NDArray[np.bool_], spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    places = np.stack(np.nonzero(mask), axis=1) + 1  # counted in the padded mask
    physical = places * np.asarray(spacing_mm)
    physical -= physical.mean(axis=0)
    physical /= np.sqrt(len(places))
    variances = np.linalg.eigvals(physical.T.copy() @ physical)
    variances[(variances < 0) & (variances > -1e-10)] = 0
    variances.sort()
    if np.iscomplexobj(variances):  # a pair beside 0, by rounding: pyradiomics takes its root before the real part
        variances = np.sqrt(variances).real ** 2
    variances[variances < 0] = np.nan
    return np.asarray(variances, dtype=np.float64)


@njit(cache=True, nogil=True, error_model="numpy")
def _moments(mask: NDArray[np.uint8]) -> NDArray[np.int64]:  # pragma: no cover
    """Voxels, and over them the sums of k, j, i, kk, kj, ki, jj, ji, ii, (10,)."""
    found = np.zeros(10, np.int64)
    for k in range(mask.shape[0]):
        for j in range(mask.shape[1]):
            row = mask[k, j]
            n, of_i, of_ii = np.int64(0), np.int64(0), np.int64(0)
            for i in range(np.uintp(len(row))):
                at = np.int64(i) * np.int64(row[i])
                n += np.int64(row[i])
                of_i += at
                of_ii += at * at
            found[0] += n
            found[1] += n * k
            found[2] += n * j
            found[3] += of_i
            found[4] += n * k * k
            found[5] += n * k * j
            found[6] += of_i * k
            found[7] += n * j * j
            found[8] += of_i * j
            found[9] += of_ii
    return found
