"""First-order features: intensities of a region without their places."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

EPSILON = float(np.spacing(1.0))  # pyradiomics' guard of a logarithm

_BLOCK = 256
_N_BUCKETS = 4096


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
    counts = np.bincount(levels_inside) if levels_inside.max() <= 4 * n else np.unique_counts(levels_inside).counts
    minimum, maximum = float(values.min()), float(values.max())
    shares = (0.1, 0.25, 0.5, 0.75, 0.9)
    places = np.unique([min(int(share * (n - 1)) + more, n - 1) for share in shares for more in (0, 1)])
    chosen, places_there = _in_their_buckets(values, minimum, maximum, places)
    ordered = dict(zip(places.tolist(), np.partition(chosen, places_there)[places_there].tolist(), strict=True))
    p10, p25, median, p75, p90 = (_percentile(ordered, share * (n - 1)) for share in shares)
    mean = values.sum() / n
    energy, m2, m3, m4, spread_around, spread_of_central = _moments(values, mean, (p10, p90), energy_shift)
    p = counts[counts > 0] / n
    spread = m2 if m2 != 0 else 1.0  # a flat region: skewness and kurtosis 0
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": float(-(p * np.log2(p + EPSILON)).sum()),
        "InterquartileRange": p75 - p25,
        "Kurtosis": m4 / spread**2,
        "Maximum": maximum,
        "MeanAbsoluteDeviation": spread_around,
        "Mean": float(mean),
        "Median": median,
        "Minimum": minimum,
        "Range": maximum - minimum,
        "RobustMeanAbsoluteDeviation": spread_of_central,
        "RootMeanSquared": float(np.sqrt(energy / n)),
        "Skewness": m3 / spread**1.5,
        "TotalEnergy": energy * voxel_volume,
        "Uniformity": float((p * p).sum()),
        "Variance": m2,
    }


def _percentile(ordered: dict[int, float], place: float) -> float:
    """Between two neighbours in order, as numpy rounds."""
    below = int(place)
    part = place - below
    low, high = ordered[below], ordered.get(below + 1, ordered[below])
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part


@njit(cache=True, nogil=True, error_model="numpy")
def _in_their_buckets(
    values: NDArray[np.float64], minimum: float, maximum: float, places: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:  # pragma: no cover
    """Values of the buckets of equal width that the places in order (rising) fall in, and these places among them.

    Buckets rise with the values, so that only a few of them need ordering.
    """
    per_unit = (_N_BUCKETS - 1) / (maximum - minimum)
    if not np.isfinite(per_unit):
        per_unit = 0.0
    bucket_of = np.empty(len(values), np.int32)
    counts = np.zeros(_N_BUCKETS, np.int64)
    for place in range(np.uintp(len(values))):
        bucket_of[place] = np.int32((values[place] - minimum) * per_unit)
    for place in range(np.uintp(len(values))):
        counts[np.uintp(bucket_of[place])] += 1
    is_wanted = np.zeros(_N_BUCKETS, np.bool_)
    places_there = np.empty(len(places), np.int64)
    n_chosen, n_before, at = 0, 0, 0
    for bucket in range(_N_BUCKETS):
        while at < len(places) and places[at] < n_before + counts[bucket]:
            places_there[at] = n_chosen + places[at] - n_before
            is_wanted[bucket] = True
            at += 1
        n_before += counts[bucket]
        if is_wanted[bucket]:
            n_chosen += counts[bucket]
    chosen = np.empty(n_chosen + 1)
    n = np.uintp(0)
    for place in range(np.uintp(len(values))):
        chosen[n] = values[place]
        n += np.uintp(is_wanted[np.uintp(bucket_of[place])])
    return chosen[:n_chosen], places_there


@njit(cache=True, nogil=True, error_model="numpy")
def _moments(
    values: NDArray[np.float64], mean: float, middle: tuple[float, float], shift: float
) -> tuple[float, float, float, float, float, float]:  # pragma: no cover
    """Energy, second to fourth central moment, and mean absolute deviation of all and of those between two percentiles.

    Summed in blocks, so that rounding does not grow with the region. NaN for the last where none lies between: of two
    voxels neither does.
    """
    n = len(values)
    low, high = middle
    energy, m2, m3, m4, around, central, n_central = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0
    for first in range(0, n, _BLOCK):
        of_energy, of_m2, of_m3, of_m4, of_around, of_central = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for value in values[first : first + _BLOCK]:
            apart = value - mean
            squared = apart * apart
            of_m2 += squared
            of_m3 += squared * apart
            of_m4 += squared * squared
            of_around += abs(apart)
            of_energy += (value + shift) * (value + shift)
            is_central = low <= value <= high
            of_central += value if is_central else 0.0
            n_central += is_central
        energy += of_energy
        m2 += of_m2
        m3 += of_m3
        m4 += of_m4
        around += of_around
        central += of_central
    of_its_mean = 0.0
    middle_mean = central / n_central
    for first in range(0, n, _BLOCK):
        of_block = 0.0
        for value in values[first : first + _BLOCK]:
            of_block += abs(value - middle_mean) if low <= value <= high else 0.0
        of_its_mean += of_block
    return energy, m2 / n, m3 / n, m4 / n, around / n, of_its_mean / n_central
