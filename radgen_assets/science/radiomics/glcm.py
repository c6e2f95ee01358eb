"""Grey level co-occurrence matrix: which levels stand next to which, in each direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.first_order import EPSILON
from radgen_assets.science.radiomics.glcm_correlation import maximal_correlation
from radgen_assets.science.radiomics.glcm_kernels import dense_pairs, sparse_pairs
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings, direction_weights

Values = NDArray[np.float64]
Places = NDArray[np.int64]

NAMES = (
    *("Autocorrelation", "ClusterProminence", "ClusterShade", "ClusterTendency", "Contrast", "Correlation"),
    *("DifferenceAverage", "DifferenceEntropy", "DifferenceVariance", "Id", "Idm", "Idmn", "Idn", "Imc1", "Imc2"),
    *("InverseVariance", "JointAverage", "JointEnergy", "JointEntropy", "MCC", "MaximumProbability", "SumAverage"),
    *("SumEntropy", "SumSquares"),
)
_DENSE_UP_TO = 200  # levels: 13 tables of 200 x 200 still fit a processor's cache


@dataclass(frozen=True, eq=False)
class CoOccurrences:
    """The non-zero entries of one matrix a direction.

    Attributes
    ----------
    direction, i, j : (n,) int
        Directions rise; i and j are ranks of the grey levels, from 0.
    p : (n,) float64
        Sums to 1 in each direction.
    grey_levels : (n_levels,) float64
        Level of each rank.
    n_directions : int
        Each with at least one entry.
    """

    direction: Places
    i: Places
    j: Places
    p: Values
    grey_levels: Values
    n_directions: int

    def total(self, values: Values) -> Values:
        """Sum of entries' values in each direction."""
        return np.bincount(self.direction, values, self.n_directions)

    def marginal(self, ranks: Places) -> Values:
        """Share of each rank in each direction, (n_directions, n_levels)."""
        n_levels = len(self.grey_levels)
        sums = np.bincount(self.direction * n_levels + ranks, self.p, self.n_directions * n_levels)
        return sums.reshape(self.n_directions, n_levels)

    def entropy_of(self, keys: Places) -> Values:
        """Entropy in each direction of the entries' distribution over keys (rising from 0)."""
        n_keys = int(keys.max()) + 1
        codes = self.direction * n_keys + keys
        if self.n_directions * n_keys <= 8 * len(codes) + 4096:
            sums = np.bincount(codes, self.p, self.n_directions * n_keys)
            return _entropy(sums.reshape(self.n_directions, n_keys))
        found, inverse = np.unique(codes, return_inverse=True)
        sums = np.bincount(inverse, self.p)
        return -np.bincount(found // n_keys, sums * np.log2(sums + EPSILON), self.n_directions)


def glcm_features(levels: NDArray[np.int32], settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """pyradiomics' 24 features by its names; levels (k, j, i), 0 outside. See `features_of_pairs`."""
    return features_of_pairs(TextureRegion.of(levels, max(settings.distances)), settings)


def features_of_pairs(region: TextureRegion, settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """Each feature's mean over the directions in which any two voxels are neighbours; NaN when none has any.

    The rim of the region must reach the furthest distance.
    Source: pyradiomics 3.0.1, glcm; Haralick et al. 1973.
    """
    pairs = co_occurrences(region, settings)
    if pairs is None:
        found: dict[str, float] = dict.fromkeys(NAMES, np.nan)
        n_matrices = len(region.steps(settings)) if settings.weighting == "none" else 1
        if len(region.grey_levels) == 1:  # what pyradiomics answers before it looks for pairs
            if n_matrices > 1:
                found["MCC"] = 1.0
            elif region.grey_levels[-1] == 1:
                found["InverseVariance"] = 0.0
        return found
    with np.errstate(invalid="ignore"):
        by_direction = features_by_direction(pairs)
    # the second measure of information is NaN where rounding puts the joint entropy above that of independence
    return {name: _mean_of_known(by_direction[name]) for name in NAMES}


def co_occurrences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> CoOccurrences | None:
    """Pairs by direction; a single, weighted matrix when the settings weight; None when no voxels are neighbours."""
    steps = region.steps(settings)
    n_levels = len(region.grey_levels)
    find = dense_pairs if n_levels <= _DENSE_UP_TO else sparse_pairs
    offsets = region.offsets(steps)
    direction, i, j, count = find(region.ranks, offsets, region.rim, n_levels, settings.symmetric)
    if not len(count):
        return None
    weight = count.astype(np.float64)
    if settings.weighting == "none":
        occurs, direction = np.unique(direction, return_inverse=True)
        n_directions = len(occurs)
    else:
        weights = direction_weights(steps, settings)
        if settings.weighting != "no_weighting":
            weights = np.exp(-(weights**2))
        place, inverse = np.unique(i * n_levels + j, return_inverse=True)
        weight = np.bincount(inverse, weight * weights[direction])
        i, j = np.divmod(place, n_levels)
        direction, n_directions = np.zeros_like(i), 1
    p = weight / np.bincount(direction, weight, n_directions)[direction]
    return CoOccurrences(direction, i, j, p, region.grey_levels, n_directions)


def features_by_direction(pairs: CoOccurrences) -> dict[str, Values]:
    """Value of every feature in each direction, (n_directions,)."""
    p, total, of = pairs.p, pairs.total, pairs.direction
    i, j = pairs.grey_levels[pairs.i], pairs.grey_levels[pairs.j]
    n_grey = float(pairs.grey_levels[-1])
    px, py = pairs.marginal(pairs.i), pairs.marginal(pairs.j)
    mean_i, mean_j = total(p * i), total(p * j)
    from_i, from_j = i - mean_i[of], j - mean_j[of]
    both = from_i + from_j
    both_squared = both * both
    apart = np.abs(i - j)
    apart_squared = apart * apart
    variance_i, variance_j = total(p * from_i * from_i), total(p * from_j * from_j)
    spread = np.sqrt(variance_i) * np.sqrt(variance_j)
    one_level = np.minimum((px > 0).sum(axis=1), (py > 0).sum(axis=1)) == 1  # exactly; a variance of it is rounding
    difference = total(p * apart)
    unequal = apart > 0
    hxy, imc1, imc2 = _information(pairs, px, py)
    whole_apart = apart.astype(np.int64)
    return {
        "Autocorrelation": total(p * i * j),
        "ClusterProminence": total(p * both_squared * both_squared),
        "ClusterShade": total(p * both_squared * both),
        "ClusterTendency": total(p * both_squared),
        "Contrast": total(p * apart_squared),
        "Correlation": np.where(one_level, 1.0, total(p * from_i * from_j) / (spread + EPSILON)),
        "DifferenceAverage": difference,
        "DifferenceEntropy": pairs.entropy_of(whole_apart),
        "DifferenceVariance": total(p * (apart - difference[of]) ** 2),
        "Id": total(p / (1 + apart)),
        "Idm": total(p / (1 + apart_squared)),
        "Idmn": total(p / (1 + apart_squared / n_grey**2)),
        "Idn": total(p / (1 + apart / n_grey)),
        "Imc1": imc1,
        "Imc2": imc2,
        "InverseVariance": np.bincount(of[unequal], p[unequal] / apart_squared[unequal], pairs.n_directions),
        "JointAverage": mean_i,
        "JointEnergy": total(p * p),
        "JointEntropy": hxy,
        "MCC": maximal_correlation(of, pairs.i, pairs.j, p, px, py),
        "MaximumProbability": _largest(pairs),
        "SumAverage": total(p * (i + j)),
        "SumEntropy": pairs.entropy_of((i + j).astype(np.int64) - 2),
        "SumSquares": variance_i,
    }


def _information(pairs: CoOccurrences, px: Values, py: Values) -> tuple[Values, Values, Values]:
    """Joint entropy, and the two informational measures of correlation."""
    of, p = pairs.direction, pairs.p
    hxy = -pairs.total(p * np.log2(p + EPSILON))
    hx, hy = _entropy(px), _entropy(py)
    product = px[of, pairs.i] * py[of, pairs.j]
    hxy1 = -pairs.total(p * np.log2(product + EPSILON))
    largest = np.maximum(hx, hy)
    imc1 = np.divide(hxy - hxy1, largest, out=np.zeros_like(hxy), where=largest != 0)
    excess = hx + hy - hxy  # the entropy of independence is the sum of the marginal ones, but for rounding
    for direction in np.flatnonzero(excess < 1e-6):
        independent = np.outer(px[direction], py[direction])
        excess[direction] = -(independent * np.log2(independent + EPSILON)).sum() - hxy[direction]
    imc2 = np.where(excess == 0, 0.0, np.sqrt(1 - np.exp(-2 * excess)))
    return hxy, imc1, imc2


def _entropy(p: Values) -> Values:
    return -(p * np.log2(p + EPSILON)).sum(axis=1)


def _largest(pairs: CoOccurrences) -> Values:
    first = np.searchsorted(pairs.direction, np.arange(pairs.n_directions))
    return np.maximum.reduceat(pairs.p, first)


def _mean_of_known(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
