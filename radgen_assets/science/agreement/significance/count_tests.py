"""Tests of counts: chi-squared, Fisher's exact test of any table, McNemar, one and two proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.agreement.significance.exact_tables import fisher_p
from radgen_assets.science.agreement.significance.result import Z95, SignificanceTest


def chi_squared(table: ArrayLike, *, correction: bool = False) -> SignificanceTest:
    """Pearson's chi-squared of a table of counts.

    Parameters
    ----------
    table : (r, c) counts; rows and columns without a patient are left out
    correction : bool
        Yates' correction, which touches 2 x 2 tables only.

    Raises
    ------
    UsedWrongly
        For anything but counts, and fewer than two rows or columns in use.

    Source: Pearson 1900; R chisq.test, whose default is Yates' correction.
    """
    counts = as_counts("chi-squared", table)
    result = stats.chi2_contingency(counts, correction=correction)
    return SignificanceTest("chi-squared", float(result.statistic), (float(result.dof),), float(result.pvalue))


def fisher_exact(table: ArrayLike) -> SignificanceTest:
    """Fisher's exact test of a table of counts; of 2 x 2 also the conditional odds ratio with its exact interval.

    Parameters
    ----------
    table : (r, c) counts; rows and columns without a patient are left out

    Raises
    ------
    UsedWrongly
        For anything but counts, and fewer than two rows or columns in use.

    Notes
    -----
    Beyond 2 x 2 every table of the same margins is counted; where these are too many, `method` says that they were
    drawn (see `fisher_p`). An odds ratio of 0 or infinity is told as such. Source: R fisher.test.
    """
    counts = as_counts("Fisher's exact test", table)
    if counts.shape != (2, 2):
        p, exact = fisher_p(counts)
        return SignificanceTest("Fisher's exact" if exact else "Fisher's exact (drawn tables)", None, (), p)
    ratio = stats.contingency.odds_ratio(counts, kind="conditional")
    interval = ratio.confidence_interval()
    return SignificanceTest(
        "Fisher's exact",
        None,
        (),
        float(min(1.0, stats.fisher_exact(counts).pvalue)),
        float(ratio.statistic),
        float(interval.low),
        float(interval.high),
    )


def mcnemar(table: ArrayLike, *, correction: bool = True) -> SignificanceTest:
    """McNemar's test of paired yes/no answers: are the two kinds of disagreement as frequent.

    Parameters
    ----------
    table : (2, 2) counts, rows = first answer; without any disagreement P is 1

    Raises
    ------
    UsedWrongly
        For another shape or negative counts.

    Source: McNemar 1947; R mcnemar.test.
    """
    counts = np.asarray(table)
    if counts.shape != (2, 2) or (counts < 0).any():
        raise UsedWrongly(f"McNemar: found a table of shape {counts.shape}, expected 2 x 2 counts.")
    b, c = float(counts[0, 1]), float(counts[1, 0])
    if b + c == 0:
        return SignificanceTest("McNemar", 0.0, (1.0,), 1.0)
    gap = abs(b - c) - (1.0 if correction and b != c else 0.0)
    statistic = max(gap, 0.0) ** 2 / (b + c)
    return SignificanceTest("McNemar", statistic, (1.0,), float(stats.chi2.sf(statistic, 1)))


def exact_proportion(hits: int, n: int, *, expected: float = 0.5) -> SignificanceTest:
    """Binomial test of one proportion with Clopper and Pearson's interval.

    Raises
    ------
    UsedWrongly
        When `hits` is no count out of `n` > 0.

    Source: Clopper & Pearson 1934; R binom.test.
    """
    _refuse_share(hits, n)
    result = stats.binomtest(hits, n, expected)
    interval = result.proportion_ci(method="exact")
    return SignificanceTest(
        "exact binomial", float(hits), (), float(result.pvalue), hits / n, float(interval.low), float(interval.high)
    )


def wilson_proportion(hits: int, n: int, *, expected: float = 0.5) -> SignificanceTest:
    """Score test of one proportion with Wilson's interval, without continuity correction.

    Raises
    ------
    UsedWrongly
        When `hits` is no count out of `n` > 0, or `expected` is not between 0 and 1.

    Source: Wilson 1927; R prop.test(correct = FALSE).
    """
    _refuse_share(hits, n)
    if not 0 < expected < 1:
        raise UsedWrongly(f"proportion: found an expected share of {expected:g}, expected one between 0 and 1.")
    share, z2 = hits / n, Z95**2
    statistic = (share - expected) ** 2 * n / (expected * (1 - expected))
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    p = float(stats.chi2.sf(statistic, 1))
    low, high = float(max(0.0, centre - half)), float(min(1.0, centre + half))
    return SignificanceTest("score", float(statistic), (1.0,), p, share, low, high)


def compare_proportions(hits: tuple[int, int], n: tuple[int, int]) -> SignificanceTest:
    """Two proportions (first minus second), chi-squared and interval with continuity correction.

    Parameters
    ----------
    hits, n : two counts each

    Raises
    ------
    UsedWrongly
        When a count is not one out of its `n` > 0.

    Source: Newcombe 1998, method 4; R prop.test.
    """
    for each, total in zip(hits, n, strict=True):
        _refuse_share(each, total)
    share = np.array(hits) / np.array(n)
    difference = float(share[0] - share[1])
    correction = min(0.5, abs(difference) / (1 / n[0] + 1 / n[1]))
    width = float(np.sqrt((share * (1 - share) / np.array(n)).sum())) * Z95 + correction * (1 / n[0] + 1 / n[1])
    pooled = sum(hits) / sum(n)
    expected = np.outer([pooled, 1 - pooled], n)
    seen = np.array([hits, np.subtract(n, hits)])
    statistic = 0.0 if pooled in (0, 1) else float(((np.abs(seen - expected) - correction) ** 2 / expected).sum())
    return SignificanceTest(
        "two proportions",
        statistic,
        (1.0,),
        float(stats.chi2.sf(statistic, 1)),
        difference,
        max(-1.0, difference - width),
        min(1.0, difference + width),
    )


def as_counts(name: str, table: ArrayLike) -> NDArray[np.int64]:
    """The table without empty rows and columns.

    Raises
    ------
    UsedWrongly
        When it holds anything but counts, or fewer than two rows or columns with a patient.
    """
    counts = np.asarray(table)
    if counts.ndim != 2 or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise UsedWrongly(f"{name}: found a table of shape {counts.shape}, expected rows and columns of counts.")
    used = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(np.int64)
    if min(used.shape) < 2:
        raise UsedWrongly(f"{name}: found {used.shape[0]} rows and {used.shape[1]} columns in use, expected 2 or more.")
    return used


def _refuse_share(hits: int, n: int) -> None:
    if not 0 <= hits <= n or n < 1:
        raise UsedWrongly(f"proportion: found {hits} of {n}, expected a count out of at least one.")
