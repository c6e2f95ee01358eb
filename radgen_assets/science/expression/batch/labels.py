"""Batch labels and covariates in the order of a matrix's samples; what cannot be told apart among them is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import Confounded, UsedWrongly
from radgen_assets.science.survival.terms import CodedTerms, code_terms

Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)
TWICE = "expected one row a sample"


@dataclass(frozen=True, eq=False)
class BatchLabels:
    """Which batch each sample is of.

    levels : batches that have a sample, sorted (or in the order of a pandas categorical)
    code : (n,) place of each sample's batch in `levels`
    """

    name: str
    levels: tuple[str, ...]
    code: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """(n batches,) samples of each."""
        return np.bincount(self.code, minlength=len(self.levels))

    @property
    def columns(self) -> NDArray[np.float64]:
        """(n, n batches) 1 where a sample is of the batch."""
        return np.eye(len(self.levels))[self.code]


def name_of(labels: pd.Series, otherwise: str) -> str:
    """The name that a series has, as text."""
    return otherwise if labels.name is None else str(labels.name)


def of_samples(rows: Labelled, samples: Sequence[str], what: str) -> Labelled:
    """The rows of `samples`, in their order; raises UsedWrongly for a sample without a row, or with two."""
    index = rows.index.astype(str)
    if index.has_duplicates:
        raise UsedWrongly(f"{what}: found '{index[index.duplicated()][0]}' twice, {TWICE}.")
    known = set(index)
    absent = [sample for sample in samples if sample not in known]
    if absent:
        raise UsedWrongly(
            f"{what}: found no row for {len(absent)} of {len(samples)} samples (first: {absent[0]}), expected one each."
        )
    return rows.set_axis(index, axis=0).loc[list(samples)]


def batch_labels(batch: pd.Series, samples: Sequence[str], otherwise: str = "batch") -> BatchLabels:
    """Batches of `samples`; raises UsedWrongly for a sample without a batch."""
    name = name_of(batch, otherwise)
    column = of_samples(batch, samples, name)
    if column.isna().any():
        sample = column.index[column.isna()][0]
        raise UsedWrongly(f"{name}: sample {sample}: found no batch, expected one. Leave the sample out.")
    text = column.astype(str)
    ordered = column.cat.categories.astype(str) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(set(text))
    present = set(text)
    levels = tuple(level for level in ordered if level in present)
    place = {level: number for number, level in enumerate(levels)}
    return BatchLabels(name, levels, np.array([place[label] for label in text], dtype=np.int64))


def coded_covariates(
    covariates: pd.DataFrame | None, samples: Sequence[str], levels: Mapping[str, tuple[str, ...]] | None = None
) -> CodedTerms:
    """Covariates as columns: numbers and truth values as they are, categories against their first level."""
    if covariates is None:
        covariates = pd.DataFrame(index=pd.Index(samples))
    frame = of_samples(covariates, samples, "covariates").rename(columns=str)
    if frame.columns.has_duplicates:
        raise UsedWrongly(f"covariates: found '{frame.columns[frame.columns.duplicated()][0]}' twice, {TWICE}.")
    return code_terms(frame, levels=levels)


def refuse_tied(batches: Sequence[BatchLabels], covariates: CodedTerms) -> None:
    """Raise Confounded, naming who is tied to whom, unless every batch and covariate has an effect of its own."""
    columns, names = [], []
    for place, batch in enumerate(batches):
        columns.append(batch.columns if place == 0 else (batch.columns - batch.columns.mean(axis=0))[:, 1:])
        names += [f"batch '{batch.name}'"] * columns[-1].shape[1]
    matrix = np.hstack([*columns, covariates.matrix - covariates.matrix.mean(axis=0)])
    names += [f"covariate '{term}'" for term in covariates.term]
    norms = np.linalg.norm(matrix, axis=0)
    if (norms <= 1e-12 * max(float(norms.max(initial=0)), 1e-300)).any():
        constant = names[int(np.argmin(norms))]
        raise UsedWrongly(f"{constant} has one value in all samples, so it cannot be adjusted for. Leave it out.")
    matrix = matrix / norms
    rank = int(np.linalg.matrix_rank(matrix))
    if rank == matrix.shape[1]:
        return
    tied = []
    for name in dict.fromkeys(names):
        own = np.array([each == name for each in names])
        if rank - np.linalg.matrix_rank(matrix[:, ~own]) < own.sum():
            tied.append(name)
    raise Confounded(
        f"{' and '.join(tied)} cannot be told apart in these samples: found {rank} independent columns of "
        f"{matrix.shape[1]}. Removing one would remove the other: add samples that separate them, or leave one out."
    )
