"""How well two images of one head agree: normalised mutual information and overlap of foregrounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_BINS = 64


def normalised_mutual_information(
    first: NDArray[np.float32], second: NDArray[np.float32], region: NDArray[np.bool_]
) -> float:
    """(H(A) + H(B)) / H(A, B) of two images over a region; 1 = independent, 2 = one determines the other.

    Parameters
    ----------
    first, second : (i, j, k) float32
        On one grid.
    region : (i, j, k) bool
        Voxels that count. None of them, or a flat image: the result is 1.

    Notes
    -----
    64 bins between the 1st and 99th percentile; what lies beyond goes into the outer bins.
    Source: Studholme, Hill & Hawkes, Pattern Recognition 32 (1999) 71, equation 13.
    """
    a, b = first[region], second[region]
    if a.size == 0 or a.min() == a.max() or b.min() == b.max():
        return 1.0
    joint = np.bincount(_binned(a) * N_BINS + _binned(b), minlength=N_BINS * N_BINS).reshape(N_BINS, N_BINS)
    together = joint / joint.sum()
    return (_entropy(together.sum(axis=1)) + _entropy(together.sum(axis=0))) / _entropy(together.ravel())


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """2 |A and B| / (|A| + |B|); 0 where both are empty (nothing was found to agree on)."""
    total = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    return 2 * int(np.count_nonzero(first & second)) / total if total else 0.0


def _binned(values: NDArray[np.float32]) -> NDArray[np.int64]:
    low, high = np.percentile(values, [1, 99])
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return np.clip((values - low) / (high - low) * N_BINS, 0, N_BINS - 1).astype(np.int64)


def _entropy(probabilities: NDArray[np.float64]) -> float:
    present = probabilities[probabilities > 0]
    return float(-(present * np.log(present)).sum())
