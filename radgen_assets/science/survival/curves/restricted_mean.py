"""Mean survival time up to a horizon: the area under the Kaplan-Meier curve, and its difference between two groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.kaplan_meier import Z95, kaplan_meier
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True)
class RestrictedMean:
    """Mean months lived up to the horizon, with its 95 % interval (held inside 0 to the horizon).

    Without an event before the horizon the mean is the horizon, std_err 0, and the interval a point.
    """

    value: float
    std_err: float
    low: float
    high: float
    horizon_months: float
    n: int
    n_events: int


@dataclass(frozen=True)
class RestrictedMeanDifference:
    """Restricted mean of the second group less that of the first, with 95 % interval and two-sided P.

    p is None where no event happened before the horizon, so that the difference has no standard error.
    """

    groups: tuple[str, str]
    means: tuple[RestrictedMean, RestrictedMean]
    value: float
    std_err: float
    low: float
    high: float
    p: float | None


def restricted_mean(outcome: Outcome, horizon_months: float, *, persons: ArrayLike | None = None) -> RestrictedMean:
    """Mean survival time up to a horizon; the mean of censored times is not defined, this is.

    Parameters
    ----------
    horizon_months : float > 0
        Print it with the value. It may lie beyond the last follow-up only where the curve has reached 0.
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.

    Raises
    ------
    UsedWrongly
        Horizon not positive, or beyond follow-up.

    Notes
    -----
    The variance is the sum of squared influences, which for one patient a person is Greenwood's: sum of
    (area beyond t)^2 d / (n (n - d)), without a factor n / (n - 1).
    Source: Klein & Moeschberger 2003, 4.5; R survival::summary.survfit(rmean = horizon).
    """
    value, influence = _mean_and_influence(outcome, horizon_months, "the cohort")
    return _with_interval(outcome, value, _std_err(influence, _codes(persons, outcome.n)), horizon_months)


def compare_restricted_means(
    outcome: Outcome, group: ArrayLike, horizon_months: float, *, persons: ArrayLike | None = None
) -> RestrictedMeanDifference:
    """Difference of the restricted means of two groups (the second label in sorted order less the first).

    A person with patients in both groups is met once, so that their covariance counts.
    Raises UsedWrongly for other than two groups, and when a group is not followed to the horizon.
    """
    labels = np.asarray(group).astype(str)
    if len(labels) != outcome.n:
        raise UsedWrongly(f"restricted mean: found {len(labels)} group labels for {outcome.n} patients.")
    names = np.unique(labels)
    if len(names) != 2:
        raise UsedWrongly(f"restricted mean: found {len(names)} groups ({', '.join(names[:5])}), expected two.")
    influence, means = np.zeros(outcome.n), []
    codes = _codes(persons, outcome.n)
    for name, sign in zip(names, (-1.0, 1.0), strict=True):
        rows = np.flatnonzero(labels == name)
        value, part = _mean_and_influence(outcome.of(rows), horizon_months, f"group '{name}'")
        influence[rows] = sign * part
        means.append(_with_interval(outcome.of(rows), value, _std_err(part, codes[rows]), horizon_months))
    difference, std_err = means[1].value - means[0].value, _std_err(influence, codes)
    return RestrictedMeanDifference(
        groups=(str(names[0]), str(names[1])),
        means=(means[0], means[1]),
        value=difference,
        std_err=std_err,
        low=difference - Z95 * std_err,
        high=difference + Z95 * std_err,
        p=float(2 * ndtr(-abs(difference / std_err))) if std_err > 0 else None,
    )


def _mean_and_influence(outcome: Outcome, horizon: float, whose: str) -> tuple[float, NDArray[np.float64]]:
    """The area under the curve, and what each patient's weight adds to it (infinitesimal jackknife)."""
    if not horizon > 0 or not np.isfinite(horizon):
        raise UsedWrongly(f"restricted mean: found a horizon of {horizon:g} months, expected more than 0.")
    curve = kaplan_meier(outcome)
    last = float(curve.time_months[-1])
    if horizon > last and curve.survival[-1] > 0:
        raise UsedWrongly(
            f"restricted mean: found a horizon of {horizon:g} months, but {whose} is followed to {last:g} only. "
            "Choose a horizon within follow-up."
        )
    edges = np.append(np.minimum(curve.time_months, horizon), horizon)
    pieces = curve.survival * np.diff(edges)
    beyond = np.cumsum(pieces[::-1])[::-1]  # area from each time to the horizon
    within = curve.time_months <= horizon
    d, n = curve.n_event.astype(float), curve.n_risk.astype(float)
    alive = (n > d) & within  # where all die the area beyond is 0
    gap = np.where(alive, n - d, 1.0)
    survived = np.cumsum(np.where(alive, d / (n * gap), 0.0) * beyond)
    died = np.where(alive, 1.0 / gap, 0.0) * beyond
    place = np.searchsorted(curve.time_months, outcome.time_months)
    influence = survived[place] - np.where(outcome.event, died[place], 0.0)
    return float(edges[0] + pieces.sum()), influence


def _with_interval(outcome: Outcome, value: float, std_err: float, horizon: float) -> RestrictedMean:
    return RestrictedMean(
        value=value,
        std_err=std_err,
        low=max(value - Z95 * std_err, 0.0),
        high=min(value + Z95 * std_err, float(horizon)),
        horizon_months=float(horizon),
        n=outcome.n,
        n_events=outcome.n_events,
    )


def _codes(persons: ArrayLike | None, n: int) -> NDArray[np.int64]:
    if persons is None:
        return np.arange(n)
    labels = np.asarray(persons)
    if labels.shape != (n,):
        raise UsedWrongly(f"restricted mean: found {labels.shape} labels of persons for {n} patients.")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _std_err(influence: NDArray[np.float64], person: NDArray[np.int64]) -> float:
    return float(np.sqrt((np.bincount(person, weights=influence) ** 2).sum()))
