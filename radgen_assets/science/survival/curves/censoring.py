"""The Kaplan-Meier curve of censoring, G, and the weights that stand in for the patients who were censored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True, eq=False)
class CensoringCurve:
    """Probability to be still under observation, one value a distinct time of the sample.

    time_months : (k,) increasing
    probability : (k,) G, the probability to be censored later than the time
    n_risk : (k,) int, patients who could be censored at the time: those still observed after its events
    n_censored : (k,) int
    """

    time_months: NDArray[np.float64]
    probability: NDArray[np.float64]
    n_risk: NDArray[np.int64]
    n_censored: NDArray[np.int64]

    def at(self, times_months: ArrayLike) -> NDArray[np.float64]:
        """G(t): censorings at the time itself are counted. 1 before the first time; its last value after the last."""
        return self._step(times_months, "right")

    def before(self, times_months: ArrayLike) -> NDArray[np.float64]:
        """G(t-): just before the time."""
        return self._step(times_months, "left")

    def _step(self, times_months: ArrayLike, side: str) -> NDArray[np.float64]:
        times = np.asarray(times_months, dtype=np.float64)
        place = np.searchsorted(self.time_months, times, side="left" if side == "left" else "right")
        return np.append(1.0, self.probability)[place]


@dataclass(frozen=True, eq=False)
class CensoringWeights:
    """What each patient counts for at one time; the two arrays add up to about n.

    cases : (n,) 1 / G(T-) for who died by the time, 0 for the others
    controls : (n,) 1 / G(t) for who was observed beyond the time, 0 for the others
    Who was censored by the time counts for nothing: the others stand in.
    """

    time_months: float
    cases: NDArray[np.float64]
    controls: NDArray[np.float64]


def censoring_curve(outcome: Outcome) -> CensoringCurve:
    """Kaplan-Meier estimate of the censoring distribution.

    At a tied time the events leave the risk set before the censorings, so G(T-) of an event is never 0 in the sample
    that the curve was estimated from. `survfit(Surv(time, 1 - event))` keeps them in the risk set, which differs
    wherever an event shares its time with a censoring.

    Source: R prodlim(reverse = TRUE); Graf et al. 1999.
    """
    time, place = np.unique(outcome.time_months, return_inverse=True)
    n_event = np.bincount(place, weights=outcome.event, minlength=len(time)).astype(np.int64)
    n_all = np.bincount(place, minlength=len(time))
    n_censored = n_all - n_event
    n_risk = outcome.n - np.append(0, np.cumsum(n_all)[:-1]) - n_event
    share = np.divide(n_censored, n_risk, out=np.zeros(len(time)), where=n_risk > 0)
    return CensoringCurve(time, np.cumprod(1.0 - share), n_risk.astype(np.int64), n_censored.astype(np.int64))


def censoring_weights(outcome: Outcome, time_months: float) -> CensoringWeights:
    """Inverse probability of censoring weights at one time.

    Parameters
    ----------
    time_months : float
        Cases died at or before it, controls were observed beyond it.

    Raises
    ------
    UsedWrongly
        Where G is 0 at the time: everybody left was censored by then, and nobody stands for those who lived on.

    Source: Graf et al. 1999; Uno et al. 2007; R riskRegression::Score(cens.model = "km").
    """
    if not np.isfinite(time_months):
        raise UsedWrongly(f"censoring weights: found the time {time_months}, expected a finite number of months.")
    curve = censoring_curve(outcome)
    time = outcome.time_months
    at_time = float(curve.at(time_months))
    if at_time <= 0:
        raise UsedWrongly(
            f"censoring weights at {time_months:g} months: the probability to be still observed is 0, expected more. "
            f"Choose a time before {curve.time_months[curve.probability <= 0][0]:g} months, the last contact."
        )
    is_case = outcome.event & (time <= time_months)
    cases = np.divide(1.0, curve.before(time), out=np.zeros(outcome.n), where=is_case)
    return CensoringWeights(float(time_months), cases, np.where(time > time_months, 1.0 / at_time, 0.0))


def influence_through_censoring(
    outcome: Outcome, weights: CensoringWeights, cases: NDArray[np.float64], controls: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each patient adds to sum(cases) + sum(controls) by its part in the estimate of G.

    Parameters
    ----------
    cases : (n,) float64
        Already weighted by `weights.cases`, that is by 1 / G(T-).
    controls : (n,) float64
        Already weighted by `weights.controls`, that is by 1 / G(t).

    Returns
    -------
    (n,) float64, the derivative by each patient's weight

    A patient's part is the martingale of its censoring over those at risk, integrated up to T- or t. The risk set here
    keeps the events of a tied time, as riskRegression's does, though its G does not: with times in whole months and
    n = 200 that moves a standard error by up to 0.05 % (AUC) and 3 % (Brier) from the exact derivative.
    Source: Blanche, Dartigues & Jacqmin-Gadda 2013, appendix A; R riskRegression::Score(conservative = FALSE).
    """
    time, place, count = np.unique(outcome.time_months, return_inverse=True, return_counts=True)
    n_censored = np.bincount(place, weights=~outcome.event, minlength=len(time))
    n_risk = outcome.n - np.append(0, np.cumsum(count)[:-1])
    of_cases = np.bincount(place, weights=cases, minlength=len(time))
    behind = of_cases[::-1].cumsum()[::-1] - of_cases  # cases after each time: G(T-) of these has that time's factor
    behind += np.where(time <= weights.time_months, controls.sum(), 0.0)
    jump = behind / n_risk
    drift = np.cumsum(n_censored / n_risk * jump)
    return np.asarray(np.where(outcome.event, 0.0, jump[place]) - drift[place])
