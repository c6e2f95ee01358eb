"""Elastic-net logistic and linear regression, with the penalty chosen by cross-validation as glmnet.

The Cox model with the same penalty is survival.fit_elastic_net_cox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import rankdata

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.penalised.coordinate_descent import linear_descent, penalty_path, rescaled_factor
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
from radgen_assets.science.learning.penalised.logistic import logistic_path

ClassMeasure = Literal["deviance", "auc", "misclassification"]
NumberMeasure = Literal["squared_error", "absolute_error"]
SMALLEST_PROBABILITY = 1e-5  # glmnet's, for the deviance of held-out patients only


@dataclass(frozen=True, eq=False)
class ElasticNet(CrossValidatedPath):
    """A penalised logistic or linear path with its cross-validated measure; see CrossValidatedPath.

    intercepts : (L,) on the columns as given
    """

    n: int
    intercepts: NDArray[np.float64]

    def linear_predictor(self, covariates: ArrayLike, *, place: int | None = None) -> NDArray[np.float64]:
        """(m,) log odds (logistic) or expected value (linear), at lambda_min or another place of the path."""
        at = self.index_min if place is None else place
        return self.intercepts[at] + np.asarray(covariates, dtype=np.float64) @ self.coefficients[at]


def fit_elastic_net_logistic(
    outcome: ArrayLike,
    covariates: ArrayLike,
    *,
    folds: ArrayLike,
    names: Sequence[str] | None = None,
    l1_ratio: float = 0.5,
    lambdas: ArrayLike | None = None,
    penalty_factor: ArrayLike | None = None,
    measure: ClassMeasure = "deviance",
    settings: PathSettings = PathSettings(),  # noqa: B008  # frozen
) -> ElasticNet:
    """Elastic-net logistic regression of a 0/1 outcome (n,); arguments as survival.fit_elastic_net_cox.

    measure : "deviance" (minus twice the log likelihood a patient), "auc" (ties one half; glmnet breaks them at
    random) or "misclassification" (at probability one half). Folds are weighted by their patients.

    Raises UsedWrongly for one class in all, or in the training part of a fold; with "auc" also in a held-out part.
    Source: Friedman, Hastie & Tibshirani 2010; R glmnet::cv.glmnet(family = "binomial").
    """
    y = np.asarray(outcome, dtype=np.float64)
    family = _Logistic(measure)
    columns = as_columns(covariates, names, len(y), standardise=settings.standardise, who=family.who)
    return _fit(family, y, columns, folds, l1_ratio, lambdas, penalty_factor, settings)


def fit_elastic_net_linear(
    outcome: ArrayLike,
    covariates: ArrayLike,
    *,
    folds: ArrayLike,
    names: Sequence[str] | None = None,
    l1_ratio: float = 0.5,
    lambdas: ArrayLike | None = None,
    penalty_factor: ArrayLike | None = None,
    measure: NumberMeasure = "squared_error",
    settings: PathSettings = PathSettings(),  # noqa: B008  # frozen
) -> ElasticNet:
    """Elastic-net least squares of an outcome (n,) in its own unit; arguments as survival.fit_elastic_net_cox.

    As glmnet, the outcome is scaled to sd 1 inside, so that the ridge part does not depend on its unit (scikit-learn's
    ElasticNet does not scale: other coefficients at the same l1_ratio).
    Source: Friedman, Hastie & Tibshirani 2010; R glmnet::cv.glmnet(family = "gaussian").
    """
    y = np.asarray(outcome, dtype=np.float64)
    family = _Linear(measure)
    columns = as_columns(covariates, names, len(y), standardise=settings.standardise, who=family.who)
    return _fit(family, y, columns, folds, l1_ratio, lambdas, penalty_factor, settings)


Floats = NDArray[np.float64]
Splits = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


@dataclass(frozen=True, eq=False)
class _Wanted:
    """What a path is asked for: lambdas (L,), or None to lay them."""

    l1_ratio: float
    lambdas: Floats | None
    factor: Floats
    settings: PathSettings


class _Family(Protocol):
    who: str
    measure: str
    larger_is_better: bool

    def check(self, y: Floats, splits: Splits) -> None:
        """Refuse an outcome, or a fold, that cannot be fitted."""

    def path(self, y: Floats, x: Floats, wanted: _Wanted) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Penalties (L,), intercepts (L,), coefficients (L, p) and convergence (L,) on standardised columns."""

    def measured(self, y: Floats, eta: Floats) -> Floats:
        """(L,) measure of held-out patients; eta (m, L)."""


class _Logistic:
    who = "elastic-net logistic regression"

    def __init__(self, measure: ClassMeasure) -> None:
        self.measure: str = measure
        self.larger_is_better = measure == "auc"

    def check(self, y: Floats, splits: Splits) -> None:
        if not np.isin(y, (0.0, 1.0)).all():
            raise UsedWrongly(f"{self.who}: found an outcome other than 0 and 1.")
        for number, (train, held_out) in enumerate(splits, start=1):
            looked_at = [("training", train)] + ([("held-out", held_out)] if self.measure == "auc" else [])
            for which, rows in looked_at:
                if not 0 < y[rows].sum() < len(rows):
                    raise UsedWrongly(
                        f"{self.who}: fold {number} has one class among its {len(rows)} {which} patients, expected "
                        "both. Use fewer folds, or stratify them (learning.person_folds)."
                    )

    def path(self, y: Floats, x: Floats, wanted: _Wanted) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        return logistic_path(
            y,
            x,
            l1_ratio=wanted.l1_ratio,
            lambdas=wanted.lambdas,
            n_lambdas=wanted.settings.n_lambdas,
            smallest_ratio=wanted.settings.smallest_ratio,
            penalty_factor=wanted.factor,
        )

    def measured(self, y: Floats, eta: Floats) -> Floats:
        if self.measure == "deviance":
            p = np.clip(expit(eta), SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
            return -2 * np.where(y[:, None] == 1, np.log(p), np.log1p(-p)).mean(axis=0)
        if self.measure == "misclassification":
            return ((eta > 0) != (y[:, None] == 1)).mean(axis=0)
        positive = y.sum()
        ranks = rankdata(eta, axis=0)[y == 1].sum(axis=0)
        return (ranks - positive * (positive + 1) / 2) / (positive * (len(y) - positive))


class _Linear:
    who = "elastic-net linear regression"
    larger_is_better = False

    def __init__(self, measure: NumberMeasure) -> None:
        self.measure: str = measure

    def check(self, y: Floats, splits: Splits) -> None:
        if not np.isfinite(y).all() or any(np.ptp(y[train]) == 0 for train, _ in splits):
            raise UsedWrongly(f"{self.who}: expected a finite outcome that varies among the training patients.")

    def path(self, y: Floats, x: Floats, wanted: _Wanted) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        scale, factor, lambdas = float(y.std()), wanted.factor, wanted.lambdas
        target = (y - y.mean()) / scale
        if lambdas is None:
            free = factor == 0
            start = linear_descent(x[:, free], target, np.zeros(1), wanted.l1_ratio, np.zeros(int(free.sum())))[0][0]
            pull = np.abs(x.T @ (target - x[:, free] @ start)) / len(y)
            largest = (pull[~free] / factor[~free]).max(initial=0.0) / max(wanted.l1_ratio, 1e-3)
            lambdas = scale * penalty_path(float(largest), wanted.settings.n_lambdas, wanted.settings.smallest_ratio)
        beta, converged = linear_descent(x, target, lambdas / scale, wanted.l1_ratio, factor)
        return lambdas, np.full(len(lambdas), y.mean()), beta * scale, converged

    def measured(self, y: Floats, eta: Floats) -> Floats:
        error = y[:, None] - eta
        return (error**2 if self.measure == "squared_error" else np.abs(error)).mean(axis=0)


def _fit(
    family: _Family,
    y: NDArray[np.float64],
    columns: Columns,
    folds: ArrayLike,
    l1_ratio: float,
    lambdas: ArrayLike | None,
    penalty_factor: ArrayLike | None,
    settings: PathSettings,
) -> ElasticNet:
    splits = fold_rows(folds, len(y), family.who)
    family.check(y, splits)
    given = None if lambdas is None else np.asarray(lambdas, dtype=np.float64)
    factor = rescaled_factor(penalty_factor, len(columns.names))
    wanted = _Wanted(l1_ratio, given, factor, settings)
    used, intercepts, standardised, converged = family.path(y, columns.standardised, wanted)
    rows = []
    for train, held_out in splits:
        mean, scale = fold_scale(columns.matrix[train], standardise=settings.standardise)
        own = settings.folds_find_lambdas and given is None
        inside = replace(wanted, lambdas=None if own else used)
        lams, start, beta, _ = family.path(y[train], (columns.matrix[train] - mean) / scale, inside)
        if own:
            start, beta = interpolated(used, lams, start[:, None])[:, 0], interpolated(used, lams, beta)
        rows.append(family.measured(y[held_out], start + ((columns.matrix[held_out] - mean) / scale) @ beta.T))
    weights = np.array([len(held_out) for _, held_out in splits], dtype=float)
    summary = summarise_folds(np.array(rows), weights, larger_is_better=family.larger_is_better)
    coefficients = standardised / columns.scale
    return ElasticNet(
        names=columns.names,
        lambdas=used,
        coefficients=coefficients,
        standardised=standardised * (columns.matrix.std(axis=0) / columns.scale),
        converged=converged,
        l1_ratio=l1_ratio,
        penalty_factor=factor,
        measure=family.measure,
        cv_mean=summary.mean,
        cv_std_err=summary.std_err,
        index_min=summary.index_min,
        index_1se=summary.index_1se,
        n=len(y),
        intercepts=intercepts - coefficients @ columns.mean,
    )
