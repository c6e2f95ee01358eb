"""A region in grey levels, prepared once for every texture matrix: cropped, empty levels left out, with a rim."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.radiomics.resampling import bounding_box
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
        box = bounding_box(levels != 0)
        if box[0].stop == 0:
            raise BadInput("region", "grey levels", "none above 0", "at least one", "Leave the region out.")
        inside = np.ascontiguousarray(levels[box], dtype=np.int32)
        highest = int(inside.max())
        if highest <= 4 * inside.size:
            ranks, places, grey_levels = _ranked(inside, highest, rim)
        else:  # few voxels over a vast range: a table of the range would be larger than the image
            found, inverse = np.unique(inside, return_inverse=True)
            n_outside = int(found[0] == 0)
            grey_levels = found[n_outside:].astype(np.float64)
            compact = (inverse.reshape(inside.shape) + 1 - n_outside).astype(np.int32)
            ranks = np.pad(compact, rim)
            places = np.flatnonzero(ranks)
        return cls(ranks, grey_levels, inside.shape, rim, places)

    @property
    def n_voxels(self) -> int:
        return len(self.places)

    @cached_property
    def narrow(self) -> NDArray[np.uint8] | NDArray[np.int32]:
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
def _ranked(
    levels: NDArray[np.int32], highest: int, rim: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:  # pragma: no cover
    """Ranks with their rim, the places of the voxels inside, and the levels that occur."""
    n_k, n_j, n_i = levels.shape
    width_j, width_i = n_j + 2 * rim, n_i + 2 * rim
    ranks = np.zeros((n_k + 2 * rim, width_j, width_i), np.int32)
    flat, source = ranks.ravel(), levels.ravel()
    rank_of = np.zeros(highest + 1, np.int32)
    places = np.empty(levels.size, np.int64)
    n_voxels, read = 0, 0
    for k in range(n_k):
        for j in range(n_j):
            place = ((k + rim) * width_j + j + rim) * width_i + rim
            for i in range(n_i):
                level = source[np.uintp(read + i)]
                if level != 0:
                    places[n_voxels] = place + i
                    flat[np.uintp(place + i)] = level
                    rank_of[np.uintp(level)] = 1
                    n_voxels += 1
            read += n_i
    n_levels = 0
    grey_levels = np.empty(rank_of.sum())
    for level in range(highest + 1):
        if rank_of[level] != 0:
            grey_levels[n_levels] = level
            n_levels += 1
            rank_of[level] = n_levels
    for place in places[:n_voxels]:
        flat[np.uintp(place)] = rank_of[np.uintp(flat[np.uintp(place)])]
    return ranks, places[:n_voxels].copy(), grey_levels
