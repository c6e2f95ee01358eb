"""Cox's model with a LASSO or elastic-net penalty: the path, and the penalty chosen by cross-validation as glmnet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.penalised.coordinate_descent import (
    cox_derivatives,
    cox_descent,
    penalty_path,
    rescaled_factor,
)
from radgen_assets.science.learning.penalised.cross_validated_path import (
    Columns,
    CrossValidatedPath,
    PathSettings,
    as_columns,
    fold_rows,
    fold_scale,
    interpolated,
    summarise_folds,
)
from radgen_assets.science.survival.discrimination.concordance import harrell_c
from radgen_assets.science.survival.outcome import Outcome

WHO = "elastic-net Cox"
CoxMeasure = Literal["deviance", "held_out_deviance", "concordance"]


@dataclass(frozen=True, eq=False)
class ElasticNetCox(CrossValidatedPath):
    """A penalised Cox path with its cross-validated measure; see CrossValidatedPath.

    means : (p,) of the columns, at which the linear predictor is 0
    """

    n: int
    n_events: int
    means: NDArray[np.float64]

    def linear_predictor(self, covariates: ArrayLike, *, place: int | None = None) -> NDArray[np.float64]:
        """(m,) log hazard relative to the mean patient, at lambda_min or another place of the path; higher = worse."""
        beta = self.coefficients[self.index_min if place is None else place]
        return (np.asarray(covariates, dtype=np.float64) - self.means) @ beta


def fit_lasso_cox(
    outcome: Outcome,
    covariates: ArrayLike,
    *,
    folds: ArrayLike,
    names: Sequence[str] | None = None,
    lambdas: ArrayLike | None = None,
    penalty_factor: ArrayLike | None = None,
    measure: CoxMeasure = "deviance",
    settings: PathSettings = PathSettings(),  # noqa: B008  # frozen
) -> ElasticNetCox:
    """LASSO Cox: fit_elastic_net_cox with an l1_ratio of 1. Source: Tibshirani 1997."""
    return fit_elastic_net_cox(
        outcome,
        covariates,
        folds=folds,
        names=names,
        l1_ratio=1.0,
        lambdas=lambdas,
        penalty_factor=penalty_factor,
        measure=measure,
        settings=settings,
    )


def fit_elastic_net_cox(
    outcome: Outcome,
    covariates: ArrayLike,
    *,
    folds: ArrayLike,
    names: Sequence[str] | None = None,
    l1_ratio: float = 0.5,
    lambdas: ArrayLike | None = None,
    penalty_factor: ArrayLike | None = None,
    measure: CoxMeasure = "deviance",
    settings: PathSettings = PathSettings(),  # noqa: B008  # frozen
) -> ElasticNetCox:
    """Elastic-net Cox (Breslow ties) with lambda chosen by cross-validation.

    Parameters
    ----------
    covariates : (n, p) float64 or data frame
        Finite; standardised inside (mean 0, population sd 1), and again in each fold, as glmnet does. Where folds must
        not share what was learned before (imputation, selection), use learning.nested_cross_validation.
    folds : (n,) labels
        Fold of each patient, from learning.person_folds, so that a person stands in one fold.
    lambdas : (L,) decreasing, optional
        Else `settings.n_lambdas` from where the first coefficient leaves zero.
    penalty_factor : (p,) >= 0, optional
        0 forces a column into every model; rescaled to sum to p, as glmnet does.
    measure : "deviance", "held_out_deviance" or "concordance"
        "deviance": that of all patients less that of the fold's training patients, at the fold's coefficients, per
        event (glmnet's grouped = TRUE). "held_out_deviance": of the held-out patients alone (grouped = FALSE), noisy
        with small folds. "concordance": Harrell's C of the held-out patients, weighted by patients; larger is better.

    Raises
    ------
    UsedWrongly
        No event; events in fewer than two folds; NaN; a constant column, by name; other lengths.

    Notes
    -----
    Coefficients are the optimum to rounding (KKT violation below 1e-8 of the penalty). glmnet at its default threshold
    is off by up to 9e-3, at 1e-11 by 1e-5 to 1e-4 (standardised scale).
    Source: Simon et al. 2011; van Houwelingen et al. 2006; R glmnet::cv.glmnet(family = "cox").
    """
    _refuse_no_event(outcome)
    columns = as_columns(covariates, names, outcome.n, standardise=settings.standardise, who=WHO)
    given = None if lambdas is None else np.asarray(lambdas, dtype=np.float64)
    factor = rescaled_factor(penalty_factor, len(columns.names))
    used, standardised, converged = cox_path(
        outcome,
        columns.standardised,
        l1_ratio=l1_ratio,
        lambdas=given,
        n_lambdas=settings.n_lambdas,
        smallest_ratio=settings.smallest_ratio,
        penalty_factor=factor,
    )
    splits = [split for split in fold_rows(folds, outcome.n, WHO) if outcome.event[split[1]].any()]
    if len(splits) < 2:  # a fold without an event says nothing
        raise UsedWrongly(f"{WHO}: found events in {len(splits)} fold, expected at least two. Use fewer folds.")
    rows, weights = [], []
    for train, held_out in splits:
        inner = _fold_path(outcome, columns, train, used, given is None, l1_ratio, factor, settings)
        rows.append(_measured(measure, outcome, columns.matrix, train, held_out, inner))
        weights.append(float(len(held_out) if measure == "concordance" else outcome.event[held_out].sum()))
    summary = summarise_folds(np.array(rows), np.array(weights), larger_is_better=measure == "concordance")
    return ElasticNetCox(
        names=columns.names,
        lambdas=used,
        coefficients=standardised / columns.scale,
        standardised=standardised * (columns.matrix.std(axis=0) / columns.scale),
        converged=converged,
        l1_ratio=l1_ratio,
        penalty_factor=factor,
        measure=measure,
        cv_mean=summary.mean,
        cv_std_err=summary.std_err,
        index_min=summary.index_min,
        index_1se=summary.index_1se,
        n=outcome.n,
        n_events=outcome.n_events,
        means=columns.mean,
    )


def cox_path(
    outcome: Outcome,
    standardised: NDArray[np.float64],
    *,
    l1_ratio: float = 0.5,
    lambdas: NDArray[np.float64] | None = None,
    n_lambdas: int = 60,
    smallest_ratio: float = 0.05,
    penalty_factor: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Penalties (L,), coefficients (L, p) and convergence (L,) on columns that have mean 0 and population sd 1.

    Without `lambdas` the path starts where the first coefficient leaves zero. Ties as Breslow, as R glmnet.
    """
    _refuse_no_event(outcome)
    factor = rescaled_factor(penalty_factor, standardised.shape[1])
    if lambdas is None:
        largest = _largest_penalty(outcome, standardised, l1_ratio, factor)
        lambdas = penalty_path(largest, n_lambdas, smallest_ratio)
    coefficients, converged = cox_descent(standardised, outcome.time_months, outcome.event, lambdas, l1_ratio, factor)
    return lambdas, coefficients, converged


def added_deviance(
    outcome: Outcome, x: NDArray[np.float64], train: NDArray[np.int64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Deviance of all patients minus that of the training patients, at each row of `coefficients` (L, p) -> (L,)."""
    eta = x @ coefficients.T
    return cox_deviance(outcome, eta) - cox_deviance(outcome.of(train), eta[train])


def cox_deviance(outcome: Outcome, eta: NDArray[np.float64]) -> NDArray[np.float64]:
    """(L,) Breslow deviance, twice the log likelihood below the saturated model's, of each column of eta (n, L)."""
    _, deaths = np.unique(outcome.time_months[outcome.event], return_counts=True)
    saturated = -float((deaths * np.log(deaths)).sum())
    order = np.argsort(-outcome.time_months, kind="stable")
    decreasing, event = -outcome.time_months[order], outcome.event[order]
    last = (np.searchsorted(decreasing, decreasing, side="right") - 1)[event]
    sorted_eta = eta[order]
    shift = sorted_eta.max(axis=0)
    at_risk = np.cumsum(np.exp(sorted_eta - shift), axis=0)[last]
    return 2 * (saturated - (sorted_eta[event] - shift - np.log(np.maximum(at_risk, 1e-300))).sum(axis=0))


def _fold_path(
    outcome: Outcome,
    columns: Columns,
    train: NDArray[np.int64],
    lambdas: NDArray[np.float64],
    may_find_lambdas: bool,
    l1_ratio: float,
    factor: NDArray[np.float64],
    settings: PathSettings,
) -> NDArray[np.float64]:
    """Coefficients (L, p) per unit, fitted on the training rows and read at `lambdas`."""
    mean, scale = fold_scale(columns.matrix[train], standardise=settings.standardise)
    x, part = (columns.matrix[train] - mean) / scale, outcome.of(train)
    own = settings.folds_find_lambdas and may_find_lambdas
    used, coefficients, _ = cox_path(
        part,
        x,
        l1_ratio=l1_ratio,
        lambdas=None if own else lambdas,
        n_lambdas=settings.n_lambdas,
        smallest_ratio=settings.smallest_ratio,
        penalty_factor=factor,
    )
    return (interpolated(lambdas, used, coefficients) if own else coefficients) / scale


def _measured(
    measure: CoxMeasure,
    outcome: Outcome,
    matrix: NDArray[np.float64],
    train: NDArray[np.int64],
    held_out: NDArray[np.int64],
    coefficients: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(L,) the fold's measure; deviances are per event of the held-out patients."""
    matrix = matrix - matrix.mean(axis=0)  # no effect on a partial likelihood, but on rounding
    part, events = outcome.of(held_out), float(outcome.event[held_out].sum())
    if measure == "deviance":
        return added_deviance(outcome, matrix, train, coefficients) / events
    eta = matrix[held_out] @ coefficients.T
    if measure == "held_out_deviance":
        return cox_deviance(part, eta) / events
    return np.array([harrell_c(part, column).value for column in eta.T])


def _refuse_no_event(outcome: Outcome) -> None:
    if not outcome.n_events:
        raise UsedWrongly(f"{WHO}: found no event among {outcome.n} patients, expected at least one.")


def _largest_penalty(outcome: Outcome, x: NDArray[np.float64], l1_ratio: float, factor: NDArray[np.float64]) -> float:
    """The smallest penalty at which every penalised coefficient is zero."""
    eta = np.zeros(outcome.n)
    free = factor == 0
    if free.any():
        started = cox_descent(
            x[:, free], outcome.time_months, outcome.event, np.zeros(1), l1_ratio, np.zeros(int(free.sum()))
        )[0][0]
        eta = x[:, free] @ started
    gradient = np.abs(x.T @ cox_derivatives(eta, outcome.time_months, outcome.event)[1]) / outcome.n
    return float((gradient[~free] / factor[~free]).max() / max(l1_ratio, 1e-3)) if (~free).any() else 0.0
