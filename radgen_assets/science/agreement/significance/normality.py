"""Shapiro and Wilk's test of normality, with normal quantiles to the last digit."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.agreement.significance.result import SignificanceTest, refuse_constant, sample

# Royston 1995, AS R94: corrections of the two outer weights by 1/sqrt(n); mean and log sd of the transformed 1 - W
OUTER = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
NEXT = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
SMALL_MEAN, SMALL_LOG_SD = (0.544, -0.39978, 0.025054, -6.714e-4), (1.3822, -0.77857, 0.062767, -0.0020322)
LARGE_MEAN, LARGE_LOG_SD = (-1.5861, -0.31082, -0.083751, 0.0038915), (-0.4803, -0.082676, 0.0030302)
SMALL_BOUND = (-2.273, 0.459)


def shapiro_wilk(values: ArrayLike) -> SignificanceTest:
    """Shapiro and Wilk's test of normality, 3 to 5,000 values.

    Raises
    ------
    UsedWrongly
        For fewer or more values.
    BadInput
        For NaN, and when all values are equal.

    Source: Royston 1995 (AS R94); R shapiro.test. scipy takes normal quantiles of seven digits, so that its P is off by
    2e-9.
    """
    x = np.sort(sample("Shapiro-Wilk", values, smallest=3))
    refuse_constant("Shapiro-Wilk", x)
    n = len(x)
    if n > 5000:
        raise UsedWrongly(f"Shapiro-Wilk: found {n} values, expected at most 5,000: the P is not known beyond.")
    weight = _weights(n)
    centred = (x - x.mean()) / np.ptp(x)
    root, sum_of_squares = float(np.sqrt((centred**2).sum())), float((centred**2).sum())
    slope = float(weight @ centred)
    below_one = max(0.0, (root - slope) * (root + slope) / sum_of_squares)  # 1 - W without cancellation
    return SignificanceTest("Shapiro-Wilk", 1 - below_one, (), _p(below_one, n))


def _weights(n: int) -> NDArray[np.float64]:
    """(n,) weights of the ordered values, with a sum of squares of 1."""
    if n == 3:
        return np.array([-np.sqrt(0.5), 0.0, np.sqrt(0.5)])
    quantile = ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    total, root_n = float((quantile**2).sum()), 1 / np.sqrt(n)
    outer = [float(polyval(root_n, OUTER)) + quantile[-1] / np.sqrt(total)]
    if n > 5:
        outer.append(float(polyval(root_n, NEXT)) + quantile[-2] / np.sqrt(total))
    k = len(outer)
    rest = total - 2 * float((quantile[-k:] ** 2).sum())
    weight = quantile / np.sqrt(rest / (1 - 2 * float(np.square(outer).sum())))
    weight[-k:] = outer[::-1]
    weight[:k] = -np.array(outer)
    return weight


def _p(below_one: float, n: int) -> float:
    mean: tuple[float, ...]
    log_sd: tuple[float, ...]
    if n == 3:
        return float(max(0.0, 6 / np.pi * (np.arcsin(np.sqrt(1 - below_one)) - np.arcsin(np.sqrt(0.75)))))
    if below_one == 0:
        return 1.0
    y = np.log(below_one)
    if n <= 11:
        bound = float(polyval(n, SMALL_BOUND))
        if y >= bound:
            return 1e-99  # as R: the transform ends here
        y, at, mean, log_sd = -np.log(bound - y), float(n), SMALL_MEAN, SMALL_LOG_SD
    else:
        at, mean, log_sd = float(np.log(n)), LARGE_MEAN, LARGE_LOG_SD
    return float(ndtr(-(y - polyval(at, mean)) / np.exp(polyval(at, log_sd))))
