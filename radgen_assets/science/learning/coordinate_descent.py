"""The elastic net along a path of penalties, for logistic, Cox and linear regression, with glmnet's objective.

The objective is minus the log likelihood divided by n, plus lambda * sum_j factor_j * (alpha |b_j| + (1 - alpha) / 2 *
b_j^2), on columns that the caller has standardised.
Source: Friedman, Hastie & Tibshirani 2010; Simon et al. 2011 (Cox, Breslow ties).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.penalised_losses import CoxLoss, LinearLoss, LogisticLoss
from radgen_assets.science.learning.proximal_newton import solve_path


def penalty_path(largest: float, n_penalties: int, smallest_ratio: float) -> NDArray[np.float64]:
    """Decreasing penalties, evenly spaced in their logarithm, from `largest` to `largest * smallest_ratio`."""
    return largest * smallest_ratio ** (np.arange(n_penalties) / max(n_penalties - 1, 1))


def rescaled_factor(factor: ArrayLike | None, n_columns: int) -> NDArray[np.float64]:
    """Penalty factors (p,) that sum to the number of columns, as glmnet rescales them; ones when None."""
    if factor is None:
        return np.ones(n_columns)
    given = np.asarray(factor, dtype=np.float64)
    if given.shape != (n_columns,) or not np.isfinite(given).all() or (given < 0).any():
        raise UsedWrongly(
            f"elastic net: expected {n_columns} finite penalty factors >= 0 (0 = forced), found {factor}."
        )
    if not given.any():
        return given
    return given * (n_columns / given.sum())


def logistic_descent(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lambdas: NDArray[np.float64],
    alpha: float,
    factor: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Intercepts (L,), coefficients (L, p) and whether each penalty's solution converged (L,).

    x : (n, p) standardised; y : (n,) 0 or 1 as float64; factor : (p,) >= 0, 0 = not penalised
    """
    _refuse_bad_numbers(x, lambdas)
    with_ones = np.asfortranarray(np.column_stack([np.ones(len(y)), x]))
    solved, converged = solve_path(LogisticLoss(y), with_ones, lambdas, alpha, np.append(0.0, factor))
    return solved[:, 0], solved[:, 1:], converged


def cox_descent(
    x: NDArray[np.float64],
    time: NDArray[np.float64],
    event: NDArray[np.bool_],
    lambdas: NDArray[np.float64],
    alpha: float,
    factor: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Coefficients (L, p) and whether each penalty's solution converged (L,); Breslow ties, as glmnet."""
    _refuse_bad_numbers(x, lambdas)
    order = np.argsort(-time, kind="stable")
    loss = CoxLoss.of(time[order], event[order].astype(np.float64))
    return solve_path(loss, np.asfortranarray(x[order]), lambdas, alpha, factor)


def linear_descent(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lambdas: NDArray[np.float64],
    alpha: float,
    factor: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Coefficients (L, p) and convergence (L,) of least squares; y : (n,) centred, x : (n, p) standardised."""
    _refuse_bad_numbers(x, lambdas)
    return solve_path(LinearLoss(y), np.asfortranarray(x), lambdas, alpha, factor)


def cox_derivatives(
    eta: NDArray[np.float64], time: NDArray[np.float64], event: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Breslow log partial likelihood, its gradient (n,) and minus its second derivative (n,) by each `eta`."""
    order = np.argsort(-time, kind="stable")
    loss = CoxLoss.of(time[order], event[order].astype(np.float64))
    loglik, gradient, curvature = loss.derivatives(eta[order])
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return loglik, gradient[back], curvature[back]


def _refuse_bad_numbers(x: NDArray[np.float64], lambdas: NDArray[np.float64]) -> None:
    if not np.isfinite(x).all():
        raise UsedWrongly("elastic net: found NaN or infinity in the matrix, expected finite numbers. Impute first.")
    if not (np.isfinite(lambdas).all() and (lambdas >= 0).all() and (np.diff(lambdas) <= 0).all()):
        raise UsedWrongly("elastic net: expected penalties >= 0 in decreasing order.")
