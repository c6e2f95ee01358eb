"""How the standard deviation of log2 counts falls with the count, over the genes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.expression.differential.local_regression import local_curve

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MeanVarianceTrend:
    """log2_count, root_sd : (genes with a count,) mean log2 count, square root of the residual standard deviation.

    curve_log2_count (ascending), curve_root_sd : (k,) the trend; flat beyond its ends
    """

    log2_count: Array
    root_sd: Array
    curve_log2_count: Array
    curve_root_sd: Array

    def weight(self, log2_count: Array) -> Array:
        """1 / variance at a fitted log2 count."""
        return np.interp(log2_count, self.curve_log2_count, self.curve_root_sd) ** -4


def fit_mean_variance(log2_count: Array, root_sd: Array, span: float) -> MeanVarianceTrend:
    """Smooth `root_sd` on `log2_count`. Source: Law et al. 2014, figure 2; R limma voom (lowess)."""
    order = np.argsort(log2_count, kind="stable")
    x = log2_count[order]
    return MeanVarianceTrend(log2_count, root_sd, *local_curve(x, root_sd[order], span, delta=0.01 * (x[-1] - x[0])))
