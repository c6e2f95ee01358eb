"""The prior of the genes' variances: a scaled inverse chi-squared, matched to what the genes show together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

Array = NDArray[np.float64]
SMALLEST_SHARE = 1e-5  # of the median variance: smaller ones are taken as this
KNOTS_FROM = ((30, 4), (6, 3), (3, 2))  # genes -> coefficients of the trend


@dataclass(frozen=True, eq=False)
class VariancePrior:
    """variance, degrees_of_freedom : (g,) > 0, the latter possibly infinite; `common_degrees` of genes that fit in."""

    variance: Array
    degrees_of_freedom: Array
    common_degrees: float

    def posterior(self, variance: Array, degrees_of_freedom: int) -> Array:
        """(g,) variances shrunken towards the prior."""
        finite = np.isfinite(self.degrees_of_freedom)
        d0 = np.where(finite, self.degrees_of_freedom, 0.0)
        shrunken = (degrees_of_freedom * variance + d0 * self.variance) / (degrees_of_freedom + d0)
        return np.where(finite, shrunken, self.variance)


def fit_variance_prior(variance: Array, degrees_of_freedom: int, mean: Array | None = None) -> VariancePrior:
    """Match the first two moments of the log variances; with `mean`, around a trend on it.

    A single gene has no prior (0 degrees of freedom).
    Source: Smyth 2004, section 6.2; R limma fitFDist, which squeezeVar and eBayes call.
    """
    g = len(variance)
    if g < 2:
        return VariancePrior(np.ones(g), np.zeros(g), 0.0)
    half = degrees_of_freedom / 2
    middle = float(np.median(variance)) or 1.0
    floored = np.maximum(variance, SMALLEST_SHARE * middle)
    log_scale = np.log(floored) - digamma(half) + np.log(half)
    n_trend = 1 if mean is None else _trend_size(mean)
    if mean is None or n_trend < 2:
        centre = np.full(g, log_scale.mean())
    else:
        basis = natural_spline(mean, n_trend)
        centre = basis @ np.linalg.lstsq(basis, log_scale, rcond=None)[0]
        n_trend = int(np.linalg.matrix_rank(basis))
    beyond_sampling = ((log_scale - centre) ** 2).sum() / (g - n_trend) - float(polygamma(1, half))
    if beyond_sampling > 0:
        half_prior = inverse_trigamma(beyond_sampling)
        prior = np.exp(centre + digamma(half_prior) - np.log(half_prior))
        return VariancePrior(prior, np.full(g, 2 * half_prior), 2 * half_prior)
    prior = np.exp(centre) if n_trend > 1 else np.full(g, floored.mean())
    return VariancePrior(prior, np.full(g, np.inf), np.inf)


def inverse_trigamma(value: float) -> float:
    """x > 0 of trigamma(x) = value, by Newton's method from below (1 / trigamma is convex)."""
    if value > 1e7:
        return float(value**-0.5)
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-12 * x:
            break
    return x


def natural_spline(x: Array, n_coefficients: int) -> Array:
    """(g, n_coefficients) basis of the natural cubic splines with knots at the quantiles of x.

    Spans what R's splines::ns(x, df = n_coefficients, intercept = TRUE) spans.
    Source: Hastie, Tibshirani & Friedman 2009, equations 5.4 and 5.5.
    """
    u = (x - x.min()) / (x.max() - x.min())
    knots = np.quantile(u, np.linspace(0, 1, n_coefficients))
    columns = [np.ones_like(u), u]
    if n_coefficients > 2:
        last = _cubic_beyond(u, knots[-2], knots[-1])
        columns += [_cubic_beyond(u, knot, knots[-1]) - last for knot in knots[:-2]]
    return np.column_stack(columns)


def _cubic_beyond(u: Array, knot: float, end: float) -> Array:
    """Cubic from `knot` on that is straight beyond `end`; zero where the two coincide."""
    if end <= knot:
        return np.zeros_like(u)
    return (np.maximum(u - knot, 0) ** 3 - np.maximum(u - end, 0) ** 3) / (end - knot)


def _trend_size(mean: Array) -> int:
    wanted = next((size for least, size in KNOTS_FROM if len(mean) >= least), 1)
    return min(wanted, len(np.unique(mean)))
