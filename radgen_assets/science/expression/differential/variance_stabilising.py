"""Variance-stabilised expression: log2-like values whose spread does not follow the mean, fitted once and applied."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.count_design import code_factors, intercept_only
from radgen_assets.science.expression.differential.counts import whole_counts
from radgen_assets.science.expression.differential.dispersion import BLOCK, gene_wise_dispersions, moments
from radgen_assets.science.expression.differential.dispersion_trend import DispersionTrend, fit_trend
from radgen_assets.science.expression.differential.settings import StabilisingSettings
from radgen_assets.science.expression.differential.size_factors import (
    SizeFactors,
    apply_size_factors,
    rows_of,
    size_factors,
)


@dataclass(frozen=True, eq=False)
class Stabiliser:
    """What a variance-stabilising transformation learnt: the reference of the size factors and the trend."""

    size_factors: SizeFactors
    trend: DispersionTrend
    design: tuple[str, ...]


def fit_stabiliser(
    matrix: ExpressionMatrix,
    design: pd.DataFrame | None = None,
    *,
    settings: StabilisingSettings | None = None,
    factors: SizeFactors | None = None,
) -> Stabiliser:
    """Learn the transformation from counts.

    Parameters
    ----------
    design : data frame, one row a sample, optional
        Default: blind, so that differences between groups count as dispersion. With a design dispersion is that within
        its groups, which keeps large differences from being shrunken; groups must then not be what is predicted.

    Raises
    ------
    UnitRefused
        For anything but whole counts.
    UsedWrongly
        For a design as `differential_counts` refuses it, a single sample, or when no gene varies beyond Poisson.

    Source: Anders & Huber 2010; R DESeq2 varianceStabilizingTransformation(fitType = "parametric").
    """
    settings = settings or StabilisingSettings()
    counts = whole_counts(matrix, "variance_stabilise")
    if len(matrix.samples) < 2:
        raise UsedWrongly("variance_stabilise: found one sample, expected at least two to learn a spread from.")
    factors = factors or size_factors(matrix, settings.size_factors)
    coded = intercept_only(len(matrix.samples)) if design is None else code_factors(design, matrix.samples)
    some = counts.any(axis=1)
    ordered, depth = counts[np.ix_(some, coded.order)], factors.factors[coded.order]
    at = moments(ordered, depth, coded)
    own = gene_wise_dispersions(ordered, depth, coded, at)
    trend = fit_trend(at.mean, own.alpha, coded.n - coded.p, settings.trend)
    if trend.kind == "none":
        raise UsedWrongly("variance_stabilise: found no gene that varies more than a Poisson count. Use log2_cpm.")
    return Stabiliser(factors, trend, () if design is None else tuple(map(str, design.columns)))


def apply_stabiliser(fit: Stabiliser, matrix: ExpressionMatrix) -> ExpressionMatrix:
    """Transform samples, known or new, each by itself: only the genes of the fit, in its order; log2 values.

    Raises UnitRefused and BadInput as `apply_size_factors`.
    """
    factors = apply_size_factors(fit.size_factors, matrix).factors
    counts = matrix.values[rows_of(fit.size_factors.genes, matrix)]
    values = np.empty(counts.shape)
    for begin in range(0, len(counts), BLOCK):
        values[begin : begin + BLOCK] = stabilised(counts[begin : begin + BLOCK] / factors, fit.trend)
    learnt = f"with {' and '.join(fit.design)}" if fit.design else "blind"
    note = (
        f"Variance-stabilised ({learnt}, {fit.trend.kind} trend {fit.trend.asymptotic:.4g} + {fit.trend.extra:.4g} / "
        f"mean), size factors against a stored reference of {len(fit.size_factors.samples)} samples."
    )
    return ExpressionMatrix(values, fit.size_factors.genes, matrix.samples, ExpressionUnit.log2, (*matrix.notes, note))


def variance_stabilise(
    matrix: ExpressionMatrix,
    design: pd.DataFrame | None = None,
    *,
    settings: StabilisingSettings | None = None,
    factors: SizeFactors | None = None,
) -> ExpressionMatrix:
    """`fit_stabiliser` and `apply_stabiliser` on the same samples. Inside a study fit on the training fold instead."""
    return apply_stabiliser(fit_stabiliser(matrix, design, settings=settings, factors=factors), matrix)


def stabilised(normalised: NDArray[np.float64], trend: DispersionTrend) -> NDArray[np.float64]:
    """Transform normalised counts; equals log2 of the count where it is large."""
    a, extra = trend.asymptotic, trend.extra
    if not extra:
        return (2 * np.arcsinh(np.sqrt(a * normalised)) - log(a) - log(4)) / log(2)
    root = np.sqrt(a * normalised * (1 + extra + a * normalised))
    return np.log((1 + extra + 2 * a * normalised + 2 * root) / (4 * a)) / log(2)
