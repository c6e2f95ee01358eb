"""The dispersion of each gene by the Cox-Reid adjusted profile likelihood, alone or with a prior: compiled.

The line search stops at a change of 1e-6 in the log posterior, so its path is part of the method: start, step length
and stopping are those of the published software, else estimates differ in the third digit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from radgen_assets.science.expression.differential.negative_binomial import (
    HALF_LOG_2PI,
    SERIES_FROM,
    Array,
    Places,
    add_cell,
    digamma_rest,
    factorise,
    squared_length,
    stirling_rest,
)

SMALLEST_MEAN = 0.5
ARMIJO = 1e-4
STEPS = 100
TOLERANCE = 1e-6  # change of the log posterior
LOWEST_LOG, HIGHEST_LOG = -30.0, 10.0  # a proposal goes no further
GIVEN_UP = math.log(1e-9)  # on its way to zero
EXACT_LOG1P_FROM = 1e5  # r from which log((m + r) / (y + r)) needs log1p


@njit(cache=True, nogil=True, error_model="numpy")
def _tabulate(r: float, logs: Array, inverses: Array) -> int:
    """Sums of log(r + i) and of 1 / (r + i) over i < j, for the sizes that the series does not reach; how many."""
    last = 0
    x = r
    while x < SERIES_FROM:
        logs[last + 1] = logs[last] + math.log(x)
        inverses[last + 1] = inverses[last] + 1.0 / x
        x += 1.0
        last += 1
    return last


@njit(cache=True, nogil=True, error_model="numpy")
def _profile(y: Array, mean: Array, first: Places, r: float, sums: Array) -> tuple[float, float]:
    """Log-likelihood in the dispersion and its slope in log alpha; sums (2, k): of the weights and of their squares."""
    table_log, table_inverse = np.zeros(17), np.zeros(17)
    last = _tabulate(r, table_log, table_inverse)
    log_r, alpha = math.log(r), 1.0 / r
    exact = r > EXACT_LOG1P_FROM
    value = slope = y_small = y_large = 0.0
    n_large, product = 0, 1.0  # of the sizes: one logarithm for many
    scale = alpha if last == 0 else 1.0
    for k in range(len(first) - 1):
        weight = square = 0.0
        for i in range(first[k], first[k + 1]):
            m = mean[i]
            inverse = 1.0 / (m + r)
            w = m * r * inverse
            weight += w
            square += w * w
            slope += (y[i] - m) * inverse
            x = y[i] + r
            if x < SERIES_FROM:
                log_ratio = math.log((m + r) * alpha)
                j = int(y[i])
                value += table_log[j] - x * log_ratio
                slope += log_ratio - table_inverse[j]
                y_small += y[i]
            else:
                i_x = 1.0 / x
                log_ratio = math.log1p((m - y[i]) * i_x) if exact else math.log((m + r) * i_x)
                s = i_x * i_x
                value += i_x * (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) - x * log_ratio
                slope += log_ratio + 0.5 * i_x + s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132))))
                y_large += y[i]
                n_large += 1
                product *= x * scale
                if product > 1e250:
                    value -= 0.5 * math.log(product)
                    product = 1.0
        sums[0, k] = weight
        sums[1, k] = square
    value -= 0.5 * math.log(product) + y_large + y_small * log_r
    if last == 0:
        value -= n_large * stirling_rest(r)
        slope -= n_large * digamma_rest(r)
    elif n_large > 0:
        value += n_large * (HALF_LOG_2PI - math.lgamma(r) + r * log_r - r)
        top = r + last
        slope += n_large * (math.log(top) - digamma_rest(top) - table_inverse[last] - log_r)
    return value, slope * r


@njit(cache=True, nogil=True, error_model="numpy")
def log_posterior(
    y: Array,
    mean: Array,
    first: Places,
    rows: Array,
    log_alpha: float,
    prior_mean: float,
    prior_variance: float,
    work: tuple[Array, Array, Array, Array],
) -> tuple[float, float]:
    """Value and slope at `log_alpha`; an infinite prior variance is no prior. work: sums, information, factor, row."""
    sums, information, factor, row = work
    value, slope = _profile(y, mean, first, math.exp(-log_alpha), sums)
    information[:] = 0.0
    for k in range(len(rows)):
        add_cell(rows[k], sums[0, k], 0.0, information, row)
    if not factorise(information, factor):
        return np.nan, np.nan
    for j in range(len(factor)):
        value -= math.log(factor[j, j])
    shrinking = 0.0
    for k in range(len(rows)):
        shrinking += sums[1, k] * squared_length(factor, rows[k], row)
    slope += 0.5 * shrinking * math.exp(log_alpha)
    if prior_variance < np.inf:
        away = log_alpha - prior_mean
        value -= 0.5 * away * away / prior_variance
        slope -= away / prior_variance
    return value, slope


@njit(cache=True, nogil=True, error_model="numpy")
def _climb(
    y: Array,
    mean: Array,
    first: Places,
    rows: Array,
    start: float,
    prior_mean: float,
    prior_variance: float,
    work: tuple[Array, Array, Array, Array],
) -> tuple[float, float, float, int]:
    """(log alpha, log posterior at the start, at the end, steps) of the line search along the slope."""
    at = start
    value, slope = log_posterior(y, mean, first, rows, at, prior_mean, prior_variance, work)
    initial = value
    length = 1.0
    accepted = steps = 0
    for _ in range(STEPS):
        steps += 1
        proposal = at + length * slope
        if proposal < LOWEST_LOG:
            length = (LOWEST_LOG - at) / slope
        if proposal > HIGHEST_LOG:
            length = (HIGHEST_LOG - at) / slope
        proposal = at + length * slope
        reached, new_slope = log_posterior(y, mean, first, rows, proposal, prior_mean, prior_variance, work)
        if reached >= value + length * ARMIJO * slope * slope:
            accepted += 1
            at = proposal
            change = reached - value
            if change < TOLERANCE:
                value = reached
                break
            if at < GIVEN_UP:
                break
            value, slope = reached, new_slope
            length = min(length * 1.1, 1.0)
            if accepted % 5 == 0:
                length *= 0.5  # against overshooting
        else:
            length *= 0.5
    return at, initial, value, steps


@njit(cache=True, nogil=True, error_model="numpy")
def _means(levels: Array, depth: Array, first: Places, mean: Array) -> None:
    for k in range(len(levels)):
        for i in range(first[k], first[k + 1]):
            mean[i] = max(depth[i] * levels[k], SMALLEST_MEAN)


@njit(cache=True, nogil=True, error_model="numpy")
def _work(n_cells: int, p: int) -> tuple[Array, Array, Array, Array]:
    return np.empty((2, n_cells)), np.zeros((p, p)), np.zeros((p, p)), np.zeros(p)


@njit(cache=True, nogil=True, error_model="numpy")
def search(
    counts: Array,
    levels: Array,
    depth: Array,
    first: Places,
    rows: Array,
    start: Array,
    prior_mean: Array,
    prior_variance: float,
) -> tuple[Array, Array, Array, Places]:
    """Line search of every gene from start (g,) = log alpha.

    levels : (g, k) means of the cells at a size factor of one. Returns log alpha, the log posterior at the start and
    at the end, and the number of steps, each (g,).
    """
    g, n = counts.shape
    found, initial, last = np.empty(g), np.empty(g), np.empty(g)
    steps = np.empty(g, np.int64)
    mean = np.empty(n)
    work = _work(*rows.shape)
    for gene in range(g):
        _means(levels[gene], depth, first, mean)
        found[gene], initial[gene], last[gene], steps[gene] = _climb(
            counts[gene], mean, first, rows, start[gene], prior_mean[gene], prior_variance, work
        )
    return found, initial, last, steps


@njit(cache=True, nogil=True, error_model="numpy")
def search_grid(
    counts: Array,
    levels: Array,
    depth: Array,
    first: Places,
    rows: Array,
    grid: Array,
    prior_mean: Array,
    prior_variance: float,
) -> Array:
    """Log alpha of every gene by a grid and a second one around its best point, where the line search has failed."""
    g, n = counts.shape
    found = np.empty(g)
    mean = np.empty(n)
    work = _work(*rows.shape)
    for gene in range(g):
        _means(levels[gene], depth, first, mean)
        middle = grid[0]
        for points in range(2):
            spacing = grid[1] - grid[0]
            trial = grid if points == 0 else np.linspace(middle - spacing, middle + spacing, len(grid))
            best = -np.inf
            for at in trial:
                value = log_posterior(counts[gene], mean, first, rows, at, prior_mean[gene], prior_variance, work)[0]
                if value > best:
                    best, middle = value, at
        found[gene] = middle
    return found
