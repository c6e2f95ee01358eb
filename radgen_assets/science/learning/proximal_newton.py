"""The elastic net for any smooth loss: Newton's method with the penalty kept exact, along a path of penalties.

Each step minimises the loss's quadratic with its whole Hessian, plus the penalty, over a small working set of columns,
by coordinate descent and then by one linear system on the columns that stay. So it ends at the optimum to rounding
(KKT violation near 1e-10 of the first penalty), where a method that stops at small changes is still on its way.
Source: Lee, Sun & Saunders 2014; working set by the strong rules of Tibshirani et al. 2012, each solution checked on
all columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from threadpoolctl import threadpool_limits

from radgen_assets.science.learning.penalised_losses import Loss

TOLERANCE = 1e-10  # KKT violation, of the largest gradient at the start
ACCEPTED = 1e-6  # a solution that cannot be improved further still counts as converged below this
MAX_NEWTON_STEPS = 100
MAX_ROUNDS = 50  # enlargements of the working set
MAX_SWEEPS = 2_000
MAX_STEP_HALVINGS = 30
CUT_GAIN = 0.99  # a path ends when this share of the null deviance is explained: beyond lies separation


@dataclass(frozen=True, eq=False)
class Penalty:
    """l1 |b| + l2 b^2 / 2 of each column, (p,)."""

    l1: NDArray[np.float64]
    l2: NDArray[np.float64]

    def of(self, columns: NDArray[np.int64]) -> Penalty:
        """The penalty of some columns."""
        return Penalty(self.l1[columns], self.l2[columns])

    def value(self, beta: NDArray[np.float64]) -> float:
        """At coefficients (p,)."""
        return float(self.l1 @ np.abs(beta) + 0.5 * self.l2 @ beta**2)

    def violation(self, pull: NDArray[np.float64], beta: NDArray[np.float64]) -> NDArray[np.float64]:
        """(p,) distance from the optimality conditions; `pull` is minus the gradient of the loss."""
        rest = pull - self.l2 * beta
        return np.where(beta == 0, np.maximum(np.abs(rest) - self.l1, 0.0), np.abs(rest - self.l1 * np.sign(beta)))


def solve_path(
    loss: Loss, x: NDArray[np.float64], lambdas: NDArray[np.float64], alpha: float, factor: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Coefficients (L, p) and convergence (L,) at decreasing penalties lambda * factor * (alpha |b| + (1-alpha) b^2/2).

    x : (n, p), Fortran order is faster; factor : (p,) >= 0, 0 = not penalised.
    """
    with threadpool_limits(1):  # the matrices are small: on a busy machine two threads were 30 times slower than one
        return _solve_path(loss, x, lambdas, alpha, factor)


def _solve_path(
    loss: Loss, x: NDArray[np.float64], lambdas: NDArray[np.float64], alpha: float, factor: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    p = x.shape[1]
    coefficients, converged = np.zeros((len(lambdas), p)), np.zeros(len(lambdas), dtype=bool)
    beta = np.zeros(p)
    null, residual = loss.at(np.zeros(len(x)))
    pull, gain = x.T @ residual, max(loss.largest_gain, 1e-300)
    scale = float(np.abs(pull).max(initial=0.0))
    before = lambdas[0] if len(lambdas) else 0.0
    for step, now in enumerate(lambdas):
        penalty = Penalty(now * alpha * factor, now * (1 - alpha) * factor)
        likely = np.abs(pull) >= (2 * now - before) * alpha * factor  # strong rule
        beta, pull, value, violation = _solve(loss, x, penalty, beta, likely | (beta != 0) | (factor == 0), scale)
        coefficients[step], converged[step], before = beta, violation <= ACCEPTED * max(scale, 1e-300), now
        if (null - value) / gain > CUT_GAIN:
            coefficients[step + 1 :], converged[step + 1 :] = beta, converged[step]
            break
    return coefficients, converged


def _solve(
    loss: Loss,
    x: NDArray[np.float64],
    penalty: Penalty,
    start: NDArray[np.float64],
    likely: NDArray[np.bool_],
    scale: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Coefficients (p,), minus the gradient (p,), loss and worst violation at one penalty."""
    beta, working = start.copy(), likely
    for _ in range(MAX_ROUNDS):
        columns = np.flatnonzero(working)
        beta[columns], eta = _newton(loss, x[:, columns], penalty.of(columns), beta[columns], TOLERANCE * scale)
        value, residual = loss.at(eta)
        pull = x.T @ residual
        violation = penalty.violation(pull, beta)
        missed = (violation > TOLERANCE * scale) & ~working
        if not missed.any():
            break
        working = working | missed
    return beta, pull, value, float(violation.max(initial=0.0))


def _newton(
    loss: Loss, x: NDArray[np.float64], penalty: Penalty, beta: NDArray[np.float64], tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients of the working columns and their linear predictor (n,)."""
    eta = x @ beta
    value, residual = loss.at(eta)
    for _ in range(MAX_NEWTON_STEPS):
        pull = x.T @ residual
        if penalty.violation(pull, beta).max(initial=0.0) <= tolerance:
            break
        target = _minimise_quadratic(loss.hessian(eta, x), pull, penalty, beta)
        direction = target - beta
        new, eta_new = target, x @ target
        trial, residual_new = loss.at(eta_new)
        objective, length = value + penalty.value(beta), 1.0
        while not trial + penalty.value(new) <= objective + 1e-14 * max(1.0, abs(objective)):
            length /= 2
            if length < 0.5**MAX_STEP_HALVINGS:
                return beta, eta
            new = beta + length * direction
            eta_new = x @ new
            trial, residual_new = loss.at(eta_new)
        beta, eta, value, residual = new, eta_new, trial, residual_new
    return beta, eta


def _minimise_quadratic(
    hessian: NDArray[np.float64], pull: NDArray[np.float64], penalty: Penalty, beta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minimum over b of the penalised quadratic of the loss at beta."""
    from radgen_assets.science.learning.gram_descent import gram_descent

    linear = pull + hessian @ beta
    b = beta.copy()
    size = float(np.abs(pull).max(initial=1e-300))
    for sharper in (1e-8, 1e-12, 1e-16):
        threshold = sharper * size * size / max(float(np.diag(hessian).max(initial=0.0)), 1e-300)
        gram_descent(hessian, linear, b, penalty.l1, penalty.l2, threshold, MAX_SWEEPS)
        exact = _on_support(hessian, linear, penalty, b)
        if exact is not None:
            return exact
    return b


def _on_support(
    hessian: NDArray[np.float64], linear: NDArray[np.float64], penalty: Penalty, b: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The minimum with the signs of b, by one linear system; None when it has other signs or is not the minimum."""
    support = np.flatnonzero((b != 0) | (penalty.l1 == 0))
    if not len(support):
        return None
    inner = hessian[np.ix_(support, support)] + np.diag(penalty.l2[support])
    sign = np.sign(b[support])
    try:
        solved = cho_solve(cho_factor(inner), linear[support] - penalty.l1[support] * sign)
    except LinAlgError:
        return None
    if not np.isfinite(solved).all() or ((solved * sign <= 0) & (penalty.l1[support] > 0)).any():
        return None
    exact = np.zeros_like(b)
    exact[support] = solved
    outside = np.abs(linear - hessian[:, support] @ solved) - penalty.l1
    outside[support] = 0.0
    return exact if (outside <= 1e-12 * np.abs(linear).max()).all() else None
