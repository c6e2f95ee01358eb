"""Grey level size zone matrix: how large the connected zones of equal level are (26 neighbours, 8 in a plane)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.size_matrix import SizeMatrix
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

_BLOCK = 4096  # voxels whose neighbours a first cache holds

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
    steps = region.steps(settings, distances=(1,))
    enough, lowest = _enough(tuple(map(tuple, steps.tolist())))
    rank, size = _zones(region.narrow, region.places, region.offsets(steps), enough, lowest)
    return SizeMatrix.of_one(rank, size, region.grey_levels)


@lru_cache(maxsize=16)
def _enough(steps: tuple[tuple[int, int, int], ...]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """For each set of earlier neighbours that are alike, as bits: those that need joining, and its lowest bit.

    Two of them that are neighbours themselves have been joined before, so that of such a piece one is enough.
    """
    near = {*steps, *(tuple(-part for part in step) for step in steps)}
    touching = np.array(
        [sum(1 << b for b, other in enumerate(steps) if _apart(step, other) in near) for step in steps], dtype=np.int64
    )
    return _one_of_each_piece(touching)


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(one, other, strict=True))


@njit(cache=True, nogil=True, error_model="numpy")
def _one_of_each_piece(
    touching: NDArray[np.int64],
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:  # pragma: no cover
    n_sets = 1 << len(touching)
    enough, lowest = np.zeros(n_sets, np.uint16), np.zeros(n_sets, np.uint8)
    for alike in range(1, n_sets):
        left = alike
        while left:
            first = 0
            while not left >> first & 1:
                first += 1
            if left == alike:
                lowest[alike] = first
            enough[alike] |= np.uint16(1 << first)
            piece = reach = 1 << first
            while reach:
                one = 0
                while not reach >> one & 1:
                    one += 1
                reach &= ~(1 << one)
                new = touching[one] & alike & ~piece
                piece |= new
                reach |= new
            left &= ~piece
    return enough, lowest


@njit(cache=True, nogil=True, error_model="numpy")
def _zones(
    flat: NDArray[np.integer],
    inside: NDArray[np.int64],
    offsets: NDArray[np.int64],
    enough: NDArray[np.uint16],
    lowest: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """Rank (from 0) and size of each zone, by union-find; the root of a zone is its earliest voxel.

    Which earlier neighbours are alike is asked a block of places at a time, which a processor does 16 at once, and the
    answer kept as bits.
    """
    parent = np.empty(len(flat), np.int32)
    alike = np.empty(_BLOCK, np.uint16)
    place, end = 0, inside[-1] + 1
    for first in range(inside[0], end, _BLOCK):
        n = min(_BLOCK, end - first)
        here = flat[first : first + n]
        alike[:] = 0
        for direction in range(len(offsets)):
            bit = np.uint16(1 << direction)
            before = flat[first - offsets[direction] : first - offsets[direction] + n]
            for voxel in range(np.uintp(n)):
                alike[voxel] |= bit if before[voxel] == here[voxel] else np.uint16(0)
        while place < len(inside) and inside[place] < first + n:
            voxel = inside[place]
            joining = enough[np.uintp(alike[np.uintp(voxel - first)])]
            if joining == 0:
                parent[np.uintp(voxel)] = voxel
            else:
                root = _root(parent, voxel - offsets[np.uintp(lowest[np.uintp(joining)])])
                parent[np.uintp(voxel)] = root
                joining &= joining - np.uint16(1)
                while joining != 0:
                    other = _root(parent, voxel - offsets[np.uintp(lowest[np.uintp(joining)])])
                    if other < root:
                        parent[np.uintp(root)] = other
                        root = other
                    elif other > root:
                        parent[np.uintp(other)] = root
                    joining &= joining - np.uint16(1)
            place += 1
    return _counted(flat, inside, parent)


@njit(cache=True, nogil=True, error_model="numpy")
def _root(parent: NDArray[np.int32], voxel: np.int64) -> np.int64:  # pragma: no cover
    """Of a voxel's zone so far; the way there is halved."""
    here = np.int64(voxel)
    above = np.int64(parent[np.uintp(here)])
    while above != here:
        parent[np.uintp(here)] = parent[np.uintp(above)]
        here = above
        above = np.int64(parent[np.uintp(here)])
    return here


@njit(cache=True, nogil=True, error_model="numpy")
def _counted(
    flat: NDArray[np.integer], inside: NDArray[np.int64], parent: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """Rank and size of each zone, in the order of their first voxels; a parent becomes the number of its zone."""
    rank_of, size_of = np.empty(len(inside), np.int64), np.zeros(len(inside), np.int64)
    n_zones = 0
    for voxel in inside:
        above = parent[np.uintp(voxel)]
        if above == voxel:
            rank_of[n_zones] = np.int64(flat[np.uintp(voxel)]) - 1
            zone = n_zones
            n_zones += 1
        else:
            zone = parent[np.uintp(above)]  # earlier, so already a number
        parent[np.uintp(voxel)] = zone
        size_of[np.uintp(zone)] += 1
    return rank_of[:n_zones].copy(), size_of[:n_zones].copy()
