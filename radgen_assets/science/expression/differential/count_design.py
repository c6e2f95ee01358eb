"""The design of a count model: factors of the samples as cells, and the one coefficient that a contrast asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.terms import CodedTerms, code_terms

Contrast = tuple[str, str, str] | str
INTERCEPT = "Intercept"


@dataclass(frozen=True, eq=False)
class CountDesign:
    """Samples in the order of their cells; a cell is a row of the design that samples share.

    order : (n,) places of the samples in the matrix, cell after cell
    first : (k + 1,) where each cell begins in that order
    rows : (k, p) the design of each cell, the intercept first
    start : (p, k) start @ (sums by cell) are least-squares coefficients
    names : (p,) coefficients
    scale : (p,) a coefficient divided by it is per unit: numbers stand in `rows` centred, in standard deviations
    compared : (n,) in that order: the sample is in one of the two levels of the contrast (all, for a number)
    two_groups : one factor of two levels and nothing else
    """

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    rows: NDArray[np.float64]
    start: NDArray[np.float64]
    names: tuple[str, ...]
    scale: NDArray[np.float64]
    coefficient: int
    compared: NDArray[np.bool_]
    two_groups: bool

    @property
    def n(self) -> int:
        """Samples."""
        return len(self.order)

    @property
    def p(self) -> int:
        """Coefficients, the intercept among them."""
        return self.rows.shape[1]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """(n,) how many samples share each sample's cell."""
        counts = np.diff(self.first)
        return np.repeat(counts, counts)

    @property
    def saturated(self) -> bool:
        """Every cell has a mean of its own."""
        return len(self.rows) == self.p


def intercept_only(n: int) -> CountDesign:
    """The design that knows no factor."""
    everyone = np.ones(n, dtype=bool)
    return _cells(np.ones((n, 1)), np.ones(1), (INTERCEPT,), 0, everyone, two_groups=False)


def code_design(design: pd.DataFrame, samples: tuple[str, ...], contrast: Contrast) -> CountDesign:
    """Code the factors of `samples`; the contrast's reference is the first level of its factor.

    Raises
    ------
    UsedWrongly
        For a sample without a row, a missing value, an unknown factor or level, as many coefficients as samples, and
        factors that cannot be told apart, which are named.
    """
    frame = _of_samples(design, samples)
    factor = contrast if isinstance(contrast, str) else contrast[0]
    if factor not in frame:
        raise UsedWrongly(f"contrast: found the factor '{factor}', expected one of {', '.join(map(str, frame))}.")
    levels, compared = _levels(frame, contrast)
    coded = code_terms(frame, levels=levels)
    wanted = factor if isinstance(contrast, str) else f"{factor}: {contrast[1]}"
    names = (INTERCEPT, *coded.names)
    two_groups = len(coded.names) == 1 and factor in coded.levels
    return _cells(*_full_rank(coded), names, names.index(wanted), compared, two_groups=two_groups)


def code_factors(design: pd.DataFrame, samples: tuple[str, ...]) -> CountDesign:
    """Code the factors of `samples` without a contrast; refuses what `code_design` refuses."""
    frame = _of_samples(design, samples)
    if not len(frame.columns):
        return intercept_only(len(samples))
    coded = code_terms(frame)
    everyone = np.ones(len(frame), dtype=bool)
    return _cells(*_full_rank(coded), (INTERCEPT, *coded.names), 0, everyone, two_groups=False)


def reduced_design(full: CountDesign, design: pd.DataFrame, samples: tuple[str, ...], kept: list[str]) -> CountDesign:
    """The design with only the factors `kept`, on the cells and in the order of the full one."""
    frame = _of_samples(design, samples)
    unknown = [name for name in kept if name not in frame]
    if unknown:
        raise UsedWrongly(
            f"reduced: found '{unknown[0]}', expected factors of the design: {', '.join(map(str, frame))}."
        )
    if set(kept) == set(map(str, frame)):
        raise UsedWrongly("reduced: found every factor of the design, expected fewer, else there is nothing to test.")
    names: tuple[str, ...] = (INTERCEPT,)
    matrix = np.ones((len(frame), 1))
    scale = np.ones(1)
    if kept:
        coded = code_terms(frame[kept])
        names += coded.names
        matrix, scale = _full_rank(coded)
    rows = np.ascontiguousarray(matrix[full.order[full.first[:-1]]])
    start = _least_squares(rows, np.diff(full.first))
    return CountDesign(full.order, full.first, rows, start, names, scale, 0, full.compared, two_groups=False)


def _of_samples(design: pd.DataFrame, samples: tuple[str, ...]) -> pd.DataFrame:
    """The rows of the samples, truth values as categories."""
    labels = design.index.astype(str)
    if labels.has_duplicates:
        raise UsedWrongly(f"design: found '{labels[labels.duplicated()][0]}' twice, expected one row a sample.")
    absent = [sample for sample in samples if sample not in labels]
    if absent:
        raise UsedWrongly(
            f"design: found no row for {len(absent)} of {len(samples)} samples (first: {absent[0]}), expected one each."
        )
    frame = design.set_axis(labels, axis=0).loc[list(samples)]
    frame = frame.rename(columns=str)
    truth = [name for name in frame if pd.api.types.is_bool_dtype(frame[name].dtype)]
    return frame.astype(dict.fromkeys(truth, str)) if truth else frame


def _levels(frame: pd.DataFrame, contrast: Contrast) -> tuple[dict[str, tuple[str, ...]], NDArray[np.bool_]]:
    """The contrast's factor with its reference first; which samples are compared."""
    everyone = np.ones(len(frame), dtype=bool)
    factor = contrast if isinstance(contrast, str) else contrast[0]
    column = frame[factor]
    number = pd.api.types.is_numeric_dtype(column.dtype)
    if isinstance(contrast, str):
        if not number:
            raise UsedWrongly(
                f"contrast: found only the name of '{factor}', which is a category. Give (factor, level, reference)."
            )
        return {}, everyone
    if number:
        raise UsedWrongly(
            f"contrast: found levels for '{factor}', which is a number. Give its name alone (change per unit), or make "
            "it a category."
        )
    if column.isna().any():
        return {}, everyone  # refused where the terms are coded
    labels = column.astype(str)
    given = column.cat.categories.astype(str) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(set(labels))
    levels = [str(level) for level in given if (labels == str(level)).any()]
    _, level, reference = map(str, contrast)
    for wanted in (level, reference):
        if wanted not in levels:
            raise UsedWrongly(f"contrast: '{factor}': found the level '{wanted}', expected one of {', '.join(levels)}.")
    if level == reference:
        raise UsedWrongly(f"contrast: '{factor}': found '{level}' against itself, expected two levels.")
    levels.remove(reference)
    return {factor: (reference, *levels)}, labels.isin([level, reference]).to_numpy()


def _full_rank(coded: CodedTerms) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The coded factors beside an intercept, and their scales; refused, by name, where columns follow from others.

    Numbers are centred and scaled: a year of birth or a fraction would else need coefficients beyond any bound.
    """
    matrix = np.column_stack([np.ones(len(coded.matrix)), coded.matrix])
    scale = np.ones(matrix.shape[1])
    numbers = np.array([False, *(term not in coded.levels for term in coded.term)])
    if numbers.any():
        spread = matrix[:, numbers].std(axis=0)
        scale[numbers] = np.where(spread > 1e-12 * np.abs(matrix[:, numbers]).max(axis=0), spread, 1.0)
        matrix[:, numbers] = (matrix[:, numbers] - matrix[:, numbers].mean(axis=0)) / scale[numbers]
    scaled = matrix / np.maximum(np.linalg.norm(matrix, axis=0), 1e-300)
    rank = np.linalg.matrix_rank(scaled)
    if rank == matrix.shape[1]:
        if len(matrix) > rank:
            return matrix, scale
        raise UsedWrongly(
            f"design: found {len(matrix)} samples for {rank} coefficients, expected more samples. Without replicates "
            "no dispersion can be estimated: leave factors out."
        )
    tied = []
    for term in coded.terms:
        own = coded.columns_of(term) + 1
        if rank - np.linalg.matrix_rank(np.delete(scaled, own, axis=1)) < len(own):
            tied.append(term)
    raise UsedWrongly(
        f"design: found {rank} independent columns of {matrix.shape[1]}; {' and '.join(map(repr, tied))} cannot be "
        "told apart in these samples. Leave one of them out, or add samples that separate them."
    )


def _cells(
    matrix: NDArray[np.float64],
    scale: NDArray[np.float64],
    names: tuple[str, ...],
    coefficient: int,
    compared: NDArray[np.bool_],
    *,
    two_groups: bool,
) -> CountDesign:
    rows, cell = np.unique(matrix, axis=0, return_inverse=True)
    cell = cell.ravel()
    order = np.argsort(cell, kind="stable")
    sizes = np.bincount(cell, minlength=len(rows))
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    start = _least_squares(rows, sizes)
    return CountDesign(
        order.astype(np.int64), first, rows, start, names, scale, coefficient, compared[order], two_groups
    )


def _least_squares(rows: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(p, k): coefficients from the sums by cell."""
    root = np.sqrt(sizes)
    return np.ascontiguousarray(np.linalg.pinv(rows * root[:, None]) / root)
