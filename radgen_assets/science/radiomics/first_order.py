"""First-order features: intensities of a region without their places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EPSILON = float(np.spacing(1.0))  # pyradiomics' guard of a logarithm


def first_order_features(
    values: NDArray[np.float64],
    levels_inside: NDArray[np.int32],
    voxel_volume: float,
    *,
    energy_shift: float = 0.0,
) -> dict[str, float]:
    """pyradiomics' 18 features by its names.

    Parameters
    ----------
    values : (n,) float
        Intensities inside, in the array's order: of a flat region the rounding of the mean is all that is left in
        the moments, and it follows from the order.
    levels_inside : (n,) int
        Their grey levels, for entropy and uniformity.
    voxel_volume : float
        In mm3.
    energy_shift : float
        Added to the values before they are squared for the energies and the root mean square (voxelArrayShift).

    Notes
    -----
    Kurtosis is not excess: IBSI's is lower by 3. Percentiles interpolate linearly.
    Source: pyradiomics 3.0.1, firstorder.
    """
    values = np.asarray(values, dtype=np.float64)
    n = len(values)
    shares = (0.1, 0.25, 0.5, 0.75, 0.9)
    places = {int(share * (n - 1)) + more for share in shares for more in (0, 1)}
    ordered = np.partition(values, sorted({0, n - 1} | {place for place in places if place < n}))
    p10, p25, median, p75, p90 = (_percentile(ordered, share) for share in shares)
    mean = values.sum() / n
    deviation = values - mean
    squares = deviation * deviation
    m2, m3, m4 = squares.mean(), (squares * deviation).mean(), (squares * squares).mean()
    central = values[(values >= p10) & (values <= p90)]
    shifted = values + energy_shift if energy_shift else values
    energy = float((shifted * shifted).sum())
    share = np.bincount(levels_inside) if levels_inside.max() <= 4 * n else np.unique_counts(levels_inside).counts
    p = share[share > 0] / n
    spread = m2 if m2 != 0 else 1.0  # a flat region: skewness and kurtosis 0
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": float(-(p * np.log2(p + EPSILON)).sum()),
        "InterquartileRange": p75 - p25,
        "Kurtosis": float(m4 / spread**2),
        "Maximum": float(ordered[-1]),
        "MeanAbsoluteDeviation": float(np.abs(deviation).mean()),
        "Mean": float(mean),
        "Median": median,
        "Minimum": float(ordered[0]),
        "Range": float(ordered[-1] - ordered[0]),
        "RobustMeanAbsoluteDeviation": _mean_absolute_deviation(central),
        "RootMeanSquared": float(np.sqrt(energy / n)),
        "Skewness": float(m3 / spread**1.5),
        "TotalEnergy": energy * voxel_volume,
        "Uniformity": float((p * p).sum()),
        "Variance": float(m2),
    }


def _mean_absolute_deviation(values: NDArray[np.float64]) -> float:
    """NaN of no values: of two voxels, neither lies between the percentiles."""
    return float(np.abs(values - values.mean()).mean()) if len(values) else float("nan")


def _percentile(ordered: NDArray[np.float64], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    low, high = float(ordered[below]), float(ordered[above])
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part  # as numpy rounds
