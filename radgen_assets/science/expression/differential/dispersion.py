"""Dispersions of counts: each gene's own, then drawn towards the trend, but for genes far above it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.expression.differential.count_design import CountDesign
from radgen_assets.science.expression.differential.dispersion_search import STEPS, search, search_grid
from radgen_assets.science.expression.differential.dispersion_trend import OUTLIER_SD, SMALLEST, DispersionTrend
from radgen_assets.science.expression.differential.negative_binomial import fit_means

BLOCK = 2048  # genes at once where numpy needs temporary arrays of genes x samples
GRID_POINTS = 20
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Of the normalised counts: mean, variance (n - 1), and sums by cell of the design (g, k)."""

    mean: Array
    variance: Array
    cell_sums: Array
    rough: Array


@dataclass(frozen=True, eq=False)
class GeneWise:
    """alpha (g,) by Cox-Reid; levels (g, k): the means of the cells at a size factor of one that it was found with."""

    alpha: Array
    levels: Array


@dataclass(frozen=True, eq=False)
class Shrunken:
    """posterior (g,): the mode with the prior; final (g,): that, or the gene's own where it is an outlier (g,)."""

    posterior: Array
    final: Array
    outlier: NDArray[np.bool_]


def moments(counts: Array, depth: Array, design: CountDesign) -> Moments:
    """Moments of the normalised counts and a rough dispersion by least squares; counts in the order of the design."""
    g = len(counts)
    mean, variance, rough = np.empty(g), np.empty(g), np.empty(g)
    sums = np.empty((g, len(design.rows)))
    to_levels = (design.rows @ design.start).T
    sizes = np.diff(design.first)
    for begin in range(0, g, BLOCK):
        part = slice(begin, begin + BLOCK)
        normal = counts[part] / depth
        mean[part] = normal.mean(axis=1)
        variance[part] = normal.var(axis=1, ddof=1)
        sums[part] = np.add.reduceat(normal, design.first[:-1], axis=1)
        fitted = np.repeat(np.maximum(sums[part] @ to_levels, 1.0), sizes, axis=1)
        rough[part] = (((normal - fitted) ** 2 - fitted) / fitted**2).sum(axis=1) / (design.n - design.p)
    return Moments(mean, variance, sums, np.maximum(rough, 0.0))


def largest_dispersion(n: int) -> float:
    """No dispersion is above this."""
    return float(max(10, n))


def gene_wise_dispersions(counts: Array, depth: Array, design: CountDesign, at: Moments) -> GeneWise:
    """Cox-Reid adjusted profile likelihood, gene by gene; counts (g, n) without rows of zeros.

    Source: Love et al. 2014, equation 5; R DESeq2 estimateDispersionsGeneEst.
    """
    largest = largest_dispersion(design.n)
    by_moments = (at.variance - (1 / depth).mean() * at.mean) / at.mean**2
    start = np.clip(np.minimum(at.rough, by_moments), SMALLEST, largest)
    if design.saturated:
        levels = at.cell_sums / np.diff(design.first)
    else:
        beta = fit_means(counts, depth, design.first, design.rows, design.start, start)[0]
        levels = np.exp(beta @ design.rows.T)
    nothing = np.zeros(len(counts))
    model = (counts, levels, depth, design.first, design.rows)
    log_alpha, initial, last, steps = search(*model, np.log(start), nothing, np.inf)
    alpha = np.minimum(np.exp(log_alpha), largest)
    alpha = np.where(last < initial + np.abs(initial) / 1e6, start, alpha)
    again = ((steps >= STEPS) | (steps == 1)) & (alpha > 10 * SMALLEST)
    if again.any():
        alpha[again] = _by_grid(model, again, nothing, np.inf, design.n)
    return GeneWise(np.clip(alpha, SMALLEST, largest), levels)


def shrink_dispersions(
    counts: Array, depth: Array, design: CountDesign, own: GeneWise, expected: Array, trend: DispersionTrend
) -> Shrunken:
    """Posterior modes under a log-normal prior around the trend's value, `expected` (g,).

    Source: Love et al. 2014, equations 7 to 10; R DESeq2 estimateDispersionsMAP.
    """
    largest = largest_dispersion(design.n)
    if trend.kind == "none":
        return Shrunken(own.alpha, own.alpha, np.zeros(len(own.alpha), dtype=bool))
    start = np.where(own.alpha > 0.1 * expected, own.alpha, expected)
    model = (counts, own.levels, depth, design.first, design.rows)
    log_expected = np.log(expected)
    log_alpha, _, _, steps = search(*model, np.log(start), log_expected, trend.prior_variance)
    posterior = np.exp(log_alpha)
    again = steps >= STEPS
    if again.any():
        posterior[again] = _by_grid(model, again, log_expected, trend.prior_variance, design.n)
    posterior = np.clip(posterior, SMALLEST, largest)
    outlier = np.log(own.alpha) > log_expected + OUTLIER_SD * math.sqrt(trend.log_spread)
    return Shrunken(posterior, np.where(outlier, own.alpha, posterior), outlier)


def _by_grid(
    model: tuple[Array, Array, Array, NDArray[np.int64], Array],
    which: NDArray[np.bool_],
    prior_mean: Array,
    prior_variance: float,
    n: int,
) -> Array:
    counts, levels, depth, first, rows = model
    grid = np.linspace(math.log(SMALLEST), math.log(largest_dispersion(n)), GRID_POINTS)
    return np.exp(
        search_grid(counts[which], levels[which], depth, first, rows, grid, prior_mean[which], prior_variance)
    )
