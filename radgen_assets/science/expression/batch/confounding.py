"""Can a contrast be told apart from the batches that its samples came in?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from radgen_assets.contracts.errors import Confounded, UsedWrongly
from radgen_assets.science.expression.batch.labels import name_of, of_samples

MOST_NAMED = 4  # levels named in a sentence


@dataclass(frozen=True, eq=False)
class BatchColumn:
    """One column that may stand for a batch, beside the contrast.

    table : samples of each level (rows) in each level of the contrast (columns); for numbers, their groups are empty
    association : Cramer's V, or the correlation ratio where either is a number; 0 none, 1 one follows from the other
    confounded : the contrast, or a part of it, follows from this column alone
    """

    name: str
    table: pd.DataFrame
    association: float
    confounded: bool

    @property
    def levels(self) -> tuple[str, ...]:
        """Its levels; empty for a number."""
        return tuple(map(str, self.table.index))

    @property
    def empty_cells(self) -> tuple[tuple[str, str], ...]:
        """(level, level of the contrast) that no sample has."""
        rows, columns = np.nonzero(self.table.to_numpy() == 0)
        return tuple((str(self.table.index[i]), str(self.table.columns[j])) for i, j in zip(rows, columns, strict=True))

    @property
    def n_silent(self) -> int:
        """Samples in batches that hold a single level of the contrast: these tell nothing about it."""
        counts = self.table.to_numpy()
        return int(counts[(counts > 0).sum(axis=1) == 1].sum())

    @property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """Groups of levels of the contrast that share no batch, not even through a third level; one group: none."""
        counts = self.table.to_numpy()
        if not counts.size:
            return ()
        shared = csr_matrix((counts.T @ counts > 0).astype(np.int8))
        _, group = connected_components(shared, directed=False)
        names = np.array([str(level) for level in self.table.columns])
        return tuple(tuple(names[group == number].tolist()) for number in range(group.max() + 1))


@dataclass(frozen=True, eq=False)
class Confounding:
    """Whether a contrast can be told apart from batches.

    confounded : the contrast, or one of its levels, has no effect of its own beside all columns together
    columns : the batch first, then what else was given
    n : samples with a value in every column
    n_missing : samples left out for a missing one
    """

    contrast: str
    contrast_levels: tuple[str, ...]
    columns: tuple[BatchColumn, ...]
    confounded: bool
    n: int
    n_missing: int

    @property
    def batch(self) -> str:
        """Name of the batch."""
        return self.columns[0].name

    @property
    def cramers_v(self) -> float:
        """Association of batch and contrast."""
        return self.columns[0].association

    @property
    def empty_cells(self) -> tuple[tuple[str, str], ...]:
        """(batch, level of the contrast) without a sample."""
        return self.columns[0].empty_cells

    @property
    def culprits(self) -> tuple[str, ...]:
        """Names of the columns that confound alone; all of them where only together they do."""
        if not self.confounded:
            return ()
        alone = tuple(column.name for column in self.columns if column.confounded)
        return alone or tuple(column.name for column in self.columns)

    def told(self) -> str:
        """One or two sentences that name batch, levels and contrast."""
        left = f" {self.n_missing} samples without a value were left out." if self.n_missing else ""
        if not self.confounded:
            return " ".join(self._balance(column) for column in self.columns) + left
        names = " and ".join(f"'{name}'" for name in self.culprits)
        together = "" if any(column.confounded for column in self.columns) else " together"
        told = f"'{self.contrast}' cannot be told apart from {names}{together} in these {self.n} samples"
        reasons = [reason for column in self.columns if column.confounded and (reason := self._reason(column))]
        return told + (f": {'; '.join(reasons)}." if reasons else ".") + left

    def _reason(self, column: BatchColumn) -> str:
        if len(column.apart) < 2:
            return ""
        groups = []
        for levels in column.apart:
            held = column.table.index[column.table[list(levels)].to_numpy().sum(axis=1) > 0]
            groups.append(f"{_named(levels)} in {_named(held)} alone")
        return f"'{column.name}' has {', '.join(groups)}"

    def _balance(self, column: BatchColumn) -> str:
        measure = "Cramer's V" if column.levels and self.contrast_levels else "correlation ratio"
        how = f"({measure} {column.association:.2f})"
        if not column.n_silent:
            return f"'{self.contrast}' can be told apart from '{column.name}' {how}."
        counts = column.table.to_numpy()
        n_silent = int(((counts > 0).sum(axis=1) == 1).sum())
        return (
            f"'{self.contrast}' can be told apart from '{column.name}' {how}, but {n_silent} of {len(counts)} levels "
            f"of it, with {column.n_silent} of {self.n} samples, hold one level of the contrast only and tell nothing."
        )


def check_confounding(batch: pd.Series, contrast: pd.Series, *, more: pd.DataFrame | None = None) -> Confounding:
    """Measure how far a contrast can be told apart from a batch, and from further columns beside it.

    Parameters
    ----------
    batch : Series, one label a sample
    contrast : Series, a level or a number a sample
        Give the samples that are compared: with a third level among them, that one is asked about as well.
    more : data frame, optional
        Further columns that may be batches, and what the design adjusts for: each is asked alone, then all together.

    Raises
    ------
    UsedWrongly
        When the contrast has a single level, or no sample has all values.
    """
    frame, batches = _frame(batch, contrast, more)
    complete = frame.dropna()
    name = str(frame.columns[-1])
    if complete.empty:
        raise UsedWrongly(f"confounding: found no sample that has {', '.join(map(str, frame))}, expected some.")
    compared = _columns(complete[name])
    if not compared.shape[1]:
        raise UsedWrongly(
            f"confounding: contrast '{name}': found one value in {len(complete)} samples, expected at least two."
        )
    coded = [_columns(complete[column]) for column in batches]
    told = tuple(
        BatchColumn(
            column,
            _table(complete[column], complete[name]),
            _association(complete[column], complete[name]),
            not _estimable(own, compared),
        )
        for column, own in zip(batches, coded, strict=True)
    )
    levels = () if _is_number(complete[name]) else _levels(complete[name])
    joint = not _estimable(np.hstack(coded), compared)
    return Confounding(name, levels, told, joint, len(complete), len(frame) - len(complete))


def refuse_confounded(batch: pd.Series, contrast: pd.Series, *, more: pd.DataFrame | None = None) -> Confounding:
    """`check_confounding`, which is returned; raises Confounded, naming batch and contrast, where it finds it."""
    found = check_confounding(batch, contrast, more=more)
    if found.confounded:
        raise Confounded(
            f"{found.told()} What differs may be either. Compare within one batch (normals of the same study, say), "
            "or add samples that separate them."
        )
    return found


def _frame(batch: pd.Series, contrast: pd.Series, more: pd.DataFrame | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Batches, then the contrast; rows are the samples of the contrast."""
    samples = tuple(contrast.index.astype(str))
    further = [] if more is None else [more[name].rename(str(name)) for name in more]
    columns: dict[str, pd.Series] = {}
    for otherwise, column in (("batch", batch), *(("batch", each) for each in further), ("contrast", contrast)):
        name = name_of(column, otherwise)
        if name in columns:
            raise UsedWrongly(f"confounding: found '{name}' twice among batches and contrast, expected it once.")
        columns[name] = of_samples(column, samples, name)
    return pd.DataFrame(columns), tuple(columns)[:-1]


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _levels(column: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(set(column.astype(str))))


def _columns(column: pd.Series) -> NDArray[np.float64]:
    """(n, k) columns of length 1 beside an intercept; none for a single value."""
    if _is_number(column):
        coded = column.to_numpy(dtype=np.float64)[:, None]
    else:
        coded = pd.get_dummies(column.astype(str), drop_first=True).to_numpy(dtype=np.float64)
    size = np.abs(coded).max(axis=0, initial=0)
    coded = coded - coded.mean(axis=0)
    norms = np.linalg.norm(coded, axis=0)
    varies = norms > 1e-12 * np.maximum(size, 1e-300)
    return np.asarray(coded[:, varies] / norms[varies])


def _estimable(known: NDArray[np.float64], compared: NDArray[np.float64]) -> bool:
    """Every column of `compared` has a part that `known` and the intercept (all are centred) do not give."""
    before = np.linalg.matrix_rank(known) if known.shape[1] else 0
    return bool(np.linalg.matrix_rank(np.hstack([known, compared])) - before == compared.shape[1])


def _table(column: pd.Series, contrast: pd.Series) -> pd.DataFrame:
    if _is_number(column) or _is_number(contrast):
        return pd.DataFrame(index=[] if _is_number(column) else list(_levels(column)))
    return pd.crosstab(column.astype(str), contrast.astype(str))


def _association(column: pd.Series, contrast: pd.Series) -> float:
    if _is_number(column) or _is_number(contrast):
        return _multiple_correlation(column, contrast)
    counts = pd.crosstab(column.astype(str), contrast.astype(str)).to_numpy(dtype=np.float64)
    fewer = min(counts.shape) - 1
    if not fewer:
        return 0.0
    n = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    return float(np.sqrt(((counts - expected) ** 2 / expected).sum() / (n * fewer)))


def _multiple_correlation(one: pd.Series, other: pd.Series) -> float:
    """Root of the share of a number's variance that the other column explains."""
    number, explaining = (other, one) if _is_number(other) else (one, other)
    values, columns = _columns(number), _columns(explaining)
    if not values.shape[1] or not columns.shape[1]:
        return 0.0
    explained, *_ = np.linalg.lstsq(columns, values, rcond=None)
    return float(np.linalg.norm(columns @ explained))


def _named(levels: Iterable[object]) -> str:
    names = [str(level) for level in levels]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
