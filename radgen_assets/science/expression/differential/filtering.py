"""Independent filtering: genes too weakly expressed to be found leave the adjustment, at a threshold read from a curve.

Also Cleveland's robust local regression, which smooths that curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.agreement.adjustment import Adjustment, adjust_p_values

N_THRESHOLDS = 50
FEWEST_REJECTIONS = 10  # with no more at the best threshold, nothing is filtered
SPAN = 1 / 5


@dataclass(frozen=True, eq=False)
class Filtered:
    """Adjusted P values, and where the filter stands.

    p_adjusted : (g,) NaN where the gene was not tested or fell below the threshold
    threshold : smallest mean normalised count that was adjusted for
    quantile : share of the genes below it
    """

    p_adjusted: NDArray[np.float64]
    threshold: float
    quantile: float


def filter_independently(
    p: NDArray[np.float64], mean: NDArray[np.float64], alpha: float, method: Adjustment = "BH"
) -> Filtered:
    """Adjust P over the genes above the mean that lets (nearly) the most be found at `alpha`.

    The number found is smoothed over 50 quantiles of the mean; the lowest quantile is taken that comes within one
    root mean squared residual of the smooth curve's top.
    Source: Bourgon et al. 2010; Love et al. 2014; R DESeq2 results(independentFiltering = TRUE).
    """
    lowest = float((mean == 0).mean())
    quantiles = np.linspace(lowest, 0.95 if lowest < 0.95 else 1.0, N_THRESHOLDS)
    thresholds = np.quantile(mean, quantiles)
    adjusted = np.full((N_THRESHOLDS, len(p)), np.nan)
    for row, threshold in enumerate(thresholds):
        used = mean >= threshold
        adjusted[row, used] = adjust_p_values(p[used], method)
    with np.errstate(invalid="ignore"):
        found = (adjusted < alpha).sum(axis=1).astype(float)
    chosen = _choose(quantiles, found)
    return Filtered(adjusted[chosen], float(thresholds[chosen]), float(quantiles[chosen]))


def _choose(quantiles: NDArray[np.float64], found: NDArray[np.float64]) -> int:
    if found.max() <= FEWEST_REJECTIONS:
        return 0
    smooth = local_regression(quantiles, found, SPAN)
    residual = (found - smooth)[found > 0]
    top = smooth.max()
    for level in (top - np.sqrt((residual**2).mean()), 0.9 * top, 0.8 * top):
        if (found > level).any():
            return int(np.argmax(found > level))
    return 0


def local_regression(
    x: NDArray[np.float64], y: NDArray[np.float64], span: float, n_robust: int = 3
) -> NDArray[np.float64]:
    """Robust, locally linear smooth at every x (ascending). Source: Cleveland 1979; R lowess(f = span, delta = 0)."""
    n = len(x)
    n_near = max(2, min(n, int(span * n + 1e-7)))
    weights = np.ones(n)
    smooth = np.empty(n)
    for _ in range(n_robust + 1):
        left = 0
        for i in range(n):
            while left + n_near < n and x[i] - x[left] > x[left + n_near] - x[i]:
                left += 1
            smooth[i] = _local_line(x, y, weights, i, max(x[i] - x[left], x[left + n_near - 1] - x[i]))
        size = np.abs(y - smooth)
        scale = 6 * np.median(size)
        if scale < 1e-7 * size.mean():
            break
        weights = np.where(size <= 0.001 * scale, 1.0, (1 - np.minimum(size / scale, 1) ** 2) ** 2)
        weights[size > 0.999 * scale] = 0.0
    return smooth


def _local_line(
    x: NDArray[np.float64], y: NDArray[np.float64], robust: NDArray[np.float64], i: int, width: float
) -> float:
    """Value at x[i] of the line fitted by tricube weights within `width`."""
    away = np.abs(x - x[i])
    near = away <= 0.999 * width if width > 0 else away == 0
    w = np.where(away[near] > 0.001 * width, (1 - (away[near] / width) ** 3) ** 3 if width > 0 else 1.0, 1.0)
    w = w * robust[near]
    if w.sum() <= 0:
        return float(y[i])
    w = w / w.sum()
    centre = w @ x[near]
    spread = w @ (x[near] - centre) ** 2
    if np.sqrt(spread) > 0.001 * (x[-1] - x[0]):
        w = w * (1 + (x[i] - centre) / spread * (x[near] - centre))
    return float(w @ y[near])
