"""A Cox model for each column of a matrix of thousands: genes, features, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.covariates import as_matrix
from radgen_assets.science.survival.cox.model import fit_cox, hazard_ratios
from radgen_assets.science.survival.cox.risk_sets import RiskSets, Ties, is_efron, risk_sets
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms

GENES_AT_ONCE = 256  # their values (660 patients: 1.4 MB) stay in the processor's cache
STATUS = np.array(["fitted", "constant", "no_maximum"])  # places 0, 1, 2: the kernel's codes
FITTED, SEPARATED = 0, 2
ROUNDING = 16 * np.finfo(float).eps  # a spread below this share of the values is rounding, not variation


@dataclass(frozen=True, eq=False)
class UnivariateCox:
    """One Cox model a gene; every array has one value a gene (g,).

    coefficient, std_err, z, p : log hazard ratio for one unit of the gene, and its Wald test
    hazard_ratio, low, high : with 95 % limits
    likelihood_ratio, likelihood_ratio_p, score, score_p : tests with one degree of freedom of the gene, given
        `adjust_for`; they never take persons into account
    status : "fitted"
        "constant": the gene does not vary among those at risk at an event (beyond `adjust_for`); coefficient and Wald
        test are NaN, the two other statistics 0 with P 1
        "no_maximum": separation, the coefficient is plus or minus infinity; its limits and Wald's test do not exist
        (NaN), the likelihood ratio (at infinity) and the score test hold

    P values are of single tests: see adjust_p_values.
    """

    names: tuple[str, ...]
    n: int
    n_events: int
    ties: Ties
    coefficient: NDArray[np.float64]
    std_err: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    log_likelihood_null: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    likelihood_ratio: NDArray[np.float64]
    likelihood_ratio_p: NDArray[np.float64]
    score: NDArray[np.float64]
    score_p: NDArray[np.float64]
    status: NDArray[np.str_]

    def to_frame(self) -> pd.DataFrame:
        """One row a gene, in the given order."""
        arrays = {key: value for key, value in vars(self).items() if isinstance(value, np.ndarray)}
        return pd.DataFrame({"name": list(self.names), **arrays, "n": self.n, "n_events": self.n_events})


def univariate_cox(
    outcome: Outcome,
    matrix: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ties: Ties = "efron",
    adjust_for: ArrayLike | CodedTerms | None = None,
    strata: ArrayLike | None = None,
    persons: ArrayLike | None = None,
) -> UnivariateCox:
    """Fit a Cox model to each column of a matrix.

    Parameters
    ----------
    matrix : (n, g) float64 or data frame
        One row a patient, one column a gene; finite numbers.
    names : g names, optional
        A data frame brings its own.
    adjust_for : (n, q) float64, data frame of numbers, or CodedTerms, optional
        Covariates that stand in every model beside the gene.
    strata, persons : (n,) labels, optional
        As in fit_cox. `persons` costs about a millisecond a gene.

    Raises
    ------
    UsedWrongly
        For NaN or infinity (the column is named), no event, and `adjust_for` that cannot be fitted by itself.
        Genes without variation and without a maximum are no error: see `status`.

    Notes
    -----
    Newton's method with step halving, to the last useful digit: coefficients equal R's to 1e-8. One thread; memory for
    256 genes at a time beside the matrix.
    Source: Cox 1972; R survival::coxph, a gene at a time.
    """
    values, labels = as_matrix(matrix, names, outcome.n)
    if not outcome.n_events:
        raise UsedWrongly(f"univariate Cox: found no event among {outcome.n} patients, expected at least one.")
    sets = risk_sets(outcome, strata)
    found, status, scale = _fit_blocks(values, labels, sets, _adjusters(outcome, adjust_for, sets, ties, strata), ties)
    coefficient, variance = found[:, 0] / scale, found[:, 1] / scale**2
    if persons is not None:
        beside = np.empty((outcome.n, 0)) if adjust_for is None else as_matrix(adjust_for, None, outcome.n)[0]
        for g in np.flatnonzero(status == FITTED):
            both = np.column_stack([values[:, g], beside])
            variance[g] = fit_cox(outcome, both, ties=ties, strata=strata, persons=persons).variance[0, 0]
    std_err = np.sqrt(variance)
    z = coefficient / np.where(status == SEPARATED, np.nan, std_err)
    ratio = np.maximum(0.0, 2 * (found[:, 3] - found[:, 2]))
    hazard_ratio, low, high = hazard_ratios(coefficient, std_err)
    return UnivariateCox(
        names=labels,
        n=outcome.n,
        n_events=outcome.n_events,
        ties=ties,
        coefficient=coefficient,
        std_err=std_err,
        hazard_ratio=hazard_ratio,
        low=low,
        high=high,
        z=z,
        p=2 * ndtr(-np.abs(z)),
        log_likelihood_null=found[:, 2],
        log_likelihood=found[:, 3],
        likelihood_ratio=ratio,
        likelihood_ratio_p=2 * ndtr(-np.sqrt(ratio)),
        score=found[:, 4],
        score_p=2 * ndtr(-np.sqrt(found[:, 4])),
        status=STATUS[status],
    )


def _fit_blocks(
    values: NDArray[np.float64],
    labels: tuple[str, ...],
    sets: RiskSets,
    others: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    ties: Ties,
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.float64]]:
    """What the kernel found (g, 6), the status codes, and the standard deviation that the genes were divided by."""
    from radgen_assets.science.survival.cox.univariate_kernel import fit_each, fit_each_adjusted

    genes = values.shape[1]
    found, status, scale = np.zeros((genes, 6)), np.zeros(genes, dtype=np.int8), np.ones(genes)
    start, n_dead, first, efron = sets.start, sets.n_dead, sets.first, is_efron(ties)
    for begin in range(0, genes, GENES_AT_ONCE):
        mine = slice(begin, begin + GENES_AT_ONCE)
        columns = values[:, mine]
        if not np.isfinite(columns).all():
            name = labels[begin + int(np.flatnonzero(~np.isfinite(columns).all(axis=0))[0])]
            raise UsedWrongly(
                f"univariate Cox: found NaN or infinity in '{name}', expected finite numbers. "
                "Leave the column out, or impute first."
            )
        z, scale[mine] = _standardised(np.ascontiguousarray(columns[sets.order].T))
        if others is None:
            fit_each(z, start, n_dead, first, efron, found[mine], status[mine])
        else:
            fit_each_adjusted(z, others[0], others[1], start, n_dead, first, efron, found[mine], status[mine])
    return found, status, scale


def _standardised(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows centred and divided by their standard deviation; zeros, and 1, where only rounding varies."""
    largest = np.abs(rows).max(axis=1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    scale = np.sqrt((rows**2).mean(axis=1))
    varies = scale > ROUNDING * largest
    scale[~varies] = 1.0
    rows[~varies] = 0.0
    return rows / scale[:, None], scale


def _adjusters(
    outcome: Outcome, adjust_for: ArrayLike | CodedTerms | None, sets: RiskSets, ties: Ties, strata: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The covariates beside the gene, standardised, and their coefficients without it."""
    if adjust_for is None:
        return None
    fit = fit_cox(outcome, adjust_for, ties=ties, strata=strata)
    matrix, _ = as_matrix(adjust_for, None, outcome.n)
    z, scale = _standardised(np.ascontiguousarray(matrix[sets.order].T))
    return np.ascontiguousarray(z.T), fit.coefficients * scale
