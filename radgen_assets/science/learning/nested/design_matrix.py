"""Predictor blocks as one matrix: numbers as they are, categories as one column a level. Nothing is learnt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly

CLINICAL = "clinical"


@dataclass(frozen=True)
class DesignColumn:
    """A column of the matrix: a numeric predictor (`level` empty) or one level of a category."""

    block: str
    kind: str
    source: str
    level: str = ""
    ordered: bool = False  # a level of an ordered category: its reference is the lowest level, not the most frequent

    @property
    def name(self) -> str:
        """The predictor, or "predictor=level"."""
        return f"{self.source}={self.level}" if self.level else self.source


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """Patients x columns, missing values still NaN (in all columns of a missing category).

    values : (n, p) float64
    category : (p,) int   the number of the category that a column belongs to; -1 for numbers
    clinical : (p,) bool  columns of clinical blocks, which no screen removes
    n_infinite : infinite values that were counted as missing
    """

    patients: tuple[str, ...]
    columns: tuple[DesignColumn, ...]
    values: NDArray[np.float64]
    category: NDArray[np.int64]
    clinical: NDArray[np.bool_]
    n_infinite: int = 0

    @property
    def ordered(self) -> NDArray[np.bool_]:
        """(p,) whether a column is a level of an ordered category."""
        return np.array([column.ordered for column in self.columns], dtype=bool)

    def part(self, kept: NDArray[np.bool_]) -> DesignMatrix:
        """The matrix of some columns."""
        columns = tuple(column for column, keep in zip(self.columns, kept, strict=True) if keep)
        return DesignMatrix(
            self.patients, columns, self.values[:, kept], self.category[kept], self.clinical[kept], self.n_infinite
        )


def build_design(
    predictors: Mapping[str, pd.DataFrame], block_kinds: Mapping[str, str], patients: Sequence[str]
) -> DesignMatrix:
    """Code the predictors of `patients`; every level that occurs has its column, the reference is chosen in each fit.

    Raises
    ------
    BadInput
        A patient twice in a block, two columns of one name, or dates.
    """
    columns: list[DesignColumn] = []
    parts: list[NDArray[np.float64]] = []
    category: list[int] = []
    for block, frame in predictors.items():
        rows = aligned(frame, patients, block)
        numeric = [name for name in rows.columns if pd.api.types.is_float_dtype(rows[name].dtype)]
        if len(numeric) == rows.shape[1]:  # thousands of columns: one copy, no loop
            columns += [DesignColumn(block, block_kinds[block], str(name)) for name in rows.columns]
            parts.append(rows.to_numpy(dtype=np.float64, na_value=np.nan))
            category += [-1] * rows.shape[1]
            continue
        for name in rows.columns:
            levels, coded = code_column(rows[name], block)
            ordered = is_ordered(rows[name])
            columns += [DesignColumn(block, block_kinds[block], str(name), level, ordered) for level in levels]
            parts.append(coded)
            category += [(max(category, default=-1) + 1) if levels != ("",) else -1] * len(levels)
    return _assemble(patients, columns, parts, category)


def build_design_like(
    train: DesignMatrix, predictors: Mapping[str, pd.DataFrame], patients: Sequence[str]
) -> DesignMatrix:
    """Code other patients with the columns of `train`; what they lack is NaN, a level unknown there counts as no level.

    (A category whose level was never seen has 0 in all its columns, like the reference level.)
    """
    values = np.full((len(patients), len(train.columns)), np.nan)
    blocks = np.array([column.block for column in train.columns], dtype=object)
    for block, frame in predictors.items():
        places = np.flatnonzero(blocks == block)
        rows = aligned(frame, patients, block)
        if all(pd.api.types.is_float_dtype(dtype) for dtype in rows.dtypes) and (train.category[places] < 0).all():
            wanted = rows.reindex(columns=[train.columns[j].source for j in places])
            values[:, places] = wanted.to_numpy(dtype=np.float64, na_value=np.nan)
            continue
        for j in places:
            if train.columns[j].source in rows.columns:
                values[:, j] = column_values(rows[train.columns[j].source], train.columns[j].level, block)
    infinite = np.isinf(values)
    values[infinite] = np.nan
    return DesignMatrix(
        tuple(patients), train.columns, values, train.category, train.clinical, n_infinite=int(infinite.sum())
    )


def aligned(frame: pd.DataFrame, patients: Sequence[str], block: str) -> pd.DataFrame:
    """The rows of `patients` in their order; absent patients have NaN."""
    if not frame.index.is_unique:
        twice = str(frame.index[frame.index.duplicated()][0])
        raise BadInput(f"block {block}", f"patient {twice}", "two rows", "one row a patient", "Keep one of them.")
    if not frame.columns.is_unique:
        twice = str(frame.columns[frame.columns.duplicated()][0])
        raise BadInput(f"block {block}", f"column {twice}", "two columns", "each name once", "Rename one of them.")
    return frame if list(frame.index) == list(patients) else frame.reindex(list(patients))


def code_column(values: pd.Series, block: str) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Levels and their 0/1 columns, or `("",)` and the numbers themselves as one column."""
    if not is_category(values):
        return ("",), as_numbers(values, block)[:, None]
    text = as_levels(values)
    present = set(text.dropna())
    levels = tuple(map(str, values.cat.categories)) if is_ordered(values) else tuple(sorted(present))
    levels = tuple(level for level in levels if level in present)
    if not levels:
        return ("",), np.full((len(values), 1), np.nan)
    coded = np.column_stack([(text == level).to_numpy(dtype=float) for level in levels])
    coded[text.isna().to_numpy()] = np.nan
    return levels, coded


def column_values(values: pd.Series, level: str, block: str) -> NDArray[np.float64]:
    """One column of the matrix: the numbers, or whether each value is the level; NaN where missing."""
    if not level:
        return as_numbers(values, block)
    text = as_levels(values)
    return np.where(text.isna(), np.nan, (text == level).to_numpy(dtype=float))


def is_category(values: pd.Series) -> bool:
    """Whether a column holds names rather than numbers or booleans."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        raise BadInput("predictors", f"column {values.name}", "dates", "numbers or categories", "Give durations.")
    if isinstance(values.dtype, pd.CategoricalDtype):
        return True
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return False
    return not all(isinstance(value, (int, float, bool, np.number, np.bool_)) for value in values.dropna())


def is_ordered(values: pd.Series) -> bool:
    """Whether a column is a category whose levels have an order."""
    return isinstance(values.dtype, pd.CategoricalDtype) and bool(values.cat.ordered)


def as_numbers(values: pd.Series, block: str) -> NDArray[np.float64]:
    """Numbers of a column (booleans 0 and 1), NaN where missing."""
    try:
        return pd.to_numeric(values.astype(object).where(values.notna(), np.nan)).to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsedWrongly(
            f"block {block}, column {values.name}: found text where the training cohorts have numbers ({error})."
        ) from error


def as_levels(values: pd.Series) -> pd.Series:
    """Categories as text, missing where missing."""
    text = values.astype(object)
    return text.map(str, na_action="ignore").where(values.notna(), None)


def _assemble(
    patients: Sequence[str], columns: list[DesignColumn], parts: list[NDArray[np.float64]], category: list[int]
) -> DesignMatrix:
    values = np.column_stack(parts) if parts else np.empty((len(patients), 0))
    infinite = np.isinf(values)
    if infinite.any():
        values = np.where(infinite, np.nan, values)
    return DesignMatrix(
        patients=tuple(patients),
        columns=tuple(columns),
        values=values,
        category=np.array(category, dtype=np.int64),
        clinical=np.array([column.kind == CLINICAL for column in columns], dtype=bool),
        n_infinite=int(infinite.sum()),
    )
