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
N_COMPONENTS = 2  # that are drawn


@dataclass(frozen=True, eq=False)
class ExpressionOutliers:
    """How far each sample lies from the others.

    scores : (n_samples, 2) on the first two components, to be drawn; the largest score of each is positive
    variance : (2,) their shares of the compared variance
    times_usual : (n_samples,) distance to the k-th nearest sample over all components, as a multiple of the median one
    apart : (n_samples,) its logarithm in robust SDs
    is_outlier : (n_samples,) bool
    """

    samples: tuple[str, ...]
    scores: NDArray[np.float64]
    variance: NDArray[np.float64]
    times_usual: NDArray[np.float64]
    apart: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]
    n_genes: int
    robust_sds: float

    @property
    def outliers(self) -> tuple[str, ...]:
        """Samples too far from the others, the farthest first."""
        order = np.argsort(-self.apart, kind="stable")
        return tuple(self.samples[place] for place in order if self.is_outlier[place])

    def to_frame(self) -> pd.DataFrame:
        """One row a sample: sample, times_usual, apart, is_outlier, pc1, pc2."""
        frame = pd.DataFrame({"sample": self.samples, "times_usual": self.times_usual, "apart": self.apart})
        frame["is_outlier"] = self.is_outlier
        return frame.assign(pc1=self.scores[:, 0], pc2=self.scores[:, 1])


def expression_outliers(matrix: ExpressionMatrix, settings: OutlierSettings | None = None) -> ExpressionOutliers:
    """Samples that are far even from those they are most like.

    What counts is the distance to the k-th nearest sample over all principal components of the compared genes
    (k = `neighbours`, at most a fifth of the samples): its logarithm less the median, in units of 1.4826 median
    absolute deviations, or of `smallest_spread` where all samples are much alike. More than k samples that lie together
    are a subtype, however far from the others; k or fewer are all outliers and do not hide one another. An outlier is
    looked at, never left out by itself.

    Raises
    ------
    BadInput
        For too few samples, missing values, or genes that do not vary.

    Source: distance to the k-th neighbour, Ramaswamy, Rastogi & Shim 2000, instead of that to the centre, from which a
    rare subtype lies far away.
    """
    settings = settings or OutlierSettings()
    values = compared_values(matrix, settings)
    centred = values - values.mean(axis=1, keepdims=True)
    products = centred.T @ centred
    variance, directions = np.linalg.eigh(products)
    variance, directions = np.maximum(variance[::-1], 0), directions[:, ::-1]
    scores = _largest_positive(directions[:, :N_COMPONENTS] * np.sqrt(variance[:N_COMPONENTS]))
    distance = _to_neighbour(products, max(2, min(settings.neighbours, len(matrix.samples) // 5)))
    logarithm = np.log(np.maximum(distance, NO_LENGTH * float(np.sqrt(variance.sum()))))
    away = logarithm - np.median(logarithm)
    apart = away / max(SD_PER_MAD * float(np.median(np.abs(away))), settings.smallest_spread)
    return ExpressionOutliers(
        samples=matrix.samples,
        scores=scores,
        variance=variance[:N_COMPONENTS] / variance.sum(),
        times_usual=np.exp(away),
        apart=apart,
        is_outlier=apart > settings.robust_sds,
        n_genes=len(values),
        robust_sds=settings.robust_sds,
    )


def _to_neighbour(products: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """(n,) distance of each sample to its k-th nearest other one, from their scalar products (n, n)."""
    squares = np.diag(products)
    distances = np.maximum(squares[:, None] + squares - 2 * products, 0)
    np.fill_diagonal(distances, -1.0)  # the sample itself comes first
    return np.asarray(np.sqrt(np.sort(distances, axis=1)[:, k]))


def _largest_positive(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])]
    return scores * np.where(largest < 0, -1.0, 1.0)
