"""The cut of a marker that parts survival best, with a P that counts the search for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cutpoint.p_values import (
    exact_bound_p,
    exact_gauss_p,
    lausen_92_p,
    lausen_94_p,
    permutation_p,
)
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Cutpoint:
    """A maximally selected cut, what was searched, and the P values that allow for the search.

    cut : patients with a value <= cut are the low group
    statistic : the largest absolute standardised log-rank statistic (not the root of the log-rank chi-squared)
    high_is_worse : whether the high group dies earlier
    profile_cuts, profile_statistics : (k,) every cut allowed, increasing, and its absolute statistic
    p_lausen_92, p_lausen_94 : Lausen & Schumacher's asymptotic P, and Lausen, Sauerbrei & Schumacher's for these cuts;
        both at most 1 (R leaves the second above 1 when the statistic is small)
    p_exact_gauss : the normal limit of the searched cuts, integrated without simulation
    p_permutation : (1 + permutations at least as extreme) / (1 + permutations); None when none were asked for
    """

    cut: float
    statistic: float
    high_is_worse: bool
    profile_cuts: NDArray[np.float64]
    profile_statistics: NDArray[np.float64]
    p_lausen_92: float
    p_lausen_94: float
    p_exact_gauss: float
    p_permutation: float | None
    n_permutations: int
    n: int
    n_events: int
    n_low: int
    n_high: int
    smallest_share: float

    def is_high(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Which patients lie above the cut; for a new cohort only in the same unit."""
        return np.asarray(values, dtype=np.float64) > self.cut


def maximally_selected_cutpoint(
    outcome: Outcome,
    values: ArrayLike,
    *,
    smallest_share: float = 0.1,
    n_permutations: int = 0,
    seed: int = 20240101,
) -> Cutpoint:
    """Search the cut of a marker with the largest standardised log-rank statistic.

    Parameters
    ----------
    values : (n,) float64
        The marker, finite; a cut never parts equal values.
    smallest_share : float in (0, 0.5)
        The low group holds at least floor(n * share) patients and at most floor(n * (1 - share)) (minprop of R).
    n_permutations : int
        Permutations of the outcome among the patients (conditional Monte Carlo); 0 leaves `p_permutation` None.

    Raises
    ------
    UsedWrongly
        No event; values not finite or of another length; constant values; no cut between the two shares.

    Notes
    -----
    The plain log-rank P at a searched cut is far too small: never print it beside one. Serves what the papers made with
    X-tile. The two searches differ in scale: here a patient's score is its event less the hazard summed to its time,
    and the variance is that of a permutation.

    Source: Lausen & Schumacher 1992; Lausen, Sauerbrei & Schumacher 1994; Hothorn & Lausen 2003;
    R survminer::surv_cutpoint, maxstat::maxstat.test(smethod = "LogRank").
    """
    marker = _as_marker(outcome, values, smallest_share)
    if n_permutations < 0:
        raise UsedWrongly(f"cut-point: found {n_permutations} permutations, expected 0 or more.")
    order = np.argsort(marker, kind="stable")
    scores = log_rank_scores(outcome)[order]
    sizes, cuts = allowed_cuts(marker[order], smallest_share)
    _refuse_equal(scores)
    signed = standardised_sums(scores, sizes)
    best = int(np.argmax(np.abs(signed)))
    statistic = float(abs(signed[best]))
    return Cutpoint(
        cut=float(cuts[best]),
        statistic=statistic,
        high_is_worse=bool(signed[best] < 0),
        profile_cuts=cuts,
        profile_statistics=np.abs(signed),
        p_lausen_92=lausen_92_p(statistic, smallest_share),
        p_lausen_94=lausen_94_p(statistic, sizes, outcome.n),
        p_exact_gauss=exact_gauss_p(statistic, sizes, outcome.n),
        p_permutation=permutation_p(statistic, scores, sizes, n_permutations, seed) if n_permutations else None,
        n_permutations=n_permutations,
        n=outcome.n,
        n_events=outcome.n_events,
        n_low=int(sizes[best]),
        n_high=outcome.n - int(sizes[best]),
        smallest_share=smallest_share,
    )


def hothorn_lausen_p(outcome: Outcome, values: ArrayLike, *, smallest_share: float = 0.1) -> float:
    """Hothorn and Lausen's bound on P, from the exact permutation distribution at each cut; at most 1.

    The scores are made whole numbers from 0 to n first, as the paper does, so the statistic differs a little from that
    of the real scores. Time and memory grow as n^4 and n^3: at most 300 patients (R overflows beyond 170 and gives NA).
    With tied markers the bound, here as in R, also subtracts at cuts that are not searched, and can come out below the
    truth: prefer the permutation P. Far from 0 it is loose (1 for a permutation P of 0.73).

    Raises UsedWrongly as maximally_selected_cutpoint, and for more than 300 patients.
    Source: Hothorn & Lausen 2003; R maxstat::pmaxstat (pmethod = "HL").
    """
    marker = _as_marker(outcome, values, smallest_share)
    order = np.argsort(marker, kind="stable")
    scores = log_rank_scores(outcome)[order]
    _refuse_equal(scores)
    return exact_bound_p(scores, allowed_cuts(marker[order], smallest_share)[0])


def log_rank_scores(outcome: Outcome) -> NDArray[np.float64]:
    """Event less the hazard summed up to each patient's time (n,); tied times count the last rank among them.

    Their sum is 0 without ties. Source: R exactRankTests::cscores(Surv).
    """
    last_rank = rankdata(outcome.time_months, method="max").astype(np.int64)
    hazard = outcome.event / (outcome.n - last_rank + 1.0)
    order = np.argsort(outcome.time_months, kind="stable")
    return outcome.event - np.cumsum(hazard[order])[last_rank - 1]


def allowed_cuts(
    increasing: NDArray[np.float64], smallest_share: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sizes of the low group (k,) and the values that bound it (k,), for cuts between unequal values."""
    n = len(increasing)
    sizes = np.flatnonzero(np.diff(increasing) > 0) + 1
    if not len(sizes):
        raise UsedWrongly(f"cut-point: found {n} equal values ({increasing[0]:g}); a constant marker has no cut.")
    least, most = max(1, int(np.floor(n * smallest_share))), int(np.floor(n * (1 - smallest_share)))
    kept = sizes[(sizes >= least) & (sizes <= most)]
    if not len(kept):
        raise UsedWrongly(
            f"cut-point: found no cut that leaves {least} to {most} of {n} patients in the low group "
            f"(ties in the marker). Lower smallest_share, or group by the marker's own levels."
        )
    return kept.astype(np.int64), increasing[kept - 1]


def standardised_sums(scores: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums of the first `sizes` of the scores (n,), less their permutation mean, over their permutation sd (k,)."""
    n = len(scores)
    total = scores.sum()
    sd = np.sqrt(sizes * (n - sizes) / (n**2 * (n - 1.0)) * (n * (scores**2).sum() - total**2))
    return (np.cumsum(scores)[sizes - 1] - sizes / n * total) / sd


def _refuse_equal(scores: NDArray[np.float64]) -> None:
    if not np.ptp(scores):
        raise UsedWrongly("cut-point: found the same log-rank score in all patients; there is nothing to part.")


def _as_marker(outcome: Outcome, values: ArrayLike, smallest_share: float) -> NDArray[np.float64]:
    if not 0 < smallest_share < 0.5:  # a half leaves no room for two groups
        raise UsedWrongly(f"cut-point: found smallest_share = {smallest_share:g}, expected between 0 and 0.5.")
    marker = np.asarray(values, dtype=np.float64)
    if marker.shape != (outcome.n,):
        raise UsedWrongly(f"cut-point: found values of shape {marker.shape} for {outcome.n} patients.")
    bad = np.flatnonzero(~np.isfinite(marker))
    if len(bad):
        raise UsedWrongly(
            f"cut-point: found {marker[bad[0]]} in row {int(bad[0])} ({len(bad)} in all), expected finite values. "
            "Leave these patients out, with a reason."
        )
    if not outcome.n_events:
        raise UsedWrongly(f"cut-point: found no event among {outcome.n} patients, expected at least one.")
    return marker
