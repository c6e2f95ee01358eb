"""A region in grey levels, prepared once for every texture matrix: cropped, empty levels left out, with a rim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
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
    n_voxels : int
    """

    ranks: NDArray[np.int32]
    grey_levels: NDArray[np.float64]
    shape: tuple[int, ...]
    rim: int
    n_voxels: int

    @classmethod
    def of(cls, levels: NDArray[np.int32], rim: int = 1) -> Self:
        """From levels (k, j, i), 0 outside the region; the box may be larger than the region.

        Raises
        ------
        BadInput
            When no voxel has a level.
        """
        box = _box(levels != 0)
        inside = np.ascontiguousarray(levels[box], dtype=np.int32)
        highest = int(inside.max())
        if highest <= 4 * inside.size:
            counts = _level_counts(inside, highest)
            grey_levels = np.flatnonzero(counts[1:]) + 1
            n_voxels = int(counts[1:].sum())
            rank_of = np.zeros(highest + 1, dtype=np.int32)
            rank_of[grey_levels] = np.arange(1, len(grey_levels) + 1)
            ranks = _ranked(inside, rank_of, rim)
        else:  # few voxels over a vast range: a table of the range would be larger than the image
            found, inverse = np.unique(inside, return_inverse=True)
            n_outside = int(found[0] == 0)
            grey_levels = found[n_outside:].astype(np.int64)
            n_voxels = int(np.count_nonzero(inside))
            compact = (inverse.reshape(inside.shape) + 1 - n_outside).astype(np.int32)
            ranks = np.pad(compact, rim)
        return cls(ranks, grey_levels.astype(np.float64), inside.shape, rim, n_voxels)

    def steps(self, settings: TextureSettings, distances: tuple[int, ...] | None = None) -> NDArray[np.int64]:
        """Directions (n, 3) that the region's box has room for."""
        return directions(self.shape, distances or settings.distances, settings.force_2d_axis)

    def offsets(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Steps in places of the flat `ranks`."""
        _, n_j, n_i = self.ranks.shape
        return np.ascontiguousarray(steps @ np.array([n_j * n_i, n_i, 1], dtype=np.int64))


def _box(mask: NDArray[np.bool_]) -> tuple[slice, ...]:
    spans = []
    for axis in range(3):
        hit = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        if not len(hit):
            raise BadInput("region", "grey levels", "none above 0", "at least one", "Leave the region out.")
        spans.append(slice(int(hit[0]), int(hit[-1]) + 1))
    return tuple(spans)


@njit(cache=True, nogil=True, error_model="numpy")
def _level_counts(levels: NDArray[np.int32], highest: int) -> NDArray[np.int64]:  # pragma: no cover
    counts = np.zeros(highest + 1, np.int64)
    for level in levels.ravel():
        counts[level] += 1
    return counts


@njit(cache=True, nogil=True, error_model="numpy")
def _ranked(levels: NDArray[np.int32], rank_of: NDArray[np.int32], rim: int) -> NDArray[np.int32]:  # pragma: no cover
    n_k, n_j, n_i = levels.shape
    ranks = np.zeros((n_k + 2 * rim, n_j + 2 * rim, n_i + 2 * rim), np.int32)
    for k in range(n_k):
        for j in range(n_j):
            for i in range(n_i):
                ranks[k + rim, j + rim, i + rim] = rank_of[levels[k, j, i]]
    return ranks
