"""P of a maximally selected rank statistic: asymptotic bounds, the normal limit, permutation, an exact bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, roots_legendre

from radgen_assets.contracts.errors import UsedWrongly

NODES_PER_SD = 2.5  # Gauss-Legendre nodes a standard deviation of the narrowest step: error below 1e-12
REACH = 9.0  # standard deviations beyond which a step's density counts as zero
PERMUTED_AT_ONCE = 2_000_000  # numbers held while permuting: 16 MB
LARGEST_EXACT = 300  # patients; the table of the exact bound has about n^3 / 2 numbers


def lausen_92_p(statistic: float, smallest_share: float) -> float:
    """P of the largest statistic over all cuts between two shares, at most 1 (Lausen & Schumacher 1992).

    Depends on the shares only, not on where the cuts lie. R maxstat pmethod = "Lau92".
    """
    b, low, high = statistic, smallest_share, 1 - smallest_share
    if b < 1:  # an expansion for large b: below 1 it falls again
        return 1.0
    density = np.exp(-(b**2) / 2) / np.sqrt(2 * np.pi)
    p = 4 * density / b + density * (b - 1 / b) * np.log(high * (1 - low) / ((1 - high) * low))
    return float(np.clip(p, 0.0, 1.0))


def lausen_94_p(statistic: float, sizes: NDArray[np.int64], n: int) -> float:
    """An improved Bonferroni bound for the cuts at hand, at most 1 (Lausen, Sauerbrei & Schumacher 1994).

    R maxstat pmethod = "Lau94" is not held to 1.
    """
    b, first, second = statistic, sizes[:-1], sizes[1:]
    t = np.sqrt(1 - first * (n - second) / ((n - first) * second))
    both = (np.exp(-(b**2) / 2) / np.pi * (t - (b**2 / 4 - 1) * t**3 / 6)).sum()
    return float(min(2 * ndtr(-b) + both, 1.0))


def exact_gauss_p(statistic: float, sizes: NDArray[np.int64], n: int) -> float:
    """P that the largest of the cuts' joint normal variables exceeds the statistic, to about 1e-10.

    Neighbouring cuts correlate as sqrt(m1 (n - m2) / ((n - m1) m2)), so the statistics are a Markov chain, and the
    probability that none leaves (-b, b) follows by one integral a cut. R maxstat pmethod = "exactGauss" has the same
    variables, integrated by simulation.
    """
    b = statistic
    if b <= 0:
        return 1.0
    correlation = np.sqrt(sizes[:-1] * (n - sizes[1:]) / ((n - sizes[:-1]) * sizes[1:]))
    spread = np.sqrt(1 - correlation**2)
    narrowest = spread.min(initial=1.0)
    nodes, weights = roots_legendre(int(np.ceil(NODES_PER_SD * 2 * b / narrowest)) + 20)
    z, weights = nodes * b, weights * b
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    for r, sd in zip(correlation, spread, strict=True):
        density = _next_density(density * weights, z, r, sd)
    return float(np.clip(1 - density @ weights, 0.0, 1.0))


def permutation_p(
    statistic: float, scores: NDArray[np.float64], sizes: NDArray[np.int64], n_permutations: int, seed: int
) -> float:
    """Share of permutations of the scores whose largest statistic is at least the observed, the observed counted in.

    scores : (n,) in the order of the marker. R maxstat pmethod = "condMC" does not count the observed.
    """
    n = len(scores)
    generator = np.random.default_rng(seed)
    centred = scores - scores.mean()
    sd = np.sqrt(sizes * (n - sizes) / (n * (n - 1.0)) * (centred**2).sum())
    threshold = statistic * (1 - 1e-12)  # a permutation that only rounds differently is as extreme
    beyond, left = 0, n_permutations
    while left:
        now = min(left, max(1, PERMUTED_AT_ONCE // n))
        shuffled = generator.permuted(np.broadcast_to(centred, (now, n)), axis=1)
        largest = np.abs(np.cumsum(shuffled, axis=1)[:, sizes - 1] / sd).max(axis=1)
        beyond, left = beyond + int((largest >= threshold).sum()), left - now
    return (1 + beyond) / (1 + n_permutations)


def exact_bound_p(scores: NDArray[np.float64], sizes: NDArray[np.int64]) -> float:
    """Hothorn and Lausen's bound from the exact permutation distribution at each cut; see cutpoint.hothorn_lausen_p.

    scores : (n,) in the order of the marker
    """
    n = len(scores)
    if n > LARGEST_EXACT:
        raise UsedWrongly(f"Hothorn-Lausen P: found {n} patients, expected at most {LARGEST_EXACT}. Use permutations.")
    whole = np.round((scores - scores.min()) * n / np.ptp(scores)).astype(np.int64)
    total, square, all_sizes = whole.sum(), (whole**2).sum(), np.arange(1, n)
    mean = all_sizes / n * total
    sd = np.sqrt(all_sizes * (n - all_sizes) / (n**2 * (n - 1.0)) * (n * square - total**2))
    b = np.abs((np.cumsum(whole)[sizes - 1] - mean[sizes - 1]) / sd[sizes - 1]).max()
    chance = _chance_of_sums(whole)  # (n + 1, total + 1)
    sums = np.arange(total + 1)
    beyond = np.zeros(n)  # by size of the low group; beyond[m]: leaves (-b, b) at m, but not surely already at m - 1
    was = np.zeros(total + 1)
    for m in range(1, n):
        extreme = np.where(chance[m] > 0, np.abs((sums - mean[m - 1]) / sd[m - 1]), 0.0) > b
        beyond[m] = chance[m][extreme].sum()
        if m > sizes.min():
            beyond[m] -= _surely_beyond(was, extreme, mean[m - 2], int(whole.max()))
        was = np.where(extreme, chance[m], 0.0)
    return float(min(beyond[sizes].sum(), 1.0))


def _surely_beyond(was: NDArray[np.float64], extreme: NDArray[np.bool_], mean: float, largest: int) -> float:
    """Chance of the sums that were beyond and stay so whatever score is added: the largest below the mean, 0 above."""
    places = np.flatnonzero(was > 0)
    below, above = places[(places < mean) & (places + largest < len(extreme))], places[places > mean]
    return float(was[below][extreme[below + largest]].sum() + was[above][extreme[above]].sum())


def _chance_of_sums(whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n + 1, total + 1) probability of each sum of m scores drawn without replacement (Streitberg & Roehmel 1986)."""
    n, total = len(whole), int(whole.sum())
    chance = np.zeros((n + 1, total + 1))
    chance[0, 0] = 1.0
    reached = 0
    for used, score in enumerate(whole, start=1):  # of `used` scores, m are drawn: the last is among them m / used
        reached += int(score)
        drawn = np.arange(1, used + 1)[:, None] / used
        before = chance[:used, : reached - score + 1].copy()
        chance[1 : used + 1, : reached + 1] *= 1 - drawn
        chance[1 : used + 1, score : reached + 1] += drawn * before
    return chance


def _next_density(
    mass: NDArray[np.float64], z: NDArray[np.float64], correlation: float, sd: float
) -> NDArray[np.float64]:
    """Density at each node after one step of the chain; only the nodes within reach of each other are visited."""
    centre = correlation * z
    low = np.searchsorted(centre, z - REACH * sd)
    width = int((np.searchsorted(centre, z + REACH * sd) - low).max())
    places = np.minimum(low, len(z) - width)[:, None] + np.arange(width)
    return (np.exp(-(((z[:, None] - centre[places]) / sd) ** 2) / 2) * mass[places]).sum(axis=1) / (
        sd * np.sqrt(2 * np.pi)
    )
