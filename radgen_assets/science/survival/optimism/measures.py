"""How much better a model looks on its own patients than on new ones, by bootstrap, and what is left without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.discrimination.concordance import harrell_c
from radgen_assets.science.survival.optimism.refits import Build, SurvivalModel, as_matrix, gaps_of_refits
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True)
class OptimismCorrected:
    """A measure on the model's own patients, and what the bootstrap leaves of it.

    optimism : mean of (on the sample that the model was built from) - (the same model on all patients)
    corrected : apparent - optimism
    std_err : Monte Carlo error of `optimism` (it falls with the number of samples; not an error over patients)
    """

    apparent: float
    optimism: float
    corrected: float
    std_err: float


@dataclass(frozen=True)
class ModelValidation:
    """Optimism-corrected measures of a model.

    concordance : Harrell's C (rms gives Dxy = 2 C - 1)
    slope : calibration slope; the corrected one is the shrinkage that new patients would ask for
    r_squared : Nagelkerke's share, of the Cox likelihood
    n_bootstraps : samples used
    n_failed : samples left out because the model has no maximum there (a rare level without a death, say); with many,
        the samples that are left are the easier ones and the optimism is too small
    """

    n: int
    n_events: int
    concordance: OptimismCorrected
    slope: OptimismCorrected
    r_squared: OptimismCorrected
    n_bootstraps: int
    n_failed: int


def validate_by_bootstrap(
    outcome: Outcome,
    covariates: ArrayLike,
    *,
    build: Build = fit_cox,
    persons: ArrayLike | None = None,
    n_bootstraps: int = 200,
    seed: int = 0,
) -> ModelValidation:
    """Optimism-corrected concordance, calibration slope and R2 of a survival model.

    The model is built anew in each bootstrap sample, then read on that sample and on all patients; the mean difference
    is the optimism. All that learns from the outcome (selection, cut-points, penalties) must happen inside `build`.

    Parameters
    ----------
    covariates : (n, p) float64
    build : (outcome, covariates) -> model
        Default: a Cox model of all covariates.
    persons : (n,) labels, optional
        Patients of one person are drawn together.

    Raises
    ------
    UsedWrongly
        When the model cannot be fitted to all patients, and when half of the samples or more cannot be fitted.

    Source: Efron 1983; Harrell, Lee & Mark 1996; R rms::validate.cph.
    """
    matrix = as_matrix(covariates, outcome.n)
    apparent = _measures(outcome, build(outcome, matrix).linear_predictor(matrix))

    def gap(model: SurvivalModel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        score = model.linear_predictor(matrix)
        return _measures(outcome.of(rows), score[rows]) - _measures(outcome, score)

    gaps = gaps_of_refits(outcome, matrix, build, gap, persons=persons, n_bootstraps=n_bootstraps, seed=seed)
    concordance, slope, r_squared = (_corrected(apparent[j], gaps.values[:, j]) for j in range(3))
    return ModelValidation(
        n=outcome.n,
        n_events=outcome.n_events,
        concordance=concordance,
        slope=slope,
        r_squared=r_squared,
        n_bootstraps=len(gaps.values),
        n_failed=gaps.n_failed,
    )


def _measures(outcome: Outcome, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concordance, calibration slope, Nagelkerke's R2 of a score; a score without spread predicts nothing."""
    if np.ptp(score) == 0:
        return np.array([0.5, 1.0, 0.0])
    fit = fit_cox(outcome, score[:, None], names=["score"])
    share = 1 - np.exp(-fit.likelihood_ratio[0] / outcome.n)
    largest = 1 - np.exp(2 * fit.log_likelihood_null / outcome.n)
    return np.array([harrell_c(outcome, score).value, fit.coefficients[0], share / largest])


def _corrected(apparent: float, gaps: NDArray[np.float64]) -> OptimismCorrected:
    optimism = float(gaps.mean())
    std_err = float(gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else float("inf")
    return OptimismCorrected(float(apparent), optimism, float(apparent) - optimism, std_err)
