"""The values that samples are compared on: expressed and varying genes, each less its median over the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.checks.settings import ComparedGenes
from radgen_assets.science.expression.scales import DATA, to_log2


def compared_values(matrix: ExpressionMatrix, settings: ComparedGenes) -> NDArray[np.float64]:
    """(genes, samples) float64: log2 values (or z-scores) of the chosen genes, each less its median.

    Counts, tpm and fpkm are brought to log2 first. Of the `n_best_expressed` genes of highest median the
    `n_most_variable` of largest median absolute deviation are taken; ties by the order of the matrix.

    Raises
    ------
    BadInput
        For fewer samples than `fewest_samples`, missing values, or no gene that varies in half of the samples.
    """
    n = len(matrix.samples)
    if n < settings.fewest_samples:
        remedy = "Compare them with the samples of a larger cohort of the same platform."
        raise BadInput(DATA, "samples", str(n), f"at least {settings.fewest_samples} to see what is usual", remedy)
    values = to_log2(matrix, allow_zscore=True).values
    level = np.median(values, axis=1)
    kept = np.arange(len(values))
    if matrix.unit is not ExpressionUnit.zscore:
        kept = np.sort(np.argsort(-level, kind="stable")[: settings.n_best_expressed])
    centred = values[kept] - level[kept, None]
    spread = np.median(np.abs(centred), axis=1)
    chosen = np.sort(np.argsort(-spread, kind="stable")[: settings.n_most_variable])
    chosen = chosen[spread[chosen] > 0]
    if len(chosen) < 2:
        found = f"{len(chosen)} genes whose values differ in half of the samples"
        raise BadInput(DATA, "genes", found, "at least 2", "Check that the matrix holds what its source says.")
    return np.asarray(centred[chosen])
