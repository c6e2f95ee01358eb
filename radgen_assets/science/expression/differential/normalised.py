"""Differential expression of log2 values between groups of samples: limma's moderated t tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.differential.count_design import Contrast, CountDesign, code_design
from radgen_assets.science.expression.differential.counts import DATA, in_rows_of_genes
from radgen_assets.science.expression.differential.empirical_bayes import ModeratedTests, moderate
from radgen_assets.science.expression.differential.linear_models import design_matrix, fit_linear_models
from radgen_assets.science.expression.differential.mean_variance import MeanVarianceTrend
from radgen_assets.science.expression.differential.settings import NormalisedTestSettings

Array = NDArray[np.float64]
TESTED, CONSTANT, MISSING, LOW = "tested", "constant", "missing values", "low expression"


@dataclass(frozen=True, eq=False)
class DifferentialNormalised:
    """A test of every gene; arrays (g,) in the order of the matrix, NaN only where `status` says why.

    method : "limma", "limma-trend" or "limma-voom", with ", robust" behind it where the prior is
    mean_expression : mean of the log2 values
    log2_fold_change, std_err : of the contrast; positive = more in its first level (or per unit of a number)
    low, high : its 95 % limits
    statistic, degrees_of_freedom : moderated t
    log_odds : natural log of the odds that the gene changes, if one in a hundred does (limma's B)
    status : "tested"; "constant" (one value in all samples), "missing values", "low expression" (of counts): no P
    reason : a sentence for every status but "tested"
    residual_sd : the gene's own; prior_sd, prior_degrees : what it was shrunken towards, infinite = wholly
    coefficients : (g, p) log2, in the order of `names`; the intercept is at the mean of every number
    trend : of counts: how the standard deviation falls with the count
    """

    genes: tuple[str, ...]
    contrast: Contrast
    method: str
    mean_expression: Array
    log2_fold_change: Array
    std_err: Array
    low: Array
    high: Array
    statistic: Array
    degrees_of_freedom: Array
    p: Array
    p_adjusted: Array
    log_odds: Array
    status: NDArray[np.object_]
    reason: NDArray[np.object_]
    residual_sd: Array
    prior_sd: Array
    prior_degrees: Array
    coefficients: Array
    names: tuple[str, ...]
    notes: tuple[str, ...]
    trend: MeanVarianceTrend | None = None

    def to_frame(self) -> pd.DataFrame:
        """One row a gene: the values named here, its name before them, log odds, status and reason behind."""
        columns = ("mean_expression", "log2_fold_change", "std_err", "low", "high", "statistic", "p", "p_adjusted")
        frame = pd.DataFrame({"gene": self.genes} | {name: getattr(self, name) for name in columns})
        return frame.assign(log_odds=self.log_odds, status=self.status, reason=self.reason)


def differential_normalised(
    matrix: ExpressionMatrix,
    design: pd.DataFrame,
    contrast: Contrast,
    *,
    settings: NormalisedTestSettings | None = None,
    weights: Array | None = None,
) -> DifferentialNormalised:
    """Test every gene for a difference between two levels of a factor, the other factors held fixed.

    Parameters
    ----------
    matrix : ExpressionMatrix
        log2 values (g, n): of arrays, or of counts made comparable (then with the setting trend).
    design : data frame, one row a sample (index), one column a factor
        All columns enter, without interactions; text, categories and truth values as categories, numbers as numbers.
    contrast : (factor, level, reference), or the name of a number
        The fold change is level over reference, or per unit.
    weights : (g, n) or (n,) float64 > 0, optional
        Inverse to the variances, as `voom` finds them, or of whole samples.

    Raises
    ------
    UnitRefused
        For anything but log2 values. Counts: `differential_voom` or `differential_counts`.
    UsedWrongly
        For a design that does not fit the samples, has as many coefficients as samples, or factors that cannot be told
        apart (named); for an unknown factor or level; for weights of another shape.
    BadInput
        For infinite values, weights that are not positive, a gene twice, or when no gene can be tested.

    Notes
    -----
    Each sample counts as an independent unit: give one sample a person. Differs from limma: a gene with a missing
    value is set aside (limma drops the value), and so is a constant one (limma gives it t = 0 and P = 1, and lets it
    pull the prior); neither is counted in the adjustment, and both say so.
    Source: Smyth 2004; Phipson et al. 2016; R limma lmFit, eBayes, topTable (BH).
    """
    settings = settings or NormalisedTestSettings()
    require_unit(matrix.unit, (ExpressionUnit.log2,), "differential_normalised", DATA)
    values = in_rows_of_genes(matrix, "differential_normalised")
    weights = None if weights is None else checked_weights(weights, values)
    _refuse_infinite(matrix, values)
    coded = code_design(design, matrix.samples, contrast)
    status, reason = _set_aside(matrix, values)
    tests = Tests(matrix.genes, contrast, coded, status, reason)
    method = "limma-trend" if settings.trend else "limma"
    return tests.of(values[tests.tested], _rows(weights, tests.tested), settings, method)


@dataclass(frozen=True, eq=False)
class Tests:
    """All genes with their status, of which those "tested" get a fit."""

    genes: tuple[str, ...]
    contrast: Contrast
    design: CountDesign
    status: NDArray[np.object_]
    reason: NDArray[np.object_]

    @property
    def tested(self) -> NDArray[np.bool_]:
        """(g,)"""
        return np.asarray(self.status == TESTED, dtype=bool)

    def of(
        self,
        values: Array,
        weights: Array | None,
        settings: NormalisedTestSettings,
        method: str,
        *,
        trend: MeanVarianceTrend | None = None,
        notes: tuple[str, ...] = (),
    ) -> DifferentialNormalised:
        """Fit and test `values` (genes tested, n)."""
        if not len(values):
            raise BadInput(
                DATA,
                "genes",
                f"none of {len(self.genes)} that can be tested ({_counted(self.status)})",
                "genes that vary and lack no value",
                "Leave out samples without values, or lower the filter.",
            )
        design = self.design
        fits = fit_linear_models(values, design_matrix(design), design.coefficient, weights)
        unit = design.scale[design.coefficient]
        change, mean = fits.coefficients[:, design.coefficient] / unit, values.mean(axis=1)
        found = moderate(fits, change, fits.unscaled / unit, mean, settings)
        spread = self._spread
        return DifferentialNormalised(
            genes=self.genes,
            contrast=self.contrast,
            method=method + (", robust" if settings.robust else ""),
            mean_expression=spread(mean),
            log2_fold_change=spread(change),
            **{name: spread(getattr(found, name)) for name in _OF_TESTS},
            p_adjusted=spread(adjust_p_values(found.p)),
            status=self.status,
            reason=self.reason,
            residual_sd=spread(fits.residual_sd),
            prior_sd=spread(np.sqrt(found.prior.variance)),
            prior_degrees=spread(found.prior.degrees_of_freedom),
            coefficients=spread(fits.coefficients / design.scale),
            names=design.names,
            notes=(*notes, *_notes(found, len(values)), f"Genes: {_counted(self.status)}."),
            trend=trend,
        )

    def _spread(self, values: Array) -> Array:
        """Values of tested genes -> of all genes."""
        out = np.full((len(self.status), *values.shape[1:]), np.nan)
        out[self.tested] = values
        return out


_OF_TESTS = ("std_err", "low", "high", "statistic", "degrees_of_freedom", "p", "log_odds")


def checked_weights(weights: Array, values: Array) -> Array:
    """Weights as float64, one a value or one a sample, all positive."""
    weights = np.asarray(weights, dtype=np.float64)
    g, n = values.shape
    if weights.shape not in ((g, n), (n,)):
        raise UsedWrongly(f"weights: found the shape {weights.shape}, expected ({g}, {n}) or ({n},).")
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise BadInput("weights", "values", "one that is not > 0", "finite numbers > 0", "Leave such samples out.")
    return weights


def _rows(weights: Array | None, rows: NDArray[np.bool_]) -> Array | None:
    return weights if weights is None or weights.ndim == 1 else weights[rows]


def _refuse_infinite(matrix: ExpressionMatrix, values: Array) -> None:
    infinite = np.isinf(values)
    if infinite.any():
        gene, sample = np.argwhere(infinite)[0]
        raise BadInput(
            DATA,
            f"gene {matrix.genes[gene]}, sample {matrix.samples[sample]}",
            f"{values[gene, sample]:g}",
            "a finite log2 value",
            f"{int(infinite.sum())} values are so: add a prior count before taking logarithms.",
        )


def _set_aside(matrix: ExpressionMatrix, values: Array) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Status and reason of genes by their values alone."""
    status, reason = np.full(len(values), TESTED, dtype=object), np.full(len(values), "", dtype=object)
    missing = np.isnan(values)
    for gene in np.flatnonzero(missing.any(axis=1)):
        status[gene] = MISSING
        first = matrix.samples[int(np.argmax(missing[gene]))]
        reason[gene] = f"{int(missing[gene].sum())} of {values.shape[1]} samples have no value (first: {first})."
    for gene in np.flatnonzero((values == values[:, :1]).all(axis=1)):
        status[gene], reason[gene] = CONSTANT, f"Every sample has the value {values[gene, 0]:.6g}."
    return status, reason


def _notes(found: ModeratedTests, n_tested: int) -> tuple[str, ...]:
    if n_tested == 1:
        return ("One gene alone was tested: there are no others to share a variance with, so t is not moderated.",)
    d0, own = found.prior.common_degrees, found.prior.degrees_of_freedom
    wild = int((own < d0 / 2).sum())
    shrunken_less = f" Genes of outlying variance, shrunken less: {wild}." if wild else ""
    if np.isinf(d0):
        pooled = "The genes' variances differ no more than by chance: one variance (or trend) stands for all."
        return (pooled + shrunken_less,)
    return (f"Prior of the variances: {d0:.3g} degrees of freedom." + shrunken_less,)


def _counted(status: NDArray[np.object_]) -> str:
    names, counts = np.unique(status.astype(str), return_counts=True)
    return ", ".join(f"{name} {n}" for name, n in zip(names, counts, strict=True))
