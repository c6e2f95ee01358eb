"""Table 1: each variable by group, with the test that suits it, named, and the standardised mean difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.agreement.significance.exact_tables import fisher_p

if TYPE_CHECKING:
    from radgen_assets.science.survival.outcome import Outcome

FEW_VALUES = 4  # numbers with no more distinct values than this (WHO grade) are told as categories
LARGE_GROUP = 30  # patients in each group from which a mean of a roughly symmetric variable is near normal
ROUGHLY_SYMMETRIC = 1.0  # absolute skewness in every group
EXACT_BELOW = 50  # patients in each group below which Wilcoxon's P is exact when nothing is tied (as R)
SMALL_EXPECTED = 5  # Cochran: below this expected count chi-squared is not to be trusted


@dataclass(frozen=True)
class BaselineRow:
    """A line of Table 1: a variable (level "", with test, P and SMD) or one of its levels.

    values : one text a group, in the order of the table's groups
    smd : standardised mean difference, not signed; the largest between any two groups where there are more
    """

    variable: str
    level: str
    values: tuple[str, ...]
    test: str = ""
    p: float | None = None
    smd: float | None = None


@dataclass(frozen=True)
class BaselineTable:
    """Who the patients are, by group. `groups`: label and number of patients of each column."""

    groups: tuple[tuple[str, int], ...]
    rows: tuple[BaselineRow, ...]


def baseline_table(
    frame: pd.DataFrame, group: pd.Series, *, times: Mapping[str, Outcome] | None = None
) -> BaselineTable:
    """Describe patients by group.

    Parameters
    ----------
    frame : one row a patient; numbers, booleans or categories
    group : label of each patient, on the same index; groups stand in the order of their first patient
    times : name -> survival of the same patients, in the order of `frame`; told after the variables by median with its
        95 % interval and number of events, and compared by the log-rank test. A mean of censored times is not defined.

    Raises
    ------
    UsedWrongly
        When these are not the same patients, or a patient has no group.

    Notes
    -----
    Which test: numbers that are roughly symmetric (|skewness| < 1) with at least 30 patients in each group are told as
    mean (SD) and compared by Welch's t test (two groups) or Welch's ANOVA; other numbers as median (quartiles) and by
    Wilcoxon's rank sum (exact without ties below 50 a group, else normal with continuity correction) or
    Kruskal-Wallis. Categories, and numbers with at most four distinct values: counts, Pearson's chi-squared without
    correction, or Fisher's exact test when an expected count is below 5 (by 99,999 drawn tables where there are too
    many to count, and named so).
    Missing values have their own line and enter no test; a test that is not defined has no P.
    Sources: R t.test, oneway.test, wilcox.test, kruskal.test, chisq.test, fisher.test; SMD: Yang & Dalton 2012.
    """
    if not frame.index.equals(group.index):
        raise UsedWrongly("Table 1: found another index for group than for the patients, expected the same patients.")
    if group.isna().any():
        raise UsedWrongly(f"Table 1: found {int(group.isna().sum())} patients without a group, expected one each.")
    labels = list(dict.fromkeys(group.astype(str)))
    code = np.array([labels.index(label) for label in group.astype(str)])
    rows = [row for name in frame.columns for row in _variable(str(name), frame[name], code, len(labels))]
    for name, outcome in (times or {}).items():
        rows += _time_rows(name, outcome, code, len(labels))
    return BaselineTable(tuple((label, int((code == k).sum())) for k, label in enumerate(labels)), tuple(rows))


def standardised_difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """|Difference| of two groups in pooled standard deviations; None without spread.

    first, second : (n,) float64, two values or more each
    """
    spread = (first.var(ddof=1) + second.var(ddof=1)) / 2
    return float(abs(first.mean() - second.mean()) / np.sqrt(spread)) if spread > 0 else None


def share_difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Mahalanobis distance of the shares (k,) of a category's levels in two groups; None without spread."""
    a, b = first[1:], second[1:]
    spread = (np.diag(a) - np.outer(a, a) + np.diag(b) - np.outer(b, b)) / 2
    if not spread.any():
        return None
    squared = float((a - b) @ np.linalg.pinv(spread, hermitian=True) @ (a - b))
    return float(np.sqrt(max(0.0, squared)))


def _variable(name: str, values: pd.Series, code: NDArray[np.int64], n_groups: int) -> list[BaselineRow]:
    known = values.notna().to_numpy()
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    if numeric and values[known].nunique() > FEW_VALUES:
        numbers = values[known].to_numpy(dtype=np.float64)
        rows = [_number_row(name, [numbers[code[known] == k] for k in range(n_groups)])]
    else:
        rows = _category_rows(name, np.array([_level(v) for v in values[known]], dtype=str), code[known], n_groups)
    if not known.all():
        told = tuple(_count(int((~known & (code == k)).sum()), int((code == k).sum())) for k in range(n_groups))
        rows.append(BaselineRow(name, "missing", told))
    return rows


def _number_row(name: str, parts: list[NDArray[np.float64]]) -> BaselineRow:
    symmetric = all(
        len(part) >= LARGE_GROUP and np.ptp(part) > 0 and abs(stats.skew(part)) < ROUGHLY_SYMMETRIC for part in parts
    )
    told = tuple(_describe(part, symmetric) for part in parts)
    compared = [part for part in parts if len(part) > 1]
    if len(compared) < 2 or np.ptp(np.concatenate(compared)) == 0:
        return BaselineRow(name, "", told)
    test, p = _number_test(compared, symmetric)
    found = [d for a, b in combinations(compared, 2) if (d := standardised_difference(a, b)) is not None]
    return BaselineRow(name, "", told, test, p, max(found, default=None))


def _number_test(parts: list[NDArray[np.float64]], symmetric: bool) -> tuple[str, float]:
    if len(parts) > 2:
        if symmetric:
            return "Welch's ANOVA", float(stats.f_oneway(*parts, equal_var=False).pvalue)
        return "Kruskal-Wallis", float(stats.kruskal(*parts).pvalue)
    if symmetric:
        return "Welch's t", float(stats.ttest_ind(*parts, equal_var=False).pvalue)
    both = np.concatenate(parts)
    exact = len(np.unique(both)) == len(both) and max(map(len, parts)) < EXACT_BELOW
    p = stats.mannwhitneyu(*parts, method="exact" if exact else "asymptotic").pvalue
    return "Wilcoxon, exact" if exact else "Wilcoxon", float(p)


def _category_rows(name: str, levels: NDArray[np.str_], code: NDArray[np.int64], n_groups: int) -> list[BaselineRow]:
    names = sorted(set(levels), key=_in_order)
    counts = np.array([[int(((levels == level) & (code == k)).sum()) for k in range(n_groups)] for level in names])
    counts = counts.reshape(len(names), n_groups)
    totals = counts.sum(axis=0)
    used = counts[:, totals > 0]
    test, p = _category_test(used)
    shares = (used / used.sum(axis=0)).T
    found = [d for a, b in combinations(shares, 2) if len(names) > 1 and (d := share_difference(a, b)) is not None]
    rows = [BaselineRow(name, "", ("",) * n_groups, test, p, max(found, default=None))]
    for level, line in zip(names, counts, strict=True):
        told = tuple(_count(int(n), int(total)) for n, total in zip(line, totals, strict=True))
        rows.append(BaselineRow(name, str(level), told))
    return rows


def _category_test(counts: NDArray[np.int64]) -> tuple[str, float | None]:
    if min(counts.shape) < 2:
        return "", None
    pearson = stats.chi2_contingency(counts, correction=False)
    if (pearson.expected_freq >= SMALL_EXPECTED).all():
        return "chi-squared", float(pearson.pvalue)
    if counts.shape == (2, 2):
        return "Fisher's exact", float(stats.fisher_exact(counts).pvalue)
    p, exact = fisher_p(counts)
    return ("Fisher's exact" if exact else "Fisher's exact (drawn tables)"), p


def _time_rows(name: str, outcome: Outcome, code: NDArray[np.int64], n_groups: int) -> list[BaselineRow]:
    from radgen_assets.science.survival import kaplan_meier, logrank

    if outcome.n != len(code):
        raise UsedWrongly(f"Table 1: found {outcome.n} times of '{name}' for {len(code)} patients, expected one each.")
    parts = [outcome.of(code == k) for k in range(n_groups)]
    tested = n_groups > 1 and outcome.n_events > 0
    return [
        BaselineRow(name, "", ("",) * n_groups, *(("log-rank", logrank(outcome, code).p) if tested else ("", None))),
        BaselineRow(name, "median, months", tuple(_median_time(*kaplan_meier(part).median) for part in parts)),
        BaselineRow(name, "events", tuple(_count(part.n_events, part.n) for part in parts)),
    ]


def _median_time(median: float | None, low: float | None, high: float | None) -> str:
    if median is None:
        return "not reached"
    return f"{_short(median)} ({'–' if low is None else _short(low)} to {'–' if high is None else _short(high)})"


def _describe(values: NDArray[np.float64], symmetric: bool) -> str:
    if not len(values):
        return "–"
    if symmetric:
        return f"{_short(values.mean())} ({_short(values.std(ddof=1))})"
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return f"{_short(middle)} ({_short(low)} to {_short(high)})"


def _short(value: float) -> str:
    """About three figures."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _count(n: int, total: int) -> str:
    return f"{n} ({n / total:.0%})" if total else "0"


def _level(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _in_order(level: str) -> tuple[int, float, str]:
    try:
        return (0, float(level), level)
    except ValueError:
        return (1, 0.0, level)
