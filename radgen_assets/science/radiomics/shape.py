"""Shape features of a region: size, surface, diameters and principal axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.diameter import diameters
from radgen_assets.science.radiomics.surface import mesh


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

    In pyradiomics' own steps and order: where a region is flat or a line, what stands in place of 0 is rounding, and
    a root makes it 1e-8 instead of 1e-16.
    """
    places = np.stack(np.nonzero(mask), axis=1) + 1  # counted in the padded mask
    physical = places * np.asarray(spacing_mm)
    physical -= physical.mean(axis=0)
    physical /= np.sqrt(len(places))
    variances = np.linalg.eigvals(physical.T.copy() @ physical).real
    variances[(variances < 0) & (variances > -1e-10)] = 0
    variances.sort()
    variances[variances < 0] = np.nan
    return variances
