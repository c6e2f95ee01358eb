"""Grey level dependence matrix: how many neighbours of a voxel have its level, or one within alpha."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.size_matrix import SizeMatrix
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

_BLOCK = 4096  # voxels whose neighbours a first cache holds
_MOST_IN_A_BYTE = 127

NAMES = {
    "DependenceEntropy": "entropy",
    "DependenceNonUniformity": "size_nonuniformity",
    "DependenceNonUniformityNormalized": "size_nonuniformity_normalised",
    "DependenceVariance": "size_variance",
    "GrayLevelNonUniformity": "grey_nonuniformity",
    "GrayLevelVariance": "grey_variance",
    "HighGrayLevelEmphasis": "high",
    "LargeDependenceEmphasis": "large",
    "LargeDependenceHighGrayLevelEmphasis": "large_high",
    "LargeDependenceLowGrayLevelEmphasis": "large_low",
    "LowGrayLevelEmphasis": "low",
    "SmallDependenceEmphasis": "small",
    "SmallDependenceHighGrayLevelEmphasis": "small_high",
    "SmallDependenceLowGrayLevelEmphasis": "small_low",
}


def features_of_dependences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """The rim of the region must reach the furthest distance. Source: pyradiomics 3.0.1, gldm; Sun & Wee 1983."""
    found = dependences(region, settings).features()
    return {name: float(found[common][0]) for name, common in NAMES.items()}


def dependences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> SizeMatrix:
    """Voxels by level and number of dependent neighbours, the voxel itself counted."""
    offsets = region.offsets(region.steps(settings))
    if settings.alpha or len(offsets) > _MOST_IN_A_BYTE:  # a difference needs the levels themselves, not their ranks
        grey = region.grey_levels.astype(np.int64)
        counts = _dependences(region.ranks.ravel(), region.places, offsets, grey, settings.alpha)
    else:
        counts = _alike(region.narrow, region.places, offsets, len(region.grey_levels))
    return SizeMatrix.of_table(counts, region.grey_levels)


@njit(cache=True, nogil=True, error_model="numpy")
def _alike(
    flat: NDArray[np.integer], inside: NDArray[np.int64], offsets: NDArray[np.int64], n_levels: int
) -> NDArray[np.int64]:  # pragma: no cover
    """Voxels by rank and number of neighbours of the same rank, (n_levels, 2 * n_offsets + 1).

    Counted for all places, a block at a time and direction by direction, which a processor does 32 voxels at once.
    """
    counts = np.zeros((n_levels, 2 * len(offsets) + 1), np.int64)
    dependent = np.empty(_BLOCK, np.uint8)
    place, end = 0, inside[-1] + 1
    for first in range(inside[0], end, _BLOCK):
        n = min(_BLOCK, end - first)
        here = flat[first : first + n]
        dependent[:] = 0
        for offset in offsets:
            ahead, behind = flat[first + offset : first + offset + n], flat[first - offset : first - offset + n]
            for voxel in range(np.uintp(n)):
                dependent[voxel] += np.uint8(ahead[voxel] == here[voxel]) + np.uint8(behind[voxel] == here[voxel])
        while place < len(inside) and inside[place] < first + n:
            at = np.uintp(inside[place] - first)
            counts[np.uintp(here[at]) - np.uintp(1), np.uintp(dependent[at])] += 1
            place += 1
    return counts


@njit(cache=True, nogil=True, error_model="numpy")
def _dependences(
    flat: NDArray[np.int32], inside: NDArray[np.int64], offsets: NDArray[np.int64], grey: NDArray[np.int64], alpha: int
) -> NDArray[np.int64]:  # pragma: no cover
    """Voxels by rank and number of neighbours within alpha of their level, (n_levels, 2 * n_offsets + 1)."""
    counts = np.zeros((len(grey), 2 * len(offsets) + 1), np.int64)
    for voxel in inside:
        level = grey[flat[voxel] - 1]
        n = 0
        for offset in offsets:
            for other in (flat[voxel + offset], flat[voxel - offset]):
                n += other != 0 and abs(grey[other - 1] - level) <= alpha
        counts[flat[voxel] - 1, n] += 1
    return counts
