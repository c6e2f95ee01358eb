"""Pairs of neighbouring levels, counted in a table while levels are few and row by row when they are many."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.texture_region import TextureRegion

_EPSILON = float(np.spacing(1.0))  # pyradiomics' guard of a logarithm

Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def dense_pairs(region: TextureRegion, offsets: NDArray[np.int64], symmetric: bool) -> Entries:
    """Direction, two ranks (from 0) and count of every pair that occurs, directions rising."""
    n_levels = len(region.grey_levels)
    return _entries(_tables(region.narrow, region.places, offsets, n_levels), n_levels, symmetric)


def sparse_pairs(region: TextureRegion, offsets: NDArray[np.int64], symmetric: bool) -> Entries:
    """As `dense_pairs`, in memory that grows with the voxels and not with the square of the levels."""
    flat = region.ranks.ravel()
    by_rank = region.places[np.argsort(flat[region.places], kind="stable")]
    first = np.searchsorted(flat[by_rank], np.arange(1, len(region.grey_levels) + 2))
    parts = [_rows(flat, by_rank, first, offset, symmetric) for offset in offsets]
    direction = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    i, j, count = np.concatenate(parts, axis=1) if parts else np.empty((3, 0), dtype=np.int64)
    return direction, i, j, count


@njit(cache=True, nogil=True, error_model="numpy")
def _tables(
    flat: NDArray[np.integer], places: NDArray[np.int64], offsets: NDArray[np.int64], n_levels: int
) -> NDArray[np.int32]:  # pragma: no cover
    """Counts (direction, rank, rank of the neighbour ahead); rank 0, outside, has a row of its own instead of an if.

    Places are unsigned: a signed index may count from the end, and numba then tests each one (half of the time).
    """
    width = np.uintp(n_levels + 1)
    area = width * width
    counts = np.zeros(np.uintp(len(offsets)) * area, np.int32)
    for place in places:
        cell = np.uintp(flat[np.uintp(place)]) * width
        for offset in offsets:
            counts[cell + np.uintp(flat[np.uintp(place + offset)])] += 1
            cell += area
    return counts.reshape(len(offsets), n_levels + 1, n_levels + 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _entries(counts: NDArray[np.int32], n_levels: int, symmetric: bool) -> Entries:  # pragma: no cover
    """Cells that are not 0, without the row and column of rank 0."""
    n_directions = len(counts)
    width = n_levels + 1
    most = 0
    for count in counts.ravel():
        most += count != 0
    most *= 2 if symmetric else 1
    direction, i, j = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    found = np.empty(most, np.int64)
    n = 0
    for of in range(n_directions):
        table = counts[of]
        for one in range(1, width):
            for other in range(1, width):
                count = table[one, other] + (table[other, one] if symmetric else 0)
                if count != 0:
                    direction[n], i[n], j[n], found[n] = of, one - 1, other - 1, count
                    n += 1
    return direction[:n], i[:n], j[:n], found[:n]


@njit(cache=True, nogil=True, error_model="numpy")
def _rows(
    flat: NDArray[np.int32], by_rank: NDArray[np.int64], first: NDArray[np.int64], offset: int, symmetric: bool
) -> NDArray[np.int64]:  # pragma: no cover
    """Rank, rank and count (3, n) of one direction: voxels of one rank after another, a row's counts at a time."""
    n_levels = len(first) - 1
    most = 2 * len(by_rank) if symmetric else len(by_rank)
    entries = np.empty((3, most), np.int64)
    row = np.zeros(n_levels + 1, np.int64)
    met = np.empty(n_levels + 1, np.int64)
    n = 0
    for rank in range(n_levels):
        n_met = 0
        for place in range(first[rank], first[rank + 1]):
            for side in range(2 if symmetric else 1):
                other = flat[by_rank[place] + (offset if side == 0 else -offset)]
                if other != 0:
                    if row[other] == 0:
                        met[n_met] = other
                        n_met += 1
                    row[other] += 1
        for place in range(n_met):
            other = met[place]
            entries[0, n], entries[1, n], entries[2, n] = rank, other - 1, row[other]
            row[other] = 0
            n += 1
    return entries[:, :n].copy()


# what `pair_sums` adds up in each direction, in the order of its columns
SUMS = (
    *("mean_i", "mean_j", "difference", "autocorrelation", "prominence", "shade", "tendency", "contrast"),
    *("covariance", "difference_variance", "id", "idm", "idmn", "idn", "inverse_variance", "energy", "entropy"),
    *("cross_entropy", "largest", "variance_i", "variance_j"),
)


@njit(cache=True, nogil=True, error_model="numpy")
def pair_sums(
    direction: NDArray[np.int64],
    ranks: tuple[NDArray[np.int64], NDArray[np.int64]],
    p: NDArray[np.float64],
    grey: NDArray[np.float64],
    marginals: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:  # pragma: no cover
    """Sums (n_directions, len(SUMS)) over the entries, in two passes: means, then what is measured from them."""
    rank_i, rank_j = ranks
    share_i, share_j = marginals
    sums = np.zeros((len(share_i), 21))
    n_grey = grey[-1]
    for entry in range(len(p)):
        row = sums[direction[entry]]
        i, j = grey[rank_i[entry]], grey[rank_j[entry]]
        row[0] += p[entry] * i
        row[1] += p[entry] * j
        row[2] += p[entry] * abs(i - j)
    for entry in range(len(p)):
        of, value = direction[entry], p[entry]
        row = sums[of]
        i, j = grey[rank_i[entry]], grey[rank_j[entry]]
        apart = abs(i - j)
        squared = apart * apart
        from_i, from_j = i - row[0], j - row[1]
        both = (from_i + from_j) ** 2
        row[3] += value * i * j
        row[4] += value * both * both
        row[5] += value * both * (from_i + from_j)
        row[6] += value * both
        row[7] += value * squared
        row[8] += value * from_i * from_j
        row[9] += value * (apart - row[2]) ** 2
        row[10] += value / (1 + apart)
        row[11] += value / (1 + squared)
        row[12] += value / (1 + squared / (n_grey * n_grey))
        row[13] += value / (1 + apart / n_grey)
        if apart > 0:
            row[14] += value / squared
        row[15] += value * value
        row[16] -= value * np.log2(value + _EPSILON)
        row[17] -= value * np.log2(share_i[of, rank_i[entry]] * share_j[of, rank_j[entry]] + _EPSILON)
        row[18] = max(row[18], value)
        row[19] += value * from_i * from_i
        row[20] += value * from_j * from_j
    return sums
