"""Samples unlike all others of their matrix, by principal components with a robust rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression.checks.compared_genes import compared_values
from radgen_assets.science.expression.checks.settings import OutlierSettings

SD_PER_MAD = 1.4826  # of a normal distribution
NO_LENGTH = 1e-9


@dataclass(frozen=True, eq=False)
class ExpressionOutliers:
    """How far each sample lies from the others.

    scores : (n_samples, n_components) along each component; its sign is such that the largest score is positive
    variance : (n_components,) share of the compared variance
    along : (n_samples,) robust SDs from the median, on the component where that is most
    beside : (n_samples,) the same of the logarithm of what the components leave over
    is_outlier : (n_samples,) bool
    """

    samples: tuple[str, ...]
    scores: NDArray[np.float64]
    variance: NDArray[np.float64]
    along: NDArray[np.float64]
    beside: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]
    n_genes: int
    robust_sds: float

    @property
    def outliers(self) -> tuple[str, ...]:
        """Samples too far from the others, the farthest first."""
        far = np.argsort(-np.maximum(self.along, self.beside), kind="stable")
        return tuple(self.samples[place] for place in far if self.is_outlier[place])

    def to_frame(self) -> pd.DataFrame:
        """One row a sample: sample, along, beside, is_outlier, pc1, pc2."""
        frame = pd.DataFrame({"sample": self.samples, "along": self.along, "beside": self.beside})
        frame["is_outlier"] = self.is_outlier
        for number in range(min(2, self.scores.shape[1])):
            frame[f"pc{number + 1}"] = self.scores[:, number]
        return frame


def expression_outliers(matrix: ExpressionMatrix, settings: OutlierSettings | None = None) -> ExpressionOutliers:
    """Samples beyond `robust_sds` along a component, or beside all of them.

    Principal components of the compared genes, as many as tell `share_of_variance` (at most `most_components` and a
    fifth of the samples). A distance is counted from the median in units of 1.4826 median absolute deviations, so that
    outliers do not hide one another. Subtypes spread a component and are no outliers. An outlier is looked at, never
    left out by itself.

    Raises
    ------
    BadInput
        For too few samples, missing values, or genes that do not vary.

    Source: score and orthogonal distance of Hubert, Rousseeuw & Vanden Branden 2005, with the rule of the median
    absolute deviation instead of their cut-offs, which expect normal scores.
    """
    settings = settings or OutlierSettings()
    values = compared_values(matrix, settings)
    centred = values - values.mean(axis=1, keepdims=True)
    variance, directions = np.linalg.eigh(centred.T @ centred)
    variance, directions = np.maximum(variance[::-1], 0), directions[:, ::-1]
    told = np.cumsum(variance) / variance.sum()
    n_told = int(np.searchsorted(told, settings.share_of_variance)) + 1
    k = max(2, min(n_told, settings.most_components, len(matrix.samples) // 5))
    scores = _largest_positive(directions[:, :k] * np.sqrt(variance[:k]))
    left = np.sqrt(np.maximum((centred**2).sum(axis=0) - (scores**2).sum(axis=1), 0))
    along = np.abs(_robust_sds(scores)).max(axis=1)
    beside = _robust_sds(np.log(np.maximum(left, NO_LENGTH * np.sqrt(variance.sum())))[:, None])[:, 0]
    is_outlier = (along > settings.robust_sds) | (beside > settings.robust_sds)
    shares = variance[:k] / variance.sum()
    return ExpressionOutliers(
        matrix.samples, scores, shares, along, beside, is_outlier, len(values), settings.robust_sds
    )


def _largest_positive(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])]
    return scores * np.where(largest < 0, -1.0, 1.0)


def _robust_sds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the column's median; 0 where half of a column is equal and so is the value."""
    away = values - np.median(values, axis=0)
    unit = SD_PER_MAD * np.median(np.abs(away), axis=0)
    unit = np.maximum(unit, NO_LENGTH * (np.abs(values).max(axis=0) + NO_LENGTH))
    return np.asarray(away / unit)
