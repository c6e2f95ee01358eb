"""Calibration of a model on its own patients, with the optimism taken away by bootstrap: groups and a smooth curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.calibration.smooth import GRID, Smoother
from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.curves.resampled import SortedCohort
from radgen_assets.science.survival.optimism.refits import Build, SurvivalModel, as_matrix, gaps_of_refits
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.predicted_risk import refuse_time_without_follow_up


@dataclass(frozen=True)
class CorrectedGroup:
    """Patients of similar predicted risk of death: prediction, Kaplan-Meier, and Kaplan-Meier without optimism.

    optimism : mean over samples of (observed - predicted) in the sample less the same in all patients; None, as
        `corrected`, where no sample had patients in this range of risk
    corrected : observed - optimism; as an estimate it can leave 0 to 1 by a little
    lowest, highest : predicted risks that bound the group
    std_err : Monte Carlo error of `optimism`; None with fewer than two samples
    """

    n: int
    lowest: float
    highest: float
    predicted: float
    observed: float
    optimism: float | None
    corrected: float | None
    std_err: float | None


@dataclass(frozen=True, eq=False)
class CorrectedCalibration:
    """Optimism-corrected calibration at a time.

    groups : by rising risk
    predicted, observed, corrected : (101,) the smooth curve over the range of predictions, and without its optimism
    ici : mean |corrected - predicted| over patients
    n_bootstraps, n_failed : samples used, and left out because the model could not be fitted there
    """

    time_months: float
    n: int
    n_events: int
    groups: tuple[CorrectedGroup, ...]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    corrected: NDArray[np.float64]
    ici: float
    n_bootstraps: int
    n_failed: int


def calibrate_by_bootstrap(
    outcome: Outcome,
    covariates: ArrayLike,
    time_months: float,
    *,
    n_groups: int = 4,
    build: Build = fit_cox,
    persons: ArrayLike | None = None,
    n_bootstraps: int = 200,
    seed: int = 0,
) -> CorrectedCalibration:
    """Optimism-corrected calibration of a survival model at a time.

    The model is built anew in each bootstrap sample; how much better its predictions fit that sample than all
    patients, at the same predicted risk, is the optimism there. Groups are cut at quantiles of the risks that the
    model of all patients predicts.

    Parameters
    ----------
    covariates : (n, p) float64
    build : (outcome, covariates) -> model
        Default: a Cox model of all covariates. All that learns from the outcome must happen inside.
    persons : (n,) labels, optional
        Patients of one person are drawn together.

    Raises
    ------
    UsedWrongly
        For a time without follow-up, when the model cannot be fitted to all patients, and when half of the samples or
        more cannot be fitted.

    Source: groups: R rms::calibrate.cph(cmethod = "KM", what = "observed-predicted"), whose cuts count a risk of 0 and
    of 1 among the patients'. The curve follows the same plan with the smoother of `calibrate_smooth`; rms has another
    smoother (hazard regression), so for the curve there is no reference.
    """
    matrix = as_matrix(covariates, outcome.n)
    refuse_time_without_follow_up(outcome, time_months, "calibration")
    if n_groups < 1:
        raise UsedWrongly(f"calibration: found {n_groups} groups, expected at least 1.")

    def risk_of(model: SurvivalModel) -> NDArray[np.float64]:
        return 1.0 - model.survival(matrix, [time_months])[:, 0]

    risk = risk_of(build(outcome, matrix))
    cuts = np.quantile(np.concatenate([[0.0, 1.0], risk]), np.linspace(0, 1, n_groups + 1))
    grid = np.linspace(risk.min(), risk.max(), GRID)
    smoother = Smoother.of(risk, time_months)
    n, predicted, observed = _groups(outcome, risk, cuts, time_months)
    smooth = smoother.observed(outcome, risk, grid)

    def gap(model: SurvivalModel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        again, sample = risk_of(model), outcome.of(rows)
        (_, p0, o0), (_, p1, o1) = (
            _groups(sample, again[rows], cuts, time_months),
            _groups(outcome, again, cuts, time_months),
        )
        curves = smoother.observed(sample, again[rows], grid) - smoother.observed(outcome, again, grid)
        return np.concatenate([(o0 - p0) - (o1 - p1), curves])

    gaps = gaps_of_refits(outcome, matrix, build, gap, persons=persons, n_bootstraps=n_bootstraps, seed=seed)
    corrected = smooth - gaps.values[:, n_groups:].mean(axis=0)
    return CorrectedCalibration(
        time_months=float(time_months),
        n=outcome.n,
        n_events=int((outcome.event & (outcome.time_months <= time_months)).sum()),
        groups=tuple(
            _group(n[j], cuts[j : j + 2], predicted[j], observed[j], gaps.values[:, j]) for j in np.flatnonzero(n)
        ),
        predicted=grid,
        observed=smooth,
        corrected=corrected,
        ici=float(np.abs(np.interp(risk, grid, corrected) - risk).mean()),
        n_bootstraps=len(gaps.values),
        n_failed=gaps.n_failed,
    )


def _groups(
    outcome: Outcome, risk: NDArray[np.float64], cuts: NDArray[np.float64], time_months: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Patients, mean predicted risk and share dead by the time in each range of risk; NaN in an empty one."""
    group = np.clip(np.searchsorted(cuts, risk, side="left") - 1, 0, len(cuts) - 2)
    inside = (group[None, :] == np.arange(len(cuts) - 1)[:, None]).astype(np.float64)
    n = inside.sum(axis=1)
    predicted = np.divide(inside @ risk, n, out=np.full(len(n), np.nan), where=n > 0)
    observed = np.where(n > 0, 1.0 - SortedCohort.of(outcome).survival_at(inside, time_months), np.nan)
    return n.astype(np.int64), predicted, observed


def _group(
    n: int, bounds: NDArray[np.float64], predicted: float, observed: float, gaps: NDArray[np.float64]
) -> CorrectedGroup:
    known = gaps[np.isfinite(gaps)]
    optimism = float(known.mean()) if len(known) else None
    return CorrectedGroup(
        n=int(n),
        lowest=float(bounds[0]),
        highest=float(bounds[1]),
        predicted=float(predicted),
        observed=float(observed),
        optimism=optimism,
        corrected=None if optimism is None else float(observed) - optimism,
        std_err=float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None,
    )
