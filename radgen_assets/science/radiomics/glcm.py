"""Grey level co-occurrence matrix: which levels stand next to which, in each direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.first_order import EPSILON
from radgen_assets.science.radiomics.glcm_correlation import maximal_correlation
from radgen_assets.science.radiomics.glcm_kernels import SUMS, dense_pairs, pair_sums, sparse_pairs
from radgen_assets.science.radiomics.size_matrix import weighted
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

    def marginal(self, ranks: Places) -> Values:
        """Share of each rank in each direction, (n_directions, n_levels)."""
        n_levels = len(self.grey_levels)
        sums = weighted(self.direction * n_levels + ranks, self.p, self.n_directions * n_levels)
        return sums.reshape(self.n_directions, n_levels)

    def entropy_of(self, keys: Places) -> Values:
        """Entropy in each direction of the entries' distribution over keys (rising from 0)."""
        n_keys = int(keys.max()) + 1
        codes = self.direction * n_keys + keys
        if self.n_directions * n_keys <= 8 * len(codes) + 4096:
            sums = weighted(codes, self.p, self.n_directions * n_keys)
            return _entropy(sums.reshape(self.n_directions, n_keys))
        found, inverse = np.unique(codes, return_inverse=True)
        sums = weighted(inverse, self.p, len(found))
        return -weighted(found // n_keys, sums * np.log2(sums + EPSILON), self.n_directions)


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
    values = np.stack([by_direction[name] for name in NAMES])
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        means = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return dict(zip(NAMES, means.tolist(), strict=True))


def co_occurrences(region: TextureRegion, settings: TextureSettings = DEFAULT) -> CoOccurrences | None:
    """Pairs by direction; a single, weighted matrix when the settings weight; None when no voxels are neighbours."""
    steps = region.steps(settings)
    n_levels = len(region.grey_levels)
    find = dense_pairs if n_levels <= _DENSE_UP_TO else sparse_pairs
    offsets = region.offsets(steps)
    direction, i, j, count = find(region, offsets, settings.symmetric)
    if not len(count):
        return None
    weight = count.astype(np.float64)
    if settings.weighting == "none":
        direction = np.concatenate([[0], np.cumsum(np.diff(direction) != 0)])  # without those that have no pair
        n_directions = int(direction[-1]) + 1
    else:
        weights = direction_weights(steps, settings)
        if settings.weighting != "no_weighting":
            weights = np.exp(-(weights**2))
        place, inverse = np.unique(i * n_levels + j, return_inverse=True)
        weight = weighted(inverse, weight * weights[direction], len(place))
        i, j = np.divmod(place, n_levels)
        direction, n_directions = np.zeros_like(i), 1
    p = weight / weighted(direction, weight, n_directions)[direction]
    return CoOccurrences(direction, i, j, p, region.grey_levels, n_directions)


def features_by_direction(pairs: CoOccurrences) -> dict[str, Values]:
    """Value of every feature in each direction, (n_directions,)."""
    px, py = pairs.marginal(pairs.i), pairs.marginal(pairs.j)
    sums = pair_sums(pairs.direction, (pairs.i, pairs.j), pairs.p, pairs.grey_levels, (px, py))
    of = dict(zip(SUMS, sums.T, strict=True))
    imc1, imc2 = _information(px, py, of["entropy"], of["cross_entropy"])
    one_level = np.minimum((px > 0).sum(axis=1), (py > 0).sum(axis=1)) == 1  # exactly; a variance of it is rounding
    spread = np.sqrt(of["variance_i"]) * np.sqrt(of["variance_j"])
    i, j = (pairs.grey_levels[ranks].astype(np.int64) for ranks in (pairs.i, pairs.j))
    return {
        "Autocorrelation": of["autocorrelation"],
        "ClusterProminence": of["prominence"],
        "ClusterShade": of["shade"],
        "ClusterTendency": of["tendency"],
        "Contrast": of["contrast"],
        "Correlation": np.where(one_level, 1.0, of["covariance"] / (spread + EPSILON)),
        "DifferenceAverage": of["difference"],
        "DifferenceEntropy": pairs.entropy_of(np.abs(i - j)),
        "DifferenceVariance": of["difference_variance"],
        "Id": of["id"],
        "Idm": of["idm"],
        "Idmn": of["idmn"],
        "Idn": of["idn"],
        "Imc1": imc1,
        "Imc2": imc2,
        "InverseVariance": of["inverse_variance"],
        "JointAverage": of["mean_i"],
        "JointEnergy": of["energy"],
        "JointEntropy": of["entropy"],
        "MCC": maximal_correlation(pairs.direction, pairs.i, pairs.j, pairs.p, px, py),
        "MaximumProbability": of["largest"],
        "SumAverage": of["mean_i"] + of["mean_j"],
        "SumEntropy": pairs.entropy_of(i + j - 2),
        "SumSquares": of["variance_i"],
    }


def _information(px: Values, py: Values, joint: Values, crossed: Values) -> tuple[Values, Values]:
    """The two informational measures of correlation, from the joint entropy and that against independence."""
    hx, hy = _entropy(px), _entropy(py)
    largest = np.maximum(hx, hy)
    imc1 = np.divide(joint - crossed, largest, out=np.zeros_like(joint), where=largest != 0)
    excess = hx + hy - joint  # the entropy of independence is the sum of the marginal ones, but for rounding
    for direction in np.flatnonzero(excess < 1e-6):
        independent = np.outer(px[direction], py[direction])
        excess[direction] = -(independent * np.log2(independent + EPSILON)).sum() - joint[direction]
    return imc1, np.where(excess == 0, 0.0, np.sqrt(1 - np.exp(-2 * excess)))


def _entropy(p: Values) -> Values:
    return np.asarray(-(p * np.log2(p + EPSILON)).sum(axis=1), dtype=np.float64)
