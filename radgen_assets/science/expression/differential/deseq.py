"""Differential expression of counts between groups of samples: DESeq2's Wald and likelihood-ratio tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.differential.count_design import (
    Contrast,
    CountDesign,
    code_design,
    reduced_design,
)
from radgen_assets.science.expression.differential.count_model import CountModel, fit_count_model
from radgen_assets.science.expression.differential.counts import round_counts, whole_counts
from radgen_assets.science.expression.differential.dispersion_trend import DispersionTrend
from radgen_assets.science.expression.differential.filtering import filter_independently
from radgen_assets.science.expression.differential.settings import CountTestSettings
from radgen_assets.science.expression.differential.size_factors import SizeFactors, size_factors

Array = NDArray[np.float64]
TESTED, ALL_ZERO, NO_COUNTS, OUTLIER, FILTERED, NO_FIT = (
    "tested",
    "all zero",
    "no counts compared",
    "outlier",
    "filtered",
    "no fit",
)


NEWTON, NO_MAXIMUM = 1, 2  # how a gene was fitted


@dataclass(frozen=True, eq=False)
class DifferentialCounts:
    """A test of every gene; arrays (g,) in the order of the matrix, NaN only where `status` says why.

    base_mean : mean of the normalised counts (after replacement of outlying ones)
    log2_fold_change, std_err : of the contrast; positive = more in its first level (or per unit of a number)
    statistic : Wald z, or 2 (full - reduced log-likelihood)
    status : "tested"; "all zero", "outlier", "no fit": no P; "filtered": P, but not adjusted for; "no counts compared":
        zero in both levels, P = 1 (also adjusted, unless filtered)
    reason : a sentence for every status but "tested"
    gene_wise, expected, posterior, dispersion : the gene's own dispersion, the trend's, the mode, and the one used
    dispersion_outlier : far above the trend, so that the gene's own was used
    cooks : largest Cook's distance; replaced : outlying counts were replaced
    by_newton : reweighted least squares had failed
    coefficients : (g, p) log2, in the order of `names`; the intercept is at the mean of every number
    """

    genes: tuple[str, ...]
    contrast: Contrast
    test: str
    base_mean: Array
    log2_fold_change: Array
    std_err: Array
    statistic: Array
    p: Array
    p_adjusted: Array
    status: NDArray[np.object_]
    reason: NDArray[np.object_]
    gene_wise: Array
    expected: Array
    posterior: Array
    dispersion: Array
    dispersion_outlier: NDArray[np.bool_]
    cooks: Array
    cooks_cut: float
    replaced: NDArray[np.bool_]
    by_newton: NDArray[np.bool_]
    coefficients: Array
    names: tuple[str, ...]
    size_factors: SizeFactors
    trend: DispersionTrend
    filter_threshold: float
    filter_quantile: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a gene: gene, base_mean, log2_fold_change, std_err, statistic, p, p_adjusted, status, reason."""
        columns = ("base_mean", "log2_fold_change", "std_err", "statistic", "p", "p_adjusted", "dispersion")
        frame = pd.DataFrame({"gene": self.genes} | {name: getattr(self, name) for name in columns})
        return frame.assign(replaced=self.replaced, status=self.status, reason=self.reason)


def differential_counts(
    matrix: ExpressionMatrix,
    design: pd.DataFrame,
    contrast: Contrast,
    *,
    reduced: Sequence[str] | None = None,
    settings: CountTestSettings | None = None,
    factors: SizeFactors | None = None,
) -> DifferentialCounts:
    """Test every gene for a difference between two levels of a factor, the other factors held fixed.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Whole counts, (g, n); expected ones (RSEM, salmon) with the setting fractions = "round", which a note tells.
    design : data frame, one row a sample (index), one column a factor
        All columns enter, without interactions; text, categories and truth values as categories, numbers as numbers.
    contrast : (factor, level, reference), or the name of a number
        The fold change is level over reference, or per unit.
    reduced : names of factors, optional
        Given: a likelihood-ratio test of the design against the one with only these factors (an empty list: none).
        Fold changes remain those of the contrast. Else Wald's test.
    factors : SizeFactors, optional
        Default: found here, as the settings say.

    Raises
    ------
    UnitRefused
        For anything but counts, and for fractions unless the settings round them.
    UsedWrongly
        For a design that does not fit the samples, has as many coefficients as samples, or factors that cannot be told
        apart (named); for an unknown factor or level.
    BadInput
        For negative counts, samples without any, or when no gene is positive in every sample (see `size_factors`).

    Notes
    -----
    Each sample counts as an independent unit: give one sample a person. Fold changes are maximum-likelihood, not
    shrunken. Differs from R: where reweighted least squares fails the maximum is found by Newton's method, which R's
    general optimiser only approaches, and Cook's distances are those of it (R's are those of the failed fit); with at
    most 3 residual degrees of freedom the prior's variance is computed without random draws; a failing parametric
    trend is replaced by the mean, with a note; numbers are centred and scaled inside, since R's bounds on
    coefficients fail for a year or a small unit.
    Memory: the counts three times. Source: Love, Huber & Anders 2014; R DESeq2 DESeq and results.
    """
    settings = settings or CountTestSettings()
    given = len(matrix.notes)
    if settings.fractions == "round":
        matrix = round_counts(matrix)
    counts = whole_counts(matrix, "differential_counts")
    if reduced is not None and settings.least_log2_fold_change > 0:
        raise UsedWrongly(
            "differential_counts: found a least fold change with a likelihood-ratio test, expected Wald's."
        )
    coded = code_design(design, matrix.samples, contrast)
    fewer = None if reduced is None else reduced_design(coded, design, matrix.samples, [str(name) for name in reduced])
    factors = factors or size_factors(matrix, settings.size_factors)
    if factors.samples != matrix.samples:
        raise UsedWrongly("differential_counts: found size factors of other samples than the matrix's.")
    some = np.asarray(counts.any(axis=1), dtype=bool)
    if not some.any():
        raise UsedWrongly("differential_counts: found no gene with a count.")
    ordered = counts[np.ix_(some, coded.order)]
    model = fit_count_model(ordered, factors.factors[coded.order], coded, fewer, settings)
    silent = np.asarray(~ordered[:, coded.compared].any(axis=1), dtype=bool)
    tested = _Tested(matrix, some, model, silent, coded, fewer, settings, matrix.notes[given:])
    return tested.result(contrast, factors)


@dataclass(frozen=True, eq=False)
class _Tested:
    """From the fits of genes with counts to the result over all genes."""

    matrix: ExpressionMatrix
    some: NDArray[np.bool_]
    model: CountModel
    silent: NDArray[np.bool_]
    design: CountDesign
    reduced: CountDesign | None
    settings: CountTestSettings
    rounded: tuple[str, ...]

    def result(self, contrast: Contrast, factors: SizeFactors) -> DifferentialCounts:
        model, fits = self.model, self.model.fits
        change, std_err, statistic, p = self._statistics()
        status = np.full(len(p), TESTED, dtype=object)
        status[self.silent | model.emptied] = NO_COUNTS
        status[fits.how == NO_MAXIMUM] = NO_FIT
        if self.settings.outliers_by_cooks:
            status[model.decided_by_one & ~model.emptied] = OUTLIER
        p = np.where(np.isin(status, [OUTLIER, NO_FIT]), np.nan, p)
        everywhere = self._spread(status, ALL_ZERO, dtype=object)
        base_mean, p = self._spread(fits.base_mean, 0.0), self._spread(p, np.nan)
        adjusted, threshold, quantile = self._adjusted(p, base_mean)
        everywhere[np.isnan(adjusted) & ~np.isnan(p) & (everywhere == TESTED)] = FILTERED
        reason = self._reasons(everywhere, base_mean, threshold)
        return DifferentialCounts(
            genes=self.matrix.genes,
            contrast=contrast,
            test="Wald" if self.reduced is None else "likelihood ratio",
            base_mean=base_mean,
            log2_fold_change=self._spread(change, np.nan),
            std_err=self._spread(std_err, np.nan),
            statistic=self._spread(statistic, np.nan),
            p=p,
            p_adjusted=adjusted,
            status=everywhere,
            reason=reason,
            gene_wise=self._spread(fits.gene_wise, np.nan),
            expected=self._spread(fits.expected, np.nan),
            posterior=self._spread(fits.posterior, np.nan),
            dispersion=self._spread(fits.dispersion, np.nan),
            dispersion_outlier=self._spread(fits.outlier, False, dtype=bool),
            cooks=self._spread(model.cooks, np.nan),
            cooks_cut=model.cut,
            replaced=self._spread(model.replaced, False, dtype=bool),
            by_newton=self._spread(fits.how == NEWTON, False, dtype=bool),
            coefficients=self._spread(fits.beta / (log(2) * self.design.scale), np.nan),
            names=self.design.names,
            size_factors=factors,
            trend=model.trend,
            filter_threshold=threshold,
            filter_quantile=quantile,
            notes=self._notes(everywhere),
        )

    def _statistics(self) -> tuple[Array, Array, Array, Array]:
        """log2 fold change, its standard error, statistic, P; for genes with counts."""
        fits, j = self.model.fits, self.design.coefficient
        unit = log(2) * self.design.scale[j]
        change, std_err = fits.beta[:, j] / unit, fits.std_err[:, j] / unit
        if self.reduced is None:
            statistic, p = _wald(change, std_err, self.settings.least_log2_fold_change)
        else:
            statistic = fits.deviance_drop
            p = chdtrc(self.design.p - self.reduced.p, np.maximum(statistic, 0.0))
        nothing = self.model.emptied
        change, std_err, statistic = (np.where(nothing, 0.0, x) for x in (change, std_err, statistic))
        p = np.where(nothing, 1.0, p)
        if self.reduced is None:
            change, statistic = np.where(self.silent, 0.0, change), np.where(self.silent, 0.0, statistic)
            p = np.where(self.silent, 1.0, p)
        return change, std_err, statistic, p

    def _adjusted(self, p: Array, base_mean: Array) -> tuple[Array, float, float]:
        if not self.settings.independent_filtering:
            return adjust_p_values(p), 0.0, 0.0
        found = filter_independently(p, base_mean, self.settings.false_discovery_rate)
        return found.p_adjusted, found.threshold, found.quantile

    def _reasons(self, status: NDArray[np.object_], base_mean: Array, threshold: float) -> NDArray[np.object_]:
        reason = np.full(len(status), "", dtype=object)
        place = np.cumsum(self.some) - 1
        for gene in np.flatnonzero(status != TESTED):
            match status[gene]:
                case "all zero":
                    reason[gene] = "No sample has a count."
                case "no counts compared":
                    reason[gene] = self._why_nothing(int(place[gene]))
                case "outlier":
                    reason[gene] = self._why_outlier(int(place[gene]))
                case "filtered":
                    reason[gene] = f"Mean count {base_mean[gene]:.3g}, below {threshold:.3g} of independent filtering."
                case _:
                    reason[gene] = "The likelihood has no maximum that could be found."
        return reason

    def _why_nothing(self, gene: int) -> str:
        if self.model.emptied[gene]:
            return "Nothing is left when the outlying count is replaced."
        return "No sample of the two levels has a count."

    def _why_outlier(self, gene: int) -> str:
        sample = self.matrix.samples[self.model.worst[gene]]
        return (
            f"The count of {sample} decides the result (Cook's distance {self.model.cooks[gene]:.3g}, at most "
            f"{self.model.cut:.3g}), and its group has too few samples to replace it."
        )

    def _notes(self, status: NDArray[np.object_]) -> tuple[str, ...]:
        notes = [*self.rounded, *([self.model.trend.note] if self.model.trend.note else [])]
        if self.model.replaced.any():
            notes.append(
                f"Outlying counts of {int(self.model.replaced.sum())} genes were replaced, the genes refitted."
            )
        counted = {name: int((status == name).sum()) for name in dict.fromkeys(status)}
        return (*notes, "Genes: " + ", ".join(f"{name} {n}" for name, n in sorted(counted.items())) + ".")

    def _spread(self, values: NDArray, empty: object, dtype: type = float) -> NDArray:
        """Values of genes with counts -> of all genes."""
        out = np.full((len(self.some), *values.shape[1:]), empty, dtype=dtype)
        out[self.some] = values
        return out


def _wald(change: Array, std_err: Array, least: float) -> tuple[Array, Array]:
    """z and two-sided P; with a least change: of the null |change| <= least."""
    if least == 0:
        z = change / std_err
        return z, 2 * ndtr(-np.abs(z))
    beyond = np.abs(change) - least
    return np.sign(change) * np.maximum(beyond, 0.0) / std_err, np.minimum(1.0, 2 * ndtr(-beyond / std_err))
