"""The log-rank test and the G-rho family, for two or more groups, with strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True, eq=False)
class LogRank:
    """Result of a log-rank test; arrays have one value a group, in the order of `groups`."""

    groups: tuple[str, ...]
    n: tuple[int, ...]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]
    statistic: float
    degrees_of_freedom: int
    p: float


def logrank(outcome: Outcome, group: ArrayLike, *, rho: float = 0.0, strata: ArrayLike | None = None) -> LogRank:
    """Compare the survival of groups.

    Parameters
    ----------
    group : (n,) labels
        Groups are sorted by their label.
    rho : float
        Weight S(t-)^rho of each event time: 0 is the log-rank test, 1 the Peto & Peto modification of Wilcoxon.
    strata : (n,) labels, optional
        Groups are compared within strata only, and the sums are added.

    Raises
    ------
    UsedWrongly
        With fewer than two groups, or when no group can be compared (no event with two groups at risk).

    Source: Harrington & Fleming 1982; R survival::survdiff.
    """
    labels = np.asarray(group).astype(str)
    names, code = np.unique(labels, return_inverse=True)
    if len(labels) != outcome.n:
        raise UsedWrongly(f"log-rank test: found {len(labels)} group labels for {outcome.n} patients.")
    if len(names) < 2:
        raise UsedWrongly(f"log-rank test: found one group ('{names[0]}'), expected two or more.")
    layer = np.zeros(outcome.n, dtype=int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    observed, expected, variance = np.zeros(len(names)), np.zeros(len(names)), np.zeros((len(names), len(names)))
    for each in range(layer.max() + 1):
        rows = np.flatnonzero(layer == each)
        part = _one_stratum(outcome.of(rows), code[rows], len(names), rho)
        observed, expected, variance = observed + part[0], expected + part[1], variance + part[2]
    kept = np.flatnonzero(expected > 0)
    if len(kept) < 2 or not variance.any():
        raise UsedWrongly(
            "log-rank test: no event happened while two groups were at risk; there is nothing to compare."
        )
    difference = (observed - expected)[kept][1:]
    statistic = float(difference @ np.linalg.solve(variance[np.ix_(kept, kept)][1:, 1:], difference))
    return LogRank(
        groups=tuple(str(name) for name in names),
        n=tuple(int(count) for count in np.bincount(code, minlength=len(names))),
        observed=observed,
        expected=expected,
        variance=variance,
        statistic=statistic,
        degrees_of_freedom=len(kept) - 1,
        p=float(chi2.sf(statistic, len(kept) - 1)),
    )


def _one_stratum(
    outcome: Outcome, code: NDArray[np.int64], n_groups: int, rho: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    time, place = np.unique(outcome.time_months, return_inverse=True)
    leaving = np.zeros((len(time), n_groups))
    deaths = np.zeros((len(time), n_groups))
    np.add.at(leaving, (place, code), 1.0)
    np.add.at(deaths, (place, code), outcome.event.astype(float))
    at_risk = np.cumsum(leaving[::-1], axis=0)[::-1]
    d, n = deaths.sum(axis=1), at_risk.sum(axis=1)
    weight = np.append(1.0, np.cumprod(1.0 - d / n)[:-1]) ** rho
    share = at_risk / n[:, None]
    observed = weight @ deaths
    expected = (weight * d) @ share
    spread = weight**2 * d * np.where(n > 1, (n - d) / np.maximum(n - 1, 1), 0.0)
    variance = np.diag(spread @ share) - share.T @ (spread[:, None] * share)
    return observed, expected, variance
