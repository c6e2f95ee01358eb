"""Size factors: how deep each sample was sequenced, by the median of ratios to a stored reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit

DATA = "expression matrix"
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


def whole_counts(matrix: ExpressionMatrix, operation: str) -> NDArray[np.float64]:
    """The values of a matrix of counts, float64 and in rows of genes.

    Raises UnitRefused for another unit and for fractions, BadInput for what is negative, missing or repeated.
    """
    require_unit(matrix.unit, (ExpressionUnit.counts,), operation, DATA)
    values = np.ascontiguousarray(matrix.values, dtype=np.float64)
    if values.shape != (len(matrix.genes), len(matrix.samples)):
        raise UsedWrongly(
            f"{operation}: found values of shape {values.shape} for {len(matrix.genes)} genes and "
            f"{len(matrix.samples)} samples."
        )
    for row, gene in enumerate(matrix.genes):
        y = values[row]
        if not ((y >= 0) & (y == np.rint(y))).all():
            _refuse(matrix, gene, y, operation)
    if len(set(matrix.genes)) != len(matrix.genes):
        raise BadInput(DATA, "genes", "a gene twice", "unique genes", "Declare a rule for duplicates in the cohort.")
    empty = values.sum(axis=0) == 0
    if empty.any():
        sample = matrix.samples[int(np.argmax(empty))]
        raise BadInput(DATA, f"sample {sample}", "no count at all", "at least one read", "Leave this sample out.")
    return values


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


def _refuse(matrix: ExpressionMatrix, gene: str, y: NDArray[np.float64], operation: str) -> None:
    sample = int(np.argmin((y >= 0) & (y == np.rint(y))))
    place = f"gene {gene}, sample {matrix.samples[sample]}"
    if y[sample] >= 0:
        raise UnitRefused(
            DATA,
            place,
            f"{y[sample]:g}, which is no whole number",
            f"counts for {operation}",
            "Expected counts (RSEM, salmon): round them by a rule that the study states. Else declare the true unit.",
        )
    raise BadInput(DATA, place, f"{y[sample]:g}", "a count >= 0", "Correct the table, or declare its true unit.")
