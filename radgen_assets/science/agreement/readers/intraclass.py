"""Intraclass correlation: the six forms of Shrout and Fleiss with intervals and P, for one measurement or thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc, fdtri

from radgen_assets.contracts.errors import BadInput, UsedWrongly

Form = Literal["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
FORMS: tuple[Form, ...] = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
CONSISTENCY = [FORMS.index("ICC3"), FORMS.index("ICC3k")]
ROUNDING = 1e-13  # share of the total sum of squares that is no more than the error of its arithmetic


@dataclass(frozen=True, eq=False)
class IntraclassCorrelation:
    """Six intraclass correlations of each of m measurements; all arrays are (m, 6) in the order of `forms`.

    forms : "ICC1", "ICC2", "ICC3": of one reader; the same with "k": of the mean of all readers.
        1 = each subject has readers of its own; 2 = the same readers, drawn from many (absolute agreement);
        3 = these readers only (consistency: a constant difference between them does not count)
    value, low, high : correlation and 95 % limits; can be negative, at most 1
    f, df1, df2, p : F statistic of "no more alike than by chance" (correlation 0), its degrees of freedom, one-sided P
    names : (m,) of the measurements
    status : (m,) "estimated";
        "identical": readers never differ, subjects do: every form is 1, F infinite, P 0;
        "shifted": readers differ by constants only: ICC3 and ICC3k are 1, their F (and that of ICC2) infinite;
        "constant": nothing varies; "subjects_alike": all subjects have one mean: in both the numbers are NaN, since
        agreement about differences between subjects cannot be told without any
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    f: NDArray[np.float64]
    df1: NDArray[np.float64]
    df2: NDArray[np.float64]
    p: NDArray[np.float64]
    names: tuple[str, ...]
    status: tuple[str, ...]
    n: int
    n_readers: int
    level: float
    forms: tuple[Form, ...] = FORMS

    def of(self, form: Form) -> pd.DataFrame:
        """One form: a row a measurement, columns value, low, high, f, df1, df2, p, status."""
        if form not in self.forms:
            raise UsedWrongly(f"intraclass correlation: found the form '{form}', expected {', '.join(self.forms)}.")
        place = self.forms.index(form)
        columns = {name: getattr(self, name)[:, place] for name in ("value", "low", "high", "f", "df1", "df2", "p")}
        return pd.DataFrame({**columns, "status": self.status}, index=pd.Index(self.names, name="measurement"))


def intraclass_correlation(
    ratings: ArrayLike, *, names: ArrayLike | None = None, level: float = 0.95
) -> IntraclassCorrelation:
    """All six intraclass correlations with F-based intervals.

    Parameters
    ----------
    ratings : (n_subjects, n_readers) or (m, n_subjects, n_readers) float64
        Every reader measured every subject. Two feature tables (n, m) of two readers:
        ``np.stack([first, second], axis=-1).transpose(1, 0, 2)``.
    names : (m,) labels, optional
        Of the measurements.
    level : float
        Of the interval.

    Raises
    ------
    UsedWrongly
        For another shape, fewer than two subjects or readers, another number of names.
    BadInput
        For NaN or infinite ratings; the text names the measurements.

    Notes
    -----
    The interval of ICC2 and ICC2k uses Satterthwaite's degrees of freedom, as Shrout & Fleiss 1979 (McGraw & Wong
    1996 give the same); P of ICC2 is that of ICC3, as R has it. Nothing is set to 0 when it is negative.
    Source: Shrout & Fleiss 1979; R psych::ICC(lmer = FALSE).
    """
    x, labels = _checked(ratings, names)
    if not 0 < level < 1:
        raise UsedWrongly(f"intraclass correlation: found the level {level}, expected a share such as 0.95.")
    _, n, k = x.shape
    squares = _mean_squares(x)
    alike, identical = squares.subjects == 0, (squares.subjects > 0) & (squares.within == 0)
    shifted = (squares.subjects > 0) & (squares.residual == 0) & ~identical
    with np.errstate(divide="ignore", invalid="ignore"):  # where readers never differ: F is infinite, set below
        value = _values(squares, n, k)
        f, df1, df2 = _f_statistics(squares, n, k)
        low, high = _limits(squares, value[:, 1], n, k, 1 - (1 - level) / 2)
        p = fdtrc(df1, df2, f)
    for array, stated in ((value, 1.0), (low, 1.0), (high, 1.0), (f, np.inf), (p, 0.0)):
        array[identical] = stated
        array[alike] = np.nan
    for array in (low, high):
        array[np.ix_(shifted, CONSISTENCY)] = 1.0
    told = np.select(
        [alike & (squares.within == 0), alike, identical, shifted],
        ["constant", "subjects_alike", "identical", "shifted"],
        "estimated",
    )
    return IntraclassCorrelation(
        value, low, high, f, df1, df2, p, labels, tuple(map(str, told)), n=n, n_readers=k, level=level
    )


@dataclass(frozen=True, eq=False)
class _MeanSquares:
    """(m,) each: between subjects, between readers, residual, and within subjects (readers and residual together)."""

    subjects: NDArray[np.float64]
    readers: NDArray[np.float64]
    residual: NDArray[np.float64]
    within: NDArray[np.float64]


def _mean_squares(x: NDArray[np.float64]) -> _MeanSquares:
    """Two-way analysis of variance without replication; sums of squares that are rounding error are 0."""
    _, n, k = x.shape
    # centred first, so that large values (signal intensities) lose no digits
    centred = x - x.mean(axis=(1, 2), keepdims=True)
    of_subject, of_reader = centred.mean(axis=2, keepdims=True), centred.mean(axis=1, keepdims=True)
    subjects = k * (of_subject**2).sum(axis=(1, 2))
    readers = n * (of_reader**2).sum(axis=(1, 2))
    residual = ((centred - of_subject - of_reader) ** 2).sum(axis=(1, 2))
    floor = ROUNDING * (centred**2).sum(axis=(1, 2))
    floor += (np.abs(x).max(axis=(1, 2)) * np.finfo(np.float64).eps * 4) ** 2 * n * k
    subjects, readers, residual = (np.where(each <= floor, 0.0, each) for each in (subjects, readers, residual))
    return _MeanSquares(
        subjects=subjects / (n - 1),
        readers=readers / (k - 1),
        residual=residual / ((n - 1) * (k - 1)),
        within=(readers + residual) / (n * (k - 1)),
    )


def _values(ms: _MeanSquares, n: int, k: int) -> NDArray[np.float64]:
    """(m, 6) Shrout & Fleiss 1979, table 4."""
    shift = (ms.readers - ms.residual) / n
    return np.column_stack(
        [
            (ms.subjects - ms.within) / (ms.subjects + (k - 1) * ms.within),
            (ms.subjects - ms.residual) / (ms.subjects + (k - 1) * ms.residual + k * shift),
            (ms.subjects - ms.residual) / (ms.subjects + (k - 1) * ms.residual),
            (ms.subjects - ms.within) / ms.subjects,
            (ms.subjects - ms.residual) / (ms.subjects + shift),
            (ms.subjects - ms.residual) / ms.subjects,
        ]
    )


def _f_statistics(ms: _MeanSquares, n: int, k: int) -> tuple[NDArray, NDArray, NDArray]:
    one_way, two_way = ms.subjects / ms.within, ms.subjects / ms.residual
    f = np.column_stack([one_way, two_way, two_way] * 2)
    df1 = np.full(f.shape, float(n - 1))
    df2 = np.tile(np.array([n * (k - 1), (n - 1) * (k - 1), (n - 1) * (k - 1)] * 2, dtype=np.float64), (len(f), 1))
    return f, df1, df2


def _limits(
    ms: _MeanSquares, icc2: NDArray[np.float64], n: int, k: int, share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(m, 6) limits; `share` is the upper quantile used, 0.975 for 95 %."""
    low, high = np.empty((len(icc2), 6)), np.empty((len(icc2), 6))
    for place, error, df in ((0, ms.within, n * (k - 1)), (2, ms.residual, (n - 1) * (k - 1))):
        f = ms.subjects / error
        lower, upper = f / fdtri(n - 1, df, share), f * fdtri(df, n - 1, share)
        low[:, place], high[:, place] = (lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1)
        low[:, place + 3], high[:, place + 3] = 1 - 1 / lower, 1 - 1 / upper
    error_df = _satterthwaite(ms, icc2, n, k)
    upper_f, lower_f = fdtri(n - 1, error_df, share), fdtri(error_df, n - 1, share)
    noise = k * ms.readers + (k * n - k - n) * ms.residual
    low[:, 1] = n * (ms.subjects - upper_f * ms.residual) / (upper_f * noise + n * ms.subjects)
    high[:, 1] = n * (lower_f * ms.subjects - ms.residual) / (noise + n * lower_f * ms.subjects)
    low[:, 4], high[:, 4] = (k * each[:, 1] / (1 + each[:, 1] * (k - 1)) for each in (low, high))
    return low, high


def _satterthwaite(ms: _MeanSquares, icc2: NDArray[np.float64], n: int, k: int) -> NDArray[np.float64]:
    """Degrees of freedom of the error of ICC2; multiplied through by the residual, so that it may be 0."""
    of_readers = k * icc2 * ms.readers
    of_residual = (n * (1 + (k - 1) * icc2) - k * icc2) * ms.residual
    return (k - 1) * (n - 1) * (of_readers + of_residual) ** 2 / ((n - 1) * of_readers**2 + of_residual**2)


def _checked(ratings: ArrayLike, names: ArrayLike | None) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    x = np.asarray(ratings, dtype=np.float64)
    if x.ndim == 2:
        x = x[None]
    if x.ndim != 3 or min(x.shape[1:]) < 2 or not len(x):
        raise UsedWrongly(
            f"intraclass correlation: found ratings of shape {np.shape(ratings)}, expected (subjects, readers) or "
            "(measurements, subjects, readers) with at least 2 of each."
        )
    labels = tuple(f"x{i}" for i in range(len(x))) if names is None else tuple(map(str, np.asarray(names)))
    if len(labels) != len(x):
        raise UsedWrongly(f"intraclass correlation: found {len(labels)} names for {len(x)} measurements.")
    bad = np.flatnonzero(~np.isfinite(x).all(axis=(1, 2)))
    if len(bad):
        n_bad = int((~np.isfinite(x[bad[0]])).sum())
        raise BadInput(
            "ratings",
            f"{labels[bad[0]]}{f' and {len(bad) - 1} more' if len(bad) > 1 else ''}",
            f"{n_bad} values that are NaN or infinite",
            "a number of every reader for every subject",
            "Leave out the subjects that a reader did not measure.",
        )
    return x, labels
