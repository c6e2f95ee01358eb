"""The chain of DESeq2 from counts to coefficients: dispersions, means, outlying counts replaced, refitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from radgen_assets.science.expression.differential.cooks import cooks_distances, replace_outliers
from radgen_assets.science.expression.differential.count_design import CountDesign
from radgen_assets.science.expression.differential.dispersion import (
    gene_wise_dispersions,
    moments,
    shrink_dispersions,
)
from radgen_assets.science.expression.differential.dispersion_trend import Asked, DispersionTrend, fit_trend
from radgen_assets.science.expression.differential.negative_binomial import fit_means, log_likelihood
from radgen_assets.science.expression.differential.settings import CountTestSettings

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GeneFits:
    """Per gene, for genes with any count.

    beta, std_err : (g, p) natural logarithms
    how : (g,) as fit_means: 0 = reweighted least squares, 1 = Newton's method, 2 = no maximum found
    deviance_drop : (g,) 2 (full - reduced log-likelihood), NaN without a reduced design
    """

    base_mean: Array
    gene_wise: Array
    expected: Array
    posterior: Array
    dispersion: Array
    outlier: NDArray[np.bool_]
    beta: Array
    std_err: Array
    how: NDArray[np.int8]
    deviance_drop: Array


@dataclass(frozen=True, eq=False)
class CountModel:
    """Fits after replacement, and what Cook's distances said before it.

    replaced : (g,) a count was above the cut, and the gene fitted again without it
    emptied : (g,) nothing but the replaced counts was positive
    decided_by_one : (g,) a count above the cut remains, since its cell has too few replicates
    worst : (g,) place in the matrix of the sample with the largest distance
    """

    fits: GeneFits
    trend: DispersionTrend
    cut: float
    cooks: Array
    replaced: NDArray[np.bool_]
    emptied: NDArray[np.bool_]
    decided_by_one: NDArray[np.bool_]
    worst: NDArray[np.int64]


def fit_count_model(
    counts: Array, depth: Array, design: CountDesign, reduced: CountDesign | None, settings: CountTestSettings
) -> CountModel:
    """Fit genes with any count; `counts` (g, n) and `depth` (n,) stand in the order of the design."""
    fits, trend = fit_genes(counts, depth, design, reduced, settings.trend)
    cut = float(fdtri(design.p, design.n - design.p, settings.cooks_quantile))
    enough = settings.replicates_to_replace
    replaceable = design.sizes >= enough if enough else np.zeros(design.n, dtype=bool)
    cooks = cooks_distances(counts, depth, design, fits.beta, fits.dispersion, cut, replaceable)
    above = cooks.above & replaceable.any()
    decided = np.where(above.any(), cooks.largest_kept, cooks.largest) > cut
    if design.two_groups:
        at_worst = counts[np.arange(len(counts)), cooks.worst]
        decided &= (counts > at_worst[:, None]).sum(axis=1) < 3  # three larger counts: it does not decide alone
    replaced, emptied = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
    if above.any():
        some = (counts[above], depth, design, fits.beta[above], fits.dispersion[above], cut, replaceable)
        anew = replace_outliers(*some)
        changed = (anew != counts[above]).any(axis=1)
        replaced[above] = changed
        if changed.any():
            fits, emptied[replaced] = _refitted(fits, replaced, anew[changed], depth, design, reduced, trend)
    return CountModel(fits, trend, cut, cooks.largest, replaced, emptied, decided, design.order[cooks.worst])


def fit_genes(
    counts: Array,
    depth: Array,
    design: CountDesign,
    reduced: CountDesign | None,
    trend: DispersionTrend | Asked,
) -> tuple[GeneFits, DispersionTrend]:
    """Dispersions and means; the trend is fitted here ("parametric", "mean") or given."""
    at = moments(counts, depth, design)
    own = gene_wise_dispersions(counts, depth, design, at)
    if not isinstance(trend, DispersionTrend):
        trend = fit_trend(at.mean, own.alpha, design.n - design.p, trend)
    expected = trend.at(at.mean)
    shrunken = shrink_dispersions(counts, depth, design, own, expected, trend)
    beta, variance, how = fit_means(counts, depth, design.first, design.rows, design.start, shrunken.final)
    drop = np.full(len(counts), np.nan)
    if reduced is not None:
        drop = deviance_drop(counts, depth, design, beta, reduced, shrunken.final, at.mean)
    std_err = np.sqrt(np.maximum(variance, 0.0))
    return GeneFits(
        at.mean,
        own.alpha,
        expected,
        shrunken.posterior,
        shrunken.final,
        shrunken.outlier,
        beta,
        std_err,
        how,
        drop,
    ), trend


def deviance_drop(
    counts: Array, depth: Array, design: CountDesign, beta: Array, reduced: CountDesign, alpha: Array, base_mean: Array
) -> Array:
    """2 (full - reduced log-likelihood), each at the same dispersion.

    Where the reduced design has no factor its mean is the mean normalised count, as in DESeq2, and not the maximum of
    the likelihood; so the drop can be slightly negative.
    """
    full = log_likelihood(counts, depth, design.first, np.exp(beta @ design.rows.T), alpha)
    if reduced.p == 1:
        levels = np.repeat(base_mean[:, None], len(design.rows), axis=1)
    else:
        fewer = fit_means(counts, depth, reduced.first, reduced.rows, reduced.start, alpha)[0]
        levels = np.exp(fewer @ reduced.rows.T)
    return 2 * (full - log_likelihood(counts, depth, design.first, levels, alpha))


def _refitted(
    fits: GeneFits,
    which: NDArray[np.bool_],
    counts: Array,
    depth: Array,
    design: CountDesign,
    reduced: CountDesign | None,
    trend: DispersionTrend,
) -> tuple[GeneFits, NDArray[np.bool_]]:
    """The fits with those of `which` made anew from their replaced counts; which of these became all zero."""
    some = np.asarray(counts.any(axis=1), dtype=bool)
    columns = {name: getattr(fits, name).copy() for name in GeneFits.__dataclass_fields__}
    if some.any():
        anew, _ = fit_genes(np.ascontiguousarray(counts[some]), depth, design, reduced, trend)
        for name, column in columns.items():
            column[np.flatnonzero(which)[some]] = getattr(anew, name)
    columns["base_mean"][np.flatnonzero(which)[~some]] = 0.0
    return replace(fits, **columns), ~some
