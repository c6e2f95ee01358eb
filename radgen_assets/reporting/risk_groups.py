"""Risk groups by score, for showing what a survival model's order means in months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Predictions
from radgen_assets.science.figures.calibration import groups_by_quantile
from radgen_assets.science.figures.inputs import CalibrationGroup, SmoothCalibration, SurvivalCurve
from radgen_assets.science.survival import Outcome, kaplan_meier, logrank
from radgen_assets.science.survival.calibration.smooth import calibrate_smooth


@dataclass(frozen=True)
class RiskGroups:
    """Curves of the low- and the high-risk group; `p` of the log-rank test, or None with `note` saying why."""

    curves: tuple[SurvivalCurve, ...]
    p: float | None
    note: str = ""


def risk_groups(predictions: Predictions) -> RiskGroups | None:
    """Patients with a score above 0 against the others; None when all stand on one side.

    Scores of a survival fit are log hazards minus the median of the training patients, so that 0 is that median: the
    cut comes from the training folds, in an external cohort too, and is not searched for; its P needs no correction.
    The groups are those of the fit's own `log_rank_p` and `hazard_ratio_high_risk`.
    """
    high = np.asarray(predictions.score, float) > 0
    if high.all() or not high.any():
        return None
    outcome = Outcome(predictions.time_months, predictions.event)
    curves = (
        SurvivalCurve("Low risk", kaplan_meier(outcome.of(~high)), "low_risk"),
        SurvivalCurve("High risk", kaplan_meier(outcome.of(high)), "high_risk"),
    )
    try:
        return RiskGroups(curves, logrank(outcome, np.where(high, "high", "low")).p)
    except UsedWrongly as error:
        return RiskGroups(curves, None, str(error))


def survival_calibration(predictions: Predictions, *, n_groups: int) -> tuple[CalibrationGroup, ...]:
    """Predicted probability of death by the horizon against 1 - Kaplan-Meier there, in groups of rising prediction.

    A group whose follow-up ends before the horizon is left out, since nothing was observed there.
    """
    horizon = predictions.horizon_months
    if horizon is None or not predictions.probability:
        return ()
    outcome = Outcome(predictions.time_months, predictions.event)
    values = np.asarray(predictions.probability, float)
    groups = []
    for members in groups_by_quantile(predictions.probability, n_groups):
        part = outcome.of(members)
        curve = kaplan_meier(part)
        alive = float(curve.survival_at(horizon))
        if curve.at_risk(horizon) == 0 and alive > 0:
            continue
        low, high = (float(limit) for limit in curve.interval_at(horizon))
        dead_by = int((part.event & (part.time_months <= horizon)).sum())
        groups.append(
            CalibrationGroup(
                predicted=float(values[members].mean()),
                observed=1 - alive,
                low=1 - high if np.isfinite(high) else 1 - alive,
                high=1 - low if np.isfinite(low) else 1 - alive,
                n=part.n,
                n_events=dead_by,
            )
        )
    return tuple(groups)


def smooth_calibration(predictions: Predictions) -> SmoothCalibration | None:
    """The same without groups, as a curve; None where there are too few deaths or distinct predictions for one."""
    if predictions.horizon_months is None or not predictions.probability:
        return None
    outcome = Outcome(predictions.time_months, predictions.event)
    try:
        found = calibrate_smooth(outcome, predictions.probability, predictions.horizon_months)
    except UsedWrongly:
        return None
    columns = (found.predicted, found.observed, found.low, found.high)
    return SmoothCalibration(*(tuple(float(value) for value in column) for column in columns))
