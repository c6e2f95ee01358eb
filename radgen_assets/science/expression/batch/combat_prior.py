"""Batch effects of single genes drawn towards those of all genes: the empirical Bayes step of ComBat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput

SETTLED = 1e-4  # sva's: no gene's estimate grows by more than this share in a round
MOST_ROUNDS = 10_000


@dataclass(frozen=True, eq=False)
class BatchMoments:
    """The standardised values of one batch, gene by gene.

    shift : (genes,) estimate of the batch's shift, in pooled standard deviations
    mean : (genes,) mean of its values (beside a reference batch not quite the shift)
    squares : (genes,) sum of squares about that mean
    n : samples
    """

    shift: NDArray[np.float64]
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]
    n: int

    @property
    def variance(self) -> NDArray[np.float64]:
        """(genes,) with n - 1."""
        return self.squares / (self.n - 1)

    def about(self, shift: NDArray[np.float64]) -> NDArray[np.float64]:
        """(genes,) sum of squares about other shifts."""
        return self.squares + self.n * (self.mean - shift) ** 2


def parametric_effects(batch: BatchMoments) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shift (normal prior) and variance (inverse gamma prior) of each gene, iterated as sva's it.sol.

    The stopping rule is sva's as well: relative changes keep their sign and are not taken of absolute values, and one
    restless gene lets all genes iterate.

    Raises
    ------
    BadInput
        When the rounds do not settle.
    """
    raw = batch.variance
    mean, spread = float(raw.mean()), float(raw.var(ddof=1))
    centre, width = float(batch.shift.mean()), float(batch.shift.var(ddof=1))
    # with equal variances in all genes the prior is a point; sva divides by zero there
    shape = (2 * spread + mean**2) / spread if spread > 0 else np.inf
    scale = (mean * spread + mean**3) / spread if spread > 0 else np.inf
    shift, variance = batch.shift, raw
    for _ in range(MOST_ROUNDS):
        moved = _drawn(batch.shift, centre, batch.n, variance, width)
        if np.isfinite(shape):
            scaled = (batch.about(moved) / 2 + scale) / (batch.n / 2 + shape - 1)
        else:
            scaled = np.full_like(raw, mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            changes = np.concatenate([np.abs(moved - shift) / shift, np.abs(scaled - variance) / variance])
        shift, variance = moved, scaled
        if np.nan_to_num(changes, nan=0.0).max(initial=0) <= SETTLED:
            return shift, variance
    raise BadInput(
        "expression matrix",
        "batch effects",
        f"estimates that still change after {MOST_ROUNDS} rounds",
        "estimates that settle",
        "Correct the means only, or without the parametric prior.",
    )


def mean_effects(batch: BatchMoments) -> NDArray[np.float64]:
    """Shift of each gene where spreads are left as they are; sva counts a batch as one sample here."""
    centre, width = float(batch.shift.mean()), float(batch.shift.var(ddof=1))
    return _drawn(batch.shift, centre, 1, np.ones(len(batch.shift)), width)


def nonparametric_effects(batch: BatchMoments) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shift and variance of each gene: the other genes' estimates, weighted by how well they fit (sva's int.eprior).

    Weights are relative to the best fit, so that batches of many samples do not underflow as in R, where from about a
    thousand samples on every weight is zero.
    """
    from radgen_assets.science.expression.batch.likelihood_kernel import weighted_by_likelihood

    shift, variance = weighted_by_likelihood(batch.mean, batch.squares, batch.n, batch.shift, batch.variance)
    return shift, variance


def mean_nonparametric_effects(batch: BatchMoments) -> NDArray[np.float64]:
    """The same where all variances are 1."""
    from radgen_assets.science.expression.batch.likelihood_kernel import weighted_by_likelihood

    ones = np.ones(len(batch.shift))
    return np.asarray(weighted_by_likelihood(batch.mean, batch.squares, batch.n, batch.shift, ones)[0])


def _drawn(
    shift: NDArray[np.float64], centre: float, n: int, variance: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    return (width * n * shift + variance * centre) / (width * n + variance)
