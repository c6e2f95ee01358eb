"""Features that runs, zones and dependences share: a matrix of grey level against size, kept as its non-zero entries.

Each of the three names them in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.first_order import EPSILON

Values = NDArray[np.float64]

_COMMON = 64


@dataclass(frozen=True, eq=False)
class SizeMatrix:
    """One matrix for each direction, or one for all.

    Attributes
    ----------
    direction, rank, size : (n,) int
        Place of each entry, directions rising; rank is that of the grey level, from 0; sizes from 1.
    count : (n,) float64
        Above 0.
    grey_levels : (n_levels,) float64
        Level of each rank.
    n_directions : int
        Each of them with at least one entry.
    """

    direction: NDArray[np.int64]
    rank: NDArray[np.int64]
    size: NDArray[np.int64]
    count: Values
    grey_levels: Values
    n_directions: int = 1

    @classmethod
    def of_one(cls, rank: NDArray[np.int64], size: NDArray[np.int64], grey_levels: Values) -> Self:
        """From rank and size of each object, which are counted here."""
        largest = int(size.max())
        common = min(largest, _COMMON)  # nearly all zones are small: a table of these, and sorting for the rest
        is_common = size <= common
        place = rank * largest + size - 1
        table = np.bincount(rank[is_common] * common + size[is_common] - 1, minlength=common * len(grey_levels))
        occurs = np.flatnonzero(table)
        rare, n_rare = np.unique(place[~is_common], return_counts=True)
        row, column = np.divmod(np.concatenate([occurs // common * largest + occurs % common, rare]), largest)
        count = np.concatenate([table[occurs], n_rare]).astype(np.float64)
        return cls(np.zeros_like(row), row, column + 1, count, grey_levels)

    @classmethod
    def of_table(cls, counts: NDArray[np.int64], grey_levels: Values) -> Self:
        """From counts by rank and size less 1, (n_levels, n_sizes)."""
        place = np.flatnonzero(counts)
        rank, size = np.divmod(place, counts.shape[1])
        return cls(np.zeros_like(rank), rank, size + 1, counts.ravel()[place].astype(np.float64), grey_levels)

    def features(self) -> dict[str, Values]:
        """Value of each direction, (n_directions,), by a name common to runs, zones and dependences."""
        sums = _sums(self.direction, self.rank, self.size, self.count, self.grey_levels, self.n_directions)
        return dict(zip(_SUMS, sums.T, strict=True))


# what `_sums` gives in the order of its columns
_SUMS = (
    *("small", "large", "low", "high", "small_low", "small_high", "large_low", "large_high"),
    *("grey_nonuniformity", "grey_nonuniformity_normalised", "size_nonuniformity", "size_nonuniformity_normalised"),
    *("percentage", "grey_variance", "size_variance", "entropy"),
)


@njit(cache=True, nogil=True, error_model="numpy")
def _sums(
    direction: NDArray[np.int64],
    rank: NDArray[np.int64],
    size: NDArray[np.int64],
    count: Values,
    grey_levels: Values,
    n_directions: int,
) -> Values:  # pragma: no cover
    """Features (n_directions, len(_SUMS)), in two passes over the entries: totals, then what needs them."""
    found = np.zeros((n_directions, 16))
    n, n_voxels, mean_grey = np.zeros(n_directions), np.zeros(n_directions), np.zeros(n_directions)
    of_grey = np.zeros((n_directions, len(grey_levels)))
    of_size = np.zeros((n_directions, size.max() + 1))
    for entry in range(len(count)):
        of, value, length, grey = direction[entry], count[entry], float(size[entry]), grey_levels[rank[entry]]
        n[of] += value
        n_voxels[of] += value * length
        mean_grey[of] += value * grey
        of_grey[of, rank[entry]] += value
        of_size[of, size[entry]] += value
        length, grey = length * length, grey * grey
        few, many = value / length, value * length
        row = found[of]
        row[0] += few
        row[1] += many
        row[2] += value / grey
        row[3] += value * grey
        row[4] += few / grey
        row[5] += few * grey
        row[6] += many / grey
        row[7] += many * grey
    mean_grey /= n
    mean_size = n_voxels / n
    for entry in range(len(count)):
        of = direction[entry]
        p = count[entry] / n[of]
        row = found[of]
        row[13] += p * (grey_levels[rank[entry]] - mean_grey[of]) ** 2
        row[14] += p * (size[entry] - mean_size[of]) ** 2
        row[15] -= p * np.log2(p + EPSILON)
    for of in range(n_directions):
        row = found[of]
        row[:8] /= n[of]
        grey_gini, size_gini = (of_grey[of] ** 2).sum(), (of_size[of] ** 2).sum()
        row[8], row[9] = grey_gini / n[of], grey_gini / n[of] ** 2
        row[10], row[11] = size_gini / n[of], size_gini / n[of] ** 2
        row[12] = n[of] / n_voxels[of]
    return found


def weighted(codes: NDArray[np.int64], weights: Values, n_codes: int) -> Values:
    """Sum of the weights of each code, (n_codes,)."""
    return np.bincount(codes, weights, n_codes).astype(np.float64, copy=False)
