"""Features that runs, zones and dependences share: a matrix of grey level against size, kept as its non-zero entries.

Each of the three names them in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.first_order import EPSILON

Values = NDArray[np.float64]


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
        place, count = tally(rank * largest + size - 1, largest * len(grey_levels))
        rank, size = np.divmod(place, largest)
        return cls(np.zeros_like(rank), rank, size + 1, count.astype(np.float64), grey_levels)

    def features(self) -> dict[str, Values]:
        """Value of each direction, (n_directions,), by a name common to runs, zones and dependences."""
        grey, size, count = self.grey_levels[self.rank], self.size.astype(np.float64), self.count
        grey_squared, size_squared = grey * grey, size * size
        few, many = count / size_squared, count * size_squared
        n = self._total(count)
        p = count / n[self.direction]
        of_grey, of_size = self._by_grey(), self._by_size()
        grey_gini, size_gini = (of_grey**2).sum(axis=1), (of_size**2).sum(axis=1)
        lengths = np.arange(1.0, of_size.shape[1] + 1)
        return {
            "small": self._total(few) / n,
            "large": self._total(many) / n,
            "low": self._total(count / grey_squared) / n,
            "high": self._total(count * grey_squared) / n,
            "small_low": self._total(few / grey_squared) / n,
            "small_high": self._total(few * grey_squared) / n,
            "large_low": self._total(many / grey_squared) / n,
            "large_high": self._total(many * grey_squared) / n,
            "grey_nonuniformity": grey_gini / n,
            "grey_nonuniformity_normalised": grey_gini / n**2,
            "size_nonuniformity": size_gini / n,
            "size_nonuniformity_normalised": size_gini / n**2,
            "percentage": n / self._total(count * size),
            "grey_variance": _variance(of_grey / n[:, None], self.grey_levels),
            "size_variance": _variance(of_size / n[:, None], lengths),
            "entropy": -self._total(p * np.log2(p + EPSILON)),
        }

    def _total(self, values: Values) -> Values:
        if self.n_directions == 1:
            return np.asarray(values.sum(keepdims=True), dtype=np.float64)
        return weighted(self.direction, values, self.n_directions)

    def _by_grey(self) -> Values:
        n_levels = len(self.grey_levels)
        sums = weighted(self.direction * n_levels + self.rank, self.count, self.n_directions * n_levels)
        return sums.reshape(self.n_directions, n_levels)

    def _by_size(self) -> Values:
        largest = int(self.size.max())
        sums = weighted(self.direction * largest + self.size - 1, self.count, self.n_directions * largest)
        return sums.reshape(self.n_directions, largest)


def tally(codes: NDArray[np.int64], n_codes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes that occur, rising, and how often; by counting where a table is small, by sorting where it is not."""
    if n_codes <= 8 * len(codes) + 4096:
        counts = np.bincount(codes, minlength=1)
        present = np.flatnonzero(counts)
        return present, counts[present]
    present, counts = np.unique(codes, return_counts=True)
    return present, counts


def weighted(codes: NDArray[np.int64], weights: Values, n_codes: int) -> Values:
    """Sum of the weights of each code, (n_codes,)."""
    return np.bincount(codes, weights, n_codes).astype(np.float64, copy=False)


def _variance(p: Values, values: Values) -> Values:
    mean = (p * values).sum(axis=1, keepdims=True)
    return np.asarray((p * (values - mean) ** 2).sum(axis=1), dtype=np.float64)
