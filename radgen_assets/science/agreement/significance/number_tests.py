"""Tests of numbers between groups and of two distributions, each as R gives it by default."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement.significance.result import Z95, SignificanceTest, pair, refuse_constant, sample

EXACT_BELOW = 50  # patients in each group below which ranks without ties are counted exactly, as R


def t_test(first: ArrayLike, second: ArrayLike, *, equal_variances: bool = False) -> SignificanceTest:
    """Difference of two means (first minus second): Welch's test, or Student's with equal variances.

    Parameters
    ----------
    first, second : (n,), (m,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two values.
    BadInput
        For NaN or infinity, and when neither varies.

    Source: Student 1908, Welch 1947; R t.test.
    """
    x, y = sample("t test", first), sample("t test", second)
    refuse_constant("t test", x, y)
    result = stats.ttest_ind(x, y, equal_var=equal_variances)
    interval = result.confidence_interval()
    return SignificanceTest(
        "Student's t" if equal_variances else "Welch's t",
        float(result.statistic),
        (float(result.df),),
        float(result.pvalue),
        float(x.mean() - y.mean()),
        float(interval.low),
        float(interval.high),
    )


def paired_t_test(first: ArrayLike, second: ArrayLike) -> SignificanceTest:
    """Mean difference within pairs (first minus second).

    Parameters
    ----------
    first, second : (n,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two pairs or unequal lengths.
    BadInput
        For NaN or infinity, and when all differences are equal.

    Source: R t.test(paired = TRUE).
    """
    x, y = pair("paired t test", first, second)
    refuse_constant("paired t test", x - y)
    result = stats.ttest_rel(x, y)
    interval = result.confidence_interval()
    return SignificanceTest(
        "paired t",
        float(result.statistic),
        (float(result.df),),
        float(result.pvalue),
        float((x - y).mean()),
        float(interval.low),
        float(interval.high),
    )


def wilcoxon_rank_sum(first: ArrayLike, second: ArrayLike, *, correction: bool = True) -> SignificanceTest:
    """Wilcoxon's rank sum test with the Hodges-Lehmann shift (first minus second) and its interval.

    Parameters
    ----------
    first, second : (n,), (m,) float64

    Raises
    ------
    UsedWrongly
        For a group without a value.
    BadInput
        For NaN or infinity, and when all values are equal.

    Source: Wilcoxon 1945, Hodges & Lehmann 1963; R wilcox.test: exact below 50 a group without ties, else normal with
    a continuity correction. `statistic` is R's W, the pairs in which the first is larger. R's own search for the
    limits stops within 1e-4 of those told here.
    """
    x, y = sample("Wilcoxon", first, smallest=1), sample("Wilcoxon", second, smallest=1)
    both = np.concatenate([x, y])
    if np.ptp(both) == 0:
        raise BadInput("Wilcoxon", "values", "one value only", "some spread", "Leave the variable out.")
    exact = len(np.unique(both)) == len(both) and max(len(x), len(y)) < EXACT_BELOW
    result = stats.mannwhitneyu(x, y, use_continuity=correction, method="exact" if exact else "asymptotic")
    if exact:
        shifts = np.sort(np.subtract.outer(x, y).ravel())
        estimate, low, high = float(np.median(shifts)), *_exact_shift(shifts, len(x), len(y))
    else:
        estimate, low, high = (
            _root_of_shift(x, y, target, correction=correction and target != 0) for target in (0.0, Z95, -Z95)
        )
    name = "Wilcoxon, exact" if exact else "Wilcoxon"
    return SignificanceTest(name, float(result.statistic), (), float(result.pvalue), estimate, low, high)


def wilcoxon_signed_rank(first: ArrayLike, second: ArrayLike, *, correction: bool = True) -> SignificanceTest:
    """Wilcoxon's signed rank test of pairs; pairs that do not differ are left out.

    Parameters
    ----------
    first, second : (n,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two pairs or unequal lengths.
    BadInput
        For NaN or infinity, and when no pair differs.

    Source: R wilcox.test(paired = TRUE); `statistic` is R's V. scipy's default lacks the continuity correction.
    """
    x, y = pair("signed rank", first, second)
    d = (x - y)[x != y]
    if not len(d):
        raise BadInput("signed rank", "pairs", "no pair that differs", "some", "Leave the comparison out.")
    exact = len(d) == len(x) < EXACT_BELOW and len(np.unique(np.abs(d))) == len(d)
    result = stats.wilcoxon(d, zero_method="wilcox", correction=correction, method="exact" if exact else "asymptotic")
    statistic = float(stats.rankdata(np.abs(d))[d > 0].sum())
    return SignificanceTest(
        "Wilcoxon signed rank, exact" if exact else "Wilcoxon signed rank", statistic, (), float(result.pvalue)
    )


def one_way_anova(groups: Sequence[ArrayLike], *, equal_variances: bool = True) -> SignificanceTest:
    """Analysis of variance of one factor; without equal variances Welch's.

    Parameters
    ----------
    groups : two or more of (n_g,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two groups, or one of fewer than two values.
    BadInput
        For NaN or infinity, and when no group varies.

    Source: Fisher 1925, Welch 1951; R anova(lm), oneway.test.
    """
    parts = _parts("ANOVA", groups, smallest=2)
    refuse_constant("ANOVA", *parts)
    result = stats.f_oneway(*parts, equal_var=equal_variances)
    n, k = sum(map(len, parts)), len(parts)
    df2 = n - k if equal_variances else _welch_df(parts)
    return SignificanceTest(
        "ANOVA" if equal_variances else "Welch's ANOVA",
        float(result.statistic),
        (float(k - 1), float(df2)),
        float(result.pvalue),
    )


def kruskal_wallis(groups: Sequence[ArrayLike]) -> SignificanceTest:
    """Kruskal and Wallis' rank test, corrected for ties.

    Parameters
    ----------
    groups : two or more of (n_g,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two groups, or one without a value.
    BadInput
        For NaN or infinity, and when all values are equal.

    Source: Kruskal & Wallis 1952; R kruskal.test.
    """
    parts = _parts("Kruskal-Wallis", groups, smallest=1)
    refuse_constant("Kruskal-Wallis", np.concatenate(parts))
    result = stats.kruskal(*parts)
    return SignificanceTest("Kruskal-Wallis", float(result.statistic), (len(parts) - 1.0,), float(result.pvalue))


def bartlett(groups: Sequence[ArrayLike]) -> SignificanceTest:
    """Bartlett's test of equal variances, for normal data; for others `levene_filter`.

    Parameters
    ----------
    groups : two or more of (n_g,) float64

    Raises
    ------
    UsedWrongly
        For fewer than two groups, or one of fewer than two values.
    BadInput
        For NaN or infinity, and when a group does not vary.

    Source: Bartlett 1937; R bartlett.test.
    """
    parts = _parts("Bartlett", groups, smallest=2)
    for part in parts:
        refuse_constant("Bartlett", part)
    result = stats.bartlett(*parts)
    return SignificanceTest("Bartlett", float(result.statistic), (len(parts) - 1.0,), float(result.pvalue))


def kolmogorov_smirnov(first: ArrayLike, second: ArrayLike) -> SignificanceTest:
    """Largest difference of two distributions, with a P that knows of ties: exact below 10,000 products of sizes.

    Parameters
    ----------
    first, second : (n,), (m,) float64

    Raises
    ------
    UsedWrongly
        For a group without a value.
    BadInput
        For NaN or infinity.

    Source: R 4.2 ks.test, which counts paths of the permutation distribution given the ties (Schröer & Trenkler 1995);
    scipy's exact P assumes none.
    """
    x, y = np.sort(sample("Kolmogorov-Smirnov", first, smallest=1)), np.sort(sample("KS", second, smallest=1))
    values = np.unique(np.concatenate([x, y]))
    share_x, share_y = (np.searchsorted(each, values, side="right") / len(each) for each in (x, y))
    statistic = float(np.abs(share_x - share_y).max())
    if len(x) * len(y) < 10_000:
        ends = np.searchsorted(np.sort(np.concatenate([x, y])), values, side="right")
        return SignificanceTest(
            "Kolmogorov-Smirnov, exact", statistic, (), _p_of_paths(statistic, len(x), len(y), ends)
        )
    p = float(stats.kstwobign.sf(statistic * np.sqrt(len(x) * len(y) / (len(x) + len(y)))))
    return SignificanceTest("Kolmogorov-Smirnov", statistic, (), p)


def _p_of_paths(statistic: float, m: int, n: int, ends: NDArray[np.int64]) -> float:
    """P(D >= statistic): share of orders of the m + n labels whose curves part so far where no tie is open.

    ends : how many values stand at or below each distinct value
    """
    bound = (0.5 + np.floor(statistic * m * n - 1e-7)) / (m * n)
    checked = np.zeros(m + n + 1, dtype=bool)
    checked[ends] = True
    inside = np.zeros(n + 1)
    inside[0] = 1.0
    for i in range(m + 1):
        for j in range(n + 1):
            if i or j:
                # probability of the path being here: from one label less of either kind, all orders being as likely
                from_x = inside[j] * i / (i + j) if i else 0.0
                from_y = inside[j - 1] * j / (i + j) if j else 0.0
                far = checked[i + j] and abs(i / m - j / n) >= bound
                inside[j] = 0.0 if far else from_x + from_y
    return float(min(1.0, max(0.0, 1 - inside[n])))


def _exact_shift(shifts: NDArray[np.float64], m: int, n: int) -> tuple[float, float]:
    """95 % limits of the shift from the exact distribution of W (R wilcox.test, qwilcox)."""
    counts = np.zeros(m * n + 1)
    counts[0] = 1.0
    for i in range(1, m + 1):  # coefficients of the Gaussian binomial (m + n choose m)
        counts[n + i :] -= counts[: m * n + 1 - n - i].copy() if n + i <= m * n else 0.0
        for start in range(i, m * n + 1):
            counts[start] += counts[start - i]
    below = np.cumsum(counts) / counts.sum()
    cut = max(1, int(np.searchsorted(below, 0.025, side="left")))
    return float(shifts[cut - 1]), float(shifts[m * n - cut])


def _root_of_shift(x: NDArray[np.float64], y: NDArray[np.float64], target: float, *, correction: bool) -> float:
    """Shift of x at which the standardised rank sum, which falls in steps, crosses `target`; the middle of a level."""
    z = _standardised(x, y, target, correction)
    edges = []
    for beyond in (operator.gt, operator.ge)[: 2 if target == 0 else 1]:  # a level at 0 is common, one at 1.96 never
        low, high = float(x.min() - y.max()), float(x.max() - y.min())
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if beyond(z(middle), target) else (low, middle)
        edges.append(high)
    return sum(edges) / len(edges)


def _standardised(
    x: NDArray[np.float64], y: NDArray[np.float64], target: float, correction: bool
) -> Callable[[float], float]:
    m, n = len(x), len(y)
    step = 0.5 * np.sign(target) if correction else 0.0

    def z(shift: float) -> float:
        ranks = stats.rankdata(np.concatenate([x - shift, y]))
        _, ties = np.unique(ranks, return_counts=True)
        centred = ranks[:m].sum() - m * (m + 1) / 2 - m * n / 2
        spread = m * n / 12 * ((m + n + 1) - (ties**3 - ties).sum() / ((m + n) * (m + n - 1)))
        return float((centred - step) / np.sqrt(spread)) if spread > 0 else 0.0

    return z


def _welch_df(parts: list[NDArray[np.float64]]) -> float:
    size = np.array([len(part) for part in parts], dtype=np.float64)
    weight = size / np.array([part.var(ddof=1) for part in parts])
    spread = ((1 - weight / weight.sum()) ** 2 / (size - 1)).sum()
    return float((len(parts) ** 2 - 1) / (3 * spread))


def _parts(name: str, groups: Sequence[ArrayLike], *, smallest: int) -> list[NDArray[np.float64]]:
    parts = [sample(name, group, smallest=smallest) for group in groups]
    if len(parts) < 2:
        raise UsedWrongly(f"{name}: found {len(parts)} groups, expected two or more.")
    return parts
