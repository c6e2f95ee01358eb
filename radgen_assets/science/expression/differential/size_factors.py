"""Size factors: how deep each sample was sequenced, by the median of ratios to a stored reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression.differential.counts import DATA, whole_counts

Method = Literal["ratio", "positive"]


@dataclass(frozen=True, eq=False)
class SizeFactors:
    """Size factors with what is needed to find those of new samples alike.

    factors : (n,) > 0; a sample's counts divided by its factor are comparable with the others'
    log_geometric_means : (g,) of each gene over the samples of the fit; -inf = the gene takes no part
    """

    factors: NDArray[np.float64]
    samples: tuple[str, ...]
    genes: tuple[str, ...]
    log_geometric_means: NDArray[np.float64]
    method: Method


def size_factors(matrix: ExpressionMatrix, method: Method = "ratio") -> SizeFactors:
    """Median of the ratios of a sample's counts to the genes' geometric means.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Counts.
    method : "ratio" or "positive"
        "ratio": genes with a zero anywhere take no part. "positive": the geometric mean is over the positive counts
        (divided by all samples), for data in which every gene has a zero; the factors are then scaled to a geometric
        mean of one.

    Raises
    ------
    UnitRefused
        For anything but whole counts.
    BadInput
        For negative or missing counts, a sample without any, and (method "ratio") when every gene has a zero.

    Source: Anders & Huber 2010, equation 5; R DESeq2 estimateSizeFactors, types "ratio" and "poscounts".
    """
    counts = whole_counts(matrix, "size_factors")
    with np.errstate(divide="ignore"):
        logs = np.log(counts)
    if method == "ratio":
        means = logs.mean(axis=1)
    elif method == "positive":
        means = np.where(counts > 0, logs, 0.0).mean(axis=1)
        means[~(counts > 0).any(axis=1)] = -np.inf
    else:
        raise UsedWrongly(f"size factors: found the method '{method}', expected ratio or positive.")
    if not np.isfinite(means).any():
        raise BadInput(
            DATA,
            "genes",
            f"a zero in every one of {len(means)} genes",
            "genes that are positive in every sample",
            'Use method="positive", or leave out the samples with few reads.',
        )
    factors = _medians(logs, means, matrix.samples)
    if method == "positive":  # the scale goes into the reference, so that new samples are measured by it too
        scale = np.log(factors).mean()
        factors, means = factors / np.exp(scale), means + scale
    return SizeFactors(factors, matrix.samples, matrix.genes, means, method)


def apply_size_factors(fit: SizeFactors, matrix: ExpressionMatrix) -> SizeFactors:
    """Size factors of new samples against the stored reference; each sample by itself.

    The samples of the fit get their own factors again. (R scales the factors of new samples to a geometric mean of
    one, so that a patient's values would depend on who else is new; this is left out.)

    Raises
    ------
    UnitRefused, BadInput
        As `size_factors`; and when a gene of the fit is not in the matrix.
    """
    counts = whole_counts(matrix, "apply_size_factors")[rows_of(fit.genes, matrix)]
    with np.errstate(divide="ignore"):
        factors = _medians(np.log(counts), fit.log_geometric_means, matrix.samples)
    return SizeFactors(factors, matrix.samples, fit.genes, fit.log_geometric_means, fit.method)


def rows_of(genes: tuple[str, ...], matrix: ExpressionMatrix) -> NDArray[np.int64]:
    """Where the genes of a fit stand in a matrix; BadInput names the first that is absent."""
    place = {gene: row for row, gene in enumerate(matrix.genes)}
    absent = [gene for gene in genes if gene not in place]
    if absent:
        raise BadInput(
            DATA,
            f"gene {absent[0]}",
            f"absent, and {len(absent) - 1} more",
            f"the {len(genes)} genes of the fit",
            "Use the same annotation, or fit again on the genes that both have.",
        )
    return np.array([place[gene] for gene in genes], dtype=np.int64)


def _medians(logs: NDArray[np.float64], means: NDArray[np.float64], samples: tuple[str, ...]) -> NDArray[np.float64]:
    """Exp of each sample's median of log(count) - log(geometric mean) over the genes that are positive in both."""
    used = np.isfinite(means)
    factors = np.empty(logs.shape[1])
    for sample in range(logs.shape[1]):
        ratios = logs[used, sample] - means[used]
        ratios = ratios[np.isfinite(ratios)]
        if not len(ratios):
            raise BadInput(
                DATA,
                f"sample {samples[sample]}",
                "no positive count in the genes of the reference",
                "some that are positive",
                "Leave this sample out.",
            )
        factors[sample] = np.exp(np.median(ratios))
    return factors
