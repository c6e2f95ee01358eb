"""Subtypes by the nearest centroid, by correlation, with the margin over the second nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.scales import DATA, refuse_missing

Centring = Literal["none", "training", "cohort"]
CALLED, FLAT = "called", "one value in all genes"


@dataclass(frozen=True, eq=False)
class Centroids:
    """Mean expression of each class.

    classes : k names, sorted
    centroids : (genes, k) float64, of centred genes
    means, sds : (genes,) float64, of the training samples before centring
    unit : of the training samples
    """

    genes: tuple[str, ...]
    classes: tuple[str, ...]
    centroids: NDArray[np.float64]
    means: NDArray[np.float64]
    sds: NDArray[np.float64]
    unit: ExpressionUnit


@dataclass(frozen=True, eq=False)
class SubtypeCalls:
    """Subtype of every sample.

    table : data frame, a row a sample
        sample; subtype (None where nothing can be called); correlation with its centroid; margin over the second
        nearest; a column a class with the correlation; status
    n_genes, not_measured : genes of the centroids, and those that the matrix does not hold
    label : how the genes were centred
    """

    table: pd.DataFrame
    n_genes: int
    not_measured: tuple[str, ...]
    label: str

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table.copy()


def fit_centroids(matrix: ExpressionMatrix, labels: pd.Series) -> Centroids:
    """Mean of the gene-centred training samples of each class.

    Parameters
    ----------
    matrix : ExpressionMatrix, log2 or z-scores
        Log2 values are centred and scaled by gene over the samples; z-scores, which are so already, are left.
    labels : series by sample; samples without a label are left out

    Raises
    ------
    UnitRefused
        For counts, tpm and fpkm.
    BadInput
        For missing values, no common sample, fewer than 2 classes, or genes without spread.

    Source: Verhaak et al. 2010 state no centroids; these are the means of their 173 core samples when fitted on them.
    """
    if matrix.unit not in (ExpressionUnit.log2, ExpressionUnit.zscore):
        _refuse_unit(matrix.unit, "log2 or zscore", "fit_centroids")
    refuse_missing(matrix)
    known = labels.reindex(matrix.samples).dropna()
    classes = tuple(sorted(known.unique()))
    if len(classes) < 2:
        found = f"{len(classes)} classes in {len(known)} samples with a label"
        raise BadInput("labels", "classes", found, "at least 2", "Check that both tables name samples alike.")
    values = matrix.values[:, np.isin(matrix.samples, known.index)]
    means, sds = values.mean(axis=1), values.std(axis=1, ddof=1)
    if matrix.unit is ExpressionUnit.log2:
        values = _scaled(values, means, sds, matrix.genes)
    label = known.to_numpy()
    centroids = np.column_stack([values[:, label == each].mean(axis=1) for each in classes])
    return Centroids(matrix.genes, classes, centroids, means, sds, matrix.unit)


def subtype_by_centroid(
    matrix: ExpressionMatrix,
    centroids: Centroids,
    *,
    centring: Centring = "cohort",
    method: Literal["pearson", "spearman"] = "pearson",
    smallest_share: float = 0.8,
) -> SubtypeCalls:
    """Call each sample by the centroid that it correlates with best.

    Parameters
    ----------
    matrix : ExpressionMatrix
        z-scores with centring "none"; log2 with "cohort" or "training".
    centring : str
        "cohort": genes are centred and scaled over these samples, which presumes a mix of classes like the training
        samples' and makes a call depend on the other samples; "training": by the training samples, for the same unit
        and platform; "none": values are gene-scaled already.
    smallest_share : float
        Share of the centroids' genes that must be measured; the others are left out of the correlation.

    Raises
    ------
    UsedWrongly
        For an unknown centring or method.
    UnitRefused
        For a unit that does not suit the centring.
    BadInput
        For too few genes, missing values, or, within a cohort, a gene without spread or fewer than 2 samples.
    """
    if centring not in ("none", "training", "cohort") or method not in ("pearson", "spearman"):
        expected = "none, training or cohort; pearson or spearman"
        raise UsedWrongly(f"subtype_by_centroid: found '{centring}' and '{method}', expected {expected}.")
    _guard(matrix.unit, centroids.unit, centring)
    refuse_missing(matrix)
    place = {gene: row for row, gene in enumerate(matrix.genes)}
    held = np.array([gene in place for gene in centroids.genes])
    missing = tuple(gene for gene in centroids.genes if gene not in place)
    if held.sum() < max(3.0, smallest_share * len(held)):
        found = f"{int(held.sum())} of {len(held)} ({', '.join(missing[:5])}, ... missing)"
        remedy = "Map old symbols by their aliases, or allow a smaller share."
        raise BadInput(DATA, "genes of the centroids", found, f"at least {smallest_share:.0%}", remedy)
    genes = [gene for gene in centroids.genes if gene in place]
    values = matrix.values[[place[gene] for gene in genes]]
    if centring == "cohort":
        values = _scaled(values, values.mean(axis=1), _spread(values), genes)
    elif centring == "training":
        values = _scaled(values, centroids.means[held], centroids.sds[held], genes)
    correlation = _correlate(values, centroids.centroids[held], method)
    label = {"cohort": "centred within this cohort", "training": "centred by the training samples"}.get(centring, "")
    return SubtypeCalls(
        _table(correlation, matrix.samples, centroids.classes), len(held), missing, label or "gene-scaled as given"
    )


def _guard(unit: ExpressionUnit, trained: ExpressionUnit, centring: Centring) -> None:
    if centring == "none" and unit is not ExpressionUnit.zscore:
        _refuse_unit(unit, "zscore", "subtype_by_centroid without centring")
    if centring == "cohort" and unit not in (ExpressionUnit.log2, ExpressionUnit.zscore):
        _refuse_unit(unit, "log2 or zscore", "subtype_by_centroid centred within the cohort")
    if centring == "training" and unit is not trained:
        _refuse_unit(unit, trained.value, "subtype_by_centroid centred by training samples of that unit")


def _refuse_unit(unit: ExpressionUnit, expected: str, operation: str) -> None:
    raise UnitRefused(DATA, "unit", unit.value, f"{expected} for {operation}", "Use to_log2, or another centring.")


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if values.shape[1] < 2:
        found = f"{values.shape[1]} samples"
        raise BadInput(DATA, "samples", found, "at least 2 to centre within the cohort", "Use centring 'training'.")
    return values.std(axis=1, ddof=1)


def _scaled(
    values: NDArray[np.float64],
    means: NDArray[np.float64],
    sds: NDArray[np.float64],
    genes: Sequence[str],
) -> NDArray[np.float64]:
    if (sds == 0).any():
        gene = genes[int(np.argmax(sds == 0))]
        raise BadInput(DATA, f"gene {gene}", "one value in all samples", "some spread", "Leave this gene out.")
    return (values - means[:, None]) / sds[:, None]


def _correlate(values: NDArray[np.float64], centroids: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    """(samples, classes); NaN for a sample with one value in all genes."""
    if method == "spearman":
        values, centroids = rankdata(values, axis=0), rankdata(centroids, axis=0)
    x, y = values - values.mean(axis=0), centroids - centroids.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((x.T @ y) / np.outer(np.sqrt((x**2).sum(axis=0)), np.sqrt((y**2).sum(axis=0))))


def _table(correlation: NDArray[np.float64], samples: tuple[str, ...], classes: tuple[str, ...]) -> pd.DataFrame:
    flat = np.asarray(np.isnan(correlation).any(axis=1))
    filled = np.where(np.isnan(correlation), -np.inf, correlation)
    order = np.sort(filled, axis=1)
    best = np.argmax(filled, axis=1)
    with np.errstate(invalid="ignore"):
        margin = np.where(flat, np.nan, order[:, -1] - order[:, -2])
    table = pd.DataFrame(
        {
            "sample": samples,
            "subtype": [
                None if none else classes[each] for none, each in zip(flat.tolist(), best.tolist(), strict=True)
            ],
            "correlation": np.where(flat, np.nan, order[:, -1]),
            "margin": margin,
        }
    )
    for column, each in enumerate(classes):
        table[each] = correlation[:, column]
    return table.assign(status=np.where(flat, FLAT, CALLED))
