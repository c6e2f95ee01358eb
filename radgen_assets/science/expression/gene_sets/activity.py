"""Activity of gene sets as a weighted sum of gene z-scores: combined z-scores, and the first singular vector (plage).

Both learn each gene's mean and standard deviation from training samples, plage also the weights of a set's genes; a
new sample's score then depends on the training samples and on itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.gene_sets.activity_scores import ActivityScores
from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
from radgen_assets.science.expression.gene_sets.settings import SetSizes
from radgen_assets.science.expression.gene_sets.varying import take_genes, varying_genes
from radgen_assets.science.expression.scales import DATA, refuse_missing

UNITS = (ExpressionUnit.log2, ExpressionUnit.zscore)


@dataclass(frozen=True, eq=False)
class ActivityFit:
    """What a score is made of.

    means, sds : (genes,) float64, of the training samples, n - 1
    weights : (scored sets, genes), of the z-scores
    method : "z-score" or "plage"
    """

    method: str
    genes: tuple[str, ...]
    unit: ExpressionUnit
    means: NDArray[np.float64]
    sds: NDArray[np.float64]
    weights: csr_matrix
    coverage: tuple[SetCoverage, ...]


def z_score_activity(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], sizes: SetSizes | None = None
) -> ActivityScores:
    """Combined z-scores of the samples among themselves: `apply_activity(fit_z_score_activity(matrix, ...), matrix)`.

    Source: Lee et al. 2008; R GSVA::gsva(method = "zscore"), agreement 1e-10.
    """
    return apply_activity(fit_z_score_activity(matrix, gene_sets, sizes), matrix)


def plage(matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], sizes: SetSizes | None = None) -> ActivityScores:
    """First right singular vector of each set's z-scores: `apply_activity(fit_plage(matrix, ...), matrix)`.

    Source: Tomfohr et al. 2005; R GSVA::gsva(method = "plage"), agreement 1e-10 up to the sign, which is arbitrary
    there: here a score rises with the mean z-score of the set.
    """
    return apply_activity(fit_plage(matrix, gene_sets, sizes), matrix)


def fit_z_score_activity(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], sizes: SetSizes | None = None
) -> ActivityFit:
    """Learn means and standard deviations; a score is the sum of a set's z-scores over the root of its size.

    Parameters
    ----------
    matrix : ExpressionMatrix, log2 or z-scores, at least 2 samples
        Genes that do not vary are left out.

    Raises
    ------
    UnitRefused
        For counts, tpm and fpkm, of which a few high values would make the standard deviation.
    BadInput
        For missing values, repeated genes, fewer than 2 samples, or two sets of one name.
    """
    kept, coverage, members = _matched(matrix, gene_sets, sizes, "z_score_activity")
    size = np.asarray(members.sum(axis=1)).ravel()
    weights = csr_matrix(members.multiply(1 / np.sqrt(size)[:, None]))
    return _fit("z-score", kept, weights, coverage)


def fit_plage(matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], sizes: SetSizes | None = None) -> ActivityFit:
    """Learn means, standard deviations and each set's first singular vector; arguments as `fit_z_score_activity`.

    Scores of the training samples have length 1 in every set.
    """
    kept, coverage, members = _matched(matrix, gene_sets, sizes, "plage")
    z = (kept.values - kept.values.mean(axis=1, keepdims=True)) / kept.values.std(axis=1, ddof=1, keepdims=True)
    data = np.empty(members.nnz)
    for row in range(members.shape[0]):
        mine = slice(members.indptr[row], members.indptr[row + 1])
        of_set = z[members.indices[mine]]
        left, length, right = np.linalg.svd(of_set, full_matrices=False)
        sign = -1.0 if right[0] @ of_set.mean(axis=0) < 0 else 1.0
        data[mine] = sign * left[:, 0] / length[0]
    weights = csr_matrix((data, members.indices, members.indptr), shape=members.shape)
    return _fit("plage", kept, weights, coverage)


def apply_activity(fit: ActivityFit, matrix: ExpressionMatrix) -> ActivityScores:
    """Scores of any samples by what was learnt.

    Raises
    ------
    UnitRefused
        For another unit than the training samples'.
    BadInput
        For missing values, and for genes of the fit that the matrix does not hold.
    """
    require_unit(matrix.unit, (fit.unit,), f"{fit.method} activity fitted on that unit", DATA)
    refuse_missing(matrix)
    z = (take_genes(matrix, fit.genes, fit.method) - fit.means[:, None]) / fit.sds[:, None]
    names = [row.name for row in fit.coverage if row.scored]
    scores = pd.DataFrame(fit.weights @ z, index=pd.Index(names, name="set"), columns=list(matrix.samples))
    return ActivityScores(scores, fit.coverage, fit.method)


def _matched(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], sizes: SetSizes | None, operation: str
) -> tuple[ExpressionMatrix, tuple[SetCoverage, ...], csr_matrix]:
    require_unit(matrix.unit, UNITS, operation, DATA)
    kept = varying_genes(matrix)
    return kept, *match_sets(kept.genes, gene_sets, sizes or SetSizes())


def _fit(method: str, kept: ExpressionMatrix, weights: csr_matrix, coverage: tuple[SetCoverage, ...]) -> ActivityFit:
    means, sds = kept.values.mean(axis=1), kept.values.std(axis=1, ddof=1)
    return ActivityFit(method, kept.genes, kept.unit, means, sds, weights, coverage)
