"""Normalisation factors: what libraries must be multiplied by, so that most genes stand where they stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression.differential.counts import DATA, expected_counts

Array = NDArray[np.float64]
Normalisation = Literal["TMM", "RLE", "upper quartile"]
TRIM_RATIO, TRIM_MEAN = 0.3, 0.05  # shares of the genes left out at either end, by log ratio and by mean


@dataclass(frozen=True, eq=False)
class NormalisationFactors:
    """factors : (n,) > 0 with a geometric mean of one; library_sizes : (n,) reads; reference : TMM's sample."""

    factors: Array
    library_sizes: Array
    samples: tuple[str, ...]
    method: Normalisation
    reference: str | None = None

    @property
    def effective_sizes(self) -> Array:
        """(n,) library sizes as the factors correct them."""
        return self.library_sizes * self.factors


def normalisation_factors(
    matrix: ExpressionMatrix, method: Normalisation = "TMM", *, library_sizes: ArrayLike | None = None
) -> NormalisationFactors:
    """Factors for the library sizes, against genes whose many reads push the share of all others down.

    Parameters
    ----------
    matrix : ExpressionMatrix
        Counts, whole or expected ones (RSEM, salmon).
    method : "TMM", "RLE" or "upper quartile"
        Trimmed mean of log ratios to one sample; median ratio to the geometric means; 75 % quantile of the genes with
        a count.
    library_sizes : (n,) > 0, optional
        Default: the sums of the counts.

    Raises
    ------
    UnitRefused
        For anything but counts.
    UsedWrongly
        For an unknown method, or library sizes of another number.
    BadInput
        For negative or missing counts, a sample without any, or one that the method can find no factor for.

    Notes
    -----
    All samples enter at once; `size_factors` has a stored reference for new samples.
    Source: Robinson & Oshlack 2010; Anders & Huber 2010; Bullard et al. 2010; R edgeR calcNormFactors.
    """
    counts = expected_counts(matrix, "normalisation_factors")
    counts = counts[counts.any(axis=1)]
    sizes = _sizes(counts, library_sizes)
    reference = None
    if method == "TMM":
        raw, at = _trimmed_means(counts, sizes, matrix.samples)
        reference = matrix.samples[at]
    elif method == "RLE":
        raw = _median_ratios(counts, matrix.samples) / sizes
    elif method == "upper quartile":
        raw = np.quantile(counts, 0.75, axis=0) / sizes
        _refuse_zero(raw, matrix.samples, "an upper quartile of zero", "a count in more than a quarter of the genes")
    else:
        raise UsedWrongly(f"normalisation: found the method '{method}', expected TMM, RLE or upper quartile.")
    factors = raw / np.exp(np.log(raw).mean())
    return NormalisationFactors(factors, sizes, matrix.samples, method, reference)


def _sizes(counts: Array, given: ArrayLike | None) -> Array:
    if given is None:
        return np.asarray(counts.sum(axis=0))
    sizes = np.asarray(given, dtype=np.float64)
    if sizes.shape != (counts.shape[1],) or not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise UsedWrongly(f"normalisation: expected {counts.shape[1]} library sizes > 0, one a sample.")
    return sizes


def _trimmed_means(counts: Array, sizes: Array, samples: tuple[str, ...]) -> tuple[Array, int]:
    """Raw factors, and the sample that they are relative to: its upper quartile is nearest to the mean of all."""
    quartile = np.quantile(counts, 0.75, axis=0) / sizes
    if np.median(quartile) < 1e-20:
        reference = int(np.argmax(np.sqrt(counts).sum(axis=0)))
    else:
        reference = int(np.argmin(np.abs(quartile - quartile.mean())))
    rows = np.ascontiguousarray(counts.T)
    factors = np.array(
        [_trimmed_mean(row, rows[reference], size, sizes[reference]) for row, size in zip(rows, sizes, strict=True)]
    )
    _refuse_zero(factors, samples, f"no gene in common with {samples[reference]}", "some")
    return factors, reference


def _trimmed_mean(counts: Array, of_reference: Array, size: float, size_of_reference: float) -> float:
    """Weighted mean ratio of the genes that are extreme neither in ratio nor in mean; 0 when none is in both."""
    both = (counts > 0) & (of_reference > 0)
    if not both.any():
        return 0.0
    one, other = counts[both], of_reference[both]
    share, share_of_reference = one / size, other / size_of_reference
    # few reads give many ties, which rounding breaks: the same steps as in R, in the same order
    ratio, mean = np.log2(share / share_of_reference), (np.log2(share) + np.log2(share_of_reference)) / 2
    if np.abs(ratio).max() < 1e-6:
        return 1.0
    kept = _in_the_middle(ratio, TRIM_RATIO) & _in_the_middle(mean, TRIM_MEAN)
    weights = 1 / ((size - one) / size / one + (size_of_reference - other) / size_of_reference / other)[kept]
    return float(2 ** (weights @ ratio[kept] / weights.sum()))


def _in_the_middle(values: Array, trimmed: float) -> NDArray[np.bool_]:
    """Whose average rank is at least floor(n x trimmed) + 1 from either end; found without ranking all."""
    n = len(values)
    k = int(n * trimmed)
    low, high = np.partition(values, (k, n - 1 - k))[[k, n - 1 - k]]
    below, above = values < low, values > high
    kept = ~(below | above)
    at_low, at_high = values == low, values == high
    if below.sum() + (at_low.sum() + 1) / 2 < k + 1:
        kept &= ~at_low
    if above.sum() + (at_high.sum() + 1) / 2 < k + 1:
        kept &= ~at_high
    return kept


def _median_ratios(counts: Array, samples: tuple[str, ...]) -> Array:
    everywhere = (counts > 0).all(axis=1)
    if not everywhere.any():
        raise BadInput(
            DATA,
            "genes",
            f"a zero in every one of {len(counts)} genes",
            "genes that are positive in every sample, for RLE",
            "Use TMM, or leave out the samples with few reads.",
        )
    logs = np.log(counts[everywhere])
    return np.asarray(np.exp(np.median(logs - logs.mean(axis=1, keepdims=True), axis=0)))


def _refuse_zero(factors: Array, samples: tuple[str, ...], found: str, expected: str) -> None:
    if not (factors > 0).all():
        sample = samples[int(np.argmin(factors))]
        raise BadInput(DATA, f"sample {sample}", found, expected, "Leave this sample out, or use another method.")
