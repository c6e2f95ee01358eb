"""Counts for linear models: log2 counts per million, each value weighted by the trend of variance on count (voom)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.count_design import Contrast, CountDesign, code_design, code_factors
from radgen_assets.science.expression.differential.counts import DATA, expected_counts
from radgen_assets.science.expression.differential.expressed import ExpressedGenes, find_expressed
from radgen_assets.science.expression.differential.linear_models import blocks, design_matrix, fit_linear_models
from radgen_assets.science.expression.differential.mean_variance import MeanVarianceTrend, fit_mean_variance
from radgen_assets.science.expression.differential.normalisation import NormalisationFactors, normalisation_factors
from radgen_assets.science.expression.differential.normalised import LOW, TESTED, DifferentialNormalised, Tests
from radgen_assets.science.expression.differential.settings import (
    NormalisedTestSettings,
    VoomSettings,
    VoomTestSettings,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Voom:
    """matrix : log2 counts per million (g, n); weights : (g, n), inverse to their variances."""

    matrix: ExpressionMatrix
    weights: Array
    trend: MeanVarianceTrend
    factors: NormalisationFactors


def voom(
    matrix: ExpressionMatrix,
    design: pd.DataFrame,
    *,
    settings: VoomSettings | None = None,
    factors: NormalisationFactors | None = None,
) -> Voom:
    """Log2 counts per million with weights, for `differential_normalised` or another weighted method.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Counts (g, n), whole or expected ones; genes of low expression left out first (`expressed_genes`), since they
        bend the trend.
    design : data frame, one row a sample (index), one column a factor
        All columns enter. The residuals around it give the trend: name the groups that will be compared.
    factors : NormalisationFactors, optional
        Default: found here, as the settings say.

    Raises
    ------
    UnitRefused
        For anything but counts.
    UsedWrongly
        For a design as `differential_normalised` refuses it, factors of other samples, or a single gene.
    BadInput
        For negative or missing counts, or a sample without any.

    Source: Law et al. 2014; R limma voom(normalize.method = "none").
    """
    settings = settings or VoomSettings()
    counts = expected_counts(matrix, "voom")
    coded = code_factors(design, matrix.samples)
    return _weigh(matrix, counts, coded, settings, factors)


def differential_voom(
    matrix: ExpressionMatrix,
    design: pd.DataFrame,
    contrast: Contrast,
    *,
    settings: VoomTestSettings | None = None,
) -> DifferentialNormalised:
    """Test counts by limma-voom: expressed genes, normalisation factors among these, weights, moderated t.

    Parameters and refusals are those of `differential_counts`, but that fractions (RSEM, salmon) are taken as they
    are: the values are log2 counts, for which nothing needs to be whole. Genes left out have the status
    "low expression" and a reason, and are not counted in the adjustment.

    Source: Law et al. 2014; R edgeR filterByExpr, calcNormFactors, limma voom, lmFit, eBayes.
    """
    settings = settings or VoomTestSettings()
    counts = expected_counts(matrix, "differential_voom")
    coded = code_design(design, matrix.samples, contrast)
    expressed = find_expressed(matrix, counts, coded, settings.expressed)
    status, reason = _low(expressed)
    if expressed.kept.sum() < 2:
        raise BadInput(
            DATA,
            "genes",
            f"{int(expressed.kept.sum())} of {len(status)} with enough counts",
            "at least two, to find a trend from",
            "Lower expressed.least_count, or leave out the samples with few reads.",
        )
    kept = replace(
        matrix,
        values=counts[expressed.kept],
        genes=tuple(gene for gene, keep in zip(matrix.genes, expressed.kept, strict=True) if keep),
    )
    weighed = _weigh(kept, kept.values, coded, settings, None)
    tests = Tests(matrix.genes, contrast, coded, status, reason)
    return tests.of(
        weighed.matrix.values,
        weighed.weights,
        NormalisedTestSettings(robust=settings.robust),
        "limma-voom",
        trend=weighed.trend,
        notes=(_told(weighed.factors),),
    )


def _weigh(
    matrix: ExpressionMatrix,
    counts: Array,
    design: CountDesign,
    settings: VoomSettings,
    factors: NormalisationFactors | None,
) -> Voom:
    if len(counts) < 2:
        raise UsedWrongly("voom: found a single gene, expected at least two, to find a trend from.")
    factors = factors or normalisation_factors(matrix, settings.normalisation)
    if factors.samples != matrix.samples:
        raise UsedWrongly("voom: found normalisation factors of other samples than the matrix's.")
    log_sizes = np.log2(factors.effective_sizes + 1)
    values = np.log2(counts + 0.5) - (log_sizes - np.log2(1e6))
    to_counts = log_sizes - np.log2(1e6)
    columns = design_matrix(design)
    fits = fit_linear_models(values, columns, 0)
    some = counts.any(axis=1)
    trend = fit_mean_variance(
        values[some].mean(axis=1) + to_counts.mean(), np.sqrt(fits.residual_sd[some]), settings.span
    )
    weights = np.empty_like(values)
    for rows in blocks(*values.shape):
        weights[rows] = trend.weight(fits.coefficients[rows] @ columns.T + to_counts)
    notes = (*matrix.notes, f"log2 counts per million, prior count 0.5. {_told(factors)}")
    return Voom(replace(matrix, values=values, unit=ExpressionUnit.log2, notes=notes), weights, trend, factors)


def _told(factors: NormalisationFactors) -> str:
    low, high = factors.factors.min(), factors.factors.max()
    return f"Normalisation factors by {factors.method}: {low:.3g} to {high:.3g}."


def _low(expressed: ExpressedGenes) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    status = np.where(expressed.kept, TESTED, LOW).astype(object)
    reason = np.full(len(status), "", dtype=object)
    for gene in np.flatnonzero(~expressed.kept):
        reason[gene] = expressed.why_not(int(gene))
    return status, reason
