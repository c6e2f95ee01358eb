"""How far predicted survival is from what happened: the Brier score at given times, and over a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.censoring import censoring_weights, influence_through_censoring
from radgen_assets.science.survival.curves.kaplan_meier import Z95, kaplan_meier
from radgen_assets.science.survival.discrimination.influence import (
    DifferenceOverTime,
    centred_std_err,
    difference_over_time,
)
from radgen_assets.science.survival.discrimination.time_dependent import as_times
from radgen_assets.science.survival.outcome import Outcome

Rule = Literal["step", "trapezium"]


@dataclass(frozen=True, eq=False)
class BrierScore:
    """Mean squared error of the predicted survival at k times; every array is (k,) but for `influence`.

    brier : lower is better; 0.25 is a prediction of one half for everybody
    std_err : from the influence function, the estimate of the censoring curve included
    low, high : brier +- 1.96 standard errors, cut at 0 and 1
    null_brier : of the Kaplan-Meier curve of these patients, the same prediction for everybody
    explained : 1 - brier / null_brier, the index of prediction accuracy (R2); below 0 is worse than no model.
        NaN where the null model is certain (null_brier is 0): nothing is left to explain
    influence : (k, n) derivative of the score by each patient's weight
    """

    time_months: NDArray[np.float64]
    brier: NDArray[np.float64]
    std_err: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    null_brier: NDArray[np.float64]
    explained: NDArray[np.float64]
    influence: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IntegratedBrier:
    """The Brier score averaged over the time from 0 to `tau_months`.

    value, null_value : of the model and of the Kaplan-Meier curve
    std_err, low, high : from the integrated influence function, for the grid and rule given
    explained : 1 - value / null_value; NaN where the null model is certain at all times
    time_months, brier, null_brier : (k,) what was integrated, from time 0
    """

    value: float
    std_err: float
    low: float
    high: float
    null_value: float
    explained: float
    tau_months: float
    rule: Rule
    time_months: NDArray[np.float64]
    brier: NDArray[np.float64]
    null_brier: NDArray[np.float64]


def brier_score(
    outcome: Outcome, survival: ArrayLike, times_months: ArrayLike, *, persons: ArrayLike | None = None
) -> BrierScore:
    """Brier score of predicted survival, corrected for censoring by inverse probability weights.

    Parameters
    ----------
    survival : (n, k) float64, or (n,) for one time
        Predicted probability to live beyond each time; for a risk give 1 - risk.
    times_months : (k,) float64
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.

    Raises
    ------
    UsedWrongly
        For a prediction that is NaN or outside 0 to 1, and for a time at which the censoring curve is 0.

    Source: Graf et al. 1999; R riskRegression::Score(cens.model = "km", metrics = "brier"), whose null model takes its
    predictions as given, as here.
    """
    times = as_times(times_months, "Brier score")
    predicted = _as_survival(survival, outcome.n, len(times))
    brier, influence = _scores(outcome, predicted, times)
    null_brier = _null_scores(outcome, times)
    std_err = centred_std_err(influence, persons)
    return BrierScore(
        time_months=times,
        brier=brier,
        std_err=std_err,
        low=np.maximum(0.0, brier - Z95 * std_err),
        high=np.minimum(1.0, brier + Z95 * std_err),
        null_brier=null_brier,
        explained=_explained(brier, null_brier),
        influence=influence,
    )


def compare_brier(
    outcome: Outcome,
    survival: ArrayLike,
    other_survival: ArrayLike | None,
    times_months: ArrayLike,
    *,
    persons: ArrayLike | None = None,
) -> DifferenceOverTime:
    """Brier score of `survival` minus that of `other_survival`, paired; None compares with the Kaplan-Meier curve.

    Source: the contrasts of R riskRegression::Score.
    """
    times = as_times(times_months, "Brier score")
    first, influence = _scores(outcome, _as_survival(survival, outcome.n, len(times)), times)
    if other_survival is None:
        other_survival = np.tile(kaplan_meier(outcome).survival_at(times), (outcome.n, 1))
    second, other_influence = _scores(outcome, _as_survival(other_survival, outcome.n, len(times)), times)
    return difference_over_time(times, first - second, influence - other_influence, persons)


def integrated_brier(
    outcome: Outcome,
    survival: ArrayLike,
    times_months: ArrayLike,
    *,
    rule: Rule = "step",
    persons: ArrayLike | None = None,
) -> IntegratedBrier:
    """Brier score averaged over the time from 0 to the last of `times_months`.

    Parameters
    ----------
    survival : (n, k) float64
        Predicted probability to live beyond each time.
    times_months : (k,) float64, increasing
        The grid; a time 0, where everybody is predicted alive, is put before it where it is missing.
    rule : "step" or "trapezium"
        "step" holds the score of each time until the next (R's pec); "trapezium" joins them by straight lines. On a
        coarse grid the two differ by a tenth: 0.112 and 0.127 for six steps of two months.
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.

    Raises
    ------
    UsedWrongly
        As `brier_score`, and for a grid that does not increase or ends at 0.

    Notes
    -----
    scikit-survival divides by the last minus the first time of the grid, and so leaves out the time before the first.
    Source: Graf et al. 1999; R pec::crps, which is the step rule.
    """
    times = as_times(times_months, "integrated Brier score")
    predicted = _as_survival(survival, outcome.n, len(times))
    if (np.diff(times) <= 0).any() or times[-1] <= 0:
        raise UsedWrongly("integrated Brier score: found times that do not increase from 0, expected them to.")
    if times[0] > 0:
        times, predicted = np.append(0.0, times), np.hstack([np.ones((outcome.n, 1)), predicted])
    brier, influence = _scores(outcome, predicted, times)
    null_brier = _null_scores(outcome, times)
    share = _shares(times, rule)
    value, null_value = float(share @ brier), float(share @ null_brier)
    std_err = float(centred_std_err(share @ influence, persons))
    return IntegratedBrier(
        value=value,
        std_err=std_err,
        low=max(0.0, value - Z95 * std_err),
        high=min(1.0, value + Z95 * std_err),
        null_value=null_value,
        explained=float(_explained(np.array(value), np.array(null_value))),
        tau_months=float(times[-1]),
        rule=rule,
        time_months=times,
        brier=brier,
        null_brier=null_brier,
    )


def _scores(
    outcome: Outcome, predicted: NDArray[np.float64], times: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The score at each time (k,), and each patient's influence on it (k, n)."""
    brier, influence = np.empty(len(times)), np.empty((len(times), outcome.n))
    for index, time in enumerate(times):
        weights = censoring_weights(outcome, float(time))
        of_cases = weights.cases * predicted[:, index] ** 2 / outcome.n
        of_controls = weights.controls * (1.0 - predicted[:, index]) ** 2 / outcome.n
        brier[index] = (of_cases + of_controls).sum()
        own = of_cases + of_controls - brier[index] / outcome.n
        influence[index] = own + influence_through_censoring(outcome, weights, of_cases, of_controls)
    return brier, influence


def _null_scores(outcome: Outcome, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of the Kaplan-Meier curve of the same patients."""
    return _scores(outcome, np.tile(kaplan_meier(outcome).survival_at(times), (outcome.n, 1)), times)[0]


def _explained(brier: NDArray[np.float64], null_brier: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = np.divide(brier, null_brier, out=np.full_like(brier, np.nan), where=null_brier > 0)
    return np.asarray(1.0 - ratio)


def _shares(times: NDArray[np.float64], rule: Rule) -> NDArray[np.float64]:
    """What part of the span each time of the grid stands for; they add up to 1."""
    width = np.diff(times) / times[-1]
    if rule == "step":
        return np.append(width, 0.0)
    if rule == "trapezium":
        return (np.append(width, 0.0) + np.append(0.0, width)) / 2
    raise UsedWrongly(f"integrated Brier score: found the rule {rule!r}, expected step or trapezium.")


def _as_survival(values: ArrayLike, n: int, n_times: int) -> NDArray[np.float64]:
    predicted = np.asarray(values, dtype=np.float64)
    if predicted.shape == (n,) and n_times == 1:
        predicted = predicted[:, None]
    if predicted.shape != (n, n_times):
        raise UsedWrongly(
            f"Brier score: found predictions of shape {predicted.shape}, expected ({n}, {n_times}): a row a patient, "
            "a column a time."
        )
    if np.isnan(predicted).any():
        raise UsedWrongly(f"Brier score: found {int(np.isnan(predicted).sum())} predictions that are NaN.")
    if (predicted < 0).any() or (predicted > 1).any():
        raise UsedWrongly(
            f"Brier score: found predictions from {predicted.min():g} to {predicted.max():g}, expected probabilities "
            "to live beyond each time."
        )
    return predicted
