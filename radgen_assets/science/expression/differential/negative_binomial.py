"""The negative binomial in compiled form: its likelihood, and means that are log-linear in the design, gene by gene.

Samples stand in the order of their cells (equal rows of the design): cell k holds the samples first[k] .. first[k+1],
so that the design enters once a cell. Variance = mean + alpha mean^2; r = 1/alpha.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Work = tuple[Array, Array]  # information matrix and score of a gene, made once and written over

SERIES_FROM = 16.0  # Stirling's series with five terms is exact to 1e-15 from here on
HALF_LOG_2PI = 0.9189385332046727
RIDGE = 1e-6 / math.log(2.0) ** 2  # a normal prior of variance 1e6 on every log2 coefficient
SMALLEST_MEAN = 0.5  # a fitted count enters the weights as no less: 1/mean stands in the working response
LARGEST = 30.0  # natural logarithm: beyond it iteratively reweighted least squares has failed
LARGEST_LOG2 = 30.0
IRLS_STEPS = 100
IRLS_TOLERANCE = 1e-8  # relative change of the deviance
NEWTON_STEPS = 300
LONGEST_STEP = 4.0


@njit(cache=True, nogil=True, error_model="numpy")
def stirling_rest(x: float) -> float:
    """Log gamma(x) less (x - 1/2) log x - x + log(2 pi)/2, for x >= SERIES_FROM."""
    i = 1.0 / x
    s = i * i
    return i * (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188))))


@njit(cache=True, nogil=True, error_model="numpy")
def digamma_rest(x: float) -> float:
    """Log x - digamma(x), for x >= SERIES_FROM."""
    i = 1.0 / x
    s = i * i
    return 0.5 * i + s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132))))


@njit(cache=True, nogil=True, error_model="numpy")
def log_rising(y: float, r: float) -> float:
    """Log of gamma(y + r) / gamma(r) for a count y, without the cancellation that two log gammas have at large r."""
    x = y + r
    if x < SERIES_FROM:
        product = 1.0
        for j in range(int(y)):
            product *= r + j
        return math.log(product)
    if r < SERIES_FROM:
        return (x - 0.5) * math.log(x) - x + stirling_rest(x) + HALF_LOG_2PI - math.lgamma(r)
    return (x - 0.5) * math.log1p(y / r) + y * math.log(r) - y + stirling_rest(x) - stirling_rest(r)


@njit(cache=True, nogil=True, error_model="numpy")
def constant_part(y: Array, r: float) -> float:
    """What the log-likelihood of a gene's counts holds that no mean can change."""
    total = 0.0
    log_r = math.log(r)
    for value in y:
        if value > 0:
            total += log_rising(value, r) - log_rising(value, 1.0) - value * log_r
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def factorise(matrix: Array, factor: Array) -> bool:
    """Cholesky factor (lower) of a small matrix; False when it is not positive definite."""
    p = len(matrix)
    for i in range(p):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            if i == j:
                if not total > 0:
                    return False
                factor[i, i] = math.sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def solve_factored(factor: Array, x: Array) -> None:
    """Solve in place with a Cholesky factor."""
    p = len(x)
    for i in range(p):
        for k in range(i):
            x[i] -= factor[i, k] * x[k]
        x[i] /= factor[i, i]
    for i in range(p - 1, -1, -1):
        for k in range(i + 1, p):
            x[i] -= factor[k, i] * x[k]
        x[i] /= factor[i, i]


@njit(cache=True, nogil=True, error_model="numpy")
def squared_length(factor: Array, row: Array, work: Array) -> float:
    """row' M^-1 row, where M has this Cholesky factor."""
    total = 0.0
    for i in range(len(row)):
        value = row[i]
        for k in range(i):
            value -= factor[i, k] * work[k]
        value /= factor[i, i]
        work[i] = value
        total += value * value
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def add_cell(row: Array, weight: float, residual: float, information: Array, score: Array) -> None:
    """Add a cell of the design to the (lower) information matrix and to the score."""
    for a in range(len(row)):
        if row[a] != 0.0:
            score[a] += residual * row[a]
            scaled = weight * row[a]
            for b in range(a + 1):
                information[a, b] += scaled * row[b]


@njit(cache=True, nogil=True, error_model="numpy")
def dot(a: Array, b: Array) -> float:
    """Inner product of two short rows."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(
    y: Array, depth: Array, log_depth: Array, first: Places, rows: Array, r: float, beta: Array, work: Work
) -> float:
    """Fisher information and working score at `beta` (means not below SMALLEST_MEAN); returns the log-likelihood.

    The log-likelihood lacks `constant_part`.
    """
    matrix, v = work
    matrix[:] = 0.0
    v[:] = 0.0
    total = 0.0
    least = math.log(SMALLEST_MEAN)
    for k in range(len(rows)):
        eta = dot(rows[k], beta)
        level = math.exp(eta)
        weight = residual = 0.0
        for i in range(first[k], first[k + 1]):
            mean = depth[i] * level
            log_mean = eta + log_depth[i]
            lag = 0.0
            if mean < SMALLEST_MEAN:
                mean, lag, log_mean = SMALLEST_MEAN, least - log_mean, least
            w = mean * r / (mean + r)
            weight += w
            residual += w * ((y[i] - mean) / mean + lag)
            total += y[i] * log_mean - (y[i] + r) * math.log1p(mean / r)
        add_cell(rows[k], weight, residual, matrix, v)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _reweighted(
    y: Array, depth: Array, log_depth: Array, first: Places, rows: Array, r: float, beta: Array, work: Work
) -> bool:
    """Iteratively reweighted least squares from `beta`, in place; False when it did not converge."""
    p = len(beta)
    matrix, v = work
    factor = np.zeros((p, p))
    constant = constant_part(y, r)
    before = 0.0
    _weigh(y, depth, log_depth, first, rows, r, beta, work)
    for step in range(IRLS_STEPS):
        for j in range(p):
            matrix[j, j] += RIDGE
            v[j] -= RIDGE * beta[j]
        if not factorise(matrix, factor):
            return False
        solve_factored(factor, v)
        for j in range(p):
            beta[j] += v[j]
            if not abs(beta[j]) <= LARGEST:
                return False
        deviance = -2.0 * (constant + _weigh(y, depth, log_depth, first, rows, r, beta, work))
        change = abs(deviance - before) / (abs(deviance) + 0.1)
        if math.isnan(change):
            return False
        if step > 0 and change < IRLS_TOLERANCE:
            return step < IRLS_STEPS - 1
        before = deviance
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _curve(
    y: Array, depth: Array, log_depth: Array, first: Places, rows: Array, r: float, beta: Array, work: Work
) -> float:
    """Penalised log-likelihood at `beta` (means without a floor) with its gradient and observed information."""
    matrix, v = work
    matrix[:] = 0.0
    v[:] = 0.0
    total = 0.0
    for k in range(len(rows)):
        eta = dot(rows[k], beta)
        level = math.exp(eta)
        weight = residual = 0.0
        for i in range(first[k], first[k + 1]):
            mean = depth[i] * level
            share = r / (mean + r)
            residual += (y[i] - mean) * share
            weight += (y[i] + r) * mean / (mean + r) * share
            total += y[i] * (eta + log_depth[i]) - (y[i] + r) * math.log1p(mean / r)
        add_cell(rows[k], weight, residual, matrix, v)
    for j in range(len(beta)):
        matrix[j, j] += RIDGE
        v[j] -= RIDGE * beta[j]
        total -= 0.5 * RIDGE * beta[j] * beta[j]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _newton(
    y: Array, depth: Array, log_depth: Array, first: Places, rows: Array, r: float, beta: Array, work: Work
) -> bool:
    """Maximise the penalised likelihood, which is concave, by halved Newton steps, in place."""
    p = len(beta)
    matrix, v = work
    factor = np.zeros((p, p))
    trial = np.empty(p)
    value = _curve(y, depth, log_depth, first, rows, r, beta, work)
    for _ in range(NEWTON_STEPS):
        if not factorise(matrix, factor):
            return False
        step = v.copy()
        solve_factored(factor, step)
        gain = dot(step, v)
        if gain < 1e-12:
            break
        size = min(1.0, LONGEST_STEP / np.abs(step).max())
        while True:
            for j in range(p):
                trial[j] = beta[j] + size * step[j]
            reached = _curve(y, depth, log_depth, first, rows, r, trial, work)
            if reached >= value - 1e-9 * abs(value) or size < 1e-9:
                break
            size *= 0.5
        beta[:] = trial
        value = reached
    bound = LARGEST_LOG2 * math.log(2.0)
    for j in range(p):
        beta[j] = min(max(beta[j], -bound), bound)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def fit_means(
    counts: Array, depth: Array, first: Places, rows: Array, start: Array, alpha: Array
) -> tuple[Array, Array, NDArray[np.int8]]:
    """Log-linear means of every gene at a given dispersion.

    Parameters
    ----------
    counts : (g, n); depth : (n,) size factors; rows : (k, p) the design of each cell; alpha : (g,)
    start : (p, k) least squares: start @ (sums of log(normalised count + 0.1) by cell) are the first coefficients

    Returns
    -------
    beta : (g, p) natural logarithms
    variance : (g, p) of the coefficients
    how : (g,) 0 = reweighted least squares converged, 1 = by Newton after it had not, 2 = neither
    """
    g = len(counts)
    n_cells, p = rows.shape
    beta = np.zeros((g, p))
    variance = np.empty((g, p))
    how = np.zeros(g, np.int8)
    log_depth = np.log(depth)
    matrix, factor = np.zeros((p, p)), np.zeros((p, p))
    column, first_beta = np.empty(p), np.empty(p)
    work = (matrix, np.empty(p))
    for gene in range(g):
        y, b = counts[gene], beta[gene]
        r = 1.0 / alpha[gene]
        for k in range(n_cells):
            total = 0.0
            for i in range(first[k], first[k + 1]):
                total += math.log(y[i] / depth[i] + 0.1)
            for j in range(p):
                b[j] += start[j, k] * total
        first_beta[:] = b
        if not _reweighted(y, depth, log_depth, first, rows, r, b, work):
            b[:] = first_beta
            how[gene] = 1 if _newton(y, depth, log_depth, first, rows, r, b, work) else 2
            _weigh(y, depth, log_depth, first, rows, r, b, work)
        for j in range(p):
            matrix[j, j] += RIDGE
        if not factorise(matrix, factor):
            how[gene] = 2
            variance[gene] = np.nan
            continue
        for j in range(p):
            column[:] = 0.0
            column[j] = 1.0
            solve_factored(factor, column)
            variance[gene, j] = column[j] - RIDGE * dot(column, column)
    return beta, variance, how


@njit(cache=True, nogil=True, error_model="numpy")
def log_likelihood(counts: Array, depth: Array, first: Places, levels: Array, alpha: Array) -> Array:
    """Log-likelihood of each gene, where `levels` (g, k) are the means of the cells at a size factor of one."""
    g = len(counts)
    out = np.empty(g)
    for gene in range(g):
        y = counts[gene]
        r = 1.0 / alpha[gene]
        total = constant_part(y, r)
        for k in range(levels.shape[1]):
            for i in range(first[k], first[k + 1]):
                mean = depth[i] * levels[gene, k]
                if y[i] > 0:
                    total += y[i] * math.log(mean)
                total -= (y[i] + r) * math.log1p(mean / r)
        out[gene] = total
    return out
