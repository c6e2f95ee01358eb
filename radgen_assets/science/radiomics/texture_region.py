"""A region in grey levels, prepared once for every texture matrix: cropped, empty levels left out, with a rim."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.radiomics.boxes import bounding_box
from radgen_assets.science.radiomics.texture_settings import TextureSettings, directions


@dataclass(frozen=True, eq=False)
class TextureRegion:
    """Levels as ranks among those that occur, so that a matrix grows with the levels present and not with the range.

    Attributes
    ----------
    ranks : (k, j, i) int32
        0 outside, 1 to n inside; with a rim of zeros as wide as the furthest neighbour, so that no kernel looks
        for borders.
    grey_levels : (n,) float64
        The level of each rank, ascending.
    shape : (3,) int
        Of the region's box, without the rim.
    rim : int
    places : (n_voxels,) int64
        Of the voxels inside, in the flat `ranks`, rising.
    """

    ranks: NDArray[np.int32]
    grey_levels: NDArray[np.float64]
    shape: tuple[int, ...]
    rim: int
    places: NDArray[np.int64]

    @classmethod
    def of(cls, levels: NDArray[np.int32], rim: int = 1) -> Self:
        """From levels (k, j, i), 0 outside the region; the box may be larger than the region.

        Raises
        ------
        BadInput
            When no voxel has a level.
        """
        mask = levels != 0
        return cls.of_voxels(mask, levels[mask], rim)

    @classmethod
    def of_voxels(cls, mask: NDArray[np.bool_], levels_inside: NDArray[np.int32], rim: int = 1) -> Self:
        """From a mask (k, j, i) and the levels of its voxels, above 0, in the array's order."""
        if not len(levels_inside):
            raise BadInput("region", "grey levels", "none above 0", "at least one", "Leave the region out.")
        inside = np.ascontiguousarray(mask[bounding_box(mask)])
        highest = int(levels_inside.max())
        if highest <= 4 * inside.size:
            compact, grey_levels = _compact(levels_inside, highest)
        else:  # few voxels over a vast range: a table of the range would be larger than the image
            found, inverse = np.unique(levels_inside, return_inverse=True)
            compact, grey_levels = (inverse + 1).astype(np.int32), found.astype(np.float64)
        ranks, places = _with_rim(inside, compact, rim)
        return cls(ranks, grey_levels, inside.shape, rim, places)

    @property
    def n_voxels(self) -> int:
        return len(self.places)

    @cached_property
    def narrow(self) -> NDArray[np.integer]:
        """Flat ranks in one byte where they fit, so that a processor compares four times as many at once."""
        flat = self.ranks.ravel()
        return flat.astype(np.uint8) if len(self.grey_levels) < 256 else flat

    @cached_property
    def rank_counts(self) -> NDArray[np.int64]:
        """Voxels of each rank, (n,)."""
        return np.bincount(self.ranks.ravel()[self.places] - 1, minlength=len(self.grey_levels))

    def steps(self, settings: TextureSettings, distances: tuple[int, ...] | None = None) -> NDArray[np.int64]:
        """Directions (n, 3) that the region's box has room for."""
        return directions(self.shape, distances or settings.distances, settings.force_2d_axis)

    def offsets(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Steps in places of the flat `ranks`."""
        _, n_j, n_i = self.ranks.shape
        return np.ascontiguousarray(steps @ np.array([n_j * n_i, n_i, 1], dtype=np.int64))


@njit(cache=True, nogil=True, error_model="numpy")
def _compact(
    levels: NDArray[np.int32], highest: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:  # pragma: no cover
    """Rank of each level from 1, and the levels that occur."""
    rank_of = np.zeros(highest + 1, np.int32)
    for level in levels:
        rank_of[np.uintp(level)] = 1
    grey_levels = np.flatnonzero(rank_of)
    for rank in range(len(grey_levels)):
        rank_of[grey_levels[rank]] = rank + 1
    ranks = np.empty(len(levels), np.int32)
    for voxel in range(np.uintp(len(levels))):
        ranks[voxel] = rank_of[np.uintp(levels[voxel])]
    return ranks, grey_levels.astype(np.float64)


@njit(cache=True, nogil=True, error_model="numpy")
def _with_rim(
    mask: NDArray[np.bool_], inside: NDArray[np.int32], rim: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:  # pragma: no cover
    """Ranks on the grid with their rim, and the places of the voxels inside."""
    n_k, n_j, n_i = mask.shape
    width_j, width_i = n_j + 2 * rim, n_i + 2 * rim
    ranks = np.zeros((n_k + 2 * rim, width_j, width_i), np.int32)
    flat, places = ranks.ravel(), np.empty(len(inside) + 1, np.int64)
    n = np.uintp(0)
    for k in range(n_k):
        for j in range(n_j):
            place = ((k + rim) * width_j + j + rim) * width_i + rim
            row = mask[k, j]
            for i in range(np.uintp(n_i)):
                places[n] = place + np.int64(i)
                n += np.uintp(row[i])
    for voxel in range(np.uintp(len(inside))):
        flat[np.uintp(places[voxel])] = inside[voxel]
    return ranks, places[: len(inside)]
