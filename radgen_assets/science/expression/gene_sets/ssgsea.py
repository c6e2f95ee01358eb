"""Pathway activity of single samples: ssGSEA, equal to R GSVA's, all sets and samples at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
from radgen_assets.science.expression.scales import DATA, refuse_missing
from radgen_assets.science.expression.settings import PathwaySettings

BLOCK = 64  # samples at once: bounds memory at 64 x genes x a few arrays
LOG_LIKE = (ExpressionUnit.counts, ExpressionUnit.tpm, ExpressionUnit.fpkm, ExpressionUnit.log2)


def ssgsea(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], settings: PathwaySettings | None = None
) -> tuple[pd.DataFrame, tuple[SetCoverage, ...]]:
    """Single-sample gene-set enrichment.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Any unit that orders the genes within a sample: counts, tpm, fpkm or log2. Ranks alone are used.
    gene_sets : sequence of GeneSet
        Genes that the matrix does not hold are left out of their set.

    Returns
    -------
    scores : data frame, sets x samples
        Higher = the set's genes stand higher in the sample. Not normalised unless the settings ask for it.
    coverage : one SetCoverage a given set, in the given order, scored or not

    Raises
    ------
    UnitRefused
        For z-scores: scaled gene by gene they no longer order the genes within a sample.
    BadInput
        For missing values, repeated genes, or two sets of one name.

    Notes
    -----
    Ranks are the floor of average ranks, and tied genes keep the order of the matrix (as GSVA 1.46). Constant genes
    take part. Without normalisation a sample's scores do not depend on the other samples.
    Source: Barbie et al. 2009; R GSVA::gsva(method = "ssgsea", ssgsea.norm = FALSE), agreement 1e-10.
    """
    settings = settings or PathwaySettings()
    require_unit(matrix.unit, LOG_LIKE, "ssgsea", DATA)
    refuse_missing(matrix)
    coverage, members = match_sets(matrix.genes, gene_sets, settings)
    scored = [row.name for row in coverage if row.scored]
    scores = np.empty((len(scored), len(matrix.samples)))
    for start in range(0, len(matrix.samples), BLOCK):
        part = slice(start, start + BLOCK)
        scores[:, part] = _walk(matrix.values[:, part], members, settings.tau)
    if settings.normalise_by_range and scores.size:
        scores = scores / np.ptp(scores)
    return pd.DataFrame(scores, index=pd.Index(scored, name="set"), columns=list(matrix.samples)), coverage


def _walk(values: NDArray[np.float64], members: csr_matrix, tau: float) -> NDArray[np.float64]:
    """(genes, samples) -> (sets, samples): mean difference of the two running sums, in closed form.

    The running sum inside a set, added up over all positions, is each member's weight times the positions still to
    come; outside it is the same with equal weights.
    """
    n = values.shape[0]
    rank = np.floor(rankdata(values, axis=0))
    place = np.argsort(-rank, axis=0, kind="stable")
    remaining = np.empty_like(rank)
    np.put_along_axis(remaining, place, np.arange(n, 0, -1, dtype=float)[:, None] * np.ones_like(rank[:1]), axis=0)
    weight = rank**tau
    inside = (members @ (weight * remaining)) / (members @ weight)
    size = np.asarray(members.sum(axis=1)).reshape(-1, 1)
    outside = (n * (n + 1) / 2 - members @ remaining) / (n - size)
    return inside - outside
