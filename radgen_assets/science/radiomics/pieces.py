"""Leaves the small pieces of a mask out: islands that a network draws away from the tumour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True, eq=False)
class LargePieces:
    """What is left of a mask.

    Attributes
    ----------
    mask : (k, j, i) bool
    n_left_out : int
        Pieces.
    n_voxels_left_out : int
    """

    mask: NDArray[np.bool_]
    n_left_out: int
    n_voxels_left_out: int


def large_pieces(mask: NDArray[np.bool_], least_share: float) -> LargePieces:
    """The largest piece and those of at least a share of its voxels; voxels that touch at a corner are one piece.

    Parameters
    ----------
    mask : (k, j, i) bool
        Best cropped to its region: it is labelled as a whole.
    least_share : float
        0 keeps all; 1 keeps the largest, and one as large.
    """
    numbers, _ = ndimage.label(mask, structure=np.ones((3,) * mask.ndim, dtype=bool))
    sizes = np.bincount(numbers.ravel())
    sizes[0] = 0
    left_out = (sizes > 0) & (sizes < least_share * sizes.max())
    return LargePieces(mask & ~left_out[numbers], int(left_out.sum()), int(sizes[left_out].sum()))
