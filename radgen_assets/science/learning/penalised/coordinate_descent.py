"""The elastic net along a path of penalties, for logistic, Cox and linear regression, with glmnet's objective.

The objective is minus the log likelihood divided by n, plus lambda * sum_j factor_j * (alpha |b_j| + (1 - alpha) / 2 *
b_j^2), on columns that the caller has standardised.
Source: Friedman, Hastie & Tibshirani 2010; Simon et al. 2011 (Cox, Breslow ties).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from radgen_assets.contracts.errors import UsedWrongly

LARGE = 20_000  # numbers in a matrix from which BLAS may start threads


def penalty_path(largest: float, n_penalties: int, smallest_ratio: float) -> NDArray[np.float64]:
    """Decreasing penalties, evenly spaced in their logarithm, from `largest` to `largest * smallest_ratio`."""
    first = largest * (1 + 1e-9)  # nothing enters at the first penalty by rounding
    return first * smallest_ratio ** (np.arange(n_penalties) / max(n_penalties - 1, 1))


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
    rate = y.mean()
    gain = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    with_ones = np.column_stack([np.ones(len(y)), x])
    solved, converged = _path("logistic", with_ones, y, lambdas, alpha, np.append(0.0, factor), gain)
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
    died = event[order].astype(np.float64)
    ends, deaths = _risk_set_ends(time[order], died)
    saturated = -float((deaths * np.log(deaths)).sum())
    gain = (saturated - cox_derivatives(np.zeros(len(time)), time, event)[0]) / len(time)
    return _path("cox", x[order], died, lambdas, alpha, factor, gain, ends, deaths)


def linear_descent(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lambdas: NDArray[np.float64],
    alpha: float,
    factor: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Coefficients (L, p) and convergence (L,) of least squares; y : (n,) centred, x : (n, p) standardised."""
    _refuse_bad_numbers(x, lambdas)
    return _path("linear", x, y, lambdas, alpha, factor, float((y**2).mean() / 2))


def cox_derivatives(
    eta: NDArray[np.float64], time: NDArray[np.float64], event: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Breslow log partial likelihood, its gradient (n,) and minus its second derivative (n,) by each `eta`."""
    order = np.argsort(-time, kind="stable")
    died, sorted_eta = event[order].astype(np.float64), eta[order]
    ends, deaths = _risk_set_ends(time[order], died)
    shift = float(sorted_eta.max())
    risk = np.exp(sorted_eta - shift)
    total = np.maximum(np.cumsum(risk)[ends], 1e-300)
    loglik = float(died @ sorted_eta - deaths @ (np.log(total) + shift))
    jumps = np.zeros((2, len(time)))  # a patient meets the jumps at its own time and before, that is at later rows
    jumps[:, ends] = deaths / total, deaths / total**2
    hazard, squared = np.cumsum(jumps[:, ::-1], axis=1)[:, ::-1]
    gradient, curvature = np.empty(len(time)), np.empty(len(time))
    gradient[order], curvature[order] = died - risk * hazard, np.maximum(risk * hazard - risk**2 * squared, 0.0)
    return loglik, gradient, curvature


def _risk_set_ends(
    decreasing: NDArray[np.float64], died: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Last row of each time with a death, where its risk set ends, and the deaths there; times in decreasing order."""
    last = np.searchsorted(-decreasing, -decreasing, side="right") - 1
    deaths = np.bincount(last, weights=died, minlength=len(died))
    ends = np.flatnonzero(deaths > 0).astype(np.int64)
    return ends, deaths[ends].astype(np.float64)


def _path(
    kind: str,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lambdas: NDArray[np.float64],
    alpha: float,
    factor: NDArray[np.float64],
    gain: float,
    *risk_sets: NDArray,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    from radgen_assets.science.learning.penalised import newton_kernel

    number = {"logistic": newton_kernel.LOGISTIC, "linear": newton_kernel.LINEAR, "cox": newton_kernel.COX}[kind]
    ends, deaths = risk_sets or (np.empty(0, dtype=np.int64), np.empty(0))
    arguments = (
        number,
        np.ascontiguousarray(x.T, dtype=np.float64),
        np.ascontiguousarray(y, dtype=np.float64),
        ends,
        deaths,
        np.ascontiguousarray(lambdas, dtype=np.float64),
        float(alpha),
        np.ascontiguousarray(factor, dtype=np.float64),
        max(float(gain), 1e-300),
    )
    if x.size < LARGE:
        return newton_kernel.path(*arguments)
    with threadpool_limits(1):  # the products are small: on a busy machine two threads were 30 times slower than one
        return newton_kernel.path(*arguments)


def _refuse_bad_numbers(x: NDArray[np.float64], lambdas: NDArray[np.float64]) -> None:
    if not np.isfinite(x).all():
        raise UsedWrongly("elastic net: found NaN or infinity in the matrix, expected finite numbers. Impute first.")
    if not (np.isfinite(lambdas).all() and (lambdas >= 0).all() and (np.diff(lambdas) <= 0).all()):
        raise UsedWrongly("elastic net: expected penalties >= 0 in decreasing order.")
