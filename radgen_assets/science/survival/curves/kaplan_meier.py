"""The Kaplan-Meier curve with pointwise interval, numbers at risk and median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from radgen_assets.science.survival.outcome import Outcome

Z95 = float(ndtri(0.975))
IntervalScale = Literal["log-log", "log", "plain"]
TOLERANCE = 1e-9  # R's survfit takes a curve within sqrt(machine epsilon) of a quantile as lying on it


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A step curve; every array has one value a distinct time of the sample (events and censorings).

    time_months : increasing
    n_risk, n_event, n_censored : int, at risk just before the time; events and censorings at it
    survival : probability to live beyond the time
    std_err : Greenwood's standard error of `survival`
    low, high : pointwise 95 % interval; NaN where the curve is 0 (log-log, log), as in R
    """

    n: int
    n_events: int
    time_months: NDArray[np.float64]
    n_risk: NDArray[np.int64]
    n_event: NDArray[np.int64]
    n_censored: NDArray[np.int64]
    survival: NDArray[np.float64]
    std_err: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def survival_at(self, times_months: ArrayLike) -> NDArray[np.float64]:
        """Survival at given times (right-continuous; beyond the last time its last value)."""
        return self._at(self.survival, times_months, before=1.0)

    def interval_at(self, times_months: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper 95 % limits at given times; 1 before the first time."""
        return self._at(self.low, times_months, before=1.0), self._at(self.high, times_months, before=1.0)

    def std_err_at(self, times_months: ArrayLike) -> NDArray[np.float64]:
        """Greenwood's standard error at given times; 0 before the first death, NaN where the curve is 0."""
        return self._at(self.std_err, times_months, before=0.0)

    @property
    def cumulative_hazard(self) -> NDArray[np.float64]:
        """Nelson-Aalen estimate at each time."""
        return np.cumsum(self.n_event / self.n_risk)

    def at_risk(self, times_months: ArrayLike) -> NDArray[np.int64]:
        """Patients whose time is at least the given one: the numbers below a plot."""
        place = np.searchsorted(self.time_months, np.asarray(times_months, dtype=float), side="left")
        return np.append(self.n_risk, 0)[place]

    @property
    def median(self) -> tuple[float | None, float | None, float | None]:
        """Median survival with its 95 % limits in months; None where the curve does not reach one half.

        A curve that is flat at one half gives the middle of the flat part (as R).
        """
        return self.quantile(0.5)

    def quantile(self, share_dead: float) -> tuple[float | None, float | None, float | None]:
        """Time by which `share_dead` have died, with limits, by inverting the curve and its limits."""
        target = 1.0 - share_dead
        return tuple(_first_time_at_or_below(self.time_months, y, target) for y in (self.survival, self.low, self.high))  # type: ignore[return-value]

    def _at(self, values: NDArray[np.float64], times: ArrayLike, before: float) -> NDArray[np.float64]:
        place = np.searchsorted(self.time_months, np.asarray(times, dtype=float), side="right")
        return np.append(before, values)[place]


def kaplan_meier(outcome: Outcome, *, interval: IntervalScale = "log-log") -> KaplanMeier:
    """Product-limit estimate of survival.

    The interval's default is log-log, which stays inside 0 to 1; R's own default is "log".
    Source: Kaplan & Meier 1958; Greenwood 1926; R survival::survfit.
    """
    time, inverse = np.unique(outcome.time_months, return_inverse=True)
    n_event = np.bincount(inverse, weights=outcome.event, minlength=len(time)).astype(np.int64)
    n_all = np.bincount(inverse, minlength=len(time))
    n_risk = outcome.n - np.append(0, np.cumsum(n_all)[:-1])
    survival = np.cumprod(1.0 - n_event / n_risk)
    alive = n_risk > n_event
    greenwood = np.where(alive, n_event / (n_risk * np.where(alive, n_risk - n_event, 1.0)), np.inf)
    with np.errstate(invalid="ignore"):  # 0 * inf where the curve reaches 0: the standard error is not defined there
        std_err_log = np.sqrt(np.cumsum(greenwood))
        std_err = survival * std_err_log
    low, high = _limits(survival, std_err_log, interval)
    return KaplanMeier(
        n=outcome.n,
        n_events=outcome.n_events,
        time_months=time,
        n_risk=n_risk.astype(np.int64),
        n_event=n_event,
        n_censored=(n_all - n_event).astype(np.int64),
        survival=survival,
        std_err=std_err,
        low=low,
        high=high,
    )


def _limits(
    survival: NDArray[np.float64], std_err_log: NDArray[np.float64], scale: IntervalScale
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    inside = (survival > 0) & (survival < 1)
    s = np.where(inside, survival, 0.5)
    se = np.where(inside, std_err_log, 0.0)
    if scale == "log-log":
        width = Z95 * se / np.log(s)
        centre = np.log(-np.log(s))
        low, high = np.exp(-np.exp(centre - width)), np.exp(-np.exp(centre + width))
    elif scale == "log":
        low, high = np.exp(np.log(s) - Z95 * se), np.minimum(1.0, np.exp(np.log(s) + Z95 * se))
    else:
        low, high = np.maximum(0.0, s - Z95 * se * s), np.minimum(1.0, s + Z95 * se * s)
    edge = np.where(survival == 1, 1.0, np.nan)  # before the first death both limits are 1; at zero there are none
    return np.where(inside, low, edge), np.where(inside, high, edge)


def _first_time_at_or_below(time: NDArray[np.float64], curve: NDArray[np.float64], target: float) -> float | None:
    below = np.flatnonzero(curve < target - TOLERANCE)
    on = np.flatnonzero(np.abs(curve - target) <= TOLERANCE)
    if len(on):
        if not len(below):
            return float((time[on[0]] + time[-1]) / 2) if curve[-1] == curve[on[0]] else float(time[on[0]])
        return float((time[on[0]] + time[below[0]]) / 2)
    return float(time[below[0]]) if len(below) else None
