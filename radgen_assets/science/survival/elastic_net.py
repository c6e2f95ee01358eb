"""Cox's model with an elastic-net penalty: the path, and the penalty chosen by cross-validated partial likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.coordinate_descent import cox_derivatives, cox_descent, penalty_path
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True, eq=False)
class ElasticNetCox:
    """A penalised Cox path with its cross-validated deviance.

    lambdas : (L,) decreasing; deviance, deviance_std_err : (L,) per event, over folds
    coefficients : (L, p) per unit of the covariates as given; standardised : (L, p) per standard deviation
    index_min, index_1se : places in `lambdas` of the smallest deviance, and of the strongest penalty within one
        standard error of it
    converged : (L,) whether the solver met its threshold
    """

    lambdas: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    standardised: NDArray[np.float64]
    deviance: NDArray[np.float64]
    deviance_std_err: NDArray[np.float64]
    index_min: int
    index_1se: int
    converged: NDArray[np.bool_]

    @property
    def chosen(self) -> NDArray[np.float64]:
        """Coefficients at the smallest cross-validated deviance."""
        return self.coefficients[self.index_min]


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
    if not outcome.n_events:
        raise UsedWrongly(f"elastic-net Cox: found no event among {outcome.n} patients, expected at least one.")
    factor = np.ones(standardised.shape[1]) if penalty_factor is None else np.asarray(penalty_factor, dtype=float)
    factor = factor * len(factor) / max(factor.sum(), 1e-300)  # as glmnet: factors sum to the number of columns
    if lambdas is None:
        largest = _largest_penalty(outcome, standardised, l1_ratio, factor)
        lambdas = penalty_path(largest, n_lambdas, smallest_ratio)
    coefficients, converged = cox_descent(standardised, outcome.time_months, outcome.event, lambdas, l1_ratio, factor)
    return lambdas, coefficients, converged


def fit_elastic_net_cox(
    outcome: Outcome,
    covariates: ArrayLike,
    *,
    folds: NDArray[np.int64],
    l1_ratio: float = 0.5,
    lambdas: NDArray[np.float64] | None = None,
    n_lambdas: int = 60,
    smallest_ratio: float = 0.05,
) -> ElasticNetCox:
    """Elastic-net Cox with lambda chosen by cross-validation.

    Parameters
    ----------
    covariates : (n, p) float64
        Finite; standardised inside (mean 0, population sd 1), once on all patients as glmnet does. Where folds must
        not share even their scales, use learning.nested_cross_validation.
    folds : (n,) int
        Fold of each patient, from learning.person_folds, so that a person stands in one fold.

    Raises
    ------
    UsedWrongly
        No event; a fold without an event in the others; NaN in the covariates; a constant covariate.

    Notes
    -----
    Deviance of a fold: that of all patients minus that of its training patients at the fold's coefficients, divided by
    its events; means are weighted by events (R cv.glmnet, grouped, with the same lambdas in every fold).
    """
    matrix = np.asarray(covariates, dtype=np.float64)
    mean, scale = matrix.mean(axis=0), matrix.std(axis=0)
    if (scale == 0).any():
        raise UsedWrongly(f"elastic-net Cox: column {int(np.argmax(scale == 0))} is constant. Leave it out.")
    standardised = (matrix - mean) / scale
    lambdas, coefficients, converged = cox_path(
        outcome, standardised, l1_ratio=l1_ratio, lambdas=lambdas, n_lambdas=n_lambdas, smallest_ratio=smallest_ratio
    )
    deviance, weight = [], []
    for fold in np.unique(folds):
        train = np.flatnonzero(folds != fold)
        rescale = standardised[train].std(axis=0)
        rescale[rescale == 0] = 1.0  # constant in this fold: its coefficient stays 0 or is not used
        x = (standardised[train] - standardised[train].mean(axis=0)) / rescale
        inner = cox_path(outcome.of(train), x, l1_ratio=l1_ratio, lambdas=lambdas)[1] / rescale
        events = int(outcome.event[folds == fold].sum())
        if events:
            deviance.append(added_deviance(outcome, standardised, train, inner) / events)
            weight.append(events)
    if len(weight) < 2:
        raise UsedWrongly("elastic-net Cox: expected events in at least two folds. Use fewer folds.")
    table, weights = np.array(deviance), np.array(weight, dtype=float)
    average = np.average(table, axis=0, weights=weights)
    spread = np.average((table - average) ** 2, axis=0, weights=weights)
    std_err = np.sqrt(spread / (len(weights) - 1))
    best = int(np.argmin(average))
    one_se = int(np.flatnonzero(average <= average[best] + std_err[best])[0])
    return ElasticNetCox(
        lambdas, coefficients / scale, coefficients, average, std_err, best, min(one_se, best), converged
    )


def added_deviance(
    outcome: Outcome, x: NDArray[np.float64], train: NDArray[np.int64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Deviance of all patients minus that of the training patients, at each row of `coefficients` (L, p) -> (L,)."""
    eta = x @ coefficients.T
    of_train = outcome.of(train)
    saturated = 2 * (_saturated(outcome) - _saturated(of_train))
    return saturated + np.array(
        [
            -2
            * (
                cox_derivatives(eta[:, k], outcome.time_months, outcome.event)[0]
                - cox_derivatives(eta[train, k], of_train.time_months, of_train.event)[0]
            )
            for k in range(eta.shape[1])
        ]
    )


def _saturated(outcome: Outcome) -> float:
    """Breslow log likelihood of the saturated model: minus the sum of d log d over tied deaths."""
    _, deaths = np.unique(outcome.time_months[outcome.event], return_counts=True)
    return -float((deaths * np.log(deaths)).sum())


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
