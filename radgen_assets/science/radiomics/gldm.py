"""Grey level dependence matrix: how many neighbours of a voxel have its level, or one within alpha."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.size_matrix import SizeMatrix
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

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
    # ranks stand for levels where only equality is asked; a difference needs the levels themselves
    grey = region.grey_levels.astype(np.int64) if settings.alpha else np.empty(0, dtype=np.int64)
    rank, size = _dependences(region.ranks, offsets, region.rim, grey, settings.alpha, region.n_voxels)
    return SizeMatrix.of_one(rank, size, region.grey_levels)


@njit(cache=True, nogil=True, error_model="numpy")
def _dependences(
    ranks: NDArray[np.int32],
    offsets: NDArray[np.int64],
    rim: int,
    grey: NDArray[np.int64],
    alpha: int,
    n_voxels: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """Rank (from 0) and number of dependent voxels of each voxel, itself included.

    With alpha 0 a row is counted direction by direction, which the processor does eight voxels at a time; voxels
    outside are counted too and thrown away.
    """
    n_k, n_j, n_i = ranks.shape
    flat = ranks.ravel()
    rank_of = np.empty(n_voxels, np.int64)
    size_of = np.empty(n_voxels, np.int64)
    n_row = n_i - 2 * rim
    dependent = np.empty(n_row, np.int32)
    place = 0
    for k in range(rim, n_k - rim):
        for j in range(rim, n_j - rim):
            start = (k * n_j + j) * n_i + rim
            here = flat[start : start + n_row]
            dependent[:] = 1
            for offset in offsets:
                ahead = flat[start + offset : start + offset + n_row]
                behind = flat[start - offset : start - offset + n_row]
                if alpha == 0:
                    for i in range(n_row):
                        dependent[i] += np.int32(ahead[i] == here[i]) + np.int32(behind[i] == here[i])
                else:
                    for i in range(n_row):
                        if here[i] != 0:
                            level = grey[here[i] - 1]
                            dependent[i] += ahead[i] != 0 and abs(grey[ahead[i] - 1] - level) <= alpha
                            dependent[i] += behind[i] != 0 and abs(grey[behind[i] - 1] - level) <= alpha
            for i in range(n_row):
                if here[i] != 0:
                    rank_of[place] = here[i] - 1
                    size_of[place] = dependent[i]
                    place += 1
    return rank_of, size_of
