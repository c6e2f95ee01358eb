"""Calibration of predicted risks of death by a time: groups of similar risk against Kaplan-Meier in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from radgen_assets.science.survival.curves.kaplan_meier import IntervalScale, kaplan_meier
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.predicted_risk import as_risk, refuse_time_without_follow_up


@dataclass(frozen=True)
class RiskGroup:
    """Patients of similar predicted risk: mean prediction, and the share that Kaplan-Meier says died by the time.

    low, high : 95 % limits of `observed`; None where the curve has none (nobody died, or everybody)
    """

    n: int
    n_events: int
    predicted: float
    observed: float
    low: float | None
    high: float | None


def calibrate(
    outcome: Outcome,
    risk: ArrayLike,
    time_months: float,
    *,
    n_groups: int = 5,
    interval: IntervalScale = "log-log",
) -> tuple[RiskGroup, ...]:
    """Predicted against observed risk by quantile.

    Parameters
    ----------
    risk : (n,) float64 in 0 to 1
        Predicted probability of death by `time_months`.
    n_groups : int
        Equal risks stay together, so there may be fewer groups.

    Raises
    ------
    UsedWrongly
        When a risk is no probability, or the time lies beyond the last follow-up.

    Notes
    -----
    Where a group is followed for less than the time, its curve keeps its last value.
    `calibrate_smooth` needs no groups; `calibrate_by_bootstrap` takes the optimism of a model's own patients away.
    Source: R survival::survfit in each group (its interval's default is "log").
    """
    p = as_risk(risk, outcome.n, "calibration")
    refuse_time_without_follow_up(outcome, time_months, "calibration")
    breaks = np.unique(np.quantile(p, np.linspace(0, 1, n_groups + 1)))
    group = np.maximum(np.searchsorted(breaks, p, side="left") - 1, 0)
    return tuple(
        _group(outcome.of(group == each), p[group == each], time_months, interval) for each in np.unique(group)
    )


def _group(outcome: Outcome, risk: np.ndarray, time_months: float, interval: IntervalScale) -> RiskGroup:
    curve = kaplan_meier(outcome, interval=interval)
    low, high = (float(limit[0]) for limit in curve.interval_at([time_months]))
    observed = 1 - float(curve.survival_at([time_months])[0])
    known = np.isfinite(low) and 0 < observed < 1
    return RiskGroup(
        n=outcome.n,
        n_events=int((outcome.event & (outcome.time_months <= time_months)).sum()),
        predicted=float(risk.mean()),
        observed=observed,
        low=1 - high if known else None,
        high=1 - low if known else None,
    )
