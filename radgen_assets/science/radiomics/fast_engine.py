"""The fast engine: pyradiomics' names and values from compiled kernels, each region binned and prepared once.

Values are those of pyradiomics 3.0.1 within 1e-6 (measured on tumours: 1e-8 for MCC, 1e-12 for all else), but where
its own value is rounding: the correlation of a pair table that has one level on one side and more on the other (not
symmetric; ours is 1 exactly), and the MCC of levels that are exactly independent (ours is 0; its root of a rounded 0
is 1e-8, or NaN and then left out of the mean). A single voxel, which it refuses, has NaN for pairs and runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.radiomics.binning import binned
from radgen_assets.science.radiomics.first_order import first_order_features
from radgen_assets.science.radiomics.glcm import features_of_pairs
from radgen_assets.science.radiomics.gldm import features_of_dependences
from radgen_assets.science.radiomics.glrlm import features_of_runs
from radgen_assets.science.radiomics.glszm import features_of_zones
from radgen_assets.science.radiomics.ngtdm import features_of_tone_differences
from radgen_assets.science.radiomics.shape import shape_features as _shape_features
from radgen_assets.science.radiomics.shape_2d import shape_features_2d
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

TEXTURES: dict[str, Callable[[TextureRegion, TextureSettings], dict[str, float]]] = {
    "glcm": features_of_pairs,
    "glrlm": features_of_runs,
    "glszm": features_of_zones,
    "gldm": features_of_dependences,
    "ngtdm": features_of_tone_differences,
}


def shape_features(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Iterator[tuple[str, float]]:
    """Name and value of the shape features of a mask (k, j, i) cropped to its region."""
    yield from _shape_features(mask, spacing_mm).items()


def plane_shape_features(
    mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float], axis: int
) -> Iterator[tuple[str, float]]:
    """Name and value of the shape features of a region of one slice (k, j, i), `axis` its normal."""
    first, second = (edge for other, edge in enumerate(spacing_mm) if other != axis)
    plane = mask[tuple(0 if other == axis else slice(None) for other in range(3))]
    yield from shape_features_2d(plane, (first, second)).items()


def intensity_features(
    image: NDArray,
    mask: NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    feature_classes: tuple[str, ...],
    bin_width: float | None = None,
    *,
    bin_count: int | None = None,
    texture: TextureSettings = DEFAULT,
    energy_shift: float = 0.0,
) -> Iterator[tuple[str, str, float]]:
    """Class, name and value of every first-order and texture feature.

    Parameters
    ----------
    image : (k, j, i) number
        Bins are formed in its precision.
    mask : (k, j, i) bool
        At least one voxel.
    spacing_mm : (3,) float
        In the order of the array's axes (k, j, i).
    feature_classes : tuple of str
        Without shape, which depends on the mask alone.
    bin_width : float, optional
        Edges are multiples of it, as pyradiomics has them (IBSI counts from the region's minimum).
    bin_count : int, optional
        In place of the width: as many bins between the region's extremes.
    texture : TextureSettings
        Distances, plane, dependence and weighting.
    energy_shift : float
        Added to intensities before they are squared (pyradiomics' voxelArrayShift).

    Raises
    ------
    UsedWrongly
        When a class is unknown, or not exactly one of width and count is given.
    BadInput
        When the mask is empty or an intensity inside is not finite.
    """
    unknown = sorted(set(feature_classes) - {"firstorder", *TEXTURES})
    if unknown:
        raise UsedWrongly(f"feature_classes {unknown}: expected some of {['firstorder', *TEXTURES]}")
    bins = binned(image, mask, bin_width=bin_width, bin_count=bin_count)
    region = None
    for name in feature_classes:
        if name == "firstorder":
            volume = float(np.prod(spacing_mm))
            found = first_order_features(bins.values, bins.levels_inside, volume, energy_shift=energy_shift)
        else:
            region = region or TextureRegion.of_voxels(mask, bins.levels_inside, max(texture.distances))
            found = TEXTURES[name](region, texture)
        for feature, value in found.items():
            yield name, feature, value
