"""The ROC curve's area with DeLong's interval, and the comparison of two areas, paired or independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr
from scipy.stats import rankdata

from radgen_assets.contracts.errors import UsedWrongly

Z95 = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class AreaUnderCurve:
    """Area under the ROC curve; `std_err` is the root of the sum of squares of `influence` (over persons, if told)."""

    value: float
    std_err: float
    low: float
    high: float
    n_positive: int
    n_negative: int
    influence: NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """One measure minus another on the same patients, with a normal interval and two-sided P."""

    value: float
    std_err: float
    low: float
    high: float
    z: float
    p: float


def roc_auc(outcome: ArrayLike, score: ArrayLike, *, persons: ArrayLike | None = None) -> AreaUnderCurve:
    """Area under the ROC curve with DeLong's 95 % interval.

    Parameters
    ----------
    outcome : (n,) 0 or 1
    score : (n,) float64
        Higher = more likely 1. The direction is fixed: an area below one half stays below (pROC would turn it).
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error (Obuchowski 1997).

    Raises
    ------
    UsedWrongly
        With fewer than two positives or negatives, or NaN in `score`.

    Notes
    -----
    Scores that separate the classes completely have a standard error of 0, as in R: the interval then says nothing
    about the next patients. Source: DeLong, DeLong & Clarke-Pearson 1988; R pROC::roc, ci.auc; ties count one half.
    """
    positive, values = checked_scores(outcome, score)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    overall = rankdata(values)
    above = np.empty(len(values))  # share of the other class that each patient stands on the right side of
    above[positive] = (overall[positive] - rankdata(values[positive])) / n_negative
    above[~positive] = 1 - (overall[~positive] - rankdata(values[~positive])) / n_positive
    area = float(above[positive].mean())
    size = np.where(positive, n_positive, n_negative)
    influence = (above - area) / np.sqrt(size * (size - 1.0))
    std_err = float(np.sqrt((sum_by_person(influence, persons) ** 2).sum()))
    return AreaUnderCurve(
        value=area,
        std_err=std_err,
        low=max(0.0, area - Z95 * std_err),
        high=min(1.0, area + Z95 * std_err),
        n_positive=n_positive,
        n_negative=n_negative,
        influence=influence,
    )


def compare_auc(
    outcome: ArrayLike, score: ArrayLike, other_score: ArrayLike, *, persons: ArrayLike | None = None
) -> PairedDifference:
    """Area of `score` minus area of `other_score` on the same patients (DeLong's paired test; R pROC::roc.test)."""
    first, second = roc_auc(outcome, score), roc_auc(outcome, other_score)
    return paired_difference(first.value - second.value, sum_by_person(first.influence - second.influence, persons))


@dataclass(frozen=True)
class IndependentDifference:
    """One area minus another of other patients; `df` are Satterthwaite's degrees of freedom of t."""

    value: float
    std_err: float
    low: float
    high: float
    t: float
    df: float
    p: float


def compare_independent_auc(first: AreaUnderCurve, second: AreaUnderCurve) -> IndependentDifference:
    """Area of one set of patients minus area of another, two-sided P; the interval is 1.96 standard errors wide.

    Raises
    ------
    UsedWrongly
        When neither area has a standard error (both separate their classes completely).

    Source: R pROC::roc.test(paired = FALSE, method = "delong"), which takes t with Satterthwaite's degrees of freedom.
    """
    parts = np.array([area.std_err**2 for area in (first, second)])
    size = np.array([area.n_positive + area.n_negative for area in (first, second)], dtype=np.float64)
    variance = float(parts.sum())
    if variance == 0:
        raise UsedWrongly("ROC: found two areas without a standard error, expected one that can vary. Tell them as is.")
    value, std_err = first.value - second.value, float(np.sqrt(variance))
    t, df = value / std_err, float(variance**2 / (parts**2 / (size - 1)).sum())
    return IndependentDifference(
        value, std_err, value - Z95 * std_err, value + Z95 * std_err, t, df, float(2 * stdtr(df, -abs(t)))
    )


def paired_difference(value: float, influence: NDArray[np.float64]) -> PairedDifference:
    """Interval and P of a difference from the influence of each independent unit on it."""
    std_err = float(np.sqrt((influence**2).sum()))
    z = value / std_err if std_err > 0 else 0.0 if value == 0 else float(np.copysign(np.inf, value))
    return PairedDifference(
        float(value), std_err, float(value - Z95 * std_err), float(value + Z95 * std_err), z, float(2 * ndtr(-abs(z)))
    )


def roc_curve(outcome: ArrayLike, score: ArrayLike) -> tuple[NDArray, NDArray, NDArray]:
    """Thresholds (decreasing, first infinite), sensitivities and specificities of the rule "score >= threshold"."""
    positive, values = checked_scores(outcome, score)
    order = np.argsort(-values, kind="stable")
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    hit = np.cumsum(positive[order])[last]
    false = np.cumsum(~positive[order])[last]
    return (
        np.append(np.inf, values[order][last]),
        np.append(0.0, hit / positive.sum()),
        np.append(1.0, 1 - false / (~positive).sum()),
    )


def sum_by_person(influence: NDArray[np.float64], persons: ArrayLike | None) -> NDArray[np.float64]:
    """Sum the influence of the patients of each person; unchanged without persons."""
    if persons is None:
        return influence
    _, code = np.unique(np.asarray(persons).astype(str), return_inverse=True)
    return np.bincount(code, weights=influence).astype(np.float64)


def checked_scores(outcome: ArrayLike, score: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(n,) True for a positive, and (n,) scores.

    Raises
    ------
    UsedWrongly
        For unequal shapes, an outcome other than 0 and 1, NaN, and fewer than two of a class.
    """
    y, values = np.asarray(outcome), np.asarray(score, dtype=np.float64)
    if y.shape != values.shape or y.ndim != 1:
        raise UsedWrongly(f"ROC: found outcome and score of shapes {y.shape} and {values.shape}, expected (n,) twice.")
    if not np.isin(y, (0, 1)).all():
        raise UsedWrongly("ROC: found an outcome other than 0 and 1, expected 1 for the positive class.")
    if np.isnan(values).any():
        raise UsedWrongly(f"ROC: found {int(np.isnan(values).sum())} scores that are NaN, expected none.")
    positive = y == 1
    if min(positive.sum(), (~positive).sum()) < 2:
        raise UsedWrongly(
            f"ROC: found {int(positive.sum())} positives and {int((~positive).sum())} negatives, "
            "expected at least 2 of each."
        )
    return positive, values
