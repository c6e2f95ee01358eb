"""Grey level size zone matrix: how large the connected zones of equal level are (26 neighbours, 8 in a plane)."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.size_matrix import SizeMatrix
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

NAMES = {
    "GrayLevelNonUniformity": "grey_nonuniformity",
    "GrayLevelNonUniformityNormalized": "grey_nonuniformity_normalised",
    "GrayLevelVariance": "grey_variance",
    "HighGrayLevelZoneEmphasis": "high",
    "LargeAreaEmphasis": "large",
    "LargeAreaHighGrayLevelEmphasis": "large_high",
    "LargeAreaLowGrayLevelEmphasis": "large_low",
    "LowGrayLevelZoneEmphasis": "low",
    "SizeZoneNonUniformity": "size_nonuniformity",
    "SizeZoneNonUniformityNormalized": "size_nonuniformity_normalised",
    "SmallAreaEmphasis": "small",
    "SmallAreaHighGrayLevelEmphasis": "small_high",
    "SmallAreaLowGrayLevelEmphasis": "small_low",
    "ZoneEntropy": "entropy",
    "ZonePercentage": "percentage",
    "ZoneVariance": "size_variance",
}


def features_of_zones(region: TextureRegion, settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """Source: pyradiomics 3.0.1, glszm; Thibault et al. 2009."""
    found = zone_sizes(region, settings).features()
    return {name: float(found[common][0]) for name, common in NAMES.items()}


def zone_sizes(region: TextureRegion, settings: TextureSettings = DEFAULT) -> SizeMatrix:
    """Zones by level and number of voxels."""
    offsets = region.offsets(region.steps(settings, distances=(1,)))
    rank, size = _zones(region.ranks, offsets, region.rim)
    return SizeMatrix.of_one(rank, size, region.grey_levels)


@njit(cache=True, nogil=True, error_model="numpy")
def _zones(
    ranks: NDArray[np.int32], offsets: NDArray[np.int64], rim: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """Rank (from 0) and size of each zone, by union-find: a voxel is joined to the neighbours that come before it."""
    _, n_j, n_i = ranks.shape
    flat = ranks.ravel()
    parent = np.zeros(len(flat), np.int32)
    sizes = np.zeros(len(flat), np.int32)
    first = (rim * n_j + rim) * n_i + rim
    last = len(flat) - first
    for voxel in range(first, last):
        if flat[voxel] != 0:
            _join(flat, parent, voxel, offsets)
    n_zones = 0
    for voxel in range(first, last):
        if flat[voxel] != 0:
            root = parent[parent[voxel]]  # the parent comes earlier, so it already points at its root
            parent[voxel] = root
            n_zones += sizes[root] == 0
            sizes[root] += 1
    rank_of = np.empty(n_zones, np.int64)
    size_of = np.empty(n_zones, np.int64)
    zone = 0
    for voxel in range(first, last):
        if sizes[voxel] > 0:
            rank_of[zone] = flat[voxel] - 1
            size_of[zone] = sizes[voxel]
            zone += 1
    return rank_of, size_of


@njit(cache=True, nogil=True, error_model="numpy")
def _join(
    flat: NDArray[np.int32], parent: NDArray[np.int32], voxel: int, offsets: NDArray[np.int64]
) -> None:  # pragma: no cover
    """Join a voxel with its earlier neighbours of the same rank; the root of a zone is its earliest voxel."""
    root = voxel
    parent[voxel] = voxel
    rank = flat[voxel]
    for direction in range(len(offsets)):
        other = voxel - offsets[direction]
        if flat[other] != rank or parent[other] == root:
            continue
        while parent[other] != other:
            parent[other] = parent[parent[other]]
            other = parent[other]
        if other < root:
            parent[root] = other
            root = other
        elif other > root:
            parent[other] = root
