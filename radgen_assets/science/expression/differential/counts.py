"""Counts as the tests take them: whole, or as expected numbers of reads; fractions are rounded only where asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit

DATA = "expression matrix"


def whole_counts(matrix: ExpressionMatrix, operation: str) -> NDArray[np.float64]:
    """The values of a matrix of counts, float64 and in rows of genes.

    Raises UnitRefused for another unit and for fractions, BadInput for what is negative, missing or repeated.
    """
    return _counts(matrix, operation, whole=True)


def expected_counts(matrix: ExpressionMatrix, operation: str) -> NDArray[np.float64]:
    """As `whole_counts`, for operations that also take fractions (RSEM, salmon)."""
    return _counts(matrix, operation, whole=False)


def round_counts(matrix: ExpressionMatrix) -> ExpressionMatrix:
    """Expected counts -> whole ones, halves to the even neighbour; a note says how many values changed.

    RSEM and salmon share a read among the genes that it may stem from, and so give fractions, which a count model
    refuses. Rounding is what tximport does before DESeq2; the largest change is half a read.

    Raises UnitRefused for anything but counts, BadInput for negative, missing or infinite ones.
    """
    values = _counts(matrix, "round_counts", whole=False)
    rounded = np.rint(values)
    changed = rounded != values
    if not changed.any():
        return matrix
    note = (
        f"{int(changed.sum()):,} of {changed.size:,} counts, in {int(changed.any(axis=1).sum()):,} of "
        f"{len(changed):,} genes, were no whole numbers and were rounded, halves to even."
    )
    return replace(matrix, values=rounded, notes=(*matrix.notes, note))


def in_rows_of_genes(matrix: ExpressionMatrix, operation: str) -> NDArray[np.float64]:
    """The values as (g, n) float64; UsedWrongly for another shape, BadInput for a gene that stands twice."""
    values = np.ascontiguousarray(matrix.values, dtype=np.float64)
    if values.shape != (len(matrix.genes), len(matrix.samples)):
        raise UsedWrongly(
            f"{operation}: found values of shape {values.shape} for {len(matrix.genes)} genes and "
            f"{len(matrix.samples)} samples."
        )
    if len(set(matrix.genes)) != len(matrix.genes):
        raise BadInput(DATA, "genes", "a gene twice", "unique genes", "Declare a rule for duplicates in the cohort.")
    return values


def _counts(matrix: ExpressionMatrix, operation: str, *, whole: bool) -> NDArray[np.float64]:
    require_unit(matrix.unit, (ExpressionUnit.counts,), operation, DATA)
    values = in_rows_of_genes(matrix, operation)
    for row in range(len(values)):  # gene by gene: no second matrix is held
        y = values[row]
        good = (y >= 0) & (y < np.inf)
        if whole:
            good &= y == np.rint(y)
        if not good.all():
            _refuse(matrix, row, int(np.argmin(good)), operation)
    empty = values.sum(axis=0) == 0
    if empty.any():
        sample = matrix.samples[int(np.argmax(empty))]
        raise BadInput(DATA, f"sample {sample}", "no count at all", "at least one read", "Leave this sample out.")
    return values


def _refuse(matrix: ExpressionMatrix, row: int, sample: int, operation: str) -> None:
    value = matrix.values[row, sample]
    place = f"gene {matrix.genes[row]}, sample {matrix.samples[sample]}"
    if 0 <= value < np.inf:
        raise UnitRefused(
            DATA,
            place,
            f"{value:g}, which is no whole number",
            f"counts for {operation}",
            'Expected counts (RSEM, salmon): fractions = "round" in a test, or round_counts. Else declare the unit.',
        )
    raise BadInput(DATA, place, f"{value:g}", "a count >= 0", "Correct the table, or declare its true unit.")
