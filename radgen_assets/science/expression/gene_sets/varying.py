"""Genes that vary among the samples, and the same genes taken from another matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression.scales import DATA, refuse_missing

SMALLEST_SD = 1e-10  # GSVA's: below it a gene is constant


def varying_genes(matrix: ExpressionMatrix) -> ExpressionMatrix:
    """The matrix without constant genes; raises BadInput for missing values and fewer than 2 samples."""
    refuse_missing(matrix)
    if len(matrix.samples) < 2:
        found = f"{len(matrix.samples)} samples"
        raise BadInput(DATA, "samples", found, "at least 2 to learn a distribution from", "Add training samples.")
    varies = matrix.values.std(axis=1, ddof=1) >= SMALLEST_SD
    if varies.all():
        return matrix
    genes = tuple(gene for gene, kept in zip(matrix.genes, varies, strict=True) if kept)
    return replace(matrix, values=matrix.values[varies], genes=genes)


def take_genes(matrix: ExpressionMatrix, genes: Sequence[str], method: str) -> NDArray[np.float64]:
    """Values of `genes` in their order, (genes, samples); raises BadInput naming those that are missing."""
    if tuple(genes) == matrix.genes:
        return matrix.values
    place = {gene: row for row, gene in enumerate(matrix.genes)}
    missing = [gene for gene in genes if gene not in place]
    if missing:
        found = f"{len(missing)} genes missing ({', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''})"
        remedy = "Fit on the genes that both hold, or bring the ids to one kind."
        raise BadInput(DATA, "genes", found, f"all {len(genes)} that {method} was fitted on", remedy)
    return matrix.values[[place[gene] for gene in genes]]
