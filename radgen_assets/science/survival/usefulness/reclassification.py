"""Net reclassification by a new risk against an old one, for events and non-events apart, with censoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.resampled import SortedCohort, bootstrap_counts
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.predicted_risk import as_risk, refuse_time_without_follow_up

ROUNDING = 1e-9  # two models that agree differ in the last digits: that moves nobody
Censoring = Literal["km", "ipw"]


@dataclass(frozen=True)
class Improvement:
    """A net share with its bootstrap: standard error, 95 % percentile limits, two-sided P (normal, by std_err).

    All but the value are None without bootstrap samples; `p` is None too where every sample gave the same value.
    """

    value: float
    std_err: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class NetReclassification:
    """What a new risk moves in the right direction; positive = better than the old one.

    events : net share of patients who die by the time that moved up (-1 to 1)
    non_events : net share of patients who live beyond the time that moved down (-1 to 1)
    total : their sum (-2 to 2)
    idi : integrated discrimination improvement, by inverse censoring weights; None where follow-up ends at the time,
        so that nobody is known to have lived beyond it
    n_events : deaths observed by the time
    n_up, n_down : patients whose risk or category rose, fell
    n_bootstraps : samples in which all were defined
    """

    method: Censoring
    time_months: float
    categories: tuple[float, ...] | None
    n: int
    n_events: int
    n_up: int
    n_down: int
    events: Improvement
    non_events: Improvement
    total: Improvement
    idi: Improvement | None
    n_bootstraps: int


def net_reclassification(  # noqa: PLR0913 - what is counted, how censoring is met, and how often it is redrawn
    outcome: Outcome,
    risk_old: ArrayLike,
    risk_new: ArrayLike,
    time_months: float,
    *,
    categories: Sequence[float] | None = None,
    least_change: float = ROUNDING,
    method: Censoring = "km",
    persons: ArrayLike | None = None,
    n_bootstraps: int = 1000,
    seed: int = 0,
) -> NetReclassification:
    """Net reclassification improvement (NRI) and integrated discrimination improvement (IDI) at one time.

    Parameters
    ----------
    risk_old, risk_new : (n,) float64 in 0 to 1
        Predicted probability of death by `time_months`, from models that did not learn from these patients.
    categories : increasing cut-offs between 0 and 1, optional
        A risk at a cut-off is in the upper category. Default: the continuous NRI, where any rise counts.
    least_change : float
        Continuous NRI: a change counts when it is larger than this. The default takes away rounding only.
    method : "km" or "ipw"
        Kaplan-Meier among the patients moved up and down (Pencina 2011), or inverse probability of censoring weights.
    persons : (n,) labels, optional
        Patients of one person are drawn together.
    n_bootstraps : int
        Samples of patients (or persons); the two risks are taken as given, not refitted.

    Raises
    ------
    UsedWrongly
        For risks that are no probabilities, cut-offs out of order, a time without follow-up, and a time by which
        nobody or everybody had died.

    Notes
    -----
    The continuous NRI counts the smallest change like the largest: it can be positive for a useless marker in a
    miscalibrated model (Hilden & Gerds 2014). Read it beside calibration and the decision curve.
    Where the patients moved one way are followed for less than the time, their curve keeps its last value ("km").
    Source: Pencina et al. 2008, 2011 (Statistics in Medicine 30:11, equations for survival); Uno et al. 2013 (IPW).
    """
    old, new = as_risk(risk_old, outcome.n, "reclassification"), as_risk(risk_new, outcome.n, "reclassification")
    refuse_time_without_follow_up(outcome, time_months, "reclassification")
    cuts = None if categories is None else _as_cuts(categories)
    up, down = _moved(old, new, cuts, least_change)
    cohort = _Cohort(SortedCohort.of(outcome), outcome, time_months, up, down, new - old, method)
    found = cohort.improvements(np.ones((1, outcome.n)))[0]
    known = np.isfinite(found)
    if not known[:3].all():
        raise UsedWrongly(
            f"reclassification: by {time_months:g} months nobody had died, or nobody of {outcome.n} patients was alive "
            f"and followed beyond it ({outcome.n_events} deaths in all), so one half is empty. Choose another time."
        )
    blocks = [cohort.improvements(drawn) for drawn in bootstrap_counts(outcome.n, n_bootstraps, seed, persons=persons)]
    samples = np.concatenate(blocks) if blocks else np.empty((0, len(found)))
    samples = samples[np.isfinite(samples[:, known]).all(axis=1)]
    events, non_events, total, idi = (_improvement(found[j], samples[:, j]) for j in range(4))
    return NetReclassification(
        method=method,
        time_months=float(time_months),
        categories=cuts,
        n=outcome.n,
        n_events=int((outcome.event & (outcome.time_months <= time_months)).sum()),
        n_up=int(up.sum()),
        n_down=int(down.sum()),
        events=events,
        non_events=non_events,
        total=total,
        idi=idi if known[3] else None,
        n_bootstraps=len(samples),
    )


@dataclass(frozen=True, eq=False)
class _Cohort:
    """All that the four numbers need but the weights of a sample."""

    curve: SortedCohort
    outcome: Outcome
    time_months: float
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    change: NDArray[np.float64]
    method: Censoring

    def improvements(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """(b, n) counts -> (b, 4) events, non-events, total, IDI; NaN where one half of a sample is empty."""
        before = self.curve.observed_before(counts)
        case = self.outcome.event & (self.outcome.time_months <= self.time_months)
        weight = counts * case
        cases = np.divide(weight, before, out=np.zeros_like(weight), where=weight > 0)
        controls = counts * (self.outcome.time_months > self.time_months)  # 1 / G(t) is the same for all of them
        with np.errstate(invalid="ignore", divide="ignore"):
            idi = _mean(cases, self.change) - _mean(controls, self.change)
            if self.method == "ipw":
                events, non_events = _mean(cases, self.up - self.down), _mean(controls, self.down - self.up)
            else:
                events, non_events = self._by_kaplan_meier(counts)
        return np.column_stack([events, non_events, events + non_events, idi])

    def _by_kaplan_meier(self, counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        alive = self.curve.survival_at(counts, self.time_months)
        n = counts.sum(axis=1)
        n_up, n_down = counts @ self.up, counts @ self.down
        alive_up = self.curve.survival_at(counts * self.up, self.time_months)
        alive_down = self.curve.survival_at(counts * self.down, self.time_months)
        events = (n_up * (1 - alive_up) - n_down * (1 - alive_down)) / (n * (1 - alive))
        non_events = (n_down * alive_down - n_up * alive_up) / (n * alive)
        return events, non_events


def _mean(weights: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = (weights @ values) / weights.sum(axis=1)
    return result


def _moved(
    old: NDArray[np.float64], new: NDArray[np.float64], cuts: tuple[float, ...] | None, least_change: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """0/1: moved up, moved down."""
    if cuts is None:
        up, down = new - old > least_change, old - new > least_change
    else:
        before, after = np.searchsorted(cuts, old, side="right"), np.searchsorted(cuts, new, side="right")
        up, down = after > before, after < before
    return up.astype(np.float64), down.astype(np.float64)


def _as_cuts(categories: Sequence[float]) -> tuple[float, ...]:
    cuts = np.asarray(categories, dtype=np.float64)
    if cuts.ndim != 1 or not len(cuts) or not ((cuts > 0) & (cuts < 1)).all() or not (np.diff(cuts) > 0).all():
        raise UsedWrongly(
            f"reclassification: found the categories {list(categories)}, expected increasing cut-offs between 0 and 1."
        )
    return tuple(float(cut) for cut in cuts)


def _improvement(value: float, samples: NDArray[np.float64]) -> Improvement:
    if len(samples) < 2:
        return Improvement(float(value), None, None, None, None)
    std_err = float(samples.std(ddof=1))
    low, high = (float(limit) for limit in np.quantile(samples, [0.025, 0.975]))
    p = float(2 * ndtr(-abs(value) / std_err)) if std_err > 0 else None
    return Improvement(float(value), std_err, low, high, p)
