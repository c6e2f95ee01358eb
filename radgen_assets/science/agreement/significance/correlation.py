"""Correlation of two measurements with its test: Pearson, Spearman, Kendall."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import ndtri

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement.significance.result import SignificanceTest, pair

Correlation = Literal["pearson", "spearman", "kendall"]


def correlate(first: ArrayLike, second: ArrayLike, method: Correlation = "pearson") -> SignificanceTest:
    """Correlation of two measurements of the same patients.

    Parameters
    ----------
    first, second : (n,) float64, n >= 3
    method : str
        "pearson": t, with Fisher's interval (n >= 4). "spearman": `statistic` is R's S, P from t as R's with ties (R
        has an Edgeworth series without). "kendall": tau b, `statistic` is z, P normal with ties in the variance, exact
        without ties below 50 (`statistic` is None then).

    Raises
    ------
    UsedWrongly
        For other shapes or methods.
    BadInput
        For NaN, and when one of the two is constant.

    Source: R cor.test.
    """
    x, y = pair("correlation", first, second, smallest=3)
    for name, each in (("first", x), ("second", y)):
        if np.ptp(each) == 0:
            raise BadInput("correlation", name, "one value only", "some spread", "Leave it out.")
    n = len(x)
    if method == "pearson":
        result = stats.pearsonr(x, y)
        r = float(result.statistic)
        limits = result.confidence_interval() if n > 3 else None
        t = r * np.sqrt((n - 2) / (1 - r**2)) if abs(r) < 1 else float(np.copysign(np.inf, r))
        low, high = (float(limits.low), float(limits.high)) if limits else (None, None)
        return SignificanceTest("Pearson", float(t), (n - 2.0,), float(result.pvalue), r, low, high)
    if method == "spearman":
        result = stats.spearmanr(x, y)
        rho = float(result.statistic)
        return SignificanceTest("Spearman", (n**3 - n) * (1 - rho) / 6, (), float(result.pvalue), rho)
    if method == "kendall":
        tied = len(np.unique(x)) < n or len(np.unique(y)) < n
        exact = not tied and n < 50
        result = stats.kendalltau(x, y, method="exact" if exact else "asymptotic")
        tau, p = float(result.statistic), float(result.pvalue)
        z = None if exact else float(np.copysign(-ndtri(p / 2), tau))
        return SignificanceTest("Kendall, exact" if exact else "Kendall", z, (), p, tau)
    raise UsedWrongly(f"correlation: found the method '{method}', expected pearson, spearman or kendall.")
