"""Independent filtering: genes too weak to be found leave the adjustment, at a threshold read from a curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.agreement.adjustment import Adjustment, adjust_p_values
from radgen_assets.science.expression.differential.local_regression import local_regression

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
