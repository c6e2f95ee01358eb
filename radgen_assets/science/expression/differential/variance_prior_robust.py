"""The prior of the genes' variances where some genes vary far more than the rest: these are shrunken less."""

from __future__ import annotations

from functools import lru_cache
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, rankdata, trim_mean
from scipy.stats import f as f_distribution
from scipy.stats.distributions import rv_frozen

from radgen_assets.science.expression.differential.local_regression import local_regression
from radgen_assets.science.expression.differential.variance_prior import VariancePrior, fit_variance_prior

Array = NDArray[np.float64]
TAILS = np.array([0.05, 0.1])  # shares of the log variances that are drawn in: low, high
SPAN = 0.4
N_NODES = 128
SMALLEST_SHARE = 1e-12  # of the median variance


def fit_variance_prior_robustly(variance: Array, degrees_of_freedom: int, mean: Array | None = None) -> VariancePrior:
    """Match the moments of winsorised log variances; genes that are then outliers get fewer prior degrees of freedom.

    With `mean` the log variances are taken around a local regression on it. Below 10 genes nothing can be drawn in,
    and the prior is that of `fit_variance_prior`.
    Source: Phipson et al. 2016, sections 3 and 4; R limma fitFDistRobustly(winsor.tail.p = c(0.05, 0.1)).
    """
    plain = fit_variance_prior(variance, degrees_of_freedom, mean)
    g = len(variance)
    middle = float(np.median(variance))
    if g < 1 / TAILS.max() or middle <= 0:
        return plain
    z = np.log(np.maximum(variance, SMALLEST_SHARE * middle))
    trend = np.full(g, trim_mean(z, TAILS[1])) if mean is None else _smooth(mean, z)
    low, high = np.quantile(z - trend, [TAILS[0], 1 - TAILS[1]])
    drawn_in = np.clip(z - trend, low, high)
    spread = drawn_in.var(ddof=1)

    def excess(share: float) -> float:
        """Log ratio of the spread to what d / (1 + d) = share would give; rises with the share."""
        return log(spread / _winsorised_moments(degrees_of_freedom, _degrees(share))[1])

    if excess(1.0) <= 0:
        d0 = inf
    elif not np.isfinite(plain.common_degrees):
        return plain
    else:
        lowest = plain.common_degrees / (1 + plain.common_degrees)
        d0 = plain.common_degrees if excess(lowest) >= 0 else _degrees(brentq(excess, lowest, 1.0, xtol=1e-14))
    trend += drawn_in.mean() - _winsorised_moments(degrees_of_freedom, d0)[0]
    shrunken = _for_outliers(np.exp(z - trend), degrees_of_freedom, d0)
    return VariancePrior(np.exp(trend), shrunken, d0)


def _smooth(mean: Array, z: Array) -> Array:
    order = np.argsort(mean, kind="stable")
    x = mean[order]
    smooth = np.empty_like(z)
    smooth[order] = local_regression(x, z[order], SPAN, delta=0.01 * (x[-1] - x[0]))
    return smooth


def _degrees(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)


def _f(d1: float, d2: float) -> rv_frozen:
    """F(d1, d2); with infinite d2 the mean of d1 squared normals."""
    return f_distribution(d1, d2) if np.isfinite(d2) else chi2(d1, scale=1 / d1)


def _winsorised_moments(d1: float, d2: float) -> tuple[float, float]:
    """Mean and variance of log F(d1, d2) with both tails drawn in, by Gaussian quadrature on F / (1 + F)."""
    variable = _f(d1, d2)
    ends = variable.ppf([TAILS[0], 1 - TAILS[1]])
    low, high = ends / (1 + ends)
    nodes, weights = _nodes()
    u = low + (high - low) * (nodes + 1) / 2
    at = u / (1 - u)
    density = variable.pdf(at) / (1 - u) ** 2 * weights * (high - low) / 2
    mean = density @ np.log(at) + TAILS @ np.log(ends)
    variance = density @ (np.log(at) - mean) ** 2 + TAILS @ (np.log(ends) - mean) ** 2
    return float(mean), float(variance)


@lru_cache(maxsize=1)
def _nodes() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(N_NODES)
    return nodes, weights


def _for_outliers(ratio: Array, d1: int, d0: float) -> Array:
    """(g,) prior degrees of freedom: `d0`, fewer the likelier it is that a gene's variance / prior is an outlier's.

    An outlier's own prior is such that the largest ratio is its median; the rest lies between by the chance of being
    one, which is read from the tail of the fitted against that of the found distribution. The result rises with the
    tail probability.
    """
    g = len(ratio)
    log_tail = _f(d1, d0).logsf(ratio)
    log_fits = np.minimum(log_tail - np.log((g - rankdata(ratio) + 0.5) / g), 0.0)
    degrees = np.full(g, d0)
    if not (log_fits < 0).any():
        return degrees
    order = np.argsort(log_tail, kind="stable")
    if np.isinf(d0):
        degrees[log_fits < 0] = np.exp(log_fits[log_fits < 0]) * g * d1
        degrees[order] = np.maximum.accumulate(degrees[order])
        return degrees
    of_outlier = 0.0
    if np.isfinite(log_tail.min()):
        of_outlier = log(0.5) / log_tail.min() * d0
        of_outlier *= log(0.5) / _f(d1, of_outlier).logsf(ratio.max())
    rising = (np.exp(log_fits) * d0 - np.expm1(log_fits) * of_outlier)[order]
    averages = np.cumsum(rising) / np.arange(1, g + 1)
    lowest = int(np.argmin(averages))
    rising[: lowest + 1] = averages[lowest]
    degrees[order] = np.maximum.accumulate(rising)
    return degrees
