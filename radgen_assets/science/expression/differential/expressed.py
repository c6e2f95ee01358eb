"""Which genes have enough counts to be tested, given the groups of a design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression.differential.count_design import CountDesign, code_factors, intercept_only
from radgen_assets.science.expression.differential.counts import expected_counts
from radgen_assets.science.expression.differential.linear_models import design_matrix, leverages
from radgen_assets.science.expression.differential.settings import ExpressedSettings

TOLERANCE = 1e-12  # relative: a count that lies at the limit but for rounding reaches it


@dataclass(frozen=True, eq=False)
class ExpressedGenes:
    """Genes kept by a filter on counts.

    kept : (g,) in the order of the matrix
    n_reaching : (g,) samples with at least `least_per_million`; n_needed : how many must (a fraction: rounded up)
    total : (g,) counts over all samples, at least `least_total`
    """

    genes: tuple[str, ...]
    kept: NDArray[np.bool_]
    n_reaching: NDArray[np.int64]
    n_needed: float
    least_per_million: float
    total: NDArray[np.float64]
    least_total: float
    n_samples: int

    def why_not(self, gene: int) -> str:
        """A sentence for a gene that was left out."""
        if self.n_reaching[gene] < self.n_needed * (1 - TOLERANCE):
            return (
                f"{self.n_reaching[gene]} of {self.n_samples} samples reach {self.least_per_million:.3g} counts per "
                f"million, {int(np.ceil(self.n_needed * (1 - TOLERANCE)))} must."
            )
        return f"{self.total[gene]:g} counts over all samples, fewer than {self.least_total:g}."


def expressed_genes(
    matrix: ExpressionMatrix, design: pd.DataFrame | None = None, *, settings: ExpressedSettings | None = None
) -> ExpressedGenes:
    """Find the genes with at least 10 counts (in a library of median size) in about as many samples as a group has.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Counts, whole or expected ones.
    design : data frame, one row a sample, optional
        The smallest group is the inverse of the largest leverage in it. Default: all samples are one group.

    Raises
    ------
    UnitRefused, BadInput
        For anything but counts; for negative or missing ones, and a sample without any.
    UsedWrongly
        For a design as `differential_counts` refuses it.

    Notes
    -----
    Looks across samples, but not at which group is higher: inside a study it belongs into the training fold.
    Source: Chen, Lun & Smyth 2016; R edgeR filterByExpr(design).
    """
    n = len(matrix.samples)
    coded = intercept_only(n) if design is None else code_factors(design, matrix.samples)
    return find_expressed(matrix, expected_counts(matrix, "expressed_genes"), coded, settings or ExpressedSettings())


def find_expressed(
    matrix: ExpressionMatrix, counts: NDArray[np.float64], design: CountDesign, settings: ExpressedSettings
) -> ExpressedGenes:
    """`expressed_genes` of checked counts and a coded design."""
    sizes = counts.sum(axis=0)
    per_million = settings.least_count / float(np.median(sizes)) * 1e6
    needed = 1 / leverages(design_matrix(design)).max()
    if needed > settings.large_group:
        needed = settings.large_group + (needed - settings.large_group) * settings.share_of_large
    reaching = (counts >= per_million * sizes * 1e-6 * (1 - TOLERANCE)).sum(axis=1)
    total = counts.sum(axis=1)
    kept = (reaching >= needed * (1 - TOLERANCE)) & (total >= settings.least_total * (1 - TOLERANCE))
    return ExpressedGenes(
        matrix.genes, kept, reaching, needed, per_million, total, settings.least_total, len(matrix.samples)
    )
