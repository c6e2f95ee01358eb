"""P values of enrichment far below what permutations resolve, by adaptive multilevel splitting."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, log2

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma


@dataclass(frozen=True)
class SmallP:
    """A P value with its error.

    p : float
        P(score >= this score | score of this sign).
    log2_std_err : float
        Standard error of log2 P.
    is_bound : bool
        True where no random set came as high, or P is below the smallest asked for: P is at most this.
    """

    p: float
    log2_std_err: float
    is_bound: bool


@dataclass(frozen=True, eq=False)
class Climb:
    """Heights of the random sets of one size at every level.

    height : (levels, n_sets) int64, ascending in a row; is_upward : same shape
    above : (levels,) sets above each level's bound, its middle set
    """

    height: NDArray[np.int64]
    is_upward: NDArray[np.bool_]
    above: NDArray[np.int64]


def climb_to(
    step: NDArray[np.float64], size: int, score: float, *, smallest_p: float, sample_size: int, seed: int
) -> Climb:
    """Let `sample_size` (odd) random sets of `size` genes climb to `score` > 0.

    step : (N,) float64, |statistic| ** weight down the list; turned round for downward scores.
    Source: Korotkevich et al. 2021 (fgsea), algorithm 2; own code.
    """
    from radgen_assets.science.expression.gene_sets.multilevel_kernel import climb

    most_levels = max(1, ceil(-log2(smallest_p)) + 2)
    height = np.empty((most_levels, sample_size), dtype=np.int64)
    is_upward, above = np.empty(height.shape, dtype=np.bool_), np.empty(most_levels, dtype=np.int64)
    target = _on_grid(score)
    levels = climb(step, size, target, np.uint64(seed), height, is_upward, above)
    return Climb(height[:levels].copy(), is_upward[:levels].copy(), above[:levels].copy())


def read_p(climb: Climb, score: float, share_of_sign: float, smallest_p: float) -> SmallP:
    """P of one score from a climb that went at least as high, or as high as it could.

    share_of_sign : share of random sets whose score has this sign, which P is conditional on.
    Source: fgsea's estimate: at each level the mean logarithm of a beta distribution.
    """
    levels, n_sets = climb.height.shape
    target = _on_grid(score)
    bounds = climb.height[:, n_sets // 2]
    last = int(np.argmax(bounds >= target)) if (bounds >= target).any() else levels - 1
    extreme = int(((climb.height[last] >= target) & climb.is_upward[last]).sum())
    counts = np.array([*climb.above[:last], extreme])
    log_p = float((digamma(counts + 1) - digamma(n_sets + 1)).sum()) - log(share_of_sign)
    variance = float((polygamma(1, counts + 1) - polygamma(1, n_sets + 1)).sum())
    p = min(1.0, float(np.exp(log_p)))
    if p < smallest_p:
        return SmallP(smallest_p, float(np.sqrt(variance)) / log(2), True)
    return SmallP(p, float(np.sqrt(variance)) / log(2), extreme == 0)


def expected_log2_error(p: float, sample_size: int) -> float:
    """Standard error of log2 P that a climb of `sample_size` sets would have at `p`."""
    levels = int(-log2(p)) + 1
    each = polygamma(1, (sample_size + 1) / 2) - polygamma(1, sample_size + 1)
    return float(np.sqrt(levels * each)) / log(2)


def permutation_log2_error(n_extreme: int, n_sign: int) -> float:
    """Standard error of log2 P from `n_extreme` of `n_sign` permutations of the score's sign."""
    return float(np.sqrt(polygamma(1, n_extreme + 1) - polygamma(1, n_sign + 1))) / log(2)


def _on_grid(score: float) -> int:
    return int(np.floor(score * 2.0**40 + 0.5))
