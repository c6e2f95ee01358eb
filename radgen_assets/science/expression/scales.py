"""Units of expression brought to a log2 scale; genes of low expression left out.

Each sample is transformed by itself; only `filter_low_expression` looks across samples.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.settings import LogSettings, LowExpressionSettings

DATA = "expression matrix"


def log2_cpm(matrix: ExpressionMatrix, settings: LogSettings | None = None) -> ExpressionMatrix:
    """Counts -> log2 counts per million: log2((count + prior) / (library size + 2 prior) * 1e6), sample by sample.

    With the default prior of 0.5 this is limma's voom (Law et al. 2014) without normalisation factors. edgeR's cpm
    scales its prior by the mean library instead, which would tie a patient's value to the other samples.

    Raises
    ------
    UnitRefused
        For anything but counts.
    BadInput
        For negative or missing counts, or a sample without any count.
    """
    settings = settings or LogSettings()
    require_unit(matrix.unit, (ExpressionUnit.counts,), "log2_cpm", DATA)
    _refuse_negative(matrix)
    library = matrix.values.sum(axis=0)
    if (library == 0).any():
        sample = matrix.samples[int(np.argmax(library == 0))]
        raise BadInput(DATA, f"sample {sample}", "no count at all", "at least one read", "Leave this sample out.")
    scaled = (matrix.values + settings.prior_count) / (library + 2 * settings.prior_count) * 1e6
    note = f"log2 counts per million, prior count {settings.prior_count:g}, each sample by its own library size."
    return replace(matrix, values=np.log2(scaled), unit=ExpressionUnit.log2, notes=(*matrix.notes, note))


def to_log2(
    matrix: ExpressionMatrix, settings: LogSettings | None = None, *, allow_zscore: bool = False
) -> ExpressionMatrix:
    """Any unit -> log2 values: counts by `log2_cpm`, tpm and fpkm as log2(x + 1), log2 unchanged.

    Parameters
    ----------
    allow_zscore : bool
        Let z-scores pass unchanged, still tagged as z-scores. They were scaled over the samples of their source, so
        only operations that say so may read them.

    Raises
    ------
    UnitRefused
        For z-scores, unless allowed.
    BadInput
        For missing values, and for negative counts, tpm or fpkm.
    """
    settings = settings or LogSettings()
    if matrix.unit is ExpressionUnit.counts:
        return log2_cpm(matrix, settings)
    if matrix.unit in (ExpressionUnit.tpm, ExpressionUnit.fpkm):
        _refuse_negative(matrix)
        note = f"log2({matrix.unit.value} + {settings.offset:g})."
        values = np.log2(matrix.values + settings.offset)
        return replace(matrix, values=values, unit=ExpressionUnit.log2, notes=(*matrix.notes, note))
    allowed = (ExpressionUnit.log2, *((ExpressionUnit.zscore,) if allow_zscore else ()))
    require_unit(matrix.unit, allowed, "to_log2", DATA)
    refuse_missing(matrix)
    return matrix


def filter_low_expression(matrix: ExpressionMatrix, settings: LowExpressionSettings | None = None) -> ExpressionMatrix:
    """Keep the genes that reach `smallest_log2` in at least `share_of_samples` of the samples.

    This looks across samples: inside a study it belongs into the training fold.

    Raises
    ------
    UnitRefused
        For anything but log2 values.
    """
    settings = settings or LowExpressionSettings()
    require_unit(matrix.unit, (ExpressionUnit.log2,), "filter_low_expression", DATA)
    refuse_missing(matrix)
    kept = (matrix.values >= settings.smallest_log2).mean(axis=1) >= settings.share_of_samples
    note = (
        f"{int((~kept).sum())} of {len(kept)} genes left out: below {settings.smallest_log2:g} in more than "
        f"{1 - settings.share_of_samples:.0%} of {len(matrix.samples)} samples."
    )
    genes = tuple(gene for gene, keep in zip(matrix.genes, kept, strict=True) if keep)
    return replace(matrix, values=matrix.values[kept], genes=genes, notes=(*matrix.notes, note))


def refuse_missing(matrix: ExpressionMatrix) -> None:
    """Raise BadInput naming the first gene and sample whose value is not a finite number."""
    _refuse(matrix, ~np.isfinite(matrix.values), "a finite number")


def _refuse_negative(matrix: ExpressionMatrix) -> None:
    refuse_missing(matrix)
    _refuse(matrix, matrix.values < 0, f"{matrix.unit.value} >= 0")


def _refuse(matrix: ExpressionMatrix, bad: NDArray[np.bool_], expected: str) -> None:
    if bad.any():
        gene, sample = np.argwhere(bad)[0]
        raise BadInput(
            DATA,
            f"gene {matrix.genes[gene]}, sample {matrix.samples[sample]}",
            f"{matrix.values[gene, sample]:g}",
            expected,
            f"{int(bad.sum())} values are so: correct the table, or declare its true unit.",
        )
