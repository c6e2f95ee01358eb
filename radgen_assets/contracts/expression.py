"""Expression matrices and gene sets as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.units import ExpressionUnit


@dataclass(frozen=True, eq=False)
class ExpressionMatrix:
    """Genes x samples.

    values : (n_genes, n_samples) float64
    genes : unique gene symbols (or the source's ids where no symbol is known), n_genes
    samples : patient ids of the cohort, n_samples, unique
    notes : what the stated rules did (duplicates merged, samples set aside), one sentence each
    """

    values: NDArray[np.float64]
    genes: tuple[str, ...]
    samples: tuple[str, ...]
    unit: ExpressionUnit
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GeneSet:
    """A named set of gene symbols, in file order without repeats."""

    name: str
    description: str
    genes: tuple[str, ...]
