"""Decision curves for survival: the net benefit of treating whoever has at least a threshold risk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.resampled import SortedCohort, bootstrap_counts
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.predicted_risk import as_risk, refuse_time_without_follow_up

THRESHOLDS = np.arange(1, 100) / 100


@dataclass(frozen=True, eq=False)
class DecisionCurve:
    """Net benefit of a model at each threshold; treating nobody has 0.

    threshold : (k,) increasing, between 0 and 1
    net_benefit : (k,) true positives less false positives weighed by the odds of the threshold, a patient
    treat_all : (k,) net benefit of treating everybody
    low, high : (k,) 95 % percentile limits of `net_benefit`; None without bootstrap samples
    n_events : deaths observed by the time
    """

    label: str
    threshold: NDArray[np.float64]
    net_benefit: NDArray[np.float64]
    treat_all: NDArray[np.float64]
    n: int
    n_events: int
    time_months: float
    low: NDArray[np.float64] | None
    high: NDArray[np.float64] | None


def decision_curve(
    outcome: Outcome,
    risk: ArrayLike,
    time_months: float,
    *,
    label: str = "",
    thresholds: ArrayLike = THRESHOLDS,
    persons: ArrayLike | None = None,
    n_bootstraps: int = 0,
    seed: int = 0,
) -> DecisionCurve:
    """Net benefit over thresholds, with deaths among the treated by Kaplan-Meier.

    Parameters
    ----------
    risk : (n,) float64 in 0 to 1
        Predicted probability of death by `time_months`, from a model that did not learn from these patients.
    thresholds : (k,) float64, increasing, between 0 and 1
        Risks from which one would treat; a risk equal to the threshold is treated.
    persons : (n,) labels, optional
        Patients of one person are drawn together.
    n_bootstraps : int
        Samples behind `low` and `high`.

    Raises
    ------
    UsedWrongly
        For risks that are no probabilities, thresholds outside 0 to 1, and a time without follow-up.

    Notes
    -----
    Where the treated are followed for less than the time, their curve keeps its last value.
    Source: Vickers & Elkin 2006; Vickers, Cronin, Elkin & Gonen 2008 (censored outcomes, Kaplan-Meier).
    """
    p = as_risk(risk, outcome.n, "decision curve")
    refuse_time_without_follow_up(outcome, time_months, "decision curve")
    at = _as_thresholds(thresholds)
    curve = SortedCohort.of(outcome)
    treated = (p[None, :] >= at[:, None]).astype(np.float64)
    benefit = _net_benefit(curve, treated, outcome.n, at, time_months)
    everybody = _net_benefit(curve, np.ones((1, outcome.n)), outcome.n, at, time_months)
    limits = _limits(curve, treated, at, time_months, bootstrap_counts(outcome.n, n_bootstraps, seed, persons=persons))
    return DecisionCurve(
        label=label,
        threshold=at,
        net_benefit=benefit,
        treat_all=everybody,
        n=outcome.n,
        n_events=int((outcome.event & (outcome.time_months <= time_months)).sum()),
        time_months=float(time_months),
        low=limits[0],
        high=limits[1],
    )


def _net_benefit(
    curve: SortedCohort,
    weights: NDArray[np.float64],
    n: int,
    threshold: NDArray[np.float64],
    time_months: float,
) -> NDArray[np.float64]:
    alive = curve.survival_at(weights, time_months)
    share = weights.sum(axis=1) / n
    result: NDArray[np.float64] = share * ((1 - alive) - alive * threshold / (1 - threshold))
    return result


def _limits(
    curve: SortedCohort,
    treated: NDArray[np.float64],
    at: NDArray[np.float64],
    time_months: float,
    blocks: Iterable[NDArray[np.float64]],
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Percentile limits at each threshold; thresholds between the same two risks treat the same patients."""
    groups, which = np.unique(treated, axis=0, return_inverse=True)
    alive: list[NDArray[np.float64]] = []
    share: list[NDArray[np.float64]] = []
    for counts in blocks:
        alive.append(np.stack([curve.survival_at(counts * group, time_months) for group in groups]))
        share.append(groups @ counts.T / counts.sum(axis=1))
    if not alive:
        return None, None
    survival, treated_share = np.concatenate(alive, axis=1)[which.ravel()], np.concatenate(share, axis=1)[which.ravel()]
    odds = (at / (1 - at))[:, None]
    low, high = np.quantile(treated_share * (1 - survival - survival * odds), [0.025, 0.975], axis=1)
    return low, high


def _as_thresholds(values: ArrayLike) -> NDArray[np.float64]:
    at = np.asarray(values, dtype=np.float64)
    if at.ndim != 1 or not len(at) or not ((at > 0) & (at < 1)).all() or not (np.diff(at) > 0).all():
        raise UsedWrongly("decision curve: expected increasing thresholds between 0 and 1, both left out.")
    return at
