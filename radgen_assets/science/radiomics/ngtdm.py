"""Neighbouring grey tone difference matrix: how far each level lies from the mean of the voxels around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ToneDifferences:
    """For each level that occurs: itself, its share of voxels, and the sum of its differences, (n,) float64."""

    grey_levels: Values
    share: Values
    difference: Values
    n_voxels: int


def features_of_tone_differences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """The rim of the region must reach the furthest distance.

    Double sums over pairs of levels are written as single ones where algebra allows, so that thousands of levels cost
    no memory. A region of one level has coarseness 10^6 and 0 else, as pyradiomics defines.
    Source: pyradiomics 3.0.1, ngtdm; Amadasun & King 1989.
    """
    found = tone_differences(region, settings)
    grey, p, s, n = found.grey_levels, found.share, found.difference, len(found.grey_levels)
    fineness, total = float((p * s).sum()), float(s.sum())
    spread = float((p * (grey - (p * grey).sum()) ** 2).sum())
    ordered = np.sort(grey * p)
    between = 2 * float(((2 * np.arange(n) - n + 1) * ordered).sum())
    from_middle = grey - grey.mean()
    strength = 2 * float((p * (n * from_middle**2 + (from_middle**2).sum())).sum())
    return {
        "Busyness": fineness / between if between != 0 else 0.0,
        "Coarseness": 1 / fineness if fineness != 0 else 1e6,
        "Complexity": float(_complexity(grey, p, p * s)) / found.n_voxels,
        "Contrast": 2 * spread * total / found.n_voxels / (n * (n - 1)) if n > 1 else 0.0,
        "Strength": strength / total if total != 0 else 0.0,
    }


def tone_differences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> ToneDifferences:
    """A voxel without neighbours counts with a difference of 0, as in pyradiomics."""
    offsets = region.offsets(region.steps(settings))
    of_rank = np.concatenate([[0.0], region.grey_levels])
    count, difference = _differences(region.ranks, offsets, region.rim, of_rank)
    return ToneDifferences(region.grey_levels, count / region.n_voxels, difference, region.n_voxels)


@njit(cache=True, nogil=True, error_model="numpy")
def _differences(
    ranks: NDArray[np.int32], offsets: NDArray[np.int64], rim: int, of_rank: Values
) -> tuple[Values, Values]:  # pragma: no cover
    """Number of voxels and sum of differences of each rank; levels are whole numbers, so sums of them are exact."""
    n_k, n_j, n_i = ranks.shape
    flat = ranks.ravel()
    levels = of_rank[flat]
    count = np.zeros(len(of_rank) - 1)
    difference = np.zeros(len(of_rank) - 1)
    n_row = n_i - 2 * rim
    total = np.empty(n_row)
    around = np.empty(n_row, np.int32)
    for k in range(rim, n_k - rim):
        for j in range(rim, n_j - rim):
            start = (k * n_j + j) * n_i + rim
            total[:] = 0
            around[:] = 0
            for offset in offsets:
                for first in (start + offset, start - offset):
                    near = levels[first : first + n_row]
                    inside = flat[first : first + n_row]
                    for i in range(n_row):
                        total[i] += near[i]
                        around[i] += np.int32(inside[i] != 0)
            for i in range(n_row):
                rank = flat[start + i]
                if rank != 0:
                    count[rank - 1] += 1
                    if around[i] > 0:
                        difference[rank - 1] += abs(levels[start + i] - total[i] / around[i])
    return count, difference


@njit(cache=True, nogil=True, error_model="numpy")
def _complexity(grey: Values, p: Values, ps: Values) -> float:  # pragma: no cover
    total = 0.0
    for one in range(len(grey)):
        row = 0.0
        for other in range(one):
            row += (grey[one] - grey[other]) * (ps[one] + ps[other]) / (p[one] + p[other])
        total += row
    return 2 * total
