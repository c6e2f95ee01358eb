"""Calibration of predicted risks without groups: slope, observed against expected, and a smooth curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.model import CoxFit, fit_cox
from radgen_assets.science.survival.curves.kaplan_meier import Z95, kaplan_meier
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.predicted_risk import as_risk, refuse_time_without_follow_up
from radgen_assets.science.survival.spline import knots_at_quantiles, restricted_cubic_spline

EDGE = 1e-6  # risks are held this far from 0 and 1, where log(-log(1 - risk)) is infinite
GRID = 101  # points of the curve, from the lowest to the highest predicted risk


@dataclass(frozen=True)
class CalibrationSlope:
    """Log hazard per unit of predicted log hazard: 1 = right, below 1 = predictions too extreme (overfitting)."""

    value: float
    std_err: float
    low: float
    high: float


@dataclass(frozen=True)
class ObservedOverExpected:
    """Share that Kaplan-Meier says died by the time over the mean predicted risk: above 1 = risks too low.

    low, high : 95 % limits from Greenwood's error of the observed share, on the log scale, the predictions taken as
        fixed (a little wide when risks differ much between patients); None where all or none died
    """

    value: float
    observed: float
    expected: float
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class SmoothCalibration:
    """Observed against predicted risk of death by a time, as a smooth curve.

    predicted, observed : (101,) the curve over the range of predictions
    low, high : (101,) pointwise 95 % limits of `observed`, from the standard error of the smoothing Cox model
    observed_of_patients : (n,) the curve at each patient's prediction
    ici, e50, e90, largest_error : mean, median, 90th percentile and maximum of |observed - predicted| over patients
    knots : of the spline, on the scale log(-log(1 - risk))
    """

    time_months: float
    n: int
    n_events: int
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    observed_of_patients: NDArray[np.float64]
    ici: float
    e50: float
    e90: float
    largest_error: float
    slope: CalibrationSlope
    observed_over_expected: ObservedOverExpected
    knots: tuple[float, ...]


@dataclass(frozen=True)
class Smoother:
    """A Cox model on a restricted cubic spline of log(-log(1 - risk)), read at one time."""

    time_months: float
    knots: tuple[float, ...]

    @classmethod
    def of(cls, risk: NDArray[np.float64], time_months: float, *, n_knots: int = 3) -> Smoother:
        """With knots at quantiles of these risks."""
        return cls(time_months, knots_at_quantiles(_log_hazard(risk), n_knots))

    def columns(self, risk: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) risks -> (n, k - 1) columns of the spline."""
        return restricted_cubic_spline(_log_hazard(risk), self.knots)

    def fit(self, outcome: Outcome, risk: NDArray[np.float64]) -> CoxFit:
        """The Cox model of these patients."""
        return fit_cox(outcome, self.columns(risk), names=["risk" + "'" * j for j in range(len(self.knots) - 1)])

    def observed(self, outcome: Outcome, risk: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
        """(k,) smoothed share of deaths by the time at the risks `at`."""
        result: NDArray[np.float64] = 1.0 - self.fit(outcome, risk).survival(self.columns(at), [self.time_months])[:, 0]
        return result


def calibrate_smooth(outcome: Outcome, risk: ArrayLike, time_months: float, *, n_knots: int = 3) -> SmoothCalibration:
    """Smooth calibration: a Cox model of the outcome on a spline of the predicted risk, read at the time.

    Parameters
    ----------
    risk : (n,) float64 in 0 to 1
        Predicted probability of death by `time_months`; taken as log(-log(1 - risk)), on which a calibrated
        proportional hazards model gives a straight line of slope 1.
    n_knots : int, at least 3
        Of the restricted cubic spline, at quantiles of the predictions.

    Raises
    ------
    UsedWrongly
        When a risk is no probability, for a time without follow-up, without any death by the time, and when too few
        distinct risks are there for the knots.

    Source: Austin, Harrell & van Klaveren 2020 (curve; ICI, E50, E90); slope: van Houwelingen 2000; R survival::coxph
    on Hmisc::rcspline.eval.
    """
    p = as_risk(risk, outcome.n, "calibration")
    refuse_time_without_follow_up(outcome, time_months, "calibration")
    n_events = int((outcome.event & (outcome.time_months <= time_months)).sum())
    if not n_events:
        raise UsedWrongly(f"calibration: nobody of {outcome.n} patients died by {time_months:g} months.")
    smoother = Smoother.of(p, time_months, n_knots=n_knots)
    fit = smoother.fit(outcome, p)
    of_patients = 1.0 - fit.survival(smoother.columns(p), [time_months])[:, 0]
    grid = np.linspace(p.min(), p.max(), GRID)
    curve = fit.predict_survival(smoother.columns(grid), [time_months])
    error = np.abs(of_patients - p)
    return SmoothCalibration(
        time_months=float(time_months),
        n=outcome.n,
        n_events=n_events,
        predicted=grid,
        observed=1.0 - curve.survival[:, 0],
        low=1.0 - curve.high[:, 0],
        high=1.0 - curve.low[:, 0],
        observed_of_patients=of_patients,
        ici=float(error.mean()),
        e50=float(np.median(error)),
        e90=float(np.quantile(error, 0.9)),
        largest_error=float(error.max()),
        slope=calibration_slope(outcome, _log_hazard(p)),
        observed_over_expected=observed_over_expected(outcome, p, time_months),
        knots=smoother.knots,
    )


def calibration_slope(outcome: Outcome, log_hazard: ArrayLike) -> CalibrationSlope:
    """Coefficient of a predicted log hazard (linear predictor, or log(-log(1 - risk))) in a Cox model.

    Raises
    ------
    UsedWrongly
        As `fit_cox`: no event, a constant prediction, a prediction that orders the deaths perfectly.
    """
    fit = fit_cox(outcome, np.asarray(log_hazard, dtype=np.float64)[:, None], names=["predicted log hazard"])
    value, std_err = float(fit.coefficients[0]), float(fit.std_err[0])
    return CalibrationSlope(value, std_err, value - Z95 * std_err, value + Z95 * std_err)


def observed_over_expected(outcome: Outcome, risk: ArrayLike, time_months: float) -> ObservedOverExpected:
    """Calibration in the large at a time: Kaplan-Meier's share of deaths over the mean predicted risk.

    Raises
    ------
    UsedWrongly
        When a risk is no probability, for a time without follow-up, and when every risk is 0.

    Source: McLernon et al. 2023 (Annals of Internal Medicine), fixed time point.
    """
    p = as_risk(risk, outcome.n, "calibration")
    refuse_time_without_follow_up(outcome, time_months, "calibration")
    expected = float(p.mean())
    if expected == 0:
        raise UsedWrongly("calibration: every predicted risk is 0, expected some above it.")
    curve = kaplan_meier(outcome)
    place = int(np.searchsorted(curve.time_months, time_months, side="right")) - 1
    dead = 1.0 - float(curve.survival[place]) if place >= 0 else 0.0
    ratio = dead / expected
    if not 0 < dead < 1:
        return ObservedOverExpected(ratio, dead, expected, None, None)
    width = float(np.exp(Z95 * curve.std_err[place] / dead))
    return ObservedOverExpected(ratio, dead, expected, ratio / width, ratio * width)


def _log_hazard(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    held = np.clip(risk, EDGE, 1 - EDGE)
    result: NDArray[np.float64] = np.log(-np.log(1 - held))
    return result
