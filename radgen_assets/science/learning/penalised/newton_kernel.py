"""The elastic net, compiled: Newton's method with the penalty kept exact, along a path of penalties.

Each step minimises the loss's quadratic with its whole Hessian, plus the penalty, over a working set of columns, by
coordinate descent and then by one linear system on the columns that stay. So it ends at the optimum to rounding, where
a method that stops at small changes is still on its way. Reached through coordinate_descent.
Source: Lee, Sun & Saunders 2014; working set by the strong rules of Tibshirani et al. 2012, each solution checked on
all columns.
"""

# ruff: noqa: PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

LOGISTIC, LINEAR, COX = 0, 1, 2
TOLERANCE = 1e-10  # violation of the optimality conditions, of the largest gradient at the start
ACCEPTED = 1e-6  # a solution that cannot be improved further still counts as converged below this
MAX_NEWTON_STEPS = 100
MAX_ROUNDS = 50  # enlargements of the working set
MAX_SWEEPS = 2_000
SHORTEST_STEP = 1e-9
SEPARATED = 1 - 1e-8  # all explained: without a penalty the coefficients run to infinity
CUT_GAIN = 0.99  # a path ends when this share of the null deviance is explained: beyond lies separation


@njit(cache=True)
def loss_at(kind, eta, y, ends, deaths, residual):  # pragma: no cover
    """Loss at eta (n,); fills `residual` (n,) with minus its derivative.

    Cox: rows in decreasing time, y the events, `ends` the last row of each time with deaths, `deaths` their number.
    """
    n = eta.size
    value = 0.0
    if kind == LOGISTIC:
        for i in range(n):
            small = np.exp(-abs(eta[i]))
            value += max(eta[i], 0.0) + np.log1p(small) - y[i] * eta[i]
            residual[i] = (y[i] - (1.0 if eta[i] >= 0 else small) / (1.0 + small)) / n
    elif kind == LINEAR:
        for i in range(n):
            residual[i] = (y[i] - eta[i]) / n
            value += 0.5 * (y[i] - eta[i]) ** 2
    else:
        shift, total, k = eta.max(), 0.0, 0
        jump = np.zeros(ends.size)
        for i in range(n):
            total += np.exp(eta[i] - shift)
            value -= y[i] * eta[i]
            if k < ends.size and ends[k] == i:
                value += deaths[k] * (np.log(total) + shift)
                jump[k] = deaths[k] / total
                k += 1
        hazard, k = 0.0, ends.size - 1
        for i in range(n - 1, -1, -1):
            if k >= 0 and ends[k] == i:
                hazard += jump[k]
                k -= 1
            residual[i] = (y[i] - np.exp(eta[i] - shift) * hazard) / n
    return value / n


@njit(cache=True)
def hessian_at(kind, eta, y, ends, deaths, columns):  # pragma: no cover
    """(a, a) second derivative of the loss by the coefficients of `columns` (a, n)."""
    a, n = columns.shape
    weighted = np.empty((a, n))
    if kind != COX:
        for i in range(n):
            small = np.exp(-abs(eta[i]))
            root = np.sqrt((small / (1.0 + small) ** 2 if kind == LOGISTIC else 1.0) / n)
            for j in range(a):
                weighted[j, i] = columns[j, i] * root
        return np.dot(weighted, weighted.T)
    shift, k, total, hazard = eta.max(), 0, 0.0, 0.0
    risk, root, inverse = np.exp(eta - shift), np.empty(n), np.empty(ends.size)
    for i in range(n):
        total += risk[i]
        if k < ends.size and ends[k] == i:
            inverse[k] = 1.0 / total
            k += 1
    k = ends.size - 1
    for i in range(n - 1, -1, -1):
        if k >= 0 and ends[k] == i:
            hazard += deaths[k] * inverse[k]
            k -= 1
        root[i] = np.sqrt(risk[i] * hazard / n)
    mean = np.empty((a, ends.size))
    for j in range(a):
        sum_, k = 0.0, 0
        for i in range(n):
            weighted[j, i] = columns[j, i] * root[i]
            sum_ += columns[j, i] * risk[i]
            if k < ends.size and ends[k] == i:
                mean[j, k] = sum_ * inverse[k] * np.sqrt(deaths[k] / n)
                k += 1
    return np.dot(weighted, weighted.T) - np.dot(mean, mean.T)


@njit(cache=True)
def gram_descent(hessian, linear, beta, l1, l2, threshold):  # pragma: no cover
    """Minimise b'Hb/2 - linear'b + l1'|b| + l2'b^2/2 over b in place, until a sweep changes less than threshold."""
    gradient = linear - np.dot(hessian, beta)
    active_only = False
    for sweep in range(MAX_SWEEPS):
        largest = 0.0
        for j in range(beta.size):
            if active_only and beta[j] == 0.0:
                continue
            curvature = max(hessian[j, j], 1e-14)
            pull = gradient[j] + curvature * beta[j]
            shrunk = 0.0
            if pull > l1[j]:
                shrunk = (pull - l1[j]) / (curvature + l2[j])
            elif pull < -l1[j]:
                shrunk = (pull + l1[j]) / (curvature + l2[j])
            change = shrunk - beta[j]
            if change != 0.0:
                beta[j] = shrunk
                for k in range(beta.size):
                    gradient[k] -= hessian[j, k] * change
                largest = max(largest, curvature * change * change)
        if largest <= threshold:
            if not active_only:
                return
            active_only = False
        else:
            active_only = sweep > 0


@njit(cache=True)
def on_support(hessian, linear, b, l1, l2):  # pragma: no cover
    """Put the minimum with the signs of b into b, by one linear system; False, and b kept, when that is not it."""
    support = np.flatnonzero((b != 0) | (l1 == 0))
    size = support.size
    if size == 0:
        return False
    inner, solved = np.empty((size, size)), np.empty(size)
    for r in range(size):
        for c in range(size):
            inner[r, c] = hessian[support[r], support[c]]
        inner[r, r] += l2[support[r]]
        solved[r] = linear[support[r]] - l1[support[r]] * np.sign(b[support[r]])
    try:
        lower = np.linalg.cholesky(inner)
    except Exception:  # noqa: BLE001  # the only kind that compiled code can catch: not positive definite
        return False
    for r in range(size):
        solved[r] = (solved[r] - np.dot(lower[r, :r], solved[:r])) / lower[r, r]
    for r in range(size - 1, -1, -1):
        solved[r] /= lower[r, r]
        for c in range(r):
            solved[c] -= lower[r, c] * solved[r]
    for r in range(size):
        if not np.isfinite(solved[r]) or (l1[support[r]] > 0 and solved[r] * b[support[r]] <= 0):
            return False
    exact = np.zeros(b.size)
    exact[support] = solved
    slack = 1e-12 * np.abs(linear).max()
    rest = linear - np.dot(hessian, exact)
    for j in range(b.size):
        if exact[j] == 0 and abs(rest[j]) > l1[j] + slack:
            return False
    b[:] = exact
    return True


@njit(cache=True)
def violation(pull, beta, l1, l2):  # pragma: no cover
    """(p,) distance from the optimality conditions; `pull` is minus the gradient of the loss."""
    found = np.empty(beta.size)
    for j in range(beta.size):
        rest = pull[j] - l2[j] * beta[j]
        found[j] = max(abs(rest) - l1[j], 0.0) if beta[j] == 0 else abs(rest - l1[j] * np.sign(beta[j]))
    return found


@njit(cache=True)
def penalised(value, beta, l1, l2):  # pragma: no cover
    """The objective."""
    for j in range(beta.size):
        value += l1[j] * abs(beta[j]) + 0.5 * l2[j] * beta[j] * beta[j]
    return value


@njit(cache=True)
def newton(kind, columns, y, ends, deaths, beta, l1, l2, tolerance):  # pragma: no cover
    """Coefficients of the working columns (a, n), the loss there, and minus its derivative by eta (n,)."""
    eta, residual = np.dot(beta, columns), np.empty(y.size)
    value = loss_at(kind, eta, y, ends, deaths, residual)
    for _ in range(MAX_NEWTON_STEPS):
        pull = np.dot(columns, residual)
        if beta.size == 0 or violation(pull, beta, l1, l2).max() <= tolerance:
            break
        hessian = hessian_at(kind, eta, y, ends, deaths, columns)
        linear, new = pull + np.dot(hessian, beta), beta.copy()
        steepest = max(np.diag(hessian).max(), 1e-300)
        sharpness = 1e-8 * np.abs(pull).max() ** 2 / steepest
        for _again in range(3):
            gram_descent(hessian, linear, new, l1, l2, sharpness)
            if on_support(hessian, linear, new, l1, l2):
                break
            sharpness *= 1e-4
        direction, objective, length = new - beta, penalised(value, beta, l1, l2), 1.0
        while True:
            eta_new = np.dot(new, columns)
            trial = loss_at(kind, eta_new, y, ends, deaths, residual)
            if penalised(trial, new, l1, l2) <= objective + 1e-14 * max(1.0, abs(objective)):
                break
            length /= 2
            if length < SHORTEST_STEP:
                value = loss_at(kind, eta, y, ends, deaths, residual)
                return beta, value, residual
            new = beta + length * direction
        beta, eta, value = new, eta_new, trial
    return beta, value, residual


@njit(cache=True)
def path(kind, xt, y, ends, deaths, lambdas, alpha, factor, largest_gain):  # pragma: no cover
    """Coefficients (L, p) and convergence (L,); xt (p, n) is the matrix with a column a row."""
    p, n = xt.shape
    coefficients, converged = np.zeros((lambdas.size, p)), np.zeros(lambdas.size, dtype=np.bool_)
    beta, residual = np.zeros(p), np.empty(n)
    null = loss_at(kind, np.zeros(n), y, ends, deaths, residual)
    pull = np.dot(xt, residual)
    scale = np.abs(pull).max() if p else 0.0
    for step in range(lambdas.size):
        l1, l2 = lambdas[step] * alpha * factor, lambdas[step] * (1.0 - alpha) * factor
        before = lambdas[max(step - 1, 0)]
        working = (beta != 0) | (factor == 0) | (np.abs(pull) >= (2 * lambdas[step] - before) * alpha * factor)
        value, worst = null, 0.0
        for _ in range(MAX_ROUNDS):
            at = np.flatnonzero(working)
            beta[at], value, residual = newton(
                kind, xt[at], y, ends, deaths, beta[at], l1[at], l2[at], TOLERANCE * scale
            )
            pull = np.dot(xt, residual)
            breach = violation(pull, beta, l1, l2)
            worst = breach.max() if p else 0.0
            missed = (breach > TOLERANCE * scale) & ~working
            if not missed.any():
                break
            working |= missed
        coefficients[step], converged[step] = beta, worst <= ACCEPTED * max(scale, 1e-300)
        explained = (null - value) / largest_gain
        if kind != LINEAR and explained > SEPARATED:
            converged[step] = False
        if explained > CUT_GAIN:
            for rest in range(step + 1, lambdas.size):
                coefficients[rest], converged[rest] = beta, converged[step]
            break
    return coefficients, converged
