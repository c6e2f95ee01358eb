"""A survival model built anew in bootstrap samples: what every estimate of optimism repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.resampled import bootstrap_counts
from radgen_assets.science.survival.outcome import Outcome


class SurvivalModel(Protocol):
    """What is asked of a fitted model; CoxFit is one."""

    def linear_predictor(self, covariates: ArrayLike) -> NDArray[np.float64]:
        """(m, p) -> (m,) log hazard; higher means earlier death."""

    def survival(self, covariates: ArrayLike, times_months: ArrayLike) -> NDArray[np.float64]:
        """(m, p) -> (m, t) probability to live beyond each time."""


Build = Callable[[Outcome, NDArray[np.float64]], SurvivalModel]
Gap = Callable[[SurvivalModel, NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Gaps:
    """(b, k) values of the samples that could be fitted, and how many could not."""

    values: NDArray[np.float64]
    n_failed: int


def gaps_of_refits(
    outcome: Outcome,
    matrix: NDArray[np.float64],
    build: Build,
    gap: Gap,
    *,
    persons: ArrayLike | None,
    n_bootstraps: int,
    seed: int,
) -> Gaps:
    """`gap(model, rows)` of a model built in each bootstrap sample; `rows` (n,) are its patients, some repeated.

    Raises
    ------
    UsedWrongly
        When half of the samples or more cannot be fitted (`build` or `gap` raise UsedWrongly).
    """
    if n_bootstraps < 1:
        raise UsedWrongly(f"bootstrap: found {n_bootstraps} samples, expected at least 1 to estimate the optimism.")
    values: list[NDArray[np.float64]] = []
    n_failed, last = 0, ""
    for block in bootstrap_counts(outcome.n, n_bootstraps, seed, persons=persons):
        for counts in block:
            rows = np.repeat(np.arange(outcome.n), counts.astype(np.int64))
            try:
                values.append(gap(build(outcome.of(rows), matrix[rows]), rows))
            except UsedWrongly as error:
                n_failed, last = n_failed + 1, str(error)
    if n_failed >= len(values):
        raise UsedWrongly(
            f"bootstrap: the model could not be fitted to {n_failed} of {n_bootstraps} samples; the last time: {last} "
            "It has too many covariates, or too rare levels, for these patients: merge levels or take fewer."
        )
    return Gaps(np.array(values), n_failed)


def as_matrix(covariates: ArrayLike, n: int) -> NDArray[np.float64]:
    """(n, p) float64, or an error."""
    matrix = np.asarray(covariates, dtype=np.float64)
    if matrix.ndim != 2 or len(matrix) != n:
        raise UsedWrongly(f"bootstrap: found covariates of shape {matrix.shape}, expected ({n}, p).")
    return matrix
