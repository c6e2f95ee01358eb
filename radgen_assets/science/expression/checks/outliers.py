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
    apart : (n_samples,) distance to the k-th nearest sample within the components, in robust SDs of its logarithm
    beside : (n_samples,) the same of what the components leave over
    is_outlier : (n_samples,) bool
    """

    samples: tuple[str, ...]
    scores: NDArray[np.float64]
    variance: NDArray[np.float64]
    apart: NDArray[np.float64]
    beside: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]
    n_genes: int
    robust_sds: float

    @property
    def outliers(self) -> tuple[str, ...]:
        """Samples too far from the others, the farthest first."""
        far = np.argsort(-np.maximum(self.apart, self.beside), kind="stable")
        return tuple(self.samples[place] for place in far if self.is_outlier[place])

    def to_frame(self) -> pd.DataFrame:
        """One row a sample: sample, apart, beside, is_outlier, pc1, pc2."""
        frame = pd.DataFrame({"sample": self.samples, "apart": self.apart, "beside": self.beside})
        frame["is_outlier"] = self.is_outlier
        for number in range(min(2, self.scores.shape[1])):
            frame[f"pc{number + 1}"] = self.scores[:, number]
        return frame


def expression_outliers(matrix: ExpressionMatrix, settings: OutlierSettings | None = None) -> ExpressionOutliers:
    """Samples beyond `robust_sds`, within the first principal components or beside them.

    Principal components of the compared genes, as many as tell `share_of_variance` (at most `most_components` and a
    fifth of the samples). Two distances count: to the k-th nearest sample within the components (k = `neighbours`, at
    most a fifth of the samples), and what the components leave over. Each is taken as its logarithm, less the median,
    in units of 1.4826 median absolute deviations, so that outliers do not hide one another. More than k samples that
    lie together are a subtype, however far from the others. An outlier is looked at, never left out by itself.

    Raises
    ------
    BadInput
        For too few samples, missing values, or genes that do not vary.

    Source: score and orthogonal distance of Hubert, Rousseeuw & Vanden Branden 2005; the first to the k-th neighbour
    (Ramaswamy, Rastogi & Shim 2000) instead of the centre, from which a rare subtype lies far away.
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
    near = _to_neighbour(scores, max(2, min(settings.neighbours, len(matrix.samples) // 5)))
    shortest = NO_LENGTH * float(np.sqrt(variance.sum()))
    apart, beside = (_robust_sds(np.log(np.maximum(each, shortest))) for each in (near, left))
    is_outlier = (apart > settings.robust_sds) | (beside > settings.robust_sds)
    shares = variance[:k] / variance.sum()
    return ExpressionOutliers(
        matrix.samples, scores, shares, apart, beside, is_outlier, len(values), settings.robust_sds
    )


def _largest_positive(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])]
    return scores * np.where(largest < 0, -1.0, 1.0)


def _to_neighbour(scores: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    squares = (scores**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * scores @ scores.T, 0)
    return np.asarray(np.sqrt(np.sort(distances, axis=1)[:, k]))  # the first is the sample itself


def _robust_sds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the median; where half of the values are equal the unit is next to nothing."""
    away = values - np.median(values)
    unit = SD_PER_MAD * float(np.median(np.abs(away)))
    return np.asarray(away / max(unit, NO_LENGTH))
