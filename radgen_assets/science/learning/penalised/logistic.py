"""Logistic regression: without penalty by Newton's method, and the elastic-net path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr, ndtri

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.penalised.coordinate_descent import logistic_descent, penalty_path, rescaled_factor

Z95 = float(ndtri(0.975))
MAX_STEPS = 60
LARGEST_STANDARDISED = 12.0  # log odds per standard deviation beyond which there is no maximum
SMALLEST_EIGENVALUE = 1e-9


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """A fitted logistic model; arrays have one value a covariate (the intercept apart)."""

    names: tuple[str, ...]
    n: int
    n_positive: int
    intercept: float
    coefficients: NDArray[np.float64]
    std_err: NDArray[np.float64]
    p: NDArray[np.float64]
    odds_ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    log_likelihood: float


def fit_logistic(outcome: ArrayLike, covariates: ArrayLike, *, names: Sequence[str] | None = None) -> LogisticFit:
    """Maximum likelihood logistic regression with Wald intervals.

    Parameters
    ----------
    outcome : (n,) 0 or 1
    covariates : (n, p) float64 or data frame, finite

    Raises
    ------
    UsedWrongly
        One class only; NaN; a constant covariate; linear dependence; separation (the coefficient would be infinite).

    Source: R glm(family = binomial).
    """
    y = np.asarray(outcome, dtype=np.float64)
    columns = getattr(covariates, "columns", None)
    x = np.asarray(covariates, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if names is None:
        names = [f"x{j + 1}" for j in range(x.shape[1])] if columns is None else [str(c) for c in columns]
    labels = tuple(names)
    _refuse_what_cannot_be_fitted(y, x, labels)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    design = np.column_stack([np.ones(len(y)), (x - mean) / scale])
    beta, information, loglik = _newton(design, y, labels)
    coefficients = beta[1:] / scale
    std_err = np.sqrt(np.diag(np.linalg.inv(information))[1:]) / scale
    return LogisticFit(
        names=labels,
        n=len(y),
        n_positive=int(y.sum()),
        intercept=float(beta[0] - mean @ coefficients),
        coefficients=coefficients,
        std_err=std_err,
        p=2 * ndtr(-np.abs(coefficients / std_err)),
        odds_ratio=np.exp(coefficients),
        low=np.exp(coefficients - Z95 * std_err),
        high=np.exp(coefficients + Z95 * std_err),
        log_likelihood=loglik,
    )


def logistic_path(
    outcome: ArrayLike,
    standardised: NDArray[np.float64],
    *,
    l1_ratio: float = 0.5,
    lambdas: NDArray[np.float64] | None = None,
    n_lambdas: int = 60,
    smallest_ratio: float = 0.05,
    penalty_factor: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Penalties (L,), intercepts (L,), coefficients (L, p), convergence (L,) on columns of mean 0 and population sd 1.

    A penalty factor of 0 forces a column; factors are rescaled to sum to p, as glmnet does.
    Raises UsedWrongly when the outcome holds one class only. Source: R glmnet(family = "binomial").
    """
    y = np.asarray(outcome, dtype=np.float64)
    _refuse_one_class(y)
    factor = rescaled_factor(penalty_factor, standardised.shape[1])
    if lambdas is None:
        lambdas = penalty_path(_largest_penalty(y, standardised, l1_ratio, factor), n_lambdas, smallest_ratio)
    return (lambdas, *logistic_descent(standardised, y, lambdas, l1_ratio, factor))


def _largest_penalty(
    y: NDArray[np.float64], x: NDArray[np.float64], l1_ratio: float, factor: NDArray[np.float64]
) -> float:
    """The smallest penalty at which every penalised coefficient is zero."""
    free = factor == 0
    if free.all():
        return 0.0
    intercept, started, _ = logistic_descent(x[:, free], y, np.zeros(1), l1_ratio, np.zeros(int(free.sum())))
    residual = y - expit(intercept[0] + x[:, free] @ started[0])
    return float((np.abs(x.T @ residual)[~free] / factor[~free]).max() / len(y) / max(l1_ratio, 1e-3))


def _newton(
    design: NDArray[np.float64], y: NDArray[np.float64], names: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    now = _log_likelihood(design, y, beta)
    for _ in range(MAX_STEPS):
        probability = expit(design @ beta)
        information = design.T @ ((probability * (1 - probability))[:, None] * design)
        if np.linalg.eigvalsh(information)[0] < SMALLEST_EIGENVALUE * len(y):
            raise _separated(beta, names)
        gradient = design.T @ (y - probability)
        step = np.linalg.solve(information, gradient)
        length, trial = 1.0, _log_likelihood(design, y, beta + step)
        while trial < now - 1e-12 * abs(now) and length > 1e-9:
            length /= 2
            trial = _log_likelihood(design, y, beta + length * step)
        beta, now = beta + length * step, trial
        if np.abs(beta[1:]).max() > LARGEST_STANDARDISED:
            raise _separated(beta, names)
        if np.abs(gradient).max() < 1e-10 * len(y) and np.abs(step).max() < 1e-7:
            return beta, information, now
    raise _separated(beta, names)


def _log_likelihood(design: NDArray[np.float64], y: NDArray[np.float64], beta: NDArray[np.float64]) -> float:
    eta = design @ beta
    return float((y * eta - np.logaddexp(0, eta)).sum())


def _separated(beta: NDArray[np.float64], names: tuple[str, ...]) -> UsedWrongly:
    name = names[int(np.argmax(np.abs(beta[1:])))]
    return UsedWrongly(
        f"logistic regression: the likelihood has no maximum, the coefficient of '{name}' runs to infinity "
        "(separation). Merge levels, leave it out, or use a penalised model."
    )


def _refuse_one_class(y: NDArray[np.float64]) -> None:
    if not np.isin(y, (0.0, 1.0)).all():
        raise UsedWrongly("logistic regression: found an outcome other than 0 and 1.")
    if not 0 < y.sum() < len(y):
        raise UsedWrongly(
            f"logistic regression: found {int(y.sum())} positives among {len(y)} patients, expected both classes."
        )


def _refuse_what_cannot_be_fitted(y: NDArray[np.float64], x: NDArray[np.float64], names: tuple[str, ...]) -> None:
    _refuse_one_class(y)
    if x.shape != (len(y), len(names)) or not len(names):
        raise UsedWrongly(
            f"logistic regression: found covariates of shape {x.shape}, expected ({len(y)}, {len(names)})."
        )
    if not np.isfinite(x).all():
        name = names[int(np.flatnonzero(~np.isfinite(x).all(axis=0))[0])]
        raise UsedWrongly(f"logistic regression: found NaN or infinity in '{name}'. Handle missing values first.")
    constant = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if len(constant):
        raise UsedWrongly(f"logistic regression: '{names[int(constant[0])]}' is constant. Leave it out.")
    correlation = np.corrcoef(x, rowvar=False).reshape(len(names), len(names))
    if len(names) > 1 and np.linalg.eigvalsh(correlation)[0] < SMALLEST_EIGENVALUE:
        raise UsedWrongly(f"logistic regression: {', '.join(names)} depend on each other linearly. Leave one out.")
