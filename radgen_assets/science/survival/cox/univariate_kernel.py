"""A Cox model for each of many covariates, one at a time: compiled, without allocation in the loop over genes.

Rows of `z` (genes, m) are covariates, centred and scaled, their columns in the order of RiskSets.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.survival.cox.likelihood import (
    FLAT,
    FOUND,
    MAX_HALVINGS,
    MAX_STEPS,
    NO_MAXIMUM,
    SMALLEST_PIVOT,
    evaluate,
    maximise,
    solve,
)

LAST_STEP = 1e-6  # in standard deviations; after it the error is its square, in coefficient and information
SKIPPED_STEP = 1e-10  # too small to change the information in the tenth digit
FITTED, CONSTANT, SEPARATED = 0, 1, 2  # status codes; the names stand in UnivariateCox


@njit(cache=True, error_model="numpy")
def _sums(
    z: NDArray[np.float64],
    risk: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
) -> tuple[float, float, float]:
    """Sum over the deaths of log(sum of risks), of the mean covariate at risk, and of its variance there."""
    logs, means, spread = 0.0, 0.0, 0.0
    product = 1.0  # of the sums of risks: one logarithm for many
    s0 = s1 = s2 = 0.0
    for k in range(len(n_dead)):
        if first[k]:
            s0 = s1 = s2 = 0.0
        begin, d, end = start[k], n_dead[k], start[k + 1]
        t0 = t1 = t2 = 0.0
        for i in range(begin, begin + d):
            part = risk[i] * z[i]
            t0 += risk[i]
            t1 += part
            t2 += part * z[i]
        s0 += t0
        s1 += t1
        s2 += t2
        for i in range(begin + d, end):
            part = risk[i] * z[i]
            s0 += risk[i]
            s1 += part
            s2 += part * z[i]
        if efron and d > 1:
            for slot in range(d):
                left = slot / d
                inverse = 1.0 / (s0 - left * t0)
                mean = (s1 - left * t1) * inverse
                means += mean
                spread += (s2 - left * t2) * inverse - mean * mean
                product *= inverse
                if not 1e-100 < product < 1e100:
                    logs -= np.log(product)
                    product = 1.0
        else:
            mean = s1 / s0
            means += d * mean
            spread += d * (s2 / s0 - mean * mean)
            logs += d * np.log(s0)
    return logs - np.log(product), means, spread


@njit(cache=True, error_model="numpy")
def _runs_to(
    z: NDArray[np.float64], start: NDArray[np.int64], n_dead: NDArray[np.int64], first: NDArray[np.bool_]
) -> int:
    """1 or -1: the likelihood rises without end in this direction; 0: it has a maximum; 2: it is flat.

    It rises to plus infinity exactly when everybody who dies has the largest value of those at risk.
    """
    upper = lower = True
    high, low = -np.inf, np.inf
    for k in range(len(n_dead)):
        if first[k]:
            high, low = -np.inf, np.inf
        for i in range(start[k], start[k + 1]):
            high, low = max(high, z[i]), min(low, z[i])
        for i in range(start[k], start[k] + n_dead[k]):
            upper, lower = upper and z[i] == high, lower and z[i] == low
        if not (upper or lower):
            return 0
    return 2 if upper and lower else 1 if upper else -1


@njit(cache=True, error_model="numpy")
def _limit(
    z: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    sign: int,
) -> float:
    """Log likelihood at plus (sign 1) or minus infinity: only those with the extreme value still count as at risk."""
    loglik, extreme, count = 0.0, -np.inf, 0
    for k in range(len(n_dead)):
        if first[k]:
            extreme, count = -np.inf, 0
        for i in range(start[k], start[k + 1]):
            value = sign * z[i]
            if value > extreme:
                extreme, count = value, 0
            count += value == extreme
        for slot in range(n_dead[k]):
            loglik -= np.log(count - (slot if efron else 0))
    return loglik


@njit(cache=True, error_model="numpy")
def fit_each(
    z: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    found: NDArray[np.float64],
    status: NDArray[np.int8],
) -> None:
    """Fill `found` (genes, 6): coefficient, its variance, log likelihood at zero and at the fit, score, steps."""
    ones = np.ones(z.shape[1])
    risk = np.empty(z.shape[1])
    events = n_dead.sum()
    for g in range(len(z)):
        row = z[g]
        total = 0.0
        for k in range(len(n_dead)):
            for i in range(start[k], start[k] + n_dead[k]):
                total += row[i]
        logs, means, spread = _sums(row, ones, start, n_dead, first, efron)
        null = -logs
        direction = _runs_to(row, start, n_dead, first)
        found[g, 2] = found[g, 3] = null
        if direction == 2 or not spread > SMALLEST_PIVOT * events:
            status[g], found[g, 0], found[g, 1], found[g, 4] = CONSTANT, np.nan, np.nan, 0.0
            continue
        found[g, 4] = (total - means) ** 2 / spread
        if direction != 0:
            status[g], found[g, 0], found[g, 1] = SEPARATED, direction * np.inf, np.nan
            found[g, 3] = _limit(row, start, n_dead, first, efron, direction)
            continue
        beta, now = 0.0, null
        ended = False
        for steps in range(1, MAX_STEPS + 1):
            step = (total - means) / spread
            if abs(step) < SKIPPED_STEP:
                beta += step
                ended = True
                break
            trial, length = now, 1.0
            for _ in range(MAX_HALVINGS):
                at = beta + length * step
                for i in range(len(row)):
                    risk[i] = np.exp(at * row[i])
                logs, means, spread = _sums(row, risk, start, n_dead, first, efron)
                trial = at * total - logs
                if np.isfinite(trial) and trial >= now - 1e-12 * abs(now):
                    break
                length /= 2
            beta, now = beta + length * step, trial
            found[g, 5] = steps
            if abs(step) < LAST_STEP:
                ended = True
                break
            if not spread > SMALLEST_PIVOT * events:
                break
        status[g] = FITTED if ended else SEPARATED
        found[g, 0], found[g, 1], found[g, 3] = (beta, 1.0 / spread, now) if ended else (np.inf * beta, np.nan, now)


@njit(cache=True, error_model="numpy")
def fit_each_adjusted(  # noqa: PLR0917 - compiled code takes arrays, not objects
    z: NDArray[np.float64],
    others: NDArray[np.float64],
    others_beta: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    found: NDArray[np.float64],
    status: NDArray[np.int8],
) -> None:
    """As fit_each, beside the covariates `others` (m, q), whose own fit is `others_beta`."""
    m, q = others.shape
    x = np.empty((m, q + 1))
    x[:, :q] = others  # the gene comes last: its pivot is the information that the others leave it
    weight = np.ones(m)
    beta, gradient, information = np.zeros(q + 1), np.zeros(q + 1), np.zeros((q + 1, q + 1))
    unit = np.zeros(q + 1)
    unit[q] = 1.0
    events = n_dead.sum()
    for g in range(len(z)):
        x[:, q] = z[g]
        beta[:q] = others_beta
        beta[q] = 0.0
        null = evaluate(x, weight, start, n_dead, first, efron, beta, gradient, information)
        inverse, pivot = solve(information, unit)
        found[g, 2] = found[g, 3] = null
        if not pivot > SMALLEST_PIVOT * events:
            status[g], found[g, 0], found[g, 1], found[g, 4] = CONSTANT, np.nan, np.nan, 0.0
            continue
        found[g, 4] = gradient[q] ** 2 * inverse[q]
        now, steps, ending = maximise(x, weight, start, n_dead, first, efron, beta, gradient, information)
        found[g, 3], found[g, 5] = now, steps
        if ending == FOUND:
            inverse, _ = solve(information, unit)
            status[g], found[g, 0], found[g, 1] = FITTED, beta[q], inverse[q]
        elif ending == NO_MAXIMUM:
            status[g], found[g, 0], found[g, 1] = SEPARATED, np.inf * beta[q], np.nan
        elif ending == FLAT:
            status[g], found[g, 0], found[g, 1] = CONSTANT, np.nan, np.nan
