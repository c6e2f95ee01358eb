"""Neighbouring grey tone difference matrix: how far each level lies from the mean of the voxels around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

Values = NDArray[np.float64]

_BLOCK = 2048  # voxels whose neighbours a first cache holds
_AROUND = 13  # steps to half of the 26 neighbours
_FITS_IN_SUMS = 2**31 // (27 * 32)  # a level, packed as below


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
    steps = region.steps(settings)
    count = region.rank_counts.astype(np.float64)
    if len(steps) == _AROUND and settings.distances == (1,) and region.grey_levels[-1] < _FITS_IN_SUMS:
        packed = _packed(region.ranks.ravel(), region.grey_levels)
        _, n_j, n_i = region.ranks.shape
        difference = _differences_around(packed, region.places, (n_j * n_i, n_i), region.ranks.ravel(), len(count))
    else:
        of_rank = np.concatenate([[0.0], region.grey_levels])
        difference = _differences(region.ranks.ravel(), region.places, region.offsets(steps), of_rank)
    return ToneDifferences(region.grey_levels, count / region.n_voxels, difference, region.n_voxels)


@njit(cache=True, nogil=True, error_model="numpy")
def _packed(ranks: NDArray[np.int32], grey_levels: Values) -> NDArray[np.int32]:  # pragma: no cover
    """Level times 32 plus 1 inside and 0 outside: a sum of 27 of them has the sum of levels and how many there are."""
    of_rank = np.zeros(len(grey_levels) + 1, np.int32)
    for rank in range(len(grey_levels)):
        of_rank[rank + 1] = np.int32(grey_levels[rank]) * 32 + 1
    packed = np.empty(len(ranks), np.int32)
    for place in range(np.uintp(len(ranks))):
        packed[place] = of_rank[np.uintp(ranks[place])]
    return packed


@njit(cache=True, nogil=True, error_model="numpy")
def _differences_around(
    packed: NDArray[np.int32],
    inside: NDArray[np.int64],
    strides: tuple[int, int],
    ranks: NDArray[np.int32],
    n_levels: int,
) -> Values:  # pragma: no cover
    """Sum of differences of each rank from the 26 neighbours; levels are whole numbers, so sums of them are exact.

    A block of places at a time: nine rows are added, and of their sum each place takes three.
    """
    difference = np.zeros(n_levels)
    rows, apart = np.empty(_BLOCK + 2, np.int32), np.empty(_BLOCK)
    place, end = 0, inside[-1] + 1
    for first in range(inside[0], end, _BLOCK):
        n = min(_BLOCK, end - first)
        rows[:] = 0
        for k in (-1, 0, 1):
            for j in (-1, 0, 1):
                start = first - 1 + k * strides[0] + j * strides[1]
                row = packed[start : start + n + 2]
                for voxel in range(np.uintp(n + 2)):
                    rows[voxel] += row[voxel]
        here = packed[first : first + n]
        for voxel in range(np.uintp(n)):
            around = rows[voxel] + rows[voxel + np.uintp(1)] + rows[voxel + np.uintp(2)] - here[voxel]
            n_around = max(around & np.int32(31), np.int32(1))
            apart[voxel] = abs(np.float64(here[voxel] >> 5) - np.float64(around >> 5) / np.float64(n_around))
            apart[voxel] = apart[voxel] if around != 0 else 0.0
        while place < len(inside) and inside[place] < first + n:
            rank = np.uintp(ranks[np.uintp(inside[place])])
            difference[rank - np.uintp(1)] += apart[np.uintp(inside[place] - first)]
            place += 1
    return difference


@njit(cache=True, nogil=True, error_model="numpy")
def _differences(
    ranks: NDArray[np.int32], inside: NDArray[np.int64], offsets: NDArray[np.int64], of_rank: Values
) -> Values:  # pragma: no cover
    """The same of any neighbours."""
    difference = np.zeros(len(of_rank) - 1)
    for voxel in inside:
        total, n_around = 0.0, 0
        for offset in offsets:
            for other in (ranks[voxel + offset], ranks[voxel - offset]):
                total += of_rank[other]
                n_around += other != 0
        if n_around > 0:
            difference[ranks[voxel] - 1] += abs(of_rank[ranks[voxel]] - total / n_around)
    return difference


@njit(cache=True, nogil=True, error_model="numpy")
def _complexity(grey: Values, p: Values, ps: Values) -> float:  # pragma: no cover
    total = 0.0
    for one in range(len(grey)):
        row = 0.0
        for other in range(one):
            row += (grey[one] - grey[other]) * (ps[one] + ps[other]) / (p[one] + p[other])
        total += row
    return 2 * total
