"""Cook's distances: single counts that decide a coefficient, found and replaced where there are replicates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.expression.differential.count_design import CountDesign
from radgen_assets.science.expression.differential.negative_binomial import (
    RIDGE,
    SMALLEST_MEAN,
    Array,
    Places,
    add_cell,
    dot,
    factorise,
    squared_length,
)

ENOUGH_TO_JUDGE = 3  # samples of a cell
SMALLEST_ROBUST = 0.04  # less would let every other count of an outlier's group look like one
TRIM_OF_REPLACEMENT = 0.2


@dataclass(frozen=True, eq=False)
class CooksDistances:
    """Of each gene over its samples (places in the order of the design).

    largest : over the samples that can be judged, and of these (`largest_kept`) over those that cannot be replaced
    worst : the sample with the largest distance of all
    above : some distance, of whatever sample, is above the cut
    """

    largest: Array
    largest_kept: Array
    worst: Places
    above: NDArray[np.bool_]


def cooks_distances(
    counts: Array,
    depth: Array,
    design: CountDesign,
    beta: Array,
    alpha: Array,
    cut: float,
    replaceable: NDArray[np.bool_],
) -> CooksDistances:
    """Cook's distance of every count, with a dispersion that single outliers do not move.

    Source: Cook 1977; Love et al. 2014, "Cook's distance for outlier detection"; R DESeq2 calculateCooksDistance.
    """
    judged = design.sizes >= ENOUGH_TO_JUDGE
    return CooksDistances(
        *_over_genes(
            counts, depth, design.first, design.rows, beta, alpha, cut, np.stack([judged, judged & ~replaceable])
        )
    )


def replace_outliers(
    counts: Array,
    depth: Array,
    design: CountDesign,
    beta: Array,
    alpha: Array,
    cut: float,
    replaceable: NDArray[np.bool_],
) -> Array:
    """Counts above the cut become the gene's trimmed mean (20 % at each end) at the sample's depth, cut to a whole."""
    return _replace(counts, depth, design.first, design.rows, beta, alpha, cut, replaceable)


@njit(cache=True, nogil=True, error_model="numpy")
def _trimmed(values: Array, share: float) -> float:
    """Mean without `share` of the values at each end; sorts in place."""
    values.sort()
    n = len(values)
    low = math.floor(n * share)
    total = 0.0
    for i in range(low, n - low):
        total += values[i]
    return total / (n - 2 * low)


@njit(cache=True, nogil=True, error_model="numpy")
def _trimmed_variance(values: Array, work: Array, share: float, scale: float) -> float:
    work[:] = values
    middle = _trimmed(work, share)
    for i in range(len(values)):
        work[i] = (values[i] - middle) ** 2
    return scale * _trimmed(work, share)


@njit(cache=True, nogil=True, error_model="numpy")
def _robust_dispersion(normal: Array, first: Places, work: Array) -> float:
    """From the largest trimmed variance of a cell; of all samples, where no cell has three.

    The scales are what trimming takes from a normal variance.
    """
    variance = -1.0
    for k in range(len(first) - 1):
        n = first[k + 1] - first[k]
        if n >= ENOUGH_TO_JUDGE:
            share, scale = (1 / 3, 2.04) if n == 3 else ((1 / 4, 1.86) if n <= 23 else (1 / 8, 1.51))
            cell = _trimmed_variance(normal[first[k] : first[k + 1]], work[:n], share, scale)
            variance = max(variance, cell)
    if variance < 0:
        variance = _trimmed_variance(normal, work, 1 / 8, 1.51)
    mean = normal.sum() / len(normal)
    return max((variance - mean) / (mean * mean), SMALLEST_ROBUST)


@njit(cache=True, nogil=True, error_model="numpy")
def _distances(
    y: Array,
    depth: Array,
    first: Places,
    rows: Array,
    beta: Array,
    alpha: float,
    matrices: tuple[Array, Array],
    out: Array,
) -> None:
    """Cook's distances of a gene's samples, into `out`."""
    information, factor = matrices
    n_cells, p = rows.shape
    information[:] = 0.0
    work, levels = np.zeros(p), np.empty(n_cells)
    for k in range(n_cells):
        levels[k] = math.exp(dot(rows[k], beta))
        weight = 0.0
        for i in range(first[k], first[k + 1]):
            mean = max(depth[i] * levels[k], SMALLEST_MEAN)
            weight += mean / (1.0 + alpha * mean)
        add_cell(rows[k], weight, 0.0, information, work)
    for j in range(p):
        information[j, j] += RIDGE
    if not factorise(information, factor):
        out[:] = np.nan
        return
    normal = y / depth
    robust = _robust_dispersion(normal, first, out)
    for k in range(n_cells):
        length = squared_length(factor, rows[k], work)
        for i in range(first[k], first[k + 1]):
            mean = depth[i] * levels[k]
            floored = max(mean, SMALLEST_MEAN)
            hat = length * floored / (1.0 + alpha * floored)
            out[i] = (y[i] - mean) ** 2 / (mean + robust * mean * mean) / p * hat / (1.0 - hat) ** 2


@njit(cache=True, nogil=True, error_model="numpy")
def _over_genes(
    counts: Array,
    depth: Array,
    first: Places,
    rows: Array,
    beta: Array,
    alpha: Array,
    cut: float,
    marks: NDArray[np.bool_],
) -> tuple[Array, Array, Places, NDArray[np.bool_]]:
    """Distances of all genes; marks (2, n): the sample can be judged; and cannot be replaced."""
    g, n = counts.shape
    p = rows.shape[1]
    judged, kept = marks
    largest, largest_kept = np.full(g, np.nan), np.full(g, np.nan)
    worst = np.zeros(g, np.int64)
    above = np.zeros(g, np.bool_)
    matrices = (np.zeros((p, p)), np.zeros((p, p)))
    distance = np.empty(n)
    for gene in range(g):
        _distances(counts[gene], depth, first, rows, beta[gene], alpha[gene], matrices, distance)
        for i in range(n):
            if distance[i] > distance[worst[gene]] or math.isnan(distance[worst[gene]]):
                worst[gene] = i  # a sample alone in its cell may have none
            above[gene] |= distance[i] > cut
            if judged[i] and not distance[i] <= largest[gene]:
                largest[gene] = distance[i]
            if kept[i] and not distance[i] <= largest_kept[gene]:
                largest_kept[gene] = distance[i]
    return largest, largest_kept, worst, above


@njit(cache=True, nogil=True, error_model="numpy")
def _replace(
    counts: Array,
    depth: Array,
    first: Places,
    rows: Array,
    beta: Array,
    alpha: Array,
    cut: float,
    replaceable: NDArray[np.bool_],
) -> Array:
    g, n = counts.shape
    p = rows.shape[1]
    replaced = counts.copy()
    matrices = (np.zeros((p, p)), np.zeros((p, p)))
    distance = np.empty(n)
    for gene in range(g):
        _distances(counts[gene], depth, first, rows, beta[gene], alpha[gene], matrices, distance)
        middle = _trimmed(counts[gene] / depth, TRIM_OF_REPLACEMENT)
        for i in range(n):
            if replaceable[i] and distance[i] > cut:
                replaced[gene, i] = math.floor(middle * depth[i])
    return replaced
