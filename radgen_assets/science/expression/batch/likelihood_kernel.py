"""Each gene's batch effect as the likelihood-weighted mean of all other genes' effects, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

FURTHEST = -45.0  # logarithm of the smallest weight, 3e-20 of the largest: no part of a sum in double precision
NOBODY = -1e300
ORDER_FREE = {"reassoc", "contract", "arcp", "nsz", "nnan"}  # sums in any order, so that they are vectorised


@njit(inline="always")
def _weight(x):  # type: ignore[no-untyped-def]  # pragma: no cover
    """exp of -45 <= x <= 0 within 1e-13, without a call, so that the loop around it is vectorised: exp(x / 64)**64."""
    y = x / 64
    series = 1.0 + y / 12
    series = 1.0 + y * series / 11
    series = 1.0 + y * series / 10
    series = 1.0 + y * series / 9
    series = 1.0 + y * series / 8
    series = 1.0 + y * series / 7
    series = 1.0 + y * series / 6
    series = 1.0 + y * series / 5
    series = 1.0 + y * series / 4
    series = 1.0 + y * series / 3
    series = 1.0 + y * series / 2
    series = 1.0 + y * series
    for _ in range(6):
        series = series * series
    return series


@njit(cache=True, nogil=True, fastmath=ORDER_FREE, error_model="numpy")
def weighted_by_likelihood(mean, squares, n, shift, variance):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Weighted means of `shift` and `variance` over the other genes, (genes,) each.

    mean, squares : (genes,) float64, mean of a gene's values and sum of squares about it
    shift, variance : (genes,) float64, what the genes offer each other
    """
    genes = len(mean)
    half_log, half_precision = 0.5 * n * np.log(variance), 0.5 / variance
    fit = np.empty(genes)
    shifts, variances = np.empty(genes), np.empty(genes)
    for gene in range(genes):
        own_mean, own_squares = mean[gene], squares[gene]
        for other in range(genes):
            away = own_mean - shift[other]
            fit[other] = -half_log[other] - (own_squares + n * away * away) * half_precision[other]
        fit[gene] = NOBODY
        best = NOBODY
        for other in range(genes):
            best = max(best, fit[other])
        total, of_shift, of_variance = 0.0, 0.0, 0.0
        for other in range(genes):
            weight = _weight(max(fit[other] - best, FURTHEST))
            total += weight
            of_shift += weight * shift[other]
            of_variance += weight * variance[other]
        shifts[gene], variances[gene] = of_shift / total, of_variance / total
    return shifts, variances
