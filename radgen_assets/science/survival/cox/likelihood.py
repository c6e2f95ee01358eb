"""Cox's partial likelihood and its maximum: compiled loops over risk sets, Efron or Breslow ties, weights, strata.

Rows of `x` (m, p) and of `weight` (m,) stand in the order of RiskSets; `x` is centred and scaled by the caller.
Where all risks underflow a sum of risks is 0 and the likelihood not finite (error_model "numpy"): the step is halved.
Moments of a risk set lie in one vector: sum of risks (1), of risk * x (p), of risk * x x' (p * p).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MAX_STEPS = 60
MAX_HALVINGS = 30
GRADIENT_TOLERANCE = 1e-10  # of the log likelihood per standard deviation, divided by the number of events
STEP_TOLERANCE = 1e-7  # in standard deviations; the step converges quadratically, so what is left is far smaller
LARGEST_STANDARDISED = 500.0  # of a coefficient: far beyond any maximum; separation mostly shows in the pivots before
SMALLEST_PIVOT = 1e-9  # of the information per event, on the correlation scale

FOUND, FLAT, NO_MAXIMUM = 0, 1, 2


@njit(cache=True, error_model="numpy")
def _predictor(x: NDArray[np.float64], beta: NDArray[np.float64]) -> NDArray[np.float64]:
    eta = np.zeros(len(x))
    for i in range(len(x)):
        for a in range(len(beta)):
            eta[i] += x[i, a] * beta[a]
    return eta


@njit(cache=True, error_model="numpy")
def _enter(
    x: NDArray[np.float64], risk: NDArray[np.float64], begin: int, end: int, moments: NDArray[np.float64]
) -> None:
    """Add the rows begin..end to the moments of a risk set; of x x' only the lower triangle."""
    p = x.shape[1]
    for i in range(begin, end):
        moments[0] += risk[i]
        for a in range(p):
            product = risk[i] * x[i, a]
            moments[1 + a] += product
            for b in range(a + 1):
                moments[1 + p + a * p + b] += product * x[i, b]


@njit(cache=True, error_model="numpy")
def evaluate(  # noqa: PLR0917 - compiled code takes arrays, not objects
    x: NDArray[np.float64],
    weight: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    beta: NDArray[np.float64],
    gradient: NDArray[np.float64],
    information: NDArray[np.float64],
) -> float:
    """Log partial likelihood at beta (p,); writes its gradient (p,) and information (p, p).

    Tied deaths have their mean weight (as R); of d of them the l-th sees a risk set that l/d of them have left (Efron).
    """
    p = x.shape[1]
    eta = _predictor(x, beta)
    shift = eta.max()
    risk = weight * np.exp(eta - shift)
    gradient[:] = 0.0
    information[:] = 0.0
    whole, tied = np.zeros(1 + p + p * p), np.zeros(1 + p + p * p)
    mean = np.zeros(p)
    loglik = 0.0
    for k in range(len(n_dead)):
        begin, end, d = start[k], start[k + 1], n_dead[k]
        if first[k]:
            whole[:] = 0.0
        tied[:] = 0.0
        _enter(x, risk, begin, begin + d, tied)
        whole += tied
        _enter(x, risk, begin + d, end, whole)
        dead_weight = 0.0
        for i in range(begin, begin + d):
            dead_weight += weight[i]
            loglik += weight[i] * (eta[i] - shift)
            for a in range(p):
                gradient[a] += weight[i] * x[i, a]
        slots = d if efron else 1
        each = dead_weight / slots
        part = part_gone = 0.0
        for slot in range(slots):
            left = slot / slots
            s0 = whole[0] - left * tied[0]
            loglik -= each * np.log(s0)
            part, part_gone = part + each / s0, part_gone + each * left / s0
            for a in range(p):
                mean[a] = (whole[1 + a] - left * tied[1 + a]) / s0
                gradient[a] -= each * mean[a]
                share = each * mean[a]
                for b in range(a + 1):
                    information[a, b] -= share * mean[b]
        for a in range(p):
            for b in range(a + 1):
                place = 1 + p + a * p + b
                information[a, b] += part * whole[place] - part_gone * tied[place]
    for a in range(p):
        for b in range(a):
            information[b, a] = information[a, b]
    return loglik


@njit(cache=True, error_model="numpy")
def solve(information: NDArray[np.float64], gradient: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Newton's step and the smallest pivot of the Cholesky factor; a step of zeros when the pivot is not positive."""
    p = len(gradient)
    factor = np.zeros((p, p))
    step = gradient.copy()
    smallest = np.inf
    for a in range(p):
        for b in range(a + 1):
            rest = information[a, b]
            for c in range(b):
                rest -= factor[a, c] * factor[b, c]
            if a > b:
                factor[a, b] = rest / factor[b, b]
            else:
                smallest = min(smallest, rest)
                if not rest > 0:
                    return np.zeros(p), rest
                factor[a, a] = np.sqrt(rest)
    for a in range(p):
        for c in range(a):
            step[a] -= factor[a, c] * step[c]
        step[a] /= factor[a, a]
    for a in range(p - 1, -1, -1):
        for c in range(a + 1, p):
            step[a] -= factor[c, a] * step[c]
        step[a] /= factor[a, a]
    return step, smallest


@njit(cache=True, error_model="numpy")
def maximise(  # noqa: PLR0917 - compiled code takes arrays, not objects
    x: NDArray[np.float64],
    weight: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    beta: NDArray[np.float64],
    gradient: NDArray[np.float64],
    information: NDArray[np.float64],
) -> tuple[float, int, int]:
    """Newton's method with step halving from `beta`, which it moves; log likelihood, steps, and how it ended.

    FLAT: the information is singular where it starts. NO_MAXIMUM: it became singular, or a coefficient ran away.
    """
    total = 0.0
    for k in range(len(n_dead)):
        for i in range(start[k], start[k] + n_dead[k]):
            total += weight[i]
    now = evaluate(x, weight, start, n_dead, first, efron, beta, gradient, information)
    trial = now
    for steps in range(1, MAX_STEPS + 1):
        step, pivot = solve(information, gradient)
        if not pivot > SMALLEST_PIVOT * total:
            return now, steps, FLAT if steps == 1 else NO_MAXIMUM
        origin = beta.copy()
        length = 1.0
        for _ in range(MAX_HALVINGS):
            beta[:] = origin + length * step
            trial = evaluate(x, weight, start, n_dead, first, efron, beta, gradient, information)
            if np.isfinite(trial) and trial >= now - 1e-12 * abs(now):
                break
            length /= 2
        now = trial
        if np.abs(beta).max() > LARGEST_STANDARDISED:
            return now, steps, NO_MAXIMUM
        if np.abs(gradient).max() < GRADIENT_TOLERANCE * total and np.abs(step).max() < STEP_TOLERANCE:
            return now, steps, FOUND
    return now, MAX_STEPS, NO_MAXIMUM


@njit(cache=True, error_model="numpy")
def moments_at_deaths(
    x: NDArray[np.float64],
    weight: NDArray[np.float64],
    start: NDArray[np.int64],
    n_dead: NDArray[np.int64],
    first: NDArray[np.bool_],
    efron: bool,
    beta: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What each death sees: sum of risks (d,), mean covariates (d, p), share of the tied gone (d,), weight (d,).

    spread : (d, p, p), covariance of the covariates in that risk set, written; give (0, p, p) to leave it out
    """
    p = x.shape[1]
    risk = weight * np.exp(_predictor(x, beta))
    total = n_dead.sum()
    s0, means, left, each = np.zeros(total), np.zeros((total, p)), np.zeros(total), np.zeros(total)
    whole, tied = np.zeros(1 + p + p * p), np.zeros(1 + p + p * p)
    death = 0
    for k in range(len(n_dead)):
        begin, end, d = start[k], start[k + 1], n_dead[k]
        if first[k]:
            whole[:] = 0.0
        tied[:] = 0.0
        _enter(x, risk, begin, begin + d, tied)
        whole += tied
        _enter(x, risk, begin + d, end, whole)
        mean_weight = weight[begin : begin + d].sum() / d
        for slot in range(d):
            left[death] = slot / d if efron else 0.0
            each[death] = mean_weight
            s0[death] = whole[0] - left[death] * tied[0]
            for a in range(p):
                means[death, a] = (whole[1 + a] - left[death] * tied[1 + a]) / s0[death]
                if len(spread):
                    for b in range(a + 1):
                        place = 1 + p + a * p + b
                        second = (whole[place] - left[death] * tied[place]) / s0[death]
                        spread[death, a, b] = second - means[death, a] * means[death, b]
                        spread[death, b, a] = spread[death, a, b]
            death += 1
    return s0, means, left, each
