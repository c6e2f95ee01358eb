"""A path of penalties with its cross-validated measure, and the two penalties that glmnet reads from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly


@dataclass(frozen=True)
class PathSettings:
    """How a path is laid and validated."""

    n_lambdas: int = 60
    smallest_ratio: float = 0.05  # of the first penalty; below it a path of more columns than patients is saturated
    standardise: bool = True  # penalise per standard deviation; without, columns on large scales are favoured
    folds_find_lambdas: bool = False  # glmnet's default: each fold lays its own path and is interpolated


@dataclass(frozen=True, eq=False)
class CrossValidatedPath:
    """Coefficients along the penalties, and what held-out patients say about each.

    names : (p,) of the columns
    lambdas : (L,) decreasing
    coefficients : (L, p) per unit of the columns as given; standardised : (L, p) per standard deviation
    converged : (L,) whether the optimality conditions hold
    measure : "deviance" and so on; larger_is_better says its direction
    cv_mean, cv_std_err : (L,) of the measure over folds
    index_min, index_1se : places in `lambdas` of the best mean, and of the strongest penalty within one standard error
    """

    names: tuple[str, ...]
    lambdas: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    standardised: NDArray[np.float64]
    converged: NDArray[np.bool_]
    l1_ratio: float
    penalty_factor: NDArray[np.float64]
    measure: str
    cv_mean: NDArray[np.float64]
    cv_std_err: NDArray[np.float64]
    index_min: int
    index_1se: int

    @property
    def lambda_min(self) -> float:
        """The penalty with the best cross-validated measure."""
        return float(self.lambdas[self.index_min])

    @property
    def lambda_1se(self) -> float:
        """The strongest penalty whose measure is within one standard error of the best."""
        return float(self.lambdas[self.index_1se])

    @property
    def chosen(self) -> NDArray[np.float64]:
        """(p,) coefficients at lambda_min."""
        return self.coefficients[self.index_min]

    @property
    def selected(self) -> tuple[str, ...]:
        """Names with a coefficient other than 0 at lambda_min, in the order of the columns."""
        return self._selected(self.index_min)

    @property
    def selected_1se(self) -> tuple[str, ...]:
        """Names with a coefficient other than 0 at lambda_1se."""
        return self._selected(self.index_1se)

    @property
    def ends_too_early(self) -> bool:
        """Whether the best penalty is the last one tried, so that a weaker one may be better."""
        return self.index_min == len(self.lambdas) - 1

    def to_frame(self) -> pd.DataFrame:
        """One row a column of the matrix: coefficients at both penalties, per unit and per standard deviation."""
        return pd.DataFrame(
            {
                "name": self.names,
                "coefficient": self.chosen,
                "standardised": self.standardised[self.index_min],
                "coefficient_1se": self.coefficients[self.index_1se],
                "standardised_1se": self.standardised[self.index_1se],
                "is_forced": self.penalty_factor == 0,
            }
        )

    def _selected(self, place: int) -> tuple[str, ...]:
        return tuple(name for name, value in zip(self.names, self.coefficients[place], strict=True) if value != 0)


@dataclass(frozen=True, eq=False)
class FoldSummary:
    """Mean and standard error of a measure over folds (L,), and glmnet's two choices."""

    mean: NDArray[np.float64]
    std_err: NDArray[np.float64]
    index_min: int
    index_1se: int


def summarise_folds(table: NDArray[np.float64], weights: NDArray[np.float64], *, larger_is_better: bool) -> FoldSummary:
    """From the measure of each fold at each penalty (k, L) and the folds' weights (k,).

    The standard error is the weighted spread between folds over sqrt(k - 1). Source: R glmnet::cv.glmnet.
    """
    mean = np.average(table, axis=0, weights=weights)
    std_err = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weights) / (len(weights) - 1))
    worse = -mean if larger_is_better else mean
    best = int(np.argmin(worse))
    one_se = int(np.flatnonzero(worse <= worse[best] + std_err[best])[0])
    return FoldSummary(mean, std_err, best, one_se)


def interpolated(
    lambdas: NDArray[np.float64], own: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients (L, p) at `lambdas`, linear between a fold's own penalties, its ends kept beyond them."""
    place = np.interp(lambdas, own[::-1], np.arange(len(own), dtype=float)[::-1])
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, len(own) - 1)
    share = (place - left)[:, None]
    return (1 - share) * coefficients[left] + share * coefficients[right]


@dataclass(frozen=True, eq=False)
class Columns:
    """A matrix of covariates, checked, with its names and the mean and scale that standardise it."""

    matrix: NDArray[np.float64]
    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    @property
    def standardised(self) -> NDArray[np.float64]:
        """(n, p) with mean 0 and, unless scales are kept, population sd 1."""
        return (self.matrix - self.mean) / self.scale


def as_columns(covariates: ArrayLike, names: Sequence[str] | None, n: int, *, standardise: bool, who: str) -> Columns:
    """Check covariates (n, p), array or data frame; a constant column is refused by name."""
    frame_names = getattr(covariates, "columns", None)
    matrix = np.asarray(covariates, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or len(matrix) != n or not matrix.shape[1]:
        raise UsedWrongly(f"{who}: found covariates of shape {matrix.shape} for {n} patients, expected ({n}, p).")
    if names is None:
        names = (
            tuple(f"x{j + 1}" for j in range(matrix.shape[1])) if frame_names is None else tuple(map(str, frame_names))
        )
    if len(names) != matrix.shape[1]:
        raise UsedWrongly(f"{who}: found {len(names)} names for {matrix.shape[1]} columns.")
    bad = np.flatnonzero(~np.isfinite(matrix).all(axis=0))
    if len(bad):
        raise UsedWrongly(f"{who}: found NaN or infinity in '{names[bad[0]]}', expected finite numbers. Impute first.")
    constant = np.flatnonzero(np.ptp(matrix, axis=0) == 0)
    if len(constant):
        raise UsedWrongly(f"{who}: '{names[constant[0]]}' is constant. Leave it out.")
    scale = matrix.std(axis=0) if standardise else np.ones(matrix.shape[1])
    return Columns(matrix, tuple(names), matrix.mean(axis=0), scale)


def fold_rows(folds: ArrayLike, n: int, who: str) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(training rows, held-out rows) of each fold, in the order of the fold labels."""
    labels = np.asarray(folds)
    if labels.shape != (n,):
        raise UsedWrongly(f"{who}: found folds of shape {labels.shape} for {n} patients, expected one a patient.")
    found = np.unique(labels)
    if len(found) < 2:
        raise UsedWrongly(f"{who}: found one fold, expected at least two. Use learning.person_folds.")
    return [(np.flatnonzero(labels != each), np.flatnonzero(labels == each)) for each in found]


def fold_scale(train: NDArray[np.float64], *, standardise: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and scale (p,) of training rows; a column constant among them gets scale 1, its coefficient stays 0."""
    scale = train.std(axis=0) if standardise else np.ones(train.shape[1])
    return train.mean(axis=0), np.where(scale > 0, scale, 1.0)
