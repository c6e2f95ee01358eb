"""Finds the voxels that hold anatomy: the brain where a volume is skull-stripped, else the head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def has_zero_background(data: NDArray[np.float32]) -> bool:
    """Whether all but a twentieth of the dark voxels are exactly 0, as skull stripping and masking leave them.

    Air that a scanner clamped to 0 keeps specks of noise and does not pass (at most 0.83 in 318 public heads; 0.98 and
    more in 103 stripped volumes).
    """
    threshold = _head_threshold(data)
    n_dark = int(np.count_nonzero(data <= threshold))
    n_zero = int(np.count_nonzero(data == 0)) if threshold >= 0 else 0
    return n_dark > 0 and n_zero / n_dark >= 0.95


def foreground(data: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Voxels of the brain (zero background: all that are not 0) or of the head.

    Parameters
    ----------
    data : (i, j, k) float32

    Returns
    -------
    (i, j, k) bool
        For a head: brighter than a tenth of the robust range (2nd to 98th percentile), largest connected piece, holes
        filled in each axial slice (air in the sinuses and dark skull belong to the head).

    Notes
    -----
    Source of the threshold: FSL BET (Smith, Hum Brain Mapp 17 (2002) 143). Otsu's was tried and fell between scalp and
    brain in a fifth of the public heads at hand.
    """
    if has_zero_background(data):
        return data != 0
    pieces, n_pieces = ndimage.label(data > _head_threshold(data))
    if n_pieces == 0:
        return np.ones(data.shape, dtype=bool)
    head = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    return np.stack([ndimage.binary_fill_holes(head[:, :, k]) for k in range(head.shape[2])], axis=2)


def _head_threshold(data: NDArray[np.float32]) -> float:
    low, high = np.percentile(data[::2, ::2, ::2], [2, 98])
    return float(low + 0.1 * (high - low))
