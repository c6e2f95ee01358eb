"""Gene set variation analysis: fitted on training samples, applied to any.

What is learnt is each gene's distribution over the training samples. A sample's genes are ranked by where they stand
in it, and the ranks walked set by set; a score depends on the training samples and on this sample, on no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.gene_sets.activity_scores import ActivityScores
from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
from radgen_assets.science.expression.gene_sets.settings import GsvaSettings
from radgen_assets.science.expression.gene_sets.varying import take_genes, varying_genes
from radgen_assets.science.expression.scales import DATA, refuse_missing

BANDWIDTHS_PER_SD = 4.0
UNITS = {
    "gaussian": (ExpressionUnit.log2, ExpressionUnit.zscore),
    "poisson": (ExpressionUnit.counts,),
    "none": (ExpressionUnit.log2, ExpressionUnit.zscore, ExpressionUnit.tpm, ExpressionUnit.fpkm),
}


@dataclass(frozen=True, eq=False)
class GsvaFit:
    """The training samples' distribution of every gene that varies among them.

    values : (genes, n) float64, training samples
    bandwidth : (genes,) float64, of the Gaussian kernel; empty for the others
    members : (scored sets, genes) 0/1
    n_constant : genes left out because all training samples share their value
    """

    genes: tuple[str, ...]
    samples: tuple[str, ...]
    unit: ExpressionUnit
    values: NDArray[np.float64]
    bandwidth: NDArray[np.float64]
    members: csr_matrix
    coverage: tuple[SetCoverage, ...]
    n_constant: int
    settings: GsvaSettings


def gsva(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], settings: GsvaSettings | None = None
) -> ActivityScores:
    """Scores of the samples against their own distribution: `apply_gsva(fit_gsva(matrix, ...), matrix)`.

    A patient's score then depends on all samples of the matrix: inside cross-validation use the two apart.

    Source: R GSVA 1.46, gsva(method = "gsva"), agreement 1e-10.
    """
    return apply_gsva(fit_gsva(matrix, gene_sets, settings), matrix)


def fit_gsva(matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], settings: GsvaSettings | None = None) -> GsvaFit:
    """Learn each gene's distribution from training samples.

    Parameters
    ----------
    matrix : ExpressionMatrix, at least 2 samples
        Gaussian kernel: log2 or z-scores. Poisson kernel: counts. No kernel: anything but counts, of which the library
        size would decide.
    gene_sets : sequence of GeneSet
        Genes that the matrix does not hold, or that do not vary, are left out of their set.

    Raises
    ------
    UnitRefused
        For a unit that does not suit the kernel.
    BadInput
        For missing values, negative counts, repeated genes, fewer than 2 samples, or two sets of one name.

    Source: Haenzelmann, Castelo & Guinney 2013; bandwidth a quarter of the standard deviation (n - 1).
    """
    settings = settings or GsvaSettings()
    require_unit(matrix.unit, UNITS[settings.kernel], f"gsva with the kernel '{settings.kernel}'", DATA)
    kept = varying_genes(matrix)
    if settings.kernel == "poisson" and (kept.values < 0).any():
        raise BadInput(DATA, "values", "negative counts", "counts >= 0", "Declare the true unit of the matrix.")
    coverage, members = match_sets(kept.genes, gene_sets, settings)
    bandwidth = np.empty(0)
    if settings.kernel == "gaussian":
        bandwidth = kept.values.std(axis=1, ddof=1) / BANDWIDTHS_PER_SD
    n_constant = len(matrix.genes) - len(kept.genes)
    return GsvaFit(
        kept.genes, matrix.samples, matrix.unit, kept.values, bandwidth, members, coverage, n_constant, settings
    )


def apply_gsva(fit: GsvaFit, matrix: ExpressionMatrix) -> ActivityScores:
    """Scores of the samples of `matrix` against the training samples of `fit`.

    A training sample is part of its own distribution, a new one is not, as in R, which has this only inside its
    bootstrap: training scores are therefore nearer the middle, the less the more training samples there are.

    Raises
    ------
    UnitRefused
        For another unit than the training samples'.
    BadInput
        For missing values, and for genes of the fit that the matrix does not hold.
    """
    from radgen_assets.science.expression.gene_sets.gsva_kernel import descending_order, walk

    require_unit(matrix.unit, (fit.unit,), "gsva fitted on that unit", DATA)
    refuse_missing(matrix)
    test = take_genes(matrix, fit.genes, "gsva")
    same = test.shape == fit.values.shape and np.array_equal(test, fit.values)
    settings, members = fit.settings, fit.members.tocsc()
    order = descending_order(fit.values, fit.bandwidth, fit.values if same else test, settings.kernel)
    weight = np.abs(np.arange(len(order), 0, -1) - len(order) / 2) ** settings.tau
    size = np.asarray(fit.members.sum(axis=1), dtype=np.int64).ravel()
    scores = np.empty((len(size), test.shape[1]))
    starts, sets = members.indptr.astype(np.int64), members.indices.astype(np.int64)
    for sample in range(test.shape[1]):
        top, bottom = walk(np.ascontiguousarray(order[:, sample]), weight, starts, sets, len(size), size)
        scores[:, sample] = _score(top, bottom, settings)
    names = [row.name for row in fit.coverage if row.scored]
    frame = pd.DataFrame(scores, index=pd.Index(names, name="set"), columns=list(matrix.samples))
    return ActivityScores(frame, fit.coverage, "gsva")


def _score(top: NDArray[np.float64], bottom: NDArray[np.float64], settings: GsvaSettings) -> NDArray[np.float64]:
    if settings.statistic == "max_deviation":
        return np.where(top > -bottom, top, bottom)
    return top - bottom if settings.absolute_ranking else top + bottom
